//! Patterns as rows of hits, for everything that draws them.

use crate::jam::kit;
use crate::music::pattern::{Part, Pattern};

/// Velocity of each drum class in one step; 0 where it is silent.
pub type Hits = [u8; kit::CLASSES as usize];

/// The steps of a pattern, one row of hits each; the loudest hit of a class counts.
pub fn hits(pattern: &Pattern) -> Vec<Hits> {
    let mut steps = vec![Hits::default(); pattern.steps as usize];
    for note in pattern.notes.iter().filter(|note| note.part == Part::Drums) {
        if let (Some(step), Some(class)) = (steps.get_mut(note.start as usize), kit::class_of(note.pitch)) {
            let hit = &mut step[usize::from(class)];
            *hit = note.velocity.max(*hit);
        }
    }
    steps
}

/// One step: the velocity of each drum class, its micro-timing in steps (below 0 is early), and its key and chance.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Step {
    /// Velocities.
    pub hits: Hits,
    /// Micro-timing.
    pub offsets: [f32; kit::CLASSES as usize],
    /// Keys, and percent of the rounds in which they sound.
    pub chances: [(u8, u8); kit::CLASSES as usize],
}

/// As [`hits`], with the micro-timing and the chance of each.
pub fn steps(pattern: &Pattern) -> Vec<Step> {
    let mut steps = vec![Step::default(); pattern.steps as usize];
    for note in pattern.notes.iter().filter(|note| note.part == Part::Drums) {
        if let (Some(step), Some(class)) = (steps.get_mut(note.start as usize), kit::class_of(note.pitch)) {
            let class = usize::from(class);
            if note.velocity > step.hits[class] {
                (step.hits[class], step.offsets[class]) = (note.velocity, note.offset);
                step.chances[class] = (note.pitch, note.chance);
            }
        }
    }
    steps
}

/// Scope of each class in the themes.
pub const DRUM_SCOPES: [&str; kit::CLASSES as usize] = [
    "drum.kick",
    "drum.snare",
    "drum.closed-hat",
    "drum.open-hat",
    "drum.low-tom",
    "drum.mid-tom",
    "drum.high-tom",
    "drum.crash",
    "drum.ride",
];

/// How strong a velocity is drawn, 0.35 to 1.
pub fn strength(velocity: u8) -> f32 {
    0.35 + 0.65 * (f32::from(velocity) / 100.0).min(1.0)
}
