//! The stacked bidirectional encoder (spec section 3), forward and backward.

use rayon::prelude::*;

use super::activate;
use super::batch::Batch;
use super::lstm::{Cell, Tape};
use super::parameters::{Gradients, Parameters};

/// Layers of one forward- and one backward-running cell.
#[derive(Debug, Clone)]
pub struct Encoder {
    layers: Vec<[Cell; 2]>,
}

/// Tapes of both directions, layer by layer.
#[derive(Debug, Clone, Default)]
pub struct EncoderTape {
    layers: Vec<[Tape; 2]>,
    /// `[steps, rows, 2 units]`: gradient of the output of the layer below.
    dx: Vec<f32>,
    dx_below: Vec<f32>,
}

const NOTHING: &[u16] = &[];

/// The moment a cell of this direction sees at its step `s`.
fn time(direction: usize, s: usize, steps: usize) -> usize {
    if direction == 0 { s } else { steps - 1 - s }
}

impl Encoder {
    /// Declares the cells under `encoder/cell_<k>/bidirectional_rnn/{fw,bw}/...`.
    pub fn new(parameters: &mut Parameters, inputs: usize, units: &[usize]) -> Self {
        let mut layers = Vec::new();
        for (k, &units_here) in units.iter().enumerate() {
            let mut cell = |direction: &str| {
                let name =
                    format!("encoder/cell_{k}/bidirectional_rnn/{direction}/multi_rnn_cell/cell_0/lstm_cell");
                let (sparse, dense) = if k == 0 { (inputs, 0) } else { (0, 2 * units[k - 1]) };
                Cell::new(parameters, &name, sparse, 0, dense, units_here)
            };
            layers.push([cell("fw"), cell("bw")]);
        }
        Self { layers }
    }

    /// Width of the output: both directions of the last layer.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |[fw, bw]| fw.units + bw.units)
    }

    /// Takes over new weights.
    pub fn pack(&mut self, parameters: &Parameters) {
        self.layers.par_iter_mut().flatten().for_each(|cell| cell.pack(parameters));
    }

    /// Final states `[rows, outputs]` of a batch.
    pub fn forward(&self, parameters: &Parameters, tape: &mut EncoderTape, batch: &Batch, out: &mut [f32]) {
        let (rows, steps) = (batch.rows, batch.steps);
        tape.layers.resize_with(self.layers.len(), Default::default);
        for (k, cells) in self.layers.iter().enumerate() {
            let (below, here) = tape.layers.split_at_mut(k);
            for (direction, cell) in cells.iter().enumerate() {
                let tape = &mut here[0][direction];
                cell.start(parameters, tape, steps, rows, &[]);
                for s in 0..steps {
                    let t = time(direction, s, steps);
                    if let Some([fw, bw]) = below.last() {
                        for row in 0..rows {
                            let x = tape.x_mut(s, row);
                            if t < batch.lengths[row] {
                                let (left, right) = x.split_at_mut(self.layers[k - 1][0].units);
                                left.copy_from_slice(fw.h(t + 1, row));
                                right.copy_from_slice(bw.h(steps - t, row));
                            } else {
                                x.fill(0.0);
                            }
                        }
                    }
                    let sparse = |row| if k == 0 { batch.inputs.get(t * rows + row) } else { NOTHING };
                    cell.forward(parameters, tape, s, sparse, |row| t < batch.lengths[row]);
                }
            }
        }
        if let (Some(tapes), Some(cells)) = (tape.layers.last(), self.layers.last()) {
            for (row, out) in out.chunks_exact_mut(self.outputs()).enumerate() {
                let (left, right) = out.split_at_mut(cells[0].units);
                left.copy_from_slice(tapes[0].h(steps, row));
                right.copy_from_slice(tapes[1].h(steps, row));
            }
        }
    }

    /// Goes back from `dout` `[rows, outputs]`, adding the weights' gradients.
    pub fn backward(&self, tape: &mut EncoderTape, batch: &Batch, dout: &[f32], gradients: &mut Gradients) {
        let (rows, steps, top) = (batch.rows, batch.steps, self.layers.len() - 1);
        for k in (0..=top).rev() {
            let width = 2 * self.layers[k][0].units;
            let below = if k > 0 { 2 * self.layers[k - 1][0].units } else { 0 };
            tape.dx_below.clear();
            tape.dx_below.resize(steps * rows * below, 0.0);
            for (direction, cell) in self.layers[k].iter().enumerate() {
                let part = direction * cell.units;
                let cell_tape = &mut tape.layers[k][direction];
                cell.start_backward(cell_tape);
                if k == top {
                    for (row, dh) in cell_tape.dh_mut().chunks_exact_mut(cell.units).enumerate() {
                        dh.copy_from_slice(&dout[row * width + part..][..cell.units]);
                    }
                }
                for s in (0..steps).rev() {
                    let t = time(direction, s, steps);
                    if k < top {
                        for (row, dh) in cell_tape.dh_mut().chunks_exact_mut(cell.units).enumerate() {
                            if t < batch.lengths[row] {
                                activate::add(dh, &tape.dx[(t * rows + row) * width + part..][..cell.units]);
                            }
                        }
                    }
                    cell.backward(cell_tape, s, |row| t < batch.lengths[row]);
                    for row in 0..if below > 0 { rows } else { 0 } {
                        let to = &mut tape.dx_below[(t * rows + row) * below..][..below];
                        activate::add(to, cell_tape.dx(row));
                    }
                }
                let sparse = |s: usize, row: usize| {
                    let t = time(direction, s, steps);
                    if k == 0 { batch.inputs.get(t * rows + row) } else { NOTHING }
                };
                cell.finish(cell_tape, gradients, sparse, &[], &mut []);
            }
            std::mem::swap(&mut tape.dx, &mut tape.dx_below);
        }
    }
}
