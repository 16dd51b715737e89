//! Arithmetic with points.

use rhai::plugin::*;

/// Arithmetic with points.
#[export_module]
pub mod functions {
    use rhai::{Array, Dynamic, FLOAT, INT};

    use super::super::number::number;
    use crate::latent::slerp::slerp as along_the_arc;
    use crate::script::context::here;
    use crate::script::error::Outcome;
    use crate::script::value::Point;

    /// The sum of two points.
    #[rhai_fn(return_raw, name = "+")]
    pub fn add(a: Point, b: Point) -> Outcome<Point> {
        a.zip(&b, |a, b| a + b)
    }

    /// The difference of two points: a direction.
    #[rhai_fn(return_raw, name = "-")]
    pub fn subtract(a: Point, b: Point) -> Outcome<Point> {
        a.zip(&b, |a, b| a - b)
    }

    /// A point so many times as far from the middle.
    #[rhai_fn(return_raw, name = "*")]
    pub fn times(point: Point, factor: FLOAT) -> Outcome<Point> {
        point.map(|x| x * factor)
    }

    /// A point so many times as far from the middle.
    #[rhai_fn(return_raw, name = "*")]
    pub fn times_whole(point: Point, factor: INT) -> Outcome<Point> {
        point.map(|x| x * factor as f64)
    }

    /// A point so many times as far from the middle.
    #[rhai_fn(return_raw, name = "*")]
    pub fn factor_times(factor: FLOAT, point: Point) -> Outcome<Point> {
        point.map(|x| x * factor)
    }

    /// A point so many times as far from the middle.
    #[rhai_fn(return_raw, name = "*")]
    pub fn whole_times(factor: INT, point: Point) -> Outcome<Point> {
        point.map(|x| x * factor as f64)
    }

    /// The opposite point.
    #[rhai_fn(return_raw, name = "-")]
    pub fn negative(point: Point) -> Outcome<Point> {
        point.map(|x| -x)
    }

    /// True where two points are one.
    #[rhai_fn(name = "==")]
    pub fn same(a: Point, b: Point) -> bool {
        a.model.name() == b.model.name() && a.z == b.z
    }

    /// True where two points are not one.
    #[rhai_fn(name = "!=")]
    pub fn differs(a: Point, b: Point) -> bool {
        !same(a, b)
    }

    /// How far a point is from the middle of the space; points of the prior are about the square root of the number of
    /// dimensions away.
    #[rhai_fn(pure)]
    pub fn norm(point: &mut Point) -> FLOAT {
        point.norm()
    }

    /// How far two points are from each other.
    #[rhai_fn(return_raw)]
    pub fn distance(a: Point, b: Point) -> Outcome<FLOAT> {
        Ok(a.zip(&b, |a, b| a - b)?.norm())
    }

    /// The point at `share` of the straight line from `a` (0) to `b` (1).
    #[rhai_fn(return_raw)]
    pub fn mix(a: Point, b: Point, share: Dynamic) -> Outcome<Point> {
        let share = number(&share, "a share")?;
        a.zip(&b, |a, b| a + (b - a) * share)
    }

    /// The point at `share` of the arc from `a` (0) to `b` (1): the way the published interpolation takes.
    #[rhai_fn(return_raw)]
    pub fn slerp(a: Point, b: Point, share: Dynamic) -> Outcome<Point> {
        a.same_model(&b)?;
        Point::new(&a.model, along_the_arc(&a.z, &b.z, number(&share, "a share")?))
    }

    /// A step of a random walk: `step` of the way to a fresh draw of the prior, 0 to 1.
    #[rhai_fn(return_raw)]
    pub fn walk(point: Point, step: Dynamic) -> Outcome<Point> {
        let step = number(&step, "a step")?;
        let seed = here()?.draw();
        let towards = crate::latent::noise::Noise::new(seed, 0).prior(point.z.len());
        Point::new(&point.model, along_the_arc(&point.z, &towards, step))
    }

    /// The numbers of a point.
    #[rhai_fn(get = "values", pure)]
    pub fn values(point: &mut Point) -> Array {
        point.z.iter().map(|x| Dynamic::from(f64::from(*x))).collect()
    }

    /// The point in a line.
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn point_to_string(point: &mut Point) -> String {
        point.to_string()
    }
}
