//! Grooves: hits with their velocity and micro-timing, nine classes a step (spec section 14).

use super::CodecError;
use super::drum_map::{CLASSES, DrumMap};
use super::rows::GROOVE;
use crate::music::pattern::{ALWAYS, Part, Pattern, PatternNote, STEPS_PER_BAR};
use crate::music::quantize::Grid;

/// One step: nine hits (0 or 1), nine velocities (0..1), nine offsets (-1..1, positive early).
pub type Step = [f32; GROOVE];

/// Longest piece that is looked at, in steps: 4096 bars.
const MOST_STEPS: usize = 4096 * STEPS_PER_BAR as usize;

/// Puts a hit into a step; of several in one class the loudest stays, the first of equally loud ones.
fn put(step: &mut Step, class: u8, velocity: u8, offset: f32) {
    let class = usize::from(class);
    let velocity = (f64::from(velocity) / 127.0) as f32;
    if step[class] == 0.0 || velocity > step[CLASSES + class] {
        step[class] = 1.0;
        step[CLASSES + class] = velocity;
        step[2 * CLASSES + class] = offset;
    }
}

/// The grooves of a piece, one after the other without overlap, with their first steps. What is left over at the end
/// is dropped.
///
/// # Errors
/// [`CodecError::UnknownDrum`]: a note, drum or not, whose key is in no class.
pub fn windows(grid: &Grid, map: DrumMap, steps: usize) -> Result<Vec<(u32, Vec<Step>)>, CodecError> {
    let step_seconds = grid.step_seconds();
    let last = grid.notes.iter().map(|n| n.start).max();
    let length = last.map_or(0, |last| (last as usize + 1).next_multiple_of(STEPS_PER_BAR as usize));
    let windows = length.min(MOST_STEPS) / steps.max(1);
    let mut all: Vec<(u32, Vec<Step>)> = Vec::new();
    for w in 0..windows {
        all.push(((w * steps) as u32, vec![[0.0; GROOVE]; steps]));
    }
    for n in &grid.notes {
        let unknown = CodecError::UnknownDrum { key: n.note.pitch, step: n.start };
        let class = map.class(n.note.pitch).ok_or(unknown)?;
        let at = n.start as usize;
        let Some(step) = all.get_mut(at / steps).and_then(|w| w.1.get_mut(at % steps)) else { continue };
        let early = 2.0 * (f64::from(n.start) * step_seconds - n.note.start) / step_seconds;
        put(step, class, n.note.velocity, early as f32);
    }
    Ok(all)
}

/// The notes of a groove.
pub fn notes(steps: &[Step], map: DrumMap) -> Vec<PatternNote> {
    let mut notes = Vec::new();
    for (start, step) in (0u32..).zip(steps) {
        for class in (0..CLASSES).filter(|&c| step[c] > 0.5) {
            let Some(pitch) = map.key(class as u8) else { continue };
            let velocity = (step[CLASSES + class] * 127.0).round_ties_even().clamp(1.0, 127.0) as u8;
            let offset = -(step[2 * CLASSES + class] / 2.0).clamp(-0.5, 0.5);
            notes.push(PatternNote {
                start,
                length: 1,
                pitch,
                velocity,
                part: Part::Drums,
                offset,
                chance: ALWAYS,
            });
        }
    }
    notes
}

/// The groove of a pattern's drums.
///
/// # Errors
/// [`CodecError::UnknownDrum`], [`CodecError::OutOfPattern`].
pub fn steps(pattern: &Pattern, map: DrumMap) -> Result<Vec<Step>, CodecError> {
    let mut steps = vec![[0.0; GROOVE]; pattern.steps as usize];
    for n in pattern.notes.iter().filter(|n| n.part == Part::Drums) {
        let class = map.class(n.pitch).ok_or(CodecError::UnknownDrum { key: n.pitch, step: n.start })?;
        let outside = CodecError::OutOfPattern { start: n.start, steps: pattern.steps };
        let step = steps.get_mut(n.start as usize).ok_or(outside)?;
        put(step, class, n.velocity, -2.0 * n.offset.clamp(-0.5, 0.5));
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_hit_of_a_class_stays() {
        let mut step = [0.0; GROOVE];
        put(&mut step, 1, 40, 0.1);
        put(&mut step, 1, 90, 0.2);
        put(&mut step, 1, 90, 0.3);
        assert_eq!((step[1], step[10], step[19]), (1.0, 90.0 / 127.0, 0.2));
    }

    #[test]
    fn a_groove_survives_the_way_to_notes_and_back() {
        let mut groove = vec![[0.0; GROOVE]; 16];
        put(&mut groove[3], 0, 100, 0.25);
        put(&mut groove[3], 8, 1, -1.0);
        let pattern = Pattern::new(16, notes(&groove, DrumMap::GeneralMidi));
        assert_eq!(steps(&pattern, DrumMap::GeneralMidi).unwrap(), groove);
    }
}
