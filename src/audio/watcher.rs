//! The thread behind the sound: it plays in silence, hands the machine to a device, watches it, takes it back.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use super::deadline;
use super::machine::{Machine, Shared};
use super::news::SoundNews;
use super::search::Search;
use super::stream::{Opened, StreamError};
use crate::engine::real_time;

/// A device that asks for no sound this long, and for four of its buffers, is as good as lost. Less than what is made up
/// for afterwards ([`deadline::after`]).
const FROZEN: Duration = Duration::from_millis(600);
/// Below the MIDI thread's, which waits for less.
const PRIORITY: u8 = 40;
/// How often the watcher looks.
const WATCH: Duration = Duration::from_millis(250);
/// How often it looks while a device plays; a loss wakes it at once.
const PLAYS: Duration = Duration::from_millis(20);
/// How long a device may take to give the machine back before that is worth a word.
const SLOW: Duration = Duration::from_secs(2);
/// How long the machine is waited for at the very end.
const LAST: Duration = Duration::from_millis(400);
/// Longest wait for what a device has still to play.
const DRAIN: Duration = Duration::from_millis(100);

/// Owns the machine while no device does.
pub struct Watcher {
    shared: Arc<Shared>,
    inbox: Receiver<()>,
    search: Option<Search>,
    tell: Box<dyn Fn(SoundNews) + Send>,
    said: Option<SoundNews>,
}

/// How a silence ended.
enum Next {
    Quit,
    Device(Box<Opened>),
}

/// How a stream ended.
enum Ended {
    Quit,
    Lost(String),
}

impl Watcher {
    /// A watcher that ends when `inbox` is cut, and tells `tell` all news. Without a `search` it plays in silence.
    pub fn new(
        shared: Arc<Shared>,
        inbox: Receiver<()>,
        search: Option<Search>,
        tell: Box<dyn Fn(SoundNews) + Send>,
    ) -> Self {
        Self { shared, inbox, search, tell, said: None }
    }

    /// Runs `machine` until the session ends.
    pub fn run(mut self, mut machine: Box<Machine>) {
        // Without it the silence is as steady as the machine is idle; the MIDI room tells the player how to get it.
        let _ = real_time(PRIORITY);
        if self.search.is_none() {
            self.say(SoundNews::Silent("sound is switched off: running in silence".into()));
        }
        let mut begin = deadline::begin(machine.rate());
        loop {
            // One clock for the whole silence: looking for a device must not slow the music down.
            let mut clock = begin;
            let mut next = Next::Quit;
            deadline::run(&mut machine, &mut clock, || {
                self.look().is_some_and(|found| {
                    next = found;
                    true
                })
            });
            let back = match next {
                Next::Quit => return machine.finish(),
                Next::Device(opened) => self.play(machine, opened),
            };
            match back {
                Some((mut back, Ended::Quit)) => return back.finish(),
                Some((back, Ended::Lost(_))) => {
                    begin = deadline::after(back.rate(), self.shared.heard.load(Ordering::Relaxed));
                    machine = back;
                }
                None => return,
            }
        }
    }

    /// What there is to do but to play on in silence.
    fn look(&mut self) -> Option<Next> {
        if self.quits() {
            return Some(Next::Quit);
        }
        match self.search.as_mut()?.poll()? {
            Ok(opened) => Some(Next::Device(opened)),
            Err(error) => {
                self.say(SoundNews::Silent(missing(&error)));
                None
            }
        }
    }

    fn quits(&self) -> bool {
        self.inbox.try_recv() != Err(TryRecvError::Empty)
    }

    /// Plays to a device until it is lost or the session ends; `None` where the machine is lost with it.
    fn play(&mut self, mut machine: Box<Machine>, opened: Box<Opened>) -> Option<(Box<Machine>, Ended)> {
        let Opened { description, rate, period, rack, mut seat, lost, end } = *opened;
        machine.adopt(rate, rack);
        if let Err(machine) = seat.give(machine) {
            let cause = lost.try_recv().unwrap_or_else(|_| "it went away at once".into());
            self.say(gone(&cause));
            return Some((machine, Ended::Lost(cause)));
        }
        self.say(SoundNews::Plays(description));
        let frozen = FROZEN + period.map_or(Duration::ZERO, |period| 2 * two(period, rate));
        let ended = self.watch(&lost, frozen);
        match &ended {
            Ended::Quit => self.fade(rate, period),
            Ended::Lost(cause) => self.say(gone(cause)),
        }
        drop(end);
        let back = match ended {
            Ended::Quit => seat.home.recv_timeout(LAST).ok(),
            Ended::Lost(_) => self.wait(&seat.home),
        };
        back.map(|back| (back, ended))
    }

    fn watch(&mut self, lost: &Receiver<String>, frozen: Duration) -> Ended {
        let (mut blocks, mut moved) = (0, Instant::now());
        let mut broken = false;
        loop {
            match lost.recv_timeout(PLAYS) {
                Ok(cause) => return Ended::Lost(cause),
                Err(RecvTimeoutError::Disconnected) => return Ended::Lost("it has gone".into()),
                Err(RecvTimeoutError::Timeout) if self.quits() => return Ended::Quit,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let now = self.shared.blocks.load(Ordering::Relaxed);
            if now != blocks {
                (blocks, moved) = (now, Instant::now());
            } else if moved.elapsed() > frozen {
                return Ended::Lost("it has stopped asking for sound".into());
            }
            if !broken && self.shared.broken.load(Ordering::Relaxed) {
                broken = true;
                let line = "the SoundFont is damaged and a track had to be silenced: choose another one";
                (self.tell)(SoundNews::Broken(line.into()));
            }
        }
    }

    /// Waits for the machine to come back from a lost device; `None` where it does not before the session ends.
    fn wait(&mut self, home: &Receiver<Box<Machine>>) -> Option<Box<Machine>> {
        let began = Instant::now();
        loop {
            match home.recv_timeout(WATCH) {
                Ok(machine) => return Some(machine),
                Err(RecvTimeoutError::Disconnected) => {
                    self.say(SoundNews::Silent(
                        "the sound has stopped: save the set and start the program again".into(),
                    ));
                    return None;
                }
                Err(RecvTimeoutError::Timeout) if self.quits() => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if began.elapsed() > SLOW {
                self.say(SoundNews::Silent(
                    "the audio device hangs and holds the music: unplug it, or save the set and start the \
                     program again"
                        .into(),
                ));
            }
        }
    }

    /// Lets the stream fade and the device play what it has, so that quitting does not click.
    fn fade(&self, rate: u32, period: Option<u32>) {
        self.shared.fading.store(true, Ordering::Release);
        let began = Instant::now();
        while !self.shared.faded.load(Ordering::Acquire) {
            if began.elapsed() > WATCH {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(drain(rate, period));
    }

    /// Tells what is new, once.
    fn say(&mut self, news: SoundNews) {
        if self.said.as_ref() != Some(&news) {
            (self.tell)(news.clone());
            self.said = Some(news);
        }
    }
}

/// How long a device may still have sound to play: two of its buffers.
fn drain(rate: u32, period: Option<u32>) -> Duration {
    period.map_or(DRAIN, |period| two(period, rate)).min(DRAIN)
}

/// The time of two buffers.
fn two(period: u32, rate: u32) -> Duration {
    Duration::from_secs_f64(2.0 * f64::from(period) / f64::from(rate.max(1)))
}

fn missing(error: &StreamError) -> String {
    let why = error.to_string();
    let why = why.trim_end_matches('.');
    format!(
        "{why}: running in silence. Plug in or choose a device, or start PipeWire, PulseAudio or JACK: it is \
         taken as soon as it is there"
    )
}

fn gone(cause: &str) -> SoundNews {
    SoundNews::Silent(format!("the audio device was lost ({cause}): going on in silence until it is back"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_waits_for_two_buffers_and_never_long() {
        assert_eq!(drain(48_000, Some(480)), Duration::from_millis(20));
        assert_eq!(drain(48_000, Some(48_000)), DRAIN);
        assert_eq!(drain(48_000, None), DRAIN);
    }
}
