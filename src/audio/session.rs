//! The running sound: an engine, what plays it, and words for the status line.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::engine::{self, Player};

use super::deadline::{self, Deadlines};
use super::font::{Font, FontError};
use super::machine::{Machine, Shared};
use super::stream::{self, Request};

/// How long the first device may take to answer before the caller goes on without its word.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often a missing device is looked for.
const RETRY: Duration = Duration::from_secs(2);
/// A device that asks for no sound this long is as good as lost.
const FROZEN: Duration = Duration::from_secs(4);
/// How often the watcher looks.
const WATCH: Duration = Duration::from_millis(250);
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
}

/// The running sound. Dropping it fades out, ends every note, then the stream.
#[derive(Debug)]
pub struct Session {
    /// Commands in, snapshots and played notes out.
    pub player: Player,
    /// One line on what plays at the start: device and rate, or why there is none and what to do.
    pub status: String,
    /// Name of the SoundFont that plays.
    pub soundfont: String,
    news: Receiver<String>,
    quit: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Session {
    /// A new status line, where something has changed since the last call: a device was lost or came back.
    pub fn news(&mut self) -> Option<String> {
        let latest = self.news.try_iter().last()?;
        self.status.clone_from(&latest);
        Some(latest)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The watching thread ends when its line is cut.
        self.quit = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing more to say here.
            let _ = thread.join();
        }
    }
}

/// Starts the engine, halted at beat 0, and always gives one that runs: where the SoundFont cannot be played the
/// built-in one does, where there is no device the engine runs in silence, and the status says so.
pub fn start(options: AudioOptions) -> Session {
    let (font, complaint) = match Font::load(options.soundfont.as_deref()) {
        Ok(font) => (Ok(font), None),
        Err(error) => (Font::built_in(), Some(format!("{error} (playing with the built-in sound)"))),
    };
    let (player, driver) = engine::channel(SILENT_RATE);
    let (quit, inbox) = channel();
    let (news_in, news) = channel();
    let shared = Arc::new(Shared::default());
    let soundfont = font.as_ref().map_or_else(|_| "none".into(), |font| font.name.clone());
    let watcher = Watcher { options, shared, inbox, news: news_in };
    let thread = std::thread::Builder::new().name("audio".into()).spawn(move || {
        watcher.run(driver, font);
    });
    let (thread, first) = match thread {
        Ok(thread) => (Some(thread), news.recv_timeout(PATIENCE).ok()),
        Err(error) => (None, Some(format!("the audio thread cannot start: {error}"))),
    };
    let status = first.unwrap_or_else(|| "the audio device has not answered yet".into());
    let status = complaint.map_or(status.clone(), |complaint| format!("{complaint}; {status}"));
    Session { player, status, soundfont, news, quit: Some(quit), thread }
}

/// The thread that owns the stream: opens it, watches it, and plays on in silence while there is none.
struct Watcher {
    options: AudioOptions,
    shared: Arc<Shared>,
    inbox: Receiver<()>,
    news: Sender<String>,
}

/// How a stream or a silence ended.
enum Ended {
    Quit,
    Lost(String),
    Retry,
}

impl Watcher {
    fn run(self, driver: engine::Driver, font: Result<Font, FontError>) {
        let made = font.and_then(|font| {
            let machine = Machine::new(driver, &font, Arc::clone(&self.shared))?;
            Ok((Box::new(machine), font))
        });
        let (mut machine, font) = match made {
            Ok(made) => made,
            Err(error) => return self.say(format!("no sound: {error}")),
        };
        let mut said = String::new();
        // One clock for the whole silence: looking for a device in between must not slow the music down.
        let mut clock = None;
        loop {
            let (back, cause) = match self.play(machine, &font, &mut said) {
                Ok((back, Ended::Lost(cause))) => {
                    clock = None;
                    (
                        back,
                        Some(format!(
                            "the audio device was lost ({cause}): going on in silence until it is back"
                        )),
                    )
                }
                Ok((back, _)) => return Self::finish(back),
                Err((back, error)) => (back, Some(error)),
            };
            let Some(back) = back else {
                return self.say("the sound has stopped: start the program again".into());
            };
            machine = back;
            if let Some(cause) = cause {
                self.say_once(cause, &mut said);
            }
            // A device that refused may have left the machine at another rate, which is another clock.
            clock = clock.filter(|(rate, _)| *rate == machine.rate());
            let (_, clock) = clock.get_or_insert_with(|| (machine.rate(), deadline::begin(machine.rate())));
            match self.silence(&mut machine, clock) {
                Ended::Quit => return Self::finish(Some(machine)),
                Ended::Lost(_) | Ended::Retry => {}
            }
        }
    }

    /// Plays to a device until it is lost or the session ends.
    #[expect(clippy::type_complexity, reason = "the machine comes back on every way out")]
    fn play(
        &self,
        machine: Box<Machine>,
        font: &Font,
        said: &mut String,
    ) -> Result<(Option<Box<Machine>>, Ended), (Option<Box<Machine>>, String)> {
        if self.options.silent {
            return Err((Some(machine), "sound is switched off: running in silence".into()));
        }
        let request = Request {
            device: self.options.device.clone(),
            rate: self.options.rate,
            buffer: self.options.buffer,
        };
        let (lost_in, lost) = channel();
        let running = stream::open(&request, machine, font, &self.shared, &lost_in).map_err(|(back, error)| {
            let line = format!(
                "{error}: running in silence. Plug in or choose a device, or start PipeWire, PulseAudio or \
                 JACK: it is taken as soon as it is there"
            );
            (back, line)
        })?;
        self.say_once(running.description.clone(), said);
        let ended = self.watch(&lost);
        if matches!(ended, Ended::Quit) {
            self.fade();
        }
        Ok((running.end(), ended))
    }

    fn watch(&self, lost: &Receiver<String>) -> Ended {
        let (mut blocks, mut moved) = (0, Instant::now());
        let mut broken = false;
        loop {
            match self.inbox.recv_timeout(WATCH) {
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ended::Quit,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Ok(cause) = lost.try_recv() {
                return Ended::Lost(cause);
            }
            let now = self.shared.blocks.load(Ordering::Relaxed);
            if now != blocks {
                (blocks, moved) = (now, Instant::now());
            } else if moved.elapsed() > FROZEN {
                return Ended::Lost("it has stopped asking for sound".into());
            }
            if !broken && self.shared.broken.load(Ordering::Relaxed) {
                broken = true;
                self.say(
                    "the SoundFont is damaged and a track had to be silenced: choose another one".into(),
                );
            }
        }
    }

    /// Runs in silence until it is time to look for a device again.
    fn silence(&self, machine: &mut Machine, clock: &mut Deadlines) -> Ended {
        let began = Instant::now();
        let mut ended = Ended::Retry;
        deadline::run(machine, clock, || {
            match self.inbox.try_recv() {
                Ok(()) | Err(TryRecvError::Disconnected) => ended = Ended::Quit,
                _ if !self.options.silent && began.elapsed() > RETRY => {}
                _ => return false,
            }
            true
        });
        ended
    }

    /// Lets the stream fade before it ends, so that quitting does not click.
    fn fade(&self) {
        self.shared.fading.store(true, Ordering::Release);
        let began = Instant::now();
        while !self.shared.faded.load(Ordering::Acquire) && began.elapsed() < WATCH {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn finish(machine: Option<Box<Machine>>) {
        if let Some(mut machine) = machine {
            machine.finish();
        }
    }

    fn say_once(&self, line: String, said: &mut String) {
        if line != *said {
            self.say(line.clone());
            *said = line;
        }
    }

    fn say(&self, line: String) {
        // A session that has gone needs no news.
        let _ = self.news.send(line);
    }
}
