//! Models of every kind on the card against the processor. They run wherever a driver answers, a software one too
//! (Debian: `mesa-vulkan-drivers libvulkan1`); elsewhere they are skipped, which is said.

use super::{
    Gpu, Program, Wonnx, adapters,
    session::{Feed, Maker, Session},
};
use crate::{
    codec::Tokens,
    latent::noise::Noise,
    model::{
        Config, Controls, Decoding, Example, MusicVae, Settings,
        engine::Engine,
        engines, variables,
        weights::{Tensor, Weights},
    },
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// The engine of `settings`; nothing where no card answers.
fn engine(settings: &Settings, weights: &Weights) -> Option<Gpu> {
    match adapters() {
        Ok(_) => Some(Gpu::new(settings, weights, &Wonnx).unwrap()),
        Err(why) => {
            println!("skipped: {why}");
            None
        }
    }
}

/// Random weights and sizes that fill no four evenly.
fn random(config: &str, change: impl FnOnce(&mut Settings)) -> (Settings, Weights) {
    let config = Config::find(config).unwrap();
    let mut settings =
        Settings { encoder: vec![5; config.encoder.len()], z_size: 7, ..Settings::new("random", config) };
    settings.decoder = vec![6; config.decoder.len()];
    settings.nade_hidden = settings.nade_hidden.min(3);
    if !config.decoder_levels.is_empty() {
        settings.decoder_levels = vec![2, 6];
        settings.steps = 12;
    }
    if !config.encoder_levels.is_empty() {
        settings.encoder_levels = vec![6, 2];
    }
    change(&mut settings);
    let tensors = (0u64..).zip(variables(&settings, config)).map(|(stream, (name, shape))| -> Tensor {
        let noise = Noise::new(9, stream);
        let n = shape.iter().product::<usize>() as u64;
        (name, shape, (0..n).map(|k| 0.5 * noise.normal(k)).collect())
    });
    (settings.clone(), Weights::new(tensors))
}

fn check(config: &str, change: impl FnOnce(&mut Settings)) {
    let (settings, weights) = random(config, change);
    let Some(gpu) = engine(&settings, &weights) else { return };
    let model = MusicVae::new(settings.clone(), &weights).unwrap();
    let controls = match Config::find(config).unwrap().control_depth {
        0 => None,
        49 => Some(Controls::Chords((0..settings.steps).map(|t| (t * 5 % 49) as u8).collect())),
        _ => Some(Controls::Hits((0..settings.steps).map(|t| (t * 37 % 512) as u16).collect())),
    };
    let rows = 6;
    let z: Vec<Vec<f32>> = (0..rows).map(|r| Noise::new(4, r).prior(settings.z_size)).collect();
    let decodings = [0.0, 0.7].map(|temperature| {
        let noise = (0..rows).map(|r| Noise::new(5, r)).collect();
        Decoding { controls: controls.clone(), ..Decoding::new(temperature, noise) }
    });
    let wanted = decodings.each_ref().map(|how| model.decode(&z, how).unwrap());
    let examples: Vec<Example<'_>> = wanted[1]
        .iter()
        .map(|tokens| Example { controls: controls.as_ref(), ..Example::from(tokens) })
        .collect();
    let places = model.encode_examples(&examples).unwrap();
    model.attach(Arc::new(gpu) as Arc<dyn Engine>, "gpu");
    let got = decodings.each_ref().map(|how| model.decode(&z, how).unwrap());
    let mut differ = (0, 0);
    for (got, wanted) in got.iter().zip(&wanted) {
        for (got, wanted) in got.iter().zip(wanted) {
            differ = (differ.0 + got.differing(wanted), differ.1 + wanted.len());
        }
    }
    println!("{config}: {} of {} steps differ", differ.0, differ.1);
    assert_eq!(differ.0, 0, "{config}");
    for (got, wanted) in model.encode_examples(&examples).unwrap().iter().zip(&places) {
        let pairs = got.mu.iter().zip(&wanted.mu).chain(got.sigma.iter().zip(&wanted.sigma));
        for (got, wanted) in pairs {
            assert!((got - wanted).abs() < 2e-5 * wanted.abs().max(1.0), "{config}: {got}, not {wanted}");
        }
    }
    assert_eq!((model.engine().as_str(), model.engine_fault()), ("gpu", None), "it broke on the way");
}

#[test]
fn flat_categorical_models_draw_on_the_card_what_the_processor_draws() {
    check("cat-drums_2bar_small", |_| {});
    check("cat-mel_2bar_big", |_| {});
}

#[test]
fn hierarchical_and_multi_part_models_draw_on_the_card_what_the_processor_draws() {
    check("hierdec-mel_16bar", |_| {});
    check("hier-trio_16bar", |_| {});
    check("flat-trio_16bar", |s| s.steps = 24);
}

#[test]
fn bits_grooves_and_controls_are_drawn_by_the_processor_from_the_cards_sums() {
    check("nade-drums_2bar_reduced", |s| s.steps = 8);
    check("groovae_2bar_humanize", |s| s.steps = 8);
    check("cat-mel_2bar_med_chords", |s| s.steps = 8);
    check("groovae_2bar_hits_control_tfds", |s| s.steps = 8);
}

#[test]
fn every_bundled_model_draws_on_the_card_what_the_processor_draws() {
    if let Err(why) = adapters() {
        println!("skipped: {why}");
        return;
    }
    for (name, _) in crate::model::bundled::BUNDLED {
        // Software takes its time over sixteen bars; the fewest rows that a card runs will do.
        let trial = engines::trial(name, 4, 1).unwrap();
        println!("{name}: {} of {} steps differ", trial.steps_differing, trial.steps);
        // Noise comes from the same generator: only where two scores are closer than rounding may a step, and what
        // follows it, differ.
        assert!(50 * trial.steps_differing <= trial.steps, "{trial:?}");
        assert!(trial.posterior_difference < 1e-4, "{trial:?}");
    }
}

/// Gives zeros, and breaks at a run as a driver does that loses its device.
struct Breaking {
    outputs: Vec<usize>,
    runs_left: Arc<AtomicUsize>,
}

impl Session for Breaking {
    fn run(&mut self, _: &[(&str, Feed<'_>)]) -> Result<Vec<Vec<f32>>, String> {
        let left = self.runs_left.fetch_sub(1, Ordering::SeqCst);
        assert!(left > 1, "Parent device is lost");
        Ok(self.outputs.iter().map(|n| vec![0.0; *n]).collect())
    }
}

struct BreakingCard(Arc<AtomicUsize>);

impl Maker for BreakingCard {
    fn make(&self, program: &Program) -> Result<Box<dyn Session>, String> {
        let outputs = program.outputs.iter().map(|port| port.len).collect();
        Ok(Box::new(Breaking { outputs, runs_left: self.0.clone() }))
    }
}

#[test]
fn a_device_lost_in_the_middle_of_a_decode_leaves_the_same_job_to_the_processor() {
    for config in ["cat-drums_2bar_small", "hier-trio_16bar", "nade-drums_2bar_reduced"] {
        let (settings, weights) = random(config, |_| {});
        let model = MusicVae::new(settings.clone(), &weights).unwrap();
        let z: Vec<Vec<f32>> = (0..5).map(|r| Noise::new(4, r).prior(settings.z_size)).collect();
        let how = Decoding::new(1.0, (0..5).map(|r| Noise::new(5, r)).collect());
        let wanted = model.decode(&z, &how).unwrap();
        let left = Arc::new(AtomicUsize::new(3));
        let gpu = Gpu::new(&settings, &weights, &BreakingCard(left.clone())).unwrap();
        model.attach(Arc::new(gpu), "gpu (breaking)");
        assert_eq!(model.decode(&z, &how).unwrap(), wanted, "{config}");
        let fault = model.engine_fault().unwrap();
        assert!(fault.contains("gpu (breaking)") && fault.contains("device is lost"), "{fault}");
        assert_eq!(model.engine(), "cpu");
        // It is not asked again.
        left.store(1000, Ordering::SeqCst);
        assert_eq!(model.decode(&z, &how).unwrap(), wanted);
        assert_eq!(left.load(Ordering::SeqCst), 1000);
    }
}

#[test]
fn what_the_card_does_not_take_is_refused_in_words_or_left_to_the_processor() {
    let (settings, weights) = random("hierdec-mel_16bar", |s| s.autoregressive = true);
    let card = BreakingCard(Arc::new(AtomicUsize::new(1000)));
    let refused = Gpu::new(&settings, &weights, &card).err().unwrap();
    assert!(refused.contains("on the processor"), "{refused}");
    let (settings, weights) = random("cat-drums_2bar_small", |_| {});
    let model = MusicVae::new(settings.clone(), &weights).unwrap();
    let short = Tokens::Drums(vec![1; 5]);
    let wanted = model.encode(std::slice::from_ref(&short)).unwrap();
    model.attach(Arc::new(Gpu::new(&settings, &weights, &card).unwrap()), "gpu");
    assert_eq!(model.encode(&[short]).unwrap(), wanted);
    assert_eq!((model.engine().as_str(), model.engine_fault()), ("gpu", None));
}

/// Memory of this process in megabytes, where the system tells.
fn memory() -> Option<f64> {
    let pages: f64 = std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096.0 / 1e6)
}

#[test]
fn decodes_leave_memory_as_it_was_and_dropped_engines_no_more_than_the_driver_keeps() {
    // In a process of its own: the memory of tests that run beside this one is not its.
    const ALONE: &str = "MVAE_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "model::gpu::tests::\
                    decodes_leave_memory_as_it_was_and_dropped_engines_no_more_than_the_driver_keeps";
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let done = child.args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        println!("{said}");
        assert!(done.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let (settings, weights) = random("cat-drums_2bar_small", |s| s.steps = 4);
    let Some(first) = engine(&settings, &weights) else { return };
    let model = MusicVae::new(settings.clone(), &weights).unwrap();
    let z = vec![vec![0.5; settings.z_size]; 4];
    let how = Decoding::argmax(4);
    let wanted = model.decode(&z, &how).unwrap();
    let grown = |from: Option<f64>| from.zip(memory()).map(|(from, to)| to - from);
    model.attach(Arc::new(first), "gpu");
    model.decode(&z, &how).unwrap();
    let before = memory();
    for _ in 0..1000 {
        model.decode(&z, &how).unwrap();
    }
    let by_decodes = grown(before);
    let before = memory();
    for _ in 0..20 {
        model.attach(Arc::new(Gpu::new(&settings, &weights, &Wonnx).unwrap()), "gpu");
        assert_eq!(model.decode(&z, &how).unwrap(), wanted);
        model.detach();
    }
    let by_engines = grown(before);
    println!("1000 decodes: {by_decodes:.0?} MB more; 20 engines made and dropped: {by_engines:.0?} MB more");
    // Flat but for the allocator's play; lavapipe keeps some megabytes of every device it had.
    assert!(by_decodes.is_none_or(|grown| grown < 30.0));
    assert!(by_engines.is_none_or(|grown| grown < 500.0));
}
