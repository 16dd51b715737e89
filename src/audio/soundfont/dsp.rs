//! The small tools sounds are made of: noise, sines, filters, decays, and the finish of a sample.

use std::f32::consts::PI;

/// Rate of every sample made here; most devices run at it, so that sounds at their own pitch pass unchanged.
pub const RATE: f32 = 48_000.0;

/// White noise, the same on every run (xorshift, Marsaglia 2003).
#[derive(Debug, Clone)]
pub struct Noise(u32);

impl Noise {
    /// Noise that begins at `seed`, which must not be 0.
    pub fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9) | 1)
    }

    /// The next sample, -1..1.
    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as i32 as f32 / 2_147_483_648.0
    }

    /// Uniform in `low..high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.next() * 0.5 + 0.5)
    }
}

/// Sine of a phase in turns.
pub fn sine(turns: f32) -> f32 {
    // A parabola and one correction: within 0.1 % of the sine and several times faster.
    let x = 2.0 * (turns - (turns + 0.5).floor());
    let y = 4.0 * x * (1.0 - x.abs());
    y * (0.775 + 0.225 * y.abs())
}

/// An exponential decay from 1, one multiplication a sample.
#[derive(Debug, Clone, Copy)]
pub struct Decay {
    level: f32,
    factor: f32,
}

impl Decay {
    /// Falls to 1/e in `seconds`.
    pub fn new(seconds: f32) -> Self {
        Self { level: 1.0, factor: (-1.0 / (seconds * RATE)).exp() }
    }

    /// The level now; steps on.
    pub fn next(&mut self) -> f32 {
        let level = self.level;
        self.level *= self.factor;
        level
    }
}

/// A state-variable filter (trapezoidal integration; Zavalishin, *The Art of VA Filter Design*, chapter 4).
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    g: f32,
    k: f32,
    a1: f32,
    first: f32,
    second: f32,
}

/// The three outputs of a [`Filter`].
#[derive(Debug, Clone, Copy)]
pub struct Bands {
    /// Below the cut-off.
    pub low: f32,
    /// Around it, unity gain at the centre.
    pub band: f32,
    /// Above it.
    pub high: f32,
}

impl Filter {
    /// A filter at `hertz` with quality `q` (0.707 is flat).
    pub fn new(hertz: f32, q: f32) -> Self {
        let mut filter = Self { g: 0.0, k: 1.0 / q, a1: 0.0, first: 0.0, second: 0.0 };
        filter.tune(hertz);
        filter
    }

    /// Moves the cut-off.
    pub fn tune(&mut self, hertz: f32) {
        self.g = (PI * (hertz / RATE).clamp(1e-5, 0.49)).tan();
        self.a1 = 1.0 / (1.0 + self.g * (self.g + self.k));
    }

    /// Filters one sample.
    pub fn run(&mut self, input: f32) -> Bands {
        let high = (input - (self.g + self.k) * self.first - self.second) * self.a1;
        let band = self.g * high + self.first;
        let low = self.g * band + self.second;
        self.first = self.g * high + band;
        self.second = self.g * band + low;
        Bands { low, band: band * self.k, high }
    }
}

/// A struck resonance: a sine that decays, by the two-pole recurrence.
#[derive(Debug, Clone, Copy)]
pub struct Mode {
    a: f32,
    b: f32,
    now: f32,
    before: f32,
}

impl Mode {
    /// A mode at `hertz` that starts at 0 with amplitude `level` and falls to 1/e in `seconds`.
    pub fn new(hertz: f32, level: f32, seconds: f32) -> Self {
        let w = 2.0 * PI * (hertz / RATE).min(0.48);
        let r = (-1.0 / (seconds * RATE)).exp();
        Self { a: 2.0 * r * w.cos(), b: r * r, now: level * r * w.sin(), before: 0.0 }
    }

    /// The sample now; steps on.
    pub fn next(&mut self) -> f32 {
        let out = self.before;
        let next = self.a * self.now - self.b * self.before;
        self.before = self.now;
        self.now = next;
        out
    }
}

/// Frames in `seconds`.
pub fn frames(seconds: f32) -> usize {
    (seconds * RATE) as usize
}

/// Hertz of a MIDI key.
pub fn hertz(key: f32) -> f32 {
    440.0 * ((key - 69.0) / 12.0).exp2()
}

/// Soft saturation: 1 for small signals, bounded by 1.
pub fn saturate(x: f32) -> f32 {
    // The rational bound of tanh that meets 1 at 3.
    let x = x.clamp(-3.0, 3.0);
    x * (27.0 + x * x) / (27.0 + 9.0 * x * x)
}

/// Makes a struck sound ready: no direct current, an end faded to nothing, its loudest sample at `peak`.
pub fn finish(mut data: Vec<f32>, peak: f32) -> Vec<f32> {
    let mut blocker = Filter::new(22.0, 0.707);
    for value in &mut data {
        *value = blocker.run(*value).high;
    }
    let fade = data.len() / 8;
    let len = data.len();
    for (i, value) in data.iter_mut().skip(len - fade).enumerate() {
        let left = 1.0 - i as f32 / fade as f32;
        *value *= left * left;
    }
    // What remains of the mean is taken off under a window that leaves both ends where they are.
    let window = |i: usize| {
        let share = i as f32 / len as f32;
        4.0 * share * (1.0 - share)
    };
    let mean: f32 = data.iter().sum::<f32>() / (0..len).map(window).sum::<f32>().max(1.0);
    for (i, value) in data.iter_mut().enumerate() {
        *value -= mean * window(i);
    }
    scale(data, peak)
}

/// Scales to a loudest sample of `peak`.
pub fn scale(mut data: Vec<f32>, peak: f32) -> Vec<f32> {
    let loudest = data.iter().fold(1e-9_f32, |m, v| m.max(v.abs()));
    data.iter_mut().for_each(|v| *v *= peak / loudest);
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_sine_is_a_sine() {
        for i in -500..500 {
            let turns = i as f32 / 100.0;
            assert!((sine(turns) - (2.0 * PI * turns).sin()).abs() < 2e-3);
        }
    }

    #[test]
    fn a_mode_rings_at_its_frequency_and_decays_as_told() {
        let mut mode = Mode::new(1000.0, 1.0, 0.1);
        let data: Vec<f32> = (0..frames(0.2)).map(|_| mode.next()).collect();
        let crossings = data.windows(2).filter(|w| w[0] <= 0.0 && w[1] > 0.0).count();
        assert!((198..=201).contains(&crossings), "{crossings}");
        let peak = |from: usize| data[from..from + 100].iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        let ratio = peak(frames(0.1)) / peak(0);
        assert!((ratio - 1.0 / std::f32::consts::E).abs() < 0.02, "{ratio}");
    }

    #[test]
    fn a_finished_sound_has_no_direct_current_and_ends_in_silence() {
        let data = finish(vec![0.5; 4800], 0.9);
        let mean = data.iter().sum::<f32>() / data.len() as f32;
        assert!(mean.abs() < 1e-3 && data[4799].abs() < 1e-2, "{mean}");
    }
}
