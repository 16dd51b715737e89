//! The flat decoder with one or several categorical outputs (spec section 4), forward and backward.
//!
//! ```text
//! z -> tanh(Linear) -> states;   [previous output; z] -> cells -> Linear -> softmax per part
//! ```
//! The previous output is the target, or with the probability of scheduled sampling a draw of the decoder's own.

use rayon::prelude::*;

use super::activate;
use super::batch::{Batch, NONE};
use super::linear::Linear;
use super::lstm::{Cell, Tape};
use super::parameters::{Gradients, Parameters, Start};
use crate::latent::noise::Noise;

/// Stacked cells between the latent and the output distributions.
#[derive(Debug, Clone)]
pub struct Decoder {
    cells: Vec<Cell>,
    start: Linear,
    projection: Linear,
    /// Categories of each output part.
    pub parts: Vec<usize>,
}

/// What a decoder's way back needs, and its outputs.
#[derive(Debug, Clone, Default)]
pub struct DecoderTape {
    cells: Vec<Tape>,
    /// `[rows, sum of 2 units]`: tanh of the start layer.
    states: Vec<f32>,
    dstates: Vec<f32>,
    /// `[steps, rows, outputs]`: probabilities, then gradients of the logits.
    pub probabilities: Vec<f32>,
    /// `[steps, rows, parts]`: what was fed at each step, as kernel rows; [`NONE`] at the first step.
    fed: Vec<u16>,
    fed_ends: Vec<u8>,
}

/// Sums over one batch.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scores {
    /// Cross entropy in nats.
    pub loss: f64,
    /// Valid steps whose every part has its largest probability on the target.
    pub right: u64,
    /// Valid steps.
    pub steps: u64,
}

/// How a decoder is fed.
#[derive(Debug, Clone, Copy)]
pub struct Feeding {
    /// Probability of feeding a draw of the decoder's own instead of the target.
    pub own: f64,
    /// Key of the draws.
    pub noise: Noise,
}

impl Decoder {
    /// Declares the decoder under `decoder/...` with latent width `z`.
    pub fn new(parameters: &mut Parameters, z: usize, parts: &[usize], units: &[usize]) -> Self {
        let outputs: usize = parts.iter().sum();
        let states = units.iter().map(|u| 2 * u).sum();
        let start = Linear::new(parameters, "decoder/z_to_initial_state", z, states, Start::Normal(0.001));
        let mut cells = Vec::new();
        for (k, &here) in units.iter().enumerate() {
            let name = format!("decoder/multi_rnn_cell/cell_{k}/lstm_cell");
            cells.push(if k == 0 {
                Cell::new(parameters, &name, outputs, z, 0, here)
            } else {
                Cell::new(parameters, &name, 0, 0, units[k - 1], here)
            });
        }
        let last = units[units.len() - 1];
        let projection = Linear::new(parameters, "decoder/output_projection", last, outputs, Start::Glorot);
        Self { cells, start, projection, parts: parts.to_vec() }
    }

    /// Takes over new weights.
    pub fn pack(&mut self, parameters: &Parameters) {
        self.cells.par_iter_mut().for_each(|cell| cell.pack(parameters));
        self.start.pack(parameters);
        self.projection.pack(parameters);
    }

    /// Runs all steps from `z` `[rows, z]`, leaving probabilities on the tape; sums the loss over valid steps.
    pub fn forward(
        &self,
        parameters: &Parameters,
        tape: &mut DecoderTape,
        batch: &Batch,
        z: &[f32],
        feeding: Feeding,
    ) -> Scores {
        let (rows, steps, outputs) = (batch.rows, batch.steps, self.projection.outputs);
        tape.states.resize(rows * self.start.outputs, 0.0);
        self.start.forward(parameters, z, self.start.inputs, rows, &mut tape.states);
        tape.states.iter_mut().for_each(|x| *x = x.tanh());
        tape.cells.resize_with(self.cells.len(), Default::default);
        let mut at = 0;
        for (cell, cell_tape) in self.cells.iter().zip(&mut tape.cells) {
            cell.start(parameters, cell_tape, steps, rows, z);
            for (row, states) in tape.states.chunks_exact(self.start.outputs).enumerate() {
                let (c, h) = states[at..at + 2 * cell.units].split_at(cell.units);
                cell_tape.set_start(row, c, h);
            }
            at += 2 * cell.units;
        }
        tape.probabilities.resize(steps * rows * outputs, 0.0);
        tape.fed.clear();
        tape.fed.resize(steps * rows * self.parts.len(), NONE);
        tape.fed_ends.clear();
        tape.fed_ends.resize(steps * rows, 0);
        let mut scores = Scores::default();
        for s in 0..steps {
            self.feed(tape, batch, s, feeding);
            self.step(parameters, tape, batch, s);
            self.score(&tape.probabilities[s * rows * outputs..], batch, s, &mut scores);
        }
        scores
    }

    /// Chooses the input of step `s`: nothing at first, then the last target or a draw of the last distribution.
    fn feed(&self, tape: &mut DecoderTape, batch: &Batch, s: usize, feeding: Feeding) {
        let (rows, outputs, parts) = (batch.rows, self.projection.outputs, self.parts.len());
        if s == 0 {
            return;
        }
        for row in 0..rows {
            let draw = ((batch.first_row + row as u64) * batch.steps as u64 + s as u64) * (parts as u64 + 1);
            let own = feeding.own > 0.0 && feeding.noise.uniform(draw) < feeding.own;
            let entry = s * rows + row;
            let before = entry - rows;
            let (mut offset, mut fed) = (0, 0);
            for (part, &categories) in self.parts.iter().enumerate() {
                let category = if own {
                    let p = &tape.probabilities[before * outputs + offset..][..categories];
                    draw_category(p, feeding.noise.uniform(draw + 1 + part as u64))
                } else {
                    batch.targets[before * parts + part]
                };
                if category != NONE {
                    tape.fed[entry * parts + fed] = offset as u16 + category;
                    fed += 1;
                }
                offset += categories;
            }
            tape.fed_ends[entry] = fed as u8;
        }
    }

    fn step(&self, parameters: &Parameters, tape: &mut DecoderTape, batch: &Batch, s: usize) {
        let (rows, outputs, parts) = (batch.rows, self.projection.outputs, self.parts.len());
        for (k, cell) in self.cells.iter().enumerate() {
            let (below, here) = tape.cells.split_at_mut(k);
            if let Some(below) = below.last() {
                for row in 0..rows {
                    here[0].x_mut(s, row).copy_from_slice(below.h(s + 1, row));
                }
            }
            let (fed, ends) = (&tape.fed, &tape.fed_ends);
            let sparse = |row: usize| match k {
                0 => fed_rows(fed, ends, s * rows + row, parts),
                _ => &[][..],
            };
            cell.forward(parameters, &mut here[0], s, sparse, |_| true);
        }
        if let Some(top) = tape.cells.last() {
            let (h, stride) = top.outputs(s);
            let logits = &mut tape.probabilities[s * rows * outputs..][..rows * outputs];
            self.projection.forward(parameters, h, stride, rows, logits);
            for row in logits.chunks_exact_mut(outputs) {
                let mut rest = row;
                for &categories in &self.parts {
                    let (part, after) = rest.split_at_mut(categories);
                    activate::softmax(part);
                    rest = after;
                }
            }
        }
    }

    fn score(&self, probabilities: &[f32], batch: &Batch, s: usize, scores: &mut Scores) {
        let (outputs, parts) = (self.projection.outputs, self.parts.len());
        for row in (0..batch.rows).filter(|&row| s < batch.lengths[row]) {
            let (mut offset, mut right) = (0, true);
            for (part, &categories) in self.parts.iter().enumerate() {
                let p = &probabilities[row * outputs + offset..][..categories];
                let target = batch.targets[(s * batch.rows + row) * parts + part];
                if let Some(&chosen) = p.get(usize::from(target)) {
                    scores.loss -= f64::from(chosen.max(1e-30)).ln();
                    right &= p.iter().all(|&x| x <= chosen);
                }
                offset += categories;
            }
            scores.steps += 1;
            scores.right += u64::from(right);
        }
    }

    /// Goes back through all steps; the loss counts `weight` times. Adds to `dz` `[rows, z]`.
    pub fn backward(
        &self,
        tape: &mut DecoderTape,
        batch: &Batch,
        z: &[f32],
        weight: f32,
        dz: &mut [f32],
        gradients: &mut Gradients,
    ) {
        let (rows, steps) = (batch.rows, batch.steps);
        let (outputs, parts) = (self.projection.outputs, self.parts.len());
        for (entry, p) in tape.probabilities.chunks_exact_mut(outputs).enumerate() {
            let valid = entry / rows < batch.lengths[entry % rows];
            let mut offset = 0;
            for (part, &categories) in self.parts.iter().enumerate() {
                let p = &mut p[offset..offset + categories];
                match p.get_mut(usize::from(batch.targets[entry * parts + part])).filter(|_| valid) {
                    Some(chosen) => {
                        *chosen -= 1.0;
                        p.iter_mut().for_each(|x| *x *= weight);
                    }
                    None => p.fill(0.0),
                }
                offset += categories;
            }
        }
        for (cell, tape) in self.cells.iter().zip(&mut tape.cells) {
            cell.start_backward(tape);
        }
        let top = self.cells.len() - 1;
        for s in (0..steps).rev() {
            let dlogits = &tape.probabilities[s * rows * outputs..][..rows * outputs];
            self.projection.backward_input(dlogits, rows, tape.cells[top].dh_mut(), self.cells[top].units);
            for k in (0..=top).rev() {
                let (below, here) = tape.cells.split_at_mut(k);
                self.cells[k].backward(&mut here[0], s, |_| true);
                if let Some(below) = below.last_mut() {
                    let units = self.cells[k - 1].units;
                    for (row, dh) in below.dh_mut().chunks_exact_mut(units).enumerate() {
                        activate::add(dh, here[0].dx(row));
                    }
                }
            }
        }
        let (h, stride) = tape.cells[top].outputs(0);
        self.projection.backward_weights(h, stride, &tape.probabilities, steps * rows, gradients);
        tape.dstates.resize(rows * self.start.outputs, 0.0);
        let mut at = 0;
        for (k, (cell, cell_tape)) in self.cells.iter().zip(&mut tape.cells).enumerate() {
            let units = cell.units;
            for row in 0..rows {
                let from = row * self.start.outputs + at;
                let states = &tape.states[from..from + 2 * units];
                let to = &mut tape.dstates[from..from + 2 * units];
                let dc = &cell_tape.dc_mut()[row * units..][..units];
                for (to, (d, y)) in to.iter_mut().zip(dc.iter().zip(states)) {
                    *to = d * (1.0 - y * y);
                }
                let dh = &cell_tape.dh_mut()[row * units..][..units];
                for (to, (d, y)) in to[units..].iter_mut().zip(dh.iter().zip(&states[units..])) {
                    *to = d * (1.0 - y * y);
                }
            }
            at += 2 * units;
            let (fed, ends) = (&tape.fed, &tape.fed_ends);
            let sparse = |s: usize, row: usize| match k {
                0 => fed_rows(fed, ends, s * rows + row, parts),
                _ => &[][..],
            };
            let (z, dz) = if k == 0 { (z, &mut *dz) } else { (&[][..], &mut [][..]) };
            cell.finish(cell_tape, gradients, sparse, z, dz);
        }
        self.start.backward_input(&tape.dstates, rows, dz, self.start.inputs);
        self.start.backward_weights(z, self.start.inputs, &tape.dstates, rows, gradients);
    }
}

fn fed_rows<'a>(fed: &'a [u16], ends: &[u8], entry: usize, parts: usize) -> &'a [u16] {
    &fed[entry * parts..][..usize::from(ends[entry])]
}

/// The category in whose share of [0, 1) the uniform draw falls.
fn draw_category(probabilities: &[f32], uniform: f64) -> u16 {
    let mut left = uniform as f32;
    for (category, &p) in probabilities.iter().enumerate() {
        left -= p;
        if left < 0.0 {
            return category as u16;
        }
    }
    (probabilities.len() - 1) as u16
}
