//! How late messages leave the ports: the last minute, in fixed space.

/// Seconds that count.
const SECONDS: usize = 60;
/// Buckets: eighths of a doubling from 0.1 us to 0.8 s.
const BUCKETS: usize = 184;
const FIRST_NS: f64 = 100.0;
const A_DOUBLING: f64 = 8.0;

/// Lateness over the last minute, microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Timing {
    /// Half of the messages were no later.
    pub p50_us: f32,
    /// 99 of 100 were no later.
    pub p99_us: f32,
    /// The latest.
    pub max_us: f32,
    /// Messages.
    pub count: u32,
}

/// A histogram for each of the last seconds.
#[derive(Debug)]
pub struct Meter {
    counts: Box<[[u16; BUCKETS]; SECONDS]>,
    max: [u64; SECONDS],
    second: u64,
}

impl Default for Meter {
    fn default() -> Self {
        Self { counts: Box::new([[0; BUCKETS]; SECONDS]), max: [0; SECONDS], second: 0 }
    }
}

impl Meter {
    /// A message that was to leave at `due` has left at `now`, host nanoseconds.
    pub fn note(&mut self, due: u64, now: u64) {
        let late = now.saturating_sub(due);
        self.turn(now);
        let slot = (self.second % SECONDS as u64) as usize;
        let count = &mut self.counts[slot][bucket(late)];
        *count = count.saturating_add(1);
        self.max[slot] = self.max[slot].max(late);
    }

    /// Forgets what is older than a minute.
    fn turn(&mut self, now: u64) {
        let second = now / 1_000_000_000;
        let steps = second.saturating_sub(self.second).min(SECONDS as u64);
        for back in 0..steps {
            let slot = ((second - back) % SECONDS as u64) as usize;
            self.counts[slot] = [0; BUCKETS];
            self.max[slot] = 0;
        }
        self.second = self.second.max(second);
    }

    /// The minute before `now`.
    pub fn timing(&mut self, now: u64) -> Timing {
        self.turn(now);
        let mut sums = [0_u32; BUCKETS];
        for second in self.counts.iter() {
            for (sum, count) in sums.iter_mut().zip(second) {
                *sum += u32::from(*count);
            }
        }
        let count: u32 = sums.iter().sum();
        let max_us = self.max.iter().max().map_or(0.0, |max| *max as f32 / 1e3);
        let at = |share: f64| {
            let wanted = (f64::from(count) * share).ceil() as u32;
            let mut seen = 0;
            let found = sums.iter().position(|sum| {
                seen += sum;
                seen >= wanted
            });
            // The upper edge of the bucket: never better than it was.
            found.map_or(0.0, |found| (edge(found) / 1e3) as f32).min(max_us)
        };
        if count == 0 {
            return Timing::default();
        }
        Timing { p50_us: at(0.5), p99_us: at(0.99), max_us, count }
    }
}

fn bucket(late: u64) -> usize {
    let doublings = (late as f64 / FIRST_NS).max(1.0).log2();
    ((doublings * A_DOUBLING).ceil() as usize).min(BUCKETS - 1)
}

/// Upper edge of a bucket, nanoseconds.
fn edge(bucket: usize) -> f64 {
    FIRST_NS * (bucket as f64 / A_DOUBLING).exp2()
}

#[cfg(test)]
mod tests {
    use super::Meter;

    #[test]
    fn percentiles_are_right_to_a_tenth_and_older_than_a_minute_is_forgotten() {
        let mut meter = Meter::default();
        for i in 0..1000_u64 {
            let due = 5_000_000_000_000 + i * 20_000_000;
            meter.note(due, due + i * 1000);
        }
        let now = 5_000_000_000_000 + 20_000_000_000;
        let timing = meter.timing(now);
        assert_eq!((timing.count, timing.max_us), (1000, 999.0));
        assert!((499.0..550.0).contains(&timing.p50_us), "{timing:?}");
        assert!((985.0..=999.0).contains(&timing.p99_us), "{timing:?}");
        assert_eq!(meter.timing(now + 61_000_000_000).count, 0);
    }
}
