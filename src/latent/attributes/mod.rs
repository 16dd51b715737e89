//! Attributes: what they measure, and the directions of the latent space along which they change.
//!
//! ```text
//! music -> posterior means -> top quartile - bottom quartile of an attribute = its vector
//! z + amount * vector -> decode -> more (or less) of the attribute
//! ```
//!
//! As in the MusicVAE paper (section on attribute vectors): the vector of an attribute is the mean z of the quarter of
//! the examples that has most of it less the mean z of the quarter that has least; its effect is measured by adding it
//! to and subtracting it from points of the prior. The vectors of a model lie beside it as
//! `NAME.attributes.safetensors`.

mod attribute;
mod compute;
mod drums;
mod error;
mod file;
mod melody;
mod vectors;

pub use attribute::Attribute;
pub use compute::{Measuring, compute};
pub use error::AttributeError;
pub use vectors::{Attributes, Effect, Quartile, Table, VectorRecord};

use crate::music::pattern::Pattern;

/// How much of an attribute a pattern has, 0 where there is nothing to measure it on.
pub fn measure(attribute: Attribute, pattern: &Pattern) -> f64 {
    attribute.measure(pattern).unwrap_or(0.0)
}
