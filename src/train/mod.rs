//! Training: data preparation, losses, schedules, optimiser, evaluation.

pub mod activate;
pub mod batch;
pub mod decoder;
pub mod encoder;
pub mod kernel;
pub mod linear;
pub mod lstm;
pub mod network;
pub mod parameters;
pub mod schedule;
pub mod update;
