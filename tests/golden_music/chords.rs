//! Melodies with the chords that the reference hears in the notes.

use crate::set::{each_readable, list};
use mvae_tui::codec::{Converter, Tokens};
use serde_json::Value;

fn bytes(values: &Value) -> Vec<u8> {
    list(values).iter().map(|v| v.as_u64().unwrap() as u8).collect()
}

#[test]
fn melodies_and_chords_are_the_reference_s() {
    let mut seen = 0;
    each_readable(|g, score| {
        let Some(truth) = g.truth["converters"].get("mel_2bar_chords") else { return };
        let found = Converter::for_config("cat-mel_2bar_med_chords").unwrap().extract_with_chords(score);
        let mut found: Vec<(Vec<u8>, Vec<u8>)> = found
            .into_iter()
            .map(|f| match f.example.tokens {
                Tokens::Melody(events) => (events, f.chords),
                other => panic!("{other:?}"),
            })
            .collect();
        found.sort();
        let chords = truth.get("chord_controls_sorted").map(list).unwrap_or_default();
        let truth = list(&truth["sequences_sorted"]).iter().zip(chords);
        let mut truth: Vec<_> = truth.map(|(s, c)| (bytes(s), bytes(c))).collect();
        truth.sort();
        assert_eq!(found.len(), truth.len(), "{}", g.name);
        for (a, b) in found.iter().zip(&truth) {
            assert_eq!(a, b, "{}", g.name);
        }
        seen += found.len();
    });
    assert!(seen > 100, "only {seen} examples");
}
