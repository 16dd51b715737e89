//! Turns examples into batches: which examples, in which variation, with which noise, as pure functions of the seed
//! and the count of examples seen, so that a resumed run goes on exactly where it stopped.

use super::augment::{self, Draws};
use super::batch::{Batch, SparseRows};
use crate::codec::Tokens;
use crate::latent::noise::Noise;

/// Streams of a run's noise; each draw has one purpose.
mod stream {
    pub const ORDER: u64 = 1 << 40;
    pub const OTHER: u64 = 2 << 40;
    pub const VARY: u64 = 3 << 40;
    pub const LATENT: u64 = 4 << 40;
}

/// How batches are made.
#[derive(Debug, Clone, Copy)]
pub struct Assembly {
    /// Seed of the run.
    pub seed: u64,
    /// Share of drum examples that are varied.
    pub augment: f64,
    /// Most semitones a melody is transposed.
    pub transpose: u8,
    /// Latent dimensions.
    pub z: usize,
}

/// The examples in the order of their epochs.
#[derive(Debug)]
pub struct Order {
    seed: u64,
    epoch: Option<u64>,
    indices: Vec<u32>,
}

impl Order {
    /// An order over `n` examples.
    pub fn new(seed: u64, n: usize) -> Self {
        Self { seed, epoch: None, indices: (0..n as u32).collect() }
    }

    /// The index of example number `count` of the run: every example once an epoch, shuffled anew each time.
    pub fn index(&mut self, count: u64) -> usize {
        let n = self.indices.len() as u64;
        let epoch = count / n;
        if self.epoch != Some(epoch) {
            self.epoch = Some(epoch);
            self.indices = (0..n as u32).collect();
            let noise = Noise::new(self.seed, stream::ORDER + epoch);
            for i in (1..self.indices.len()).rev() {
                self.indices.swap(i, (noise.uniform(i as u64) * (i + 1) as f64) as usize);
            }
        }
        self.indices[(count % n) as usize] as usize
    }
}

impl Assembly {
    /// The examples number `first..first + rows` of the run, varied, as one batch.
    pub fn batch(&self, examples: &[Tokens], order: &mut Order, first: u64, rows: usize) -> Batch {
        let varied: Vec<Tokens> = (first..first + rows as u64)
            .map(|count| {
                let other = Noise::new(self.seed, stream::OTHER).uniform(count);
                let other = &examples[(other * examples.len() as f64) as usize];
                let mut draws = Draws::new(Noise::new(self.seed, stream::VARY + count));
                augment::vary(&examples[order.index(count)], other, self.augment, self.transpose, &mut draws)
            })
            .collect();
        let mut batch = plain(&varied.iter().collect::<Vec<_>>());
        batch.first_row = first;
        let eps = Noise::new(self.seed, stream::LATENT);
        let z = self.z as u64;
        batch.eps = (first * z..(first + rows as u64) * z).map(|i| eps.normal(i)).collect();
        batch
    }
}

/// Examples as they are, with `z = mu`.
pub fn plain(examples: &[&Tokens]) -> Batch {
    let rows = examples.len();
    let steps = examples.iter().map(|t| t.len()).max().unwrap_or(0);
    let (mut inputs, mut targets) = (SparseRows::default(), Vec::new());
    for t in 0..steps {
        for tokens in examples {
            match tokens {
                Tokens::Melody(events) => {
                    inputs.push([u16::from(events[t])]);
                    targets.push(u16::from(events[t]));
                }
                Tokens::Drums(masks) => {
                    inputs.push(roll(u64::from(masks[t]), 9));
                    targets.push(masks[t]);
                }
                Tokens::FullDrums(masks) => inputs.push(roll(masks[t], 61)),
                Tokens::Trio { lead, bass, drums } => {
                    let parts = [u16::from(lead[t]), u16::from(bass[t]), drums[t]];
                    inputs.push([parts[0], 90 + parts[1], 180 + parts[2]]);
                    targets.extend(parts);
                }
                Tokens::Groove(_) => inputs.push([]),
            }
        }
    }
    let lengths = examples.iter().map(|t| t.len()).collect();
    Batch { rows, steps, lengths, inputs, targets, eps: Vec::new(), first_row: 0 }
}

/// The ones of a roll row: hit classes, or the last bit where nothing hits (spec section 12).
fn roll(mask: u64, classes: u16) -> impl Iterator<Item = u16> {
    let nothing = (mask == 0).then_some(classes);
    (0..classes).filter(move |class| mask >> class & 1 == 1).chain(nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_comes_once_an_epoch_in_a_new_order() {
        let mut order = Order::new(1, 100);
        let epoch =
            |order: &mut Order, e: u64| (0..100).map(|i| order.index(e * 100 + i)).collect::<Vec<_>>();
        let (a, b) = (epoch(&mut order, 0), epoch(&mut order, 1));
        assert_ne!(a, b);
        assert_eq!(a, epoch(&mut order, 0));
        let mut sorted = a;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn a_drum_row_has_its_hits_or_the_bit_for_nothing() {
        let batch = plain(&[&Tokens::Drums(vec![0b101, 0])]);
        assert_eq!(batch.inputs.get(0), [0, 2]);
        assert_eq!(batch.inputs.get(1), [9]);
        assert_eq!(batch.targets, [5, 0]);
    }
}
