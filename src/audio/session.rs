//! The running sound: an engine, what plays it, and news of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::engine::{self, Player};

use super::font::{Font, FontError};
use super::machine::{Machine, Shared};
use super::news::SoundNews;
use super::search::{Opener, Search};
use super::stream::{self, Around, Request};
use super::watcher::Watcher;

/// How long the first device may take to answer before the caller goes on without its word.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long the sound may take to end; a device that hangs must not keep the program.
const LAST: Duration = Duration::from_secs(1);
/// Rate of the silent engine.
const SILENT_RATE: f64 = 48_000.0;

/// How the sound is to be made.
#[derive(Debug, Clone, Default)]
pub struct AudioOptions {
    /// SoundFont file to play with; `None` is the built-in one.
    pub soundfont: Option<PathBuf>,
    /// Part of the output device's name; `None` is the system's default.
    pub device: Option<String>,
    /// Frames a second; `None` is the device's choice.
    pub rate: Option<u32>,
    /// Frames in a buffer; `None` is 512 or the device's choice.
    pub buffer: Option<u32>,
    /// Looks for no device at all: the engine runs in silence.
    pub silent: bool,
    /// What is done around our part of every callback of a device.
    pub around: Option<Around>,
}

/// The running sound. Dropping it fades out, ends every note, then the stream; that takes a second at most.
#[derive(Debug)]
pub struct Session {
    /// Commands in, snapshots and played notes out.
    pub player: Player,
    /// What was known of the sound at the start.
    pub status: SoundNews,
    /// Name of the SoundFont that plays.
    pub soundfont: String,
    quit: Option<Sender<()>>,
    done: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Session {
    fn drop(&mut self) {
        // The watching thread ends when its line is cut.
        self.quit = None;
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
        let late = self.done.recv_timeout(LAST) == Err(RecvTimeoutError::Timeout);
        if let Some(thread) = self.thread.take().filter(|_| !late) {
            // A thread that panicked has nothing more to say here.
            let _ = thread.join();
        }
    }
}

/// Starts the engine, halted at beat 0. Where there is no device it runs in silence, and a device that comes later
/// is taken. `hear` is told all news of the sound, the first included, on a thread of the session's.
///
/// # Errors
/// When the SoundFont cannot be played.
pub fn start(options: AudioOptions, hear: impl Fn(SoundNews) + Send + 'static) -> Result<Session, FontError> {
    let font = Font::load(options.soundfont.as_deref())?;
    let request = Request {
        device: options.device,
        rate: options.rate,
        buffer: options.buffer,
        around: options.around,
    };
    let shared = Arc::new(Shared::default());
    let opener: Option<Opener> = (!options.silent).then(|| -> Opener {
        let (font, shared) = (font.clone(), Arc::clone(&shared));
        Arc::new(move |answer| stream::open(&request, &font, &shared, answer))
    });
    start_with(&font, shared, opener, hear)
}

/// Starts the engine on whatever `opener` opens; `None` looks for no device.
pub(super) fn start_with(
    font: &Font,
    shared: Arc<Shared>,
    opener: Option<Opener>,
    hear: impl Fn(SoundNews) + Send + 'static,
) -> Result<Session, FontError> {
    let (mut player, driver) = engine::channel(SILENT_RATE);
    let machine = Box::new(Machine::new(driver, font, Arc::clone(&shared))?);
    let (quit, inbox) = channel();
    let (done_in, done) = channel::<()>();
    let (first_in, first) = channel();
    let tell = move |news: SoundNews| {
        // After the start nobody waits for the first word any more.
        let _ = first_in.send(news.clone());
        hear(news);
    };
    let watcher = Watcher::new(shared, inbox, opener.map(Search::new), Box::new(tell));
    let thread = std::thread::Builder::new().name("audio".into()).spawn(move || {
        // Dropped last: tells that the sound has ended.
        let _done = done_in;
        watcher.run(machine);
    });
    let (thread, status) = match thread {
        Ok(thread) => {
            player.wakes(thread.thread().clone());
            (Some(thread), first.recv_timeout(PATIENCE).ok())
        }
        Err(error) => (None, Some(SoundNews::Silent(format!("no sound: its thread cannot start ({error})")))),
    };
    let status = status.unwrap_or_else(|| {
        SoundNews::Silent("the audio device has not answered yet: running in silence until it does".into())
    });
    Ok(Session { player, status, soundfont: font.name.clone(), quit: Some(quit), done, thread })
}
