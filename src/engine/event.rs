//! What the sequencer says, and to whom.

use super::TRACKS;
use super::sync::Sync;

/// The "track" of metronome and audition notes, which no mute of a track touches.
pub const HOUSE: u8 = TRACKS as u8;

/// What happens to a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Message {
    /// A note begins.
    NoteOn {
        /// MIDI channel.
        channel: u8,
        /// MIDI key.
        key: u8,
        /// MIDI velocity, 1..=127.
        velocity: u8,
    },
    /// A note ends; comes exactly once for each note-on.
    NoteOff {
        /// MIDI channel.
        channel: u8,
        /// MIDI key.
        key: u8,
    },
    /// A channel is set otherwise.
    Set(Setting),
    /// The pitch wheel moves.
    Bend {
        /// MIDI channel.
        channel: u8,
        /// -8192..=8191, 0 in the middle.
        bend: i16,
    },
    /// The track's loudness changes (linear).
    Gain(f32),
    /// The track's place changes: -1 left, 0 in the middle, 1 right.
    Pan {
        /// MIDI channel of the track.
        channel: u8,
        /// The place.
        pan: f32,
    },
    /// Everything that rings on the track falls silent, tails too.
    Cut,
    /// The clock we give, where it is switched on ([`super::Command::Clock`]); comes on [`HOUSE`].
    Sync(Sync),
}

/// How a channel is set until it is set otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// It plays with this General MIDI program from its next note on.
    Program {
        /// MIDI channel, 0..16.
        channel: u8,
        /// Program, 0..=127.
        program: u8,
    },
    /// A controller of it stands here (64 is the sustain pedal).
    Control {
        /// MIDI channel, 0..16.
        channel: u8,
        /// Controller, 0..=127.
        number: u8,
        /// Value, 0..=127.
        value: u8,
    },
}

impl Setting {
    /// The same with every value brought into its range.
    #[must_use]
    pub fn held(self) -> Self {
        match self {
            Self::Program { channel, program } => {
                Self::Program { channel: channel.min(15), program: program.min(127) }
            }
            Self::Control { channel, number, value } => {
                Self::Control { channel: channel.min(15), number: number.min(127), value: value.min(127) }
            }
        }
    }
}

/// A message with its place in time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// Absolute frame, counted from the engine's start; within the block being rendered.
    pub frame: u64,
    /// Frames from the start of the block.
    pub offset: usize,
    /// Track, 0..8, or [`HOUSE`].
    pub track: u8,
    /// What happens.
    pub message: Message,
}

/// Where events go: a synth, a MIDI port, a recorder.
///
/// Called on the real-time thread, in order of time, note-offs before note-ons of the same frame:
/// implementations allocate nothing and never wait. An output that needs its events ahead of time is
/// driven by a sequencer of its own that renders ahead; frames are absolute, so both agree.
pub trait Output {
    /// Takes one event.
    fn event(&mut self, event: Event);
}

/// An output that plays nothing: the engine runs, shows its playhead and its notes, in silence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silence;

impl Output for Silence {
    fn event(&mut self, _event: Event) {}
}

impl<A: Output, B: Output> Output for (A, B) {
    fn event(&mut self, event: Event) {
        self.0.event(event);
        self.1.event(event);
    }
}

impl<T: Output + ?Sized> Output for &mut T {
    fn event(&mut self, event: Event) {
        (**self).event(event);
    }
}

impl Output for Vec<Event> {
    /// For tests and offline work: the vector grows.
    fn event(&mut self, event: Event) {
        self.push(event);
    }
}
