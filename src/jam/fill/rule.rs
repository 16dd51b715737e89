//! Fills by rule, where no model makes them: there at once, whoever made the pattern.

use super::{BREAK, bar, kit};
use crate::music::pattern::{ALWAYS, Part, Pattern, PatternNote, STEPS_PER_BAR};

/// Drum class, step and velocity of each stroke of the figures a drum fill ends with.
const FIGURES: [&[(u8, u32, u8)]; 4] = [
    // A roll on the snare that grows.
    &[
        (0, 8, 100),
        (1, 8, 60),
        (1, 9, 55),
        (1, 10, 70),
        (1, 11, 66),
        (0, 12, 100),
        (1, 12, 84),
        (1, 13, 80),
        (1, 14, 102),
        (1, 15, 112),
    ],
    // Down the toms.
    &[
        (0, 8, 105),
        (6, 8, 98),
        (6, 9, 84),
        (5, 10, 98),
        (5, 11, 86),
        (0, 12, 105),
        (4, 12, 104),
        (4, 13, 90),
        (1, 14, 108),
        (4, 15, 100),
    ],
    // A gallop of kick and snare.
    &[
        (1, 8, 104),
        (0, 9, 92),
        (1, 10, 84),
        (1, 11, 98),
        (0, 12, 98),
        (1, 13, 96),
        (0, 14, 92),
        (1, 14, 70),
        (1, 15, 114),
    ],
    // Snare against toms, a breath before the end.
    &[
        (1, 8, 100),
        (6, 9, 80),
        (1, 10, 92),
        (5, 11, 84),
        (1, 12, 104),
        (4, 13, 88),
        (0, 13, 96),
        (7, 15, 96),
        (0, 15, 104),
    ],
];

/// The bar of a fill over the notes of `part` in `pattern`, which comes to step `from` in it; each `seed` has its own.
/// It begins as the pattern's bar there does and has more notes than it.
pub fn of(pattern: &Pattern, part: Part, from: u32, seed: u64) -> Pattern {
    let bar = bar(pattern, part, from);
    match part {
        Part::Drums => drums(bar, seed),
        Part::Lead | Part::Bass => tune(bar, pattern, part),
    }
}

fn drums(bar: Vec<PatternNote>, seed: u64) -> Pattern {
    let figure = FIGURES[(seed % FIGURES.len() as u64) as usize];
    let mut notes: Vec<PatternNote> = bar.iter().copied().filter(|note| note.start < BREAK).collect();
    let strokes = figure.iter().filter_map(|&(class, start, velocity)| {
        let pitch = kit::key_of(class)?;
        Some(PatternNote {
            start,
            length: 1,
            pitch,
            velocity,
            part: Part::Drums,
            offset: 0.0,
            chance: ALWAYS,
        })
    });
    notes.extend(strokes);
    // A beat that is busier than the figure keeps its cymbals under it.
    if notes.len() <= bar.len() {
        let cymbal = |note: &&PatternNote| matches!(kit::class_of(note.pitch), Some(2 | 3 | 7 | 8));
        let struck =
            |note: &PatternNote| notes.iter().any(|n| (n.start, n.pitch) == (note.start, note.pitch));
        let under: Vec<PatternNote> = bar
            .iter()
            .filter(|note| note.start >= BREAK)
            .filter(cymbal)
            .filter(|n| !struck(n))
            .copied()
            .collect();
        notes.extend(under);
    }
    Pattern::new(STEPS_PER_BAR, notes)
}

/// A tune's fill: its notes are struck twice, and in the last beat it walks, on its own keys, to where it begins.
fn tune(bar: Vec<PatternNote>, pattern: &Pattern, part: Part) -> Pattern {
    let own = || pattern.notes.iter().filter(|note| note.part == part);
    let mut keys: Vec<u8> = own().map(|note| note.pitch).collect();
    keys.sort_unstable();
    keys.dedup();
    let (Some(first), Some(&low)) = (own().next().copied(), keys.first()) else {
        return Pattern::new(STEPS_PER_BAR, Vec::new());
    };
    let walk = STEPS_PER_BAR - 4;
    let mut notes = Vec::new();
    for note in bar.iter().filter(|note| note.start < walk) {
        let length = note.length.min(walk - note.start);
        let half = length.div_ceil(2);
        notes.push(PatternNote { length: half, ..*note });
        if length > 1 {
            let velocity = note.velocity.saturating_sub(12).max(1);
            notes.push(PatternNote { start: note.start + half, length: length - half, velocity, ..*note });
        }
    }
    let at = |key: u8| keys.iter().position(|other| *other >= key).unwrap_or(keys.len() - 1);
    let last = bar.iter().rev().find(|note| note.start < walk).map_or(low, |note| note.pitch);
    let (mut now, goal) = (at(last), at(first.pitch));
    for start in walk..STEPS_PER_BAR {
        // One key of its own a step; where it has arrived already it circles about its goal.
        now = match now.cmp(&goal) {
            std::cmp::Ordering::Less => now + 1,
            std::cmp::Ordering::Greater => now - 1,
            std::cmp::Ordering::Equal if now + 1 < keys.len() => now + 1,
            std::cmp::Ordering::Equal => now.saturating_sub(1),
        };
        let velocity = (84 + 8 * (start - walk)) as u8;
        notes.push(PatternNote {
            start,
            length: 1,
            pitch: keys[now],
            velocity,
            offset: 0.0,
            chance: ALWAYS,
            part,
        });
    }
    Pattern::new(STEPS_PER_BAR, notes)
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::{beat, melody, trio};
    use super::*;

    fn last_bar(pattern: &Pattern, part: Part) -> usize {
        pattern.notes.iter().filter(|note| note.part == part && note.start >= 16).count()
    }

    #[test]
    fn every_fill_is_one_bar_denser_than_the_beat_and_begins_as_it_does() {
        for which in 0..5 {
            let pattern = beat(which).pattern;
            for seed in 0..8 {
                let fill = of(&pattern, Part::Drums, 16, seed);
                assert_eq!(fill.steps, 16);
                assert!(fill.notes.len() > last_bar(&pattern, Part::Drums), "beat {which}, seed {seed}");
                let head = |notes: &[PatternNote], from: u32| -> Vec<(u32, u8)> {
                    let within = notes.iter().filter(|n| n.start >= from && n.start < from + BREAK);
                    within.map(|n| (n.start - from, n.pitch)).collect()
                };
                assert_eq!(head(&fill.notes, 0), head(&pattern.notes, 16));
                assert!(fill.notes.iter().all(|note| note.start < 16 && note.chance == ALWAYS));
            }
        }
        assert_ne!(of(&beat(0).pattern, Part::Drums, 16, 0), of(&beat(0).pattern, Part::Drums, 16, 1));
    }

    #[test]
    fn a_tune_is_struck_twice_and_walks_home_on_its_own_keys() {
        for part in [Part::Lead, Part::Bass] {
            let pattern = trio(1).pattern;
            let fill = of(&pattern, part, 16, 0);
            assert!(fill.notes.len() > last_bar(&pattern, part));
            let keys: Vec<u8> = pattern.notes.iter().filter(|n| n.part == part).map(|n| n.pitch).collect();
            assert!(fill.notes.iter().all(|note| note.part == part && keys.contains(&note.pitch)));
            for pair in fill.notes.windows(2) {
                assert!(pair[0].start + pair[0].length <= pair[1].start, "one voice: {pair:?}");
            }
        }
        assert_eq!(of(&melody(0).pattern, Part::Bass, 16, 0).notes, []);
    }
}
