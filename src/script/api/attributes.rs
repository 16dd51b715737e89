//! Attributes: how much of something a pattern has, and the way to more of it.

use rhai::plugin::*;

use super::super::error::{OrFail, Outcome, fail};
use super::super::value::{Model, Point};
use crate::latent::attributes::{Attribute, Attributes, measure as measured};
use crate::latent::generate::{self, Sampling};

/// Farthest that `toward` goes along a vector, in lengths of it.
const FARTHEST: f64 = 3.0;
/// Places along the vector that `toward` tries.
const TRIES: usize = 25;

/// Attributes: how much of something a pattern has, and the way to more of it.
#[export_module]
pub mod functions {
    use rhai::{Array, Dynamic, FLOAT, INT};

    use super::super::number::number;
    use super::{direction, search};
    use crate::latent::attributes::{Attribute, measure as measured};
    use crate::script::error::{OrFail, Outcome, fail};
    use crate::script::value::{Model, Point, Push, Tune};

    /// How much of an attribute a pattern has: `beat.measure("density")`; `model.attributes` lists the names.
    #[rhai_fn(return_raw, pure)]
    pub fn measure(pattern: &mut Tune, attribute: &str) -> Outcome<FLOAT> {
        Ok(measured(Attribute::find(attribute).or_fail()?, pattern.pattern()))
    }

    /// Names of the attributes of what the model makes.
    #[rhai_fn(get = "attributes", pure)]
    pub fn attributes(model: &mut Model) -> Array {
        Attribute::of(model.0.settings().kind).iter().map(|attribute| attribute.name().into()).collect()
    }

    /// The direction of an attribute in the space of the model: `point + 1.5 * drums.attr("density")`. It needs the
    /// vectors that `mvae-tui attributes compute` puts beside a model.
    #[rhai_fn(return_raw, pure)]
    pub fn attr(model: &mut Model, attribute: &str) -> Outcome<Point> {
        direction(model, attribute)
    }

    /// The point nearest on the way along an attribute's vector whose likeliest pattern comes closest to a measure:
    /// `point.toward("density", 1.5)`.
    #[rhai_fn(return_raw, pure)]
    pub fn toward(point: &mut Point, attribute: &str, target: Dynamic) -> Outcome<Point> {
        search(point, attribute, number(&target, "a measure")?)
    }

    /// More of an attribute, in the space of whatever point it is added to: `z + 1.5 * attr("density")`.
    #[rhai_fn(return_raw, name = "attr")]
    pub fn attr_of_any(attribute: &str) -> Outcome<Push> {
        let name = Attribute::find(attribute).or_fail()?.name();
        Ok(Push { name, by: 1.0 })
    }

    /// So many times as much of it.
    #[rhai_fn(name = "*")]
    pub fn factor_push(factor: FLOAT, push: Push) -> Push {
        Push { by: push.by * factor, ..push }
    }

    /// So many times as much of it.
    #[rhai_fn(name = "*")]
    pub fn whole_push(factor: INT, push: Push) -> Push {
        factor_push(factor as FLOAT, push)
    }

    /// So many times as much of it.
    #[rhai_fn(name = "*")]
    pub fn push_factor(push: Push, factor: FLOAT) -> Push {
        factor_push(factor, push)
    }

    /// So many times as much of it.
    #[rhai_fn(name = "*")]
    pub fn push_whole(push: Push, factor: INT) -> Push {
        factor_push(factor as FLOAT, push)
    }

    /// The push in a line.
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn push_to_string(push: &mut Push) -> String {
        push.to_string()
    }

    /// The point with more of an attribute.
    #[rhai_fn(return_raw, name = "+")]
    pub fn point_and_push(point: Point, push: Push) -> Outcome<Point> {
        let vector = direction(&point.model, push.name)?;
        point.zip(&vector, |a, b| a + push.by * b)
    }

    /// The point with less of an attribute.
    #[rhai_fn(return_raw, name = "-")]
    pub fn point_less_push(point: Point, push: Push) -> Outcome<Point> {
        point_and_push(point, factor_push(-1.0, push))
    }

    /// The pattern moved along an attribute's vector until it measures so much: `beat.with("syncopation", 0.8)`.
    #[rhai_fn(return_raw, name = "with", name = "having", pure)]
    pub fn having(pattern: &mut Tune, attribute: &str, target: Dynamic) -> Outcome<Tune> {
        let Some((made, model)) = pattern.origin() else {
            return fail(
                "this pattern was changed by hand; model.encode(pattern).toward(...) moves its point",
            );
        };
        let point = Point::new(model, made.z.clone())?;
        super::super::models::likeliest(&search(&point, attribute, number(&target, "a measure")?)?)
    }
}

/// The vector of an attribute, as a point to add.
fn direction(model: &Model, attribute: &str) -> Outcome<Point> {
    let attribute = Attribute::find(attribute).or_fail()?;
    let settings = model.0.settings();
    let vectors = Attributes::beside(model.name(), settings).or_fail()?;
    match vectors.vector(attribute.name()) {
        Some(vector) => Point::new(model, vector.to_vec()),
        None => fail(format!("{} has no vector of {}", model.name(), attribute.name())),
    }
}

/// The place along the vector whose decoding measures closest to `target`; of equals the one nearest to the point.
fn search(point: &Point, attribute: &str, target: f64) -> Outcome<Point> {
    let vector = direction(&point.model, attribute)?;
    let attribute = Attribute::find(attribute).or_fail()?;
    let mut steps: Vec<f64> =
        (0..TRIES).map(|i| FARTHEST * (2.0 * i as f64 / (TRIES - 1) as f64 - 1.0)).collect();
    steps.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let points: Vec<Point> =
        steps.iter().map(|step| point.zip(&vector, |a, b| a + step * b)).collect::<Outcome<_>>()?;
    let z: Vec<Vec<f32>> = points.iter().map(|point| point.z.to_vec()).collect();
    let how = Sampling { temperature: 0.0, ..Sampling::default() };
    let made = generate::decode(&point.model.0, &z, &how).or_fail()?;
    let off = |made: &generate::Generated| (measured(attribute, &made.pattern) - target).abs();
    let best = made.iter().enumerate().min_by(|a, b| off(a.1).total_cmp(&off(b.1)).then(a.0.cmp(&b.0)));
    match best.and_then(|(at, _)| points.get(at)) {
        Some(found) => Ok(found.clone()),
        None => fail("the model made nothing"),
    }
}
