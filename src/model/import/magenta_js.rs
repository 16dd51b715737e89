//! Models of magenta.js: `weights_manifest.json`, shards, and `config.json` beside them.

use super::files::Files;
use crate::model::{
    catalogue::{Config, Kind},
    weights::{Tensor, Weights},
};
use serde::Deserialize;

/// Weights that are stored one after another in some shards.
#[derive(Deserialize)]
struct Group {
    paths: Vec<String>,
    weights: Vec<Stored>,
}

#[derive(Deserialize)]
struct Stored {
    name: String,
    shape: Vec<usize>,
    dtype: String,
    quantization: Option<Quantization>,
}

/// Numbers stored as integers: `value * scale + min`.
#[derive(Deserialize)]
struct Quantization {
    min: f64,
    scale: f64,
    dtype: String,
}

/// The file that names the weights.
pub const MANIFEST: &str = "weights_manifest.json";

/// The weights that `manifest` (a path within `files`) lists.
pub fn read(files: &Files, manifest: &str, config: &Config) -> Result<Weights, String> {
    let folder = manifest.strip_suffix(MANIFEST).unwrap_or("");
    check_config(files, folder, config)?;
    let fault = |e: serde_json::Error| format!("{manifest}: {e}");
    let groups: Vec<Group> = serde_json::from_slice(&files.read(manifest)?).map_err(fault)?;
    let mut tensors: Vec<Tensor> = Vec::new();
    for group in groups {
        let mut bytes = Vec::new();
        for path in &group.paths {
            if path.contains(['/', '\\']) || path == ".." {
                return Err(format!("{manifest}: shard {path} points outside the model's folder"));
            }
            bytes.extend(files.read(&format!("{folder}{path}"))?);
        }
        let mut rest = bytes.as_slice();
        for stored in group.weights {
            let fault = |cause: String| format!("{}: {cause}", stored.name);
            let (width, read) = stored.reader().map_err(fault)?;
            let count = stored.shape.iter().try_fold(1usize, |n, axis| n.checked_mul(*axis));
            let size = count.and_then(|n| n.checked_mul(width));
            let (own, after) = size
                .and_then(|size| rest.split_at_checked(size))
                .ok_or_else(|| fault(format!("shape {:?} reaches beyond the shards", stored.shape)))?;
            rest = after;
            tensors.push((
                stored.name.clone(),
                stored.shape.clone(),
                own.chunks_exact(width).map(read).collect(),
            ));
        }
        if !rest.is_empty() {
            return Err(format!("{manifest}: {} bytes of the shards belong to no weight", rest.len()));
        }
    }
    Ok(Weights::new(tensors))
}

/// How to read one number from its bytes.
type Reader = Box<dyn Fn(&[u8]) -> f32>;

impl Stored {
    /// Bytes of a number, and what reads it.
    fn reader(&self) -> Result<(usize, Reader), String> {
        let half = |b: &[u8]| u16::from_le_bytes([b[0], b[1]]);
        Ok(match &self.quantization {
            None => match self.dtype.as_str() {
                "float32" => (4, Box::new(|b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))),
                other => return Err(format!("type {other} holds no weights")),
            },
            Some(Quantization { min, scale, dtype }) => {
                let (min, scale) = (*min, *scale);
                if !(min.is_finite() && scale.is_finite()) {
                    return Err("its quantisation is not finite".to_owned());
                }
                match dtype.as_str() {
                    "uint8" => (1, Box::new(move |b: &[u8]| (f64::from(b[0]) * scale + min) as f32)),
                    "uint16" => (2, Box::new(move |b: &[u8]| (f64::from(half(b)) * scale + min) as f32)),
                    other => return Err(format!("it is quantised to {other}")),
                }
            }
        })
    }
}

/// Refuses a model whose `config.json` says it makes something else than `config` does: another kind, another length.
fn check_config(files: &Files, folder: &str, config: &Config) -> Result<(), String> {
    let name = format!("{folder}config.json");
    if !files.names().contains(&name) {
        return Ok(());
    }
    let json: serde_json::Value =
        serde_json::from_slice(&files.read(&name)?).map_err(|e| format!("{name}: {e}"))?;
    let converter = json["dataConverter"]["type"].as_str().unwrap_or_default();
    let steps = json["dataConverter"]["args"]["numSteps"].as_u64();
    // Flat weights of four bars would run as two, and nobody would hear why they are so poor.
    if let Some(steps) = steps.filter(|steps| *steps != config.steps as u64) {
        return Err(format!(
            "{name} says patterns of {steps} steps, while {} makes {}",
            config.name, config.steps
        ));
    }
    let kinds: &[Kind] = match converter {
        _ if converter.contains("Melody") => &[Kind::Melody],
        _ if converter.contains("Drum") => &[Kind::Drums, Kind::FullDrums],
        _ if converter.contains("Trio") => &[Kind::Trio],
        _ if converter.contains("Groove") => &[Kind::Groove],
        _ if converter.contains("Multitrack") => &[Kind::Performance],
        _ => return Ok(()),
    };
    if kinds.contains(&config.kind) {
        return Ok(());
    }
    Err(format!("{name} says {converter}, while {} makes {} patterns", config.name, config.kind))
}
