//! Why there are no attribute vectors.

use super::Attribute;
use crate::latent::generate::GenerateError;
use crate::model::ModelError;

/// Why attributes cannot be computed, read or applied.
#[derive(Debug, thiserror::Error)]
pub enum AttributeError {
    /// A name that is no attribute's.
    #[error("no attribute is called \"{name}\"; near ones: {}", near.join(", "))]
    Unknown {
        /// The name asked for.
        name: String,
        /// Names that look like it.
        near: Vec<String>,
    },
    /// A model without a vector of this attribute.
    #[error("{model} has no vector of {attribute}; it has {}", has.join(", "))]
    NotInModel {
        /// The model.
        model: String,
        /// The attribute asked for.
        attribute: Attribute,
        /// Those that the model has.
        has: Vec<String>,
    },
    /// No file of vectors beside a model.
    #[error(
        "{model} has no attribute vectors yet. Compute them from music: `mvae-tui attributes compute --model {model} --data FOLDER`"
    )]
    Absent {
        /// The model.
        model: String,
    },
    /// Vectors of other weights.
    #[error(
        "{file}: these vectors are of {made}, not of {model} as it is. Compute them again: `mvae-tui attributes compute --model {model} --data FOLDER --force`"
    )]
    OtherModel {
        /// The file.
        file: String,
        /// The model they were computed for.
        made: String,
        /// The model at hand.
        model: String,
    },
    /// Bytes that are no vectors.
    #[error(
        "{file} holds no readable attribute vectors: {cause}. Compute them again with `mvae-tui attributes compute`"
    )]
    Format {
        /// The file.
        file: String,
        /// What is wrong.
        cause: String,
    },
    /// Too little music.
    #[error(
        "{found} examples are too few to tell a top quarter from a bottom one; give music with at least {need}"
    )]
    TooFew {
        /// Examples given.
        found: usize,
        /// Examples needed.
        need: usize,
    },
    /// An amount that is no number.
    #[error("an amount of {0} makes no sense; 1 adds the vector once, -1 takes it away, 0.5 to 2 is usual")]
    Amount(f32),
    /// The model said no.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Nothing could be decoded.
    #[error(transparent)]
    Generate(#[from] GenerateError),
}
