//! Measures of a melody, as the MusicVAE paper defines them; of a trio its lead is measured.

use crate::music::pattern::{Part, Pattern};

/// Pitch classes of C major.
const WHITE: [bool; 12] = [true, false, true, false, true, true, false, true, false, true, false, true];

fn notes(pattern: &Pattern) -> impl Iterator<Item = (u32, u8)> {
    pattern.notes.iter().filter(|n| n.part == Part::Lead).map(|n| (n.start, n.pitch))
}

/// The share `part / whole`, nothing of nothing.
pub(super) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Share of notes on white keys.
pub(super) fn c_diatonic(pattern: &Pattern) -> Option<f64> {
    let white = notes(pattern).filter(|(_, pitch)| WHITE[usize::from(pitch % 12)]).count();
    share(white, notes(pattern).count())
}

/// Onsets a step.
pub(super) fn density(pattern: &Pattern) -> Option<f64> {
    share(onsets(pattern).iter().filter(|on| **on).count(), pattern.steps as usize)
}

/// Mean absolute interval between consecutive notes, semitones.
pub(super) fn average_interval(pattern: &Pattern) -> Option<f64> {
    let pitches: Vec<i32> = notes(pattern).map(|(_, pitch)| i32::from(pitch)).collect();
    let sum: u32 = pitches.windows(2).map(|pair| pair[0].abs_diff(pair[1])).sum();
    share(sum as usize, pitches.len().saturating_sub(1))
}

/// Share of onsets on the weak places of a grid of `grid` steps with nothing before: 1 the off-beat 16ths with none
/// on the 16th before, 2 the off-beat 8ths with none on the 16th or the 8th before.
pub(super) fn syncopation(pattern: &Pattern, grid: usize) -> Option<f64> {
    let on = onsets(pattern);
    share(syncopated(&on, grid), on.iter().filter(|on| **on).count())
}

/// How many onsets are syncopated on a grid of `grid` steps, the first step of the pattern being a strong one.
pub(super) fn syncopated(on: &[bool], grid: usize) -> usize {
    let weak = |t: usize| t % (2 * grid) == grid;
    (0..on.len()).filter(|&t| on[t] && weak(t) && !on[t - grid..t].contains(&true)).count()
}

fn onsets(pattern: &Pattern) -> Vec<bool> {
    let mut on = vec![false; pattern.steps as usize];
    for (start, _) in notes(pattern) {
        if let Some(on) = on.get_mut(start as usize) {
            *on = true;
        }
    }
    on
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::pattern::PatternNote;

    fn melody(notes: &[(u32, u8)]) -> Pattern {
        let note = |&(start, pitch)| PatternNote {
            start,
            length: 1,
            pitch,
            velocity: 80,
            part: Part::Lead,
            offset: 0.0,
            chance: 100,
        };
        Pattern::new(32, notes.iter().map(note).collect())
    }

    #[test]
    fn the_five_of_the_paper_on_a_melody_counted_by_hand() {
        // C on 1, D on the second 16th (its 16th before sounds), F sharp on an off-beat 8th, G on an off-beat 16th.
        let pattern = melody(&[(0, 60), (1, 62), (6, 66), (15, 67)]);
        assert_eq!(c_diatonic(&pattern), Some(0.75));
        assert_eq!(density(&pattern), Some(4.0 / 32.0));
        assert_eq!(average_interval(&pattern), Some((2 + 4 + 1) as f64 / 3.0));
        assert_eq!(syncopation(&pattern, 1), Some(0.25));
        assert_eq!(syncopation(&pattern, 2), Some(0.25));
        // The 8th before it sounds: no syncopation.
        assert_eq!(syncopation(&melody(&[(4, 60), (6, 62)]), 2), Some(0.0));
    }

    #[test]
    fn silence_has_a_density_and_nothing_else() {
        let silence = melody(&[]);
        assert_eq!((density(&silence), c_diatonic(&silence)), (Some(0.0), None));
        assert_eq!((average_interval(&melody(&[(0, 60)])), syncopation(&silence, 1)), (None, None));
    }
}
