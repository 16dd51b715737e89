//! Loss, metrics and every gradient of the trainer against numbers written by the original implementation.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use mvae_tui::model::Settings;
use mvae_tui::model::catalogue::{Config, Head};
use mvae_tui::train::batch::{Batch, GROOVE, Played, SparseRows};
use mvae_tui::train::decoder::Feeding;
use mvae_tui::train::network::{Network, Objective, Workspace};
use mvae_tui::train::parameters::Parameters;
use safetensors::SafeTensors;

/// Models whose gradients were written; of the others loss and posterior are in `golden_models`.
const MODELS: [&str; 12] = [
    "cat-drums_2bar_small",
    "cat-mel_2bar_small",
    "cat-mel_2bar_big",
    "flat-mel_16bar",
    "flat-trio_16bar",
    "nade-drums_2bar_reduced",
    "nade-drums_2bar_full",
    "hierdec-mel_16bar",
    "tiny-hierdec-mel_2x4",
    "tiny-hierdec-trio_2x4",
    "groovae_2bar_humanize",
    "groovae_2bar_tap_fixed_velocity",
];

/// Models without gradients that check the loss of what the others do not have.
const LOSS_ONLY: [&str; 3] = ["hier-mel_16bar", "hier-trio_16bar", "hierdec-trio_16bar"];

fn golden_models() -> Option<PathBuf> {
    let root = std::env::var_os("MVAE_GOLDEN_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden"), PathBuf::from);
    Some(root.join("models")).filter(|p| p.is_dir())
}

fn floats(tensors: &SafeTensors, name: &str) -> Vec<f32> {
    let bytes = tensors.tensor(name).unwrap().data();
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn ints(tensors: &SafeTensors, name: &str) -> Vec<i32> {
    let bytes = tensors.tensor(name).unwrap().data();
    bytes.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn sizes(value: &serde_json::Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|x| x.as_u64().unwrap() as usize).collect()
}

/// The golden batch, turned from example-major to step-major.
fn batch(golden: &SafeTensors, settings: &Settings, config: &Config) -> Batch {
    let (rows, steps) = (3, settings.steps);
    let lengths = ints(golden, "in/lengths").iter().map(|&x| x as usize).collect();
    if config.head == Head::Groove {
        let step_major = |name: &str| {
            let values = floats(golden, name);
            let places = (0..steps).flat_map(|t| (0..rows).map(move |row| row * steps + t));
            places.flat_map(|at| values[at * GROOVE..][..GROOVE].to_vec()).collect()
        };
        let played = Played { inputs: step_major("in/inputs"), targets: step_major("in/targets") };
        return Batch { rows, steps, lengths, played, eps: floats(golden, "in/eps"), ..Batch::default() };
    }
    let bytes = |name: &str| golden.tensor(name).ok().map(|t| t.data().to_vec());
    let parts = if config.head == Head::Nade { &[][..] } else { config.parts };
    let tokens = if parts.is_empty() { Vec::new() } else { ints(golden, "in/target_tokens") };
    let (dense, roll) = (bytes("in/inputs"), bytes("in/targets"));
    let split = config.head == Head::Split;
    let mut inputs = SparseRows::default();
    let mut targets = vec![SparseRows::default(); if split { parts.len() } else { 1 }];
    for t in 0..steps {
        for row in 0..rows {
            let at = row * steps + t;
            let here = tokens.get(at * parts.len()..(at + 1) * parts.len()).unwrap_or_default();
            let offsets = parts.iter().scan(0, |sum, n| Some(std::mem::replace(sum, *sum + n) as u16));
            let pairs = here.iter().zip(offsets).filter(|(x, _)| **x >= 0);
            let joint: Vec<u16> = pairs.map(|(&x, offset)| x as u16 + offset).collect();
            if split {
                for (target, &x) in targets.iter_mut().zip(here) {
                    target.push((x >= 0).then_some(x as u16));
                }
            } else if let Some(roll) = &roll {
                let bits = &roll[at * config.output_depth()..][..config.output_depth()];
                targets[0].push((0..bits.len() as u16).filter(|&i| bits[usize::from(i)] == 1));
            } else {
                targets[0].push(joint.iter().copied());
            }
            match &dense {
                Some(dense) => {
                    let bits = &dense[at * config.input_depth..][..config.input_depth];
                    inputs.push((0..bits.len() as u16).filter(|&i| bits[usize::from(i)] == 1));
                }
                None => inputs.push(joint),
            }
        }
    }
    Batch { rows, steps, lengths, inputs, targets, eps: floats(golden, "in/eps"), ..Batch::default() }
}

fn check(directory: &Path, has_gradients: bool) {
    let meta: serde_json::Value =
        serde_json::from_slice(&std::fs::read(directory.join("meta.json")).unwrap()).unwrap();
    let golden = std::fs::read(directory.join("golden.safetensors")).unwrap();
    let golden = SafeTensors::deserialize(&golden).unwrap();
    let weights = std::fs::read(directory.join("weights.safetensors")).unwrap();
    let weights = SafeTensors::deserialize(&weights).unwrap();
    let (hparams, loss) = (&meta["hparams"], &meta["loss"]);
    let config = Config::find(meta["config"].as_str().unwrap()).unwrap();
    let levels = if meta["levels"].is_array() { sizes(&meta["levels"]) } else { Vec::new() };
    let mut settings = Settings::new("golden", config);
    settings.steps = meta["T"].as_u64().unwrap() as usize;
    settings.z_size = hparams["z_size"].as_u64().unwrap() as usize;
    settings.encoder = sizes(&hparams["enc_rnn_size"]);
    settings.decoder = sizes(&hparams["dec_rnn_size"]);
    if !settings.encoder_levels.is_empty() {
        settings.encoder_levels = levels.iter().rev().copied().collect();
    }
    settings.decoder_levels = levels;
    if settings.nade_hidden > 0 {
        let w_enc = &meta["trainable_variables"]["decoder/nade/w_enc"];
        settings.nade_hidden = sizes(w_enc)[2];
    }
    let mut parameters = Parameters::new(0);
    let mut network = Network::new(&mut parameters, &settings, config);
    assert_eq!(parameters.list.len(), meta["trainable_variables"].as_object().unwrap().len());
    for p in &mut parameters.list {
        assert_eq!(p.shape, sizes(&meta["trainable_variables"][&p.name]), "{}", p.name);
        p.value = floats(&weights, &p.name);
    }
    network.pack(&parameters);
    let batch = batch(&golden, &settings, config);
    let objective = Objective {
        beta: loss["beta"].as_f64().unwrap(),
        free_nats: loss["free_nats"].as_f64().unwrap(),
        examples: 3,
        feeding: Feeding::truth(),
    };
    let mut work = Workspace::default();
    let mut gradients = parameters.zero_gradients();
    // Twice over the same memory: the second pass must not see the first.
    for _ in 0..2 {
        gradients = parameters.zero_gradients();
        let sums = network.forward(&parameters, &mut work, &batch, &objective);
        let total = (sums.cross_entropy + objective.beta * sums.kl_cost) / 3.0;
        let expected = loss["total"].as_f64().unwrap();
        assert!((total - expected).abs() < 1e-4 * expected, "loss {total}, expected {expected}");
        network.backward(&parameters, &mut work, &batch, &objective, &mut gradients);
    }
    if !has_gradients {
        println!("{}: loss agrees", directory.display());
        return;
    }
    let norm: f64 = gradients.iter().flatten().map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt();
    let expected = loss["grad_global_norm"].as_f64().unwrap();
    assert!((norm - expected).abs() < 1e-4 * expected, "norm {norm}, expected {expected}");
    for (p, gradient) in parameters.list.iter().zip(&gradients) {
        let expected = floats(&golden, &format!("grad/{}", p.name));
        let largest = expected.iter().fold(0.0f32, |a, b| a.max(b.abs()));
        for (ours, theirs) in gradient.iter().zip(&expected) {
            assert!((ours - theirs).abs() <= 2e-4 * largest + 1e-6, "{}: {ours}, expected {theirs}", p.name);
        }
    }
    println!("{}: loss, norm and {} gradients agree", directory.display(), gradients.len());
}

#[test]
fn gradients_equal_those_of_the_original_implementation() {
    let Some(models) = golden_models() else {
        println!("skipped: no golden data (set MVAE_GOLDEN_DIR to the folder that holds `models`)");
        return;
    };
    let mut checked = 0;
    for (names, has_gradients) in [(&MODELS[..], true), (&LOSS_ONLY[..], false)] {
        for directory in names.iter().map(|name| models.join(name)).filter(|d| d.is_dir()) {
            check(&directory, has_gradients);
            checked += 1;
        }
    }
    assert!(checked > 0, "no golden model in {}", models.display());
}
