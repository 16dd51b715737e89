//! Key chords: reading their names, and naming what the terminal sends.

use std::fmt;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers, brought into one form: the shift of a character is in the character itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Names of the keys that are no characters, as in the keymap and on the screen.
const NAMED: [(&str, &str, KeyCode); 28] = [
    ("space", "space", KeyCode::Char(' ')),
    ("enter", "enter", KeyCode::Enter),
    ("esc", "esc", KeyCode::Esc),
    ("tab", "tab", KeyCode::Tab),
    ("backtab", "shift-tab", KeyCode::BackTab),
    ("backspace", "backspace", KeyCode::Backspace),
    ("delete", "del", KeyCode::Delete),
    ("left", "\u{2190}", KeyCode::Left),
    ("right", "\u{2192}", KeyCode::Right),
    ("up", "\u{2191}", KeyCode::Up),
    ("down", "\u{2193}", KeyCode::Down),
    ("home", "home", KeyCode::Home),
    ("end", "end", KeyCode::End),
    ("pageup", "pgup", KeyCode::PageUp),
    ("pagedown", "pgdn", KeyCode::PageDown),
    ("f1", "F1", KeyCode::F(1)),
    ("f2", "F2", KeyCode::F(2)),
    ("f3", "F3", KeyCode::F(3)),
    ("f4", "F4", KeyCode::F(4)),
    ("f5", "F5", KeyCode::F(5)),
    ("f6", "F6", KeyCode::F(6)),
    ("f7", "F7", KeyCode::F(7)),
    ("f8", "F8", KeyCode::F(8)),
    ("f9", "F9", KeyCode::F(9)),
    ("f10", "F10", KeyCode::F(10)),
    ("f11", "F11", KeyCode::F(11)),
    ("f12", "F12", KeyCode::F(12)),
    ("insert", "ins", KeyCode::Insert),
];

impl Chord {
    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let kept = KeyModifiers::CONTROL | KeyModifiers::ALT;
        let modifiers = match code {
            // Terminals send it with the shift that is in its name, or without.
            KeyCode::Char(_) | KeyCode::BackTab => modifiers & kept,
            _ => modifiers & (kept | KeyModifiers::SHIFT),
        };
        Self { code, modifiers }
    }

    /// True for chords that mean the same everywhere and must never be lost to a sequence begun by mistake: space,
    /// and whatever is held with ctrl.
    pub fn is_urgent(self) -> bool {
        self.code == KeyCode::Char(' ') || self.modifiers.contains(KeyModifiers::CONTROL)
    }

    /// Reads one chord: `s`, `U`, `?`, `space`, `ctrl-r`, `alt-enter`.
    pub fn parse(name: &str) -> Option<Self> {
        let (mut rest, mut modifiers) = (name, KeyModifiers::NONE);
        loop {
            let (part, modifier) = match rest {
                r if r.starts_with("ctrl-") => (5, KeyModifiers::CONTROL),
                r if r.starts_with("alt-") => (4, KeyModifiers::ALT),
                r if r.starts_with("shift-") => (6, KeyModifiers::SHIFT),
                _ => break,
            };
            rest = &rest[part..];
            modifiers |= modifier;
        }
        if let Some((_, _, code)) = NAMED.iter().find(|(word, _, _)| *word == rest) {
            return Some(Self::new(*code, modifiers));
        }
        let mut letters = rest.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Some(Self::new(KeyCode::Char(letter), modifiers)),
            _ => None,
        }
    }

    /// Reads a sequence of chords separated by blanks.
    pub fn sequence(names: &str) -> Option<Vec<Self>> {
        names.split_whitespace().map(Self::parse).collect()
    }
}

impl From<KeyEvent> for Chord {
    fn from(event: KeyEvent) -> Self {
        let code = match event.code {
            // Terminals with the kitty protocol may tell the base letter and the shift apart.
            KeyCode::Char(c) if event.modifiers.contains(KeyModifiers::SHIFT) && c.is_lowercase() => {
                KeyCode::Char(c.to_uppercase().next().unwrap_or(c))
            }
            other => other,
        };
        Self::new(code, event.modifiers)
    }
}

impl From<Chord> for KeyEvent {
    fn from(chord: Chord) -> Self {
        Self::new(chord.code, chord.modifiers)
    }
}

impl Chord {
    /// As people call it; in ASCII alone where `plain`: `ctrl-down`, where others have an arrow.
    pub fn spelled(self, plain: bool) -> String {
        let spelled = self.to_string();
        match NAMED.iter().find(|(_, shown, code)| *code == self.code && !shown.is_ascii()) {
            Some((word, arrow, _)) if plain => spelled.replace(arrow, word),
            _ => spelled,
        }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in
            [(KeyModifiers::CONTROL, "ctrl-"), (KeyModifiers::ALT, "alt-"), (KeyModifiers::SHIFT, "shift-")]
        {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match (NAMED.iter().find(|(_, _, code)| *code == self.code), self.code) {
            (Some((_, shown, _)), _) => f.write_str(shown),
            (None, KeyCode::Char(letter)) => write!(f, "{letter}"),
            (None, other) => write!(f, "{other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Chord;
    use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    #[test]
    fn what_the_terminal_sends_meets_what_the_keymap_says() {
        for (name, code, modifiers) in [
            ("U", KeyCode::Char('U'), KeyModifiers::SHIFT),
            ("U", KeyCode::Char('u'), KeyModifiers::SHIFT),
            ("U", KeyCode::Char('U'), KeyModifiers::NONE),
            ("ctrl-r", KeyCode::Char('r'), KeyModifiers::CONTROL),
            ("?", KeyCode::Char('?'), KeyModifiers::SHIFT),
            ("space", KeyCode::Char(' '), KeyModifiers::NONE),
            ("alt-enter", KeyCode::Enter, KeyModifiers::ALT),
            ("-", KeyCode::Char('-'), KeyModifiers::NONE),
        ] {
            assert_eq!(Chord::parse(name), Some(Chord::from(KeyEvent::new(code, modifiers))), "{name}");
        }
        assert_eq!(Chord::parse("entre"), None);
        assert_eq!(Chord::parse(""), None);
    }

    #[test]
    fn chords_are_shown_as_people_call_them() {
        let shown = |name| Chord::parse(name).unwrap().to_string();
        assert_eq!(
            (shown("left"), shown("ctrl-r"), shown("delete")),
            ("\u{2190}".into(), "ctrl-r".into(), "del".into())
        );
        let plain = |name| Chord::parse(name).unwrap().spelled(true);
        assert_eq!((plain("ctrl-down"), plain("delete")), ("ctrl-down".into(), "del".into()));
    }
}
