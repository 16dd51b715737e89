//! How well a model knows patterns: reconstruction with and without help, and the bits its latent space carries.

use super::{
    error::ModelError,
    network::tokens,
    vae::{Decoding, Example, MusicVae},
};
use crate::{
    codec::{Converter, Tokens},
    latent::noise::Noise,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Examples that run together.
const BATCH: usize = 128;

/// Means over all steps of all patterns; of a trio over its three parts as well.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Patterns looked at.
    pub examples: usize,
    /// Steps looked at.
    pub steps: usize,
    /// Share of steps whose likeliest output is the true one when the decoder is fed the true past.
    pub teacher_forced_accuracy: f64,
    /// That share of each part of a trio: lead, bass, drums. Empty for patterns of one part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<f64>,
    /// Share of steps drawn right at temperature 1 when the decoder is fed its own past.
    pub free_running_accuracy: f64,
    /// The same when always the likeliest output is taken.
    pub argmax_accuracy: f64,
    /// What one gets who gives every step of a part the output that is commonest there, mostly silence: what a model
    /// knows begins above it.
    #[serde(default)]
    pub commonest_accuracy: f64,
    /// Reconstruction loss of a step in nats, teacher-forced.
    pub nats_per_step: f64,
    /// Divergence of the posterior from the prior in bits, a pattern's mean.
    pub kl_bits: f64,
}

/// The noise of example `i` of batch `b`: 0 draws its point, 1 its steps.
fn noise(seed: u64, b: usize, i: usize, purpose: u64) -> Noise {
    Noise::new(seed, 2 * (b * BATCH + i) as u64 + purpose)
}

/// Sums behind an [`Evaluation`].
#[derive(Default)]
struct Sums {
    forced: f64,
    parts: Vec<usize>,
    free: f64,
    argmax: f64,
    nats: f64,
    bits: f64,
    outputs: HashMap<(usize, Output), usize>,
}

/// What one part of a step says, as far as [`Evaluation`] asks whether it is right.
type Output = Vec<u32>;

impl MusicVae {
    /// Evaluates the model on `examples`: each is encoded, a point is drawn from its posterior, and decoded.
    /// Noise comes from `seed`; `progress` gets the number of examples done after each batch.
    pub fn evaluate(
        &self,
        examples: &[Example<'_>],
        seed: u64,
        mut progress: impl FnMut(usize),
    ) -> Result<Evaluation, ModelError> {
        let mut sums = Sums::default();
        let mut total = Evaluation { examples: examples.len(), ..Evaluation::default() };
        for (b, batch) in examples.chunks(BATCH).enumerate() {
            let (z, bits) = self.drawn(batch, b, seed)?;
            sums.bits += bits;
            for forced in self.teacher_forced(batch, &z, false)? {
                total.steps += forced.steps;
                sums.nats += forced.nats;
                sums.forced += forced.right.iter().sum::<usize>() as f64 / forced.right.len().max(1) as f64;
                sums.parts.resize(forced.right.len(), 0);
                sums.parts.iter_mut().zip(&forced.right).for_each(|(sum, right)| *sum += right);
            }
            let free = Decoding::new(1.0, (0..batch.len()).map(|i| noise(seed, b, i, 1)).collect());
            sums.free += self.steps_right(batch, &z, free)?;
            sums.argmax += self.steps_right(batch, &z, Decoding::argmax(batch.len()))?;
            for example in batch {
                self.count_outputs(example, &mut sums.outputs)?;
            }
            progress(b * BATCH + batch.len());
        }
        let steps = total.steps.max(1) as f64;
        total.teacher_forced_accuracy = sums.forced / steps;
        if sums.parts.len() > 1 {
            total.parts = sums.parts.iter().map(|&right| right as f64 / steps).collect();
        }
        total.free_running_accuracy = sums.free / steps;
        total.argmax_accuracy = sums.argmax / steps;
        let mut commonest: HashMap<usize, usize> = HashMap::new();
        for ((part, _), count) in sums.outputs {
            let most = commonest.entry(part).or_default();
            *most = count.max(*most);
        }
        total.commonest_accuracy =
            commonest.values().sum::<usize>() as f64 / commonest.len().max(1) as f64 / steps;
        total.nats_per_step = sums.nats / steps;
        total.kl_bits = sums.bits / examples.len().max(1) as f64;
        Ok(total)
    }

    /// The teacher-forced accuracy of each part alone, as [`MusicVae::evaluate`] measures it, without its two
    /// decodings that run freely.
    ///
    /// # Errors
    /// [`ModelError`] where an example is not of the model's kind.
    pub fn forced_parts(&self, examples: &[Example<'_>], seed: u64) -> Result<Vec<f64>, ModelError> {
        let (mut right, mut steps) = (Vec::new(), 0);
        for (b, batch) in examples.chunks(BATCH).enumerate() {
            let (z, _) = self.drawn(batch, b, seed)?;
            for forced in self.teacher_forced(batch, &z, false)? {
                steps += forced.steps;
                right.resize(forced.right.len(), 0);
                right.iter_mut().zip(&forced.right).for_each(|(sum, right)| *sum += right);
            }
        }
        Ok(right.into_iter().map(|right| right as f64 / steps.max(1) as f64).collect())
    }

    /// A point drawn from the posterior of each example of batch `b`, and the bits of all of them together.
    fn drawn(&self, batch: &[Example<'_>], b: usize, seed: u64) -> Result<(Vec<Vec<f32>>, f64), ModelError> {
        let heard: Vec<Option<Tokens>> = batch.iter().map(|e| self.heard(e.tokens)).collect();
        let shown: Vec<Example<'_>> = (batch.iter().zip(&heard))
            .map(|(e, heard)| Example { tokens: heard.as_ref().unwrap_or(e.tokens), ..*e })
            .collect();
        let posteriors = self.encode_examples(&shown)?;
        let bits = posteriors.iter().map(|p| p.kl_nats() / std::f64::consts::LN_2).sum();
        let points = posteriors.iter().enumerate();
        Ok((points.map(|(i, posterior)| posterior.sample(&noise(seed, b, i, 0))).collect(), bits))
    }

    /// Counts what each part of each step of `example` says.
    fn count_outputs(
        &self,
        example: &Example<'_>,
        counts: &mut HashMap<(usize, Output), usize>,
    ) -> Result<(), ModelError> {
        let rows = tokens::rows(self.config, example.tokens, false).map_err(|e| self.refuse(e))?;
        for (row, _) in rows.iter().zip(self.valid_steps(example)).filter(|(_, valid)| *valid) {
            for (part, output) in self.head.outputs(row).into_iter().enumerate() {
                *counts.entry((part, output)).or_default() += 1;
            }
        }
        Ok(())
    }

    /// What the encoder of a groove model is given instead of the groove itself (spec section 14).
    fn heard(&self, tokens: &Tokens) -> Option<Tokens> {
        let Tokens::Groove(steps) = tokens else { return None };
        let input = Converter::for_config(self.config.name)?.groove_input();
        Some(Tokens::Groove(input.apply(steps)))
    }

    /// Steps at which the decoded patterns agree with the true ones.
    fn steps_right(&self, batch: &[Example<'_>], z: &[Vec<f32>], how: Decoding) -> Result<f64, ModelError> {
        let decoded = match batch.iter().any(|e| e.controls.is_some()) {
            false => self.decode(z, &how)?,
            // A decode shares its controls between rows, while each example has its own.
            true => {
                let rows = z.iter().zip(&how.noise).zip(batch);
                let one = |((z, noise), example): ((&Vec<f32>, &Noise), &Example<'_>)| {
                    let steps = example.tokens.len();
                    let how = Decoding {
                        controls: example.controls.cloned(),
                        steps,
                        ..Decoding::new(how.temperature, vec![*noise])
                    };
                    self.decode(std::slice::from_ref(z), &how)
                };
                rows.map(one).collect::<Result<Vec<_>, _>>()?.concat()
            }
        };
        let pairs = decoded.iter().zip(batch);
        pairs.map(|(made, example)| self.agreement(made, example)).sum()
    }

    /// Steps of `example` (padding apart) that `made` has right.
    fn agreement(&self, made: &Tokens, example: &Example<'_>) -> Result<f64, ModelError> {
        let rows = |tokens| tokens::rows(self.config, tokens, false).map_err(|e| self.refuse(e));
        let (made, truth) = (rows(made)?, rows(example.tokens)?);
        let valid = self.valid_steps(example);
        let steps = made.iter().zip(&truth).zip(valid).filter(|(_, valid)| *valid);
        Ok(steps.map(|((made, truth), _)| self.head.agreement(made, truth)).sum())
    }
}
