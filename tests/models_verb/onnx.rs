//! Exported models in onnxruntime: the same numbers as here.
//!
//! Wants a Python with onnxruntime and NumPy: that of `MVAE_PYTHON`, else `python3`. Without one it is skipped, which
//! is said.

use super::{ok, random};
use mvae_tui::{
    codec::{Tokens, rows},
    latent::noise::Noise,
    model::{
        Config, Controls, Decoding, Example, MusicVae, Settings, export,
        weights::{self, Precision, Weights},
    },
};
use serde_json::{Value, json};
use std::{ffi::OsString, path::Path, process::Command};

/// A Python that can run the files; nothing where there is none.
fn python() -> Option<OsString> {
    let python = std::env::var_os("MVAE_PYTHON").unwrap_or_else(|| "python3".into());
    let probe = Command::new(&python).args(["-c", "import numpy, onnxruntime"]).output();
    let found = probe.is_ok_and(|out| out.status.success());
    if !found {
        println!(
            "skipped: {} has no onnxruntime (set MVAE_PYTHON to a Python that has it)",
            python.display()
        );
    }
    found.then_some(python)
}

/// What the script feeds to a model: rows in and out, and how the parts hang together.
fn case(model: &MusicVae, patterns: &[Tokens], z: &[Vec<f32>], controls: Option<&Controls>) -> Value {
    let settings = model.settings();
    let config = Config::find(&settings.config).unwrap();
    let control_rows: Vec<Vec<f32>> = match controls {
        Some(Controls::Chords(classes)) => classes
            .iter()
            .map(|c| (0..config.control_depth).map(|k| f32::from(u8::from(k == usize::from(*c)))).collect())
            .collect(),
        _ => Vec::new(),
    };
    let x: Vec<Vec<Vec<f32>>> = patterns
        .iter()
        .map(|tokens| {
            let mut dense = Vec::new();
            rows::input(tokens, &mut dense);
            let rows = dense.chunks_exact(config.input_depth).enumerate();
            rows.map(|(t, row)| [row, control_rows.get(t).map_or(&[], Vec::as_slice)].concat()).collect()
        })
        .collect();
    let outputs: Vec<Vec<Vec<f32>>> = patterns.iter().map(|tokens| output_rows(config, tokens)).collect();
    let split = !settings.decoder_levels.is_empty() && config.parts.len() > 1;
    json!({
        "x": x, "outputs": outputs, "z": z,
        "controls": if control_rows.is_empty() { Value::Null } else { json!(control_rows) },
        "flat_encoder": settings.encoder_levels.is_empty(),
        "levels": settings.decoder_levels,
        "autoregressive": settings.autoregressive,
        "parts": if split { config.parts.to_vec() } else { vec![config.output_depth()] },
        "split": split,
        "nade": settings.nade_hidden > 0,
    })
}

/// The rows that a decoder is fed back.
fn output_rows(config: &Config, tokens: &Tokens) -> Vec<Vec<f32>> {
    let depth = config.output_depth();
    let mut dense = Vec::new();
    match tokens {
        Tokens::Groove(_) => rows::input(tokens, &mut dense),
        _ if config.nade_hidden > 0 => rows::target_roll(tokens, &mut dense),
        _ => {
            dense = vec![0.0; tokens.len() * depth];
            let mut place = 0;
            for (indices, width) in rows::target_indices(tokens).iter().zip(config.parts) {
                for (t, index) in indices.iter().enumerate() {
                    dense[t * depth + place + usize::from(*index)] = 1.0;
                }
                place += width;
            }
        }
    }
    dense.chunks_exact(depth).map(<[f32]>::to_vec).collect()
}

fn close(what: &str, got: &Value, wanted: &[Vec<f32>]) {
    let rows = got.as_array().unwrap();
    assert_eq!(rows.len(), wanted.len(), "{what}");
    for (row, wanted) in rows.iter().zip(wanted) {
        let row = row.as_array().unwrap();
        assert_eq!(row.len(), wanted.len(), "{what}");
        for (got, wanted) in row.iter().zip(wanted) {
            let (got, wanted) = (got.as_f64().unwrap(), f64::from(*wanted));
            assert!((got - wanted).abs() <= 2e-5 * wanted.abs().max(1.0), "{what}: {got}, not {wanted}");
        }
    }
}

/// A configuration, and what is changed about its sizes.
type Kind = (&'static str, fn(&mut Settings));

/// Every kind of network.
const KINDS: [Kind; 9] = [
    ("cat-drums_2bar_small", |_| {}),
    ("cat-mel_2bar_med_chords", |_| {}),
    ("nade-drums_2bar_reduced", |_| {}),
    ("groovae_2bar_humanize", |_| {}),
    ("flat-trio_16bar", |s| s.steps = 20),
    ("hierdec-mel_16bar", |_| {}),
    ("hierdec-mel_16bar", |s| s.autoregressive = true),
    ("hier-mel_16bar", |_| {}),
    ("hier-trio_16bar", |_| {}),
];

#[test]
fn onnxruntime_gives_the_numbers_of_this_program_for_every_kind_of_network() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut wanted = Vec::new();
    for (i, (config, change)) in KINDS.into_iter().enumerate() {
        let (settings, tensors) = random::model(config, change);
        let weights = Weights::new(tensors);
        let model = MusicVae::new(settings.clone(), &weights).unwrap();
        let controls = config
            .contains("chords")
            .then(|| Controls::Chords((0..settings.steps).map(|t| (t * 7 % 49) as u8).collect()));
        let z: Vec<Vec<f32>> = (0..2).map(|r| Noise::new(4, r).prior(model.z_size())).collect();
        let noise = (0..2).map(|r| Noise::new(5, r)).collect();
        let how = Decoding { controls: controls.clone(), ..Decoding::new(1.0, noise) };
        let patterns = model.decode(&z, &how).unwrap();
        let own = folder.path().join(i.to_string());
        std::fs::create_dir(&own).unwrap();
        for file in export::export(&settings, &weights).unwrap() {
            std::fs::write(own.join(&file.name), &file.bytes).unwrap();
        }
        let case = case(&model, &patterns, &z, controls.as_ref());
        std::fs::write(own.join("case.json"), case.to_string()).unwrap();
        let examples: Vec<Example<'_>> = patterns
            .iter()
            .map(|tokens| Example { controls: controls.as_ref(), ..Example::from(tokens) })
            .collect();
        let posteriors = model.encode_examples(&examples).unwrap();
        wanted.push((config, posteriors, model.teacher_forced(&examples, &z, true).unwrap()));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models_verb/onnx_run.py");
    let out = Command::new(&python).arg(script).arg(folder.path()).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let results: Value = serde_json::from_slice(&out.stdout).unwrap();
    for (i, (config, posteriors, forced)) in wanted.iter().enumerate() {
        let got = &results[i.to_string()];
        let (mu, sigma): (Vec<_>, Vec<_>) =
            posteriors.iter().map(|p| (p.mu.clone(), p.sigma.clone())).unzip();
        close(&format!("{config} {i}: mu"), &got["mu"], &mu);
        close(&format!("{config} {i}: sigma"), &got["sigma"], &sigma);
        for (r, forced) in forced.iter().enumerate() {
            close(&format!("{config} {i}: logits of row {r}"), &got["logits"][r], &forced.logits);
            if config.contains("nade") {
                close(&format!("{config}: bits of row {r}"), &got["conditionals"][r], &forced.conditionals);
            }
        }
    }
    println!("{} exported models ran in onnxruntime", wanted.len());
}

#[test]
fn the_verb_writes_a_file_a_part_and_says_what_each_takes() {
    let folder = tempfile::tempdir().unwrap();
    let (settings, tensors) = random::model("hier-trio_16bar", |_| {});
    let path = folder.path().join("trio.safetensors");
    weights::write(&path, &settings, &tensors, Precision::F32).unwrap();
    ok(folder.path(), &["models", "export", "./trio.safetensors", "--onnx", "out"]);
    let index = std::fs::read(folder.path().join("out/model.json")).unwrap();
    let index: Value = serde_json::from_slice(&index).unwrap();
    let graphs = index["graphs"].as_array().unwrap();
    let names: Vec<&str> = graphs.iter().map(|g| g["file"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "encoder.onnx",
            "conductor_0_start.onnx",
            "conductor_0_step.onnx",
            "decoder_0_start.onnx",
            "decoder_0_step.onnx",
            "decoder_1_start.onnx",
            "decoder_1_step.onnx",
            "decoder_2_start.onnx",
            "decoder_2_step.onnx"
        ]
    );
    assert_eq!(graphs[8]["inputs"][0], json!({"name": "previous", "shape": ["batch", "512"]}));
    for name in names {
        assert!(folder.path().join("out").join(name).is_file(), "{name}");
    }
}

#[test]
fn onnxruntime_draws_from_the_very_graphs_of_the_card_what_this_program_draws() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (settings, tensors) = random::model("cat-drums_2bar_small", |_| {});
    weights::write(&folder.path().join("m.safetensors"), &settings, &tensors, Precision::F32).unwrap();
    if cfg!(not(feature = "gpu")) {
        println!("skipped: this build has no GPU engine");
        return;
    }
    ok(folder.path(), &["models", "export", "./m.safetensors", "--wonnx", "card"]);
    let model = MusicVae::new(settings.clone(), &Weights::new(tensors)).unwrap();
    let z: Vec<Vec<f32>> = (0..4).map(|r| Noise::new(4, r).prior(settings.z_size)).collect();
    let wanted: Vec<Vec<u16>> = (model.decode(&z, &Decoding::argmax(4)).unwrap().into_iter())
        .map(|tokens| match tokens {
            Tokens::Drums(masks) => masks,
            other => panic!("{other:?}"),
        })
        .collect();
    std::fs::write(folder.path().join("card/z.json"), json!(z).to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models_verb/onnx_run.py");
    let out = Command::new(&python).arg(script).arg(folder.path().join("card")).arg("card").output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let drawn: Vec<Vec<u16>> = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(drawn, wanted);
}
