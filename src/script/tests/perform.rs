//! The bank, queues, chains, measures: what a performance is made of.

use super::*;

/// Evaluates a text that checks itself with `throw`.
fn holds(text: &str) {
    let headless = Headless::new(Settings { seed: 0, strict: true });
    let outcome = headless.runtime.load(source(text)).recv().unwrap();
    assert_eq!(outcome, Ok(()), "{text}");
}

#[test]
fn the_bank_takes_a_pattern_gives_it_back_and_launches_it_at_the_bar() {
    let mut bench = Bench::new(
        "let d = model(\"drums_2bar_oh_lokl\");
         let p = d.sample(#{seed: 7, temperature: 0.5});
         bank[\"A1\"] = p;
         if bank[\"A1\"].count != p.count || bank()[\"A1\"].count != p.count { throw \"lost\"; }
         live_loop(\"later\", || { if bar() == 2 { launch(\"A1\"); } wait(bars(1)); });",
    );
    bench.until(7.5, 36);
    assert!(!bench.events.iter().any(|event| matches!(event.message, Message::NoteOn { .. })));
    bench.until(16.0, 36);
    let first = bench.events.iter().find(|event| matches!(event.message, Message::NoteOn { .. }));
    let beat = first.map(|event| event.frame as f64 / 24_000.0);
    assert!(beat.is_some_and(|beat| (8.0..12.0).contains(&beat)), "{beat:?}");
    let error = bench.load("bank[\"B2\"];").unwrap_err().to_string();
    assert!(error.contains("no script has put"), "{error}");
    let error = bench.load("launch(\"Z9\");").unwrap_err().to_string();
    assert!(error.contains("no place of the bank"), "{error}");
}

#[test]
fn what_is_queued_waits_until_the_round_before_it_is_over() {
    let mut bench = Bench::new(
        "play(\"a\", hits(\"kick\", \"x...........\"));
         wait(1);
         queue(\"a\", hits(\"snare\", \"x...\"));
         queue(\"a\", hits(\"rim\", \"x.......\"));
         wait(8.5);
         queue(\"a\", hits(\"ride\", \"x...............\"));",
    );
    assert_eq!(bench.until(3.0, 36), [0.0]);
    assert_eq!(bench.until(4.0, 38), [3.0]);
    assert_eq!(bench.until(9.9, 37), [4.0, 6.0, 8.0]);
    assert_eq!(bench.until(16.0, 51), [10.0, 14.0]);
}

#[test]
fn a_way_is_played_pattern_by_pattern_and_its_end_goes_round() {
    let text = "let d = model(\"drums_2bar_oh_lokl\");
        let a = d.prior(3); let b = d.prior(4);
        play(\"drums\", path([a, b]).over(bars(4)));";
    let chained = render::record(source(text), 0, Some(8)).unwrap();
    // The same by hand: three patterns of two bars, the last one twice.
    let by_hand = "let d = model(\"drums_2bar_oh_lokl\");
        let way = path([d.prior(3), d.prior(4)]);
        play(\"drums\", way.at(0).decode()); wait(8);
        play(\"drums\", way.at(0.5).decode()); wait(8);
        play(\"drums\", way.at(1).decode());";
    let by_hand = render::record(source(by_hand), 0, Some(8)).unwrap();
    assert_eq!(chained.digest(), by_hand.digest());
    assert!(chained.notes() > 10);
}

#[test]
fn a_grid_is_played_in_a_row_and_another_pattern_on_its_track_ends_it() {
    let text = |more: &str| {
        format!(
            "let d = model(\"drums_2bar_oh_lokl\");
             live_loop(\"go\", || {{ if bar() == 0 {{ play(\"drums\", grid(d.prior(1), d.prior(2), 5)); }} wait(bars(1)); }});
             wait(bars(3)); {more}"
        )
    };
    let whole = render::record(source(&text("")), 0, Some(6)).unwrap().digest();
    let cut = render::record(
        source(&text("play(\"drums\", hits(\"cowbell\", \"x...............\"));")),
        0,
        Some(6),
    )
    .unwrap();
    assert_eq!(whole[..3], cut.digest()[..3]);
    let bells =
        cut.events.iter().filter(|event| matches!(event.message, Message::NoteOn { key: 56, .. })).count();
    assert_eq!(bells, 3);
    let after: Vec<_> = cut.events.iter().filter(|event| event.frame > 3 * 96_000).collect();
    assert!(after.iter().all(|event| !matches!(event.message, Message::NoteOn { key, .. } if key != 56)));
}

#[test]
fn a_script_that_ends_without_a_note_is_not_awaited_and_one_whose_last_note_sounds_is() {
    let nothing = render::record(source("let x = 1;"), 0, None).unwrap();
    assert!(nothing.beats < 4.0 && nothing.said.is_empty(), "{} {:?}", nothing.beats, nothing.said);
    let one = render::record(source("wait(1); note(\"lead\", \"c4\", 6);"), 0, None).unwrap();
    assert!((7.0..8.0).contains(&one.beats), "{}", one.beats);
    assert_eq!(one.score().notes.len(), 1);
    let fill = |more: &str| {
        let text = format!(
            "play(\"drums\", hits(\"kick\", \"x...x...x...x...\") + hits(\"snare\", \"....x.......x...\"));
             wait(bars(2)); fill(\"drums\"); halt(\"drums\"); {more}"
        );
        render::record(source(&text), 0, None).unwrap().notes()
    };
    assert_eq!(fill(""), fill("wait(bars(2));"), "a fill that is being played is played to its end");
}

#[test]
fn a_way_without_a_length_and_a_list_of_something_else_are_explained() {
    let bench = Bench::new(KICKS);
    for (text, words) in [
        ("play(\"drums\", path([model(\"drums_2bar_oh_lokl\").prior(1)]));", "over(bars(8))"),
        ("play(\"drums\", [1, 2]);", "points and patterns"),
        ("play(\"drums\", []);", "nothing in it"),
    ] {
        let error = bench.headless.runtime.load(source(text)).recv().unwrap().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn measures_and_the_search_along_an_attribute_come_closer_to_what_is_wanted() {
    holds(
        "let d = model(\"drums_2bar_oh_hikl\");
         let p = d.encode(hits(\"kick\", \"x...x...x...x...\") + hits(\"snare\", \"....x.......x...\")).decode();
         let before = p.measure(\"density\");
         if abs(before - p.count * 1.0 / p.steps) > 0.001 { throw `density ${before} of ${p.count} notes`; }
         let target = before + 0.5;
         for q in [p.with(\"density\", target), p.having(\"density\", target), p.point.toward(\"density\", target).decode()] {
             let off = abs(q.measure(\"density\") - target);
             if off >= 0.5 { throw `${off} from the target`; }
         }
         let z = p.point;
         let one = z + 1.5 * attr(\"density\");
         let other = z + 1.5 * d.attr(\"density\");
         if distance(one, other) > 0.0001 || distance(z - attr(\"density\") * 2, z + -2 * attr(\"density\")) > 0.0001 { throw \"differ\"; }",
    );
    let bench = Bench::new(KICKS);
    for (text, words) in [
        ("let p = hits(\"kick\", \"x...\"); p.measure(\"densty\");", "density"),
        ("hits(\"kick\", \"x...\").with(\"density\", 1);", "changed by hand"),
    ] {
        let error = bench.headless.runtime.load(source(text)).recv().unwrap().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_session_beside_the_script_is_opened_and_its_patterns_are_in_the_bank() {
    let folder = tempfile::tempdir().unwrap();
    let mut jam = crate::jam::State::new("drums_2bar_oh_lokl", 1);
    let slot = crate::jam::Slot::new("one", crate::jam::fixtures::beat(1));
    jam.edit.bank.put(crate::jam::SlotId::FIRST, Some(Arc::new(slot)));
    let session = crate::jam::session::Session::of(&jam);
    std::fs::write(folder.path().join("evening.toml"), session.to_toml()).unwrap();
    let headless = Headless::new(Settings { seed: 0, strict: true });
    let text = "if load_session(\"evening.toml\") != [\"A1\"] { throw \"places\"; }
        if bank[\"A1\"].steps != 32 { throw \"pattern\"; }";
    let source = Source { folder: Some(folder.path().to_owned()), ..source(text) };
    assert_eq!(headless.runtime.load(source).recv().unwrap(), Ok(()));
}

#[test]
fn the_value_of_a_line_is_shown() {
    let mut bench = Bench::new(KICKS);
    for (text, shown) in
        [("1 + 1", "2"), ("hits(\"kick\", \"x...\")", "Pattern(1 beat, 1 note: kick)"), ("\"a\"", "a")]
    {
        bench.headless.runtime.load(Source { part: true, ..source(text) }).recv().unwrap().unwrap();
        bench.until(bench.sequencer.beat() + 0.1, 36);
        assert_eq!(bench.said.last(), Some(&(Tone::Said, shown.to_owned())), "{text}");
    }
}
