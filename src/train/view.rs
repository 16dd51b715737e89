//! What one core decoder has to say, and when: whole sequences, or the segments of a hierarchical model side by side.
//!
//! A core's state is reset at each segment (spec section 5), so all segments of a batch run at once, each
//! told the true event before it: core row `segment * rows + row`, core step `s`, is time `segment * length + s` of example `row`.

use super::batch::{Batch, SparseRows};

/// The targets of one core, cut in segments.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    batch: &'a Batch,
    targets: &'a SparseRows,
    /// Steps of a segment.
    pub length: usize,
    /// Core rows: examples times segments.
    pub rows: usize,
}

impl<'a> View<'a> {
    /// The targets of core `core` in segments of `length` steps.
    pub fn new(batch: &'a Batch, core: usize, length: usize) -> Self {
        Self { batch, targets: &batch.targets[core], length, rows: batch.rows * batch.steps / length }
    }

    /// (time, example) of a core step and row.
    fn place(&self, s: usize, row: usize) -> (usize, usize) {
        (row / self.batch.rows * self.length + s, row % self.batch.rows)
    }

    /// The outputs that shall be one.
    pub fn target(&self, s: usize, row: usize) -> &'a [u16] {
        let (time, example) = self.place(s, row);
        self.targets.get(time * self.batch.rows + example)
    }

    /// The target one step before, across segments; nothing at the very first step.
    pub fn previous(&self, s: usize, row: usize) -> &'a [u16] {
        match self.place(s, row) {
            (0, _) => &[],
            (time, example) => self.targets.get((time - 1) * self.batch.rows + example),
        }
    }

    /// False past the end of the example.
    pub fn is_valid(&self, s: usize, row: usize) -> bool {
        let (time, example) = self.place(s, row);
        self.batch.is_valid(time, example)
    }

    /// A number for the noise of this step, no other step of the run has.
    pub fn draw(&self, s: usize, row: usize) -> u64 {
        let (time, example) = self.place(s, row);
        (self.batch.first_row + example as u64) * self.batch.steps as u64 + time as u64
    }
}
