//! The pane without a screen: keys in, orders out.

use std::path::PathBuf;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Code, CodeEdit};
use crate::jam::{Fault, Intent, ScriptNews, ScriptOrder, Tone};

fn open(text: &str) -> Code {
    let mut code = Code::default();
    code.open(Some(PathBuf::from("sets/a.rhai")), "a.rhai", text);
    code
}

fn typed(code: &mut Code, text: &str) {
    for letter in text.chars() {
        let key = if letter == '\n' { KeyCode::Enter } else { KeyCode::Char(letter) };
        code.write(KeyEvent::new(key, KeyModifiers::NONE));
    }
}

fn evaluated(intent: Option<Intent>) -> (String, bool) {
    match intent {
        Some(Intent::Script(ScriptOrder::Evaluate { text, part, folder, name })) => {
            assert_eq!((folder, name.as_str()), (Some(PathBuf::from("sets")), "a.rhai"));
            (text, part)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_line_a_block_and_the_whole_are_evaluated_and_keep_their_line_numbers() {
    let mut code = open("tempo(90);\n\nhit(\"kick\");\nwait(1);\n");
    code.go_to(3, 0);
    assert_eq!(evaluated(code.act(CodeEdit::Line)), ("\n\n\nwait(1);".to_owned(), true));
    assert_eq!(evaluated(code.act(CodeEdit::Block)), ("\n\nhit(\"kick\");\nwait(1);".to_owned(), true));
    assert_eq!(code.lit, Some((2, 4)));
    assert_eq!(evaluated(code.act(CodeEdit::File)), (code.text(), false));
    code.go_to(1, 0);
    assert!(matches!(code.act(CodeEdit::Line), Some(Intent::Say(Tone::Hint, _))));
    code.act(CodeEdit::All);
    assert_eq!(evaluated(code.act(CodeEdit::Line)).0, code.text().trim_end());
}

#[test]
fn blocks_are_indented_as_they_are_typed() {
    let mut code = open("");
    typed(&mut code, "loop {\nhit(36);\nif x {\ny();\n}\n}");
    assert_eq!(code.text(), "loop {\n    hit(36);\n    if x {\n        y();\n    }\n}\n");
    assert!(code.dirty);
}

#[test]
fn names_go_on_one_after_the_other_and_without_one_the_line_is_indented() {
    let mut code = open("");
    typed(&mut code, "liv");
    code.act(CodeEdit::Complete);
    assert_eq!(code.text(), "live_loop\n");
    typed(&mut code, "(");
    assert!(code.hint().unwrap().0.starts_with("live_loop(name: string"));
    let mut code = open("");
    typed(&mut code, "un");
    code.act(CodeEdit::Complete);
    let first = code.text();
    code.act(CodeEdit::Complete);
    assert_ne!(code.text(), first);
    let mut code = open("");
    code.act(CodeEdit::Complete);
    assert_eq!(code.text(), "    \n");
}

#[test]
fn an_error_is_marked_until_the_script_takes_over_and_the_cursor_can_go_there() {
    let mut code = open("a\nb\nc d\n");
    let fault = Fault { source: "a.rhai".into(), line: Some(3), column: Some(3), text: "no".into() };
    code.hear(&ScriptNews::Failed(Fault { source: "b.rhai".into(), ..fault.clone() }));
    assert_eq!(code.fault, None);
    code.hear(&ScriptNews::Failed(fault.clone()));
    assert_eq!(code.fault, Some(fault));
    code.act(CodeEdit::Fault);
    assert_eq!(code.cursor(), (2, 2));
    code.hear(&ScriptNews::Took { name: "a.rhai".into(), lines: None });
    assert_eq!(code.fault, None);
}

#[test]
fn what_another_editor_saves_is_shown_unless_something_was_written_here() {
    let path = PathBuf::from("sets/a.rhai");
    let changed = |text: &str| ScriptNews::Changed { path: path.clone(), text: text.to_owned() };
    let mut code = open("a\nb\nc\n");
    code.go_to(2, 0);
    assert_eq!(code.hear(&changed("a\nb\nx\n")), None);
    assert_eq!((code.text().as_str(), code.cursor()), ("a\nb\nx\n", (2, 0)));
    typed(&mut code, "y");
    assert!(code.keeps("other.rhai").is_some_and(|why| why.contains("a.rhai is not saved")));
    assert!(code.keeps("third.rhai").is_some(), "another one");
    assert_eq!(code.keeps("third.rhai"), None, "asked twice");
    let (tone, words) = code.hear(&changed("z\n")).unwrap();
    assert!(tone == Tone::Hint && words.contains("{save-script}"));
    assert_eq!(code.text(), "a\nb\nyx\n");
    let text = code.text();
    code.hear(&ScriptNews::Saved { path, text });
    assert!(!code.dirty);
    let fault = Fault { source: "a.rhai".into(), line: Some(2), column: None, text: "no such thing".into() };
    let broken = ScriptNews::Failed(fault);
    let told = (Tone::Error, "a.rhai is saved, and broken in line 2: what played before plays on".to_owned());
    assert_eq!(code.hear(&broken), Some(told));
    assert_eq!(code.hear(&broken), None, "what is run without being saved is told by the error itself");
}

#[test]
fn a_comment_comes_and_goes_and_undo_takes_back() {
    let mut code = open("a\nb\n");
    code.go_to(1, 0);
    code.act(CodeEdit::Comment);
    assert_eq!(code.text(), "a\n// b\n");
    code.act(CodeEdit::Comment);
    assert_eq!(code.text(), "a\nb\n");
    typed(&mut code, "xyz");
    code.act(CodeEdit::Undo);
    assert_ne!(code.text(), "a\nxyzb\n");
    code.act(CodeEdit::Redo);
    assert_eq!(code.text(), "a\nxyzb\n");
}

#[test]
fn the_view_follows_the_cursor_and_the_cursor_the_wheel() {
    let mut code = open(&"line\n".repeat(100));
    code.go_to(50, 4);
    code.fit((3, 10));
    assert_eq!(code.top, (41, 2));
    code.scroll(20, 10);
    assert_eq!((code.top.0, code.cursor().0), (61, 61));
    code.scroll(-300, 10);
    assert_eq!((code.top.0, code.cursor().0), (0, 9));
}

#[test]
fn a_line_of_the_console_is_evaluated_and_pasted_text_is_text() {
    let mut code = open("a\n");
    code.console.open = true;
    code.paste("tempo(\r90)");
    let intent = code.console_key(KeyEvent::from(KeyCode::Enter));
    let Some(Intent::Script(ScriptOrder::Evaluate { name, text, part, .. })) = intent else {
        panic!("{intent:?}")
    };
    assert_eq!((name.as_str(), text.as_str(), part), ("console", "tempo( 90)", true));
    code.console_key(KeyEvent::from(KeyCode::Up));
    assert_eq!(code.console.line(), "tempo( 90)");
    code.console_key(KeyEvent::from(KeyCode::Esc));
    code.paste("x\ry\n");
    assert_eq!(code.text(), "x\ny\na\n");
}
