//! Attribute vectors of small models: what they are made of, and the way to a file and back.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod tiny;

use mvae_tui::latent::attributes::{Attribute, AttributeError, Attributes, Measuring, compute};
use mvae_tui::latent::generate::{self, Sampling};
use mvae_tui::model::{Controls, Example, MusicVae};

fn how(controls: Option<Controls>) -> Measuring {
    Measuring { data: Vec::new(), files: 1, samples: 16, temperature: 0.5, seed: 1, controls }
}

fn vectors(model: &MusicVae, n: usize, controls: Option<Controls>) -> Result<Attributes, AttributeError> {
    let sampling = Sampling { n, controls: controls.clone(), ..Sampling::default() };
    let made = generate::sample(model, &sampling).unwrap();
    let example = |tokens| Example { controls: controls.as_ref(), ..Example::from(tokens) };
    let examples: Vec<Example<'_>> = made.iter().map(|g| example(&g.tokens)).collect();
    compute(model, &examples, &how(controls.clone()), |share| assert!((0.0..=1.0).contains(&share)))
}

#[test]
fn vectors_survive_their_file_and_the_same_music_gives_the_same_bytes() {
    let model = tiny::model("cat-drums_2bar_small");
    let made = vectors(&model, 80, None).unwrap();
    let bytes = made.to_bytes().unwrap();
    assert_eq!(Attributes::parse(&bytes, "x").unwrap(), made);
    assert_eq!(vectors(&model, 80, None).unwrap().to_bytes().unwrap(), bytes);
    for end in [0, 8, bytes.len() - 1] {
        let message = Attributes::parse(&bytes[..end], "cut.safetensors").unwrap_err().to_string();
        assert!(message.contains("cut.safetensors"), "{message}");
    }
}

#[test]
fn a_vector_is_the_top_quarter_less_the_bottom_one_and_is_added_by_the_amount() {
    let model = tiny::model("cat-drums_2bar_small");
    let made = vectors(&model, 80, None).unwrap();
    let record = made.table().vectors.iter().find(|v| v.attribute == Attribute::Density).unwrap();
    assert!(record.top.mean > record.bottom.mean && record.bottom.examples >= 20, "{record:?}");
    let vector = made.vector("density").unwrap();
    let z = vec![0.25f32; 6];
    let moved = made.apply(&z, &[(Attribute::Density, 2.0)]).unwrap();
    assert!(moved.iter().zip(&z).zip(vector).all(|((m, z), v)| (m - z - 2.0 * v).abs() < 1e-6));
    let effect = made.table().effect(record, Attribute::Density).unwrap();
    assert!(effect.added.is_finite() && effect.added_percent.is_some());
    let refused = made.apply(&z, &[(Attribute::CDiatonic, 1.0)]).unwrap_err().to_string();
    assert!(refused.contains("no vector of c_diatonic") && refused.contains("kick_density"), "{refused}");
    assert!(made.apply(&z[1..], &[(Attribute::Density, 1.0)]).is_err());
    assert!(made.apply(&z, &[(Attribute::Density, f32::NAN)]).is_err());
}

#[test]
fn every_kind_of_model_has_vectors_of_its_own_attributes() {
    let chords = Controls::Chords(vec![1; 32]);
    for (config, controls, expected) in [
        ("cat-mel_2bar_small", None, Attribute::AverageInterval),
        ("cat-mel_2bar_med_chords", Some(chords), Attribute::NoteDensity),
        ("nade-drums_2bar_reduced", None, Attribute::KickDensity),
        ("nade-drums_2bar_full", None, Attribute::Density),
        ("hierdec-trio_16bar", None, Attribute::Density),
        ("groovae_2bar_humanize", None, Attribute::Loudness),
    ] {
        let made = vectors(&tiny::model(config), 40, controls).unwrap();
        assert!(made.vector(expected.name()).is_some(), "{config} has no vector of {expected}");
    }
}

#[test]
fn the_vectors_of_a_bundled_model_are_compiled_in_and_are_its_own() {
    let name = "drums_2bar_oh_hikl";
    let model = mvae_tui::model::find(name).unwrap();
    let vectors = Attributes::beside(name, model.settings()).unwrap();
    for record in &vectors.table().vectors {
        // Adding a vector raises its own attribute, subtracting it lowers it.
        let effect = vectors.table().effect(record, record.attribute).unwrap();
        assert!(effect.added > 0.0 && effect.subtracted < 0.0, "{}: {effect:?}", record.attribute);
        assert_eq!(vectors.vector(record.attribute.name()).unwrap().len(), model.z_size());
    }
    assert_eq!(vectors.table().vectors.len(), 6);
}

#[test]
fn too_little_music_is_refused_with_how_much_is_needed() {
    let message = vectors(&tiny::model("cat-drums_2bar_small"), 5, None).unwrap_err().to_string();
    assert!(message.contains("5 examples") && message.contains("32"), "{message}");
}
