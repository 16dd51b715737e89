//! Weights packed once into panels of 16 columns, read from start to end by every product.

use super::{
    activations::{Activations, LANES, Lane},
    kernel::{self, GROUP},
};
use rayon::prelude::*;

/// Weights above this many bytes are split between threads; below, waking one costs more than it saves.
const SPLIT_BYTES: usize = 2 << 20;

/// Which column of a kernel stands where in its panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// As they are, so many.
    Plain(usize),
    /// The four gates of so many units: each group of panels holds i, j, f, o of the same 16 units.
    Gates(usize),
}

impl Columns {
    /// Panels needed, a whole number of groups.
    pub fn panels(self) -> usize {
        match self {
            Self::Plain(n) => n.div_ceil(LANES * GROUP) * GROUP,
            Self::Gates(units) => units.div_ceil(LANES) * GROUP,
        }
    }

    /// The kernel's column at place `at` of the panels; nothing at padding.
    pub fn source(self, at: usize) -> Option<usize> {
        match self {
            Self::Plain(n) => (at < n).then_some(at),
            Self::Gates(units) => {
                let (group, gate, lane) = (at / (LANES * GROUP), at / LANES % GROUP, at % LANES);
                let unit = group * LANES + lane;
                (unit < units).then_some(gate * units + unit)
            }
        }
    }

    /// A vector over the kernel's columns (a bias) as one row in the order of the panels.
    pub fn arrange(self, values: &[f32]) -> Activations {
        let mut row = Activations::zeros(1, self.panels() * LANES);
        for (panel, lane) in row.lanes_mut().iter_mut().enumerate() {
            lane.0 = std::array::from_fn(|l| self.source(panel * LANES + l).map_or(0.0, |c| values[c]));
        }
        row
    }
}

/// Some rows of a kernel, packed: panel after panel, input after input, 16 columns each.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// Inputs, each range of rows filled with zeros to a whole number of blocks.
    inputs: usize,
    panels: usize,
    data: Vec<Lane>,
}

impl Matrix {
    /// Packs the row ranges `rows` of a row-major `kernel` of `stride` columns; each range is one input vector.
    pub fn pack(kernel: &[f32], stride: usize, rows: &[std::ops::Range<usize>], columns: Columns) -> Self {
        let panels = columns.panels();
        let inputs = rows.iter().map(|r| r.len().div_ceil(LANES) * LANES).sum();
        let mut data = Vec::with_capacity(inputs * panels);
        for panel in 0..panels {
            let sources: [Option<usize>; LANES] = std::array::from_fn(|l| columns.source(panel * LANES + l));
            for range in rows {
                for row in range.clone() {
                    data.push(Lane(sources.map(|c| c.map_or(0.0, |c| kernel[row * stride + c]))));
                }
                data.resize(data.len() + range.len().next_multiple_of(LANES) - range.len(), Lane::ZERO);
            }
        }
        Self { inputs, panels, data }
    }

    /// Groups of panels.
    pub fn groups(&self) -> usize {
        self.panels / GROUP
    }

    /// The panels of `group`, inputs from `from` on, `blocks` blocks of them.
    pub fn group(&self, group: usize, from: usize, blocks: usize) -> [&[Lane]; GROUP] {
        std::array::from_fn(|p| {
            let start = (group * GROUP + p) * self.inputs + from;
            &self.data[start..start + blocks * LANES]
        })
    }

    /// Size in memory.
    pub fn bytes(&self) -> usize {
        self.data.len() * size_of::<Lane>()
    }

    /// Groups one task should take: all of them for small weights, else about four tasks a thread, so that a
    /// thread that the system holds up leaves its share to the others.
    pub fn groups_per_task(&self) -> usize {
        if self.bytes() < SPLIT_BYTES {
            return self.groups().max(1);
        }
        self.groups().div_ceil(4 * super::threads()).max(1)
    }

    /// `start + x W` for every row of `x`: columns in panel order. `start` has one row for all or one each.
    pub fn product(&self, x: &Activations, start: &Activations) -> Activations {
        let rows = x.rows();
        let mut out = Activations::zeros(rows, self.panels * LANES);
        if rows == 0 {
            return out;
        }
        let task = self.groups_per_task();
        out.lanes_mut().par_chunks_mut(task * GROUP * rows).enumerate().for_each(|(i, chunk)| {
            for (g, part) in chunk.chunks_mut(GROUP * rows).enumerate() {
                let group = i * task + g;
                let panels = self.group(group, 0, x.blocks());
                for_row_tiles(rows, &mut Product { panels, group, x, start, out: part });
            }
        });
        out
    }
}

/// Work on tiles of 1 to 4 rows, the number known to the compiler.
pub trait RowTiles {
    /// Works on rows `first..first + R`.
    fn tile<const R: usize>(&mut self, first: usize);
}

/// Cuts `rows` rows into tiles.
pub fn for_row_tiles(rows: usize, work: &mut impl RowTiles) {
    let mut first = 0;
    while rows - first >= 4 {
        work.tile::<4>(first);
        first += 4;
    }
    match rows - first {
        1 => work.tile::<1>(first),
        2 => work.tile::<2>(first),
        3 => work.tile::<3>(first),
        _ => {}
    }
}

struct Product<'a> {
    panels: [&'a [Lane]; GROUP],
    group: usize,
    x: &'a Activations,
    start: &'a Activations,
    out: &'a mut [Lane],
}

impl RowTiles for Product<'_> {
    fn tile<const R: usize>(&mut self, first: usize) {
        let rows = self.x.rows();
        let shared = self.start.rows() == 1;
        let mut acc: kernel::Tile<R> = std::array::from_fn(|p| {
            let panel = self.group * GROUP + p;
            std::array::from_fn(|r| {
                let row = if shared { 0 } else { first + r };
                self.start.lanes()[panel * self.start.rows() + row]
            })
        });
        kernel::tile(&mut acc, self.panels, self.x.lanes(), rows, first);
        for (p, tile) in acc.iter().enumerate() {
            self.out[p * rows + first..][..R].copy_from_slice(tile);
        }
    }
}

/// A dense layer `x W + b`.
#[derive(Debug, Clone)]
pub struct Dense {
    width: usize,
    matrix: Matrix,
    bias: Activations,
}

impl Dense {
    /// The layer with a row-major `kernel` `[bias.len() columns]` and its `bias`.
    pub fn new(kernel: &[f32], bias: &[f32]) -> Self {
        let columns = Columns::Plain(bias.len());
        let inputs = kernel.len() / bias.len().max(1);
        Self {
            width: bias.len(),
            matrix: Matrix::pack(kernel, bias.len(), std::slice::from_ref(&(0..inputs)), columns),
            bias: columns.arrange(bias),
        }
    }

    /// Numbers of an output row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Size in memory.
    pub fn bytes(&self) -> usize {
        self.matrix.bytes()
    }

    /// The layer's outputs for every row of `x`.
    pub fn apply(&self, x: &Activations) -> Activations {
        self.matrix.product(x, &self.bias)
    }
}

#[cfg(test)]
mod tests {
    use super::{Columns, Dense, Matrix};
    use crate::{
        latent::noise::Noise,
        model::cpu::{Activations, LANES},
    };

    fn numbers(n: usize, stream: u64) -> Vec<f32> {
        let noise = Noise::new(11, stream);
        (0..n as u64).map(|i| noise.normal(i)).collect()
    }

    #[test]
    fn a_layer_gives_the_sums_of_its_definition_whatever_its_size() {
        for (inputs, outputs, rows) in [(1, 1, 1), (7, 90, 3), (40, 65, 6), (33, 512, 9)] {
            let (kernel, bias) = (numbers(inputs * outputs, 0), numbers(outputs, 1));
            let x: Vec<Vec<f32>> = (0..rows).map(|r| numbers(inputs, 2 + r as u64)).collect();
            let y = Dense::new(&kernel, &bias).apply(&Activations::from_rows(&x, inputs));
            for (r, x) in x.iter().enumerate() {
                for (c, y) in y.row(r, outputs).into_iter().enumerate() {
                    let products =
                        x.iter().enumerate().map(|(k, x)| f64::from(*x) * f64::from(kernel[k * outputs + c]));
                    let sum = f64::from(bias[c]) + products.sum::<f64>();
                    assert!((f64::from(y) - sum).abs() < 1e-4, "{inputs} x {outputs}: {y} is not {sum}");
                }
            }
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let (inputs, units) = (700, 256);
        let columns = Columns::Gates(units);
        let matrix =
            Matrix::pack(&numbers(inputs * 4 * units, 0), 4 * units, &[0..300, 300..inputs], columns);
        assert!(matrix.groups_per_task() < matrix.groups(), "large enough to be split");
        let x = Activations::from_rows(&[numbers(304 + 400, 3), numbers(304 + 400, 4)], 304 + 400);
        let start = columns.arrange(&numbers(4 * units, 5));
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| matrix.product(&x, &start))
        };
        assert_eq!(with(1), with(3));
        assert_eq!(with(1).blocks(), 4 * units / LANES);
    }
}
