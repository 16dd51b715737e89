//! The engine's line to the outside world of MIDI: what sounds when, and what comes in.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use rtrb::{Consumer, Producer, RingBuffer};

use super::Message;
use super::given::Given;
use super::sync::Sync;

/// Events under way to the MIDI thread, which looks every millisecond.
const OUTWARD: usize = 4096;
/// Messages under way from it.
const INWARD: usize = 1024;

/// An event with the host time at which it is to be heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timed {
    /// Host time, nanoseconds ([`super::host::now`]).
    pub at: u64,
    /// Track, 0..8, or [`super::HOUSE`].
    pub track: u8,
    /// What happens.
    pub message: Message,
}

/// What comes in from outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Inbound {
    /// A clock has said something.
    Sync {
        /// Host time of its arrival, nanoseconds.
        at: u64,
        /// What.
        sync: Sync,
    },
    /// Everything outside is heard so much later than the engine says (nanoseconds), because an output needs its messages
    /// that early: our own sound waits as long.
    Lead(u64),
    /// A player's note on a track, played as it comes. It is not sent out again: whoever hears it knows it already.
    Note {
        /// Track, 0..8.
        track: u8,
        /// MIDI channel.
        channel: u8,
        /// MIDI key.
        key: u8,
        /// MIDI velocity; 0 ends the note.
        velocity: u8,
    },
}

/// The outside end of the line.
#[derive(Debug)]
pub struct Wire {
    /// What the engine plays, while [`super::Command::Feed`] is on.
    pub feed: Consumer<Timed>,
    /// What the engine hears.
    pub inlet: Producer<Inbound>,
    /// How long before it is heard what the engine plays is known, nanoseconds.
    pub given: Arc<AtomicU64>,
}

/// The engine's end of the line.
#[derive(Debug)]
pub struct Line {
    /// What the engine plays.
    pub feed: Producer<Timed>,
    /// What the engine hears.
    pub inlet: Consumer<Inbound>,
    /// Measures how early the other end knows what the engine plays.
    pub given: Given,
}

/// Both ends.
pub fn wire() -> (Wire, Line) {
    let (out, feed) = RingBuffer::new(OUTWARD);
    let (inlet, within) = RingBuffer::new(INWARD);
    let given = Given::new();
    (Wire { feed, inlet, given: given.reader() }, Line { feed: out, inlet: within, given })
}
