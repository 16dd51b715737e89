//! A pattern: notes on the 16th grid, the unit a player launches, edits and stores.

use serde::{Deserialize, Serialize};

/// Steps in a quarter note: the grid of every published model (spec section 10).
pub const STEPS_PER_QUARTER: u32 = 4;
/// Steps in a 4/4 bar.
pub const STEPS_PER_BAR: u32 = 16;

/// Which voice of the pattern a note belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The melody, or the lead of a trio.
    Lead,
    /// The bass of a trio.
    Bass,
    /// Percussion; `pitch` is a General MIDI key of channel 10.
    Drums,
}

/// One note of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PatternNote {
    /// First step, 0-based.
    pub start: u32,
    /// Length in steps, at least 1.
    pub length: u32,
    /// MIDI key, 0..=127.
    pub pitch: u8,
    /// MIDI velocity, 1..=127.
    pub velocity: u8,
    /// The voice.
    pub part: Part,
    /// Micro-timing in steps, -0.5..=0.5; positive sounds later than the grid.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub offset: f32,
    /// Percent of the rounds in which it sounds, 1..=[`ALWAYS`].
    #[serde(default = "always", skip_serializing_if = "is_always")]
    pub chance: u8,
}

fn is_zero(x: &f32) -> bool {
    *x == 0.0
}

/// Chance of a note that sounds in every round.
pub const ALWAYS: u8 = 100;

fn always() -> u8 {
    ALWAYS
}

fn is_always(chance: &u8) -> bool {
    *chance == ALWAYS
}

/// Notes on the 16th grid, sorted by (start, part, pitch).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// Length in steps; loops there.
    pub steps: u32,
    /// The notes, sorted by (start, part, pitch).
    pub notes: Vec<PatternNote>,
}

impl Pattern {
    /// A pattern of `steps` steps; the notes are put in order.
    pub fn new(steps: u32, mut notes: Vec<PatternNote>) -> Self {
        notes.sort_by_key(|n| (n.start, n.part, n.pitch));
        Self { steps, notes }
    }

    /// Whole bars, the last one counted even where it is not full.
    pub fn bars(&self) -> u32 {
        self.steps.div_ceil(STEPS_PER_BAR)
    }
}
