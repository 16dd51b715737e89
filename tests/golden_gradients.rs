//! Loss, metrics and every gradient of the trainer against numbers written by the original implementation.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use mvae_tui::latent::noise::Noise;
use mvae_tui::train::batch::{Batch, NONE, SparseRows};
use mvae_tui::train::decoder::Feeding;
use mvae_tui::train::network::{Network, Objective, Shape, Workspace};
use mvae_tui::train::parameters::Parameters;
use safetensors::SafeTensors;

/// The models that the trainer's parts cover so far.
const MODELS: [&str; 5] =
    ["cat-drums_2bar_small", "cat-mel_2bar_small", "cat-mel_2bar_big", "flat-mel_16bar", "flat-trio_16bar"];

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
fn batch(golden: &SafeTensors, steps: usize, inputs: usize, parts: &[usize]) -> Batch {
    let rows = 3;
    let tokens = ints(golden, "in/target_tokens");
    let dense = golden.tensor("in/inputs").ok();
    let (mut sparse, mut targets) = (SparseRows::default(), Vec::new());
    for t in 0..steps {
        for row in 0..rows {
            let at = row * steps + t;
            let here = &tokens[at * parts.len()..][..parts.len()];
            targets.extend(here.iter().map(|&x| if x < 0 { NONE } else { x as u16 }));
            match dense.as_ref().filter(|_| parts.len() == 1) {
                Some(dense) => {
                    let bits = &dense.data()[at * inputs..][..inputs];
                    sparse.push((0..inputs as u16).filter(|&i| bits[usize::from(i)] == 1));
                }
                None => {
                    let offsets = parts.iter().scan(0, |sum, n| Some(std::mem::replace(sum, *sum + n)));
                    let pairs = here.iter().zip(offsets).filter(|(x, _)| **x >= 0);
                    sparse.push(pairs.map(|(&x, offset)| x as u16 + offset as u16));
                }
            }
        }
    }
    Batch {
        rows,
        steps,
        lengths: ints(golden, "in/lengths").iter().map(|&x| x as usize).collect(),
        inputs: sparse,
        targets,
        eps: floats(golden, "in/eps"),
        first_row: 0,
    }
}

fn check(directory: &Path) {
    let meta: serde_json::Value =
        serde_json::from_slice(&std::fs::read(directory.join("meta.json")).unwrap()).unwrap();
    let golden = std::fs::read(directory.join("golden.safetensors")).unwrap();
    let golden = SafeTensors::deserialize(&golden).unwrap();
    let weights = std::fs::read(directory.join("weights.safetensors")).unwrap();
    let weights = SafeTensors::deserialize(&weights).unwrap();
    let (hparams, loss) = (&meta["hparams"], &meta["loss"]);
    let shape = Shape {
        inputs: meta["input_depth"].as_u64().unwrap() as usize,
        parts: meta["output_split"].as_array().map_or_else(
            || vec![meta["output_depth"].as_u64().unwrap() as usize],
            |_| sizes(&meta["output_split"]),
        ),
        encoder: sizes(&hparams["enc_rnn_size"]),
        decoder: sizes(&hparams["dec_rnn_size"]),
        z: hparams["z_size"].as_u64().unwrap() as usize,
    };
    let steps = meta["T"].as_u64().unwrap() as usize;
    let mut parameters = Parameters::new(0);
    let mut network = Network::new(&mut parameters, &shape);
    assert_eq!(parameters.list.len(), meta["trainable_variables"].as_object().unwrap().len());
    for p in &mut parameters.list {
        assert_eq!(p.shape, sizes(&meta["trainable_variables"][&p.name]), "{}", p.name);
        p.value = floats(&weights, &p.name);
    }
    network.pack(&parameters);
    let batch = batch(&golden, steps, shape.inputs, &shape.parts);
    let objective = Objective {
        beta: loss["beta"].as_f64().unwrap(),
        free_nats: loss["free_nats"].as_f64().unwrap(),
        examples: 3,
        feeding: Feeding { own: 0.0, noise: Noise::new(0, 0) },
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
        network.backward(&mut work, &batch, &objective, &mut gradients);
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
    for name in MODELS {
        let directory = models.join(name);
        if directory.is_dir() {
            check(&directory);
        }
    }
}
