//! Speed of the trainer: examples a second on the published `cat-drums_2bar_small` shape.
//!
//! `cargo bench --bench train [-- --batch 128 --updates 20]`; `tests/bench/train_peer.py` does the same work in
//! PyTorch, to be run in turn with this on an otherwise idle machine.

use std::time::Instant;

use mvae_tui::latent::noise::Noise;
use mvae_tui::model::Settings;
use mvae_tui::model::catalogue::Config;
use mvae_tui::train::batch::{Batch, SparseRows};
use mvae_tui::train::decoder::Feeding;
use mvae_tui::train::network::Objective;
use mvae_tui::train::update::Updater;

fn argument(name: &str, default: usize) -> usize {
    let mut arguments = std::env::args().skip_while(|a| a != name);
    arguments.nth(1).and_then(|a| a.parse().ok()).unwrap_or(default)
}

fn random_batch(rows: usize, steps: usize, seed: u64) -> Batch {
    let noise = Noise::new(seed, 0);
    let (mut inputs, mut targets) = (SparseRows::default(), SparseRows::default());
    for entry in 0..(rows * steps) as u64 {
        let mask = (noise.bits(entry) & noise.bits(entry + 1_000_000) & 511) as u16;
        inputs.push((0..10).filter(|&c| if c == 9 { mask == 0 } else { mask >> c & 1 == 1 }));
        targets.push([mask]);
    }
    let eps = Noise::new(seed, 1).prior(rows * 256);
    Batch { rows, steps, lengths: vec![steps; rows], inputs, targets: vec![targets], eps, ..Batch::default() }
}

fn main() {
    let (batch, updates, threads) =
        (argument("--batch", 128), argument("--updates", 20), argument("--threads", 2));
    let Ok(config) = Config::find("cat-drums_2bar_small") else { return };
    let mut updater = Updater::new(&Settings::new("bench", config), config, 1, threads);
    let batches: Vec<Batch> = (0..threads).map(|i| random_batch(batch / threads, 32, i as u64)).collect();
    let feeding = Feeding::truth();
    let objective = Objective { beta: 0.2, free_nats: 66.5, examples: batch, feeding };
    updater.update(&batches, &objective, 1e-3);
    let mut times = Vec::new();
    for _ in 0..updates {
        let start = Instant::now();
        updater.update(&batches, &objective, 1e-3);
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let median = times[times.len() / 2];
    println!(
        "{threads} threads, batch {batch}: {:.1} ms an update, {:.0} examples/s",
        median * 1e3,
        batch as f64 / median
    );
}
