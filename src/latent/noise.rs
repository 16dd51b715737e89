//! Counter-based random numbers: the same (seed, stream, index) gives the same draw on every engine and thread count.

/// A generator without state: a draw is a hash of (seed, stream, index), so any draw can be made in any order.
///
/// The mixer is the finaliser of SplitMix64 (Steele, Lea, Flood: *Fast splittable pseudorandom number
/// generators*, OOPSLA 2014), applied over the three words in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noise {
    key: u64,
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Noise {
    /// The noise of `seed` in its sub-stream `stream` (a pattern's number, a purpose).
    pub fn new(seed: u64, stream: u64) -> Self {
        let a = mix(seed.wrapping_add(GOLDEN));
        Self { key: mix(a ^ mix(stream.wrapping_mul(GOLDEN).wrapping_add(1))) }
    }

    /// 64 uniform bits for draw number `index`.
    pub fn bits(&self, index: u64) -> u64 {
        mix(self.key.wrapping_add(index.wrapping_add(1).wrapping_mul(GOLDEN)))
    }

    /// Uniform in the open interval (0, 1).
    pub fn uniform(&self, index: u64) -> f64 {
        ((self.bits(index) >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
    }

    /// Standard normal (Box-Muller over draws `2 index` and `2 index + 1`).
    pub fn normal(&self, index: u64) -> f32 {
        let radius = (-2.0 * self.uniform(2 * index).ln()).sqrt();
        let angle = std::f64::consts::TAU * self.uniform(2 * index + 1);
        (radius * angle.cos()) as f32
    }

    /// Standard Gumbel, for `argmax(logits / T + gumbel)` = one draw of softmax(logits / T).
    pub fn gumbel(&self, index: u64) -> f32 {
        -(-self.uniform(index).ln()).ln() as f32
    }

    /// A point of the prior N(0, I) with `size` dimensions.
    pub fn prior(&self, size: usize) -> Vec<f32> {
        (0..size as u64).map(|i| self.normal(i)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Noise;

    #[test]
    fn normal_draws_have_mean_zero_and_variance_one() {
        let noise = Noise::new(1, 2);
        let n = 100_000u64;
        let (mut sum, mut squares) = (0.0f64, 0.0f64);
        for i in 0..n {
            let x = f64::from(noise.normal(i));
            sum += x;
            squares += x * x;
        }
        assert!((sum / n as f64).abs() < 0.02);
        assert!((squares / n as f64 - 1.0).abs() < 0.02);
    }

    #[test]
    fn streams_of_one_seed_differ_and_repeat() {
        let (a, b) = (Noise::new(7, 0), Noise::new(7, 1));
        assert_ne!(a.bits(0), b.bits(0));
        assert_eq!(a.bits(5), Noise::new(7, 0).bits(5));
    }
}
