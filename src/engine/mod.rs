//! The real-time part: timeline, sequencer, clock out, clock follower, sounding-note ledger. Allocates nothing, locks nothing.
//!
//! ```text
//!  UI thread                          real-time thread (audio callback, or the deadline thread)
//!  Player --- commands (ring) -----> Driver -> Sequencer -> Output (synth, MIDI, recorder)
//!     ^------ snapshot (triple buffer), played notes (ring), retired clips (ring) ---'
//! ```
//!
//! The sequencer is pure: it knows frames and beats, no clock. Who calls [`Driver::process`] decides what a
//! frame is, so a test, an offline render and a sound card all run the same code.

mod agenda;
pub mod chance;
mod chase;
mod clip;
#[cfg(test)]
mod clock_tests;
mod command;
mod count_in;
mod cursor;
mod event;
mod follower;
#[cfg(test)]
mod follower_tests;
mod frame_clock;
mod given;
pub mod host;
mod ledger;
mod metronome;
#[cfg(test)]
mod order_tests;
mod player;
#[cfg(test)]
mod playing_tests;
mod priority;
mod pulse;
mod sequencer;
#[cfg(test)]
mod sequencer_laws;
#[cfg(test)]
mod sequencer_tests;
#[cfg(test)]
mod setting_tests;
mod snapshot;
mod swing;
mod sync;
mod tempo_fit;
mod timeline;
mod track;
mod wire;

pub use agenda::Order;
pub use clip::{BASS_CHANNEL, Clip, ClipNote, DRUM_CHANNEL, LEAD_CHANNEL};
pub use command::{Command, Quantise};
pub use event::{Event, HOUSE, Message, Output, Setting, Silence};
pub use follower::Follower;
pub use frame_clock::FrameClock;
pub use ledger::Ledger;
pub use player::{Driver, PlayedNote, Player, channel, channel_with};
pub use priority::{Denied, give_way, raise, real_time};
pub use sequencer::Sequencer;
pub use snapshot::{Snapshot, SyncState, TrackState};
pub use swing::Swing;
pub use sync::{Lock, Sync, SyncSource, TICKS, Target};
pub use timeline::Timeline;
pub use wire::{Inbound, Timed, Wire};

/// Tracks that play at once.
pub const TRACKS: usize = 8;
/// Slowest tempo taken, beats a minute; slower requests are raised to it.
pub const SLOWEST_BPM: f64 = 20.0;
/// Fastest tempo taken, beats a minute; faster requests are lowered to it.
pub const FASTEST_BPM: f64 = 400.0;
