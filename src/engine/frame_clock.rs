//! When the frames of a sound card fall in host time: callbacks come early and late, the card does not.

use std::f64::consts::SQRT_2;

/// Bandwidth of the loop, Hz: slow enough for callbacks that jitter by milliseconds.
const BANDWIDTH: f64 = 0.1;
/// Bandwidth while little is known, Hz: what a stream says of its latency in its first blocks need not be so.
const WIDE: f64 = 2.0;
/// A callback this far from its time, nanoseconds, is no jitter: the stream has paused.
const LOST: f64 = 60e6;

/// A delay-locked loop from the times of callbacks to the time of each block, as smooth as the card's own clock.
#[derive(Debug, Clone, Copy)]
pub struct FrameClock {
    /// Nanoseconds a frame, as the card has them.
    frame: f64,
    nominal: f64,
    /// When the next block is expected, nanoseconds.
    expected: Option<f64>,
    /// Seconds since the loop began.
    age: f64,
}

impl FrameClock {
    /// A clock of a card of nominally `rate` frames a second.
    pub fn new(rate: f64) -> Self {
        Self { frame: 1e9 / rate, nominal: 1e9 / rate, expected: None, age: 0.0 }
    }

    /// The smoothed time of a block of `frames` frames that seems to fall at host time `now`: that of its callback, or,
    /// where the card tells its latency, when it is heard. The latter is the better one: a callback that comes late has
    /// so much less of latency before it.
    pub fn block(&mut self, now: u64, frames: usize) -> u64 {
        let (now, frames) = (now as f64, frames as f64);
        let length = frames * self.nominal / 1e9;
        let Some(at) = self.expected.filter(|at| (now - at).abs() < LOST) else {
            self.frame = self.nominal;
            self.expected = Some(now + frames * self.frame);
            self.age = length;
            return now as u64;
        };
        let error = now - at;
        let width = (0.2 / self.age.max(1e-3)).clamp(BANDWIDTH, WIDE);
        self.age += length;
        let omega = std::f64::consts::TAU * width * length;
        self.expected = Some(at + SQRT_2 * omega * error + frames * self.frame);
        // No card is off by more than a thousandth.
        let slack = self.nominal * 1e-3;
        self.frame = (self.frame + omega * omega * error / frames.max(1.0))
            .clamp(self.nominal - slack, self.nominal + slack);
        at as u64
    }
}

#[cfg(test)]
mod tests {
    use super::FrameClock;

    #[test]
    fn callbacks_late_by_up_to_two_milliseconds_leave_a_grid_within_a_tenth_of_one() {
        let mut clock = FrameClock::new(48_000.0);
        let (mut late, mut worst) = (1_u64, 0.0_f64);
        // A card that is fast by 50 millionths.
        let period = 256.0 * 1e9 / 48_000.0 / 1.000_05;
        let mut mean = 0.0;
        let mut blocks = Vec::new();
        for block in 0..20_000 {
            late = late.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let jitter = (late >> 33) as f64 / f64::from(1_u32 << 31) * 2e6;
            let at = clock.block((1e12 + f64::from(block) * period + jitter) as u64, 256);
            if block >= 5_000 {
                let away = at as f64 - 1e12 - f64::from(block) * period;
                mean += away / 15_000.0;
                blocks.push(away);
            }
        }
        for away in blocks {
            worst = worst.max((away - mean).abs());
        }
        assert!(worst < 200e3, "off by {worst} ns");
    }

    #[test]
    fn a_latency_that_is_told_wrongly_at_first_is_forgotten_within_a_second() {
        let mut clock = FrameClock::new(48_000.0);
        let period = 512.0 * 1e9 / 48_000.0;
        for block in 0..200 {
            let truth = 1e12 + f64::from(block) * period;
            // Before its buffers are full the card says 20 ms too little.
            let told = truth - if block < 2 { 20e6 } else { 0.0 };
            let away = clock.block(told as u64, 512) as f64 - truth;
            assert!(block < 94 || away.abs() < 500e3, "block {block} is {away} ns off");
        }
    }

    #[test]
    fn a_stream_that_has_paused_begins_anew() {
        let mut clock = FrameClock::new(48_000.0);
        clock.block(1_000_000_000, 480);
        assert_eq!(clock.block(1_010_000_000, 480), 1_010_000_000);
        assert_eq!(clock.block(9_000_000_000, 480), 9_000_000_000);
    }
}
