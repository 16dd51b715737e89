//! Why a pattern or a file cannot be turned into tokens.

use thiserror::Error;

/// What can go wrong between notes and tokens.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CodecError {
    /// The pattern has another length than the model takes.
    #[error("the pattern has {steps} steps, this model takes {need}; cut or loop it to {bars} bars first", bars = need / 16)]
    WrongLength {
        /// Steps of the pattern.
        steps: u32,
        /// Steps of the model.
        need: u32,
    },
    /// Tokens of another kind than the converter's.
    #[error("these are {got} tokens, this model speaks {need}; pick a {got} model")]
    WrongKind {
        /// Kind of the tokens.
        got: &'static str,
        /// Kind of the converter.
        need: &'static str,
    },
    /// The pattern has nothing of the parts that the model knows.
    #[error(
        "the pattern has no {need}, and that is all this model takes; pick another model or another pattern"
    )]
    MissingPart {
        /// The parts.
        need: &'static str,
    },
    /// A note starts behind the end of the pattern.
    #[error("a note starts at step {start} of a pattern of {steps} steps; move it or lengthen the pattern")]
    OutOfPattern {
        /// First step of the note.
        start: u32,
        /// Steps of the pattern.
        steps: u32,
    },
    /// A drum that the model's kit lacks.
    #[error("drum key {key} at step {step} is in no class of the kit; move it to one of the kit's keys")]
    UnknownDrum {
        /// MIDI key.
        key: u8,
        /// Step.
        step: u32,
    },
    /// A pitch that the model cannot say.
    #[error("the note of MIDI key {key} at step {step} is outside 21..108 (A0..C8); transpose it")]
    PitchOutOfRange {
        /// MIDI key.
        key: u8,
        /// Step.
        step: u32,
    },
    /// A file of which a single example was wanted has none.
    #[error("{why}")]
    Nothing {
        /// The reason in a musician's words.
        why: String,
    },
    /// A file of which a single example was wanted has several.
    #[error(
        "{count} different patterns stand in this file, one is needed: pick one with --index 1..{count} ({list})"
    )]
    Several {
        /// How many.
        count: usize,
        /// Which index starts at which bar, in words.
        list: String,
    },
}
