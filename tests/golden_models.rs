//! Every golden model against the reference's numbers: posteriors, teacher-forced logits, losses, samples.
//!
//! A few small models lie in `tests/golden/models`; the full set is read from `MVAE_GOLDEN_DIR` or
//! `../shared/golden` where there is one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test helper fails by panicking")]

use mvae_tui::{
    codec::Tokens,
    model::{
        Config, Controls, Decoding, Example, Forced, MusicVae, Settings, engines, find, import,
        weights::{self, Weights},
    },
};
use std::path::{Path, PathBuf};

/// Folders with golden models: the small set of the repository and, where present, the full one.
fn sets() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let full = std::env::var_os("MVAE_GOLDEN_DIR").map_or(root.join("../shared/golden"), PathBuf::from);
    let mut sets = vec![root.join("tests/golden/models")];
    if full.join("models").is_dir() {
        sets.push(full.join("models"));
    } else {
        println!("skipped the full golden set: {} is not there (set MVAE_GOLDEN_DIR)", full.display());
    }
    sets
}

fn folders() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for set in sets() {
        let mut own: Vec<PathBuf> = std::fs::read_dir(&set).unwrap().map(|e| e.unwrap().path()).collect();
        own.sort();
        all.extend(own.into_iter().filter(|path| path.join("meta.json").exists()));
    }
    assert!(all.len() >= 3, "the small golden set is incomplete");
    all
}

/// A tensor of a golden file, any number type, as f32.
struct Array {
    shape: Vec<usize>,
    data: Vec<f32>,
}

impl Array {
    /// The flat slice at the leading indices `at`.
    fn at(&self, at: &[usize]) -> &[f32] {
        let mut slice = self.data.as_slice();
        for (i, n) in at.iter().zip(&self.shape) {
            let part = slice.len() / n;
            slice = &slice[i * part..(i + 1) * part];
        }
        slice
    }
}

struct Golden {
    name: String,
    bytes: Vec<u8>,
    meta: serde_json::Value,
    model: MusicVae,
    config: &'static Config,
}

impl Golden {
    fn open(folder: &Path) -> Self {
        let meta: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join("meta.json")).unwrap()).unwrap();
        let name = meta["name"].as_str().unwrap().to_owned();
        let config = Config::find(meta["config"].as_str().unwrap()).unwrap();
        let sizes = |value: &serde_json::Value| -> Vec<usize> {
            value.as_array().into_iter().flatten().map(|n| n.as_u64().unwrap() as usize).collect()
        };
        let hparams = &meta["hparams"];
        let levels = sizes(&meta["levels"]);
        let settings = Settings {
            steps: meta["T"].as_u64().unwrap() as usize,
            z_size: hparams["z_size"].as_u64().unwrap() as usize,
            encoder: sizes(&hparams["enc_rnn_size"]),
            decoder: sizes(&hparams["dec_rnn_size"]),
            encoder_levels: if config.encoder_levels.is_empty() || name.contains("hierdec") {
                Vec::new()
            } else {
                levels.iter().rev().copied().collect()
            },
            decoder_levels: levels,
            autoregressive: name.contains("autoregressive"),
            nade_hidden: hparams["nade_num_hidden"].as_u64().unwrap_or(0) as usize,
            ..Settings::new(&name, config)
        };
        let bytes = std::fs::read(folder.join("weights.safetensors")).unwrap();
        let weights: Weights = weights::parse_tensors(&bytes, &name).unwrap();
        let model = MusicVae::new(settings, &weights).unwrap();
        Self { bytes: std::fs::read(folder.join("golden.safetensors")).unwrap(), name, meta, model, config }
    }

    fn find(&self, key: &str) -> Option<Array> {
        read(&self.bytes, key)
    }

    fn get(&self, key: &str) -> Array {
        self.find(key).unwrap_or_else(|| panic!("{}: no {key}", self.name))
    }

    fn steps(&self) -> usize {
        self.model.settings().steps
    }

    /// 1e-4 for 256 flat steps, else 2e-5, relative to values above 1.
    fn tolerance(&self) -> f64 {
        if self.name.starts_with("flat") { 1e-4 } else { 2e-5 }
    }

    fn close(&self, what: &str, got: &[f32], wanted: &[f32]) {
        assert_eq!(got.len(), wanted.len(), "{}: length of {what}", self.name);
        for (i, (a, b)) in got.iter().zip(wanted).enumerate() {
            let (a, b) = (f64::from(*a), f64::from(*b));
            let off = (a - b).abs() / b.abs().max(1.0);
            assert!(off <= self.tolerance(), "{}: {what}[{i}] is {a}, not {b}", self.name);
        }
    }

    /// Valid steps of each segment of row `r` (one number for flat models).
    fn lengths(&self, r: usize) -> Vec<usize> {
        self.get("in/lengths").at(&[r]).iter().map(|n| *n as usize).collect()
    }

    /// The rows `key` of example `r` as tokens, its first `steps` steps; -1 (padding) becomes 0.
    fn tokens(&self, key: &str, r: usize, steps: usize) -> Tokens {
        let array = self.get(key);
        let column = |k: usize| (0..steps).map(move |t| (t, k));
        let token = |(t, k): (usize, usize)| array.at(&[r, t])[k].max(0.0);
        let bits = |t: usize| -> u64 {
            let row = array.at(&[r, t]).iter().enumerate();
            row.filter(|(_, x)| **x > 0.5).map(|(c, _)| 1u64 << c).sum()
        };
        let roll = key == "in/targets" || key.ends_with("outputs");
        match (self.config.name.split('-').next().unwrap(), self.config.output_depth()) {
            ("nade", 9) if roll => Tokens::Drums((0..steps).map(|t| bits(t) as u16).collect()),
            ("nade", _) if roll => Tokens::FullDrums((0..steps).map(bits).collect()),
            (_, 27) => Tokens::Groove((0..steps).map(|t| array.at(&[r, t]).try_into().unwrap()).collect()),
            (_, 512) => Tokens::Drums(column(0).map(|i| token(i) as u16).collect()),
            (_, 90) => Tokens::Melody(column(0).map(|i| token(i) as u8).collect()),
            (_, 692) => Tokens::Trio {
                lead: column(0).map(|i| token(i) as u8).collect(),
                bass: column(1).map(|i| token(i) as u8).collect(),
                drums: column(2).map(|i| token(i) as u16).collect(),
            },
            other => panic!("{other:?}"),
        }
    }

    fn target_key(&self) -> &'static str {
        if self.find("in/target_tokens").is_some() { "in/target_tokens" } else { "in/targets" }
    }

    fn chords(&self, r: usize, steps: usize) -> Option<Controls> {
        let controls = self.find("in/controls")?;
        let class = |t: usize| controls.at(&[r, t]).iter().position(|x| *x > 0.5).unwrap() as u8;
        Some(Controls::Chords((0..steps).map(class).collect()))
    }

    /// Latent vectors stored under `key`.
    fn points(&self, key: &str) -> Vec<Vec<f32>> {
        let z = self.get(key);
        (0..z.shape[0]).map(|r| z.at(&[r]).to_vec()).collect()
    }
}

fn read(bytes: &[u8], key: &str) -> Option<Array> {
    use safetensors::Dtype;
    let file = safetensors::SafeTensors::deserialize(bytes).unwrap();
    let view = file.tensor(key).ok()?;
    let data = view.data();
    let data = match view.dtype() {
        Dtype::F32 => data.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect(),
        Dtype::I32 => {
            data.chunks_exact(4).map(|b| i32::from_le_bytes(b.try_into().unwrap()) as f32).collect()
        }
        Dtype::U8 => data.iter().map(|b| f32::from(*b)).collect(),
        other => panic!("{key} has type {other:?}"),
    };
    Some(Array { shape: view.shape().to_vec(), data })
}

/// One example as the reference was given it: inputs, targets, controls, lengths of segments.
struct Case {
    input: Tokens,
    target: Tokens,
    controls: Option<Controls>,
    segments: Option<Vec<usize>>,
    /// Steps that count.
    valid: Vec<usize>,
}

fn cases(golden: &Golden) -> Vec<Case> {
    let hierarchical = !golden.model.settings().decoder_levels.is_empty();
    (0..3)
        .map(|r| {
            let lengths = golden.lengths(r);
            let varying = lengths.len() > 1;
            let steps = if varying { golden.steps() } else { lengths[0] };
            let segment = if varying { golden.steps() / lengths.len() } else { steps.max(1) };
            let valid = (0..steps).filter(|t| t % segment < lengths[t / segment]).collect();
            assert!(varying || !hierarchical || steps == 0 || steps == golden.steps());
            let input = if golden.config.output_depth() == 27 { "in/inputs" } else { golden.target_key() };
            Case {
                input: golden.tokens(input, r, steps),
                target: golden.tokens(golden.target_key(), r, steps),
                controls: golden.chords(r, steps),
                segments: varying.then_some(lengths),
                valid,
            }
        })
        .collect()
}

impl Case {
    fn example<'a>(&'a self, tokens: &'a Tokens) -> Example<'a> {
        Example { tokens, controls: self.controls.as_ref(), segments: self.segments.as_deref() }
    }
}

#[test]
fn posteriors_and_their_divergence_are_those_of_the_reference() {
    for folder in folders() {
        let golden = Golden::open(&folder);
        let cases = cases(&golden);
        let examples: Vec<Example<'_>> = cases.iter().map(|c| c.example(&c.input)).collect();
        let posteriors = golden.model.encode_examples(&examples).unwrap();
        let (mu, sigma, kl, z) =
            (golden.get("enc/mu"), golden.get("enc/sigma"), golden.get("tf/kl"), golden.get("tf/z"));
        let eps = golden.get("in/eps");
        for (r, posterior) in posteriors.iter().enumerate() {
            golden.close("mu", &posterior.mu, mu.at(&[r]));
            golden.close("sigma", &posterior.sigma, sigma.at(&[r]));
            golden.close("kl", &[posterior.kl_nats() as f32], kl.at(&[r]));
            let moments = posterior.mu.iter().zip(&posterior.sigma).zip(eps.at(&[r]));
            let own: Vec<f32> = moments.map(|((m, s), e)| m + s * e).collect();
            golden.close("z", &own, z.at(&[r]));
            let alone = golden.model.encode_examples(&examples[r..=r]).unwrap();
            assert_eq!(&alone[0], posterior, "{}: row {r} encoded alone differs", golden.name);
        }
    }
}

fn check_logits(golden: &Golden, prefix: &str, r: usize, forced: &Forced, valid: &[usize]) {
    let wanted = golden.get(&format!("{prefix}/logits"));
    let index = golden.find(&format!("{prefix}/step_index")).or_else(|| golden.find("step_index"));
    for at in 0..wanted.shape[1] {
        let t = index.as_ref().map_or(at, |index| index.data[at] as usize);
        if valid.contains(&t) {
            golden.close(
                &format!("{prefix}/logits row {r} step {t}"),
                &forced.logits[t],
                wanted.at(&[r, at]),
            );
        }
    }
    if let Some(wanted) = golden.find(&format!("{prefix}/conductor_embeddings")) {
        for (s, embedding) in forced.embeddings.iter().enumerate() {
            golden.close(&format!("{prefix} embedding {s} of row {r}"), embedding, wanted.at(&[r, s]));
        }
    }
}

/// The reference's accuracy of the batch, a part each; over segments it takes plain means, which unequal lengths
/// set apart from the mean over steps.
fn check_accuracy(golden: &Golden, all: &[Forced]) {
    if golden.name.contains("varlen") {
        return;
    }
    let parts: &[&str] = match golden.config.output_depth() {
        692 => &["metrics/accuracy/output_0", "metrics/accuracy/output_1", "metrics/accuracy/output_2"],
        27 => &[],
        _ => &["metrics/accuracy"],
    };
    for (part, key) in parts.iter().enumerate() {
        let wanted = golden.meta["metrics"][*key].as_f64().unwrap();
        let right: usize = all.iter().map(|f| f.right[part]).sum();
        let steps: usize = all.iter().map(|f| f.steps).sum();
        golden.close(key, &[right as f32 / steps as f32], &[wanted as f32]);
    }
}

#[test]
fn teacher_forced_logits_losses_and_conditionals_are_those_of_the_reference() {
    for folder in folders() {
        let golden = Golden::open(&folder);
        let cases = cases(&golden);
        let examples: Vec<Example<'_>> = cases.iter().map(|c| c.example(&c.target)).collect();
        let z = golden.points("tf/z");
        let all = golden.model.teacher_forced(&examples, &z, true).unwrap();
        let loss = golden.get("tf/r_loss");
        for (r, (forced, case)) in all.iter().zip(&cases).enumerate() {
            check_logits(&golden, "tf", r, forced, &case.valid);
            golden.close("r_loss", &[forced.nats as f32], loss.at(&[r]));
            assert_eq!(forced.steps, case.valid.len());
            if let Some(wanted) = golden.find("nade/cond_probs") {
                for t in &case.valid {
                    golden.close("nade/cond_probs", &forced.conditionals[*t], wanted.at(&[r, *t]));
                }
            }
        }
        check_accuracy(&golden, &all);
        let mean = all.iter().map(|f| f.nats).sum::<f64>() / 3.0;
        golden.close(
            "mean r_loss",
            &[mean as f32],
            &[golden.meta["loss"]["mean_r_loss"].as_f64().unwrap() as f32],
        );
    }
}

#[test]
fn the_likeliest_samples_are_those_of_the_reference_token_by_token() {
    for folder in folders() {
        let golden = Golden::open(&folder);
        let z = golden.points("sample/z");
        let controls = golden.chords(0, golden.steps());
        let how = Decoding { controls, ..Decoding::argmax(3) };
        let decoded = golden.model.decode(&z, &how).unwrap();
        let key = if golden.find("sample/tokens").is_some() { "sample/tokens" } else { "sample/outputs" };
        for (r, tokens) in decoded.iter().enumerate() {
            match (tokens, golden.tokens(key, r, golden.steps())) {
                (Tokens::Groove(got), Tokens::Groove(wanted)) => {
                    for (got, wanted) in got.iter().zip(&wanted) {
                        assert_eq!(got[..9], wanted[..9], "{}: hits of row {r}", golden.name);
                        golden.close("velocities and offsets", &got[9..], &wanted[9..]);
                    }
                }
                (got, wanted) => assert_eq!(*got, wanted, "{}: row {r}", golden.name),
            }
        }
    }
}

#[test]
fn logits_after_any_fed_back_sample_are_those_of_the_reference() {
    for folder in folders() {
        let golden = Golden::open(&folder);
        let z = golden.points("sample/z");
        let valid: Vec<usize> = (0..golden.steps()).collect();
        let mut checked = 0;
        for run in ["sample", "sample_none", "sample_t1"] {
            if golden.find(&format!("{run}/logits")).is_none() {
                continue;
            }
            let kinds = ["tokens", "outputs"].map(|kind| format!("{run}/{kind}"));
            let Some(key) = kinds.iter().find(|key| golden.find(key).is_some()) else { continue };
            let controls = golden.chords(0, golden.steps());
            let tokens: Vec<Tokens> = (0..3).map(|r| golden.tokens(key, r, golden.steps())).collect();
            let examples: Vec<Example<'_>> = tokens
                .iter()
                .map(|tokens| Example { controls: controls.as_ref(), ..Example::from(tokens) })
                .collect();
            let all = golden.model.teacher_forced(&examples, &z, true).unwrap();
            for (r, forced) in all.iter().enumerate() {
                check_logits(&golden, run, r, forced, &valid);
            }
            checked += 1;
        }
        assert!(checked > 0, "{} has no samples", golden.name);
    }
}

#[test]
fn a_graphics_card_gives_the_posteriors_and_the_likeliest_samples_of_the_reference() {
    if let Err(why) = engines::adapters() {
        println!("skipped: {why}");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (mut differing, mut all) = (0, 0);
    for (i, folder) in folders().iter().enumerate() {
        let golden = Golden::open(folder);
        let bytes = std::fs::read(folder.join("weights.safetensors")).unwrap();
        let tensors = weights::parse_tensors(&bytes, &golden.name).unwrap().into_tensors();
        let path = dir.path().join(format!("{i}.safetensors")).display().to_string();
        let settings = golden.model.settings();
        weights::write(Path::new(&path), settings, &tensors, weights::Precision::F32).unwrap();
        let model = find(&path).unwrap();
        match engines::attach(&model, &path) {
            Ok(name) => assert!(name.starts_with("gpu"), "{name}"),
            Err(why) => {
                assert!(settings.autoregressive, "{}: {why}", golden.name);
                continue;
            }
        }
        let how = Decoding { controls: golden.chords(0, golden.steps()), ..Decoding::argmax(3) };
        let wanted = golden.model.decode(&golden.points("sample/z"), &how).unwrap();
        let got = model.decode(&golden.points("sample/z"), &how).unwrap();
        for (got, wanted) in got.iter().zip(&wanted) {
            differing += got.differing(wanted);
            all += wanted.len();
        }
        let cases = cases(&golden);
        let (mu, sigma) = (golden.get("enc/mu"), golden.get("enc/sigma"));
        for (r, case) in cases.iter().enumerate() {
            let posterior = model.encode_examples(&[case.example(&case.input)]).unwrap();
            golden.close("mu on the card", &posterior[0].mu, mu.at(&[r]));
            golden.close("sigma on the card", &posterior[0].sigma, sigma.at(&[r]));
        }
        assert_eq!(model.engine_fault(), None, "{}", golden.name);
    }
    println!("{differing} of {all} steps drawn otherwise than the reference");
    assert!(100 * differing <= all);
}

#[test]
fn checkpoints_that_tensorflow_wrote_import_bit_by_bit() {
    for folder in folders() {
        let meta: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join("meta.json")).unwrap()).unwrap();
        let config = meta["config"].as_str().unwrap();
        for (prefix, wanted) in [("weights.ckpt", "weights"), ("train.ckpt-1002", "train_after")] {
            let source = folder.join("ckpt").join(prefix);
            let wanted = folder.join(format!("{wanted}.safetensors"));
            if !source.with_file_name(format!("{prefix}.index")).exists() || !wanted.exists() {
                continue;
            }
            let read_back = import::read(&source, config, "imported");
            if meta["levels"].as_array().is_some_and(|levels| levels.len() > 2) {
                // No published configuration has a second level of conductors: it is listed as too much.
                let message = read_back.unwrap_err().to_string();
                assert!(
                    message.contains("hierarchical_level_1/cell_0/lstm_cell/bias is not part of it"),
                    "{message}"
                );
                continue;
            }
            let (settings, weights) = read_back.unwrap();
            let wanted = std::fs::read(&wanted).unwrap();
            for (name, shape, data) in weights.iter() {
                let wanted = read(&wanted, name).unwrap();
                assert_eq!(
                    (wanted.shape.as_slice(), wanted.data.as_slice()),
                    (shape, data),
                    "{}: {name}",
                    folder.display()
                );
            }
            assert_eq!(weights.iter().count(), meta["trainable_variables"].as_object().unwrap().len());
            let sizes =
                |key: &str| -> Vec<usize> { serde_json::from_value(meta["hparams"][key].clone()).unwrap() };
            assert_eq!((settings.encoder, settings.decoder), (sizes("enc_rnn_size"), sizes("dec_rnn_size")));
            assert!(!settings.autoregressive);
        }
    }
}
