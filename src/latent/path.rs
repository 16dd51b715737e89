//! Paths through several latent points, and their common middle.

use super::slerp::slerp;

/// The point at `position` on the path through `points`: 0 is the first, 1 the second, and so on, slerp between.
///
/// Positions outside are held at the ends; no points give an empty vector.
pub fn at(points: &[Vec<f32>], position: f64) -> Vec<f32> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    let position = position.clamp(0.0, last as f64);
    let from = (position as usize).min(last.saturating_sub(1));
    match points.get(from + 1) {
        Some(next) => slerp(&points[from], next, position - from as f64),
        None => points[from].clone(),
    }
}

/// `count` points evenly spaced along the path through `points`, both ends included.
///
/// One asked for is the first point. Between two points this is the published interpolation (spec section 8).
pub fn through(points: &[Vec<f32>], count: usize) -> Vec<Vec<f32>> {
    let spans = points.len().saturating_sub(1) as f64;
    (0..count).map(|i| at(points, spans * share(i, count))).collect()
}

/// The `index`-th of `count` evenly spaced shares of 0..=1.
pub fn share(index: usize, count: usize) -> f64 {
    if count < 2 { 0.0 } else { index as f64 / (count - 1) as f64 }
}

/// The middle of any number of points: `sum(p) / |sum(p / |p|)|`.
///
/// Of two points it is their slerp at one half, of more it does not depend on their order. Points that cancel
/// out (and a pair of opposite ones, which takes [`slerp`]'s way round) have no common direction: the plain
/// average stands in.
pub fn middle(points: &[Vec<f32>]) -> Vec<f32> {
    if let [a, b] = points {
        return slerp(a, b, 0.5);
    }
    let size = points.iter().map(Vec::len).max().unwrap_or(0);
    let (mut sum, mut units) = (vec![0.0f64; size], vec![0.0f64; size]);
    for p in points {
        let norm = p.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
        for (i, &x) in p.iter().enumerate() {
            sum[i] += f64::from(x);
            if norm > 0.0 {
                units[i] += f64::from(x) / norm;
            }
        }
    }
    let agreement = units.iter().map(|x| x * x).sum::<f64>().sqrt();
    let divisor = if agreement > 1e-3 * points.len() as f64 { agreement } else { points.len().max(1) as f64 };
    sum.iter().map(|x| (x / divisor) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Vec<Vec<f32>> {
        vec![vec![1.0, 0.0], vec![0.0, 1.0], vec![-1.0, 0.0]]
    }

    #[test]
    fn a_path_passes_through_each_of_its_points() {
        let points = square();
        assert_eq!(through(&points, 3), points);
        let nine = through(&points, 9);
        assert_eq!(
            (nine[0].clone(), nine[4].clone(), nine[8].clone()),
            (points[0].clone(), points[1].clone(), points[2].clone())
        );
    }

    #[test]
    fn one_point_alone_is_a_path_that_stays() {
        assert_eq!(through(&[vec![1.0, 2.0]], 3), vec![vec![1.0, 2.0]; 3]);
        assert!(at(&[], 0.5).is_empty());
    }

    #[test]
    fn the_middle_of_two_is_their_slerp_at_one_half() {
        let (a, b) = (vec![1.0f32, 2.0, -0.5], vec![0.2f32, -1.0, 3.0]);
        assert_eq!(middle(&[a.clone(), b.clone()]), slerp(&a, &b, 0.5));
    }

    #[test]
    fn the_middle_of_many_agrees_with_the_middle_of_two_and_forgets_the_order() {
        let (a, b) = (vec![1.0f32, 2.0, -0.5], vec![0.2f32, -1.0, 3.0]);
        let (pair, double) =
            (middle(&[a.clone(), b.clone()]), middle(&[a.clone(), b.clone(), b.clone(), a.clone()]));
        for (x, y) in pair.iter().zip(&double) {
            assert!((x - y).abs() < 1e-6);
        }
        let c = vec![0.4f32, 0.4, 0.4];
        assert_eq!(middle(&[a.clone(), b.clone(), c.clone()]).len(), 3);
        for (x, y) in middle(&[a.clone(), b.clone(), c.clone()]).iter().zip(middle(&[c, b, a])) {
            assert!((x - y).abs() < 1e-6);
        }
    }
}
