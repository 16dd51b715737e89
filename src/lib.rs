//! An instrument: a terminal sequencer whose patterns come from the latent space of MusicVAE.
//!
//! Music flows one way, and a room imports only from those to its left:
//!
//! ```text
//! .mid / ports -> music -> codec -> model -> latent -> jam -> { tui, script, cli }
//!                    \______________________________-> engine -> { audio, midi }
//! ```
//!
//! `train` stands beside `latent`: it takes examples from `codec` and writes the files `model` reads.

pub mod audio;
pub mod cli;
pub mod codec;
pub mod engine;
pub mod jam;
pub mod latent;
pub mod midi;
pub mod model;
pub mod music;
pub mod osc;
pub mod script;
pub mod train;
pub mod tui;
