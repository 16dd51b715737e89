//! The tempo of a clock for people to read: straight lines through the last ticks.

/// Ticks remembered: 8 quarters.
const KEPT: usize = 192;
/// Windows tried, the longest first; the shortest is all there is in a ramp.
const WINDOWS: [usize; 3] = [KEPT, 96, 24];
/// How many standard deviations two windows may differ before the longer one is taken to hold a tempo of the past.
const APART: f64 = 4.0;

/// The last ticks of a clock, and the slope of the line through them.
#[derive(Debug, Clone)]
pub struct TempoFit {
    /// Arrival times by tick number, nanoseconds.
    ticks: [(i64, u64); KEPT],
    len: usize,
    head: usize,
}

impl Default for TempoFit {
    fn default() -> Self {
        Self { ticks: [(0, 0); KEPT], len: 0, head: 0 }
    }
}

impl TempoFit {
    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes tick number `tick`, arrived at host time `at` (nanoseconds).
    pub fn push(&mut self, tick: i64, at: u64) {
        self.ticks[self.head] = (tick, at);
        self.head = (self.head + 1) % KEPT;
        self.len = (self.len + 1).min(KEPT);
    }

    /// Nanoseconds a tick, as steady as the clock allows; `None` before two ticks.
    ///
    /// The longest window whose slope agrees with that of a shorter one within their noise.
    pub fn period(&self) -> Option<f64> {
        let noise = self.noise();
        let mut best = None;
        for window in WINDOWS.iter().rev() {
            let window = (*window).min(self.len);
            let slope = self.slope(window)?;
            // Standard error of the slope of a line through n points that scatter by `noise`.
            let error = |n: usize| noise * (12.0 / (n as f64).powi(3)).sqrt();
            match best {
                Some((short, of)) if f64::abs(slope - short) > APART * error(of) + 1e-6 * slope => break,
                _ => best = Some((slope, window)),
            }
        }
        best.map(|(slope, _)| slope)
    }

    /// Standard deviation of the arrivals about their tempo, nanoseconds: from second differences, which a ramp does
    /// not disturb.
    pub fn noise(&self) -> f64 {
        let mut sum = 0.0;
        let mut count = 0.0;
        for i in 2..self.len {
            let [(a, at), (b, bt), (c, ct)] = [self.back(i), self.back(i - 1), self.back(i - 2)];
            if b - a == 1 && c - b == 1 {
                let second = (ct as f64 - bt as f64) - (bt as f64 - at as f64);
                sum += second * second;
                count += 1.0;
            }
        }
        // A second difference of independent errors has six times their variance.
        if count > 0.0 { (sum / count / 6.0_f64).sqrt() } else { 0.0 }
    }

    fn back(&self, i: usize) -> (i64, u64) {
        self.ticks[(self.head + KEPT - 1 - i) % KEPT]
    }

    /// Least squares slope of the last `window` ticks.
    fn slope(&self, window: usize) -> Option<f64> {
        if window < 2 {
            return None;
        }
        let (tick0, at0) = self.back(0);
        let n = window as f64;
        let (mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0);
        for i in 0..window {
            let (tick, at) = self.back(i);
            let (dx, dy) = ((tick - tick0) as f64, at as f64 - at0 as f64);
            x += dx;
            y += dy;
            xx += dx * dx;
            xy += dx * dy;
        }
        let spread = n * xx - x * x;
        (spread > 0.0).then(|| (n * xy - x * y) / spread)
    }
}
