//! Slerp against what the published implementation gave.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use mvae_tui::latent::{path, slerp::slerp};
use safetensors::SafeTensors;
use serde_json::Value;
use std::path::Path;

fn golden(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)).unwrap()
}

fn floats(tensors: &SafeTensors, name: &str) -> Vec<f32> {
    let data = tensors.tensor(name).unwrap();
    data.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
}

#[test]
fn every_published_slerp_value_is_met() {
    let file: Value = serde_json::from_slice(&golden("misc/slerp.json")).unwrap();
    let mut compared = 0;
    for case in file["slerp"].as_array().unwrap() {
        let (a, b) = (numbers(&case["p0"]), numbers(&case["p1"]));
        for (t, z) in case["t"].as_array().unwrap().iter().zip(case["z"].as_array().unwrap()) {
            let got = slerp(&a, &b, t.as_f64().unwrap());
            assert!(largest_difference(&got, &numbers(z)) < 1e-6, "at {t}");
            compared += 1;
        }
    }
    assert!(compared >= 18, "only {compared} points were compared");
}

#[test]
fn the_published_interpolation_between_two_posterior_means_is_met() {
    let bytes = golden("models/cat-mel_2bar_small/interpolate.safetensors");
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let ends = vec![floats(&tensors, "interp/mu_start"), floats(&tensors, "interp/mu_end")];
    let z = path::through(&ends, 7).concat();
    assert!(largest_difference(&z, &floats(&tensors, "interp/z")) < 1e-6);
}

#[test]
fn equal_ends_which_the_published_formula_cannot_take_stay_finite_and_equal() {
    let bytes = golden("models/cat-mel_2bar_small/interpolate.safetensors");
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let start = floats(&tensors, "interp/mu_start");
    for z in path::through(&[start.clone(), start.clone()], 5) {
        assert!(largest_difference(&z, &start) < 1e-6);
    }
}

proptest::proptest! {
    #[test]
    fn a_slerp_of_finite_ends_is_finite(
        a in proptest::collection::vec(-10f32..10.0, 1..8),
        b in proptest::collection::vec(-10f32..10.0, 1..8),
        scale in -2i8..3,
        t in 0f64..=1.0,
    ) {
        // As they come, parallel, opposite, and an end of length zero.
        let other: Vec<f32> = a.iter().map(|x| x * f32::from(scale)).collect();
        for end in [&b, &other] {
            proptest::prop_assert!(slerp(&a, end, t).iter().all(|x| x.is_finite()));
        }
    }
}
