//! The click on every quarter note.

use super::clip::DRUM_CHANNEL;

/// General MIDI's high wood block, on the first beat of a bar.
const BAR_KEY: u8 = 76;
/// General MIDI's low wood block, on the others.
const BEAT_KEY: u8 = 77;
/// Beats in a bar (4/4).
const BAR: i64 = 4;

/// Which beat clicks next.
#[derive(Debug, Clone, Copy, Default)]
pub struct Metronome {
    /// Clicks are heard.
    pub on: bool,
    next: i64,
}

/// One click.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Click {
    /// The beat it falls on.
    pub beat: f64,
    /// MIDI channel.
    pub channel: u8,
    /// MIDI key.
    pub key: u8,
    /// MIDI velocity.
    pub velocity: u8,
}

impl Click {
    /// The click at `beat`, on the first beat of a bar or on another.
    pub fn new(beat: f64, first: bool) -> Self {
        Self {
            beat,
            channel: DRUM_CHANNEL,
            key: if first { BAR_KEY } else { BEAT_KEY },
            velocity: if first { 110 } else { 80 },
        }
    }
}

impl Metronome {
    /// The next click is the first at `from` or later.
    pub fn seek(&mut self, from: f64) {
        self.next = from.ceil() as i64;
    }

    /// The click to come.
    pub fn peek(&self) -> Click {
        Click::new(self.next as f64, self.next.rem_euclid(BAR) == 0)
    }

    /// Steps to the click after; counts on while it is not heard, so that it enters in time.
    pub fn advance(&mut self) {
        self.next += 1;
    }
}
