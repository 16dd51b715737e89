//! Kernel rows of inputs that are mostly zero: looked up and added instead of multiplied.

use super::{
    activations::{LANES, Lane},
    matrix::Columns,
};

/// Rows of a kernel, columns in the order of a [`Matrix`](super::Matrix).
#[derive(Debug, Clone)]
pub struct Table {
    width: usize,
    rows: Vec<Lane>,
}

impl Table {
    /// The rows `rows` of a row-major kernel of `stride` columns.
    pub fn new(kernel: &[f32], stride: usize, rows: impl Iterator<Item = usize>, columns: Columns) -> Self {
        let panels = columns.panels();
        let mut table = Self { width: panels, rows: Vec::new() };
        for row in rows {
            for panel in 0..panels {
                let pick =
                    |lane| columns.source(panel * LANES + lane).map_or(0.0, |c| kernel[row * stride + c]);
                table.rows.push(Lane(std::array::from_fn(pick)));
            }
        }
        table
    }

    /// Adds `value` times row `index`, columns of panel `panel`, to `sum`.
    pub fn add(&self, sum: &mut Lane, index: u32, value: f32, panel: usize) {
        let row = &self.rows[index as usize * self.width + panel].0;
        for (s, w) in sum.0.iter_mut().zip(row) {
            // Not fused: without the CPU's own instruction at hand that would be a library call.
            *s += value * w;
        }
    }
}
