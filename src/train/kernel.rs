//! Matrix products of the trainer: `out += a @ b` with `b` packed once an update and used at every step.
//!
//! A recurrent step multiplies a short, fresh matrix (the batch) with a large one that stays the same for a whole
//! sequence, so the large one is laid out once in panels that the inner loop reads front to back; a general GEMM
//! packs it again on every call. Products of which both sides are fresh (weights' gradients) go to crate `gemm`.
//!
//! The widest instructions of the machine are found at run time: AVX-512, AVX2 with FMA, or portable code.
#![allow(unsafe_code)] // CPU kernels: vector instructions and crate `gemm`'s raw interface.

/// Rows of `k` summed before the partial sums go back to memory; a panel of it stays in the first cache.
const K_BLOCK: usize = 512;

/// A right-hand matrix `[k, n]` in column panels: panel `p` holds columns `p*width..`, row after row, zero-padded.
#[derive(Debug, Clone, Default)]
pub struct Packed {
    k: usize,
    n: usize,
    width: usize,
    panels: Vec<f32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

fn level() -> Level {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            return Level::Avx512;
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Level::Avx2;
        }
    }
    Level::Portable
}

impl Packed {
    /// Packs `b`, row-major `[k, n]`, into the same memory where it was packed before.
    pub fn pack(&mut self, b: &[f32], k: usize, n: usize) {
        assert_eq!(b.len(), k * n);
        self.reshape(k, n);
        let width = self.width;
        for (p, panel) in self.panels.chunks_exact_mut((k * width).max(1)).enumerate() {
            let first = p * width;
            let columns = width.min(n - first);
            for (row, to) in panel.chunks_exact_mut(width).enumerate() {
                to[..columns].copy_from_slice(&b[row * n + first..][..columns]);
            }
        }
    }

    /// Packs the transpose of `b`: `b` is row-major `[n, k]`.
    pub fn pack_transposed(&mut self, b: &[f32], k: usize, n: usize) {
        assert_eq!(b.len(), k * n);
        self.reshape(k, n);
        let width = self.width;
        for (p, panel) in self.panels.chunks_exact_mut((k * width).max(1)).enumerate() {
            let first = p * width;
            let columns = width.min(n - first);
            // Square blocks, so that both sides stay in the first cache.
            for (block, to) in panel.chunks_mut(16 * width).enumerate() {
                for column in 0..columns {
                    let from = &b[(first + column) * k + block * 16..];
                    for (to, &x) in to[column..].iter_mut().step_by(width).zip(from) {
                        *to = x;
                    }
                }
            }
        }
    }

    fn reshape(&mut self, k: usize, n: usize) {
        self.width = match level() {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => 32,
            _ => 16,
        };
        (self.k, self.n) = (k, n);
        self.panels.resize(n.div_ceil(self.width) * k * self.width, 0.0);
    }

    /// `out[m, n] += a[m, k] @ self`, rows of `a` `lda` apart and rows of `out` `ldo` apart.
    pub fn multiply_add(&self, a: &[f32], lda: usize, m: usize, out: &mut [f32], ldo: usize) {
        if m == 0 || self.k == 0 || self.n == 0 {
            return;
        }
        assert!(lda >= self.k && ldo >= self.n);
        assert!(a.len() >= (m - 1) * lda + self.k && out.len() >= (m - 1) * ldo + self.n);
        match level() {
            // SAFETY: the CPU has the instructions (just asked), and the asserts above bound every access.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => unsafe { avx512::multiply_add(self, a, lda, m, out, ldo) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe { avx2::multiply_add(self, a, lda, m, out, ldo) },
            Level::Portable => self.multiply_add_portable(a, lda, m, out, ldo),
        }
    }

    fn multiply_add_portable(&self, a: &[f32], lda: usize, m: usize, out: &mut [f32], ldo: usize) {
        for (p, panel) in self.panels.chunks_exact(self.k * 16).enumerate() {
            let columns = 16.min(self.n - p * 16);
            for row in 0..m {
                let mut sums = [0.0f32; 16];
                for (x, b) in a[row * lda..][..self.k].iter().zip(panel.chunks_exact(16)) {
                    for (sum, b) in sums.iter_mut().zip(b) {
                        *sum += x * b;
                    }
                }
                for (to, sum) in out[row * ldo + p * 16..][..columns].iter_mut().zip(sums) {
                    *to += sum;
                }
            }
        }
    }
}

/// The panel loop and the register tile for one instruction set.
#[cfg(target_arch = "x86_64")]
macro_rules! tile_kernels {
    ($module:ident, $features:literal, $vector:ty, $lanes:literal, $rows:literal,
     $zero:ident, $load:ident, $set:ident, $fma:ident, $add:ident, $store:ident) => {
        mod $module {
            use super::{K_BLOCK, Packed};
            use std::arch::x86_64::*;

            const WIDTH: usize = 2 * $lanes;

            /// # Safety
            /// The CPU has the instructions; `a` and `out` hold `m` rows as `Packed::multiply_add` asserts.
            #[target_feature(enable = $features)]
            pub(super) unsafe fn multiply_add(
                b: &Packed,
                a: &[f32],
                lda: usize,
                m: usize,
                out: &mut [f32],
                ldo: usize,
            ) {
                for (p, panel) in b.panels.chunks_exact(b.k * WIDTH).enumerate() {
                    let columns = WIDTH.min(b.n - p * WIDTH);
                    let mut k0 = 0;
                    while k0 < b.k {
                        let k = K_BLOCK.min(b.k - k0);
                        let panel = &panel[k0 * WIDTH..][..k * WIDTH];
                        let mut row = 0;
                        while row < m {
                            let rows = $rows.min(m - row);
                            // SAFETY: rows `row..row + rows` lie in `a` and `out`; a tile narrower than the
                            // panel goes through a buffer.
                            unsafe {
                                let from = a.as_ptr().add(row * lda + k0);
                                let to = out.as_mut_ptr().add(row * ldo + p * WIDTH);
                                if columns == WIDTH {
                                    tile_rows(rows, panel, from, lda, to, ldo);
                                } else {
                                    let mut buffer = [0.0f32; $rows * WIDTH];
                                    tile_rows(rows, panel, from, lda, buffer.as_mut_ptr(), WIDTH);
                                    for r in 0..rows {
                                        for c in 0..columns {
                                            *to.add(r * ldo + c) += buffer[r * WIDTH + c];
                                        }
                                    }
                                }
                            }
                            row += rows;
                        }
                        k0 += k;
                    }
                }
            }

            /// # Safety
            /// As `tile`; `rows` is 1 to the tile's height.
            #[target_feature(enable = $features)]
            unsafe fn tile_rows(
                rows: usize,
                panel: &[f32],
                a: *const f32,
                lda: usize,
                out: *mut f32,
                ldo: usize,
            ) {
                // SAFETY: passed on from the caller.
                unsafe {
                    match rows {
                        1 => tile::<1>(panel, a, lda, out, ldo),
                        2 => tile::<2>(panel, a, lda, out, ldo),
                        3 => tile::<3>(panel, a, lda, out, ldo),
                        4 => tile::<4>(panel, a, lda, out, ldo),
                        5 => tile::<5>(panel, a, lda, out, ldo),
                        6 => tile::<6>(panel, a, lda, out, ldo),
                        7 => tile::<7>(panel, a, lda, out, ldo),
                        _ => tile::<8>(panel, a, lda, out, ldo),
                    }
                }
            }

            /// `out[R, WIDTH] += a[R, k] @ panel[k, WIDTH]`.
            ///
            /// # Safety
            /// `a` has R rows of `panel.len() / WIDTH` floats, `lda` apart; `out` R rows of WIDTH, `ldo` apart.
            #[target_feature(enable = $features)]
            unsafe fn tile<const R: usize>(
                panel: &[f32],
                a: *const f32,
                lda: usize,
                out: *mut f32,
                ldo: usize,
            ) {
                let mut sums = [[$zero(); 2]; R];
                for (k, b) in panel.chunks_exact(WIDTH).enumerate() {
                    // SAFETY: `b` has WIDTH floats, `a` has row `r` up to `k`.
                    unsafe {
                        let left = $load(b.as_ptr());
                        let right = $load(b.as_ptr().add($lanes));
                        for r in 0..R {
                            let x = $set(*a.add(r * lda + k));
                            sums[r][0] = $fma(x, left, sums[r][0]);
                            sums[r][1] = $fma(x, right, sums[r][1]);
                        }
                    }
                }
                for r in 0..R {
                    // SAFETY: row `r` of `out` has WIDTH floats.
                    unsafe {
                        let to = out.add(r * ldo);
                        $store(to, $add($load(to), sums[r][0]));
                        $store(to.add($lanes), $add($load(to.add($lanes)), sums[r][1]));
                    }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
tile_kernels!(
    avx512,
    "avx512f",
    __m512,
    16,
    8,
    _mm512_setzero_ps,
    _mm512_loadu_ps,
    _mm512_set1_ps,
    _mm512_fmadd_ps,
    _mm512_add_ps,
    _mm512_storeu_ps
);
#[cfg(target_arch = "x86_64")]
tile_kernels!(
    avx2,
    "avx2,fma",
    __m256,
    8,
    6,
    _mm256_setzero_ps,
    _mm256_loadu_ps,
    _mm256_set1_ps,
    _mm256_fmadd_ps,
    _mm256_add_ps,
    _mm256_storeu_ps
);

/// `out[m, n] += a^T @ b`: `a` `[k, m]` with rows `lda` apart, `b` row-major `[k, n]`. The weights' gradient of a
/// layer.
pub fn add_transposed_product(
    a: &[f32],
    lda: usize,
    b: &[f32],
    k: usize,
    m: usize,
    n: usize,
    out: &mut [f32],
) {
    if k == 0 || m == 0 || n == 0 {
        return;
    }
    assert!(lda >= m && a.len() >= (k - 1) * lda + m && b.len() >= k * n && out.len() == m * n);
    // SAFETY: the strides stay inside the three slices whose lengths were just checked; `out` is not aliased.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            n as isize,
            true,
            a.as_ptr(),
            lda as isize,
            1,
            b.as_ptr(),
            1,
            n as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latent::noise::Noise;

    fn random(n: usize, stream: u64) -> Vec<f32> {
        Noise::new(3, stream).prior(n)
    }

    fn plain(a: &[f32], b: &[f32], m: usize, k: usize, n: usize) -> Vec<f32> {
        let mut out = vec![0.0f32; m * n];
        for i in 0..m {
            for j in 0..n {
                out[i * n + j] = (0..k).map(|x| a[i * k + x] * b[x * n + j]).sum();
            }
        }
        out
    }

    fn close(a: &[f32], b: &[f32]) {
        for (x, y) in a.iter().zip(b) {
            assert!((x - y).abs() < 1e-3, "{x} {y}");
        }
    }

    #[test]
    fn packed_product_equals_the_plain_one_at_every_odd_size() {
        for (m, k, n) in [(1, 1, 1), (5, 3, 17), (6, 33, 16), (7, 530, 50), (13, 1030, 33), (8, 64, 512)] {
            let (a, b) = (random(m * k, 1), random(k * n, 2));
            let expected = plain(&a, &b, m, k, n);
            let mut packed = Packed::default();
            packed.pack(&b, k, n);
            let mut out = vec![0.0; m * n];
            packed.multiply_add(&a, k, m, &mut out, n);
            close(&out, &expected);
            let mut portable = vec![0.0; m * n];
            if packed.width == 16 {
                packed.multiply_add_portable(&a, k, m, &mut portable, n);
                close(&portable, &expected);
            }
            let transposed: Vec<f32> = (0..n * k).map(|i| b[(i % k) * n + i / k]).collect();
            packed.pack_transposed(&transposed, k, n);
            let mut out = vec![0.0; m * n];
            packed.multiply_add(&a, k, m, &mut out, n);
            close(&out, &expected);
        }
    }

    #[test]
    fn transposed_product_equals_the_plain_one() {
        let (k, m, n) = (9, 5, 7);
        let (a, b) = (random(k * m, 1), random(k * n, 2));
        let transposed: Vec<f32> = (0..m * k).map(|i| a[(i % k) * m + i / k]).collect();
        let mut out = vec![0.0; m * n];
        add_transposed_product(&a, m, &b, k, m, n, &mut out);
        close(&out, &plain(&transposed, &b, m, k, n));
    }
}
