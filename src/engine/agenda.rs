//! Orders that wait for their beat, sample-accurate: what a script plays note by note.

use super::{Command, Setting, Swing};

/// Orders that can wait at once; more are turned away.
const CAPACITY: usize = 1024;

/// What a [`Command::At`] does to a track when its beat comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Order {
    /// Sounds a note; swing moves it like a clip's.
    Note {
        /// MIDI channel, 0..=15.
        channel: u8,
        /// MIDI key.
        key: u8,
        /// MIDI velocity, 1..=127.
        velocity: u8,
        /// How long it sounds, beats.
        length: f64,
    },
    /// Silences the track without stopping its clip, or lets it sound again.
    Mute(bool),
    /// Loudness of the track, as [`Command::Gain`].
    Gain(f32),
    /// Where the track stands, as [`Command::Pan`].
    Pan {
        /// MIDI channel of the track.
        channel: u8,
        /// -1 left, 0 in the middle, 1 right.
        pan: f32,
    },
    /// Moves a controller of a channel, or gives it a program for the notes to come.
    Set(Setting),
    /// The tempo of the whole transport, as [`Command::Tempo`].
    Tempo(f64),
    /// The swing of the whole transport, as [`Command::Swing`].
    Swing(f32),
}

/// An order with its beat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Beat (quarters) at which it happens, swing applied.
    pub beat: f64,
    /// Beat as asked for.
    pub written: f64,
    /// Track, 0..8.
    pub track: u8,
    /// What happens.
    pub what: Order,
}

/// What waits, the latest first. Fixed room: putting in and taking out allocate nothing.
#[derive(Debug)]
pub struct Agenda(Vec<Entry>);

impl Default for Agenda {
    fn default() -> Self {
        Self(Vec::with_capacity(CAPACITY))
    }
}

impl Agenda {
    /// Takes an order in; false where there is no room, or its beat is no number.
    pub fn put(&mut self, beat: f64, track: u8, what: Order, swing: Swing) -> bool {
        if self.0.len() == CAPACITY || !beat.is_finite() {
            return false;
        }
        let sounds = if matches!(what, Order::Note { .. }) { swing.bend(beat) } else { beat };
        // Orders of one beat keep the order in which they came.
        let at = self.0.partition_point(|other| other.beat > sounds);
        self.0.insert(at, Entry { beat: sounds, written: beat, track, what });
        true
    }

    /// The order that comes first.
    pub fn peek(&self) -> Option<&Entry> {
        self.0.last()
    }

    /// Takes out the order that comes first.
    pub fn pop(&mut self) -> Option<Entry> {
        self.0.pop()
    }

    /// Forgets everything that waits.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl Command {
    /// An order for a beat.
    pub fn at(beat: f64, track: u8, what: Order) -> Self {
        Self::At { beat, track, what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_come_out_by_beat_and_those_of_one_beat_as_they_went_in() {
        let mut agenda = Agenda::default();
        for (beat, gain) in [(2.0, 0.1), (1.0, 0.2), (2.0, 0.3), (0.5, 0.4)] {
            assert!(agenda.put(beat, 0, Order::Gain(gain), Swing::STRAIGHT));
        }
        let mut gains = Vec::new();
        while let Some(Entry { what: Order::Gain(gain), .. }) = agenda.pop() {
            gains.push(gain);
        }
        assert_eq!(gains, [0.4, 0.2, 0.1, 0.3]);
    }

    #[test]
    fn a_full_agenda_turns_away_and_a_beat_that_is_no_number_is_none() {
        let mut agenda = Agenda::default();
        assert!(!agenda.put(f64::NAN, 0, Order::Gain(1.0), Swing::STRAIGHT));
        for _ in 0..CAPACITY {
            assert!(agenda.put(1.0, 0, Order::Gain(1.0), Swing::STRAIGHT));
        }
        let room = agenda.0.capacity();
        assert!(!agenda.put(1.0, 0, Order::Gain(1.0), Swing::STRAIGHT));
        assert_eq!(agenda.0.capacity(), room);
    }
}
