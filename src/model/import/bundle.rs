//! TensorFlow V2 checkpoints: an `.index` table and `.data-*` files (spec section 6).

use super::{STOPPED, Watch, crc, files::Files, proto::Entry, proto::Header, table};
use crate::model::weights::{Tensor, Weights};

/// The weights of the checkpoint whose index is `index`: trainable variables only.
pub fn read(files: &Files, index: &str, watch: Watch<'_>) -> Result<Weights, String> {
    let bytes = files.read(index)?;
    let entries = table::entries(&bytes).map_err(|e| format!("{index}: {e}"))?;
    let header = entries.iter().find(|(key, _)| key.is_empty());
    let (_, header) = header.ok_or_else(|| format!("{index}: it has no header"))?;
    let header = Header::parse(header).map_err(|e| format!("{index}: {e}"))?;
    let prefix = index.strip_suffix(".index").unwrap_or(index);
    let mut tensors: Vec<Tensor> = Vec::new();
    for (at, (key, value)) in entries.iter().enumerate().filter(|(_, (key, _))| !key.is_empty()) {
        if !watch(at as f64 / entries.len() as f64) {
            return Err(STOPPED.to_owned());
        }
        let name = String::from_utf8_lossy(key).into_owned();
        if is_training_state(&name) {
            continue;
        }
        let fault = |cause: String| format!("{name}: {cause}");
        let entry = Entry::parse(value).map_err(fault)?;
        if entry.shard >= header.shards {
            return Err(fault(format!("it lies in data file {} of {}", entry.shard, header.shards)));
        }
        let data = format!("{prefix}.data-{:05}-of-{:05}", entry.shard, header.shards);
        tensors.push((name.clone(), entry.shape.clone(), values(files, &data, &entry).map_err(fault)?));
    }
    Ok(Weights::new(tensors))
}

/// What training leaves in a checkpoint beside the weights: optimiser slots and counters.
fn is_training_state(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    matches!(last, "Adam" | "Adam_1" | "beta1_power" | "beta2_power" | "global_step" | "save_counter")
        || name.starts_with("_CHECKPOINTABLE")
}

/// The numbers of a tensor, their CRC checked.
fn values(files: &Files, data: &str, entry: &Entry) -> Result<Vec<f32>, String> {
    // TensorFlow's numbers for half, bfloat16, single and double precision.
    let width = match entry.dtype {
        1 => 4,
        2 => 8,
        14 | 19 => 2,
        other => return Err(format!("type {other} holds no weights")),
    };
    let count = entry.shape.iter().try_fold(1u64, |n, axis| n.checked_mul(*axis as u64));
    if count.and_then(|n| n.checked_mul(width)) != Some(entry.size) {
        return Err(format!("shape {:?} does not take {} bytes", entry.shape, entry.size));
    }
    let bytes = files.part(data, entry.offset, entry.size)?;
    if crc::masked(&[&bytes]) != entry.crc {
        return Err("its bytes fail their checksum".to_owned());
    }
    Ok(match entry.dtype {
        1 => bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
        2 => bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b) as f32).collect(),
        14 => bytes.as_chunks().0.iter().map(|b| half::bf16::from_le_bytes(*b).to_f32()).collect(),
        _ => bytes.as_chunks().0.iter().map(|b| half::f16::from_le_bytes(*b).to_f32()).collect(),
    })
}
