//! Drum beats of nine and of 61 classes.

use crate::set::{each_readable, list, number};
use mvae_tui::codec::drums::{Kit, hits, tracks};
use mvae_tui::codec::{Converter, DrumMap, Tokens};
use mvae_tui::music::quantize::quantize;
use mvae_tui::music::split::split;
use serde_json::Value;

fn mask(classes: &Value) -> u64 {
    list(classes).iter().map(|c| 1u64 << number(c) as u64).sum()
}

#[test]
fn drum_tracks_before_windowing_are_the_reference_s() {
    each_readable(|g, score| {
        for (segment, truth) in split(score).iter().zip(list(&g.truth["segments"])) {
            for (key, full) in
                [("drum_tracks_drums_2bar_cat", false), ("drum_tracks_drums_2bar_full_roll", true)]
            {
                let Some(truth) = truth.get(key) else { continue };
                let grid = quantize(&segment.score).unwrap();
                let kit = Kit { map: DrumMap::GeneralMidi, full };
                let found = tracks(&hits(&grid.notes, kit), Some(16));
                let found: Vec<_> = found.into_iter().map(|t| (f64::from(t.start), t.events)).collect();
                let truth = list(truth).iter().map(|t| {
                    let events = list(&t["events"]).iter().map(mask).collect::<Vec<_>>();
                    (number(&t["start_step"]), events)
                });
                assert_eq!(found, truth.collect::<Vec<_>>(), "{} {key}", g.name);
            }
        }
    });
}

fn sorted_classes(mut all: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
    all.sort();
    all
}

#[test]
fn extracted_beats_are_the_reference_s() {
    each_readable(|g, score| {
        for (config, key) in [
            ("cat-drums_2bar_small", "drums_2bar_cat"),
            ("nade-drums_2bar_reduced", "drums_2bar_roll"),
            ("nade-drums_2bar_full", "drums_2bar_full_roll"),
        ] {
            let truth = &g.truth["converters"][key];
            let found = Converter::for_config(config).unwrap().extract(score);
            assert_eq!(found.why_nothing.is_some(), found.examples.is_empty());
            let masks = found.examples.into_iter().map(|e| match e.tokens {
                Tokens::Drums(m) => m.into_iter().map(u64::from).collect(),
                Tokens::FullDrums(m) => m,
                other => panic!("{other:?}"),
            });
            let truth = list(&truth["sequences_sorted"]).iter().map(|s| {
                let step = |v: &Value| v.as_u64().unwrap_or_else(|| mask(v));
                list(s).iter().map(step).collect::<Vec<u64>>()
            });
            assert_eq!(sorted_classes(masks.collect()), sorted_classes(truth.collect()), "{} {key}", g.name);
        }
    });
}

#[test]
fn beats_go_back_to_the_reference_s_notes() {
    each_readable(|g, _| {
        for (config, key, full) in [
            ("cat-drums_2bar_small", "drums_2bar_cat", false),
            ("nade-drums_2bar_full", "drums_2bar_full_roll", true),
        ] {
            let truth = &g.truth["converters"][key];
            let converter = Converter::for_config(config).unwrap();
            for (tokens, truth) in list(&truth["sequences_sorted"]).iter().zip(list(&truth["from_tensors"])) {
                let tokens = if full {
                    Tokens::FullDrums(list(tokens).iter().map(mask).collect())
                } else {
                    Tokens::Drums(list(tokens).iter().map(|v| v.as_u64().unwrap() as u16).collect())
                };
                let pattern = converter.pattern(&tokens);
                assert_eq!(converter.tokens(&pattern).unwrap(), tokens, "{} {key}", g.name);
                crate::back::assert_same_notes(&pattern, truth, &format!("{} {key}", g.name));
            }
        }
    });
}
