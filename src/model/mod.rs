//! Networks: catalogue, weights, engines.
//!
//! ```text
//! .safetensors -> weights -> network (shape of the parts, from the catalogue) -> cpu engine
//! Tokens -> encode -> Posterior (mu, sigma);   z -> decode -> Tokens
//! ```

mod adapter;
mod bundled;
pub mod catalogue;
mod cpu;
mod engine;
pub mod engines;
mod error;
mod evaluate;
pub mod export;
mod find;
mod forced;
#[cfg(feature = "gpu")]
mod gpu;
pub mod import;
pub mod names;
mod near;
mod network;
pub mod onnx;
pub mod published;
mod settings;
mod vae;
mod verify;
pub mod weights;

pub use catalogue::{Config, Kind};
#[cfg(test)]
pub(crate) use engine::double::Lost;
pub use error::ModelError;
pub use evaluate::Evaluation;
pub use find::{
    Listed, Place, attributes_beside, attributes_path, find, find_watched, folders, list, list_folder, look,
    open, path_of, user_folder,
};
pub use forced::Forced;
pub use names::variables;
pub use near::{like, near};
pub use settings::{FORMAT, Settings, Source, Training};
pub use vae::{Controls, Decoding, Example, MusicVae, Posterior};
pub use verify::{Verified, verify};
