//! Scripts on the screen of the jam: which keys write, which are commands, when the pane is shown.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::jam::Effect;
use crate::tui::app::App;
use crate::tui::arrangement::Pane;
use crate::tui::chord::Chord;
use crate::tui::command::{Mode, Moment};
use crate::tui::keymap::Pressed;

impl App {
    /// A key while the console is open or a script is written; `None` where the key means what it always does.
    pub(in crate::tui) fn written(&mut self, event: KeyEvent, moment: &Moment) -> Option<Vec<Effect>> {
        if self.cramped || self.help.is_some() {
            return None;
        }
        let function = matches!(event.code, KeyCode::F(_));
        if self.code.console.open && !function {
            let intent = self.code.console_key(event);
            return Some(intent.map_or_else(Vec::new, |intent| self.intent(intent)));
        }
        if !self.code.focused {
            return None;
        }
        self.keymap.mode = Mode::Code;
        let action = match self.keymap.press(Chord::from(event)) {
            Pressed::Run(command) => Some((command.act)(moment, command.class)),
            Pressed::More | Pressed::Nothing => None,
        };
        match action {
            Some(action) => Some(self.act(action)),
            None if function => None,
            None => {
                self.code.write(event);
                Some(Vec::new())
            }
        }
    }

    /// The key, where a script listens to it and nobody writes.
    pub(in crate::tui) fn listened(&self, event: KeyEvent) -> Option<String> {
        if self.code.listens.is_empty() || self.editor.is_some() || self.help.is_some() || self.cramped {
            return None;
        }
        let held = event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let KeyCode::Char(letter) = event.code else { return None };
        let key = letter.to_string();
        (!held && self.keymap.waiting().is_none() && self.code.listens.contains(&key)).then_some(key)
    }

    /// Text from the clipboard of the terminal.
    pub fn paste(&mut self, text: &str) {
        if self.code.console.open || self.code.focused {
            self.code.paste(text);
        }
    }

    /// Shows the script pane and writes there; where one writes already the pane goes away.
    pub(in crate::tui) fn toggle_code(&mut self) {
        let shown = self.panes.side == Pane::Code && self.panes.zoom.is_none_or(|pane| pane == Pane::Code);
        match (shown, self.code.focused) {
            (true, true) => {
                self.code.focused = false;
                self.panes.toggle_side(Pane::Code);
                self.panes.zoom = self.panes.zoom.filter(|pane| *pane != Pane::Code);
            }
            (true, false) => self.code.focused = true,
            (false, _) => {
                self.panes.side = Pane::Detail;
                self.panes.toggle_side(Pane::Code);
                self.code.focused = true;
            }
        }
        self.code.console.open = false;
    }

    /// Shows the script pane and writes there.
    pub(in crate::tui) fn show_code(&mut self) {
        self.code.focused = false;
        if self.panes.side == Pane::Code {
            self.panes.side = Pane::Detail;
        }
        self.toggle_code();
    }
}
