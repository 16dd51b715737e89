//! What a player plays with: bank, transport settings, undo; one `Intent` enum and a pure update.
//!
//! ```text
//! keys, mouse, scripts -> Intent -> update(&mut State) -> Effects -> engine, worker, disk
//!                           ^--------- Generated, Heard, Saved ----------'
//! ```

pub mod bank;
pub mod chain;
mod effect;
pub mod fill;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod gear;
pub mod history;
mod intent;
pub mod kit;
pub mod learn;
pub mod limits;
mod message;
pub mod models;
pub mod names;
pub mod notes;
mod orders;
pub mod palette;
pub mod progress;
mod quantise;
pub mod register;
mod request;
pub mod save;
pub mod scene;
mod script;
pub mod session;
mod set;
pub mod sliders;
pub mod slot;
mod state;
pub mod take;
pub mod track;
mod update;
pub mod wiring;
pub mod worker;

pub use effect::Effect;
pub use intent::Intent;
pub use message::{Log, Message, Tone};
pub use orders::orders;
pub use quantise::Quantise;
pub use request::{Job, Request};
pub use script::{Argument, CONSOLE, Fault, ScriptNews, ScriptOrder};
pub use slot::{Slot, SlotId};
pub use state::{Launch, Opening, Pending, State};
pub use track::{Frozen, Known, Output, Track, Voice};
pub(crate) use update::plain;
pub use update::update;
