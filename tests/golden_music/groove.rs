//! Grooves: tensors in, tensors out, notes back.

use crate::set::{Golden, each_readable, list, number, numbers};
use mvae_tui::codec::{Converter, Tokens};
use safetensors::SafeTensors;
use std::fs;

const KINDS: [(&str, &str); 2] = [
    ("groovae_2bar_humanize", "groove_humanize"),
    ("groovae_2bar_tap_fixed_velocity", "groove_tap_fixed_velocity"),
];

fn tensor(g: &Golden, file: &str, name: &str) -> Vec<f32> {
    let bytes = fs::read(g.folder.join(file)).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let data = tensors.tensor(name).unwrap().data().to_vec();
    data.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

fn groove(tokens: &Tokens) -> &[[f32; 27]] {
    match tokens {
        Tokens::Groove(steps) => steps,
        other => panic!("{other:?}"),
    }
}

fn assert_close(found: &[f32], truth: &[f32], what: &str) {
    assert_eq!(found.len(), truth.len(), "{what}");
    for (i, (a, b)) in found.iter().zip(truth).enumerate() {
        assert!((a - b).abs() <= 2e-6, "{what}: value {i} is {a}, not {b}");
    }
}

#[test]
fn as_many_grooves_are_found_as_in_the_reference() {
    each_readable(|g, score| {
        for (config, key) in KINDS {
            let truth = &g.truth["converters"][key];
            let found = Converter::for_config(config).unwrap().extract(score);
            let count = if truth["error"].is_null() { number(&truth["count"]) } else { 0.0 };
            assert_eq!(found.examples.len() as f64, count, "{} {key} {:?}", g.name, found.why_nothing);
            assert_eq!(found.why_nothing.is_some(), found.examples.is_empty(), "{}", g.name);
        }
    });
}

#[test]
fn groove_tensors_are_the_reference_s() {
    let mut seen = 0;
    each_readable(|g, score| {
        for (config, key) in KINDS {
            let Some(file) = g.truth["converters"][key]["tensors"].as_str() else { continue };
            let converter = Converter::for_config(config).unwrap();
            let found = converter.extract(score);
            let outputs: Vec<f32> =
                found.examples.iter().flat_map(|e| groove(&e.tokens)).flatten().copied().collect();
            assert_close(&outputs, &tensor(g, file, "outputs"), &format!("{} {key} outputs", g.name));
            let inputs: Vec<f32> = found
                .examples
                .iter()
                .flat_map(|e| converter.groove_input().apply(groove(&e.tokens)))
                .flatten()
                .collect();
            assert_close(&inputs, &tensor(g, file, "inputs"), &format!("{} {key} inputs", g.name));
            seen += 1;
        }
    });
    assert!(seen >= 12);
}

#[test]
fn grooves_go_back_to_the_reference_s_notes() {
    let mut seen = 0;
    each_readable(|g, score| {
        for (config, key) in KINDS {
            if g.truth["converters"][key]["tensors"].is_null() {
                continue;
            }
            let converter = Converter::for_config(config).unwrap();
            for (example, truth) in converter
                .extract(score)
                .examples
                .iter()
                .zip(list(&g.truth["converters"][key]["from_tensors"]))
            {
                let pattern = converter.pattern(&example.tokens);
                let mut notes: Vec<Vec<f64>> = pattern
                    .notes
                    .iter()
                    .map(|n| {
                        let start = (f64::from(n.start) + f64::from(n.offset)) * 0.125;
                        vec![start, f64::from(n.pitch), f64::from(n.velocity), start + 0.125, 9.0, 0.0, 1.0]
                    })
                    .collect();
                let mut truth: Vec<Vec<f64>> = list(&truth["notes"])
                    .iter()
                    .map(numbers)
                    .map(|n| vec![n[2], n[0], n[1], n[3], n[4], n[5], n[6]])
                    .collect();
                let by_time = |a: &Vec<f64>, b: &Vec<f64>| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0]));
                notes.sort_by(by_time);
                truth.sort_by(by_time);
                assert_eq!(notes.len(), truth.len(), "{} {key}", g.name);
                seen += 1;
                for (a, b) in notes.iter().flatten().zip(truth.iter().flatten()) {
                    assert!((a - b).abs() < 1e-6, "{} {key}: {a} {b}", g.name);
                }
            }
        }
    });
    assert!(seen >= 12);
}
