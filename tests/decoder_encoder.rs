//! What a decoder says its encoder hears, for every kind of model: as tokens, as notes, and as a MIDI file.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod tiny;

use std::sync::OnceLock;

use mvae_tui::codec::Tokens;
use mvae_tui::latent::generate::{self, Sampling};
use mvae_tui::latent::noise::Noise;
use mvae_tui::model::{MusicVae, Posterior};
use mvae_tui::music::smf;
use proptest::prelude::*;

/// One configuration for each codec and decoder that takes no controls.
const KINDS: [&str; 9] = [
    "cat-mel_2bar_small",
    "cat-drums_2bar_small",
    "nade-drums_2bar_reduced",
    "nade-drums_2bar_full",
    "flat-mel_16bar",
    "hierdec-mel_16bar",
    "flat-trio_16bar",
    "hierdec-trio_16bar",
    "groovae_2bar_humanize",
];

fn model(kind: usize) -> &'static MusicVae {
    static MODELS: [OnceLock<MusicVae>; KINDS.len()] = [const { OnceLock::new() }; KINDS.len()];
    MODELS[kind].get_or_init(|| tiny::model(KINDS[kind]))
}

fn is_a_place(posterior: &Posterior) -> bool {
    posterior.mu.iter().all(|mu| mu.is_finite()) && posterior.sigma.iter().all(|s| s.is_finite() && *s > 0.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn an_encoder_takes_whatever_its_decoder_emits(
        kind in 0..KINDS.len(),
        seed in any::<u64>(),
        temperature in 0.0f32..=2.0,
        far in prop_oneof![Just(1.0f32), Just(30.0)],
    ) {
        let model = model(kind);
        let z: Vec<f32> = Noise::new(seed, 0).prior(model.z_size()).iter().map(|x| far * x).collect();
        let how = Sampling { n: 1, temperature, seed, steps: 0, controls: None };
        let made = generate::decode(model, &[z], &how).unwrap().pop().unwrap();
        // The tokens as they came.
        let heard = model.encode(std::slice::from_ref(&made.tokens)).unwrap();
        prop_assert!(is_a_place(&heard[0]), "{}", KINDS[kind]);
        // The notes that the player gets, and sees, and edits: their tokens say the same notes.
        let converter = generate::converter(model).unwrap();
        let tokens: Tokens = converter.tokens(&made.pattern).unwrap();
        prop_assert_eq!(converter.pattern(&tokens), made.pattern.clone(), "{}", KINDS[kind]);
        prop_assert!(is_a_place(&model.encode(&[tokens]).unwrap()[0]));
        // The file that is saved of it is found whole again.
        if !made.pattern.notes.is_empty() {
            let score = smf::parse(&smf::write(&made.pattern.to_score(120.0)), "saved").unwrap();
            let found = converter.find(&score);
            prop_assert!(!found.examples.is_empty(), "{}: {:?}", KINDS[kind], found.why_nothing);
            for example in &found.examples {
                prop_assert!(is_a_place(&model.encode(std::slice::from_ref(&example.tokens)).unwrap()[0]));
            }
        }
    }
}
