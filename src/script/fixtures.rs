//! Patterns for tests.

use super::value::Tune;
use crate::music::pattern::{Part, Pattern, PatternNote};

/// A kick on step `start` of `steps`.
pub fn tune(steps: u32, start: u32) -> Tune {
    let note = PatternNote {
        start,
        length: 1,
        pitch: 36,
        velocity: 90,
        part: Part::Drums,
        offset: 0.0,
        chance: 100,
    };
    Tune::new(Pattern::new(steps, vec![note])).unwrap()
}
