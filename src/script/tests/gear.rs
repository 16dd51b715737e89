//! How tracks are played on gear outside.

use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::jam::gear::Change;
use crate::jam::{Intent, Output};
use crate::script::runtime::Runtime;

/// A host that plays live, and what it is told.
fn live() -> (Runtime, Receiver<Intent>) {
    let (send, heard) = channel();
    let settings = Settings { seed: 0, strict: false };
    (Runtime::new(settings, move |intent| drop(send.send(intent))), heard)
}

/// What of `told` is about gear.
fn gear(told: &[Intent]) -> Vec<Intent> {
    let about = |intent: &&Intent| matches!(intent, Intent::Gear { .. } | Intent::Output { .. });
    told.iter().filter(about).cloned().collect()
}

#[test]
fn what_a_script_says_of_gear_is_what_keys_say_and_comes_before_the_first_note() {
    let (runtime, heard) = live();
    let text = "midi_output(\"bass\", \"volca\"); midi_channel(\"bass\", 3); midi_bank(\"bass\", 3, 12);
        midi_bank(\"lead\", -1); midi_program(\"bass\", 12); midi_kit(\"tr-8\"); midi_key(\"snare\", 40);
        note(\"bass\", \"e2\", 1); wait(4); midi_channel(\"bass\", 0);";
    runtime.load(source(text)).recv().unwrap().unwrap();
    let told: Vec<Intent> = heard.try_iter().collect();
    let change = |track: usize, change| Intent::Gear { track: Some(track), change };
    assert_eq!(
        gear(&told),
        [
            Intent::Output { track: Some(2), output: Output::Port("volca".into()) },
            change(2, Change::Channel(3)),
            change(2, Change::Bank(Some(396))),
            change(1, Change::Bank(None)),
            change(2, Change::Program(12)),
            change(0, Change::Kit("tr-8".into())),
            change(0, Change::Key { class: 1, key: 40 }),
        ]
    );
    let first = told.iter().position(|intent| matches!(intent, Intent::Perform(_)));
    assert!(first.is_some_and(|first| gear(&told[first..]).is_empty()), "{told:?}");
    // Later ones come with their beat, not with the head start that scripts have.
    runtime.advance(3.9, 0.5, true);
    assert_eq!(gear(&heard.try_iter().collect::<Vec<_>>()), []);
    runtime.advance(4.0, 0.5, true);
    assert_eq!(gear(&heard.try_iter().collect::<Vec<_>>()), [change(2, Change::Channel(0))]);
}

#[test]
fn numbers_that_gear_does_not_have_are_refused_and_a_render_has_no_gear() {
    let bench = Bench::new(KICKS);
    for text in [
        "midi_channel(\"lead\", 17);",
        "midi_bank(\"lead\", 16384);",
        "midi_bank(\"lead\", 0, 128);",
        "midi_program(\"lead\", 129);",
    ] {
        let error = bench.headless.runtime.load(source(text)).recv().unwrap().unwrap_err().to_string();
        assert!(error.contains("it goes from"), "{text}: {error}");
    }
    let error = bench.headless.runtime.load(source("midi_key(\"cowbell\", 5);")).recv().unwrap().unwrap_err();
    assert!(error.to_string().contains("nine drums"), "{error}");
    let text = "midi_output(\"lead\", \"volca\"); note(\"lead\", \"c4\", 1);";
    let recording = render::record(source(text), 0, Some(1)).unwrap();
    assert_eq!((recording.notes(), recording.said.len()), (1, 0));
}

#[test]
fn tracks_of_a_script_without_a_screen_know_their_ports_by_a_part_of_the_name() {
    let mut headless = Headless::new(Settings { seed: 0, strict: false });
    headless.know_ports(vec!["Volca Keys".into()]);
    let text = "midi_output(\"pad\", \"volca\"); midi_channel(\"pad\", 5); level(\"pad\", 2);";
    headless.runtime.load(source(text)).recv().unwrap().unwrap();
    let mut orders = Vec::new();
    headless.runtime.advance(0.0, 0.5, false);
    headless.carry_out(|order| orders.push(order), |_, _| ());
    let pad = &headless.tracks()[3];
    assert_eq!((&pad.output, pad.gear.channel), (&Output::Port("Volca Keys".into()), Some(4)));
    let gains: Vec<f32> = orders
        .iter()
        .filter_map(|order| match order {
            crate::engine::Command::Gain { track: 3, gain } => Some(*gain),
            crate::engine::Command::At { track: 3, what: crate::engine::Order::Gain(gain), .. } => {
                Some(*gain)
            }
            _ => None,
        })
        .collect();
    assert_eq!(gains, [0.0], "what is heard outside only is silent here at any level");
}
