//! Examples of one update, laid out step by step.

/// No target: a padded step.
pub const NONE: u16 = u16::MAX;

/// For every (step, row) the list of inputs that are one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SparseRows {
    ends: Vec<u32>,
    ones: Vec<u16>,
}

impl SparseRows {
    /// Appends the next (step, row).
    pub fn push(&mut self, ones: impl IntoIterator<Item = u16>) {
        self.ones.extend(ones);
        self.ends.push(self.ones.len() as u32);
    }

    /// The ones of entry `index` = `step * rows + row`.
    pub fn get(&self, index: usize) -> &[u16] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.ones[start..self.ends[index] as usize]
    }
}

/// A batch (or a thread's share of one) of `rows` examples of `steps` steps.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Examples.
    pub rows: usize,
    /// Steps of the longest.
    pub steps: usize,
    /// Valid steps of each.
    pub lengths: Vec<usize>,
    /// The encoder's input.
    pub inputs: SparseRows,
    /// `[steps, rows, parts]`: category of each output part, [`NONE`] past the end.
    pub targets: Vec<u16>,
    /// `[rows, z]` standard normal: `z = mu + sigma * eps`.
    pub eps: Vec<f32>,
    /// Number of the first row, for the noise of scheduled sampling.
    pub first_row: u64,
}
