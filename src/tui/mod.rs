//! The screen: terminal, layout, widgets, keymap, themes.
//!
//! ```text
//! keys, mouse -> App (keymap -> command table -> Intent -> jam::update) -> effects -> Host -> engine, worker, disk
//! engine snapshot, answers -> App;   App + size -> view::draw -> terminal
//! ```

pub mod app;
pub mod arrangement;
mod choices;
pub mod chord;
pub mod code;
pub mod command;
pub mod config;
mod drag;
mod drift;
pub mod editor;
mod find;
mod frames;
mod host;
mod ink;
mod keep;
pub mod keymap;
pub mod late;
mod opening;
mod options;
mod outside;
mod panics;
mod patch;
pub mod piano;
pub mod picker;
mod picture;
mod pointer;
mod ports;
mod rig;
mod run;
mod setting;
pub mod shot;
mod signals;
mod sounds;
pub mod strokes;
pub mod tape;
mod terminal;
pub mod theme;
pub mod view;
mod wiring;

pub use options::{Options, Wires};
pub use run::{DEFAULT_MODEL, TuiError, run};

#[cfg(test)]
mod tests;
