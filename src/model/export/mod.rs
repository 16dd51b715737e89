//! A model as standard ONNX graphs, so that other programs can run it (`models export NAME --onnx DIR`).
//!
//! One graph a part, any batch, single precision:
//!
//! ```text
//! encoder:            x [batch, steps, depth], lengths (flat encoders)  -> mu, sigma
//! conductor_N_start:  x (z, or the embedding from above)                -> c0, h0, c1, h1, ...
//! conductor_N_step:   (lower, x,) c0, h0, ...                           -> embedding, c0_next, h0_next, ...
//! decoder_start:      latent (z, or a segment's embedding)              -> c0, h0, c1, h1, ...
//! decoder_step:       previous, latent, (controls,) c0, h0, ...         -> logits, c0_next, h0_next, ...
//! nade:               projected (the step's logits), bits               -> logits of every bit given the earlier ones
//! ```
//!
//! Trio models with a core a part have `decoder_0_start`, `decoder_0_step` and so on. A flat sequence starts once
//! from z; a hierarchical one starts the decoder anew for each segment, from its embedding, and feeds the last output
//! of a segment to the first step of the next (spec sections 4 and 5).

mod decoder;
mod encoder;
mod nade;
mod parts;

use super::{
    catalogue::Head,
    error::ModelError,
    names,
    network::load::Loader,
    onnx::{Graph, Value},
    settings::Settings,
    weights::Weights,
};
use serde::Serialize;

/// Version of the operators: that of ONNX 1.12, which every runtime of today has.
const OPSET: i64 = 17;
/// Protocol buffers end there.
const MOST_BYTES: usize = (2 << 30) - 1;

/// One graph as a file.
#[derive(Debug)]
pub struct File {
    /// Its name: `decoder_step.onnx`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it takes and gives.
    pub about: About,
}

/// What a graph takes and gives, for the index beside the files.
#[derive(Debug, Clone, Serialize)]
pub struct About {
    /// Name of the file.
    pub file: String,
    /// What it is for.
    pub description: String,
    /// Names and shapes of its inputs.
    pub inputs: Vec<Port>,
    /// Names and shapes of its outputs.
    pub outputs: Vec<Port>,
}

/// A graph's input or output.
#[derive(Debug, Clone, Serialize)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Its axes: numbers, or names of those that may be any length.
    pub shape: Vec<String>,
}

/// The graphs of a model with these settings and checked weights.
///
/// # Errors
/// [`ModelError::Request`]: a graph would not fit one file.
pub fn export(settings: &Settings, weights: &Weights) -> Result<Vec<File>, ModelError> {
    let config = settings.catalogue()?;
    weights.check(settings, &settings.name)?;
    let loader = Loader::new(weights, &settings.name);
    let mut graphs = vec![encoder::graph(settings, config, &loader)?];
    graphs.extend(decoder::conductors(settings, &loader)?);
    let cores = if config.head == Head::Split { config.parts.len() } else { 1 };
    for part in 0..cores {
        graphs.extend(decoder::core(settings, config, part, &loader)?);
    }
    if config.head == Head::Nade {
        graphs.push(nade::graph(settings, config, &loader, &names::core(settings, config, 0))?);
    }
    graphs.into_iter().map(|graph| file(graph, settings)).collect()
}

fn file(mut graph: Graph<'_>, settings: &Settings) -> Result<File, ModelError> {
    graph.opset = OPSET;
    let json = serde_json::to_string(settings).map_err(|e| ModelError::Format {
        name: settings.name.clone(),
        cause: e.to_string(),
        remedy: "import or train the model again".to_owned(),
    })?;
    graph.metadata = vec![("model".to_owned(), settings.name.clone()), ("settings".to_owned(), json)];
    let name = format!("{}.onnx", graph.name);
    let bytes = graph.to_bytes();
    if bytes.len() > MOST_BYTES {
        return Err(ModelError::Request {
            model: settings.name.clone(),
            cause: format!("{name} would have {} bytes and the format ends at 2 GiB", bytes.len()),
            remedy: "export a smaller model".to_owned(),
        });
    }
    let about = About {
        file: name.clone(),
        description: graph.description.clone(),
        inputs: graph.inputs.iter().map(port).collect(),
        outputs: graph.outputs.iter().map(port).collect(),
    };
    Ok(File { name, bytes, about })
}

fn port(value: &Value) -> Port {
    use super::onnx::Axis;
    let axis = |axis: &Axis| match axis {
        Axis::Fixed(n) => n.to_string(),
        Axis::Named(name) => (*name).to_owned(),
    };
    Port { name: value.name.clone(), shape: value.shape.iter().map(axis).collect() }
}
