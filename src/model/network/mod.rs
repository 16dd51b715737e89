//! The networks: a small set of parts that the catalogue combines.

mod conductor;
mod core;
pub mod decoder;
pub mod encoder;
pub mod head;
pub mod load;
mod lstm;
mod nade;
pub mod rows;
pub mod tokens;
