//! Editing notes: pure changes of a pattern. A melody and a bass stay one voice each, as the models know them.

use std::ops::{Range, RangeInclusive};

use super::{kit, limits};
use crate::music::pattern::{ALWAYS, Part, Pattern, PatternNote};

/// Velocity of a note written by hand.
pub const VELOCITY: u8 = 96;

/// Which notes a change is about: those of a part that begin in `steps` on `keys`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The part.
    pub part: Part,
    /// Steps in which the notes begin.
    pub steps: Range<u32>,
    /// MIDI keys.
    pub keys: RangeInclusive<u8>,
}

impl Span {
    fn holds(&self, note: &PatternNote) -> bool {
        note.part == self.part && self.steps.contains(&note.start) && self.keys.contains(&note.pitch)
    }
}

/// A scale that notes keep to: semitones over its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Its name.
    pub name: &'static str,
    /// Semitones of an octave that belong to it (bit = semitone over C).
    pub mask: u16,
}

/// Scales on C, the first of which keeps nothing.
pub const SCALES: [Scale; 6] = [
    Scale { name: "all keys", mask: 0xfff },
    Scale { name: "major", mask: 0b1010_1011_0101 },
    Scale { name: "minor", mask: 0b0101_1010_1101 },
    Scale { name: "dorian", mask: 0b0110_1010_1101 },
    Scale { name: "major pentatonic", mask: 0b0010_1001_0101 },
    Scale { name: "minor pentatonic", mask: 0b0100_1010_1001 },
];

impl Scale {
    /// The same scale on another root, 0 (C) to 11 (B).
    #[must_use]
    pub fn on(self, root: u8) -> Self {
        let root = root % 12;
        Self { mask: (self.mask << root | self.mask >> (12 - root)) & 0xfff, ..self }
    }

    /// The key of the scale nearest to `key`, the lower one of two; `key` itself where it belongs to it.
    pub fn nearest(&self, key: u8) -> u8 {
        let belongs = |key: i16| (0..=127).contains(&key) && self.mask >> key.rem_euclid(12) & 1 == 1;
        let key = i16::from(key);
        (0..12).flat_map(|by| [key - by, key + by]).find(|key| belongs(*key)).unwrap_or(key) as u8
    }
}

/// Puts a pattern in order after a change: notes within its length, one at a time on a step and key, and in a melody
/// or bass one at a time altogether: a later note ends the one before it.
fn settled(steps: u32, mut notes: Vec<PatternNote>) -> Pattern {
    notes.retain(|note| note.start < steps);
    for note in &mut notes {
        note.length = note.length.clamp(1, steps - note.start);
        note.velocity = note.velocity.clamp(1, 127);
    }
    notes.sort_by_key(|note| (note.start, note.part, note.pitch));
    notes.dedup_by_key(|note| (note.start, note.part, note.pitch));
    for part in [Part::Lead, Part::Bass] {
        let mut last: Option<usize> = None;
        for at in 0..notes.len() {
            if notes[at].part != part {
                continue;
            }
            if let Some(before) = last {
                let start = notes[at].start;
                if notes[before].start == start {
                    // Two at once: the higher one is the tune.
                    notes[before].length = 0;
                } else {
                    notes[before].length = notes[before].length.min(start - notes[before].start);
                }
            }
            last = Some(at);
        }
    }
    notes.retain(|note| note.length > 0);
    Pattern::new(steps, notes)
}

/// The note of `part` that sounds on `key` at `step`.
pub fn at(pattern: &Pattern, part: Part, step: u32, key: u8) -> Option<&PatternNote> {
    let same = |note: &&PatternNote| match part {
        Part::Drums => kit::class_of(note.pitch) == kit::class_of(key),
        Part::Lead | Part::Bass => note.pitch == key,
    };
    let covers = |note: &&PatternNote| (note.start..note.start + note.length.max(1)).contains(&step);
    pattern.notes.iter().filter(|note| note.part == part).filter(same).find(covers)
}

/// With a note more, or without the one that sounds there.
pub fn toggle(pattern: &Pattern, part: Part, step: u32, key: u8, length: u32) -> Pattern {
    if let Some(note) = at(pattern, part, step, key).copied() {
        let notes = pattern.notes.iter().copied().filter(|other| *other != note).collect();
        return settled(pattern.steps, notes);
    }
    let length = if part == Part::Drums { 1 } else { length };
    let new = PatternNote {
        start: step,
        length,
        pitch: key,
        velocity: VELOCITY,
        part,
        offset: 0.0,
        chance: ALWAYS,
    };
    // In one voice the new note takes the place of whatever begins with it.
    let mut notes = pattern.notes.clone();
    notes.retain(|note| part == Part::Drums || note.part != part || note.start != step);
    notes.push(new);
    settled(pattern.steps, notes)
}

/// Without the notes of `span`.
pub fn remove(pattern: &Pattern, span: &Span) -> Pattern {
    let notes = pattern.notes.iter().copied().filter(|note| !span.holds(note)).collect();
    settled(pattern.steps, notes)
}

/// With the notes of `span` changed by `change`; `None` where one of them would leave the pattern or the keyboard.
fn changed(
    pattern: &Pattern,
    span: &Span,
    change: impl Fn(PatternNote) -> Option<PatternNote>,
) -> Option<Pattern> {
    let (inside, outside): (Vec<PatternNote>, Vec<PatternNote>) =
        pattern.notes.iter().copied().partition(|note| span.holds(note));
    let moved: Option<Vec<PatternNote>> = inside.into_iter().map(change).collect();
    let moved = moved?;
    // What is moved wins over what stands where it goes.
    let mut notes = outside;
    notes.retain(|note| {
        !moved.iter().any(|new| {
            let voice = note.part != Part::Drums || note.pitch == new.pitch;
            new.part == note.part && new.start == note.start && voice
        })
    });
    notes.extend(moved);
    Some(settled(pattern.steps, notes))
}

/// With the notes of `span` moved by `steps` and `keys` (for drums: classes), kept to `scale`.
pub fn shift(pattern: &Pattern, span: &Span, steps: i32, keys: i16, scale: &Scale) -> Option<Pattern> {
    changed(pattern, span, |note| {
        let start = u32::try_from(i64::from(note.start) + i64::from(steps)).ok()?;
        if start >= pattern.steps {
            return None;
        }
        let pitch = match note.part {
            Part::Drums if keys == 0 => note.pitch,
            Part::Drums => {
                let class = i16::from(kit::class_of(note.pitch)?) + keys;
                kit::key_of(u8::try_from(class).ok()?)?
            }
            Part::Lead | Part::Bass => {
                let key = u8::try_from(i16::from(note.pitch) + keys).ok().filter(|key| *key <= 127)?;
                if keys == 0 { key } else { next_in(scale, key, keys) }
            }
        };
        Some(PatternNote { start, pitch, ..note })
    })
}

/// `key` brought into `scale`, in the direction it came from, so that no step is lost.
fn next_in(scale: &Scale, key: u8, by: i16) -> u8 {
    let way = by.signum();
    let on = |key: &i16| scale.mask >> key.rem_euclid(12) & 1 == 1;
    let found = (0..12).map(|step| i16::from(key) + way * step).find(on);
    found.and_then(|key| u8::try_from(key).ok()).filter(|key| *key <= 127).unwrap_or(key)
}

/// With the notes of `span` longer by so many steps; never shorter than one.
pub fn resize(pattern: &Pattern, span: &Span, by: i32) -> Pattern {
    let longer = |note: PatternNote| {
        let length = (i64::from(note.length) + i64::from(by)).max(1) as u32;
        Some(PatternNote { length, ..note })
    };
    changed(pattern, span, longer).unwrap_or_else(|| pattern.clone())
}

/// With the notes of `span` struck harder by so much.
pub fn louder(pattern: &Pattern, span: &Span, by: i16) -> Pattern {
    let louder = |note: PatternNote| {
        let velocity = (i16::from(note.velocity) + by).clamp(1, 127) as u8;
        Some(PatternNote { velocity, ..note })
    };
    changed(pattern, span, louder).unwrap_or_else(|| pattern.clone())
}

/// With the notes of `span` struck as hard as `velocity`, 1 to 127.
pub fn struck(pattern: &Pattern, span: &Span, velocity: u8) -> Pattern {
    let struck = |note: PatternNote| Some(PatternNote { velocity: velocity.clamp(1, 127), ..note });
    changed(pattern, span, struck).unwrap_or_else(|| pattern.clone())
}

/// With the notes of `span` sounding in `change` of the percent they sounded in before, held to [`limits::CHANCE`].
pub fn likelier(pattern: &Pattern, span: &Span, change: impl Fn(u8) -> i16) -> Pattern {
    let (low, high) = (i16::from(*limits::CHANCE.start()), i16::from(*limits::CHANCE.end()));
    let likelier = |note: PatternNote| {
        let chance = change(note.chance).clamp(low, high) as u8;
        Some(PatternNote { chance, ..note })
    };
    changed(pattern, span, likelier).unwrap_or_else(|| pattern.clone())
}

/// With the notes of `span` exactly on the grid.
pub fn quantise(pattern: &Pattern, span: &Span) -> Pattern {
    changed(pattern, span, |note| Some(PatternNote { offset: 0.0, ..note }))
        .unwrap_or_else(|| pattern.clone())
}

/// The notes of `span`, counted from its first step.
pub fn copy(pattern: &Pattern, span: &Span) -> Vec<PatternNote> {
    let from = span.steps.start;
    let inside = pattern.notes.iter().filter(|note| span.holds(note));
    inside.map(|note| PatternNote { start: note.start - from, ..*note }).collect()
}

/// With `notes` put in from `step` on, as far as the pattern goes; they win over what stands there.
pub fn paste(pattern: &Pattern, step: u32, notes: &[PatternNote]) -> Pattern {
    let new: Vec<PatternNote> =
        notes.iter().map(|note| PatternNote { start: note.start.saturating_add(step), ..*note }).collect();
    let mut all = pattern.notes.clone();
    all.retain(|note| {
        !new.iter().any(|new| {
            let voice = note.part != Part::Drums || note.pitch == new.pitch;
            new.part == note.part && new.start == note.start && voice
        })
    });
    all.extend(new);
    settled(pattern.steps, all)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{beat, melody};
    use super::*;

    fn all(part: Part) -> Span {
        Span { part, steps: 0..u32::MAX, keys: 0..=127 }
    }

    fn keys(pattern: &Pattern) -> Vec<(u32, u32, u8)> {
        pattern.notes.iter().map(|note| (note.start, note.length, note.pitch)).collect()
    }

    #[test]
    fn a_note_comes_and_goes_by_the_same_key() {
        let empty = Pattern::new(16, Vec::new());
        let one = toggle(&empty, Part::Lead, 4, 60, 2);
        assert_eq!(keys(&one), [(4, 2, 60)]);
        assert_eq!(toggle(&one, Part::Lead, 5, 60, 2), empty, "anywhere on it");
        let drum = toggle(&empty, Part::Drums, 3, 36, 4);
        assert_eq!(keys(&drum), [(3, 1, 36)]);
    }

    #[test]
    fn a_melody_stays_one_voice_and_drums_do_not() {
        let mut tune = Pattern::new(16, Vec::new());
        for (step, key) in [(0, 60), (4, 62), (2, 64)] {
            tune = toggle(&tune, Part::Lead, step, key, 4);
        }
        assert_eq!(keys(&tune), [(0, 2, 60), (2, 2, 64), (4, 4, 62)]);
        let both = toggle(&toggle(&tune, Part::Drums, 0, 36, 1), Part::Drums, 0, 42, 1);
        assert_eq!(both.notes.len(), 5);
    }

    #[test]
    fn what_is_moved_stays_within_the_pattern_and_wins_where_it_goes() {
        let tune = melody(0).pattern;
        let free = &SCALES[0];
        assert_eq!(shift(&tune, &all(Part::Lead), -1, 0, free), None, "the first would leave");
        let first = Span { steps: 0..1, ..all(Part::Lead) };
        let moved = shift(&tune, &first, 4, 1, free).unwrap();
        assert_eq!(moved.notes.len(), tune.notes.len() - 1);
        assert_eq!(at(&moved, Part::Lead, 4, tune.notes[0].pitch + 1).map(|note| note.start), Some(4));
        let drums = beat(0).pattern;
        let kicks = Span { keys: 36..=36, ..all(Part::Drums) };
        let snares = shift(&drums, &kicks, 0, 1, free).unwrap();
        assert!(snares.notes.iter().all(|note| note.pitch != 36));
        assert_eq!(shift(&drums, &kicks, 0, -1, free), None, "below the kick is nothing");
    }

    #[test]
    fn a_scale_keeps_notes_to_its_keys_and_no_move_is_lost() {
        let major = &SCALES[1];
        assert_eq!((major.nearest(60), major.nearest(61), major.nearest(66)), (60, 60, 65));
        let one = toggle(&Pattern::new(16, Vec::new()), Part::Lead, 0, 60, 1);
        let up = shift(&one, &all(Part::Lead), 0, 1, major).unwrap();
        assert_eq!(up.notes[0].pitch, 62);
        assert_eq!(shift(&up, &all(Part::Lead), 0, -1, major).unwrap(), one);
        for scale in SCALES {
            assert_eq!(scale.mask & 1, 1, "{} has its root", scale.name);
            assert_eq!(scale.on(7).mask >> 7 & 1, 1);
            assert_eq!(scale.on(7).mask.count_ones(), scale.mask.count_ones());
        }
        let (d_major, keys) = (major.on(2), [62, 64, 66, 67, 69, 71, 73]);
        assert!((62..74).all(|key| (d_major.nearest(key) == key) == keys.contains(&key)));
        assert_eq!(major.on(12), *major);
    }

    #[test]
    fn notes_sound_in_a_share_of_the_rounds_and_keep_it_where_they_go() {
        let tune = melody(0).pattern;
        let first = Span { steps: 0..1, ..all(Part::Lead) };
        let rare = likelier(&tune, &first, |chance| i16::from(chance) - 60);
        assert_eq!(rare.notes.iter().map(|note| note.chance).collect::<Vec<_>>()[..2], [40, 100]);
        let moved = shift(&rare, &first, 1, 0, &SCALES[0]).unwrap();
        assert_eq!(moved.notes[0].chance, 40);
        assert_eq!(likelier(&tune, &all(Part::Lead), |_| -500).notes[0].chance, 5);
        assert_eq!(likelier(&rare, &all(Part::Lead), |_| 500), tune);
    }

    #[test]
    fn length_velocity_and_timing_change_and_stay_in_range() {
        let tune = melody(0).pattern;
        assert_eq!(resize(&tune, &all(Part::Lead), -100).notes.iter().map(|n| n.length).max(), Some(1));
        assert_eq!(louder(&tune, &all(Part::Lead), 500).notes.iter().map(|n| n.velocity).min(), Some(127));
        assert_eq!(louder(&tune, &all(Part::Lead), -500).notes.iter().map(|n| n.velocity).max(), Some(1));
        assert!(struck(&tune, &all(Part::Lead), 33).notes.iter().all(|note| note.velocity == 33));
        let groove = super::super::fixtures::groove(0).pattern;
        assert!(quantise(&groove, &all(Part::Drums)).notes.iter().all(|note| note.offset == 0.0));
    }

    #[test]
    fn what_is_copied_is_pasted_as_far_as_the_pattern_goes() {
        let drums = beat(0).pattern;
        let bar = Span { steps: 0..16, ..all(Part::Drums) };
        let copied = copy(&drums, &bar);
        let empty = Pattern::new(32, Vec::new());
        assert_eq!(paste(&empty, 16, &copied).notes.len(), copied.len());
        assert!(paste(&empty, 24, &copied).notes.len() < copied.len());
        assert_eq!(remove(&paste(&empty, 0, &copied), &bar), empty);
    }
}
