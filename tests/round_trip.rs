//! Whatever our own decoders can say, as a MIDI file and back: the same bytes every time, and the same tokens.

#![allow(clippy::unwrap_used, clippy::panic)]

use mvae_tui::codec::{Converter, Tokens};
use mvae_tui::music::pattern::Pattern;
use mvae_tui::music::score::Score;
use mvae_tui::music::smf;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn through_a_file(pattern: &Pattern, bpm: f64) -> Score {
    let bytes = smf::write(&pattern.to_score(bpm));
    assert_eq!(bytes, smf::write(&pattern.to_score(bpm)), "the same score gave other bytes");
    smf::parse(&bytes, "round trip").unwrap()
}

/// Takes note-offs away that end nothing: a file cannot hold them.
fn canonical(mut events: Vec<u8>) -> Vec<u8> {
    let mut sounding = false;
    for event in &mut events {
        match *event {
            0 => {}
            1 if !sounding => *event = 0,
            1 => sounding = false,
            _ => sounding = true,
        }
    }
    events
}

fn line(steps: usize) -> impl Strategy<Value = Vec<u8>> {
    let event = prop_oneof![6 => Just(0u8), 1 => Just(1u8), 3 => 2u8..90];
    prop::collection::vec(event, steps).prop_map(canonical)
}

fn beat(steps: usize) -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(prop_oneof![1 => Just(0u16), 1 => 0u16..512], steps)
}

fn groove() -> impl Strategy<Value = Vec<[f32; 27]>> {
    let class = (any::<bool>(), 1u8..=127, -8i8..=8);
    let step = prop::collection::vec(class, 9).prop_map(|classes| {
        let mut step = [0.0; 27];
        for (c, (hit, velocity, eighths)) in classes.into_iter().enumerate().filter(|(_, class)| class.0) {
            step[c] = f32::from(u8::from(hit));
            step[9 + c] = f32::from(velocity) / 127.0;
            step[18 + c] = f32::from(eighths) / 8.0;
        }
        step
    });
    prop::collection::vec(step, 32)
}

fn tempo() -> impl Strategy<Value = f64> {
    (40u32..=240).prop_map(f64::from)
}

fn check(config: &str, tokens: &Tokens, bpm: f64) {
    let converter = Converter::for_config(config).unwrap();
    let pattern = converter.pattern(tokens);
    assert_eq!(&converter.tokens(&pattern).unwrap(), tokens, "pattern");
    if pattern.notes.is_empty() {
        return;
    }
    let score = through_a_file(&pattern, bpm);
    let found = converter.find(&score);
    assert!(found.examples.iter().any(|e| &e.tokens == tokens), "{config} at {bpm}: {:?}", found.why_nothing);
}

proptest! {
    #[test]
    fn every_drum_beat_comes_back_from_its_file(masks in beat(32), bpm in tempo()) {
        check("cat-drums_2bar_small", &Tokens::Drums(masks), bpm);
    }

    #[test]
    fn every_beat_of_the_full_kit_comes_back_from_its_file(
        masks in prop::collection::vec(prop_oneof![Just(0u64), 0u64..1 << 61], 32),
        bpm in tempo(),
    ) {
        check("nade-drums_2bar_full", &Tokens::FullDrums(masks), bpm);
    }

    #[test]
    fn every_melody_comes_back_from_its_file(events in line(32), bpm in tempo()) {
        check("cat-mel_2bar_small", &Tokens::Melody(events), bpm);
    }

    #[test]
    fn quarters_read_are_quarters_written(events in line(32), bpm in tempo()) {
        let converter = Converter::for_config("cat-mel_2bar_small").unwrap();
        let pattern = converter.pattern(&Tokens::Melody(events));
        let score = through_a_file(&pattern, bpm);
        prop_assert_eq!(Pattern::from_score(&score).unwrap().steps, 32);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_long_melody_comes_back_from_its_file(events in line(256), bpm in tempo()) {
        check("hierdec-mel_16bar", &Tokens::Melody(events), bpm);
    }

    #[test]
    fn every_trio_comes_back_from_its_file(
        lead in line(256), bass in line(256), drums in beat(256), bpm in tempo(),
    ) {
        check("hierdec-trio_16bar", &Tokens::Trio { lead, bass, drums }, bpm);
    }
}

#[test]
fn grooves_come_back_from_their_files_but_for_the_tick() {
    let converter = Converter::for_config("groovae_2bar_humanize").unwrap();
    let mut runner = TestRunner::deterministic();
    for _ in 0..100 {
        let mut steps = groove().new_tree(&mut runner).unwrap().current();
        // Nothing sounds before the file starts, and the outermost offsets belong to two steps at once.
        for step in &mut steps {
            step[18..].iter_mut().for_each(|x| *x = x.clamp(-0.875, 0.875));
        }
        steps[0][18..].iter_mut().for_each(|x| *x = x.min(0.0));
        let last = steps.last_mut().unwrap();
        (last[0], last[9]) = (1.0, 1.0);
        let score = through_a_file(&converter.pattern(&Tokens::Groove(steps.clone())), 120.0);
        let found = converter.extract(&score).examples;
        let [example] = &found[..] else { panic!("{} grooves", found.len()) };
        let Tokens::Groove(back) = &example.tokens else { panic!("no groove") };
        for (a, b) in steps.iter().flatten().zip(back.iter().flatten()) {
            // Half a tick of 55 a step, twice as an offset; a velocity is one of 127.
            assert!((a - b).abs() < 0.02, "{a} {b}");
        }
    }
}
