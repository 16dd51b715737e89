//! How long encoding and decoding take on the published shapes: `cargo bench --bench models [-- CONFIG ...]`.
//!
//! `-- --peer CONFIG ...` runs the same weights, exported, in onnxruntime in turn with ours, two threads each, on an
//! otherwise idle machine (`tests/bench/decode_peer.py`; a Python that has it: `MVAE_PYTHON`, else `python3`).
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use mvae_tui::{
    latent::noise::Noise,
    model::{Config, Decoding, MusicVae, Settings, export, variables, weights::Weights},
};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Settings of the published sizes and random weights, scaled so that the states stay lively.
fn random(config: &str) -> (Settings, Weights) {
    let config = Config::find(config).unwrap();
    let settings = Settings::new("random", config);
    let tensors = variables(&settings, config).into_iter().enumerate().map(|(i, (name, shape))| {
        let noise = Noise::new(1, i as u64);
        let scale = 1.0 / (shape[0] as f64).sqrt();
        let n = shape.iter().product::<usize>() as u64;
        (name, shape, (0..n).map(|k| ((noise.uniform(k) - 0.5) * 2.0 * scale) as f32).collect())
    });
    let weights = Weights::new(tensors);
    (settings, weights)
}

fn points(model: &MusicVae, rows: usize) -> Vec<Vec<f32>> {
    (0..rows as u64).map(|i| Noise::new(2, i).prior(model.z_size())).collect()
}

/// Milliseconds of so many decodes.
fn decodes(model: &MusicVae, rows: usize, repeats: usize) -> Vec<f64> {
    let z = points(model, rows);
    let how = Decoding::new(1.0, (0..rows as u64).map(|i| Noise::new(3, i)).collect());
    let decode = |_| {
        let start = Instant::now();
        model.decode(&z, &how).unwrap();
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..repeats).map(decode).collect()
}

fn encodes(model: &MusicVae, rows: usize, repeats: usize) -> Vec<f64> {
    let how = Decoding::new(1.0, (0..rows as u64).map(|i| Noise::new(3, i)).collect());
    let tokens = model.decode(&points(model, rows), &how).unwrap();
    let encode = |_| {
        let start = Instant::now();
        model.encode(&tokens).unwrap();
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..repeats).map(encode).collect()
}

/// The median and the best of some times.
fn told(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[0])
}

fn time(config: &str, rows: usize, repeats: usize) {
    let (settings, weights) = random(config);
    let model = MusicVae::new(settings, &weights).unwrap();
    drop(weights);
    let (decode, best_decode) = told(decodes(&model, rows, repeats));
    let (encode, best_encode) = told(encodes(&model, rows, repeats));
    println!(
        "{config:24} {rows:3} rows: decode {decode:8.2} ms (best {best_decode:8.2}), encode {encode:8.2} ms (best \
         {best_encode:8.2})"
    );
}

/// Runs onnxruntime on the graphs in `folder`; milliseconds of each decode.
fn peer(folder: &Path, rows: usize, repeats: usize) -> Vec<f64> {
    let python = std::env::var_os("MVAE_PYTHON").unwrap_or_else(|| "python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/decode_peer.py");
    let out =
        Command::new(python).arg(script).arg(folder).args([rows, repeats].map(|n| n.to_string())).output();
    let out = out.unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

fn against_peer(config: &str, rows: usize, repeats: usize) {
    let (settings, weights) = random(config);
    let catalogue = Config::find(config).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for file in export::export(&settings, &weights).unwrap() {
        std::fs::write(folder.path().join(&file.name), &file.bytes).unwrap();
    }
    let split = !settings.decoder_levels.is_empty() && catalogue.parts.len() > 1;
    let case = serde_json::json!({
        "steps": settings.steps,
        "z_size": settings.z_size,
        "levels": settings.decoder_levels,
        "parts": if split { catalogue.parts.to_vec() } else { vec![catalogue.output_depth()] },
    });
    std::fs::write(folder.path().join("case.json"), case.to_string()).unwrap();
    let model = MusicVae::new(settings, &weights).unwrap();
    drop(weights);
    decodes(&model, rows, 1);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        ours.extend(decodes(&model, rows, repeats));
        theirs.extend(peer(folder.path(), rows, repeats));
    }
    let ((ours, best), (theirs, their_best)) = (told(ours), told(theirs));
    println!(
        "{config:24} {rows:3} rows: {ours:8.1} ms (best {best:8.1}), onnxruntime {theirs:8.1} ms (best \
         {their_best:8.1}): {:.2} times as fast",
        theirs / ours
    );
}

/// Configuration, rows at once, repeats.
const CASES: &[(&str, &[usize], usize)] = &[
    ("cat-drums_2bar_small", &[1, 4, 16, 64], 15),
    ("nade-drums_2bar_full", &[4], 7),
    ("cat-mel_2bar_big", &[1, 4], 3),
    ("hierdec-trio_16bar", &[4], 1),
];

fn main() {
    let with_peer = std::env::args().any(|a| a == "--peer");
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    for (config, rows, repeats) in CASES {
        if wanted.is_empty() || wanted.iter().any(|name| name == config) {
            for &rows in *rows {
                match with_peer {
                    // onnxruntime is given the categories' graphs; NADE wants a loop over the bits besides.
                    true if config.starts_with("nade") => {}
                    true => against_peer(config, rows, *repeats),
                    false => time(config, rows, *repeats),
                }
            }
        }
    }
}
