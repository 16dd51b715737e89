//! LSTM cells and stacks of them (spec section 2).

use crate::model::cpu::{
    self, Activations, Columns, GROUP, LANES, Lane, Matrix, RowTiles, Table, for_row_tiles,
};
use rayon::prelude::*;

/// Weights of one cell: dense inputs and the previous output in one packed matrix.
pub struct Cell {
    units: usize,
    /// Numbers of dense input, rounded up to whole blocks.
    input: usize,
    matrix: Matrix,
}

/// The order of a cell's columns.
pub fn columns(units: usize) -> Columns {
    Columns::Gates(units)
}

/// A cell's bias with the constant 1 of the forget gate, in the kernels' order (spec section 2).
pub fn bias(bias: &[f32], units: usize) -> Activations {
    let mut bias = bias.to_vec();
    bias[2 * units..3 * units].iter_mut().for_each(|f| *f += 1.0);
    columns(units).arrange(&bias)
}

/// Output and cell state of one layer, one row an example.
#[derive(Clone)]
pub struct LayerState {
    /// Cell state.
    pub c: Activations,
    /// Output.
    pub h: Activations,
    spare: Activations,
}

impl LayerState {
    /// The state of `rows` examples at rest.
    pub fn zeros(rows: usize, units: usize) -> Self {
        let zeros = Activations::zeros(rows, units);
        Self { c: zeros.clone(), h: zeros.clone(), spare: zeros }
    }
}

/// Places and values of a sparse input.
pub type Entries<'a> = &'a [(u32, f32)];

/// What a cell's sums start from: bias and everything known beforehand, then the looked-up rows.
pub struct Start<'a> {
    /// One row for all, or `offset + row` for each row.
    pub base: &'a Activations,
    /// First row of `base` where it has one each.
    pub offset: usize,
    /// Kernel rows to add, and which of them for each row.
    pub lookup: Option<(&'a Table, &'a [Entries<'a>])>,
}

impl<'a> Start<'a> {
    /// Starts every row from the one row of `base`.
    pub fn shared(base: &'a Activations) -> Self {
        Self { base, offset: 0, lookup: None }
    }
}

impl Cell {
    /// Packs the kernel rows `dense` (an input vector; empty: none) and `recurrent` of a `[.., 4 units]` kernel.
    pub fn new(
        kernel: &[f32],
        units: usize,
        dense: std::ops::Range<usize>,
        recurrent: std::ops::Range<usize>,
    ) -> Self {
        let input = dense.len().next_multiple_of(LANES);
        Self { units, input, matrix: Matrix::pack(kernel, 4 * units, &[dense, recurrent], columns(units)) }
    }

    /// Units.
    pub fn units(&self) -> usize {
        self.units
    }

    /// Size in memory.
    pub fn bytes(&self) -> usize {
        self.matrix.bytes()
    }

    /// One step of every row: `x` is the dense input if the cell has one. Rows that are not `active` keep their state.
    pub fn step(
        &self,
        x: Option<&Activations>,
        start: &Start<'_>,
        active: Option<&[bool]>,
        state: &mut LayerState,
    ) {
        let rows = state.c.rows();
        if rows == 0 {
            return;
        }
        let task = self.matrix.groups_per_task();
        let LayerState { c, h, spare } = state;
        let chunks =
            c.lanes_mut().par_chunks_mut(task * rows).zip(spare.lanes_mut().par_chunks_mut(task * rows));
        chunks.enumerate().for_each(|(i, (c, h_new))| {
            let parts = c.chunks_mut(rows).zip(h_new.chunks_mut(rows));
            for (g, (c, h_new)) in parts.enumerate() {
                let group = i * task + g;
                let mut work = CellTiles { cell: self, group, x, h: &*h, start, active, c, h_new };
                for_row_tiles(rows, &mut work);
            }
        });
        std::mem::swap(h, spare);
    }
}

struct CellTiles<'a> {
    cell: &'a Cell,
    group: usize,
    x: Option<&'a Activations>,
    h: &'a Activations,
    start: &'a Start<'a>,
    active: Option<&'a [bool]>,
    c: &'a mut [Lane],
    h_new: &'a mut [Lane],
}

impl CellTiles<'_> {
    /// The sum row `row` of gate `gate` starts from.
    fn first_sum(&self, gate: usize, row: usize) -> Lane {
        let panel = self.group * GROUP + gate;
        let base = self.start.base;
        let at = if base.rows() == 1 { 0 } else { self.start.offset + row };
        let mut sum = base.lanes()[panel * base.rows() + at];
        if let Some((table, entries)) = self.start.lookup {
            for (index, value) in entries[row] {
                table.add(&mut sum, *index, *value, panel);
            }
        }
        sum
    }
}

impl RowTiles for CellTiles<'_> {
    fn tile<const R: usize>(&mut self, first: usize) {
        let rows = self.h.rows();
        let mut acc: [[Lane; R]; GROUP] =
            std::array::from_fn(|gate| std::array::from_fn(|r| self.first_sum(gate, first + r)));
        if let Some(x) = self.x {
            cpu::tile(&mut acc, self.cell.matrix.group(self.group, 0, x.blocks()), x.lanes(), rows, first);
        }
        let recurrent = self.cell.matrix.group(self.group, self.cell.input, self.h.blocks());
        cpu::tile(&mut acc, recurrent, self.h.lanes(), rows, first);
        let tile = first..first + R;
        let before: [Lane; R] = std::array::from_fn(|r| self.c[first + r]);
        cpu::gates(&acc, &mut self.c[tile.clone()], &mut self.h_new[tile]);
        if let Some(active) = self.active {
            for r in (0..R).filter(|r| !active[first + r]) {
                self.c[first + r] = before[r];
                self.h_new[first + r] = self.h.lanes()[self.group * rows + first + r];
            }
        }
    }
}

/// Layers of a decoder or conductor, each fed the output of the one before.
pub struct Stack {
    first: Cell,
    /// Each with its bias.
    rest: Vec<(Cell, Activations)>,
}

impl Stack {
    /// A stack of `first` and the cells above it with their biases.
    pub fn new(first: Cell, rest: Vec<(Cell, Activations)>) -> Self {
        Self { first, rest }
    }

    /// Units of each layer.
    pub fn units(&self) -> Vec<usize> {
        std::iter::once(self.first.units()).chain(self.rest.iter().map(|(cell, _)| cell.units())).collect()
    }

    /// Size in memory.
    pub fn bytes(&self) -> usize {
        self.first.bytes() + self.rest.iter().map(|(cell, _)| cell.bytes()).sum::<usize>()
    }

    /// The state in `rows`, each `layer0.c, layer0.h, layer1.c, ...` (spec section 4).
    pub fn state(&self, rows: &Activations) -> Vec<LayerState> {
        let units = self.units();
        let width: usize = units.iter().map(|u| 2 * u).sum();
        let mut layers: Vec<LayerState> = units.iter().map(|u| LayerState::zeros(rows.rows(), *u)).collect();
        for r in 0..rows.rows() {
            let row = rows.row(r, width);
            let mut at = 0;
            for (layer, units) in layers.iter_mut().zip(&units) {
                layer.c.set_row(r, &row[at..at + units]);
                layer.h.set_row(r, &row[at + units..at + 2 * units]);
                at += 2 * units;
            }
        }
        layers
    }

    /// The whole state of row `r`: `layer0.c, layer0.h, layer1.c, ...`.
    pub fn state_row(&self, state: &[LayerState], r: usize) -> Vec<f32> {
        let parts = state.iter().zip(self.units());
        parts.flat_map(|(layer, units)| [layer.c.row(r, units), layer.h.row(r, units)]).flatten().collect()
    }

    /// One step of every layer; `x` and `start` are the first layer's. The top layer's `h` is the output.
    pub fn step(&self, x: Option<&Activations>, start: &Start<'_>, state: &mut [LayerState]) {
        let Some((below, above)) = state.split_first_mut() else { return };
        self.first.step(x, start, None, below);
        let mut input = &below.h;
        for ((cell, bias), layer) in self.rest.iter().zip(above) {
            cell.step(Some(input), &Start::shared(bias), None, layer);
            input = &layer.h;
        }
    }
}
