//! Element-wise passes of the trainer: LSTM gates forward and backward, softmax, softplus.
//!
//! Written as plain loops over slices; each is compiled for the widest instructions of the machine, found at run
//! time. `exp` is a polynomial (relative error under 2e-7), since the C library's is scalar.
#![allow(unsafe_code)] // Calls of functions compiled for instructions that were just found on this CPU.

/// Compiles a function body for AVX-512, AVX2 and the base instruction set, and picks at run time.
macro_rules! multiversion {
    ($(#[$meta:meta])* pub fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $body:block) => {
        $(#[$meta])*
        #[allow(clippy::too_many_arguments)]
        pub fn $name($($arg: $ty),*) {
            #[inline(always)]
            #[allow(clippy::too_many_arguments)]
            fn body($($arg: $ty),*) $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx2,fma")]
                #[allow(clippy::too_many_arguments)]
                fn avx512($($arg: $ty),*) { body($($arg),*) }
                #[target_feature(enable = "avx2,fma")]
                #[allow(clippy::too_many_arguments)]
                fn avx2($($arg: $ty),*) { body($($arg),*) }
                if is_x86_feature_detected!("avx512f") {
                    // SAFETY: the instructions were just found.
                    return unsafe { avx512($($arg),*) };
                }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    // SAFETY: the instructions were just found.
                    return unsafe { avx2($($arg),*) };
                }
            }
            body($($arg),*)
        }
    };
}

/// `e^x` by range reduction to `[-ln 2 / 2, ln 2 / 2]` and a polynomial of degree 6.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0; // 1.5 * 2^23: adding and taking it away rounds to an integer
    let x = x.clamp(-87.0, 88.0);
    let n = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = x - n * 0.693_359_4 - n * -2.121_944_4e-4;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let p = p * r * r + r + 1.0;
    p * f32::from_bits((((n as i32) + 127) << 23) as u32)
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[inline(always)]
fn tanh(x: f32) -> f32 {
    2.0 / (1.0 + exp(-2.0 * x)) - 1.0
}

multiversion! {
    /// One row of an LSTM step (spec section 2). `gates` `[4h]` holds the sums of i, j, f, o and leaves with their
    /// activations; `c_before` `[h]` gives `c`, `tanh_c` and `h`, all `[h]`.
    pub fn gates_forward(gates: &mut [f32], c_before: &[f32], c: &mut [f32], tanh_c: &mut [f32], h: &mut [f32]) {
        let n = c_before.len();
        let (i, rest) = gates.split_at_mut(n);
        let (j, rest) = rest.split_at_mut(n);
        let (f, o) = rest.split_at_mut(n);
        let (o, c, tanh_c, h) = (&mut o[..n], &mut c[..n], &mut tanh_c[..n], &mut h[..n]);
        for u in 0..n {
            let (gi, gj) = (sigmoid(i[u]), tanh(j[u]));
            let (gf, go) = (sigmoid(f[u] + 1.0), sigmoid(o[u]));
            let state = gf * c_before[u] + gi * gj;
            let squashed = tanh(state);
            (i[u], j[u], f[u], o[u]) = (gi, gj, gf, go);
            (c[u], tanh_c[u], h[u]) = (state, squashed, go * squashed);
        }
    }
}

multiversion! {
    /// The way back through `gates_forward`: `gates` holds activations and leaves with the gradients of their sums;
    /// `dc` is the gradient of `c` and leaves as that of `c_before`; `dh` is that of `h`.
    pub fn gates_backward(gates: &mut [f32], c_before: &[f32], tanh_c: &[f32], dh: &[f32], dc: &mut [f32]) {
        let n = c_before.len();
        let (i, rest) = gates.split_at_mut(n);
        let (j, rest) = rest.split_at_mut(n);
        let (f, o) = rest.split_at_mut(n);
        let (o, tanh_c, dh, dc) = (&mut o[..n], &tanh_c[..n], &dh[..n], &mut dc[..n]);
        for u in 0..n {
            let (gi, gj, gf, go, t) = (i[u], j[u], f[u], o[u], tanh_c[u]);
            let d = dc[u] + dh[u] * go * (1.0 - t * t);
            i[u] = d * gj * gi * (1.0 - gi);
            j[u] = d * gi * (1.0 - gj * gj);
            f[u] = d * c_before[u] * gf * (1.0 - gf);
            o[u] = dh[u] * t * go * (1.0 - go);
            dc[u] = d * gf;
        }
    }
}

multiversion! {
    /// Softmax of one row, in place.
    pub fn softmax(row: &mut [f32]) {
        let mut largest = [f32::NEG_INFINITY; 16];
        for part in row.chunks(16) {
            for (l, &x) in largest.iter_mut().zip(part) {
                *l = if x > *l { x } else { *l };
            }
        }
        let largest = largest.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
        let mut sums = [0.0f32; 16];
        for part in row.chunks_mut(16) {
            for (sum, x) in sums.iter_mut().zip(part) {
                *x = exp(*x - largest);
                *sum += *x;
            }
        }
        let scale = 1.0 / sums.iter().sum::<f32>();
        for x in row {
            *x *= scale;
        }
    }
}

multiversion! {
    /// `out += a`, element by element.
    pub fn add(out: &mut [f32], a: &[f32]) {
        for (x, y) in out.iter_mut().zip(a) {
            *x += y;
        }
    }
}

multiversion! {
    /// One Adam step over a tensor (spec section 7): `rate` is the corrected one, eps stays outside the correction.
    pub fn adam(value: &mut [f32], grad: &[f32], m: &mut [f32], v: &mut [f32], scale: f32, rate: f32) {
        let n = value.len();
        let (grad, m, v) = (&grad[..n], &mut m[..n], &mut v[..n]);
        for x in 0..n {
            let g = grad[x] * scale;
            m[x] = 0.9 * m[x] + 0.1 * g;
            v[x] = 0.999 * v[x] + 0.001 * g * g;
            value[x] -= rate * m[x] / (v[x].sqrt() + 1e-8);
        }
    }
}

/// Sum of squares, in eight running sums of double precision.
pub fn sum_of_squares(values: &[f32]) -> f64 {
    let mut sums = [0.0f64; 8];
    let parts = values.chunks_exact(8);
    let rest: f64 = parts.remainder().iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    for part in parts {
        for (sum, &x) in sums.iter_mut().zip(part) {
            *sum += f64::from(x) * f64::from(x);
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// `ln(1 + e^x)` without overflow.
pub fn softplus(x: f32) -> f32 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// The logistic function, to the C library's accuracy.
pub fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    #[test]
    fn polynomial_exp_is_close_over_its_whole_range() {
        for step in -8000..8000 {
            let x = step as f32 * 0.01;
            let exact = f64::from(x).exp();
            assert!(((f64::from(super::exp(x)) - exact) / exact).abs() < 4e-7, "{x}");
        }
    }

    #[test]
    fn softmax_sums_to_one_at_any_width() {
        for n in [1, 9, 16, 90, 513] {
            let mut row: Vec<f32> = (0..n).map(|x| (x as f32 * 0.37).sin() * 30.0).collect();
            super::softmax(&mut row);
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }
}
