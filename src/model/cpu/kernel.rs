//! The inner loops, compiled for each instruction set and picked at run time.
#![allow(unsafe_code)] // Vector instructions, which the CPU has to be known to have.

use super::{
    activations::{LANES, Lane},
    math,
};
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// Panels of a matrix taken together: the four gates of an LSTM, or 64 columns.
pub const GROUP: usize = 4;

/// Sums of a tile: for each panel of a group, 16 columns of each of `R` rows.
pub type Tile<const R: usize> = [[Lane; R]; GROUP];

/// Adds to `acc` the products of `R` rows with a group of panels: for each input in order, for each row and
/// column, `acc += x * w`.
///
/// `panels[p]` holds 16 weights an input (a whole number of blocks of inputs); `x` holds block `b` of row `r` at
/// `b * rows + r`; the tile's first row is `first`. The order of the sum does not depend on `R` or the machine.
pub fn tile<const R: usize>(
    acc: &mut Tile<R>,
    panels: [&[Lane]; GROUP],
    x: &[Lane],
    rows: usize,
    first: usize,
) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the CPU has AVX-512F, just asked.
            return unsafe { tile_avx512(acc, panels, x, rows, first) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the CPU has AVX2 and FMA, just asked.
            return unsafe { tile_avx2(acc, panels, x, rows, first) };
        }
    }
    tile_portable(acc, panels, x, rows, first);
}

/// The body of [`tile`] with whatever the compiler may use on any machine of this architecture.
fn tile_portable<const R: usize>(
    acc: &mut Tile<R>,
    panels: [&[Lane]; GROUP],
    x: &[Lane],
    rows: usize,
    first: usize,
) {
    for (panel, sums) in panels.iter().zip(acc) {
        for (block, weights) in panel.as_chunks::<LANES>().0.iter().enumerate() {
            for r in 0..R {
                let inputs = &x[block * rows + first + r].0;
                for (x, w) in inputs.iter().zip(weights) {
                    for lane in 0..LANES {
                        sums[r].0[lane] = x.mul_add(w.0[lane], sums[r].0[lane]);
                    }
                }
            }
        }
    }
}

/// The body of [`tile`] for one instruction set, `P` panels at once. It is written in the machine's own vectors: left
/// to rustc 1.95, the AVX-512 sums of more than one row went through memory, number by number.
#[cfg(target_arch = "x86_64")]
macro_rules! tile_body {
    ($name:ident, $features:literal, $vector:ty, $lanes:literal, $load:ident, $set:ident, $fma:ident, $store:ident) => {
        /// Panels `p..p + P` of a tile.
        #[target_feature(enable = $features)]
        fn $name<const R: usize, const P: usize>(
            acc: &mut Tile<R>,
            panels: [&[Lane]; GROUP],
            p: usize,
            x: &[Lane],
            rows: usize,
            first: usize,
        ) {
            const PIECES: usize = LANES / $lanes;
            let weights: [&[[Lane; LANES]]; P] = std::array::from_fn(|q| panels[p + q].as_chunks().0);
            // SAFETY: a lane holds PIECES vectors.
            let mut sums: [[[$vector; PIECES]; R]; P] = std::array::from_fn(|q| {
                std::array::from_fn(|r| {
                    std::array::from_fn(|piece| unsafe {
                        $load(acc[p + q][r].0.as_ptr().add(piece * $lanes))
                    })
                })
            });
            for block in 0..weights[0].len() {
                let w: [&[Lane; LANES]; P] = std::array::from_fn(|q| &weights[q][block]);
                let inputs: [&Lane; R] = std::array::from_fn(|r| &x[block * rows + first + r]);
                for k in 0..LANES {
                    for q in 0..P {
                        for piece in 0..PIECES {
                            // SAFETY: as above.
                            let w = unsafe { $load(w[q][k].0.as_ptr().add(piece * $lanes)) };
                            for r in 0..R {
                                sums[q][r][piece] = $fma($set(inputs[r].0[k]), w, sums[q][r][piece]);
                            }
                        }
                    }
                }
            }
            for q in 0..P {
                for r in 0..R {
                    for piece in 0..PIECES {
                        // SAFETY: as above.
                        unsafe {
                            $store(acc[p + q][r].0.as_mut_ptr().add(piece * $lanes), sums[q][r][piece])
                        };
                    }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
tile_body!(
    products_avx512,
    "avx512f,avx2,fma",
    __m512,
    16,
    _mm512_loadu_ps,
    _mm512_set1_ps,
    _mm512_fmadd_ps,
    _mm512_storeu_ps
);
#[cfg(target_arch = "x86_64")]
tile_body!(
    products_avx2,
    "avx2,fma",
    __m256,
    8,
    _mm256_loadu_ps,
    _mm256_set1_ps,
    _mm256_fmadd_ps,
    _mm256_storeu_ps
);

/// 32 registers of 16: all four panels at once.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn tile_avx512<const R: usize>(
    acc: &mut Tile<R>,
    panels: [&[Lane]; GROUP],
    x: &[Lane],
    rows: usize,
    first: usize,
) {
    products_avx512::<R, GROUP>(acc, panels, 0, x, rows, first);
}

/// 16 registers of 8: as many panels at once as leave room for the weights.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn tile_avx2<const R: usize>(
    acc: &mut Tile<R>,
    panels: [&[Lane]; GROUP],
    x: &[Lane],
    rows: usize,
    first: usize,
) {
    match R {
        1 => products_avx2::<R, GROUP>(acc, panels, 0, x, rows, first),
        2 => {
            products_avx2::<R, 2>(acc, panels, 0, x, rows, first);
            products_avx2::<R, 2>(acc, panels, 2, x, rows, first);
        }
        _ => {
            for p in 0..GROUP {
                products_avx2::<R, 1>(acc, panels, p, x, rows, first);
            }
        }
    }
}

/// The LSTM's gates for 16 units of `R` rows (spec section 2): `acc` holds the pre-activations i, j, f (the 1
/// already added) and o; `c` and `h` become the new state.
pub fn gates<const R: usize>(acc: &Tile<R>, c: &mut [Lane], h: &mut [Lane]) {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the CPU has AVX-512F, just asked.
            return unsafe { gates_avx512(acc, c, h) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the CPU has AVX2 and FMA, just asked.
            return unsafe { gates_avx2(acc, c, h) };
        }
    }
    gates_body(acc, c, h);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn gates_avx512<const R: usize>(acc: &Tile<R>, c: &mut [Lane], h: &mut [Lane]) {
    gates_body(acc, c, h);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn gates_avx2<const R: usize>(acc: &Tile<R>, c: &mut [Lane], h: &mut [Lane]) {
    gates_body(acc, c, h);
}

#[inline(always)]
fn gates_body<const R: usize>(acc: &Tile<R>, c: &mut [Lane], h: &mut [Lane]) {
    for r in 0..R {
        let (c, h) = (&mut c[r].0, &mut h[r].0);
        for lane in 0..LANES {
            let [i, j, f, o] = std::array::from_fn(|gate| acc[gate][r].0[lane]);
            let kept = math::sigmoid(f) * c[lane];
            let state = math::sigmoid(i).mul_add(math::tanh(j), kept);
            c[lane] = state;
            h[lane] = math::sigmoid(o) * math::tanh(state);
        }
    }
}

/// Replaces every number of `values` by its logistic, into `out` of the same length.
pub fn sigmoid_slice(values: &[f32], out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: the CPU has AVX2 and FMA, just asked.
        return unsafe { sigmoid_avx2(values, out) };
    }
    sigmoid_body(values, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn sigmoid_avx2(values: &[f32], out: &mut [f32]) {
    sigmoid_body(values, out);
}

#[inline(always)]
fn sigmoid_body(values: &[f32], out: &mut [f32]) {
    for (x, y) in values.iter().zip(out) {
        *y = math::sigmoid(*x);
    }
}

#[cfg(test)]
mod tests {
    use super::{GROUP, Tile, gates, gates_body, tile, tile_portable};
    use crate::{
        latent::noise::Noise,
        model::cpu::{LANES, Lane},
    };

    fn lanes(n: usize, stream: u64) -> Vec<Lane> {
        let noise = Noise::new(3, stream);
        (0..n).map(|i| Lane(std::array::from_fn(|l| noise.normal((i * LANES + l) as u64)))).collect()
    }

    fn same_bits<const R: usize>(rows: usize) {
        let blocks = 5;
        let weights = lanes(GROUP * blocks * LANES, 0);
        let panels = std::array::from_fn(|p| &weights[p * blocks * LANES..(p + 1) * blocks * LANES]);
        let x = lanes(blocks * rows, 1);
        for first in 0..=rows - R {
            let mut acc: Tile<R> = [[Lane::ZERO; R]; GROUP];
            let mut portable = acc;
            tile(&mut acc, panels, &x, rows, first);
            tile_portable(&mut portable, panels, &x, rows, first);
            assert_eq!(acc, portable);
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                let mut avx2: Tile<R> = [[Lane::ZERO; R]; GROUP];
                // SAFETY: the CPU has AVX2 and FMA, just asked.
                unsafe { super::tile_avx2(&mut avx2, panels, &x, rows, first) };
                assert_eq!(avx2, portable);
            }
            for (r, _) in acc[0].iter().enumerate() {
                let mut alone: Tile<1> = [[Lane::ZERO; 1]; GROUP];
                tile(&mut alone, panels, &x, rows, first + r);
                for p in 0..GROUP {
                    assert_eq!(acc[p][r], alone[p][0]);
                }
            }
            let (mut c, mut h) = (lanes(R, 2), vec![Lane::ZERO; R]);
            let (mut c2, mut h2) = (c.clone(), h.clone());
            gates(&acc, &mut c, &mut h);
            gates_body(&acc, &mut c2, &mut h2);
            assert_eq!((c, h), (c2, h2));
        }
    }

    #[test]
    fn every_tile_and_instruction_set_gives_the_same_bits() {
        same_bits::<1>(1);
        same_bits::<2>(3);
        same_bits::<3>(3);
        same_bits::<4>(7);
    }
}
