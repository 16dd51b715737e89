//! Scripts on the screen: a text that is edited and evaluated while it plays, and a console.

pub mod colour;
pub mod commands;
pub mod console;
pub mod drive;
pub mod list;
mod screen;
pub mod text;
pub mod words;

use std::path::{Path, PathBuf};

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui_textarea::{CursorMove, TextArea};

use crate::jam::{CONSOLE, Fault, Intent, ScriptNews, ScriptOrder, Tone};
use commands::CodeEdit;
use console::Console;

/// What a script without a file is called.
const UNNAMED: &str = "script.rhai";

/// What is typed in the pane when there is no script yet.
const FIRST: &str =
    "// Beats out of a model: F5 plays this, Tab completes, F4 opens the tutorial and the sets.
let drums = model(\"drums_2bar_oh_lokl\");
let here = drums.prior(12);

live_loop(\"walk\", || {
    here = walk(here, 0.25);
    play(\"drums\", here.decode(0.5));
    wait(bars(2));
});
";

/// The names that a begun one can go on as, while Tab is pressed again and again.
#[derive(Debug, Clone)]
struct Completing {
    start: usize,
    names: Vec<String>,
    at: usize,
}

/// A script in the pane, and the console.
#[derive(Debug, Clone)]
pub struct Code {
    /// Keys write the script.
    pub focused: bool,
    /// The file; none before it is saved for the first time.
    pub path: Option<PathBuf>,
    /// The text.
    pub area: TextArea<'static>,
    /// The text is not what the file holds.
    pub dirty: bool,
    /// What is wrong, and where.
    pub fault: Option<Fault>,
    /// It was saved a moment ago, and is not heard yet.
    saved: bool,
    /// Lines evaluated last.
    pub lit: Option<(usize, usize)>,
    /// The console.
    pub console: Console,
    /// Keys that scripts listen to.
    pub listens: Vec<String>,
    /// First line and column that are shown.
    pub top: (usize, usize),
    name: String,
    /// A script has played in this jam.
    played: bool,
    completing: Option<Completing>,
    /// What was to be opened in place of what is not saved: once more, and it is.
    asked: Option<String>,
}

impl Default for Code {
    fn default() -> Self {
        Self {
            focused: false,
            path: None,
            area: area(FIRST),
            dirty: false,
            fault: None,
            saved: false,
            lit: None,
            console: Console::default(),
            listens: Vec::new(),
            top: (0, 0),
            name: UNNAMED.to_owned(),
            played: false,
            completing: None,
            asked: None,
        }
    }
}

fn area(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(text.lines().map(str::to_owned).collect());
    area.set_tab_length(4);
    area.set_max_histories(500);
    area
}

impl Code {
    /// What the script is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> String {
        let mut text = self.area.lines().join("\n");
        text.push('\n');
        text
    }

    /// Line and column of the cursor, from 0.
    pub fn cursor(&self) -> (usize, usize) {
        let at = self.area.cursor();
        (at.0, at.1)
    }

    fn current(&self) -> &str {
        self.area.lines().get(self.cursor().0).map_or("", String::as_str)
    }

    /// How the function is called that is being written, and what it does.
    pub fn hint(&self) -> Option<(&'static str, &'static str)> {
        let (line, column) = match self.console.open {
            true => (self.console.line(), self.console.cursor()),
            false => (self.current().to_owned(), self.cursor().1),
        };
        words::line(&text::call_at(&line, column)?)
    }

    /// The names that the one being completed can be, and the number of the one taken.
    pub fn choices(&self) -> Option<(&[String], usize)> {
        self.completing.as_ref().map(|completing| (completing.names.as_slice(), completing.at))
    }

    /// Shows `text` of a file, or of none, as `name`.
    pub fn open(&mut self, path: Option<PathBuf>, name: &str, text: &str) {
        self.area = area(text);
        (self.path, self.name) = (path, name.to_owned());
        (self.dirty, self.fault, self.lit, self.top, self.completing) = (false, None, None, (0, 0), None);
        self.asked = None;
    }

    /// Why `other` is not opened yet: what was written would be lost. Who asks a second time means it.
    pub fn keeps(&mut self, other: &str) -> Option<String> {
        if !self.dirty || self.asked.as_deref() == Some(other) {
            return None;
        }
        self.asked = Some(other.to_owned());
        let name = &self.name;
        Some(format!(
            "{name} is not saved and stays: {{save-script}} saves it; {other} chosen once more takes its place"
        ))
    }

    /// True once: when the first script of the jam takes over.
    pub fn begins(&mut self, news: &ScriptNews) -> bool {
        matches!(news, ScriptNews::Took { .. }) && !std::mem::replace(&mut self.played, true)
    }

    /// Takes in what has become of scripts; gives words for the player where something needs them.
    pub fn hear(&mut self, news: &ScriptNews) -> Option<(Tone, String)> {
        match news {
            ScriptNews::Opened { path, text } => self.open(Some(path.clone()), &file_name(path), text),
            ScriptNews::Changed { path, text } if self.path.as_ref() == Some(path) => {
                if self.dirty {
                    let text = "The pane keeps what you wrote: {save-script} puts it in the file's place, {open-script} reads the file";
                    return Some((Tone::Hint, text.to_owned()));
                }
                let cursor = self.cursor();
                let before = self.top;
                self.open(Some(path.clone()), &file_name(path), text);
                self.go_to(cursor.0, cursor.1);
                self.top = before;
            }
            ScriptNews::Saved { path, text } => {
                if *text == self.text() {
                    (self.path, self.name, self.dirty) = (Some(path.clone()), file_name(path), false);
                    self.saved = true;
                }
            }
            ScriptNews::Took { name, .. } if *name == self.name => (self.fault, self.saved) = (None, false),
            ScriptNews::Failed(fault) if fault.source == self.name => {
                self.fault = Some(fault.clone());
                self.lit = None;
                if std::mem::take(&mut self.saved) {
                    let place = fault.line.map_or_else(String::new, |line| format!(" in line {line}"));
                    let text =
                        format!("{} is saved, and broken{place}: what played before plays on", self.name);
                    return Some((Tone::Error, text));
                }
            }
            ScriptNews::Listens(keys) => self.listens.clone_from(keys),
            ScriptNews::Changed { .. }
            | ScriptNews::Took { .. }
            | ScriptNews::Failed(_)
            | ScriptNews::Tracks(_) => {}
        }
        None
    }

    /// Moves the cursor to a line and column.
    pub fn go_to(&mut self, line: usize, column: usize) {
        let (line, column) = (line.min(u16::MAX.into()) as u16, column.min(u16::MAX.into()) as u16);
        self.area.move_cursor(CursorMove::Jump(line, column));
    }

    /// Brings the cursor into a view of so many columns and lines.
    pub fn fit(&mut self, (width, height): (u16, u16)) {
        let (line, column) = self.cursor();
        let (width, height) = (usize::from(width.max(1)), usize::from(height.max(1)));
        self.top.0 = self.top.0.clamp((line + 1).saturating_sub(height), line);
        self.top.1 = self.top.1.clamp((column + 1).saturating_sub(width), column);
    }

    /// Scrolls by so many lines; the cursor stays in view.
    pub fn scroll(&mut self, by: isize, height: u16) {
        let last = self.area.lines().len().saturating_sub(1);
        self.top.0 = self.top.0.saturating_add_signed(by).min(last);
        let (line, column) = self.cursor();
        let shown = self.top.0..self.top.0 + usize::from(height.max(1));
        if !shown.contains(&line) {
            self.go_to(line.clamp(shown.start, shown.end - 1).min(last), column);
        }
    }

    /// A key that is no command: it writes.
    pub fn write(&mut self, event: KeyEvent) {
        self.completing = None;
        if event.code == KeyCode::Enter {
            let indent = text::indent(&self.current().chars().take(self.cursor().1).collect::<String>());
            self.area.insert_newline();
            self.area.insert_str(" ".repeat(indent));
            self.dirty = true;
            return;
        }
        // A closing brace in a line of its own stands under what it closes.
        if event.code == KeyCode::Char('}') && !self.current().is_empty() && self.current().trim().is_empty()
        {
            for _ in 0..4.min(self.cursor().1) {
                self.area.delete_char();
            }
        }
        let chord = event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        if chord && matches!(event.code, KeyCode::Char(_)) {
            // Letters held with ctrl or alt are commands of the table, and of nobody else.
            return;
        }
        self.dirty |= self.area.input(event);
    }

    /// Text from the clipboard of the terminal.
    pub fn paste(&mut self, pasted: &str) {
        let pasted = pasted.replace("\r\n", "\n").replace('\r', "\n");
        if self.console.open {
            let line = pasted.lines().collect::<Vec<_>>().join(" ");
            line.chars().for_each(|letter| self.console.put(letter));
        } else {
            self.dirty |= self.area.insert_str(pasted);
        }
    }

    /// Carries out a command of the table; what the jam is to do about it.
    pub fn act(&mut self, edit: CodeEdit) -> Option<Intent> {
        if edit != CodeEdit::Complete {
            self.completing = None;
        }
        match edit {
            CodeEdit::File => return Some(self.all()),
            CodeEdit::Block => {
                let lines = text::block(self.area.lines(), self.cursor().0);
                return self.part(lines.start, lines.end);
            }
            CodeEdit::Line => {
                let (start, end) = self.selected_lines();
                return self.part(start, end + 1);
            }
            CodeEdit::Save => {
                let path = self.path.clone().unwrap_or_else(|| PathBuf::from(&self.name));
                if self.path.is_none() && path.exists() {
                    let text =
                        format!("{} is there already: {{open-script}} takes another name", path.display());
                    return Some(Intent::Say(Tone::Hint, text));
                }
                return Some(Intent::Script(ScriptOrder::Save { path, text: self.text() }));
            }
            CodeEdit::Undo => self.dirty |= self.area.undo(),
            CodeEdit::Redo => self.dirty |= self.area.redo(),
            CodeEdit::Cut => self.dirty |= self.area.cut(),
            CodeEdit::Copy => self.area.copy(),
            CodeEdit::Paste => self.dirty |= self.area.paste(),
            CodeEdit::All => self.area.select_all(),
            CodeEdit::Comment => self.comment(),
            CodeEdit::Complete => self.complete(),
            CodeEdit::Fault => {
                let place = self.fault.as_ref().and_then(|fault| fault.line.zip(fault.column.or(Some(1))));
                let Some((line, column)) = place else {
                    return Some(Intent::Say(Tone::Hint, "Nothing is wrong with the script".into()));
                };
                self.go_to(line.saturating_sub(1), column.saturating_sub(1));
            }
            CodeEdit::Leave => self.focused = false,
        }
        None
    }

    fn folder(&self) -> Option<PathBuf> {
        let parent = self.path.as_deref().and_then(Path::parent)?;
        Some(if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_owned() })
    }

    fn all(&mut self) -> Intent {
        self.lit = Some((0, self.area.lines().len()));
        let (name, folder, text) = (self.name.clone(), self.folder(), self.text());
        Intent::Script(ScriptOrder::Evaluate { name, folder, text, part: false })
    }

    /// Lines `start..end` as a part; the lines before are left empty, so that errors name the line of the pane.
    fn part(&mut self, start: usize, end: usize) -> Option<Intent> {
        let lines = self.area.lines().get(start..end)?;
        if lines.iter().all(|line| line.trim().is_empty()) {
            return Some(Intent::Say(Tone::Hint, "Nothing to evaluate here: the line is empty".into()));
        }
        let text = format!("{}{}", "\n".repeat(start), lines.join("\n"));
        self.lit = Some((start, end));
        Some(Intent::Script(ScriptOrder::Evaluate {
            name: self.name.clone(),
            folder: self.folder(),
            text,
            part: true,
        }))
    }

    /// First and last line of what is selected, or the line of the cursor twice.
    fn selected_lines(&self) -> (usize, usize) {
        let line = self.cursor().0;
        match self.area.selection_range() {
            // A selection that ends before the first letter of a line leaves that line out.
            Some(((from, _), (to, 0))) if to > from => (from, to - 1),
            Some(((from, _), (to, _))) => (from, to),
            None => (line, line),
        }
    }

    fn comment(&mut self) {
        let (start, end) = self.selected_lines();
        let cursor = self.cursor();
        let changed = text::comment(&self.area.lines()[start..=end.min(self.area.lines().len() - 1)]);
        self.area.cancel_selection();
        self.go_to(start, 0);
        self.area.start_selection();
        self.go_to(end, usize::MAX);
        let kept = self.area.yank_text();
        self.area.cut();
        self.area.insert_str(changed.join("\n"));
        self.area.set_yank_text(kept);
        self.go_to(cursor.0, cursor.1);
        self.dirty = true;
    }

    /// The begun name goes on as the next one that fits; without a name the line is indented.
    fn complete(&mut self) {
        if let Some(completing) = &mut self.completing {
            completing.at = (completing.at + 1) % completing.names.len().max(1);
        } else {
            let (line, column) = match self.console.open {
                true => (self.console.line(), self.console.cursor()),
                false => (self.current().to_owned(), self.cursor().1),
            };
            let (start, name) = text::word_before(&line, column);
            let names = words::completions(&name, self.area.lines());
            if names.is_empty() {
                if !self.console.open {
                    self.dirty |= self.area.insert_tab();
                }
                return;
            }
            self.completing = Some(Completing { start, names, at: 0 });
        }
        let Some(Completing { start, names, at }) = &self.completing else { return };
        let (start, name) = (*start, names[*at].clone());
        if self.console.open {
            self.console.complete(start, &name);
            return;
        }
        let column = self.cursor().1;
        for _ in start..column {
            self.area.delete_char();
        }
        self.dirty |= self.area.insert_str(name);
    }

    /// A key while the console is open; what the jam is to do about it.
    pub fn console_key(&mut self, event: KeyEvent) -> Option<Intent> {
        let held = event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        if event.code != KeyCode::Tab {
            self.completing = None;
        }
        match event.code {
            KeyCode::Esc => self.console.open = false,
            KeyCode::Char('c') if held => self.console.open = false,
            KeyCode::Char('a') if held => self.console.go(isize::MIN / 2),
            KeyCode::Char('e') if held => self.console.go(isize::MAX / 2),
            KeyCode::Home => self.console.go(isize::MIN / 2),
            KeyCode::End => self.console.go(isize::MAX / 2),
            KeyCode::Left => self.console.go(-1),
            KeyCode::Right => self.console.go(1),
            KeyCode::Up => self.console.recall(true),
            KeyCode::Down => self.console.recall(false),
            KeyCode::Backspace => self.console.erase(false),
            KeyCode::Delete => self.console.erase(true),
            KeyCode::Tab => self.complete(),
            KeyCode::Enter => {
                let text = self.console.take()?;
                let (name, folder) = (CONSOLE.to_owned(), self.folder());
                return Some(Intent::Script(ScriptOrder::Evaluate { name, folder, text, part: true }));
            }
            KeyCode::Char(letter) if !held => self.console.put(letter),
            _ => {}
        }
        None
    }
}

/// The name of a file as messages have it.
fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests;
