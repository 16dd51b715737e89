//! The converter of a model: which notes it takes and how it says them.

use super::drums::{self, Kit};
use super::{CodecError, DrumMap, Tokens};
use crate::music::pattern::{Part, Pattern, STEPS_PER_BAR};

/// What a converter makes of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nine drum classes (spec section 12).
    Drums,
    /// 61 drum classes (spec section 12).
    FullDrums,
}

impl Kind {
    /// The kind in a word, as [`Tokens::kind`].
    pub fn word(self) -> &'static str {
        match self {
            Self::Drums => "drum",
            Self::FullDrums => "full-kit drum",
        }
    }
}

/// Scores to tokens and back for one configuration. Small and `Copy`: make one wherever it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Converter {
    kind: Kind,
    bars: u32,
    map: DrumMap,
}

impl Converter {
    /// The converter of a published configuration (spec section 1), `None` for other names.
    pub fn for_config(name: &str) -> Option<Self> {
        let (kind, bars) = match name {
            "cat-drums_2bar_small" | "cat-drums_2bar_big" | "nade-drums_2bar_reduced" => (Kind::Drums, 2),
            "nade-drums_2bar_full" => (Kind::FullDrums, 2),
            _ => return None,
        };
        Some(Self { kind, bars, map: DrumMap::default() })
    }

    /// The same with another table of drum keys.
    pub fn with_drum_map(self, map: DrumMap) -> Self {
        Self { map, ..self }
    }

    /// What it makes.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Bars of an example.
    pub fn bars(&self) -> u32 {
        self.bars
    }

    /// Steps of an example.
    pub fn steps(&self) -> usize {
        (self.bars * STEPS_PER_BAR) as usize
    }

    /// The table of drum keys.
    pub fn drum_map(&self) -> DrumMap {
        self.map
    }

    pub(super) fn kit(&self) -> Kit {
        Kit { map: self.map, full: self.kind == Kind::FullDrums }
    }

    /// The notes of tokens of any length, at velocity 80 where the tokens carry none.
    ///
    /// Tokens of another kind are played too, as what they are.
    pub fn pattern(&self, tokens: &Tokens) -> Pattern {
        let steps = tokens.len() as u32;
        let kit = |full| Kit { map: self.map, full };
        let notes = match tokens {
            Tokens::Drums(masks) => drums::notes(masks.iter().map(|&m| u64::from(m)), kit(false)).collect(),
            Tokens::FullDrums(masks) => drums::notes(masks.iter().copied(), kit(true)).collect(),
            _ => Vec::new(),
        };
        Pattern::new(steps, notes)
    }

    /// The tokens of a pattern that is exactly as long as an example. Parts that the kind does not know are left out.
    ///
    /// # Errors
    /// [`CodecError`]: wrong length, nothing of the parts that the kind knows, a drum outside the kit.
    pub fn tokens(&self, pattern: &Pattern) -> Result<Tokens, CodecError> {
        if pattern.steps as usize != self.steps() {
            return Err(CodecError::WrongLength { steps: pattern.steps, need: self.steps() as u32 });
        }
        let has = |part| pattern.notes.is_empty() || pattern.notes.iter().any(|n| n.part == part);
        match self.kind {
            Kind::Drums | Kind::FullDrums if !has(Part::Drums) => {
                Err(CodecError::MissingPart { need: "drums" })
            }
            Kind::Drums => {
                let masks = drums::masks(pattern, self.kit())?;
                Ok(Tokens::Drums(masks.into_iter().map(|m| m as u16).collect()))
            }
            Kind::FullDrums => Ok(Tokens::FullDrums(drums::masks(pattern, self.kit())?)),
        }
    }
}
