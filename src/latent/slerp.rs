//! Spherical interpolation between latent points, guarded where the published formula has no answer.

/// Below this sine of the angle the published quotient has lost its digits and a limit takes its place.
const TINY: f64 = 1e-4;

/// The point a share `t` (0 = `a`, 1 = `b`) of the way from `a` to `b` along their common arc.
///
/// ```text
/// omega = angle between a and b
/// z(t)  = sin((1-t) omega) / sin(omega) * a + sin(t omega) / sin(omega) * b          (spec section 8)
/// ```
///
/// Computed in f64. The norms of the ends are kept, so `t = 0` and `t = 1` give them bit for bit. Three cases
/// have no value in the published formula and get its nearest sensible neighbour here:
/// * equal directions: the limit for a vanishing angle, which is the straight line;
/// * opposite directions: half a turn through a fixed direction at right angles, the norm going straight;
/// * an end of length zero has no direction: the straight line.
///
/// Ends of different lengths are read as padded with zeros.
pub fn slerp(a: &[f32], b: &[f32], t: f64) -> Vec<f32> {
    if t == 0.0 {
        return a.to_vec();
    }
    if t == 1.0 {
        return b.to_vec();
    }
    let size = a.len().max(b.len());
    let (a, b) = (widen(a, size), widen(b, size));
    let (na, nb) = (norm(&a), norm(&b));
    let (wa, wb) = if na == 0.0 || nb == 0.0 {
        (1.0 - t, t)
    } else {
        let omega = angle(&a, na, &b, nb);
        if omega.sin().abs() >= TINY {
            (((1.0 - t) * omega).sin() / omega.sin(), (t * omega).sin() / omega.sin())
        } else if omega < 1.0 {
            (1.0 - t, t)
        } else {
            return half_turn(&a, na, nb, t);
        }
    };
    a.iter().zip(&b).map(|(x, y)| (wa * x + wb * y) as f32).collect()
}

/// Half a turn from `a` towards its opposite, the norm going straight from `na` to `nb`.
fn half_turn(a: &[f64], na: f64, nb: f64, t: f64) -> Vec<f32> {
    // The axis along which `a` is smallest is furthest from it; made orthogonal, it is the way round.
    let axis = (0..a.len()).min_by(|&i, &j| a[i].abs().total_cmp(&a[j].abs())).unwrap_or(0);
    let side: Vec<f64> =
        (0..a.len()).map(|i| f64::from(u8::from(i == axis)) - a[i] * a[axis] / (na * na)).collect();
    let length = norm(&side);
    if length == 0.0 {
        // One dimension has no way round: through zero.
        return a.iter().map(|x| (x / na * (na + t * (-nb - na))) as f32).collect();
    }
    let radius = na + t * (nb - na);
    let (sin, cos) = (std::f64::consts::PI * t).sin_cos();
    a.iter().zip(&side).map(|(x, s)| (radius * (cos * x / na + sin * s / length)) as f32).collect()
}

/// The angle between two vectors of known norms, exact near 0 and pi where the arc cosine is not.
fn angle(a: &[f64], na: f64, b: &[f64], nb: f64) -> f64 {
    let (mut apart, mut along) = (0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x / na, y / nb);
        apart += (x - y) * (x - y);
        along += (x + y) * (x + y);
    }
    2.0 * f64::atan2(apart.sqrt(), along.sqrt())
}

fn widen(x: &[f32], size: usize) -> Vec<f64> {
    (0..size).map(|i| x.get(i).copied().map_or(0.0, f64::from)).collect()
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::slerp;

    fn near(got: &[f32], want: &[f64], within: f64) {
        assert_eq!(got.len(), want.len());
        for (g, w) in got.iter().zip(want) {
            assert!((f64::from(*g) - w).abs() <= within, "{got:?} against {want:?}");
        }
    }

    #[test]
    fn it_is_the_published_formula_between_ends_at_an_angle() {
        near(&slerp(&[2.0, 0.0], &[0.0, 4.0], 0.5), &[2f64.sqrt(), 2.0 * 2f64.sqrt()], 1e-6);
    }

    #[test]
    fn the_ends_are_kept_bit_for_bit() {
        let (a, b) = ([0.1f32, -3.7, 1e-9], [5.0f32, 0.3, -0.2]);
        assert_eq!(slerp(&a, &b, 0.0), a);
        assert_eq!(slerp(&a, &b, 1.0), b);
    }

    #[test]
    fn equal_ends_stay_where_they_are() {
        let a = [0.3f32, -1.2, 4.4];
        for t in [0.0, 0.3, 0.5, 1.0] {
            near(&slerp(&a, &a, t), &a.map(f64::from), 1e-6);
        }
    }

    #[test]
    fn ends_in_one_direction_go_straight() {
        near(&slerp(&[1.0, 2.0], &[3.0, 6.0], 0.5), &[2.0, 4.0], 1e-6);
    }

    #[test]
    fn opposite_ends_turn_around_the_origin_and_never_touch_it() {
        let (a, b) = ([3.0f32, 4.0, 0.0], [-6.0f32, -8.0, 0.0]);
        for k in 1..10 {
            let t = f64::from(k) / 10.0;
            let z = slerp(&a, &b, t);
            let norm = z.iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt();
            assert!((norm - (5.0 + 5.0 * t)).abs() < 1e-5, "{norm} at {t}");
        }
    }

    #[test]
    fn an_end_without_length_gives_a_straight_line() {
        near(&slerp(&[0.0, 0.0], &[2.0, -4.0], 0.25), &[0.5, -1.0], 1e-6);
        near(&slerp(&[0.0, 0.0], &[0.0, 0.0], 0.25), &[0.0, 0.0], 0.0);
    }

    #[test]
    fn one_dimension_passes_through_zero() {
        near(&slerp(&[2.0], &[-2.0], 0.5), &[0.0], 1e-6);
    }
}
