//! The engine without a sound card: the same blocks at absolute deadlines, in silence.

use std::time::{Duration, Instant};

use super::machine::Machine;
use crate::engine::host;

/// Frames in a block: 5.3 ms at 48 kHz, fine enough for a playhead.
const BLOCK: usize = 256;
/// How long after its block is made a frame counts as heard, nanoseconds: what goes out by MIDI is known so long
/// before its time, however late this thread wakes.
const AHEAD: u64 = 8_000_000;
/// Longest sleep while nothing plays and no order comes: so often whoever runs this is asked whether it goes on.
const REST: Duration = Duration::from_millis(50);
/// Later than this, the time lost (a suspended machine) is let go instead of being caught up with.
const LOST: Duration = Duration::from_secs(1);

/// The deadlines of blocks of a fixed length: block `n` is due at `start + n * block / rate`, computed from the
/// start every time, so that lateness never adds up.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    start: Instant,
    blocks: u64,
    seconds: f64,
}

impl Deadlines {
    /// Deadlines `seconds` apart, the first that long after `start`.
    pub fn new(start: Instant, seconds: f64) -> Self {
        Self { start, blocks: 0, seconds }
    }

    /// When the block to be made is due.
    pub fn due(&self) -> Instant {
        self.start + Duration::from_secs_f64(self.blocks as f64 * self.seconds)
    }

    /// The next deadline. One that `now` has missed by more than a second starts the count anew.
    pub fn next(&mut self, now: Instant) -> Instant {
        self.blocks += 1;
        let due = self.due();
        if now.saturating_duration_since(due) > LOST {
            *self = Self::new(now, self.seconds);
            return now;
        }
        due
    }

    /// After a sleep until `now`: how many blocks were slept through before the one that is to be made next.
    pub fn skip(&mut self, now: Instant) -> u64 {
        let made = self.blocks + 1;
        let reached = (now.saturating_duration_since(self.start).as_secs_f64() / self.seconds) as u64;
        // The next deadline is one further than the block counted here.
        self.blocks = reached.max(made) - 1;
        self.blocks + 1 - made
    }
}

/// The deadlines of a silence that begins now, at `rate` frames a second.
pub fn begin(rate: u32) -> Deadlines {
    Deadlines::new(Instant::now(), BLOCK as f64 / f64::from(rate))
}

/// The deadlines of a silence that goes on where a device has stopped, whose last block is heard up to host time `heard`:
/// the music makes up for what it has missed since, as long as that is less than a second.
pub fn after(rate: u32, heard: u64) -> Deadlines {
    let (now, here) = (host::now(), Instant::now());
    let due = heard.saturating_sub(AHEAD);
    let start = match now.checked_sub(due) {
        Some(missed) if missed > LOST.as_nanos() as u64 => here,
        Some(missed) => here.checked_sub(Duration::from_nanos(missed)).unwrap_or(here),
        None => here + Duration::from_nanos(due - now).min(LOST),
    };
    Deadlines::new(start, BLOCK as f64 / f64::from(rate))
}

/// Runs `machine` in silence until `stop` says so, asked once a block and, while nothing plays, after each rest. Called
/// again with the same deadlines, it first makes up for the time in between.
pub fn run(machine: &mut Machine, deadlines: &mut Deadlines, stop: impl FnMut() -> bool) {
    run_with(machine, deadlines, REST, stop);
}

/// As [`run`], with rests of `rest` at most; an order wakes the thread ([`crate::engine::Player::wakes`]).
fn run_with(
    machine: &mut Machine,
    deadlines: &mut Deadlines,
    rest: Duration,
    mut stop: impl FnMut() -> bool,
) {
    while !stop() {
        machine.idle(BLOCK, host::of(deadlines.due()) + AHEAD);
        if machine.is_resting() {
            std::thread::park_timeout(rest);
            let slept = deadlines.skip(Instant::now());
            machine.rest(slept as usize * BLOCK);
        }
        let now = Instant::now();
        if let Some(wait) = deadlines.next(now).checked_duration_since(now) {
            std::thread::sleep(wait);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::audio::font::Font;
    use crate::engine::{self, Command, Player};

    #[test]
    fn deadlines_do_not_drift_however_late_the_thread_wakes() {
        let start = Instant::now();
        let mut deadlines = Deadlines::new(start, 256.0 / 48_000.0);
        let mut due = start;
        for block in 0..100_000u64 {
            // Woken up to 3 ms late every time.
            due = deadlines.next(due + Duration::from_micros(block % 3000));
        }
        let expected = 100_000.0 * 256.0 / 48_000.0;
        assert!(((due - start).as_secs_f64() - expected).abs() < 1e-6);
    }

    #[test]
    fn a_silence_goes_on_where_the_device_has_stopped() {
        // Three tenths of a second ago, just now, and in what is still to be heard.
        for missed in [300_000_000_i64, 0, -40_000_000] {
            let heard = (host::now() as i64 - missed) as u64;
            let first = host::of(after(48_000, heard).due()) + AHEAD;
            // As exactly as two clocks are read one after the other.
            assert!(first.abs_diff(heard) < 50_000_000, "{missed}: {first} for {heard}");
        }
        let asleep = after(48_000, host::now() - 5_000_000_000);
        assert!(
            host::of(asleep.due()) + 1_000_000_000 > host::now(),
            "a machine that slept plays no lost time"
        );
    }

    #[test]
    fn blocks_slept_through_are_counted_and_the_next_one_is_due_now() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut deadlines = Deadlines::new(start, 0.005);
        assert_eq!((deadlines.skip(at(3)), deadlines.next(at(3))), (0, at(5)), "woken within its block");
        assert_eq!((deadlines.skip(at(52)), deadlines.next(at(52))), (8, at(50)), "those due at 10 to 45 ms");
        assert_eq!((deadlines.skip(at(52)), deadlines.next(at(52))), (0, at(55)));
    }

    fn machine() -> (Player, Machine) {
        let (player, driver) = engine::channel(48_000.0);
        let font = Font::built_in().expect("loads");
        (player, Machine::new(driver, &font, Arc::default()).expect("starts"))
    }

    #[test]
    fn a_machine_at_rest_wakes_seldom_and_its_time_goes_on() {
        let (mut player, mut machine) = machine();
        let (mut asked, mut clock) = (0, begin(48_000));
        run(&mut machine, &mut clock, || {
            asked += 1;
            asked > 5
        });
        // A rest may be longer than wanted, never shorter.
        let least = 4 * REST.as_millis() as u64 * 48;
        let frames = player.snapshot().frames;
        assert!(frames >= least, "{frames} frames in five rests, {least} wanted");
    }

    #[test]
    fn an_order_wakes_a_machine_at_rest_and_its_music_needs_every_block() {
        let (mut player, mut machine) = machine();
        let (told, tells) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let mut clock = begin(48_000);
            let mut asked = 0;
            // A rest without an end: only an order ends it.
            run_with(&mut machine, &mut clock, Duration::from_secs(3600), || {
                asked += 1;
                told.send(asked).is_err() || asked > 20
            });
        });
        player.wakes(thread.thread().clone());
        assert!(tells.recv_timeout(Duration::from_secs(20)).is_ok());
        player.send(Command::Play);
        let blocks = (0..20).filter(|_| tells.recv_timeout(Duration::from_secs(20)).is_ok()).count();
        assert_eq!(blocks, 20, "it sleeps on");
        assert!(player.snapshot().playing);
        thread.join().expect("ends");
    }

    #[test]
    fn a_suspended_machine_does_not_play_the_lost_time_at_once() {
        let start = Instant::now();
        let mut deadlines = Deadlines::new(start, 0.005);
        let woken = start + Duration::from_secs(3600);
        assert_eq!(deadlines.next(woken), woken);
        assert_eq!(deadlines.next(woken), woken + Duration::from_millis(5));
    }
}
