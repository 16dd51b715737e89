//! A palette: four points at the corners of a square, and everything between them.

use super::slerp::slerp;

/// Four latent points at the corners of a square.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    /// Left above, right above, left below, right below.
    corners: [Vec<f32>; 4],
}

impl Palette {
    /// The palette with these corners: left above, right above, left below, right below.
    pub fn new(corners: [Vec<f32>; 4]) -> Self {
        Self { corners }
    }

    /// The corners as they were given.
    pub fn corners(&self) -> &[Vec<f32>; 4] {
        &self.corners
    }

    /// The point at `x` (0 left .. 1 right) and `y` (0 top .. 1 bottom): along the arcs of the upper and of the lower
    /// edge, then along the arc between these two ([`slerp`], guarded as there). The corners come back bit for bit;
    /// places outside are held at the edge, and what is no number is 0.
    pub fn at(&self, x: f64, y: f64) -> Vec<f32> {
        let held = |t: f64| if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) };
        let (x, y) = (held(x), held(y));
        let [a, b, c, d] = &self.corners;
        slerp(&slerp(a, b, x), &slerp(c, d, x), y)
    }

    /// The points of a grid, row by row from the top, with their places.
    pub fn grid(&self, columns: usize, rows: usize) -> Vec<(f64, f64, Vec<f32>)> {
        let share = super::path::share;
        let places = (0..rows).flat_map(|r| (0..columns).map(move |c| (share(c, columns), share(r, rows))));
        places.map(|(x, y)| (x, y, self.at(x, y))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn palette() -> Palette {
        Palette::new([vec![1.0, 0.0, 0.0], vec![0.0, 2.0, 0.0], vec![0.0, 0.0, 3.0], vec![-1.0, 0.5, 0.25]])
    }

    #[test]
    fn the_corners_are_the_corners_bit_for_bit() {
        let p = palette();
        let found = [p.at(0.0, 0.0), p.at(1.0, 0.0), p.at(0.0, 1.0), p.at(1.0, 1.0)];
        assert_eq!(&found, p.corners());
        assert_eq!((p.at(-3.0, f64::NAN), p.at(9.0, 9.0)), (found[0].clone(), found[3].clone()));
    }

    #[test]
    fn an_edge_is_the_arc_between_its_corners() {
        let p = palette();
        assert_eq!(p.at(0.25, 0.0), slerp(&p.corners()[0], &p.corners()[1], 0.25));
    }

    #[test]
    fn points_of_one_length_stay_on_their_sphere() {
        let p = Palette::new([
            vec![2.0, 0.0, 0.0],
            vec![0.0, 2.0, 0.0],
            vec![0.0, 0.0, 2.0],
            vec![-2.0, 0.0, 0.0],
        ]);
        for (_, _, z) in p.grid(5, 4) {
            let norm = z.iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt();
            assert!((norm - 2.0).abs() < 1e-5, "{norm}");
        }
    }

    #[test]
    fn four_equal_corners_are_one_point_everywhere() {
        let p = Palette::new([0; 4].map(|_| vec![0.5, -1.0]));
        assert!(p.grid(3, 3).iter().all(|(_, _, z)| z.iter().all(|x| x.is_finite())));
        assert_eq!(p.grid(3, 2).len(), 6);
    }
}
