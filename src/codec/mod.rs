//! Scores to token sequences and back, one file per kind of pattern.
//!
//! ```text
//! Score -> split -> quantize -> tracks -> windows -> Tokens -> rows -> networks
//! Pattern <- Tokens <- networks
//! ```
//!
//! A codec says why a score yields nothing, in a musician's words.

mod chord_inference;
pub mod chords;
mod converter;
pub mod drum_map;
pub mod drums;
mod error;
mod extract;
pub mod groove;
pub mod melody;
pub mod rows;
pub mod trio;
mod why;
pub mod windows;

pub use converter::{Converter, Kind};
pub use drum_map::DrumMap;
pub use error::CodecError;
pub use extract::{Example, Extraction};

/// One example in the form the networks take and give: a token (or a row of bits) a step.
///
/// The encoder's input rows and the decoder's targets are both made from it (spec sections 11 to 14).
#[derive(Debug, Clone, PartialEq)]
pub enum Tokens {
    /// Melody events, 0..90: 0 nothing new, 1 note-off, 2.. note-on of key 21.. (spec section 11).
    Melody(Vec<u8>),
    /// Drum hits: bit `c` of a step's mask is class `c` of the nine (spec section 12).
    Drums(Vec<u16>),
    /// Drum hits over the full kit: bit `c` is class `c` of the 61 (spec section 12).
    FullDrums(Vec<u64>),
    /// Lead, bass and drums of a trio, in step (spec section 13).
    Trio {
        /// Melody events of the lead.
        lead: Vec<u8>,
        /// Melody events of the bass.
        bass: Vec<u8>,
        /// Nine-class hit masks.
        drums: Vec<u16>,
    },
    /// Nine hits, nine velocities (0..1), nine offsets (-1..1, positive early) a step (spec section 14).
    Groove(Vec<[f32; 27]>),
}

impl Tokens {
    /// Number of steps.
    pub fn len(&self) -> usize {
        match self {
            Self::Melody(t) => t.len(),
            Self::Drums(t) => t.len(),
            Self::FullDrums(t) => t.len(),
            Self::Trio { lead, .. } => lead.len(),
            Self::Groove(t) => t.len(),
        }
    }

    /// What kind of tokens these are, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Melody(_) => "melody",
            Self::Drums(_) => "drum",
            Self::FullDrums(_) => "full-kit drum",
            Self::Trio { .. } => "trio",
            Self::Groove(_) => "groove",
        }
    }

    /// True where there is not one step.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
