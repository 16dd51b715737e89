//! How long decoding takes on the published shapes; run by hand:
//! `cargo test --release --test speed_models -- --ignored --nocapture --test-threads 1`.
#![allow(clippy::unwrap_used, reason = "a test helper fails by panicking")]

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

#[test]
#[ignore = "says nothing on a busy machine"]
fn small_drums() {
    for rows in [1, 4, 16, 64] {
        time("cat-drums_2bar_small", rows, 15);
    }
}

#[test]
#[ignore = "says nothing on a busy machine"]
fn nade_drums() {
    time("nade-drums_2bar_full", 4, 7);
}

#[test]
#[ignore = "says nothing on a busy machine"]
fn big_melody() {
    for rows in [1, 4] {
        time("cat-mel_2bar_big", rows, 3);
    }
}

#[test]
#[ignore = "says nothing on a busy machine"]
fn hierarchical_trio() {
    time("hierdec-trio_16bar", 4, 1);
}
