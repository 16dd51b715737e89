//! Signals that ask the program to leave: it leaves the terminal as it was.

use std::io;
use std::sync::mpsc::Sender;

use super::run::Event;

/// Turns SIGTERM, SIGHUP, SIGINT and SIGQUIT into [`Event::Leave`].
///
/// # Errors
/// When the system takes no more handlers or threads.
#[cfg(unix)]
pub fn watch(events: Sender<Event>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT])?;
    let forward = move || {
        for _ in signals.forever() {
            if events.send(Event::Leave).is_err() {
                return;
            }
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
