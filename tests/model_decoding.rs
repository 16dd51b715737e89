//! What decoding, encoding and evaluating promise: the same pattern in any batch, refusals in words, honest sums.
#![allow(clippy::unwrap_used, reason = "a test helper fails by panicking")]

use mvae_tui::{
    codec::{Converter, Tokens},
    latent::noise::Noise,
    model::{Config, Decoding, Evaluation, Example, MusicVae, Settings, variables, weights::Weights},
};

/// A model with random weights and sizes that fill no block evenly.
fn random(config: &str, change: impl FnOnce(&mut Settings)) -> MusicVae {
    let config = Config::find(config).unwrap();
    let mut settings =
        Settings { encoder: vec![21; config.encoder.len()], z_size: 19, ..Settings::new("random", config) };
    settings.decoder = vec![37; config.decoder.len()];
    settings.nade_hidden = settings.nade_hidden.min(13);
    change(&mut settings);
    let tensors = variables(&settings, config).into_iter().enumerate().map(|(i, (name, shape))| {
        let noise = Noise::new(1, i as u64);
        let n = shape.iter().product::<usize>() as u64;
        (name, shape, (0..n).map(|k| 0.4 * noise.normal(k)).collect())
    });
    MusicVae::new(settings, &Weights::new(tensors)).unwrap()
}

fn points(model: &MusicVae, rows: u64) -> Vec<Vec<f32>> {
    (0..rows).map(|i| Noise::new(2, i).prior(model.z_size())).collect()
}

fn decoding(rows: u64) -> Decoding {
    Decoding::new(1.0, (0..rows).map(|i| Noise::new(3, i)).collect())
}

const KINDS: [&str; 6] = [
    "cat-drums_2bar_small",
    "cat-mel_2bar_small",
    "nade-drums_2bar_full",
    "groovae_2bar_humanize",
    "hierdec-mel_16bar",
    "flat-trio_16bar",
];

#[test]
fn a_row_decoded_or_encoded_alone_is_the_row_of_any_batch() {
    for config in KINDS {
        let model = random(config, |_| {});
        let (z, how) = (points(&model, 7), decoding(7));
        let together = model.decode(&z, &how).unwrap();
        let places = model.encode(&together).unwrap();
        for row in 0..7 {
            let one = Decoding::new(1.0, vec![how.noise[row]]);
            let alone = model.decode(&z[row..=row], &one).unwrap();
            assert_eq!(alone[0], together[row], "{config}, row {row}");
            assert_eq!(model.encode(&alone).unwrap()[0], places[row], "{config}, row {row}");
        }
        assert_ne!(together[0], together[1], "{config} makes one pattern of everything");
    }
}

#[test]
fn weights_split_between_threads_give_what_one_thread_gives() {
    // 700 units: the second layer's matrix is beyond what one thread takes alone.
    let model = random("cat-drums_2bar_small", |s| s.decoder = vec![700, 700]);
    let (z, how) = (points(&model, 5), decoding(5));
    let together = model.decode(&z, &how).unwrap();
    for row in 0..5 {
        let one = Decoding::new(1.0, vec![how.noise[row]]);
        assert_eq!(model.decode(&z[row..=row], &one).unwrap()[0], together[row]);
    }
}

#[test]
fn a_shorter_decode_is_the_start_of_a_longer_one_and_hierarchies_make_only_their_own_length() {
    let model = random("cat-drums_2bar_small", |_| {});
    let z = points(&model, 1);
    let long = model.decode(&z, &decoding(1)).unwrap();
    let short = model.decode(&z, &Decoding { steps: 5, ..decoding(1) }).unwrap();
    let (Tokens::Drums(long), Tokens::Drums(short)) = (&long[0], &short[0]) else { unreachable!() };
    assert_eq!((long.len(), &long[..5]), (32, short.as_slice()));
    let model = random("hierdec-mel_16bar", |_| {});
    let refused = model.decode(&points(&model, 1), &Decoding { steps: 64, ..decoding(1) }).unwrap_err();
    assert!(refused.to_string().contains("256 steps"), "{refused}");
}

#[test]
fn what_does_not_fit_a_model_is_refused_in_words() {
    let model = random("cat-drums_2bar_small", |_| {});
    let refused = |tokens| model.encode(&[tokens]).unwrap_err().to_string();
    assert!(refused(Tokens::Melody(vec![0; 32])).contains("drum patterns, not melody"));
    assert!(refused(Tokens::Drums(vec![512; 32])).contains("more than 9 classes"));
    assert!(refused(Tokens::Drums(vec![0; 64])).contains("64 steps"));
    let z = points(&model, 1);
    let decode = |z: &[Vec<f32>], how: &Decoding| model.decode(z, how).unwrap_err().to_string();
    assert!(decode(&[vec![0.0; 3]], &decoding(1)).contains("3 dimensions, not 19"));
    assert!(decode(&[vec![f32::NAN; 19]], &decoding(1)).contains("not a number"));
    assert!(decode(&z, &decoding(2)).contains("2 noises"));
    assert!(decode(&z, &Decoding { temperature: -1.0, ..decoding(1) }).contains("temperature -1"));
}

/// What the encoder of a groove model is given of a pattern; of others the pattern itself.
fn heard(config: &str, tokens: &Tokens) -> Tokens {
    match tokens {
        Tokens::Groove(steps) => {
            Tokens::Groove(Converter::for_config(config).unwrap().groove_input().apply(steps))
        }
        other => other.clone(),
    }
}

#[test]
fn an_evaluation_adds_up_what_the_parts_say_and_repeats() {
    for config in KINDS {
        let model = random(config, |_| {});
        let patterns = model.decode(&points(&model, 3), &decoding(3)).unwrap();
        let examples: Vec<Example<'_>> = patterns.iter().map(Example::from).collect();
        let mut done = 0;
        let evaluation: Evaluation = model.evaluate(&examples, 4, |n| done = n).unwrap();
        assert_eq!(evaluation, model.evaluate(&examples, 4, |_| {}).unwrap());
        assert_eq!((done, evaluation.steps), (3, 3 * model.settings().steps), "{config}");
        let heard: Vec<Tokens> = patterns.iter().map(|p| heard(config, p)).collect();
        let kl: f64 = model.encode(&heard).unwrap().iter().map(|p| p.kl_nats()).sum();
        assert!((evaluation.kl_bits - kl / 3.0 / std::f64::consts::LN_2).abs() < 1e-9, "{config}");
        for share in
            [evaluation.teacher_forced_accuracy, evaluation.free_running_accuracy, evaluation.argmax_accuracy]
        {
            assert!((0.0..=1.0).contains(&share), "{config}: {evaluation:?}");
        }
        assert!(evaluation.nats_per_step > 0.0, "{config}");
    }
}

#[test]
fn a_model_that_always_says_the_same_is_right_where_the_pattern_says_it_too() {
    let config = Config::find("cat-mel_2bar_small").unwrap();
    let settings =
        Settings { encoder: vec![4], decoder: vec![4, 4], z_size: 3, ..Settings::new("constant", config) };
    let tensors = variables(&settings, config).into_iter().map(|(name, shape)| {
        let mut data = vec![0.0; shape.iter().product()];
        if name == "decoder/output_projection/bias" {
            data[5] = 3.0;
        }
        (name, shape, data)
    });
    let model = MusicVae::new(settings.clone(), &Weights::new(tensors)).unwrap();
    let pattern = Tokens::Melody((0..32).map(|t| if t % 4 == 0 { 5 } else { 60 }).collect());
    let evaluation = model.evaluate(&[Example::from(&pattern)], 1, |_| {}).unwrap();
    assert_eq!((evaluation.teacher_forced_accuracy, evaluation.argmax_accuracy), (0.25, 0.25));
    assert_eq!(evaluation.commonest_accuracy, 0.75, "who says 60 all the time");
    let total = (3.0f64.exp() + 89.0).ln();
    assert!((evaluation.nats_per_step - (total - 0.25 * 3.0)).abs() < 1e-6);
    // mu = 0 and sigma = ln 2 in three dimensions.
    let sigma = 2.0f64.ln();
    let nats = 3.0 * ((sigma * sigma - 1.0) / 2.0 - sigma.ln());
    assert!((evaluation.kl_bits - nats / std::f64::consts::LN_2).abs() < 1e-5);
}
