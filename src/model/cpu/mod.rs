//! The CPU engine's arithmetic: packed matrices, 16-lane activations, kernels picked at run time.
//!
//! Every sum runs over its inputs in order with fused multiply-add, whatever the instruction set, the batch or
//! the number of threads: a row decoded alone gives the same bits as in a batch, on any machine.

mod activations;
mod kernel;
mod math;
mod matrix;
mod pool;
mod table;

pub use activations::{Activations, LANES, Lane};
pub use kernel::{GROUP, gates, sigmoid_slice, tile};
pub use math::{sigmoid, softplus};
pub use matrix::{Columns, Dense, Matrix, RowTiles, for_row_tiles};
pub use pool::{install, threads};
pub use table::Table;
