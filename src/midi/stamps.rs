//! From the time stamps of the system's MIDI to host time: when a message came, not when a busy machine got round to
//! handing it over.

/// The two clocks part by no more than this share of the time.
const DRIFT: f64 = 1e-4;
/// A message handed over this late, nanoseconds, is none: the stamps have begun anew.
const JUMP: i64 = 250_000_000;
/// Stamps that stand still for so long, nanoseconds, are none.
const STANDS: u64 = 5_000_000;

/// What is known of a clock that stamps messages: the least time that one has ever been under way.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stamps {
    /// Host nanoseconds at the stamps' 0, as the quickest message had it, and when the latest was handed over.
    known: Option<(i64, u64)>,
    latest: u64,
}

impl Stamps {
    /// The host time (nanoseconds) at which a message came that is handed over at host time `now` and was stamped `stamp`
    /// (microseconds since any moment): never later than `now`.
    pub fn came(&mut self, now: u64, stamp: u64) -> u64 {
        let seen = now as i64 - (stamp as i64).saturating_mul(1000);
        let stands = stamp == self.latest;
        self.latest = stamp;
        let zero = match self.known {
            Some((_, before)) if stands && now.saturating_sub(before) > STANDS => seen,
            Some((zero, before)) => {
                // The quickest of long ago says less and less.
                let zero = zero + (now.saturating_sub(before) as f64 * DRIFT) as i64;
                if seen - zero > JUMP { seen } else { seen.min(zero) }
            }
            None => seen,
        };
        self.known = Some((zero, now));
        u64::try_from(now as i64 - (seen - zero)).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ticks 20 ms apart on a clock that is fast by 20 millionths, each handed over `late(n)` nanoseconds late; the worst
    /// that a time is off by, after the first second.
    fn worst(late: impl Fn(u64) -> u64) -> u64 {
        let mut stamps = Stamps::default();
        let (mut worst, mut before) = (0, 0);
        for n in 0..3_000_u64 {
            let truth = 7_000_000_000 + n * 20_000_000;
            let stamp = 1_000_000 + n * 20_000 + n * 20_000 / 50_000;
            let now = truth + late(n);
            let at = stamps.came(now, stamp);
            assert!(at <= now && at >= before, "no later than it is known, and in order");
            before = at;
            if n > 50 {
                worst = worst.max(at.abs_diff(truth));
            }
        }
        worst
    }

    #[test]
    fn a_reader_that_is_late_is_late_by_nothing_in_what_it_says() {
        let jitter = |n: u64| n.wrapping_mul(2_654_435_761) % 4_000_000;
        assert!(worst(jitter) < 400_000, "4 ms of jitter leave {} ns", worst(jitter));
        let stalls = |n: u64| if n % 100 < 3 { (3 - n % 100) * 19_000_000 } else { 60_000 };
        assert!(worst(stalls) < 150_000, "stalls of 57 ms leave {} ns", worst(stalls));
    }

    #[test]
    fn stamps_that_are_none_or_begin_anew_are_not_believed() {
        let mut stamps = Stamps::default();
        for n in 0..50 {
            let now = 1_000_000_000 + n * 20_000_000;
            assert_eq!(stamps.came(now, 0), now, "a system that stamps nothing");
        }
        let mut stamps = Stamps::default();
        stamps.came(1_000_000_000, 900_000);
        assert_eq!(stamps.came(2_000_000_000, 5_000), 2_000_000_000, "a queue that began anew");
        assert_eq!(stamps.came(2_030_000_000, 25_000), 2_020_003_000, "and goes on");
    }
}
