//! LSTM cells on top of each other whose first state comes from a latent: what decoders and conductors share.

use rayon::prelude::*;

use super::activate;
use super::dropout::Dropout;
use super::linear::Linear;
use super::lstm::{Cell, Tape};
use super::parameters::{Gradients, Parameters, Start};

/// `state = tanh(Linear(latent))`, then cells layer by layer.
#[derive(Debug, Clone)]
pub struct Stack {
    cells: Vec<Cell>,
    start: Linear,
}

/// Memory of a stack over one batch.
#[derive(Debug, Clone, Default)]
pub struct StackTape {
    cells: Vec<Tape>,
    /// `[rows, sum of 2 units]`: first states.
    states: Vec<f32>,
    dstates: Vec<f32>,
}

/// Names and widths of a stack.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// Path of the layer that makes the first state.
    pub start: &'a str,
    /// Path of each cell.
    pub cells: Vec<String>,
    /// Width of the latent.
    pub latent: usize,
    /// One-hot inputs of the first cell.
    pub sparse: usize,
    /// Further inputs of the first cell, whatever their values.
    pub dense: usize,
    /// The first cell also reads the latent at every step.
    pub reads_latent: bool,
    /// Units of each cell.
    pub units: &'a [usize],
}

impl Stack {
    /// Declares the tensors of `plan`.
    pub fn new(parameters: &mut Parameters, plan: &Plan) -> Self {
        let states = plan.units.iter().map(|u| 2 * u).sum();
        let start = Linear::new(parameters, plan.start, plan.latent, states, Start::Normal(0.001));
        let mut cells = Vec::new();
        for (k, (name, &units)) in plan.cells.iter().zip(plan.units).enumerate() {
            cells.push(if k == 0 {
                let fixed = if plan.reads_latent { plan.latent } else { 0 };
                Cell::new(parameters, name, plan.sparse, fixed, plan.dense, units)
            } else {
                Cell::new(parameters, name, 0, 0, plan.units[k - 1], units)
            });
        }
        Self { cells, start }
    }

    /// Units of the last cell.
    pub fn outputs(&self) -> usize {
        self.cells.last().map_or(0, |cell| cell.units)
    }

    /// Takes over new weights.
    pub fn pack(&mut self, parameters: &Parameters) {
        self.cells.par_iter_mut().for_each(|cell| cell.pack(parameters));
        self.start.pack(parameters);
    }

    /// Begins sequences of `steps` steps from `latent` `[rows, latent]`.
    pub fn begin(
        &self,
        parameters: &Parameters,
        tape: &mut StackTape,
        steps: usize,
        rows: usize,
        latent: &[f32],
    ) {
        let width = self.start.outputs;
        tape.states.resize(rows * width, 0.0);
        self.start.forward(parameters, latent, self.start.inputs, rows, &mut tape.states);
        tape.states.iter_mut().for_each(|x| *x = x.tanh());
        tape.cells.resize_with(self.cells.len(), Default::default);
        let mut at = 0;
        for (cell, cell_tape) in self.cells.iter().zip(&mut tape.cells) {
            cell.start(parameters, cell_tape, steps, rows, latent);
            for (row, states) in tape.states.chunks_exact(width).enumerate() {
                let (c, h) = states[at..at + 2 * cell.units].split_at(cell.units);
                cell_tape.set_start(row, c, h);
            }
            at += 2 * cell.units;
        }
    }

    /// Thins the inputs of the sequences just begun.
    pub fn thin(&self, tape: &mut StackTape, dropout: Dropout) {
        for (k, cell) in tape.cells.iter_mut().enumerate() {
            cell.thin(dropout.cell(k as u64));
        }
    }

    /// The dense input of step `s`, to be filled before it runs.
    pub fn input_mut<'a>(&self, tape: &'a mut StackTape, s: usize, row: usize) -> &'a mut [f32] {
        tape.cells[0].x_mut(s, row)
    }

    /// Gradient of the dense input of the step last gone back through.
    pub fn input_gradient<'a>(&self, tape: &'a StackTape, row: usize) -> &'a [f32] {
        tape.cells[0].dx(row)
    }

    /// Runs step `s`; `sparse(row)` names the first cell's inputs that are one.
    pub fn step<'a>(
        &self,
        parameters: &Parameters,
        tape: &mut StackTape,
        s: usize,
        sparse: impl Fn(usize) -> &'a [u16],
    ) {
        for (k, cell) in self.cells.iter().enumerate() {
            let (below, here) = tape.cells.split_at_mut(k);
            if let Some(below) = below.last() {
                for row in 0..below.rows() {
                    here[0].x_mut(s, row).copy_from_slice(below.h(s + 1, row));
                }
            }
            let ones = |row: usize| if k == 0 { sparse(row) } else { &[][..] };
            cell.forward(parameters, &mut here[0], s, ones, |_| true);
        }
    }

    /// The last cell's memory: its outputs.
    pub fn top<'a>(&self, tape: &'a StackTape) -> &'a Tape {
        &tape.cells[self.cells.len() - 1]
    }

    /// Starts the way back.
    pub fn begin_backward(&self, tape: &mut StackTape) {
        self.cells.iter().zip(&mut tape.cells).for_each(|(cell, tape)| cell.start_backward(tape));
    }

    /// Gradient of the output of the step about to be gone back through, `[rows, outputs]`, to be added to.
    pub fn output_gradient<'a>(&self, tape: &'a mut StackTape) -> &'a mut [f32] {
        tape.cells[self.cells.len() - 1].dh_mut()
    }

    /// Goes back through step `s`.
    pub fn step_backward(&self, tape: &mut StackTape, s: usize) {
        for k in (0..self.cells.len()).rev() {
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

    /// After the last step back: adds the weights' gradients and those of the latent to `dlatent`.
    pub fn finish<'a>(
        &self,
        tape: &mut StackTape,
        gradients: &mut Gradients,
        sparse: impl Fn(usize, usize) -> &'a [u16],
        latent: &[f32],
        dlatent: &mut [f32],
    ) {
        let (width, rows) = (self.start.outputs, latent.len() / self.start.inputs);
        tape.dstates.resize(rows * width, 0.0);
        let mut at = 0;
        for (k, (cell, cell_tape)) in self.cells.iter().zip(&mut tape.cells).enumerate() {
            let units = cell.units;
            for row in 0..rows {
                let states = &tape.states[row * width + at..][..2 * units];
                let to = &mut tape.dstates[row * width + at..][..2 * units];
                let dc = cell_tape.dc_mut()[row * units..][..units].iter();
                for (to, (d, y)) in to.iter_mut().zip(dc.zip(states)) {
                    *to = d * (1.0 - y * y);
                }
                let dh = cell_tape.dh_mut()[row * units..][..units].iter();
                for (to, (d, y)) in to[units..].iter_mut().zip(dh.zip(&states[units..])) {
                    *to = d * (1.0 - y * y);
                }
            }
            at += 2 * units;
            let ones = |s: usize, row: usize| if k == 0 { sparse(s, row) } else { &[][..] };
            cell.finish(cell_tape, gradients, ones, latent, dlatent);
        }
        self.start.backward_input(&tape.dstates, rows, dlatent, self.start.inputs);
        self.start.backward_weights(latent, self.start.inputs, &tape.dstates, rows, gradients);
    }
}
