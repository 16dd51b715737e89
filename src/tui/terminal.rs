//! The terminal: taken over, and given back whatever happens.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
    KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use ratatui::crossterm::style::ResetColor;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{execute, queue};

/// True while the terminal is ours: the panic hook and the guard may both want to give it back, one does.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// True while the terminal was asked to tell when keys are let go.
static TELLS: AtomicBool = AtomicBool::new(false);

/// Holds the terminal; dropping it gives the terminal back as it was.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    /// Raw mode, alternate screen, the mouse where it is wanted, bracketed paste, and unambiguous keys where the terminal knows them.
    ///
    /// # Errors
    /// When standard output is no terminal, or will not be written to.
    pub fn take(mouse: bool) -> io::Result<Self> {
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        // From here on the guard gives back what was taken, should the rest fail.
        let guard = Self(());
        let mut out = io::stdout();
        enter(&mut out, mouse)?;
        out.flush()?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back if it is taken. Never fails: where the terminal is gone there is nobody to tell.
pub fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        let _ = leave(&mut out);
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

/// The kitty keyboard protocol is switched on without asking: terminals that do not know the sequence skip it, and
/// asking would delay the first beat on terminals that do not answer. Linux's own console is old enough to be spared.
fn knows_kitty_keys() -> bool {
    cfg!(unix) && !matches!(std::env::var("TERM").as_deref(), Ok("linux" | "dumb") | Err(_))
}

fn enter(out: &mut impl Write, mouse: bool) -> io::Result<()> {
    queue!(out, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
    if mouse {
        queue!(out, EnableMouseCapture)?;
    }
    if knows_kitty_keys() {
        queue!(out, PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES))?;
    }
    Ok(())
}

/// Asks the terminal to tell when keys are let go, or no longer. Those that do not know the kitty keyboard protocol skip
/// it, and tell nothing.
///
/// # Errors
/// When the terminal does not take it.
pub fn hear_releases(on: bool) -> io::Result<()> {
    if !knows_kitty_keys() || TELLS.swap(on, Ordering::SeqCst) == on {
        return Ok(());
    }
    let flags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES;
    match on {
        true => {
            let flags = flags | KeyboardEnhancementFlags::REPORT_EVENT_TYPES;
            execute!(io::stdout(), PushKeyboardEnhancementFlags(flags))
        }
        false => execute!(io::stdout(), PopKeyboardEnhancementFlags),
    }
}

fn leave(out: &mut impl Write) -> io::Result<()> {
    if TELLS.swap(false, Ordering::SeqCst) {
        queue!(out, PopKeyboardEnhancementFlags)?;
    }
    if knows_kitty_keys() {
        queue!(out, PopKeyboardEnhancementFlags)?;
    }
    execute!(out, DisableBracketedPaste, DisableMouseCapture, ResetColor, LeaveAlternateScreen, Show)
}

#[cfg(test)]
mod tests {
    use super::{enter, leave};

    #[test]
    fn everything_switched_on_is_switched_off_again() {
        let (mut on, mut off) = (Vec::new(), Vec::new());
        enter(&mut on, true).unwrap();
        leave(&mut off).unwrap();
        let (on, off) = (String::from_utf8(on).unwrap(), String::from_utf8(off).unwrap());
        // DEC private modes: `CSI ? n h` sets, `CSI ? n l` resets; the cursor (25) goes the other way round.
        let modes = |text: &str, last: char| -> Vec<u32> {
            let mut found: Vec<u32> = text
                .split("\u{1b}[?")
                .filter_map(|part| part.split_once(last))
                .filter_map(|(number, _)| number.parse().ok())
                .collect();
            found.sort_unstable();
            found
        };
        let mut set = modes(&on, 'h');
        assert!(set.contains(&1049) && set.contains(&2004) && set.contains(&1006), "{set:?}");
        assert_eq!(modes(&on, 'l'), [25]);
        set.retain(|mode| *mode != 25);
        assert_eq!(modes(&off, 'l'), set);
        assert_eq!(modes(&off, 'h'), [25]);
        assert_eq!(on.matches("\u{1b}[>1u").count(), off.matches("\u{1b}[<1u").count());
    }
}
