//! Turns examples into batches: which examples, in which variation, with which noise, as pure functions of the seed
//! and the count of examples seen, so that a resumed run goes on exactly where it stopped.

use super::augment::{self, Draws};
use super::batch::{Batch, Played, SparseRows};
use crate::codec::Converter;
use crate::codec::Tokens;
use crate::codec::rows::GrooveInput;
use crate::latent::noise::Noise;
use crate::model::catalogue::{Config, Head};

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
    /// What the decoder's targets are.
    pub targets: Targets,
}

/// How tokens become the targets of the core decoders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets {
    /// One core; the categories of all parts side by side.
    Joint,
    /// One core a part.
    Split,
    /// One core; one bit a drum class.
    Bits,
    /// The steps themselves; the encoder hears what this leaves of them.
    Groove(GrooveInput),
}

impl Targets {
    /// Those of a configuration.
    pub fn of(config: &Config) -> Self {
        match config.head {
            Head::Split => Self::Split,
            Head::Nade => Self::Bits,
            Head::Groove => {
                Self::Groove(Converter::for_config(config.name).map(|c| c.groove_input()).unwrap_or_default())
            }
            _ => Self::Joint,
        }
    }
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
        let mut batch = plain(&varied.iter().collect::<Vec<_>>(), self.targets);
        batch.first_row = first;
        let eps = Noise::new(self.seed, stream::LATENT);
        let z = self.z as u64;
        batch.eps = (first * z..(first + rows as u64) * z).map(|i| eps.normal(i)).collect();
        batch
    }
}

/// Examples as they are, with `z = mu`.
pub fn plain(examples: &[&Tokens], form: Targets) -> Batch {
    let rows = examples.len();
    let steps = examples.iter().map(|t| t.len()).max().unwrap_or(0);
    let cores = if form == Targets::Split { 3 } else { 1 };
    let mut played = Played::default();
    let (mut inputs, mut targets) = (SparseRows::default(), vec![SparseRows::default(); cores]);
    for t in 0..steps {
        for tokens in examples {
            match tokens {
                Tokens::Melody(events) => {
                    inputs.push([u16::from(events[t])]);
                    targets[0].push([u16::from(events[t])]);
                }
                Tokens::Drums(masks) => {
                    let mask = u64::from(masks[t]);
                    inputs.push(bits(mask, 9).chain(nothing(mask, 9)));
                    match form {
                        Targets::Bits => targets[0].push(bits(mask, 9)),
                        _ => targets[0].push([masks[t]]),
                    }
                }
                Tokens::FullDrums(masks) => {
                    inputs.push(bits(masks[t], 61).chain(nothing(masks[t], 61)));
                    targets[0].push(bits(masks[t], 61));
                }
                Tokens::Trio { lead, bass, drums } => {
                    let parts = [u16::from(lead[t]), u16::from(bass[t]), drums[t]];
                    let joint = [parts[0], 90 + parts[1], 180 + parts[2]];
                    inputs.push(joint);
                    match form {
                        Targets::Split => {
                            targets.iter_mut().zip(parts).for_each(|(target, part)| target.push([part]));
                        }
                        _ => targets[0].push(joint),
                    }
                }
                Tokens::Groove(steps) => {
                    let heard =
                        if let Targets::Groove(input) = form { input } else { GrooveInput::default() };
                    played.inputs.extend(heard.apply(&steps[t..=t]).iter().flatten());
                    played.targets.extend(steps[t]);
                }
            }
        }
    }
    let lengths = examples.iter().map(|t| t.len()).collect();
    Batch { rows, steps, lengths, inputs, targets, played, eps: Vec::new(), first_row: 0 }
}

/// The set bits of a mask.
fn bits(mask: u64, classes: u16) -> impl Iterator<Item = u16> {
    (0..classes).filter(move |class| mask >> class & 1 == 1)
}

/// The last bit of a roll row, set where nothing hits (spec section 12).
fn nothing(mask: u64, classes: u16) -> Option<u16> {
    (mask == 0).then_some(classes)
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
        let batch = plain(&[&Tokens::Drums(vec![0b101, 0])], Targets::Joint);
        assert_eq!(batch.inputs.get(0), [0, 2]);
        assert_eq!(batch.inputs.get(1), [9]);
        assert_eq!([batch.targets[0].get(0), batch.targets[0].get(1)], [[5], [0]]);
        let batch = plain(&[&Tokens::Drums(vec![0b101, 0])], Targets::Bits);
        assert_eq!([batch.targets[0].get(0), batch.targets[0].get(1)], [&[0, 2][..], &[]]);
    }
}
