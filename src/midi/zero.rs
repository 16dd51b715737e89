//! Where another clock's time 0 lies in host time, followed while the two drift apart.

/// Share of what is seen that is believed at once: one part in so many.
const SLOW: i64 = 256;
/// Further off than this, nanoseconds, the clock was set anew: a machine that slept, another server.
const JUMP: i64 = 5_000_000;
/// A look at both clocks that took longer, nanoseconds, says nothing.
const LONGEST: u64 = 100_000;

/// Host nanoseconds at the 0 of a clock that counts microseconds; it may lie before ours.
///
/// JACK's server may count by a clock that no time server ever corrects, while the host's is: 20 millionths are 72 ms an
/// hour.
#[derive(Debug, Clone, Copy)]
pub struct Zero(i64);

impl Zero {
    /// As looked at between host times `before` and `after` (nanoseconds), when the other clock read `usecs`.
    pub fn new(before: u64, usecs: u64, after: u64) -> Self {
        Self(Self::seen(before, usecs, after))
    }

    /// The host time of the other clock's `usecs`.
    pub fn host(self, usecs: u64) -> u64 {
        (usecs * 1000).saturating_add_signed(self.0)
    }

    /// Takes in another look. Allocates nothing.
    pub fn follow(&mut self, before: u64, usecs: u64, after: u64) {
        if after.saturating_sub(before) > LONGEST {
            return;
        }
        let away = Self::seen(before, usecs, after) - self.0;
        self.0 += if away.abs() > JUMP { away } else { away / SLOW };
    }

    fn seen(before: u64, usecs: u64, after: u64) -> i64 {
        (before + after.saturating_sub(before) / 2) as i64 - (usecs * 1000) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cycles of 5.3 ms for so many seconds, on a host clock that runs `ppm` millionths fast; the worst that the host time
    /// of a cycle is off by.
    fn worst(ppm: f64, seconds: u64) -> u64 {
        let host = |usecs: u64| 3_600_000_000_000 + (usecs as f64 * 1000.0 * (1.0 + ppm * 1e-6)) as u64;
        let mut zero = Zero::new(host(0), 0, host(0));
        let mut worst = 0;
        for cycle in 0..seconds * 1_000_000 / 5_333 {
            let usecs = cycle * 5_333;
            let late = cycle.wrapping_mul(2_654_435_761) % 20_000;
            zero.follow(host(usecs), usecs, host(usecs) + late);
            worst = worst.max(zero.host(usecs).abs_diff(host(usecs)));
        }
        worst
    }

    #[test]
    fn an_hour_of_fifty_millionths_is_followed_to_a_tenth_of_a_millisecond() {
        for ppm in [50.0, -50.0, 0.0] {
            assert!(worst(ppm, 3_600) < 100_000, "{ppm}: {} ns off", worst(ppm, 3_600));
        }
    }

    #[test]
    fn a_look_that_was_interrupted_says_nothing_and_a_clock_set_anew_is_taken_at_once() {
        let mut zero = Zero::new(1_000_000_000, 0, 1_000_000_000);
        zero.follow(1_000_000_000, 0, 1_030_000_000);
        assert_eq!(zero.host(0), 1_000_000_000);
        zero.follow(9_000_000_000, 0, 9_000_000_000);
        assert_eq!(zero.host(0), 9_000_000_000);
    }
}
