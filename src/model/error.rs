//! What can go wrong with a model: its file, its name, or what it is asked for.

use std::path::PathBuf;

/// An error of the `model` room; the message names the file or model, the cause and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file could not be read.
    #[error("{} cannot be read: {source}; check the path, `mvae-tui models list` shows the models at hand", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Whoever watched the reading wanted no more.
    #[error("stopped: {name} was not read")]
    Stopped {
        /// The file.
        name: String,
    },
    /// A file could not be written.
    #[error("{} cannot be written: {source}; check that its folder exists and has room", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Bytes that are not a model of this program, or a damaged one.
    #[error("{name} is not a readable model: {cause}; {remedy}")]
    Format {
        /// The file or model.
        name: String,
        /// What is wrong with it.
        cause: String,
        /// What to do about it.
        remedy: String,
    },
    /// The tensors of a file are not those its configuration and layer sizes need.
    #[error("{name}: the weights do not fit configuration {config}: {}; import or train it again with the configuration it was made for", faults.join("; "))]
    Tensors {
        /// The file or model.
        name: String,
        /// The configuration the weights were held against.
        config: String,
        /// One line a missing, extra or misshapen tensor.
        faults: Vec<String>,
    },
    /// A configuration name that is not in the catalogue.
    #[error("no configuration is called \"{name}\"; near ones: {}", near.join(", "))]
    UnknownConfig {
        /// The name asked for.
        name: String,
        /// Names of the catalogue that look like it.
        near: Vec<String>,
    },
    /// A model name that is neither bundled nor found in a folder, nor a path.
    #[error("no model is called \"{name}\" and no such file exists; {}", if near.is_empty() { "no model was found: train one with `mvae-tui train` or name a .safetensors file".to_owned() } else { format!("near ones: {}", near.join(", ")) })]
    UnknownModel {
        /// The name asked for.
        name: String,
        /// Names at hand that look like it.
        near: Vec<String>,
    },
    /// Something the model cannot do or take: another kind of pattern, a wrong length or size.
    #[error("{model}: {cause}; {remedy}")]
    Request {
        /// The model's name.
        model: String,
        /// What does not fit.
        cause: String,
        /// What would.
        remedy: String,
    },
}
