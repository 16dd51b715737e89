//! What the jam asks of the world; `update` itself touches nothing.

use std::path::PathBuf;
use std::sync::Arc;

use super::learn::Map;
use super::quantise::Quantise;
use super::request::Request;
use super::save::Set;
use super::script::{Argument, ScriptOrder};
use super::session::Session;
use super::slot::Slot;
use super::track::Voice;
use super::wiring::Wiring;
use crate::engine::Command;

/// One thing to be done outside, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Start the transport.
    Play,
    /// Count so many quarters in, then start the transport.
    CountIn(u8),
    /// Stop the transport and go back to the top.
    Stop,
    /// Set the tempo, in quarters a minute.
    Tempo(f64),
    /// Set the swing, 0.5 to 0.75.
    Swing(f32),
    /// Metronome on or off.
    Metronome(bool),
    /// Mute exactly these drum classes on these tracks.
    MuteClasses {
        /// Bit = track.
        tracks: u8,
        /// Bit = class.
        classes: u16,
    },
    /// Loudness of a track, linear.
    Gain {
        /// The track.
        track: u8,
        /// 0 is silent, 1 as it is.
        gain: f32,
    },
    /// Put a track between left and right.
    Pan {
        /// The track.
        track: u8,
        /// Its MIDI channel, for outputs outside.
        channel: u8,
        /// -1 left, 0 in the middle, 1 right.
        pan: f32,
    },
    /// Play a bar over what a track plays.
    Fill {
        /// Which part plays where and how.
        voice: Voice,
        /// The bar.
        slot: Arc<Slot>,
        /// The boundary.
        at: Quantise,
    },
    /// Silence a track, or let it sound again; its pattern goes on.
    MuteTrack {
        /// The track.
        track: u8,
        /// True silences.
        on: bool,
    },
    /// Take the pattern off a track.
    Halt {
        /// The track.
        track: u8,
        /// When.
        at: Quantise,
    },
    /// Play a pattern from a boundary on, each of its parts on a track.
    Launch {
        /// Number of this launch; comes back in [`super::Intent::Heard`].
        launch: u32,
        /// What to play.
        slot: Arc<Slot>,
        /// Which part plays where and how.
        voices: Vec<Voice>,
        /// The boundary.
        at: Quantise,
    },
    /// A player's note on a track, held until its end is told.
    Live {
        /// The track.
        track: u8,
        /// MIDI channel, 0..=15.
        channel: u8,
        /// MIDI key.
        key: u8,
        /// MIDI velocity; 0 ends the note.
        velocity: u8,
    },
    /// An order for the engine as it is, from a script.
    Perform(Command),
    /// Silence every sounding note now.
    Panic,
    /// Make patterns; the answer is [`super::Intent::Generated`] or [`super::Intent::Failed`].
    Generate(Request),
    /// The answer to this request is no longer wanted.
    Cancel(u64),
    /// Write the set as a MIDI file; the answer is [`super::Intent::Saved`].
    Save {
        /// The set.
        set: Set,
        /// The file that was written last: it is not written again where it would hold the same.
        last: Option<PathBuf>,
    },
    /// Render the set as a WAV file; the answer is [`super::Intent::Rendered`].
    Render {
        /// Number of the rendering: [`Effect::Cancel`] with it ends it.
        ticket: u64,
        /// The set.
        set: Set,
    },
    /// Write a session; the answer is [`super::Intent::SessionSaved`].
    SaveSession {
        /// The session.
        session: Box<Session>,
        /// Its file; `None` takes the first free name.
        path: Option<PathBuf>,
    },
    /// Write a session to a file that is not there yet; the answer is [`super::Intent::SessionSaved`].
    SaveSessionAs {
        /// The session.
        session: Box<Session>,
        /// Its file.
        path: PathBuf,
    },
    /// Read a session; the answer is [`super::Intent::Opened`], or words about why not.
    Open(PathBuf),
    /// Follow the clock outside, or lead again.
    Follow(bool),
    /// Change the wiring of MIDI, and keep it.
    Wire(Wiring),
    /// Keep what knobs have learned.
    KeepMap(Map),
    /// Something to be done with scripts; they answer with [`super::Intent::ScriptSays`].
    Script(ScriptOrder),
    /// Send an OSC message.
    Tell {
        /// Its address.
        address: String,
        /// Its values.
        arguments: Vec<Argument>,
    },
    /// Leave.
    Quit,
}
