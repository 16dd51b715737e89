//! Keys of the terminal, one by one, for scripts that listen to them without the screen.

use std::io::{IsTerminal, stdin};
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use crate::script::live::Pressed;

/// The keyboard: an ordinary one until a script listens. Dropping it gives the terminal back.
#[derive(Debug, Default)]
pub struct Keyboard {
    raw: bool,
    refused: bool,
}

impl Keyboard {
    /// What was pressed since the last time; nothing while no script listens. The first error is the reason why no key
    /// will be heard.
    ///
    /// # Errors
    /// There is no terminal, or it will not give single keys; said once.
    pub fn pressed(&mut self, wanted: bool) -> Result<Vec<Pressed>, String> {
        if !wanted || self.refused {
            self.give_back();
            return Ok(Vec::new());
        }
        let pressed = self.read();
        if pressed.is_err() {
            self.give_back();
            self.refused = true;
        }
        pressed
    }

    fn read(&mut self) -> Result<Vec<Pressed>, String> {
        let deaf = |why: String| format!("on_key(...) hears nothing: {why}. Run it in a terminal");
        if !self.raw {
            if !stdin().is_terminal() {
                return Err(deaf("standard input is no terminal".to_owned()));
            }
            enable_raw_mode().map_err(|error| deaf(error.to_string()))?;
            self.raw = true;
        }
        let mut pressed = Vec::new();
        while event::poll(Duration::ZERO).map_err(|error| deaf(error.to_string()))? {
            if let Event::Key(key) = event::read().map_err(|error| deaf(error.to_string()))? {
                pressed.extend(meaning(key));
            }
        }
        Ok(pressed)
    }

    /// `text` as it stands in lines on the terminal as it is now: without its help with line ends they are whole.
    pub fn lines(&self, text: &str) -> String {
        if self.raw { format!("\r{}\r", text.replace('\n', "\r\n")) } else { text.to_owned() }
    }

    fn give_back(&mut self) {
        if std::mem::take(&mut self.raw) {
            // Where the terminal is gone there is nobody to give it back to.
            let _ = disable_raw_mode();
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// What a key means: `q` and Ctrl-C leave, as they do in the jam.
fn meaning(key: KeyEvent) -> Option<Pressed> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let held = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    match key.code {
        KeyCode::Char('c') if held => Some(Pressed::Leave),
        KeyCode::Char('q') if !held => Some(Pressed::Leave),
        KeyCode::Char(letter) if !held => Some(Pressed::Key(letter.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_the_script_s_and_two_keys_leave() {
        let key = |code, modifiers| meaning(KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('x'), KeyModifiers::NONE), Some(Pressed::Key("x".into())));
        assert_eq!(key(KeyCode::Char('X'), KeyModifiers::SHIFT), Some(Pressed::Key("X".into())));
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::NONE), Some(Pressed::Leave));
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Pressed::Leave));
        assert_eq!(key(KeyCode::Char('x'), KeyModifiers::CONTROL), None);
        assert_eq!(key(KeyCode::Enter, KeyModifiers::NONE), None);
    }

    #[test]
    fn nobody_who_does_not_listen_takes_the_terminal() {
        let mut keyboard = Keyboard::default();
        assert_eq!(keyboard.pressed(false), Ok(Vec::new()));
        assert_eq!(keyboard.lines("a\nb"), "a\nb");
    }
}
