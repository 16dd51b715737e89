//! Fills that scripts order.

use super::tracks::strokes;
use super::*;
use crate::jam::fill::{self, rule, tries};
use crate::latent::attributes::Attributes;
use crate::latent::generate::{Sampling, sample};
use crate::model;
use crate::music::pattern::{Part, Pattern};

/// The strokes of a bar, by step and key.
fn placed(bar: &Pattern) -> Vec<(i64, u8)> {
    let mut all: Vec<(i64, u8)> = bar.notes.iter().map(|note| (i64::from(note.start), note.pitch)).collect();
    all.sort_unstable();
    all
}

fn played(bench: &Bench, bar: f64) -> Vec<(i64, u8)> {
    let mut all = strokes(bench, bar * 4.0, bar * 4.0 + 4.0);
    all.sort_unstable();
    all
}

#[test]
fn a_fill_begins_as_its_bar_does_and_the_pattern_goes_on_behind_it() {
    for made in [
        "model(\"drums_2bar_oh_hikl\").encode(hits(\"kick\", \"x...x...x...x...\") + hits(\"snare\", \"....x.......x...\")).decode()",
        "hits(\"kick\", \"x...x...x...x...\")",
    ] {
        let mut bench = Bench::new(&format!("play(\"drums\", {made}); wait(bars(3)); fill(\"drums\");"));
        bench.until(24.0, 36);
        let (before, fill, after) = (played(&bench, 1.0), played(&bench, 3.0), played(&bench, 5.0));
        assert_ne!(fill, before, "{made}");
        let head =
            |bar: &[(i64, u8)]| -> Vec<_> { bar.iter().filter(|(step, _)| *step < 8).copied().collect() };
        assert_eq!(head(&fill), head(&before), "{made}");
        assert_eq!(after, before, "{made}");
    }
    let mut bench = Bench::new("wait(1); fill();");
    bench.until(2.0, 36);
    let nothing = "Nothing plays that a fill could be made of";
    assert!(bench.said.iter().any(|(tone, text)| *tone == Tone::Hint && text == nothing), "{:?}", bench.said);
}

#[test]
fn fills_are_those_that_the_jam_makes_of_the_same_pattern_in_the_same_bar() {
    let name = "drums_2bar_oh_lokl";
    let model = model::find(name).unwrap();
    let vectors = Attributes::beside(name, model.settings()).unwrap();
    let how = Sampling { n: 1, temperature: 0.8, seed: 7, ..Sampling::default() };
    let made = sample(&model, &how).unwrap().remove(0);
    let mut bench = Bench::new(
        "play(\"drums\", model(\"drums_2bar_oh_lokl\").sample(#{seed: 7, temperature: 0.8}));
         wait(bars(2)); fill(\"drums\"); wait(bars(3)); fill(\"drums\");",
    );
    bench.until(28.0, 36);
    for (bar, from) in [(2, 0), (5, 16)] {
        let moved = tries::best(&model, &vectors, &made, 7 + bar, &mut |_| true).unwrap();
        let wanted = fill::of(&made.pattern, &moved.pattern, Part::Drums, from)
            .unwrap_or_else(|| rule::of(&made.pattern, Part::Drums, from, bar));
        assert_eq!(played(&bench, bar as f64), placed(&wanted), "bar {bar}");
    }
}

#[test]
fn what_was_changed_by_hand_is_filled_by_the_model_of_its_kind_and_the_rest_by_rule() {
    let fill = |text: &str| {
        let mut bench = Bench::new(&format!("play(\"drums\", {text}); wait(bars(2)); fill(\"drums\");"));
        bench.until(12.0, 36);
        played(&bench, 2.0)
    };
    let ruled = |beat: &str| -> Vec<(i64, u8)> {
        let notes: Vec<crate::music::pattern::PatternNote> = beat
            .char_indices()
            .filter(|(_, letter)| *letter == 'x')
            .map(|(start, _)| crate::music::pattern::PatternNote {
                start: start as u32,
                length: 1,
                pitch: 36,
                velocity: 96,
                part: Part::Drums,
                offset: 0.0,
                chance: 100,
            })
            .collect();
        placed(&rule::of(&Pattern::new(beat.len() as u32, notes), Part::Drums, 0, 2))
    };
    let four = "x...x...x...x...";
    assert_ne!(fill(&format!("hits(\"kick\", \"{four}\").accent([110, 70])")), ruled(four));
    // No model takes loops of three beats: what plays them has a rule's fills, in phase.
    let three = "x..x........";
    let turned = three.repeat(4)[32 % 12..].to_owned();
    let by_rule = fill(&format!("hits(\"kick\", \"{three}\")"));
    assert_eq!(by_rule, ruled(&turned[..16]));
}
