//! Melodies: one event a step for one voice (spec section 11).

use super::CodecError;
use super::windows::{self, Track, Window};
use crate::music::pattern::{ALWAYS, Part, Pattern, PatternNote, STEPS_PER_BAR};
use crate::music::quantize::GridNote;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Nothing new: what sounds goes on.
pub const NO_EVENT: u8 = 0;
/// What sounds stops.
pub const NOTE_OFF: u8 = 1;
/// The token of the lowest pitch.
const FIRST_NOTE: u8 = 2;
/// The pitches that have a token.
pub const PITCHES: RangeInclusive<u8> = 21..=108;
/// Velocity of every note that comes out of a melody model.
pub const VELOCITY: u8 = 80;

/// The token that starts a pitch.
pub fn note_on(pitch: u8) -> Option<u8> {
    PITCHES.contains(&pitch).then(|| pitch - PITCHES.start() + FIRST_NOTE)
}

/// The pitch that a token starts.
pub fn pitch(token: u8) -> Option<u8> {
    let pitch = token.checked_sub(FIRST_NOTE)?.checked_add(*PITCHES.start())?;
    PITCHES.contains(&pitch).then_some(pitch)
}

/// A note of one voice on the grid: [start, end).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoiceNote {
    /// First step.
    pub start: u32,
    /// Step after the last.
    pub end: u32,
    /// MIDI key within [`PITCHES`].
    pub pitch: u8,
}

/// The notes of a grid that have a token, instrument by instrument; drums are left out.
pub fn voices<'a>(notes: impl IntoIterator<Item = &'a GridNote>) -> BTreeMap<u32, Vec<VoiceNote>> {
    let mut voices: BTreeMap<u32, Vec<VoiceNote>> = BTreeMap::new();
    for n in notes {
        if !n.note.is_drum && PITCHES.contains(&n.note.pitch) {
            let note = VoiceNote { start: n.start, end: n.end, pitch: n.note.pitch };
            voices.entry(n.note.instrument).or_default().push(note);
        }
    }
    voices
}

/// A line under construction. Steps count from its first bar; only `longest` events are stored, whatever it spans.
struct Line {
    start: u32,
    longest: usize,
    events: Vec<u8>,
    last_on: u32,
    /// The end of the last note, which is always the last event.
    last_off: u32,
}

impl Line {
    fn new(start: u32, longest: usize) -> Self {
        Self { start, longest, events: Vec::new(), last_on: 0, last_off: 0 }
    }

    /// Adds a note that starts after the last one; it cuts what sounds, and what would have followed is lost.
    fn add(&mut self, note: &VoiceNote) {
        let (on, off) = (note.start - self.start, note.end - self.start);
        self.events.truncate((on as usize).min(self.longest));
        self.events.resize((off as usize + 1).min(self.longest), NO_EVENT);
        if let (Some(event), Some(token)) = (self.events.get_mut(on as usize), note_on(note.pitch)) {
            *event = token;
        }
        if let Some(event) = self.events.get_mut(off as usize) {
            *event = NOTE_OFF;
        }
        (self.last_on, self.last_off) = (on, off);
    }

    /// Fills up to a whole bar. A last note that ends on the bar line is left without its note-off.
    fn finish(mut self) -> Track<u8> {
        let length = (self.last_off as usize).next_multiple_of(STEPS_PER_BAR as usize).min(self.longest);
        self.events.resize(length, NO_EVENT);
        Track { start: self.start, events: self.events }
    }
}

/// The lines of one voice: the highest of simultaneous notes, the newest of overlapping ones.
///
/// A line starts on the bar of its first note and ends before a note that comes `gap` steps or more after the last
/// note-off; `None` bridges every silence. No line has more than `longest` events.
pub fn lines(notes: &[VoiceNote], gap: Option<u32>, longest: usize) -> Vec<Track<u8>> {
    let mut notes = notes.to_vec();
    notes.sort_by_key(|n| (n.start, std::cmp::Reverse(n.pitch)));
    let mut lines = Vec::new();
    let mut search = 0;
    let mut current: Option<Line> = None;
    for note in &notes {
        if let Some(line) = &current {
            let (on, off) = (line.start + line.last_on, line.start + line.last_off);
            if note.start == on {
                continue;
            }
            if gap.is_some_and(|gap| note.start >= off.saturating_add(gap)) {
                search = off.next_multiple_of(STEPS_PER_BAR);
                lines.extend(current.take().map(Line::finish));
            }
        }
        let bar = note.start - (note.start - search) % STEPS_PER_BAR;
        current.get_or_insert_with(|| Line::new(bar, longest)).add(note);
    }
    lines.extend(current.map(Line::finish));
    lines
}

/// All windows of `steps` steps of a segment, voice by voice; `programs` limits the instruments.
pub fn all_windows(notes: &[GridNote], programs: &RangeInclusive<u8>, steps: usize) -> Vec<Window<u8>> {
    let voices = voices(notes.iter().filter(|n| programs.contains(&n.note.program)));
    let mut all = Vec::new();
    for voice in voices.values() {
        for line in lines(voice, Some(STEPS_PER_BAR), windows::LONGEST) {
            all.extend(windows::cut(&line, steps).map(|(start, events)| (start, clean(events))));
        }
    }
    all
}

/// All different windows of `steps` steps of a segment, in order of time.
pub fn windows(notes: &[GridNote], programs: &RangeInclusive<u8>, steps: usize) -> Vec<Window<u8>> {
    windows::unique(all_windows(notes, programs, steps))
}

/// Note-offs before the first note say nothing.
fn clean(mut events: Vec<u8>) -> Vec<u8> {
    for event in events.iter_mut().take_while(|e| **e < FIRST_NOTE) {
        *event = NO_EVENT;
    }
    events
}

/// The notes of melody tokens: each ends at the next note, note-off or the end.
pub fn notes(events: &[u8], part: Part) -> Vec<PatternNote> {
    let mut notes: Vec<PatternNote> = Vec::new();
    let mut sounding = false;
    for (step, &event) in (0u32..).zip(events) {
        let on = pitch(event);
        if let (true, Some(last)) = (sounding, notes.last_mut()) {
            // Grows by a step as long as nothing ends it.
            if event == NO_EVENT {
                last.length += 1;
            } else {
                sounding = false;
            }
        }
        if let Some(pitch) = on {
            notes.push(PatternNote {
                start: step,
                length: 1,
                pitch,
                velocity: VELOCITY,
                part,
                offset: 0.0,
                chance: ALWAYS,
            });
            sounding = true;
        }
    }
    notes
}

/// The tokens of one part of a pattern, as long as the pattern: highest of simultaneous notes, newest of overlapping.
///
/// # Errors
/// [`CodecError::PitchOutOfRange`], [`CodecError::OutOfPattern`].
pub fn events(pattern: &Pattern, part: Part) -> Result<Vec<u8>, CodecError> {
    let mut voice = Vec::new();
    for n in pattern.notes.iter().filter(|n| n.part == part) {
        if !PITCHES.contains(&n.pitch) {
            return Err(CodecError::PitchOutOfRange { key: n.pitch, step: n.start });
        }
        if n.start >= pattern.steps {
            return Err(CodecError::OutOfPattern { start: n.start, steps: pattern.steps });
        }
        voice.push(VoiceNote {
            start: n.start,
            end: n.start.saturating_add(n.length.max(1)),
            pitch: n.pitch,
        });
    }
    Ok(whole(&voice, pattern.steps as usize))
}

/// One line from step 0 over `steps` steps, silence before it and behind it included.
pub fn whole(voice: &[VoiceNote], steps: usize) -> Vec<u8> {
    let mut sorted = voice.to_vec();
    sorted.sort_by_key(|n| (n.start, std::cmp::Reverse(n.pitch)));
    sorted.dedup_by_key(|n| n.start);
    let mut line = Line::new(0, steps);
    sorted.iter().for_each(|n| line.add(n));
    line.events.resize(steps, NO_EVENT);
    line.events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(start: u32, end: u32, pitch: u8) -> VoiceNote {
        VoiceNote { start, end, pitch }
    }

    #[test]
    fn tokens_name_pitches_from_a0_to_c8() {
        assert_eq!((note_on(20), note_on(21), note_on(108), note_on(109)), (None, Some(2), Some(89), None));
        assert_eq!(
            (pitch(1), pitch(2), pitch(89), pitch(90), pitch(255)),
            (None, Some(21), Some(108), None, None)
        );
    }

    #[test]
    fn the_highest_of_simultaneous_notes_wins_and_a_new_note_cuts_the_old() {
        let line = &lines(&[note(0, 16, 60), note(0, 4, 64), note(2, 3, 50)], Some(16), 1600)[0];
        assert_eq!(line.events[..5], [note_on(64).unwrap(), 0, note_on(50).unwrap(), NOTE_OFF, 0]);
    }

    #[test]
    fn a_note_that_ends_on_the_bar_line_leaves_no_note_off() {
        assert!(!lines(&[note(0, 16, 60)], Some(16), 1600)[0].events.contains(&NOTE_OFF));
        assert_eq!(lines(&[note(0, 15, 60)], Some(16), 1600)[0].events[15], NOTE_OFF);
    }

    #[test]
    fn a_bar_of_silence_starts_a_new_line() {
        assert_eq!(lines(&[note(0, 4, 60), note(20, 21, 60)], Some(16), 1600).len(), 2);
        assert_eq!(lines(&[note(0, 4, 60), note(19, 21, 60)], Some(16), 1600).len(), 1);
    }

    #[test]
    fn a_note_of_a_year_takes_no_memory() {
        assert_eq!(lines(&[note(0, u32::MAX - 1, 60)], Some(16), 1600)[0].events.len(), 1600);
    }

    #[test]
    fn notes_and_tokens_go_back_and_forth() {
        let tokens = [0, 10, 0, 12, 1, 0, 14, 0];
        let pattern = Pattern::new(8, notes(&tokens, Part::Lead));
        assert_eq!(events(&pattern, Part::Lead).unwrap(), tokens);
    }
}
