//! A batch of vectors in the order the kernels read: blocks of 16 numbers, rows side by side in each block.

/// Numbers a block holds: one AVX-512 register, two of AVX2.
pub const LANES: usize = 16;

/// Sixteen neighbouring numbers of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Lane(pub [f32; LANES]);

impl Lane {
    /// All zeros.
    pub const ZERO: Self = Self([0.0; LANES]);
}

/// `rows` vectors of equal width; block `b` of row `r` is `data[b * rows + r]`, the tail of the last block zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Activations {
    rows: usize,
    data: Vec<Lane>,
}

impl Activations {
    /// Zeros, wide enough for `width` numbers a row.
    pub fn zeros(rows: usize, width: usize) -> Self {
        Self { rows, data: vec![Lane::ZERO; rows * width.div_ceil(LANES)] }
    }

    /// The vectors of `rows`, each cut or filled with zeros to `width`.
    pub fn from_rows<R: AsRef<[f32]>>(rows: &[R], width: usize) -> Self {
        let mut all = Self::zeros(rows.len(), width);
        for (r, row) in rows.iter().enumerate() {
            all.set_row(r, &row.as_ref()[..row.as_ref().len().min(width)]);
        }
        all
    }

    /// Number of vectors.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of blocks in a row.
    pub fn blocks(&self) -> usize {
        self.data.len().checked_div(self.rows).unwrap_or(0)
    }

    /// The blocks in the kernels' order.
    pub fn lanes(&self) -> &[Lane] {
        &self.data
    }

    /// The blocks in the kernels' order, to write.
    pub fn lanes_mut(&mut self) -> &mut [Lane] {
        &mut self.data
    }

    /// Writes `values` to the start of row `r`.
    pub fn set_row(&mut self, r: usize, values: &[f32]) {
        for (b, part) in values.chunks(LANES).enumerate() {
            self.data[b * self.rows + r].0[..part.len()].copy_from_slice(part);
        }
    }

    /// Copies row `r` into `out`, as many numbers as it holds.
    pub fn copy_row(&self, r: usize, out: &mut [f32]) {
        for (b, part) in out.chunks_mut(LANES).enumerate() {
            part.copy_from_slice(&self.data[b * self.rows + r].0[..part.len()]);
        }
    }

    /// The first `width` numbers of row `r`.
    pub fn row(&self, r: usize, width: usize) -> Vec<f32> {
        let mut out = vec![0.0; width];
        self.copy_row(r, &mut out);
        out
    }
}
