//! Signals that ask the program to leave: it leaves the terminal as it was.

use std::io;
use std::sync::mpsc::Sender;

use super::run::Event;
#[cfg(unix)]
use super::terminal;

/// Exit code of a program that was ended by force: the shell's for an interrupt.
#[cfg(unix)]
const BY_FORCE: i32 = 130;

/// Turns SIGTERM, SIGHUP, SIGINT and SIGQUIT into [`Event::Leave`]. Whoever sends a second one does not want to wait
/// for the sound or the disk: the terminal is given back and the program ends on the spot.
///
/// # Errors
/// When the system takes no more handlers or threads.
#[cfg(unix)]
pub fn watch(events: Sender<Event>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT])?;
    let forward = move || {
        for (count, _) in signals.forever().enumerate() {
            if count > 0 {
                terminal::give_back();
                signal_hook::low_level::exit(BY_FORCE);
            }
            // Nobody listens any more where the jam is over and about to end; a second signal counts all the same.
            let _ = events.send(Event::Leave);
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(forward)?;
    Ok(())
}

/// Windows ends console programs by events that arrive as keys here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn watch(_events: Sender<Event>) -> io::Result<()> {
    Ok(())
}
