//! The encoder, forward and backward: a stacked bidirectional LSTM over the whole sequence, or one over segments
//! whose outputs the next level reads (spec section 3).

use rayon::prelude::*;

use super::activate;
use super::batch::Batch;
use super::dropout::Dropout;
use super::lstm::{Cell, Tape};
use super::parameters::{Gradients, Parameters};
use crate::model::catalogue::{Config, Head};
use crate::model::{Settings, names};

/// Levels from the notes up; a flat encoder has one.
#[derive(Debug, Clone)]
pub struct Encoder {
    levels: Vec<Level>,
    /// Steps of a segment at each level; empty: one level over everything.
    lengths: Vec<usize>,
}

/// Tapes level by level.
#[derive(Debug, Clone, Default)]
pub struct EncoderTape {
    levels: Vec<LevelTape>,
    /// Outputs of each level, `[segments, rows, outputs]`.
    outputs: Vec<Vec<f32>>,
}

/// Layers of one forward- and one backward-running cell.
#[derive(Debug, Clone)]
struct Level {
    layers: Vec<[Cell; 2]>,
    inputs: usize,
}

#[derive(Debug, Clone, Default)]
struct LevelTape {
    layers: Vec<[Tape; 2]>,
    /// `[steps, rows, outputs]` of the layer above's input gradient, then of this one's.
    dx: Vec<f32>,
    dx_below: Vec<f32>,
}

/// What a level reads: `rows` sequences of `length` steps.
#[derive(Clone, Copy)]
struct Input<'a> {
    batch: &'a Batch,
    level: usize,
    /// `[length, rows, width]` of the level below, or a groove; none: the tokens themselves.
    dense: Option<&'a [f32]>,
    rows: usize,
    length: usize,
}

impl<'a> Input<'a> {
    /// (time, example) of a step and row at the lowest level, where rows are segments of examples side by side.
    fn place(&self, t: usize, row: usize) -> (usize, usize) {
        (row / self.batch.rows * self.length + t, row % self.batch.rows)
    }

    fn ones(&self, t: usize, row: usize) -> &'a [u16] {
        match self.dense {
            Some(_) => &[],
            None => {
                let (time, example) = self.place(t, row);
                self.batch.inputs.get(time * self.batch.rows + example)
            }
        }
    }

    /// Levels above the lowest always read all of their segments.
    fn is_valid(&self, t: usize, row: usize) -> bool {
        let (time, example) = self.place(t, row);
        self.level > 0 || self.batch.is_valid(time, example)
    }
}

/// The moment a cell of this direction sees at its step `s`.
fn time(direction: usize, s: usize, steps: usize) -> usize {
    if direction == 0 { s } else { steps - 1 - s }
}

impl Encoder {
    /// Declares the encoder of `settings`.
    pub fn new(parameters: &mut Parameters, settings: &Settings, config: &Config) -> Self {
        let lengths = settings.encoder_levels.clone();
        let mut inputs = config.input_depth;
        let mut levels = Vec::new();
        for level in 0..lengths.len().max(1) {
            let path = names::encoder((!lengths.is_empty()).then_some(level));
            let new = Level::new(
                parameters,
                &path,
                inputs,
                level == 0 && config.head != Head::Groove,
                &settings.encoder,
            );
            inputs = new.outputs();
            levels.push(new);
        }
        Self { levels, lengths }
    }

    /// Width of the output: both directions of the last layer.
    pub fn outputs(&self) -> usize {
        self.levels.last().map_or(0, Level::outputs)
    }

    /// Takes over new weights.
    pub fn pack(&mut self, parameters: &Parameters) {
        let cells = self.levels.par_iter_mut().flat_map(|level| level.layers.par_iter_mut()).flatten();
        cells.for_each(|cell| cell.pack(parameters));
    }

    fn input<'a>(&self, batch: &'a Batch, level: usize, below: Option<&'a [f32]>) -> Input<'a> {
        let played = Some(batch.played.inputs.as_slice()).filter(|played| !played.is_empty());
        let below = below.or(played);
        let length = self.lengths.get(level).copied().unwrap_or(batch.steps);
        let done: usize = self.lengths.iter().take(level + 1).product::<usize>().max(length);
        Input { batch, level, dense: below, rows: batch.rows * batch.steps / done, length }
    }

    /// Final states `[rows, outputs]` of a batch.
    pub fn forward<'a>(
        &self,
        parameters: &Parameters,
        tape: &'a mut EncoderTape,
        batch: &Batch,
        dropout: Dropout,
    ) -> &'a [f32] {
        tape.levels.resize_with(self.levels.len(), Default::default);
        tape.outputs.resize_with(self.levels.len(), Default::default);
        for (l, level) in self.levels.iter().enumerate() {
            let (below, here) = tape.outputs.split_at_mut(l);
            let input = self.input(batch, l, below.last().map(Vec::as_slice));
            level.forward(
                parameters,
                &mut tape.levels[l],
                input,
                |k| dropout.cell(l as u64 * 64 + k),
                &mut here[0],
            );
        }
        tape.outputs.last().map_or(&[], Vec::as_slice)
    }

    /// The output of the last [`Encoder::forward`].
    pub fn output<'a>(&self, tape: &'a EncoderTape) -> &'a [f32] {
        tape.outputs.last().map_or(&[], Vec::as_slice)
    }

    /// Goes back from `dout` `[rows, outputs]`, adding the weights' gradients.
    pub fn backward(&self, tape: &mut EncoderTape, batch: &Batch, dout: &[f32], gradients: &mut Gradients) {
        for (l, level) in self.levels.iter().enumerate().rev() {
            let (here, above) = tape.levels.split_at_mut(l + 1);
            let below = if l > 0 { Some(tape.outputs[l - 1].as_slice()) } else { None };
            let dout = above.first().map_or(dout, |above| &above.dx);
            level.backward(&mut here[l], self.input(batch, l, below), dout, gradients);
        }
    }
}

impl Level {
    fn new(parameters: &mut Parameters, path: &str, inputs: usize, sparse: bool, units: &[usize]) -> Self {
        let mut layers = Vec::new();
        let mut width = inputs;
        for (k, &units) in units.iter().enumerate() {
            let (ones, dense) = if sparse && k == 0 { (width, 0) } else { (0, width) };
            let mut cell = |direction: &str| {
                Cell::new(parameters, &names::encoder_cell(path, k, direction), ones, 0, dense, units)
            };
            layers.push([cell("fw"), cell("bw")]);
            width = 2 * units;
        }
        Self { layers, inputs: if sparse { 0 } else { inputs } }
    }

    fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |[fw, bw]| fw.units + bw.units)
    }

    fn forward(
        &self,
        parameters: &Parameters,
        tape: &mut LevelTape,
        input: Input,
        dropout: impl Fn(u64) -> Dropout,
        out: &mut Vec<f32>,
    ) {
        let (rows, steps) = (input.rows, input.length);
        tape.layers.resize_with(self.layers.len(), Default::default);
        for (k, cells) in self.layers.iter().enumerate() {
            let (below, here) = tape.layers.split_at_mut(k);
            for (direction, cell) in cells.iter().enumerate() {
                let tape = &mut here[0][direction];
                cell.start(parameters, tape, steps, rows, &[]);
                tape.thin(dropout(2 * k as u64 + direction as u64));
                for s in 0..steps {
                    let t = time(direction, s, steps);
                    for row in 0..rows {
                        let x = tape.x_mut(s, row);
                        match (below.last(), input.dense) {
                            (Some([fw, bw]), _) if input.is_valid(t, row) => {
                                let (left, right) = x.split_at_mut(self.layers[k - 1][0].units);
                                left.copy_from_slice(fw.h(t + 1, row));
                                right.copy_from_slice(bw.h(steps - t, row));
                            }
                            (Some(_), _) => x.fill(0.0),
                            (None, Some(dense)) => {
                                x.copy_from_slice(&dense[(t * rows + row) * self.inputs..][..self.inputs]);
                            }
                            (None, None) => {}
                        }
                    }
                    let ones = |row| if k == 0 { input.ones(t, row) } else { &[][..] };
                    cell.forward(parameters, tape, s, ones, |row| input.is_valid(t, row));
                }
            }
        }
        out.clear();
        if let Some([fw, bw]) = tape.layers.last() {
            for row in 0..rows {
                out.extend_from_slice(fw.h(steps, row));
                out.extend_from_slice(bw.h(steps, row));
            }
        }
    }

    /// Leaves the gradient of a dense input in `tape.dx`.
    fn backward(&self, tape: &mut LevelTape, input: Input, dout: &[f32], gradients: &mut Gradients) {
        let (rows, steps, top) = (input.rows, input.length, self.layers.len() - 1);
        for k in (0..=top).rev() {
            let width = 2 * self.layers[k][0].units;
            let below = if k > 0 { 2 * self.layers[k - 1][0].units } else { self.inputs };
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
                            if input.is_valid(t, row) {
                                activate::add(dh, &tape.dx[(t * rows + row) * width + part..][..cell.units]);
                            }
                        }
                    }
                    cell.backward(cell_tape, s, |row| input.is_valid(t, row));
                    for row in 0..if below > 0 { rows } else { 0 } {
                        let to = &mut tape.dx_below[(t * rows + row) * below..][..below];
                        activate::add(to, cell_tape.dx(row));
                    }
                }
                let ones = |s: usize, row: usize| {
                    if k == 0 { input.ones(time(direction, s, steps), row) } else { &[][..] }
                };
                cell.finish(cell_tape, gradients, ones, &[], &mut []);
            }
            std::mem::swap(&mut tape.dx, &mut tape.dx_below);
        }
    }
}
