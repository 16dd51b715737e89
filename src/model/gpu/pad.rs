//! Sizes as the graphics library computes them right: everything in fours, the rest zeros.

use std::ops::Range;

/// The next multiple of 4.
pub fn up(n: usize) -> usize {
    n.next_multiple_of(4)
}

/// Rows `rows` of a row-major kernel of `columns` columns, filled with zero rows and columns to multiples of 4.
pub fn matrix(kernel: &[f32], columns: usize, rows: Range<usize>) -> Vec<f32> {
    part(kernel, columns, rows, 0..columns)
}

/// The same for the columns `part` alone.
pub fn part(kernel: &[f32], stride: usize, rows: Range<usize>, columns: Range<usize>) -> Vec<f32> {
    let width = up(columns.len());
    let mut out = vec![0.0; up(rows.len()) * width];
    for (row, out) in rows.zip(out.chunks_exact_mut(width)) {
        out[..columns.len()].copy_from_slice(&kernel[row * stride..][columns.clone()]);
    }
    out
}

/// Rows of a cell's kernel `[.., 4 units]`, each gate filled to a multiple of 4 units: unused units stay at zero for
/// ever, as their kernel rows and columns are zero and their state begins there.
pub fn gates(kernel: &[f32], units: usize, rows: Range<usize>) -> Vec<f32> {
    let wide = up(units);
    let mut out = vec![0.0; up(rows.len()) * 4 * wide];
    for (row, out) in rows.zip(out.chunks_exact_mut(4 * wide)) {
        for gate in 0..4 {
            let source = &kernel[row * 4 * units + gate * units..][..units];
            out[gate * wide..][..units].copy_from_slice(source);
        }
    }
    out
}

/// A cell's bias in the same order with the constant 1 of the forget gate (spec section 2).
pub fn gate_bias(bias: &[f32], units: usize) -> Vec<f32> {
    let mut bias = bias.to_vec();
    bias[2 * units..3 * units].iter_mut().for_each(|f| *f += 1.0);
    let mut padded = gates(&bias, units, 0..1);
    padded.truncate(4 * up(units));
    padded
}

/// Rows of equal length one after another, each filled with zeros to `width`, `count` of them.
pub fn rows<R: AsRef<[f32]>>(rows: &[R], width: usize, count: usize) -> Vec<f32> {
    let mut out = vec![0.0; count * width];
    for (row, out) in rows.iter().zip(out.chunks_exact_mut(width)) {
        out[..row.as_ref().len()].copy_from_slice(row.as_ref());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{gate_bias, gates, matrix};

    #[test]
    fn gates_are_filled_each_for_itself() {
        // Two rows of four gates of one unit.
        let kernel = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        let padded = gates(&kernel, 1, 1..2);
        assert_eq!(padded.len(), 4 * 16);
        assert_eq!((padded[0], padded[4], padded[8], padded[12], padded[16]), (5.0, 6.0, 7.0, 8.0, 0.0));
        assert_eq!(gate_bias(&[1.0, 2.0, 3.0, 4.0], 1)[8], 4.0);
        assert_eq!(gate_bias(&[1.0, 2.0, 3.0, 4.0], 1).len(), 16);
        assert_eq!(matrix(&[1.0, 2.0, 3.0], 3, 0..1), {
            let mut wanted = vec![0.0; 16];
            wanted[..3].copy_from_slice(&[1.0, 2.0, 3.0]);
            wanted
        });
    }
}
