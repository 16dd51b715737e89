//! The converter of a model: which notes it takes and how it says them.

use super::drums::{self, Kit};
use super::rows::GrooveInput;
use super::{CodecError, DrumMap, Tokens, groove, melody, trio};
use crate::music::pattern::{Part, Pattern, STEPS_PER_BAR};
use std::ops::RangeInclusive;

/// What a converter makes of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One voice (spec section 11).
    Melody,
    /// Nine drum classes (spec section 12).
    Drums,
    /// 61 drum classes (spec section 12).
    FullDrums,
    /// Lead, bass and drums (spec section 13).
    Trio,
    /// Nine drum classes with velocity and micro-timing (spec section 14).
    Groove,
}

impl Kind {
    /// The kind in a word, as [`Tokens::kind`].
    pub fn word(self) -> &'static str {
        match self {
            Self::Melody => "melody",
            Self::Drums => "drum",
            Self::FullDrums => "full-kit drum",
            Self::Trio => "trio",
            Self::Groove => "groove",
        }
    }
}

/// Scores to tokens and back for one configuration. Small and `Copy`: make one wherever it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Converter {
    kind: Kind,
    bars: u32,
    map: DrumMap,
    /// Last program of which a melody is taken.
    last_program: u8,
    groove_input: GrooveInput,
}

impl Converter {
    /// The converter of a published configuration (spec section 1), `None` for other names.
    ///
    /// For `cat-mel_2bar_med_chords` it gives the melody alone; the chords come from whoever calls.
    pub fn for_config(name: &str) -> Option<Self> {
        let (kind, bars) = match name {
            "cat-mel_2bar_small" | "cat-mel_2bar_big" | "cat-mel_2bar_med_chords" => (Kind::Melody, 2),
            "flat-mel_16bar" | "hierdec-mel_16bar" | "hier-mel_16bar" => (Kind::Melody, 16),
            "cat-drums_2bar_small" | "cat-drums_2bar_big" | "nade-drums_2bar_reduced" => (Kind::Drums, 2),
            "nade-drums_2bar_full" => (Kind::FullDrums, 2),
            "flat-trio_16bar" | "hierdec-trio_16bar" | "hier-trio_16bar" => (Kind::Trio, 16),
            "groovae_4bar" => (Kind::Groove, 4),
            "groovae_2bar_humanize"
            | "groovae_2bar_tap_fixed_velocity"
            | "groovae_2bar_tap_fixed_velocity_note_dropout"
            | "groovae_2bar_add_closed_hh"
            | "groovae_2bar_hits_control_tfds" => (Kind::Groove, 2),
            _ => return None,
        };
        let last_program = match name {
            "cat-mel_2bar_small" | "cat-mel_2bar_big" => 31,
            _ => 127,
        };
        let groove_input = GrooveInput {
            humanize: name == "groovae_2bar_humanize",
            tapify: name.starts_with("groovae_2bar_tap"),
            fixed_velocities: name.starts_with("groovae_2bar_tap"),
            without: (name == "groovae_2bar_add_closed_hh").then_some(2),
        };
        Some(Self { kind, bars, map: DrumMap::default(), last_program, groove_input })
    }

    /// The same with another table of drum keys.
    pub fn with_drum_map(self, map: DrumMap) -> Self {
        Self { map, ..self }
    }

    /// The same for patterns of so many bars.
    pub fn with_bars(self, bars: u32) -> Self {
        Self { bars, ..self }
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

    /// Programs of which a melody is taken.
    pub fn programs(&self) -> RangeInclusive<u8> {
        0..=self.last_program
    }

    /// What the encoder of a groove model is given of an example.
    pub fn groove_input(&self) -> GrooveInput {
        self.groove_input
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
        let nine = |masks: &[u16]| drums::notes(masks.iter().map(|&m| u64::from(m)), kit(false)).collect();
        let notes = match tokens {
            Tokens::Melody(events) => melody::notes(events, Part::Lead),
            Tokens::Drums(masks) => nine(masks),
            Tokens::FullDrums(masks) => drums::notes(masks.iter().copied(), kit(true)).collect(),
            Tokens::Trio { lead, bass, drums } => {
                let mut notes: Vec<_> = nine(drums);
                notes.extend(melody::notes(lead, Part::Lead));
                notes.extend(melody::notes(bass, Part::Bass));
                notes
            }
            Tokens::Groove(groove) => groove::notes(groove, self.map),
        };
        Pattern::new(steps, notes)
    }

    /// The tokens of a pattern that is exactly as long as an example. Parts that the kind does not know are left out.
    ///
    /// # Errors
    /// [`CodecError`]: wrong length, nothing of the parts that the kind knows, a drum outside the kit, a pitch outside
    /// the range, a note outside the pattern.
    pub fn tokens(&self, pattern: &Pattern) -> Result<Tokens, CodecError> {
        if pattern.steps as usize != self.steps() {
            return Err(CodecError::WrongLength { steps: pattern.steps, need: self.steps() as u32 });
        }
        let (parts, need): (&[Part], _) = match self.kind {
            Kind::Melody => (&[Part::Lead], "melody"),
            Kind::Trio => (&[Part::Lead, Part::Bass, Part::Drums], "lead, bass or drums"),
            Kind::Drums | Kind::FullDrums | Kind::Groove => (&[Part::Drums], "drums"),
        };
        if !pattern.notes.is_empty() && !pattern.notes.iter().any(|n| parts.contains(&n.part)) {
            return Err(CodecError::MissingPart { need });
        }
        Ok(match self.kind {
            Kind::Melody => Tokens::Melody(melody::events(pattern, Part::Lead)?),
            Kind::Drums => Tokens::Drums(narrow(drums::masks(pattern, self.kit())?)),
            Kind::FullDrums => Tokens::FullDrums(drums::masks(pattern, self.kit())?),
            Kind::Trio => Tokens::Trio {
                lead: melody::events(pattern, Part::Lead)?,
                bass: melody::events(pattern, Part::Bass)?,
                drums: narrow(drums::masks(pattern, self.kit())?),
            },
            Kind::Groove => Tokens::Groove(groove::steps(pattern, self.map)?),
        })
    }

    /// True for instruments that the converter listens to: a melody any of [`Self::programs`], a trio what has a
    /// [`trio::Role`], the others channel 10.
    pub fn takes(&self, program: u8, is_drum: bool) -> bool {
        match self.kind {
            Kind::Melody => !is_drum && self.programs().contains(&program),
            Kind::Trio => trio::Role::of(program, is_drum).is_some(),
            Kind::Drums | Kind::FullDrums | Kind::Groove => is_drum,
        }
    }
}

/// Masks of nine classes in sixteen bits.
pub(super) fn narrow(masks: Vec<u64>) -> Vec<u16> {
    masks.into_iter().map(|m| m as u16).collect()
}
