//! How long before a deadline a sleep has to end, as the machine shows it: no sleep ends when it should.

/// Least and most, nanoseconds. The rest of the way is spent looking at the clock, and that costs the processor's time.
const LEAST: f64 = 200_000.0;
const MOST: f64 = 1_200_000.0;
/// Room beyond the latest wake-up that is remembered.
const ROOM: f64 = 1.25;
/// What is left of a memory after each wake-up: half of it after about ten seconds.
const FADES: f64 = 0.999_92;

/// The margin before deadlines. A kernel that holds a processor for long makes it wide, an idle machine narrow.
#[derive(Debug, Clone, Copy)]
pub struct Margin(f64);

impl Default for Margin {
    fn default() -> Self {
        Self(LEAST)
    }
}

impl Margin {
    /// Nanoseconds before a deadline at which to wake.
    pub fn nanos(self) -> u64 {
        self.0 as u64
    }

    /// A sleep that was to end at `wanted` ended at `now`, host nanoseconds. One that was cut short says nothing.
    pub fn woke(&mut self, wanted: u64, now: u64) {
        let late = now.saturating_sub(wanted) as f64;
        self.0 = (self.0 * FADES).max(late * ROOM).clamp(LEAST, MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_late_wake_up_widens_it_at_once_and_it_narrows_slowly() {
        let mut margin = Margin::default();
        margin.woke(1_000_000, 1_000_500);
        assert_eq!(margin.nanos(), 200_000);
        margin.woke(1_000_000, 1_600_000);
        assert_eq!(margin.nanos(), 750_000);
        for _ in 0..1000 {
            margin.woke(5, 5);
        }
        assert!((680_000..750_000).contains(&margin.nanos()), "{margin:?}");
        for _ in 0..100_000 {
            margin.woke(9, 2);
        }
        assert_eq!(margin.nanos(), 200_000);
        margin.woke(0, u64::MAX);
        assert_eq!(margin.nanos(), 1_200_000, "never more");
    }
}
