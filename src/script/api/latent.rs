//! Paths, grids, palettes.

use rhai::plugin::*;

/// Paths, grids, palettes.
#[export_module]
pub mod functions {
    use std::sync::Arc;

    use rhai::{Array, Dynamic, FLOAT, INT};

    use super::super::number::{number, whole, within};
    use crate::latent::path;
    use crate::latent::slerp::slerp;
    use crate::script::context::here;
    use crate::script::error::{Outcome, fail};
    use crate::script::limits;
    use crate::script::value::{Palette, Point, Tune, Way};

    fn point(value: Dynamic) -> Outcome<Point> {
        if let Some(tune) = value.read_lock::<Tune>() {
            return match tune.origin() {
                Some((made, model)) => Point::new(model, made.z.clone()),
                None => fail("a pattern changed by hand has no point; model.encode(pattern) finds one"),
            };
        }
        match value.try_cast::<Point>() {
            Some(point) => Ok(point),
            None => fail("a way leads through points, or patterns that a model made"),
        }
    }

    /// A way through several points (or patterns that a model made), in order.
    #[rhai_fn(return_raw, name = "path")]
    pub fn path_through(points: Array) -> Outcome<Way> {
        Way::new(points.into_iter().map(point).collect::<Outcome<_>>()?)
    }

    /// The point at `share` of the way, 0 its begin, 1 its end.
    #[rhai_fn(return_raw, name = "at", pure)]
    pub fn at(way: &mut Way, share: Dynamic) -> Outcome<Point> {
        way.at(number(&share, "a share")?)
    }

    /// The same way travelled in so many beats from now on: `.now()` is the point at which it is.
    #[rhai_fn(return_raw, pure)]
    pub fn over(way: &mut Way, beats: Dynamic) -> Outcome<Way> {
        let length = within(&beats, "the beats of a way", 0.25, 65_536.0)?;
        Ok(Way { points: way.points.clone(), time: Some((length, here()?.beat())) })
    }

    /// The point of a travelled way at this beat; at its end it stays.
    #[rhai_fn(return_raw, pure)]
    pub fn now(way: &mut Way) -> Outcome<Point> {
        let Some((length, from)) = way.time else {
            return fail("this way is not travelled in time; .over(bars(8)) begins");
        };
        way.at((here()?.beat() - from) / length)
    }

    /// True once a travelled way has come to its end.
    #[rhai_fn(return_raw, pure)]
    pub fn arrived(way: &mut Way) -> Outcome<bool> {
        let Some((length, from)) = way.time else { return Ok(false) };
        Ok(here()?.beat() - from >= length - 1e-6)
    }

    /// So many points evenly spaced along a way, both ends included.
    #[rhai_fn(return_raw, name = "points", pure)]
    pub fn points(way: &mut Way, count: INT) -> Outcome<Array> {
        let count = whole(count, "a number of points", 1, limits::PATTERNS as INT)? as usize;
        (0..count).map(|i| way.at(path::share(i, count)).map(Dynamic::from)).collect()
    }

    /// So many points from `a` to `b` along the arc, both included: `grid(a, b, 13)`.
    #[rhai_fn(return_raw)]
    pub fn grid(a: Dynamic, b: Dynamic, count: INT) -> Outcome<Array> {
        points(&mut Way::new(vec![point(a)?, point(b)?])?, count)
    }

    /// The middle of several points (or patterns that a model made).
    #[rhai_fn(return_raw)]
    pub fn middle(of: Array) -> Outcome<Point> {
        let way = Way::new(of.into_iter().map(point).collect::<Outcome<_>>()?)?;
        let z: Vec<Vec<f32>> = way.points.iter().map(|p| p.z.to_vec()).collect();
        Point::new(&way.points[0].model, path::middle(&z))
    }

    /// A surface with four corners: `palette(a, b, c, d)`, top left, top right, bottom left, bottom right.
    #[rhai_fn(return_raw)]
    pub fn palette(a: Dynamic, b: Dynamic, c: Dynamic, d: Dynamic) -> Outcome<Palette> {
        let corners = [point(a)?, point(b)?, point(c)?, point(d)?];
        for corner in &corners[1..] {
            corners[0].same_model(corner)?;
        }
        Ok(Palette(Arc::new(corners)))
    }

    /// The point of a palette at `x` (0 left, 1 right) and `y` (0 top, 1 bottom).
    #[rhai_fn(return_raw, name = "at", pure)]
    pub fn palette_at(palette: &mut Palette, x: Dynamic, y: Dynamic) -> Outcome<Point> {
        let (x, y) = (number(&x, "x")?.clamp(0.0, 1.0), number(&y, "y")?.clamp(0.0, 1.0));
        let [a, b, c, d] = &*palette.0;
        let (top, bottom) = (slerp(&a.z, &b.z, x), slerp(&c.z, &d.z, x));
        Point::new(&a.model, slerp(&top, &bottom, y))
    }

    /// The way in a line.
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn way_to_string(way: &mut Way) -> String {
        way.to_string()
    }

    /// The palette in a line.
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn palette_to_string(palette: &mut Palette) -> String {
        palette.to_string()
    }

    /// Beats of a travelled way, 0 where it is not travelled.
    #[rhai_fn(get = "beats", pure)]
    pub fn beats(way: &mut Way) -> FLOAT {
        way.time.map_or(0.0, |(length, _)| length)
    }
}
