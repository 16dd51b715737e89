//! What is done to tracks: freezing, lengths, places, scenes.

use super::*;

/// Strokes of every key between two beats, in order of time, since `until` was called last.
pub(super) fn strokes(bench: &Bench, from: f64, to: f64) -> Vec<(i64, u8)> {
    let place = |event: &Event| match event.message {
        Message::NoteOn { key, .. } => Some((event.frame as f64 / 24_000.0, key)),
        _ => None,
    };
    let within = bench.events.iter().filter_map(place).filter(|(beat, _)| (from..to).contains(beat));
    within.map(|(beat, key)| (((beat - from) * 4.0).round() as i64, key)).collect()
}

#[test]
fn a_frozen_track_keeps_its_pattern_and_takes_what_was_played_meanwhile_when_it_is_thawed() {
    let mut bench = Bench::new(
        "play(\"a\", hits(\"kick\", \"x...............\"));
         live_loop(\"b\", || { if bar() > 1 { play(\"a\", hits(\"snare\", \"x...............\")); } wait(bars(1)); });
         wait(bars(1)); freeze(\"a\"); wait(bars(3)); thaw(\"a\");",
    );
    assert_eq!(bench.until(15.9, 36), [0.0, 4.0, 8.0, 12.0]);
    bench.until(28.0, 36);
    assert!(strokes(&bench, 16.0, 28.0).iter().all(|(_, key)| *key == 38));
    assert_eq!(strokes(&bench, 16.0, 28.0).len(), 3);
}

#[test]
fn chance_is_the_same_every_time_and_freezing_keeps_what_it_has_drawn() {
    let text = |end: &str| {
        format!("play(\"a\", hits(\"kick\", \"xxxxxxxxxxxxxxxx\").chance(0.5)); wait(bars(2)); {end}")
    };
    let bars = |end: &str| -> Vec<Vec<(i64, u8)>> {
        let mut bench = Bench::new(&text(end));
        bench.until(24.0, 36);
        (0..6).map(|bar| strokes(&bench, f64::from(bar) * 4.0, f64::from(bar) * 4.0 + 4.0)).collect()
    };
    let free = bars("");
    assert_eq!(free, bars(""));
    assert!(free.iter().all(|bar| (1..16).contains(&bar.len())) && free[2] != free[3]);
    let frozen = bars("freeze(\"a\");");
    assert_eq!(frozen[..3], free[..3], "the round that sounds is the one that is kept");
    assert!(frozen[3..].iter().all(|bar| *bar == frozen[2]));
    let mut bench =
        Bench::new("play(1, (hits(\"kick\", \"xxxx\") + hits(\"rim\", \"xxxx\")).chance(\"rim\", 0));");
    assert_eq!((bench.until(2.0, 36).len(), strokes(&bench, 0.0, 2.0).len()), (8, 8));
}

#[test]
fn a_length_of_a_track_s_own_holds_for_what_plays_and_what_comes() {
    let mut bench = Bench::new(
        "play(\"a\", hits(\"kick\", \"x...............\")); length(\"a\", 12);
         wait(6); play(\"a\", hits(\"snare\", \"x...............\"));
         wait(6); length(\"a\", 0);",
    );
    assert_eq!(bench.until(6.0, 36), [0.0, 3.0]);
    assert_eq!(bench.until(21.0, 38), [6.0, 9.0, 12.0, 16.0, 20.0]);
}

#[test]
fn a_scene_launches_a_column_and_a_row_of_the_bank() {
    for scene in ["scene(2)", "scene(\"A\")"] {
        let mut bench = Bench::new(&format!(
            "bank[\"A2\"] = model(\"drums_2bar_oh_lokl\").sample(#{{seed: 7, temperature: 0.5}}); wait(bars(1)); {scene};"
        ));
        bench.until(12.0, 36);
        assert!(strokes(&bench, 0.0, 4.0).is_empty() && strokes(&bench, 4.0, 12.0).len() > 4, "{scene}");
    }
    let bench = Bench::new(KICKS);
    for text in [
        "scene(9);",
        "scene(\"Z\");",
        "count_in(3);",
        "length(\"a\", 999);",
        "hits(\"kick\", \"x\").chance(2);",
    ] {
        let error = bench.headless.runtime.load(source(text)).recv().unwrap().unwrap_err().to_string();
        assert!(error.contains("go"), "{text}: {error}");
    }
}

#[test]
fn a_place_goes_out_on_time_and_into_the_file() {
    let text = "play(\"drums\", hits(\"kick\", \"x...\")); wait(2); pan(\"drums\", -0.5);";
    let recording = render::record(source(text), 0, Some(2)).unwrap();
    let placed: Vec<(u64, u8, f32)> = recording
        .events
        .iter()
        .filter_map(|event| match event.message {
            Message::Pan { pan, .. } => Some((event.frame, event.track, pan)),
            _ => None,
        })
        .collect();
    assert_eq!(placed, [(48_000, 0, -0.5)]);
    let changes = recording.score().control_changes;
    assert!(changes.iter().any(|change| (change.number, change.value) == (10, 33) && change.is_drum));
}

#[test]
fn patterns_go_home_to_the_model_of_their_kind() {
    let headless = Headless::new(Settings { seed: 0, strict: true });
    let text = "let beat = hits(\"kick\", \"x...x...x...x...\");
        if beat.encode().decode().only(\"kick\").len() < 4 { throw \"drums\"; }
        if melody(\"c4 - e4 - g4 - e4 - c4 - e4 - g4 - e4 -\").encode().decode().notes[0].part != \"lead\" { throw \"tune\"; }
        if hits(\"kick\", \"xxxx\").accent([100, 50]).notes.map(|n| n.velocity) != [100, 50, 100, 50] { throw \"accent\"; }
        if distance(prior(7), model(\"drums_2bar_oh_lokl\").prior(7)) > 0.0 { throw \"prior\"; }
        let found = midi(\"song-a.mid\").extract();
        let parts = found.map(|p| p.notes[0].part);
        if !(\"drums\" in parts) || !(\"lead\" in parts) { throw `${parts}`; }
        if prior(7) != prior(7) || prior(7) == prior(8) || hits(\"kick\", \"x.\") != hits(\"kick\", \"x.\") { throw \"same\"; }
        if `${1.5 * attr(\"density\")}` != \"Push(1.5 of density)\" { throw `${attr(\"density\")}`; }
        bank[\"B1\"] = melody(\"c4 - e4 - g4 - e4 - c4 - e4 - g4 - e4 -\");";
    assert_eq!(headless.runtime.load(source(text)).recv().unwrap(), Ok(()));
}

#[test]
fn a_pattern_is_shown_as_it_would_be_drawn() {
    let mut bench =
        Bench::new("show(hits(\"snare\", \"X..o............x...............\") + hits(\"kick\", \"x...\"));");
    bench.until(0.1, 36);
    let said: Vec<&str> = bench.said.iter().map(|(_, text)| text.as_str()).collect();
    let bar = "x...x...x...x...";
    assert_eq!(said, [format!("|{bar}|{bar}| kick"), "|X..o............|x...............| snare".to_owned()]);
}

#[test]
fn the_first_notes_of_a_loop_are_ordered_before_the_transport_runs() {
    let (send, heard) = std::sync::mpsc::channel();
    let sink = move |intent| drop(send.send(intent));
    let runtime = super::super::runtime::Runtime::new(Settings { seed: 0, strict: false }, sink);
    runtime.load(source(KICKS)).recv().unwrap().unwrap();
    let all: Vec<crate::jam::Intent> = heard.try_iter().collect();
    let run = all.iter().position(|intent| *intent == crate::jam::Intent::Run).unwrap();
    let first = all.iter().position(|intent| matches!(intent, crate::jam::Intent::Perform(_)));
    assert!(first.is_some_and(|first| first < run), "{all:?}");
}

#[test]
fn what_an_old_version_left_going_round_ends_with_it() {
    let mut bench =
        Bench::new("play(\"a\", hits(\"kick\", \"x...\")); play(\"b\", hits(\"snare\", \"x...\"));");
    assert_eq!(bench.until(3.0, 38), [0.0, 1.0, 2.0]);
    bench.load("play(\"a\", hits(\"kick\", \"x.......\"));").unwrap();
    assert_eq!(bench.until(4.0, 38), [3.0]);
    assert_eq!(bench.until(8.0, 36), [4.0, 6.0]);
    assert!(!bench.events.iter().any(|event| matches!(event.message, Message::NoteOn { key: 38, .. })));
    // A line joins what plays.
    let line = Source { part: true, ..source("play(\"c\", hits(\"rim\", \"x...\"));") };
    bench.headless.runtime.load(line).recv().unwrap().unwrap();
    assert_eq!(bench.until(16.0, 36), [8.0, 10.0, 12.0, 14.0]);
}
