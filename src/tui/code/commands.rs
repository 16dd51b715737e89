//! What can be done while a script is written: rows of the command table.

use crate::tui::command::{Action, Command, Group, Mode, View};

/// Something done to the text of a script, or with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeEdit {
    /// Evaluate the line, or what is selected: it joins what plays.
    Line,
    /// Evaluate the block around the cursor.
    Block,
    /// Evaluate the whole text: it takes the place of what plays at the next bar.
    File,
    /// Write the file; it takes over as well.
    Save,
    /// Take a change of the text back.
    Undo,
    /// Do it again.
    Redo,
    /// Remember what is selected and take it away.
    Cut,
    /// Remember what is selected.
    Copy,
    /// Put in what is remembered.
    Paste,
    /// Select everything.
    All,
    /// Put `//` before lines, or take it away.
    Comment,
    /// Let the name go on, or indent.
    Complete,
    /// Go to the place of the error.
    Fault,
    /// Back to the music.
    Leave,
}

#[rustfmt::skip]
const ROWS: &[(&str, &str, &str, CodeEdit)] = &[
    ("run-file", "ctrl-space  alt-r", "run all: takes over at the bar", CodeEdit::File),
    ("run-block", "alt-enter  alt-b", "run the block: joins what plays", CodeEdit::Block),
    ("run-line", "alt-l", "run the line, or what is selected", CodeEdit::Line),
    ("save-script", "ctrl-s", "save the file; it takes over as well", CodeEdit::Save),
    ("complete", "tab", "the name goes on; twice: another one", CodeEdit::Complete),
    ("code-undo", "ctrl-z", "take a change of the text back", CodeEdit::Undo),
    ("code-redo", "ctrl-y  ctrl-r", "do it again", CodeEdit::Redo),
    ("code-cut", "ctrl-x", "cut what is selected (shift + arrows)", CodeEdit::Cut),
    ("code-copy", "ctrl-c", "copy it", CodeEdit::Copy),
    ("code-paste", "ctrl-v", "paste it", CodeEdit::Paste),
    ("code-all", "ctrl-a", "select everything", CodeEdit::All),
    ("comment", "alt-c", "comment lines out, or in again", CodeEdit::Comment),
    ("to-error", "alt-e", "to the place of the error", CodeEdit::Fault),
    ("leave-code", "esc", "the keys play the music again", CodeEdit::Leave),
];

/// Hints while a script is written.
pub const HINTS: &[(&[&str], &str)] = &[
    (&["leave-code"], "back to the music"),
    (&["run-file"], "run all"),
    (&["run-block"], "block"),
    (&["run-line"], "line"),
    (&["save-script"], "save"),
    (&["complete"], "complete"),
    (&["code-undo"], "undo"),
    (&["open-script"], "open"),
    (&["comment"], "comment"),
    (&["to-error"], "error"),
];

/// The commands.
pub fn all() -> impl Iterator<Item = Command> {
    ROWS.iter().enumerate().map(|(at, &(name, keys, help, _))| Command {
        name: name.to_owned(),
        keys: keys.split("  ").map(str::to_owned).collect(),
        group: Group::Code,
        help: help.to_owned(),
        mode: Mode::Code,
        act: |_, at| ROWS.get(usize::from(at)).map_or(Action::View(View::Close), |row| Action::Code(row.3)),
        class: at as u8,
        family: None,
        short: String::new(),
    })
}
