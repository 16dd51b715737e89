//! A place in a looping clip: which note comes next, on which round.

use super::{Clip, ClipNote};

/// Farthest that swing moves a note, beats.
const BACK: f64 = 0.5;

/// A note with its place on the transport.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Due {
    /// Beat at which it sounds, before swing.
    pub sound: f64,
    /// Beat at which it is written.
    pub grid: f64,
    /// The note itself.
    pub note: ClipNote,
}

/// The next note of a clip that loops in phase with the transport: its beat 0 falls on beats 0, L, 2L, ...
///
/// Positions are computed from the number of the round, never summed up, so a loop cannot drift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cursor {
    round: i64,
    index: usize,
}

impl Cursor {
    /// At the first note of `clip` that is written at beat `from` or later.
    ///
    /// A note written later but played early is thus found however early it sounds.
    pub fn seek(clip: &Clip, from: f64) -> Self {
        Self::after(clip, from, |due| due.grid < from)
    }

    /// At the first note of `clip` that is not `past`, somewhere about beat `near`.
    pub fn after(clip: &Clip, near: f64, past: impl Fn(&Due) -> bool) -> Self {
        if clip.notes().is_empty() {
            return Self { round: 0, index: 0 };
        }
        // An early note of the first step belongs to the round before, and swing delays what is written by up to
        // an 8th: hence some way back.
        let mut cursor = Self { round: ((near - BACK) / clip.length()).floor() as i64 - 1, index: 0 };
        cursor.skip(clip, past);
        cursor
    }

    /// Steps over the notes that are `past`, up to the first that is not.
    pub fn skip(&mut self, clip: &Clip, past: impl Fn(&Due) -> bool) {
        while self.peek(clip).is_some_and(|due| past(&due)) {
            self.advance(clip);
        }
    }

    /// The note to come; `None` where the clip has none.
    pub fn peek(&self, clip: &Clip) -> Option<Due> {
        let note = *clip.notes().get(self.index)?;
        let start = self.round as f64 * clip.length();
        Some(Due { sound: start + note.sound, grid: start + note.grid, note })
    }

    /// Steps to the note after, around the loop.
    pub fn advance(&mut self, clip: &Clip) {
        self.index += 1;
        if self.index >= clip.notes().len() {
            self.index = 0;
            self.round += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::pattern::{Part, Pattern, PatternNote};

    fn clip(steps: u32, notes: &[(u32, f32)]) -> Clip {
        let notes = notes
            .iter()
            .map(|&(start, offset)| PatternNote {
                start,
                length: 1,
                pitch: 36,
                velocity: 80,
                part: Part::Drums,
                offset,
                chance: 100,
            })
            .collect();
        Clip::from_pattern(&Pattern::new(steps, notes))
    }

    #[test]
    fn a_clip_is_entered_in_phase_with_the_transport() {
        let clip = clip(32, &[(0, 0.0), (16, 0.0)]);
        let due = Cursor::seek(&clip, 12.0).peek(&clip).map(|d| (d.sound, d.note.sound));
        assert_eq!(due, Some((12.0, 4.0)));
    }

    #[test]
    fn an_early_note_belongs_to_the_beat_it_is_written_at() {
        let clip = clip(16, &[(0, -0.4), (4, 0.0)]);
        let due = Cursor::seek(&clip, 8.0).peek(&clip);
        assert!(due.is_some_and(|d| d.grid == 8.0 && (d.sound - 7.9).abs() < 1e-6));
    }

    #[test]
    fn the_hundred_thousandth_round_is_where_the_first_one_says() {
        let clip = clip(12, &[(1, 0.0)]);
        let mut cursor = Cursor::seek(&clip, 0.0);
        for _ in 0..100_000 {
            cursor.advance(&clip);
        }
        assert_eq!(cursor.peek(&clip).map(|d| d.sound), Some(100_000.0 * 3.0 + 0.25));
    }
}
