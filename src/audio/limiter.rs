//! The last stage: nothing leaves louder than full scale, and what is loud is turned down before it comes.

/// Frames the sound is held back so that the gain can fall in time.
pub const DELAY: usize = 64;
/// Loudest sample let out (-0.2 dB).
const CEILING: f32 = 0.977;
/// Time for the gain to come back, seconds.
const RELEASE: f32 = 0.12;

/// A look-ahead limiter for two channels with one gain.
///
/// The gain is the mean, over the delay, of the least gain that any sample in the delay needs; so when a loud
/// sample comes out, every term of the mean is at most what it needs, and it cannot exceed the ceiling.
#[derive(Debug, Clone)]
pub struct Limiter {
    held: [[f32; 2]; DELAY],
    needs: [f32; DELAY],
    least: [f32; DELAY],
    at: usize,
    gain: f32,
    release: f32,
}

impl Limiter {
    /// A limiter at `rate` frames a second, at rest.
    pub fn new(rate: f32) -> Self {
        Self {
            held: [[0.0; 2]; DELAY],
            needs: [1.0; DELAY],
            least: [1.0; DELAY],
            at: 0,
            gain: 1.0,
            release: 1.0 - (-1.0 / (RELEASE * rate)).exp(),
        }
    }

    /// Takes one frame and gives the one from [`DELAY`] frames ago.
    pub fn run(&mut self, frame: [f32; 2]) -> [f32; 2] {
        // What is not a number would stay in the gain for ever.
        let frame = frame.map(|v| if v.is_finite() { v } else { 0.0 });
        let out = self.held[self.at];
        let peak = frame[0].abs().max(frame[1].abs());
        self.needs[self.at] = if peak > CEILING { CEILING / peak } else { 1.0 };
        self.held[self.at] = frame;
        let least = self.needs.iter().fold(1.0_f32, |m, &v| m.min(v));
        // Down at once, back slowly.
        self.gain = if least < self.gain { least } else { self.gain + (least - self.gain) * self.release };
        let mean = self.least.iter().sum::<f32>() / DELAY as f32;
        self.least[self.at] = self.gain;
        self.at = (self.at + 1) % DELAY;
        out.map(|v| (v * mean).clamp(-CEILING, CEILING))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_sound_passes_unchanged_but_for_the_delay() {
        let mut limiter = Limiter::new(48_000.0);
        let input: Vec<f32> = (0..1000).map(|i| (i as f32 * 0.05).sin() * 0.9).collect();
        let output: Vec<f32> = input.iter().map(|&v| limiter.run([v, -v])[0]).collect();
        for (a, b) in input.iter().zip(&output[DELAY..]) {
            assert!((a - b).abs() < 1e-4);
        }
    }

    #[test]
    fn sound_far_too_loud_never_passes_the_ceiling_and_keeps_its_shape() {
        let mut limiter = Limiter::new(48_000.0);
        let input: Vec<f32> = (0..20_000).map(|i| (i as f32 * 0.02).sin() * 5.0).collect();
        let output: Vec<f32> = input.iter().map(|&v| limiter.run([v, v])[0]).collect();
        assert!(output.iter().all(|v| v.abs() <= CEILING));
        // After the gain has settled a sine is still a sine: no flat tops.
        let settled = &output[10_000..];
        let flat = settled.windows(2).filter(|w| w[0] == w[1] && w[0].abs() > 0.9).count();
        assert!(flat < 5, "{flat} flat samples");
    }

    #[test]
    fn one_broken_sample_does_not_silence_what_follows() {
        let mut limiter = Limiter::new(48_000.0);
        limiter.run([f32::NAN, f32::INFINITY]);
        let mut last = 0.0;
        for _ in 0..1000 {
            last = limiter.run([0.5, 0.5])[0];
        }
        assert!((last - 0.5).abs() < 1e-4);
    }
}
