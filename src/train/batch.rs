//! Examples of one update, laid out step by step.

/// For every (step, row) the list of values that are one.
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

/// Width of a groove step.
pub const GROOVE: usize = 27;

/// What a groove model hears and shall play, `[steps, rows, 27]` each; empty for other models.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Played {
    /// The encoder's input.
    pub inputs: Vec<f32>,
    /// The decoder's targets.
    pub targets: Vec<f32>,
}

impl Played {
    /// The target of a step of one of `rows` examples.
    pub fn target(&self, step: usize, row: usize, rows: usize) -> &[f32] {
        &self.targets[(step * rows + row) * GROOVE..][..GROOVE]
    }
}

/// A batch (or a thread's share of one) of `rows` examples of `steps` steps.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Examples.
    pub rows: usize,
    /// Steps of the longest.
    pub steps: usize,
    /// Valid steps of each; or of each segment of each, `[rows, segments]`.
    pub lengths: Vec<usize>,
    /// The encoder's input.
    pub inputs: SparseRows,
    /// One a core decoder: the outputs that shall be one. Past an example's end nothing needs to be.
    pub targets: Vec<SparseRows>,
    /// Inputs and targets of a groove model.
    pub played: Played,
    /// `[rows, z]` standard normal: `z = mu + sigma * eps`. Empty: `z = mu`.
    pub eps: Vec<f32>,
    /// Number of the first row, for the noise of scheduled sampling.
    pub first_row: u64,
}

impl Batch {
    /// False where `example` has ended before `time`.
    pub fn is_valid(&self, time: usize, example: usize) -> bool {
        let segments = self.lengths.len() / self.rows;
        let segment = self.steps / segments;
        time % segment < self.lengths[example * segments + time / segment]
    }
}
