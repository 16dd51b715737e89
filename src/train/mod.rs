//! Training: data preparation, losses, schedules, optimiser, evaluation.
//!
//! ```text
//! source -> data (codec, split by file) -> assemble (augment) -> batch
//! batch -> network (encoder, decoder -> core -> stack, head; over lstm, linear, kernel) -> gradients -> update
//! run: the loop, checkpoints, the model file, the report
//! ```
//!
//! Gradients are written out by hand: a general autodiff was measured at a quarter of this speed on this work.

pub mod activate;
pub mod assemble;
pub mod augment;
pub mod batch;
pub mod checkpoint;
pub mod core;
pub mod data;
pub mod decoder;
pub mod dropout;
pub mod encoder;
pub mod error;
#[cfg(test)]
mod gradient_tests;
pub mod groove;
pub mod head;
pub mod kernel;
pub mod linear;
pub mod lstm;
pub mod network;
pub mod options;
pub mod parameters;
pub mod run;
pub mod schedule;
pub mod source;
pub mod stack;
pub mod start;
pub mod update;
pub mod view;

pub use error::TrainError;
pub use options::Options;
pub use run::{Event, Means, run};
