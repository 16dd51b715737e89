//! Measures of a drum pattern over the nine classes, whatever keys its hits have; of a trio its drums are measured.

use super::melody::{share, syncopated};
use crate::codec::DrumMap;
use crate::codec::drum_map::CLASSES;
use crate::music::pattern::{Part, Pattern, PatternNote};

/// Classes of the reduced kit (spec section 12).
pub(super) const KICK: u8 = 0;
/// As [`KICK`].
pub(super) const SNARE: u8 = 1;
/// As [`KICK`].
pub(super) const CLOSED_HAT: u8 = 2;
/// As [`KICK`].
pub(super) const OPEN_HAT: u8 = 3;
/// All of them.
pub(super) const ALL: [u8; CLASSES] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
/// Kick, snare and toms: what carries the rhythm; hats and cymbals keep the time.
const RHYTHM: [u8; 5] = [0, 1, 4, 5, 6];

fn hits(pattern: &Pattern) -> impl Iterator<Item = &PatternNote> {
    pattern.notes.iter().filter(|n| n.part == Part::Drums)
}

/// True for every step on which `class` is hit.
fn onsets(pattern: &Pattern, class: u8) -> Vec<bool> {
    let mut on = vec![false; pattern.steps as usize];
    for n in hits(pattern).filter(|n| DrumMap::GeneralMidi.class(n.pitch) == Some(class)) {
        if let Some(on) = on.get_mut(n.start as usize) {
            *on = true;
        }
    }
    on
}

fn count(pattern: &Pattern, class: u8) -> usize {
    onsets(pattern, class).iter().filter(|on| **on).count()
}

/// Hits of `classes` a step.
pub(super) fn density(pattern: &Pattern, classes: &[u8]) -> Option<f64> {
    share(classes.iter().map(|&c| count(pattern, c)).sum(), pattern.steps as usize)
}

/// Share of the hits of kick, snare and toms on an off-beat 16th or 8th without a hit of the same drum since the
/// stronger place before it.
pub(super) fn syncopation(pattern: &Pattern) -> Option<f64> {
    let (mut off, mut all) = (0, 0);
    for class in RHYTHM {
        let on = onsets(pattern, class);
        off += syncopated(&on, 1) + syncopated(&on, 2);
        all += on.iter().filter(|on| **on).count();
    }
    share(off, all)
}

/// Share of open hi-hats among all.
pub(super) fn open_hat_share(pattern: &Pattern) -> Option<f64> {
    let (open, closed) = (count(pattern, OPEN_HAT), count(pattern, CLOSED_HAT));
    share(open, open + closed)
}

/// Mean velocity as a share of the loudest.
pub(super) fn loudness(pattern: &Pattern) -> Option<f64> {
    mean(hits(pattern).map(|n| f64::from(n.velocity) / 127.0))
}

/// Mean distance from the grid, steps.
pub(super) fn looseness(pattern: &Pattern) -> Option<f64> {
    mean(hits(pattern).map(|n| f64::from(n.offset.abs())))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0usize), |(sum, n), x| (sum + x, n + 1));
    (n > 0).then(|| sum / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beat(hits: &[(u32, u8)]) -> Pattern {
        let hit = |&(start, pitch)| PatternNote {
            start,
            length: 1,
            pitch,
            velocity: 127,
            part: Part::Drums,
            offset: if start == 0 { 0.0 } else { -0.2 },
            chance: 100,
        };
        Pattern::new(32, hits.iter().map(hit).collect())
    }

    #[test]
    fn densities_count_hits_of_their_class_a_step() {
        // Both bass drums are kicks; on one step they are one.
        let pattern = beat(&[(0, 36), (0, 35), (8, 35), (4, 38), (0, 42), (2, 46)]);
        assert_eq!(density(&pattern, &[KICK]), Some(2.0 / 32.0));
        assert_eq!(density(&pattern, &ALL), Some(5.0 / 32.0));
        assert_eq!(open_hat_share(&pattern), Some(0.5));
        assert_eq!(open_hat_share(&beat(&[(0, 36)])), None);
    }

    #[test]
    fn a_kick_off_the_beat_is_syncopated_and_hats_never_are() {
        assert_eq!(syncopation(&beat(&[(0, 36), (8, 36), (2, 42), (3, 42)])), Some(0.0));
        assert_eq!(syncopation(&beat(&[(0, 36), (6, 36), (11, 36), (12, 38)])), Some(0.5));
    }

    #[test]
    fn a_groove_has_loudness_and_looseness() {
        let pattern = beat(&[(0, 36), (4, 38)]);
        assert_eq!(loudness(&pattern), Some(1.0));
        assert!((looseness(&pattern).unwrap() - 0.1).abs() < 1e-6);
    }
}
