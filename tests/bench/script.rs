//! Scripts, measured: how soon the first sound is ordered, how far ahead orders come, what sixteen loops cost.
//!
//! `cargo bench --bench script`

#![allow(clippy::unwrap_used, reason = "a measurement may fail")]

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use mvae_tui::engine::Command;
use mvae_tui::jam::Intent;
use mvae_tui::script::{Runtime, Settings, Source};

fn source(text: &str) -> Source {
    Source { name: "bench".into(), text: text.into(), folder: None, part: false }
}

fn runtime() -> (Runtime, Receiver<(Instant, Intent)>) {
    let (send, heard) = channel();
    let sink = move |intent| drop(send.send((Instant::now(), intent)));
    (Runtime::new(Settings { seed: 1, strict: false }, sink), heard)
}

/// Milliseconds from the text to the order of its first note.
fn first_sound(runtime: &Runtime, heard: &Receiver<(Instant, Intent)>, text: &str) -> f64 {
    // What the versions before have ordered is not to be taken for this one's.
    heard.try_iter().for_each(drop);
    let begun = Instant::now();
    let outcome = runtime.load(source(text));
    let at = loop {
        runtime.advance(0.0, 0.5, true);
        match heard.recv_timeout(Duration::from_millis(1)) {
            Ok((at, Intent::Perform(_) | Intent::Plays { .. })) => break at,
            _ => assert!(begun.elapsed() < Duration::from_secs(20)),
        }
    };
    outcome.recv().unwrap().unwrap();
    at.duration_since(begun).as_secs_f64() * 1e3
}

/// Seconds of processor time that this process has used.
fn used() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn main() {
    let (scripts, heard) = runtime();
    let model = "let d = model(\"drums_2bar_oh_lokl\"); play(\"drums\", d.sample());";
    println!("first sound, model not yet loaded: {:7.1} ms", first_sound(&scripts, &heard, model));
    let mut times: Vec<f64> = (0..20).map(|_| first_sound(&scripts, &heard, model)).collect();
    times.sort_by(f64::total_cmp);
    println!("first sound, model loaded:         {:7.1} ms median, {:.1} ms at most", times[10], times[19]);
    drop(scripts);

    for count in [1, 16] {
        let (scripts, heard) = runtime();
        let body = "{ hit(\"kick\", random(40, 100)); wait(0.25); }";
        let text: String = (0..count).map(|n| format!("live_loop(\"l{n}\", || {body});\n")).collect();
        scripts.load(source(&text)).recv().unwrap().unwrap();
        let (begun, before) = (Instant::now(), used());
        let beat = |at: Instant| at.duration_since(begun).as_secs_f64() * 2.0;
        // As the screen and the verb do: every few milliseconds, a quarter of a second ahead.
        while begun.elapsed() < Duration::from_secs(10) {
            scripts.advance(beat(Instant::now()), 0.5, true);
            std::thread::sleep(Duration::from_millis(4));
        }
        let share = (used() - before) / begun.elapsed().as_secs_f64() * 100.0;
        let mut leads: Vec<f64> = heard
            .try_iter()
            .filter_map(|(at, intent)| match intent {
                Intent::Perform(Command::At { beat: due, .. }) => Some((due - beat(at)) * 500.0),
                _ => None,
            })
            .skip(3 * count)
            .collect();
        leads.sort_by(f64::total_cmp);
        let late = leads.iter().filter(|lead| **lead < 0.0).count();
        println!(
            "{count:>2} loops of 16ths at 120: {share:4.1} % of a core, {} orders {:.0} ms ahead (least {:.0}), {late} late",
            leads.len(),
            leads[leads.len() / 2],
            leads[0],
        );
    }
}
