//! Drum beats: hit masks a step, over nine classes or the 61 of the full kit (spec section 12).

use super::drum_map::{CLASSES, FULL_CLASSES};
use super::windows::{self, LONGEST, Track, Window};
use super::{CodecError, DrumMap};
use crate::music::pattern::{ALWAYS, Part, Pattern, PatternNote, STEPS_PER_BAR};
use crate::music::quantize::GridNote;
use std::collections::BTreeMap;

/// Velocity of every hit that comes out of a model without velocities.
pub const VELOCITY: u8 = 80;

/// Which kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kit {
    /// Table of keys.
    pub map: DrumMap,
    /// True for 61 classes, false for nine.
    pub full: bool,
}

impl Kit {
    /// The class of a key.
    pub fn class(self, key: u8) -> Option<u8> {
        if self.full { self.map.full_class(key) } else { self.map.class(key) }
    }

    /// The key written for a class.
    pub fn key(self, class: u8) -> Option<u8> {
        if self.full { DrumMap::full_key(class) } else { self.map.key(class) }
    }

    /// Number of classes.
    pub fn classes(self) -> usize {
        if self.full { FULL_CLASSES } else { CLASSES }
    }
}

/// The hits of a kit, step by step in order of time; what is no drum or in no class is passed over.
pub fn hits<'a>(notes: impl IntoIterator<Item = &'a GridNote>, kit: Kit) -> BTreeMap<u32, u64> {
    let mut hits = BTreeMap::new();
    for n in notes {
        if let Some(class) = kit.class(n.note.pitch).filter(|_| n.note.is_drum) {
            *hits.entry(n.start).or_insert(0) |= 1 << class;
        }
    }
    hits
}

/// Drum tracks: from the bar of a first hit to the bar of the last one before a silence of `gap` steps.
///
/// `None` bridges every silence. Each track starts on a bar line, counted from the end of the one before, and is
/// filled up to a whole bar.
pub fn tracks(hits: &BTreeMap<u32, u64>, gap: Option<u32>) -> Vec<Track<u64>> {
    let mut tracks: Vec<Track<u64>> = Vec::new();
    let mut search = 0;
    let mut current: Option<Track<u64>> = None;
    for (&step, &mask) in hits {
        if let Some(track) = &current {
            let after_last = track.start + track.events.len() as u32;
            if gap.is_some_and(|gap| step - after_last >= gap) {
                search = after_last.next_multiple_of(STEPS_PER_BAR);
                tracks.extend(current.take());
            }
        }
        let track = current.get_or_insert_with(|| Track {
            start: step - (step - search) % STEPS_PER_BAR,
            events: Vec::new(),
        });
        track.events.resize((step - track.start) as usize + 1, 0);
        if let Some(last) = track.events.last_mut() {
            *last = mask;
        }
    }
    tracks.extend(current);
    for track in &mut tracks {
        track.events.resize(track.events.len().next_multiple_of(STEPS_PER_BAR as usize), 0);
        track.events.truncate(LONGEST);
    }
    tracks
}

/// All different windows of `steps` steps of a segment, in order of time.
pub fn windows(notes: &[GridNote], kit: Kit, steps: usize) -> Vec<Window<u64>> {
    let tracks = tracks(&hits(notes, kit), Some(STEPS_PER_BAR));
    windows::unique(tracks.iter().flat_map(|t| windows::cut(t, steps)).collect())
}

/// The notes of hit masks, one step each.
pub fn notes(masks: impl IntoIterator<Item = u64>, kit: Kit) -> impl Iterator<Item = PatternNote> {
    (0u32..).zip(masks).flat_map(move |(start, mask)| {
        (0..kit.classes() as u8).filter(move |class| mask >> class & 1 == 1).filter_map(move |class| {
            let pitch = kit.key(class)?;
            Some(PatternNote {
                start,
                length: 1,
                pitch,
                velocity: VELOCITY,
                part: Part::Drums,
                offset: 0.0,
                chance: ALWAYS,
            })
        })
    })
}

/// The hit masks of a pattern's drums.
///
/// # Errors
/// [`CodecError::UnknownDrum`], [`CodecError::OutOfPattern`].
pub fn masks(pattern: &Pattern, kit: Kit) -> Result<Vec<u64>, CodecError> {
    let mut masks = vec![0u64; pattern.steps as usize];
    for n in pattern.notes.iter().filter(|n| n.part == Part::Drums) {
        let unknown = CodecError::UnknownDrum { key: n.pitch, step: n.start };
        let class = kit.class(n.pitch).ok_or(unknown)?;
        let outside = CodecError::OutOfPattern { start: n.start, steps: pattern.steps };
        *masks.get_mut(n.start as usize).ok_or(outside)? |= 1 << class;
    }
    Ok(masks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(steps: &[u32]) -> BTreeMap<u32, u64> {
        steps.iter().map(|&s| (s, 1)).collect()
    }

    #[test]
    fn a_silence_of_a_bar_ends_a_track_one_step_less_does_not() {
        assert_eq!(tracks(&at(&[0, 16]), Some(16)).len(), 1);
        assert_eq!(tracks(&at(&[0, 17]), Some(16)).len(), 2);
        assert_eq!(tracks(&at(&[0, 1000]), None).len(), 1);
    }

    #[test]
    fn a_track_starts_on_the_bar_of_its_first_hit_and_fills_its_last_bar() {
        let found = tracks(&at(&[20, 33]), Some(16));
        assert_eq!((found[0].start, found[0].events.len()), (16, 32));
    }

    #[test]
    fn a_beat_of_a_hundred_and_ten_bars_is_cut_at_a_hundred() {
        let steps: Vec<u32> = (0..110 * 16).collect();
        assert_eq!(tracks(&at(&steps), Some(16))[0].events.len(), LONGEST);
    }
}
