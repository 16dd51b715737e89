//! The core decoder of grooves: nine hits, velocities and offsets a step, fed back as numbers (spec section 4).

use super::activate::logistic;
use super::batch::{Batch, GROOVE};
use super::decoder::Scores;
use super::dropout::Dropout;
use super::linear::Linear;
use super::parameters::{Gradients, Parameters, Start};
use super::stack::{Plan, Stack, StackTape};
use crate::model::names;

/// Classes of a step.
const CLASSES: usize = GROOVE / 3;
/// Inside the reference's logarithms of hits.
const EPSILON: f32 = 1e-7;

/// The decoder of a groove model. The latent is part of the cell's dense input, for dropout thins it anew at every step.
#[derive(Debug, Clone)]
pub struct GrooveCore {
    stack: Stack,
    projection: Linear,
    latent: usize,
}

/// What the way back needs.
#[derive(Debug, Clone, Default)]
pub struct GrooveTape {
    stack: StackTape,
    /// `[steps, rows, 27]`: outputs after their squashing, then gradients of the projection.
    outputs: Vec<f32>,
}

impl GrooveCore {
    /// Declares the core under `path`.
    pub fn new(parameters: &mut Parameters, path: &str, latent: usize, units: &[usize]) -> Self {
        let plan = Plan {
            start: &format!("{path}/z_to_initial_state"),
            cells: (0..units.len()).map(|k| names::core_cell(path, k)).collect(),
            latent,
            sparse: 0,
            dense: GROOVE + latent,
            reads_latent: false,
            units,
        };
        let stack = Stack::new(parameters, &plan);
        let name = format!("{path}/output_projection");
        let projection = Linear::new(parameters, &name, stack.outputs(), GROOVE, Start::Glorot);
        Self { stack, projection, latent }
    }

    /// Takes over new weights.
    pub fn pack(&mut self, parameters: &Parameters) {
        self.stack.pack(parameters);
        self.projection.pack(parameters);
    }

    /// Runs all steps of `batch` from `z` `[rows, z]`, fed with the true steps, and sums the loss.
    pub fn forward(
        &self,
        parameters: &Parameters,
        tape: &mut GrooveTape,
        batch: &Batch,
        z: &[f32],
        dropout: Dropout,
    ) -> Scores {
        let rows = batch.rows;
        self.stack.begin(parameters, &mut tape.stack, batch.steps, rows, z);
        self.stack.thin(&mut tape.stack, dropout);
        tape.outputs.resize(batch.steps * rows * GROOVE, 0.0);
        let mut scores = Scores::default();
        for s in 0..batch.steps {
            for row in 0..rows {
                let x = self.stack.input_mut(&mut tape.stack, s, row);
                let (previous, latent) = x.split_at_mut(GROOVE);
                match s {
                    0 => previous.fill(0.0),
                    _ => previous.copy_from_slice(batch.played.target(s - 1, row, rows)),
                }
                latent.copy_from_slice(&z[row * self.latent..][..self.latent]);
            }
            self.stack.step(parameters, &mut tape.stack, s, |_| &[][..]);
            let (h, stride) = self.stack.top(&tape.stack).outputs(s);
            let outputs = &mut tape.outputs[s * rows * GROOVE..][..rows * GROOVE];
            self.projection.forward(parameters, h, stride, rows, outputs);
            for (row, output) in outputs.chunks_exact_mut(GROOVE).enumerate() {
                squash(output);
                if batch.is_valid(s, row) {
                    score(output, batch.played.target(s, row, rows), &mut scores);
                }
            }
        }
        scores
    }

    /// Goes back through all steps, the loss counting `weight` times; adds to `dz` `[rows, z]`.
    pub fn backward(
        &self,
        tape: &mut GrooveTape,
        batch: &Batch,
        z: &[f32],
        weight: f32,
        dz: &mut [f32],
        gradients: &mut Gradients,
    ) {
        let (rows, steps) = (batch.rows, batch.steps);
        self.stack.begin_backward(&mut tape.stack);
        for s in (0..steps).rev() {
            let outputs = &mut tape.outputs[s * rows * GROOVE..][..rows * GROOVE];
            for (row, output) in outputs.chunks_exact_mut(GROOVE).enumerate() {
                match batch.is_valid(s, row) {
                    true => slope(output, batch.played.target(s, row, rows), weight),
                    false => output.fill(0.0),
                }
            }
            let dh = self.stack.output_gradient(&mut tape.stack);
            self.projection.backward_input(outputs, rows, dh, self.projection.inputs);
            self.stack.step_backward(&mut tape.stack, s);
            for (row, dz) in dz.chunks_exact_mut(self.latent).enumerate() {
                super::activate::add(dz, &self.stack.input_gradient(&tape.stack, row)[GROOVE..]);
            }
        }
        let (h, stride) = self.stack.top(&tape.stack).outputs(0);
        self.projection.backward_weights(h, stride, &tape.outputs, steps * rows, gradients);
        self.stack.finish(&mut tape.stack, gradients, |_, _| &[][..], z, dz);
    }
}

/// Hits and velocities through the logistic, offsets through tanh.
fn squash(row: &mut [f32]) {
    for (k, x) in row.iter_mut().enumerate() {
        *x = if k / CLASSES < 2 { logistic(*x) } else { x.tanh() };
    }
}

/// Adds loss and hits of one squashed row; right where all nine hits are.
fn score(row: &[f32], target: &[f32], scores: &mut Scores) {
    let mut right = true;
    for (k, (&p, &y)) in row.iter().zip(target).enumerate() {
        scores.loss += f64::from(if k < CLASSES {
            right &= (p >= 0.5) == (y > 0.5);
            -(y * (p + EPSILON).ln() + (1.0 - y) * (1.0 - p + EPSILON).ln())
        } else {
            (y - p) * (y - p)
        });
    }
    scores.steps += 1;
    scores.right += u64::from(right);
}

/// Replaces a squashed row by the gradient of its projection, times `weight`.
fn slope(row: &mut [f32], target: &[f32], weight: f32) {
    for (k, (x, &y)) in row.iter_mut().zip(target).enumerate() {
        let p = *x;
        *x = weight
            * match k / CLASSES {
                0 => ((1.0 - y) / (1.0 - p + EPSILON) - y / (p + EPSILON)) * p * (1.0 - p),
                1 => 2.0 * (p - y) * p * (1.0 - p),
                _ => 2.0 * (p - y) * (1.0 - p * p),
            };
    }
}
