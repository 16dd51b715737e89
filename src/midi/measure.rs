//! Measuring our own clock: what the MIDI thread writes, and how far that is from when it was to be written.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::double::{Sent, Tape};
use super::hub::Hub;
use super::order::{News, Order, hub_channel};
use super::ports::ear;
use super::settings::OutputSettings;
use crate::engine::{Command, Player, TICKS, Wire};

/// Upper edges of the histogram, microseconds; a last bucket holds what is later.
pub const EDGES_US: [f64; 12] =
    [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_000.0, 5_000.0];
/// Messages the tape holds between two looks.
const TAPE: usize = 1 << 14;
/// A key is struck this often.
const KEY_EVERY: Duration = Duration::from_millis(97);
/// The track and the channel of the struck keys.
const KEY_TRACK: u8 = 7;
const KEY_CHANNEL: u8 = 15;

/// What to measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Quarters a minute.
    pub bpm: f64,
    /// For how long.
    pub length: Duration,
    /// Ask for real-time priority.
    pub real_time: bool,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The MIDI thread had real-time priority.
    pub real_time: bool,
    /// Clock ticks written.
    pub ticks: u64,
    /// Ticks too many (above 0) or too few against the host's clock.
    pub drift_ticks: i64,
    /// Lateness of every message, nanoseconds, sorted.
    pub late: Vec<u64>,
    /// From a struck key to its note, nanoseconds, sorted.
    pub key: Vec<u64>,
}

impl Report {
    /// Lateness in microseconds at `share` (0..=1) of all messages.
    pub fn late_us(&self, share: f64) -> f64 {
        percentile(&self.late, share)
    }

    /// Key to note in microseconds at `share` (0..=1) of all keys.
    pub fn key_us(&self, share: f64) -> f64 {
        percentile(&self.key, share)
    }

    /// Messages in each bucket of [`EDGES_US`], and those later than all.
    pub fn histogram(&self) -> [usize; EDGES_US.len() + 1] {
        let mut counts = [0; EDGES_US.len() + 1];
        for late in &self.late {
            let us = *late as f64 / 1e3;
            counts[EDGES_US.iter().position(|edge| us <= *edge).unwrap_or(EDGES_US.len())] += 1;
        }
        counts
    }
}

fn percentile(sorted: &[u64], share: f64) -> f64 {
    let rank = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1));
    sorted.get(rank - 1).map_or(0.0, |ns| *ns as f64 / 1e3)
}

/// Plays a clock on the engine of `player`, which must be running, and listens at the port. `progress` hears the
/// share done; what the engine plays besides is measured too.
///
/// # Errors
/// When the system gives no thread.
pub fn measure(
    player: &mut Player,
    wire: Wire,
    trial: Trial,
    mut progress: impl FnMut(f64),
) -> std::io::Result<Report> {
    let (mut ends, theirs) = hub_channel();
    let hub = Hub::new(theirs, wire);
    let thread = std::thread::Builder::new().name("midi".into()).spawn(move || hub.run(trial.real_time))?;
    ends.thread = Some(thread.thread().clone());
    let (tape, mut end) = Tape::new(TAPE);
    let (mut ear, ring) = ear(ends.thread.clone());
    ends.send(Order::Output(0, Box::new(tape), OutputSettings::new("tape").switches()));
    ends.send(Order::Live(KEY_TRACK, KEY_CHANNEL, 0));
    ends.send(Order::Input(0, ring, false, true));
    for order in [Command::Feed(true), Command::Tempo(trial.bpm), Command::Clock(true), Command::Play] {
        player.send(order);
    }
    let began = Instant::now();
    let mut heard = Heap::default();
    let mut next_key = Instant::now() + KEY_EVERY;
    let mut down = false;
    while began.elapsed() < trial.length {
        sleep(Duration::from_millis(5));
        heard.take(&mut end);
        player.snapshot();
        if Instant::now() >= next_key {
            next_key += KEY_EVERY;
            down = !down;
            if down {
                heard.struck.push(crate::engine::host::now());
            }
            ear.hear_now(&[if down { 0x90 } else { 0x80 }, 60, 100]);
        }
        while ends.news.pop().is_ok_and(|news| {
            heard.real_time |= news == News::RealTime(true);
            true
        }) {}
        progress(began.elapsed().as_secs_f64() / trial.length.as_secs_f64());
    }
    // Ticks up to here, before the end ends them.
    heard.take(&mut end);
    for order in [Command::Stop, Command::Clock(false), Command::Feed(false)] {
        player.send(order);
    }
    ends.send(Order::Quit);
    let _ = thread.join();
    Ok(heard.report(trial.bpm))
}

/// What is gathered while the test runs.
#[derive(Default)]
struct Heap {
    late: Vec<u64>,
    struck: Vec<u64>,
    notes: Vec<u64>,
    ticks: u64,
    first: Option<Sent>,
    last: Option<Sent>,
    started: bool,
    real_time: bool,
}

impl Heap {
    fn take(&mut self, end: &mut rtrb::Consumer<Sent>) {
        while let Ok(sent) = end.pop() {
            match *sent.packet.bytes() {
                [0xFA] => self.started = true,
                [0xF8] if self.started => {
                    self.ticks += 1;
                    self.first.get_or_insert(sent);
                    self.last = Some(sent);
                    self.late.push(sent.left.saturating_sub(sent.due));
                }
                [status, _, velocity] if status == 0x90 | KEY_CHANNEL && velocity > 0 => {
                    self.notes.push(sent.left);
                }
                [0x80..=0x9F, ..] if self.started => self.late.push(sent.left.saturating_sub(sent.due)),
                _ => {}
            }
        }
    }

    fn report(mut self, bpm: f64) -> Report {
        self.late.sort_unstable();
        let mut key: Vec<u64> =
            self.struck.iter().zip(&self.notes).map(|(struck, note)| note.saturating_sub(*struck)).collect();
        key.sort_unstable();
        let period = 60e9 / (TICKS as f64 * bpm);
        let due = self.first.zip(self.last).map_or(0, |(first, last)| {
            (last.left.saturating_sub(first.left) as f64 / period).round() as i64 + 1
        });
        Report {
            real_time: self.real_time,
            ticks: self.ticks,
            drift_ticks: self.ticks as i64 - due,
            late: self.late,
            key,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{self, AudioOptions};

    /// Lateness is the machine's affair and no condition here; `--nocapture` shows it, and `MVAE_CLOCK_SECONDS`
    /// listens longer.
    #[test]
    fn the_clock_of_a_running_engine_is_heard_tick_by_tick() {
        let seconds =
            std::env::var("MVAE_CLOCK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
        let options = AudioOptions { silent: true, ..AudioOptions::default() };
        let mut session = audio::start(options, |_| {}).expect("starts");
        let wire = session.player.take_wire().expect("the first taker");
        let trial = Trial { bpm: 120.0, length: Duration::from_secs(seconds), real_time: true };
        let report = measure(&mut session.player, wire, trial, |_| {}).expect("measures");
        println!(
            "{} ticks, real time {}: p50 {:.1} us, p99 {:.1} us, max {:.1} us, drift {}, key p95 {:.1} us",
            report.ticks,
            report.real_time,
            report.late_us(0.5),
            report.late_us(0.99),
            report.late_us(1.0),
            report.drift_ticks,
            report.key_us(0.95)
        );
        assert!(report.ticks > seconds * 24 && !report.key.is_empty());
        assert_eq!(report.histogram().iter().sum::<usize>(), report.late.len());
    }
}
