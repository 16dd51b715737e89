//! The running sound: an engine, what plays it, and words for the status line.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crate::engine::{self, Player};

use super::deadline;

/// How the sound is to be made.
#[derive(Debug, Clone, Default)]
pub struct AudioOptions {
    /// SoundFont file to play with; `None` is the built-in one.
    pub soundfont: Option<PathBuf>,
}

/// The running sound. Dropping it ends every note, then the stream.
#[derive(Debug)]
pub struct Session {
    /// Commands in, snapshots and played notes out.
    pub player: Player,
    /// One line on what plays: device and rate, or why there is none and what to do.
    pub status: String,
    quit: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Starts the engine, halted at beat 0. Always gives a running engine: with no device it runs in silence.
pub fn start(_options: AudioOptions) -> Session {
    let (player, driver) = engine::channel(48_000.0);
    let quit = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&quit);
    let thread =
        std::thread::Builder::new().name("engine".into()).spawn(move || deadline::run(driver, &flag)).ok();
    Session { player, status: "no audio device: running silent".into(), quit, thread }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.quit.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing more to say here.
            let _ = thread.join();
        }
    }
}
