//! Dropout on the dense input of a cell (spec section 7): each value is kept with a probability and scaled by its
//! inverse, or becomes zero. A mask is a pure function of the run's seed and the place it is for, so the way back
//! makes the same one again.

use crate::latent::noise::Noise;

/// How the inputs of one cell are thinned; the default keeps everything.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    keep: f32,
    seed: u64,
    first: u64,
    noise: Noise,
}

impl Default for Dropout {
    fn default() -> Self {
        Self { keep: 1.0, seed: 0, first: 0, noise: Noise::new(0, 0) }
    }
}

/// Stream of the masks; each cell has its own number on top.
const STREAM: u64 = 7 << 40;

impl Dropout {
    /// Keeps values with probability `keep` (0..=1) in the batch whose first example is number `first` of the run.
    pub fn new(keep: f32, seed: u64, first: u64) -> Self {
        Self { keep, seed, first, noise: Noise::new(seed, STREAM) }
    }

    /// The masks of the cell with this number.
    pub fn cell(self, number: u64) -> Self {
        Self { noise: Noise::new(self.seed, STREAM + 1 + number), ..self }
    }

    /// Thins `values`, the input (or its gradient) of `entry` = `step * rows + row` of a batch.
    pub fn apply(&self, values: &mut [f32], entry: usize) {
        if self.keep >= 1.0 {
            return;
        }
        // Four draws of 16 bits from each hash.
        let (limit, scale) = ((self.keep * 65_536.0) as u64, 1.0 / self.keep);
        let place = ((self.first << 16) + entry as u64) << 16;
        for (i, four) in values.chunks_mut(4).enumerate() {
            let bits = self.noise.bits(place + i as u64);
            for (j, value) in four.iter_mut().enumerate() {
                *value *= if (bits >> (16 * j) & 0xFFFF) < limit { scale } else { 0.0 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_kept_scaled_and_the_same_again_on_the_way_back() {
        let dropout = Dropout::new(0.3, 1, 64).cell(2);
        let (mut values, mut gradient) = (vec![1.0; 20_000], vec![1.0; 20_000]);
        dropout.apply(&mut values, 5);
        dropout.apply(&mut gradient, 5);
        assert_eq!(values, gradient);
        let kept = values.iter().filter(|&&x| x > 0.0).count();
        assert!((5_700..6_300).contains(&kept), "{kept}");
        assert!((values.iter().sum::<f32>() / 20_000.0 - 1.0).abs() < 0.05);
        dropout.apply(&mut gradient, 6);
        assert_ne!(values, gradient);
    }

    #[test]
    fn nothing_is_dropped_by_default() {
        let mut values = vec![0.5; 9];
        Dropout::default().apply(&mut values, 0);
        assert_eq!(values, [0.5; 9]);
    }
}
