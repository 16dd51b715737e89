//! Exponentials without branches, so that loops over lanes become vector code; the same bits on every machine.

/// 1.5 * 2^23: adding it rounds a small number to an integer, which then stands in the low bits.
const ROUND: f32 = 12_582_912.0;

/// `e^x` within 2 ulp for -87 <= x <= 88; clamped beyond. Range reduction by ln 2 in two parts, then the
/// polynomial of Cephes `expf`.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = if x > 88.0 { 88.0 } else { x };
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-0.693_359_4, x);
    let r = n.mul_add(2.121_944_4e-4, r);
    let p = 1.987_569_1e-4_f32;
    let p = p.mul_add(r, 1.398_199_9e-3);
    let p = p.mul_add(r, 8.333_452e-3);
    let p = p.mul_add(r, 4.166_579_6e-2);
    let p = p.mul_add(r, 1.666_666_5e-1);
    let p = p.mul_add(r, 0.5);
    let y = p.mul_add(r * r, r) + 1.0;
    let power = (shifted.to_bits() << 23).wrapping_add(0x3F80_0000);
    y * f32::from_bits(power)
}

/// The logistic `1 / (1 + e^-x)`.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent, absolute error below 2e-7.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let e = exp(2.0 * x);
    (e - 1.0) / (e + 1.0)
}

/// `ln(1 + e^x)` without overflow or loss of small values.
pub fn softplus(x: f32) -> f32 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::{exp, sigmoid, softplus, tanh};

    fn points() -> impl Iterator<Item = f32> {
        (-8600..=8600).map(|i| i as f32 * 0.01 + 0.0013)
    }

    #[test]
    fn exponentials_are_within_two_units_in_the_last_place() {
        for x in points() {
            let true_value = f64::from(x).exp();
            let error = (f64::from(exp(x)) - true_value).abs() / true_value;
            assert!(error < 2.4e-7, "exp({x}) is off by {error}");
        }
    }

    #[test]
    fn sigmoid_tanh_and_softplus_follow_their_definitions() {
        for x in points() {
            let d = f64::from(x);
            assert!((f64::from(sigmoid(x)) - 1.0 / (1.0 + (-d).exp())).abs() < 2e-7, "sigmoid({x})");
            assert!((f64::from(tanh(x)) - d.tanh()).abs() < 2e-7, "tanh({x})");
            assert!(
                (f64::from(softplus(x)) - d.exp().ln_1p()).abs() < 1e-7 * d.abs().max(1.0),
                "softplus({x})"
            );
        }
        assert!(sigmoid(-500.0) >= 0.0 && sigmoid(500.0) == 1.0 && tanh(-500.0) == -1.0);
        assert!(softplus(-30.0) > 0.0);
    }
}
