//! The latent space: points, the prior, slerp, paths, and everything that makes patterns out of them.
//!
//! ```text
//! noise (seed) -> z -> generate (model decodes, codec makes notes) -> Generated { pattern, tokens, z, recipe }
//! tokens -> posterior mean -> slerp / path -> z
//! ```

pub mod attributes;
pub mod generate;
pub mod groove;
pub mod noise;
pub mod palette;
pub mod path;
pub mod recipe;
pub mod slerp;
pub mod statistics;
