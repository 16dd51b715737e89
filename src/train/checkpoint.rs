//! The state of a run on disk: weights, their running mean, Adam's moments and the counters, in one file.

use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::error::TrainError;
use super::parameters::Parameters;
use crate::model::weights;

/// Counters of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Counters {
    /// Updates made.
    pub updates: u64,
    /// Examples seen, repeats counted.
    pub examples: u64,
    /// Seconds of training.
    pub seconds: f64,
    /// Lowest held-out loss so far.
    pub best: Option<f64>,
    /// Beta and free nats of the objective that loss is of.
    #[serde(default)]
    pub objective: Option<(f64, f64)>,
    /// Share of the files kept out of training, and the patterns that came of them.
    #[serde(default)]
    pub held_out: Option<(f64, usize)>,
    /// How often the decoder was fed its own output in that look.
    #[serde(default)]
    pub own: f64,
    /// Updates, examples and seconds of the model whose weights the run began with.
    #[serde(default)]
    pub before: (u64, u64, f64),
}

/// Where the checkpoint of the model file `out` lies: beside it.
pub fn path_for(out: &Path) -> PathBuf {
    out.with_extension("ckpt")
}

/// The four tensors kept for each parameter and the suffix of each name; those of TensorFlow for Adam's.
const SUFFIXES: [&str; 4] = ["", "/Adam", "/Adam_1", "/average"];

/// Writes the state: beside `path` first, then renamed over it.
///
/// # Errors
/// [`TrainError::Write`].
pub fn write(
    path: &Path,
    parameters: &Parameters,
    average: &[Vec<f32>],
    counters: &Counters,
) -> Result<(), TrainError> {
    let failed = |source| TrainError::Write { path: path.to_owned(), source };
    let mut tensors = Vec::new();
    for (p, average) in parameters.list.iter().zip(average) {
        for (values, suffix) in [&p.value, &p.m, &p.v, average].into_iter().zip(SUFFIXES) {
            let view = TensorView::new(Dtype::F32, p.shape.clone(), bytemuck::cast_slice(values));
            tensors
                .push((format!("{}{suffix}", p.name), view.map_err(|e| failed(std::io::Error::other(e)))?));
        }
    }
    let json = serde_json::to_string(counters).map_err(|e| failed(e.into()))?;
    let metadata = [("counters".to_owned(), json)].into_iter().collect();
    let bytes =
        safetensors::serialize(tensors, Some(metadata)).map_err(|e| failed(std::io::Error::other(e)))?;
    let beside = path.with_extension("ckpt.part");
    weights::write_all(&beside, &bytes).and_then(|()| std::fs::rename(&beside, path)).map_err(|source| {
        // A half file would make a full disk fuller.
        let _ = std::fs::remove_file(&beside);
        failed(source)
    })
}

/// Reads a state into `parameters`; returns the running mean and the counters.
///
/// # Errors
/// [`TrainError::Read`]; [`TrainError::Checkpoint`] where a tensor is missing or has another shape.
pub fn read(path: &Path, parameters: &mut Parameters) -> Result<(Vec<Vec<f32>>, Counters), TrainError> {
    let bytes = std::fs::read(path).map_err(|source| TrainError::Read { path: path.to_owned(), source })?;
    let wrong = |cause: String| TrainError::Checkpoint { path: path.to_owned(), cause };
    let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|e| wrong(e.to_string()))?;
    let counters = metadata.metadata().as_ref().and_then(|m| m.get("counters"));
    let counters = counters.ok_or_else(|| wrong("it has no counters".to_owned()))?;
    let counters: Counters = serde_json::from_str(counters).map_err(|e| wrong(e.to_string()))?;
    let file = SafeTensors::deserialize(&bytes).map_err(|e| wrong(e.to_string()))?;
    let mut averages = Vec::new();
    for p in &mut parameters.list {
        let mut average = vec![0.0; p.value.len()];
        for (values, suffix) in [&mut p.value, &mut p.m, &mut p.v, &mut average].into_iter().zip(SUFFIXES) {
            let name = format!("{}{suffix}", p.name);
            let tensor = file.tensor(&name).map_err(|e| wrong(e.to_string()))?;
            if tensor.dtype() != Dtype::F32 || tensor.shape() != p.shape {
                return Err(wrong(format!("{name} is {:?}, not {:?}", tensor.shape(), p.shape)));
            }
            for (value, bytes) in values.iter_mut().zip(tensor.data().chunks_exact(4)) {
                *value = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            }
        }
        averages.push(average);
    }
    Ok((averages, counters))
}
