//! The latent space: points, the prior, slerp, paths.

pub mod noise;
