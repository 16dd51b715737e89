//! Scripts on the whole screen.

use super::*;
use crate::engine::{Command, Order};
use crate::jam::{Fault, Intent, ScriptNews, ScriptOrder, Tone};
use crate::tui::arrangement::Pane;
use crate::tui::view;

const AREA: Rect = Rect { x: 0, y: 0, width: 120, height: 40 };

fn shown(app: &mut App) -> String {
    app.resized(AREA);
    let mut buffer = ratatui::buffer::Buffer::empty(AREA);
    view::draw(app, AREA, &mut buffer);
    let line = |y: u16| (0..AREA.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..AREA.height).map(line).collect::<Vec<_>>().join("\n")
}

fn orders(effects: &[Effect]) -> Vec<&ScriptOrder> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Script(order) = effect { Some(order) } else { None })
        .collect()
}

#[test]
fn letters_are_letters_while_a_script_is_written_and_commands_again_after_esc() {
    let mut app = playing(1.0);
    press(&mut app, "f6");
    assert!(app.panes.side == Pane::Code && app.code.focused);
    let before = app.jam.edit.clone();
    press(&mut app, "ctrl-a s q space x ! u");
    assert_eq!(app.code.text(), "sq x!u\n");
    assert_eq!(app.jam.edit, before);
    let effects = press(&mut app, "f5");
    assert!(matches!(orders(&effects)[..], [ScriptOrder::Evaluate { part: false, .. }]), "{effects:?}");
    let effects = press(&mut app, "alt-enter");
    assert!(matches!(orders(&effects)[..], [ScriptOrder::Evaluate { part: true, .. }]), "{effects:?}");
    press(&mut app, "esc right");
    assert!(!app.code.focused && app.jam.cursor != crate::jam::SlotId::FIRST);
    press(&mut app, "f6 f6");
    assert_eq!(app.panes.side, Pane::Detail);
}

#[test]
fn the_pane_shows_text_error_and_the_line_of_the_function_being_written() {
    let mut app = playing(1.0);
    press(&mut app, "f6");
    let screen = shown(&mut app);
    assert!(screen.contains("script.rhai") && screen.contains("live_loop(\"walk\", || {"), "{screen}");
    press(&mut app, "ctrl-a s l e r p (");
    let screen = shown(&mut app);
    assert!(screen.contains("slerp(a: Point, b: Point, share) -> Point"), "{screen}");
    let fault = Fault {
        source: "script.rhai".into(),
        line: Some(1),
        column: Some(6),
        text: "script.rhai:1:6: it ends too early".into(),
    };
    app.intent(Intent::ScriptSays(ScriptNews::Failed(fault)));
    let screen = shown(&mut app);
    assert!(screen.contains("1! slerp(") && screen.contains("1:6: it ends too early"), "{screen}");
}

#[test]
fn what_a_script_prints_stands_below_its_text_and_the_first_one_shows_all_tracks() {
    let mut app = playing(1.0);
    press(&mut app, "f6");
    assert!(!app.panes.all_tracks);
    app.intent(Intent::Say(Tone::Said, "Pattern(2 bars, 32 notes: kick)".into()));
    app.intent(Intent::ScriptSays(ScriptNews::Took { name: "script.rhai".into(), lines: None }));
    assert!(app.panes.all_tracks);
    let screen = shown(&mut app);
    assert!(
        screen.contains("\u{2500} said") && screen.contains("Pattern(2 bars, 32 notes: kick)"),
        "{screen}"
    );
    press(&mut app, "esc a");
    app.intent(Intent::ScriptSays(ScriptNews::Took { name: "script.rhai".into(), lines: Some((3, 7)) }));
    assert!(shown(&mut app).contains("Lines 3 to 7 of script.rhai play"), "{}", shown(&mut app));
    assert!(!app.panes.all_tracks, "what the player chooses stays");
}

#[test]
fn a_text_longer_than_the_pane_leaves_lines_to_what_is_said_while_nobody_writes() {
    let mut app = playing(1.0);
    press(&mut app, "f6");
    let text: String = (1..=60).map(|n| format!("// line {n}\n")).collect();
    app.code.open(None, "script.rhai", &text);
    app.intent(Intent::Say(Tone::Said, "density 0.75".into()));
    let lines = |screen: &str| screen.lines().filter(|line| line.contains("// line")).count();
    let written = shown(&mut app);
    assert!(!written.contains("\u{2500} said"), "{written}");
    press(&mut app, "esc");
    let played = shown(&mut app);
    let below = played.split("\u{2500} said").nth(1).unwrap_or("");
    assert!(below.contains("density 0.75") && lines(&played) < lines(&written), "{played}");
}

#[test]
fn the_mouse_puts_the_cursor_evaluates_a_block_and_leaves() {
    let mut app = playing(1.0);
    press(&mut app, "f6 esc");
    app.resized(AREA);
    let room = view::guests::code::room(&app, AREA).unwrap();
    let effects = click(&mut app, AREA, (room.x + 5, room.y + 1), 1.0);
    assert!(effects.is_empty() && app.code.focused);
    assert_eq!(app.code.cursor(), (1, 5));
    let effects = click(&mut app, AREA, (room.x + 5, room.y + 1), 1.1);
    assert!(matches!(orders(&effects)[..], [ScriptOrder::Evaluate { part: true, .. }]), "{effects:?}");
    mouse(&mut app, AREA, (room.x, room.y), MouseEventKind::Down(MouseButton::Left), 5.0);
    mouse(&mut app, AREA, (room.x + 4, room.y), MouseEventKind::Drag(MouseButton::Left), 5.1);
    assert_eq!(app.code.area.selection_range(), Some(((0, 0), (0, 4))));
    let effects = mouse(&mut app, AREA, (room.x, room.y), MouseEventKind::Down(MouseButton::Right), 5.5);
    assert!(matches!(orders(&effects)[..], [ScriptOrder::Evaluate { part: true, .. }]), "{effects:?}");
    // The title of the pane runs all of it, opens another, ends everything.
    let title = (room.x + 2, room.y - 1);
    let effects = mouse(&mut app, AREA, title, MouseEventKind::Down(MouseButton::Left), 5.6);
    assert!(matches!(orders(&effects)[..], [ScriptOrder::Evaluate { part: false, .. }]), "{effects:?}");
    let effects = mouse(&mut app, AREA, title, MouseEventKind::Down(MouseButton::Middle), 5.7);
    assert_eq!(orders(&effects), [&ScriptOrder::Stop]);
    mouse(&mut app, AREA, title, MouseEventKind::Down(MouseButton::Right), 5.8);
    assert!(app.picker.take().is_some());
    app.code.focused = true;
    mouse(&mut app, AREA, (room.x, room.y), MouseEventKind::ScrollDown, 6.0);
    assert_eq!(app.code.top.0, 3);
    click(&mut app, AREA, (3, 0), 9.0);
    assert!(!app.code.focused);
}

#[test]
fn the_console_takes_a_line_shows_how_functions_are_called_and_closes() {
    let mut app = playing(1.0);
    press(&mut app, "; t e m p o (");
    assert!(shown(&mut app).contains("Sets the tempo in beats a minute"));
    let effects = press(&mut app, "9 0 ) enter");
    match orders(&effects)[..] {
        [ScriptOrder::Evaluate { text, part: true, .. }] => assert_eq!(text, "tempo(90)"),
        _ => panic!("{effects:?}"),
    }
    press(&mut app, "esc right");
    assert!(!app.code.console.open);
}

#[test]
fn a_key_that_a_script_listens_to_is_the_script_s_unless_one_writes() {
    let mut app = playing(1.0);
    app.intent(Intent::ScriptSays(ScriptNews::Listens(vec!["x".into()])));
    let effects = press(&mut app, "x");
    assert_eq!(orders(&effects), [&ScriptOrder::Key("x".into())]);
    press(&mut app, "f6 ctrl-a x");
    assert_eq!(app.code.text(), "x\n");
}

#[test]
fn a_script_of_the_program_is_opened_from_the_list() {
    let mut app = playing(1.0);
    press(&mut app, "f4 0 1 - a - b e a t enter");
    assert!(app.code.name() == "01-a-beat.rhai" && app.code.focused, "{}", app.code.name());
    assert!(app.code.text().contains("drums_2bar_oh_lokl"));
}

#[test]
fn single_notes_of_a_script_are_seen_in_the_roll_on_the_tracks_they_are_played_on() {
    let mut app = playing(1.0);
    app.panes.all_tracks = true;
    let names = ["drums", "lead", "bass", "keys"].map(str::to_owned).to_vec();
    app.intent(Intent::ScriptSays(ScriptNews::Tracks(names)));
    let band = |screen: &str| screen.lines().any(|line| line.starts_with(" keys"));
    let before = shown(&mut app);
    assert!(!band(&before), "{before}");
    let note = |beat: f64, key: u8| {
        let what = Order::Note { channel: 3, key, velocity: 100, length: 1.0 };
        Intent::Perform(Command::at(beat, 3, what))
    };
    app.intent(note(2.0, 60));
    app.intent(note(3.0, 64));
    let screen = shown(&mut app);
    assert!(band(&screen), "{screen}");
    let sounds = |line: &str| line.chars().skip(14).any(|c| "\u{2588}\u{2580}\u{2584}".contains(c));
    assert!(screen.lines().any(|line| line.contains(" C4") && sounds(line)), "{screen}");
    // When the transport goes back they are gone.
    let mut meter = app.meter;
    meter.beat = 0.0;
    app.observe(meter);
    assert!(!band(&shown(&mut app)));
}
