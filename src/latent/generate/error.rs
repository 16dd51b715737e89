//! Why no pattern was made.

use super::sampling::MOST_STEPS;
use crate::codec::CodecError;
use crate::model::ModelError;

/// Why no pattern was made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The model said no.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The tokens or notes do not fit.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// No codec speaks the language of this model.
    #[error(
        "{model}: no converter for its configuration {config} yet. Pick another model: `mvae-tui models list`"
    )]
    NoConverter {
        /// The model's name.
        model: String,
        /// Its configuration.
        config: String,
    },
    /// A temperature below zero, or no number.
    #[error(
        "temperature {0} is out of range. It takes a number from 0 (the likeliest notes) up; 0.5 to 1.2 is usual"
    )]
    Temperature(f32),
    /// A length the model cannot make.
    #[error(
        "a length of {asked} steps does not fit {model}. Its patterns have {own} steps; take a multiple of that, at most {MOST_STEPS}"
    )]
    Length {
        /// The model's name.
        model: String,
        /// Steps asked for.
        asked: usize,
        /// Steps of the model.
        own: usize,
    },
    /// A length that a hierarchical model cannot make.
    #[error("{model} makes patterns of {own} steps and no others, not of {asked}. Leave the length out")]
    OwnLength {
        /// The model's name.
        model: String,
        /// Steps asked for.
        asked: usize,
        /// Steps of the model.
        own: usize,
    },
    /// A model that is conditioned on chords was given none.
    #[error("{model} plays over chords and none were given. Name some, as in --chords \"C Am F G\"")]
    NeedsChords {
        /// The model's name.
        model: String,
    },
    /// A model that is conditioned on hits was given none.
    #[error(
        "{model} plays given hits and none were given. Take them from a file: --hits F.mid, or `mvae-tui humanize F.mid --model {model}`"
    )]
    NeedsHits {
        /// The model's name.
        model: String,
    },
    /// A model that is conditioned on nothing was given chords or hits.
    #[error(
        "{model} takes no chords. Leave them out, or take a model that plays over them (cat-mel_2bar_med_chords)"
    )]
    TakesNoControls {
        /// The model's name.
        model: String,
    },
    /// A latent point of the wrong size.
    #[error(
        "a z of {got} numbers does not fit {model}, which takes {need}. Encode the pattern with this model, or decode with the model it came from"
    )]
    ZSize {
        /// The model's name.
        model: String,
        /// Numbers given.
        got: usize,
        /// Numbers needed.
        need: usize,
    },
    /// A latent point with NaN or infinity in it.
    #[error("number {index} of this z is {value}. Encode the pattern again: every number has to be finite")]
    ZValue {
        /// 1-based.
        index: usize,
        /// The value.
        value: f32,
    },
    /// A share outside 0..=1.
    #[error("an amount of {0} is out of range. It goes from 0 (no change) to 1 (all new)")]
    Amount(f32),
    /// Nothing to interpolate between or to average.
    #[error("no pattern was given. Name one file at least")]
    Nothing,
}
