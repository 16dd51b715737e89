//! Fills: a bar made of what plays, busier than it, for the moment before something new.
//!
//! The model that made a pattern makes its fills: the pattern's point is moved along the vectors that the model has for
//! more notes, decoded a few times ([`tries`]), and what is most of a fill is kept until it is wished for ([`Fills`]).
//! The bar then begins as the music does and ends as the model has it ([`of`]). Where a model has no such vector, or
//! where nothing that it said is a fill, a rule makes the end of the bar ([`rule`]).

mod ahead;
pub mod rule;
pub mod tries;

pub use ahead::{Ahead, Decoded, Fills};

use super::kit;
use crate::music::pattern::{ALWAYS, Part, Pattern, PatternNote, STEPS_PER_BAR};

/// The step at which a fill leaves the music.
const BREAK: u32 = 8;

/// The notes of `part` in the bar that begins at step `from` of a pattern going round, counted from there; they sound
/// in every round.
fn bar(pattern: &Pattern, part: Part, from: u32) -> Vec<PatternNote> {
    let steps = pattern.steps.max(1);
    let at = |start: u32| {
        let within = (from + start) % steps;
        let here = move |note: &&PatternNote| note.part == part && note.start == within;
        let moved = move |note: &PatternNote| PatternNote {
            start,
            length: note.length.clamp(1, STEPS_PER_BAR - start),
            chance: ALWAYS,
            ..*note
        };
        pattern.notes.iter().filter(here).map(moved)
    };
    (0..STEPS_PER_BAR).flat_map(at).collect()
}

/// The notes of a bar before the break and behind it; what sounds at the break ends there.
fn parted(bar: Vec<PatternNote>) -> (Vec<PatternNote>, Vec<PatternNote>) {
    let (mut head, tail): (Vec<PatternNote>, Vec<PatternNote>) =
        bar.into_iter().partition(|note| note.start < BREAK);
    for note in &mut head {
        note.length = note.length.min(BREAK - note.start);
    }
    (head, tail)
}

/// The bar of a fill over `part` of what plays, in which the music comes to step `from`; its end is that of the same
/// bar in `moved`. `None` where that would be no fill.
pub fn of(playing: &Pattern, moved: &Pattern, part: Part, from: u32) -> Option<Pattern> {
    let (mut notes, own) = parted(bar(playing, part, from));
    let (_, tail) = parted(bar(moved, part, from));
    let tail = match part {
        Part::Drums => drums(&own, tail),
        Part::Lead | Part::Bass => tune(playing, part, &own, tail),
    }?;
    notes.extend(tail);
    Some(Pattern::new(STEPS_PER_BAR, notes))
}

/// The same stroke: on one drum at one time.
fn meets(a: &PatternNote, b: &PatternNote) -> bool {
    let class = |note: &PatternNote| kit::class_of(note.pitch).unwrap_or(note.pitch);
    a.start == b.start && class(a) == class(b)
}

fn drums(own: &[PatternNote], mut tail: Vec<PatternNote>) -> Option<Vec<PatternNote>> {
    if tail.iter().all(|note| own.iter().any(|other| meets(note, other))) {
        return None;
    }
    for note in &mut tail {
        // Snare and toms lead to the bar that comes.
        if matches!(kit::class_of(note.pitch), Some(1 | 4..=6)) {
            let share = 0.85 + 0.3 * f32::from((note.start - BREAK) as u8) / f32::from((BREAK - 1) as u8);
            note.velocity = (f32::from(note.velocity) * share).round().clamp(1.0, 127.0) as u8;
        }
    }
    if tail.len() <= own.len() {
        // Where the model has fewer strokes the beat goes on below them.
        let free: Vec<PatternNote> =
            own.iter().filter(|note| tail.iter().all(|other| !meets(note, other))).copied().collect();
        tail.extend(free);
    }
    Some(tail)
}

/// The end of a tune's bar, on the keys that the tune has: a fill must not leave what the other tracks play in.
fn tune(
    playing: &Pattern,
    part: Part,
    own: &[PatternNote],
    mut tail: Vec<PatternNote>,
) -> Option<Vec<PatternNote>> {
    if tail.len() <= own.len() {
        return None;
    }
    let keys = pitch_classes(playing, part);
    for note in &mut tail {
        note.pitch = nearest(note.pitch, &keys);
    }
    Some(tail)
}

/// The pitch classes that `part` has (`C` is 0).
fn pitch_classes(pattern: &Pattern, part: Part) -> [bool; 12] {
    let mut keys = [false; 12];
    for note in pattern.notes.iter().filter(|note| note.part == part) {
        keys[usize::from(note.pitch % 12)] = true;
    }
    keys
}

/// The key nearest to `key` among the octaves of `keys`, the lower of two; `key` itself where there are none.
fn nearest(key: u8, keys: &[bool; 12]) -> u8 {
    let there = |key: &u8| *key <= 127 && keys[usize::from(key % 12)];
    let near = (0..=6).flat_map(|by| [key.saturating_sub(by), key.saturating_add(by)]);
    near.into_iter().find(there).unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{beat, busier, melody, trio};
    use super::*;

    #[test]
    fn a_beats_fill_begins_as_the_beat_does_in_that_bar_and_ends_as_the_model_has_it() {
        for which in 0..5 {
            let playing = beat(which).pattern;
            let moved = busier(&beat(which)).pattern;
            for from in [0, 16] {
                let fill = of(&playing, &moved, Part::Drums, from).unwrap();
                let own = bar(&playing, Part::Drums, from);
                let head = |notes: &[PatternNote]| -> Vec<(u32, u8)> {
                    notes.iter().filter(|n| n.start < BREAK).map(|n| (n.start, n.pitch)).collect()
                };
                assert_eq!((fill.steps, head(&fill.notes)), (16, head(&own)));
                assert!(fill.notes.len() > own.len(), "beat {which}, step {from}");
                // Snares grow towards the bar that comes.
                let snares: Vec<u8> = fill
                    .notes
                    .iter()
                    .filter(|n| (9..15).contains(&n.start) && n.start % 2 == 1 && n.pitch == 38)
                    .map(|n| n.velocity)
                    .collect();
                assert!(snares.len() > 2 && snares.is_sorted(), "{snares:?}");
            }
            assert_eq!(of(&playing, &playing, Part::Drums, 0), None, "the same again is no fill");
        }
    }

    #[test]
    fn a_tunes_fill_has_more_notes_and_keeps_to_the_keys_of_the_tune() {
        let playing = trio(1);
        let mut moved = busier(&playing).pattern;
        for note in moved.notes.iter_mut().filter(|note| note.part != Part::Drums) {
            note.pitch += 1;
        }
        for part in [Part::Lead, Part::Bass] {
            let fill = of(&playing.pattern, &moved, part, 16).unwrap();
            assert!(fill.notes.len() > bar(&playing.pattern, part, 16).len());
            let keys = pitch_classes(&playing.pattern, part);
            assert!(fill.notes.iter().all(|note| note.part == part && keys[usize::from(note.pitch % 12)]));
            for pair in fill.notes.windows(2) {
                assert!(pair[0].start + pair[0].length <= pair[1].start, "one voice: {pair:?}");
            }
        }
        assert_eq!(of(&melody(0).pattern, &melody(0).pattern, Part::Lead, 0), None);
    }

    #[test]
    fn a_loop_that_is_no_whole_bar_is_filled_where_it_stands() {
        let playing = beat(0).pattern.looped(12);
        let notes = bar(&playing, Part::Drums, 4);
        let kicks: Vec<u32> = notes.iter().filter(|n| n.pitch == 36).map(|n| n.start).collect();
        assert_eq!(kicks, [0, 4, 8, 12], "every four steps whatever the bar");
        assert_eq!(
            (nearest(61, &[false; 12]), nearest(61, &pitch_classes(&melody(0).pattern, Part::Lead))),
            (61, 60)
        );
    }
}
