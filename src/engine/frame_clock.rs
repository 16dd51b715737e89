//! When the frames of a sound card fall in host time: callbacks come early and late, the card does not.

use std::f64::consts::SQRT_2;

/// Bandwidth of the loop, Hz: slow enough for callbacks that jitter by milliseconds.
const BANDWIDTH: f64 = 0.1;
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
}

impl FrameClock {
    /// A clock of a card of nominally `rate` frames a second.
    pub fn new(rate: f64) -> Self {
        Self { frame: 1e9 / rate, nominal: 1e9 / rate, expected: None }
    }

    /// The smoothed time of a callback that came at host time `now` and asks for `frames` frames.
    pub fn block(&mut self, now: u64, frames: usize) -> u64 {
        let (now, frames) = (now as f64, frames as f64);
        let Some(at) = self.expected.filter(|at| (now - at).abs() < LOST) else {
            self.frame = self.nominal;
            self.expected = Some(now + frames * self.frame);
            return now as u64;
        };
        let error = now - at;
        let omega = std::f64::consts::TAU * BANDWIDTH * frames * self.nominal / 1e9;
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
    fn what_a_card_says_of_its_latency_makes_up_for_a_callback_that_comes_late() {
        // Its block is heard 20 ms after the time it should have been called at; it is called up to 3 ms later, and
        // says so much less of latency.
        let mut clock = FrameClock::new(48_000.0);
        let period = 128.0 * 1e9 / 48_000.0;
        let mut late = 7_u64;
        for block in 0..2_000 {
            late = late.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let delay = (late >> 33) as f64 / f64::from(1_u32 << 31) * 3e6;
            let truth = 1e12 + f64::from(block) * period;
            let heard = clock.block((truth + delay) as u64 + (20e6 - delay) as u64, 128);
            let away = heard as f64 - truth - 20e6;
            assert!(away.abs() < 5_000.0, "block {block} is {away} ns off");
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
