//! Melodies of two and of sixteen bars.

use crate::set::{each_readable, list, number};
use mvae_tui::codec::melody::{lines, note_on, voices};
use mvae_tui::codec::{Converter, Tokens};
use mvae_tui::music::quantize::quantize;
use mvae_tui::music::split::split;
use serde_json::Value;

fn token(event: &Value) -> u8 {
    match number(event) as i32 {
        -2 => 0,
        -1 => 1,
        pitch => note_on(pitch as u8).unwrap(),
    }
}

#[test]
fn lines_before_windowing_are_the_reference_s() {
    each_readable(|g, score| {
        for (segment, truth) in split(score).iter().zip(list(&g.truth["segments"])) {
            for (key, last_program) in [("melodies_mel_2bar", 31), ("melodies_mel_16bar", 127)] {
                let Some(truth) = truth.get(key) else { continue };
                let grid = quantize(&segment.score).unwrap();
                let voices = voices(grid.notes.iter().filter(|n| n.note.program <= last_program));
                let found = voices.values().flat_map(|v| lines(v, Some(16), 1600));
                let found: Vec<_> = found.map(|l| (f64::from(l.start), l.events)).collect();
                let truth = list(truth).iter().map(|t| {
                    let events = list(&t["events"]).iter().map(token).collect::<Vec<_>>();
                    (number(&t["start_step"]), events)
                });
                assert_eq!(found, truth.collect::<Vec<_>>(), "{} {key}", g.name);
            }
        }
    });
}

fn tokens(sequence: &Value) -> Vec<u8> {
    list(sequence).iter().map(|v| v.as_u64().unwrap() as u8).collect()
}

const KINDS: [(&str, &str); 2] = [("cat-mel_2bar_small", "mel_2bar"), ("hierdec-mel_16bar", "mel_16bar")];

#[test]
fn extracted_melodies_are_the_reference_s() {
    each_readable(|g, score| {
        for (config, key) in KINDS {
            let truth = list(&g.truth["converters"][key]["sequences_sorted"]);
            let found = Converter::for_config(config).unwrap().extract(score);
            assert_eq!(found.why_nothing.is_some(), found.examples.is_empty());
            let mut found: Vec<Vec<u8>> = found
                .examples
                .into_iter()
                .map(|e| match e.tokens {
                    Tokens::Melody(events) => events,
                    other => panic!("{other:?}"),
                })
                .collect();
            found.sort();
            assert_eq!(found, truth.iter().map(tokens).collect::<Vec<_>>(), "{} {key}", g.name);
        }
    });
}

#[test]
fn melodies_go_back_to_the_reference_s_notes() {
    each_readable(|g, _| {
        for (config, key) in KINDS.into_iter().chain([("cat-mel_2bar_med_chords", "mel_2bar_chords")]) {
            let Some(truth) = g.truth["converters"].get(key).filter(|t| t["error"].is_null()) else {
                continue;
            };
            let converter = Converter::for_config(config).unwrap();
            for (sequence, truth) in list(&truth["sequences_sorted"]).iter().zip(list(&truth["from_tensors"]))
            {
                let tokens = Tokens::Melody(tokens(sequence));
                let pattern = converter.pattern(&tokens);
                crate::back::assert_same_notes(&pattern, truth, &format!("{} {key}", g.name));
                assert_eq!(
                    converter.pattern(&converter.tokens(&pattern).unwrap()),
                    pattern,
                    "{} {key}",
                    g.name
                );
            }
        }
    });
}
