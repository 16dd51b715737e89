//! What the jam asks of the world; `update` itself touches nothing.

use std::sync::Arc;

use super::quantise::Quantise;
use super::request::Request;
use super::slot::{Slot, SlotId};

/// One thing to be done outside, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Start the transport.
    Play,
    /// Stop the transport and go back to the top.
    Stop,
    /// Set the tempo, in quarters a minute.
    Tempo(f64),
    /// Set the swing, 0.5 to 0.75.
    Swing(f32),
    /// Metronome on or off.
    Metronome(bool),
    /// Mute exactly these drum classes (bit = class).
    MuteClasses(u16),
    /// Play a pattern from a boundary on.
    Launch {
        /// Number of this launch; comes back in [`super::Intent::Heard`].
        launch: u32,
        /// What to play.
        slot: Arc<Slot>,
        /// The boundary.
        at: Quantise,
    },
    /// Silence every sounding note now.
    Panic,
    /// Make patterns; the answer is [`super::Intent::Generated`] or [`super::Intent::Failed`].
    Generate(Request),
    /// The answer to this request is no longer wanted.
    Cancel(u64),
    /// Write these patterns, in this order, as a MIDI file; the answer is [`super::Intent::Saved`].
    Save {
        /// Tempo of the file.
        bpm: f64,
        /// The patterns.
        slots: Vec<(SlotId, Arc<Slot>)>,
    },
    /// Leave.
    Quit,
}
