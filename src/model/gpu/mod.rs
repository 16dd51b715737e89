//! Models on a graphics card through wonnx 0.5.1 as it is published.
//!
//! ```text
//! weights -> graphs (checked builder) -> parts (a session each) -> engine, behind the trait of the processor's
//! ```
//!
//! What the library can, cannot, and gets wrong is in README.md beside this file. Nothing here panics outwards: what
//! breaks is told, and the processor goes on.

mod adapter;
mod builder;
mod engine;
mod graphs;
mod guard;
mod pad;
mod plan;
mod session;
#[cfg(test)]
mod tests;

pub use adapter::adapters;
pub use builder::Program;
pub use engine::Gpu;
pub use guard::is_guarded;
pub use plan::programs;
pub use session::Wonnx;
