//! Teacher forcing: what a decoder says at each step when it is fed the true pattern so far (spec section 4).

use super::{
    cpu,
    error::ModelError,
    network::{
        decoder::Listener,
        head::Cost,
        rows::{Row, Rows},
        tokens,
    },
    vae::{Example, MusicVae},
};
use rayon::prelude::*;

/// A pattern held against a decoder.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forced {
    /// Projected outputs of each step, [`MusicVae::output_width`] numbers each.
    pub logits: Vec<Vec<f32>>,
    /// Probability of each bit given the true earlier ones, a step each; NADE models only.
    pub conditionals: Vec<Vec<f32>>,
    /// Negative log-likelihood of the pattern in nats: the reconstruction loss, summed over its valid steps.
    pub nats: f64,
    /// Valid steps.
    pub steps: usize,
    /// Steps at which the likeliest output was the true one, a part each (a trio has three).
    pub right: Vec<usize>,
    /// The embedding of each segment of a hierarchical decoder.
    pub embeddings: Vec<Vec<f32>>,
}

/// An example as the decoder is fed it.
struct Target {
    /// Output rows, empty at padding.
    rows: Rows,
    controls: Rows,
    /// Steps that count.
    valid: Vec<bool>,
}

impl MusicVae {
    /// Numbers of a projected output row: logits of all parts side by side; a NADE's hidden biases, then its bits'.
    pub fn output_width(&self) -> usize {
        self.cpu.decoder.width()
    }

    /// Holds each of `examples` against what the decoder makes of its point in `z`. `keep` keeps logits,
    /// conditionals and embeddings too; without it only the sums are.
    pub fn teacher_forced(
        &self,
        examples: &[Example<'_>],
        z: &[Vec<f32>],
        keep: bool,
    ) -> Result<Vec<Forced>, ModelError> {
        if z.len() != examples.len() || z.iter().any(|z| z.len() != self.z_size()) {
            return Err(self.refuse(format!(
                "{} examples need as many points of {} dimensions",
                examples.len(),
                self.z_size()
            )));
        }
        let targets = examples.iter().map(|e| self.target(e)).collect::<Result<Vec<_>, _>>()?;
        let run = |(targets, z): (&[Target], &[Vec<f32>])| {
            let longest = targets.iter().map(|t| t.rows.len()).max().unwrap_or(0);
            let empty = Forced { right: vec![0; self.head.parts()], ..Forced::default() };
            let mut judge = Judge { model: self, targets, keep, forced: vec![empty; targets.len()] };
            let z: Vec<&[f32]> = z.iter().map(Vec::as_slice).collect();
            if longest > 0 {
                self.cpu.decoder.run(&z, longest, &mut judge);
            }
            judge.forced
        };
        let share = self.cpu.rows_together(z.len());
        let parts = targets.par_chunks(share).zip(z.par_chunks(share));
        Ok(cpu::install(|| parts.flat_map_iter(run).collect()))
    }

    fn target(&self, example: &Example<'_>) -> Result<Target, ModelError> {
        let mut rows = tokens::rows(self.config, example.tokens, false).map_err(|e| self.refuse(e))?;
        self.check_length(rows.len())?;
        let controls = tokens::controls(self.config, example.controls).map_err(|e| self.refuse(e))?;
        if !controls.is_empty() && controls.len() < rows.len() {
            return Err(self.refuse(format!(
                "{} controls stand beside {} steps",
                controls.len(),
                rows.len()
            )));
        }
        let valid = self.valid_steps(example);
        rows.iter_mut().zip(&valid).filter(|(_, valid)| !**valid).for_each(|(row, _)| row.clear());
        Ok(Target { rows, controls, valid })
    }

    /// Which steps of `example` count: all but the padding of its segments.
    pub(super) fn valid_steps(&self, example: &Example<'_>) -> Vec<bool> {
        let segment = self.settings().decoder_levels.last();
        let counts = |t: usize| match (example.segments, segment) {
            (Some(lengths), Some(segment)) => lengths.get(t / segment).is_some_and(|n| t % segment < *n),
            _ => true,
        };
        (0..example.tokens.len()).map(counts).collect()
    }
}

/// Feeds the true rows and adds up their cost.
struct Judge<'a> {
    model: &'a MusicVae,
    targets: &'a [Target],
    keep: bool,
    forced: Vec<Forced>,
}

impl Listener for Judge<'_> {
    fn output(&mut self, t: usize, row: usize, logits: &[f32]) -> Row {
        let (target, forced) = (&self.targets[row], &mut self.forced[row]);
        let Some(truth) = target.rows.get(t) else { return Row::new() };
        if self.keep {
            forced.logits.push(logits.to_vec());
            let conditionals = self.model.head.conditionals(logits, truth);
            if !conditionals.is_empty() {
                forced.conditionals.push(conditionals);
            }
        }
        if target.valid[t] {
            let Cost { nats, right } = self.model.head.cost(logits, truth);
            forced.nats += nats.iter().sum::<f64>();
            forced.steps += 1;
            forced.right.iter_mut().zip(right).for_each(|(sum, right)| *sum += usize::from(right));
        }
        truth.clone()
    }

    fn controls(&self, t: usize, row: usize) -> &[(u32, f32)] {
        self.targets[row].controls.get(t).map_or(&[], Vec::as_slice)
    }

    fn embedding(&mut self, row: usize, embedding: Vec<f32>) {
        if self.keep {
            self.forced[row].embeddings.push(embedding);
        }
    }
}
