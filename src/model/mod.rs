//! Networks: catalogue, weights, engines.
//!
//! ```text
//! .safetensors -> weights -> network (shape of the parts, from the catalogue) -> cpu engine
//! Tokens -> encode -> Posterior (mu, sigma);   z -> decode -> Tokens
//! ```

pub mod catalogue;
mod error;
mod names;
mod near;
mod settings;
mod vae;
pub mod weights;

pub use catalogue::{Config, Kind};
pub use error::ModelError;
pub use names::variables;
pub use near::near;
pub use settings::{FORMAT, Settings, Source, Training};
pub use vae::{Controls, Decoding, MusicVae, Posterior};
