//! The bass's register: how far a melody is brought down where a bass plays it.

use std::ops::RangeInclusive;

use crate::music::pattern::{Part, Pattern};

/// Keys of a bass: E1, its lowest string, to G3.
pub const BASS: RangeInclusive<u8> = 28..=55;

/// Most octaves down.
const MOST: u8 = 8;

/// Octaves (0, or below it) that bring the most notes of the melody of `pattern` into [`BASS`], the fewest of equally
/// good ones. 0 where it has no melody.
pub fn octaves(pattern: &Pattern) -> i8 {
    let inside = |down: u8| {
        let low = |key: u8| key.checked_sub(12 * down).is_some_and(|key| BASS.contains(&key));
        pattern.notes.iter().filter(|note| note.part == Part::Lead && low(note.pitch)).count()
    };
    let best = (0..=MOST).max_by_key(|down| (inside(*down), std::cmp::Reverse(*down)));
    -(best.unwrap_or(0) as i8)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{beat, melody};
    use super::{BASS, octaves};
    use crate::music::pattern::Pattern;

    fn melody_on(keys: &[u8]) -> Pattern {
        let like = melody(0).pattern.notes[0];
        let notes = keys.iter().zip(0..).map(|(key, start)| crate::music::pattern::PatternNote {
            start,
            length: 1,
            pitch: *key,
            ..like
        });
        Pattern::new(32, notes.collect())
    }

    #[test]
    fn a_melody_comes_down_as_few_octaves_as_bring_it_into_the_register_of_a_bass() {
        for (low, high, down) in [(59, 79, -2), (72, 85, -3), (70, 75, -2), (36, 50, 0), (84, 96, -4)] {
            let pattern = melody_on(&[low, high]);
            assert_eq!(octaves(&pattern), down, "{low} to {high}");
            let moved = |key: u8| (i16::from(key) + 12 * i16::from(down)) as u8;
            assert!(BASS.contains(&moved(low)) && BASS.contains(&moved(high)));
        }
    }

    #[test]
    fn what_has_no_melody_stays_where_it_is() {
        assert_eq!(octaves(&beat(0).pattern), 0);
        assert_eq!(octaves(&melody_on(&[])), 0);
        assert_eq!(octaves(&melody_on(&[20])), 0, "never up");
    }
}
