//! Single notes that scripts play: seen in the roll beside the patterns.

use std::collections::VecDeque;

use crate::engine::{Command, DRUM_CHANNEL, Order, Snapshot};
use crate::music::pattern::STEPS_PER_QUARTER;

/// Notes remembered.
const KEPT: usize = 2048;
/// Beats behind the playhead that a screen may still show.
const BEHIND: f64 = 64.0;

/// A note on a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// The track.
    pub track: usize,
    /// The beat (quarters) at which it begins.
    pub beat: f64,
    /// How long it sounds, quarters.
    pub length: f64,
    /// MIDI key.
    pub key: u8,
    /// MIDI velocity.
    pub velocity: u8,
    /// A drum.
    pub drum: bool,
}

impl Stroke {
    /// The step it stands on, and how far off it is, -0.5 to 0.5 steps.
    pub fn place(&self) -> (i64, f32) {
        let at = self.beat * f64::from(STEPS_PER_QUARTER);
        let step = at.round();
        (step as i64, (at - step) as f32)
    }

    /// Steps that it covers, at least 1.
    pub fn steps(&self) -> i64 {
        (self.length * f64::from(STEPS_PER_QUARTER)).round().max(1.0) as i64
    }
}

/// The notes lately ordered, in the order in which they were.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Strokes(VecDeque<Stroke>);

impl Strokes {
    /// Remembers a note where `command` is one.
    pub fn take(&mut self, command: &Command) {
        let &Command::At { beat, track, what: Order::Note { channel, key, velocity, length } } = command
        else {
            return;
        };
        if !beat.is_finite() || !length.is_finite() {
            return;
        }
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        let (track, drum) = (usize::from(track), channel == DRUM_CHANNEL);
        self.0.push_back(Stroke { track, beat, length, key, velocity, drum });
    }

    /// The engine went from `before` to `now`: where it was stopped or moved, what was to come does not come any more.
    pub fn observe(&mut self, before: &Snapshot, now: &Snapshot) {
        if self.0.is_empty() {
            return;
        }
        if now.beat + 1e-6 < before.beat || (before.playing && !now.playing) {
            self.0.clear();
        }
        let past = |stroke: &Stroke| stroke.beat + stroke.length < now.beat - BEHIND;
        while self.0.front().is_some_and(past) {
            self.0.pop_front();
        }
    }

    /// The notes of a track.
    pub fn on(&self, track: usize) -> impl Iterator<Item = &Stroke> {
        self.0.iter().filter(move |stroke| stroke.track == track)
    }

    /// Bit `t` set: track `t` has notes.
    pub fn tracks(&self) -> u8 {
        self.0.iter().fold(0, |mask, stroke| mask | 1u8.checked_shl(stroke.track as u32).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(beat: f64, track: u8, key: u8) -> Command {
        Command::at(beat, track, Order::Note { channel: 9, key, velocity: 90, length: 0.25 })
    }

    fn at(beat: f64, playing: bool) -> Snapshot {
        Snapshot { beat, playing, ..Snapshot::default() }
    }

    #[test]
    fn notes_are_kept_while_they_can_be_seen_and_forgotten_when_the_transport_moves() {
        let mut strokes = Strokes::default();
        strokes.take(&note(1.0, 0, 36));
        strokes.take(&note(70.3, 3, 38));
        strokes.take(&Command::at(1.0, 0, Order::Gain(1.0)));
        assert_eq!((strokes.tracks(), strokes.on(3).count()), (0b1001, 1));
        let (step, off) = strokes.on(3).next().unwrap().place();
        assert!(step == 281 && (off - 0.2).abs() < 1e-5, "{step} {off}");
        strokes.observe(&at(69.0, true), &at(70.0, true));
        assert_eq!(strokes.tracks(), 0b1000, "the first is off every screen");
        strokes.observe(&at(70.0, true), &at(0.0, true));
        assert_eq!(strokes.tracks(), 0);
        strokes.take(&note(9.0, 0, 36));
        strokes.observe(&at(8.0, true), &at(8.0, false));
        assert_eq!(strokes.tracks(), 0);
        for n in 0..KEPT + 10 {
            strokes.take(&note(n as f64 / 64.0, 0, 36));
        }
        assert_eq!(strokes.on(0).count(), KEPT);
    }
}
