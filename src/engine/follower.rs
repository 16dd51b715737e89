//! Following an external MIDI clock: a filtered tempo for the eye, a phase loop for the ear.
//!
//! Pure: it knows the arrival times of messages, no clock of its own. The loop is a delay-locked loop of second order:
//! every tick is expected at a time, and the difference moves the next expectation a little and the tempo less.

use super::sync::{Lock, Sync, SyncSource, TICKS, TICKS_A_SIXTEENTH, Target};
use super::tempo_fit::TempoFit;

/// Shortest and longest tick taken for a clock, nanoseconds: 400 and 20 quarters a minute, and some room.
const PERIODS: std::ops::RangeInclusive<f64> = 5.5e6..=140e6;
/// Ticks until the tempo is good enough to play by.
const ENOUGH: u32 = 6;
/// Ticks until the loop is as slow, and as steady, as it gets.
const SETTLED: u32 = 72;
/// Bandwidth of the loop (radians a tick) when it begins and when it has settled.
const WIDE: f64 = 0.45;
const NARROW: f64 = 0.06;
/// A tick this much late (in ticks) is no late tick: others were lost before it. As much early: one too many.
const LOST_TICK: f64 = 0.75;
/// An error of this share of a tick, kept up, is a change of tempo that the loop must hurry after.
const HURRY: f64 = 0.09;
/// Silence after which a clock is lost: this many ticks, and no less than these nanoseconds.
const SILENT_TICKS: f64 = 6.0;
const SILENT: f64 = 150e6;

/// The follower of a MIDI clock.
#[derive(Debug, Clone, Default)]
pub struct Follower {
    /// Number of the tick to come, counted over all since the beginning, so that the fit never sees a jump.
    count: i64,
    /// Number of the tick to come, in the song.
    song: i64,
    /// Where the next start or continue begins, in ticks of the song.
    position: i64,
    playing: bool,
    run: u32,
    entry: i64,
    /// When the tick to come is expected, nanoseconds; 0 before the first.
    expected: f64,
    /// Nanoseconds a tick.
    period: f64,
    last: u64,
    heard: u32,
    /// Ticks since the loop was last opened wide.
    age: u32,
    /// Ticks that were taken for lost and may turn out to be late: those to come count for them.
    assumed: i64,
    /// A run has begun after a silence: its first tick is where it says.
    anew: bool,
    /// Smoothed error, in ticks.
    drift: f64,
    fit: TempoFit,
    bpm: f64,
    noise: f64,
    lock: Lock,
}

impl Follower {
    /// A follower that has heard nothing.
    pub fn new() -> Self {
        Self { lock: Lock::Waiting, ..Self::default() }
    }

    fn tick(&mut self, at: u64) {
        let now = at as f64;
        self.last = at;
        match self.heard {
            0 => {
                self.expected = now;
                self.period = 0.0;
            }
            1 => self.first_period(now),
            _ if std::mem::take(&mut self.anew) => {
                self.expected = now;
                self.assumed = 0;
                self.fit.clear();
                self.age = SETTLED / 6;
            }
            _ => {
                if self.pays_back(now) {
                    return;
                }
                self.track(now);
            }
        }
        if self.heard == 0 || self.period > 0.0 {
            self.fit.push(self.count, at);
            self.count += 1;
            self.song += i64::from(self.playing);
            self.expected += self.period;
            self.heard = self.heard.saturating_add(1);
        }
        self.lock = if self.heard < ENOUGH { Lock::Locking } else { Lock::Locked };
        self.noise = self.fit.noise();
        if let Some(period) = self.fit.period() {
            self.bpm = bpm(period);
        }
    }

    /// The second tick: the distance to the first is all that is known of the tempo.
    fn first_period(&mut self, now: f64) {
        let period = now - self.expected;
        if PERIODS.contains(&period) {
            self.period = period;
            self.expected = now;
        } else {
            // Two masters, or a burst: begins anew with this tick.
            self.restart();
            self.expected = now;
        }
    }

    /// A tick that comes early after others were taken for lost is one of those: it was counted already.
    fn pays_back(&mut self, now: f64) -> bool {
        let late = self.assumed > 0 && (now - self.expected) / self.period < -LOST_TICK;
        self.assumed -= i64::from(late);
        late
    }

    fn track(&mut self, now: f64) {
        let mut error = now - self.expected;
        let away = error / self.period;
        if away > LOST_TICK {
            // Lost ticks have passed for the master too.
            let lost = away.round() as i64;
            self.assumed = lost;
            self.count += lost;
            self.song += if self.playing { lost } else { 0 };
            self.expected += lost as f64 * self.period;
            error = now - self.expected;
            // Of a silence nobody knows whether the tempo has stayed: the loop looks closer for a while.
            self.age = self.age.min(SETTLED / 2);
        } else if away < -LOST_TICK {
            // One tick too many: it counts, since the master counts it too, and the loop catches up with it.
            self.age = 0;
        } else {
            self.assumed = 0;
        }
        self.drift += (error / self.period - self.drift) * 0.25;
        if self.drift.abs() > HURRY {
            self.age = self.age.min(SETTLED / 6);
        }
        let settled = f64::from(self.age.min(SETTLED)) / f64::from(SETTLED);
        let width = WIDE * (NARROW / WIDE).powf(settled);
        self.expected += std::f64::consts::SQRT_2 * width * error;
        self.period = (self.period + width * width * error).clamp(*PERIODS.start(), *PERIODS.end());
        self.age = self.age.saturating_add(1);
    }

    fn restart(&mut self) {
        self.heard = 0;
        self.age = 0;
        self.drift = 0.0;
        self.assumed = 0;
        self.fit.clear();
    }

    /// A new run of the transport from tick `from` on.
    fn begin(&mut self, from: i64) {
        self.playing = true;
        self.song = from;
        self.entry = from;
        self.run = self.run.wrapping_add(1);
        self.anew = self.lock == Lock::Lost;
    }
}

impl SyncSource for Follower {
    fn hear(&mut self, at: u64, sync: Sync) {
        self.observe(at);
        match sync {
            Sync::Tick => self.tick(at),
            Sync::Start => {
                self.position = 0;
                self.begin(0);
            }
            Sync::Continue => self.begin(self.position),
            Sync::Stop => {
                if self.playing {
                    self.position = self.song;
                    self.run = self.run.wrapping_add(1);
                }
                self.playing = false;
            }
            Sync::Position(sixteenths) => {
                self.position = i64::from(sixteenths) * TICKS_A_SIXTEENTH;
                if self.playing {
                    self.begin(self.position);
                }
            }
        }
    }

    fn reset(&mut self) {
        // Runs are counted on, so that the next one is news.
        *self = Self { run: self.run, ..Self::new() };
    }

    fn observe(&mut self, now: u64) {
        let silence = now.saturating_sub(self.last) as f64;
        if self.heard == 1 && silence > SILENT {
            self.restart();
            self.lock = Lock::Waiting;
        } else if self.heard > 1 && silence > (SILENT_TICKS * self.period).max(SILENT) {
            self.lock = Lock::Lost;
        }
    }

    fn target(&self, at: u64) -> Option<Target> {
        if self.heard < ENOUGH {
            return None;
        }
        // After a silence nobody knows when the first tick of a run will come.
        let since = if self.anew { -1.0 } else { (at as f64 - self.expected) / self.period };
        let ticks = self.song as f64 + since;
        Some(Target {
            playing: self.playing,
            beat: ticks / TICKS as f64,
            bpm: bpm(self.period),
            run: self.run,
            entry: self.entry as f64 / TICKS as f64,
        })
    }

    fn lock(&self) -> Lock {
        self.lock
    }

    fn shown_bpm(&self) -> f64 {
        self.bpm
    }

    fn jitter_us(&self) -> f32 {
        (self.noise / 1e3) as f32
    }
}

/// Quarters a minute of a tick of `period` nanoseconds.
fn bpm(period: f64) -> f64 {
    60e9 / (TICKS as f64 * period)
}
