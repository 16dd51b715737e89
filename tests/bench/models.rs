//! How long encoding and decoding take on the published shapes: `cargo bench --bench models [-- CONFIG ...]`.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use mvae_tui::{
    latent::noise::Noise,
    model::{Config, Decoding, MusicVae, Settings, variables, weights::Weights},
};
use std::time::Instant;

/// A model of the published sizes with random weights, scaled so that its states stay lively.
fn random(config: &str) -> MusicVae {
    let config = Config::find(config).unwrap();
    let settings = Settings::new("random", config);
    let tensors = variables(&settings, config).into_iter().enumerate().map(|(i, (name, shape))| {
        let noise = Noise::new(1, i as u64);
        let scale = 1.0 / (shape[0] as f64).sqrt();
        let n = shape.iter().product::<usize>() as u64;
        (name, shape, (0..n).map(|k| ((noise.uniform(k) - 0.5) * 2.0 * scale) as f32).collect())
    });
    MusicVae::new(settings, &Weights::new(tensors)).unwrap()
}

fn time(config: &str, rows: usize, repeats: usize) {
    let model = random(config);
    let z: Vec<Vec<f32>> = (0..rows as u64).map(|i| Noise::new(2, i).prior(model.z_size())).collect();
    let how = Decoding::new(1.0, (0..rows as u64).map(|i| Noise::new(3, i)).collect());
    let mut decode = Vec::new();
    let mut encode = Vec::new();
    for _ in 0..repeats {
        let start = Instant::now();
        let tokens = model.decode(&z, &how).unwrap();
        decode.push(start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        model.encode(&tokens).unwrap();
        encode.push(start.elapsed().as_secs_f64() * 1e3);
    }
    decode.sort_by(f64::total_cmp);
    encode.sort_by(f64::total_cmp);
    println!(
        "{config:24} {rows:3} rows: decode {:8.2} ms (best {:8.2}), encode {:8.2} ms (best {:8.2})",
        decode[repeats / 2],
        decode[0],
        encode[repeats / 2],
        encode[0]
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
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    for (config, rows, repeats) in CASES {
        if wanted.is_empty() || wanted.iter().any(|name| name == config) {
            rows.iter().for_each(|&rows| time(config, rows, *repeats));
        }
    }
}
