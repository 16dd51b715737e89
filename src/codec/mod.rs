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
    /// Steps in which two patterns of one kind differ; those that only one has count too, and all of them where the
    /// kinds differ. Numbers of grooves that are closer than 1e-4 are equal.
    pub fn differing(&self, other: &Self) -> usize {
        fn count<T>(a: &[T], b: &[T], same: impl Fn(&T, &T) -> bool) -> usize {
            a.len().abs_diff(b.len()) + a.iter().zip(b).filter(|(a, b)| !same(a, b)).count()
        }
        match (self, other) {
            (Self::Melody(a), Self::Melody(b)) => count(a, b, |a, b| a == b),
            (Self::Drums(a), Self::Drums(b)) => count(a, b, |a, b| a == b),
            (Self::FullDrums(a), Self::FullDrums(b)) => count(a, b, |a, b| a == b),
            (Self::Groove(a), Self::Groove(b)) => {
                count(a, b, |a, b| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-4))
            }
            (
                Self::Trio { lead, bass, drums },
                Self::Trio { lead: other_lead, bass: other_bass, drums: other_drums },
            ) => {
                let steps = |lead: &[u8], bass: &[u8], drums: &[u16]| -> Vec<(u8, u8, u16)> {
                    let pairs = lead.iter().zip(bass).zip(drums);
                    pairs.map(|((lead, bass), drums)| (*lead, *bass, *drums)).collect()
                };
                let (a, b) = (steps(lead, bass, drums), steps(other_lead, other_bass, other_drums));
                count(&a, &b, |a, b| a == b)
            }
            _ => self.len().max(other.len()),
        }
    }

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
