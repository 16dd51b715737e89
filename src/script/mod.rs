//! Live coding: rhai scripts that play the latent space.
//!
//! ```text
//! script text -> engine (limits, api) -> tasks: main, live loops          one thread each, one runs at a time
//!                                          | wait: beats of the timeline, ordered by (beat, name)
//!                                          v
//!                                        Stage -> Intents with their beats -> host (render, live, the jam)
//! ```
//!
//! A task runs a little ahead of the music and says for which beat everything is meant, so that what it plays is as
//! exact as the sequencer. Time is virtual: how long a script computes moves no note, and a render is the same every
//! time.

// What rhai's `export_module` writes for an argument has one; it has checked its type before.
#[allow(clippy::unwrap_used)]
mod api;
mod chain;
mod clip;
mod conductor;
mod context;
mod ear;
mod engine;
mod error;
pub mod examples;
mod fill;
#[cfg(test)]
mod fixtures;
mod folder;
mod host;
pub mod limits;
pub mod live;
mod misfit;
mod modules;
pub mod reference;
pub mod render;
pub mod routes;
mod runtime;
mod stage;
mod strip;
mod task;
#[cfg(test)]
mod tests;
mod value;
pub mod watch;

pub use ear::Heard;
pub use error::ScriptError;
pub use runtime::{Runtime, Source};
pub use stage::Settings;
