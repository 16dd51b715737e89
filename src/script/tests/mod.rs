//! Scripts on a sequencer of their own: broken in every way, and the music goes on.

use std::sync::Arc;

use super::host::Headless;
use super::runtime::Source;
use super::stage::Settings;
use super::{ScriptError, render};
use crate::engine::{Clip, Event, Message, Sequencer};
use crate::jam::Tone;

mod fills;
mod gear;
mod outside;
mod perform;
mod tracks;

const KICKS: &str = r#"live_loop("kick", || { hit("kick"); wait(1); });"#;

struct Bench {
    headless: Headless,
    sequencer: Sequencer,
    events: Vec<Event>,
    done: Vec<Arc<Clip>>,
    said: Vec<(Tone, String)>,
}

fn source(text: &str) -> Source {
    Source { name: "set.rhai".into(), text: text.into(), folder: None, part: false }
}

impl Bench {
    fn new(text: &str) -> Self {
        let headless = Headless::new(Settings { seed: 0, strict: true });
        let sequencer = Sequencer::new(48_000.0);
        let mut bench = Self { headless, sequencer, events: Vec::new(), done: Vec::new(), said: Vec::new() };
        bench.load(text).unwrap();
        bench
    }

    fn load(&mut self, text: &str) -> Result<(), ScriptError> {
        self.headless.runtime.load(source(text)).recv().unwrap()
    }

    /// Plays up to `beat` and gives the beats on which `key` was struck since the last time.
    fn until(&mut self, beat: f64, key: u8) -> Vec<f64> {
        self.events.clear();
        while self.sequencer.beat() < beat - 1e-6 {
            self.headless.runtime.advance(self.sequencer.beat(), 0.5, true);
            let Self { headless, sequencer, events, done, said } = self;
            let shot = sequencer.snapshot();
            headless.observe(&shot, |command| sequencer.apply(command, events, done));
            headless.carry_out(
                |command| sequencer.apply(command, events, done),
                |tone, text| said.push((tone, text.to_owned())),
            );
            // 240 frames are a hundredth of a beat at 120.
            sequencer.render(240, events, done);
        }
        let strokes =
            self.events.iter().filter(|e| matches!(e.message, Message::NoteOn { key: k, .. } if k == key));
        strokes.map(|e| e.frame as f64 / 24_000.0).collect()
    }

    fn last_error(&self) -> &str {
        let error = self.said.iter().rev().find(|(tone, _)| *tone == Tone::Error);
        error.map_or("", |(_, text)| text)
    }
}

#[test]
fn a_script_broken_in_any_way_leaves_the_last_good_one_playing_and_says_where() {
    let mut bench = Bench::new(KICKS);
    assert_eq!(bench.until(4.0, 36), [0.0, 1.0, 2.0, 3.0]);
    let cases = [
        ("let a = 1;\nlet b = ;", 2, ""),
        ("let a = 1;\nlet b = a / 0;", 2, "zero"),
        ("let a = 0;\nloop { a += 1; }", 2, "without a wait"),
        ("let a = [];\nloop { a.push(a.len()); }", 2, "too large"),
        ("let a = \"x\";\nloop { a += a; }", 2, "too large"),
        ("\nlet m = model(\"no_such_model\");", 2, "no_such_model"),
        ("let m = model(\"drums_2bar_oh_lokl\");\nlet p = m.prior(1) * (0.0 / 0.0);", 2, "no number"),
        ("fn f(n) { f(n + 1) }\nf(0);", 2, "overflow"),
        ("\nmidi(\"../secret.mid\");", 2, "without a folder"),
        ("\nlive_loop(\"x\", 5);", 2, "live_loop"),
    ];
    let mut beat = 4.0;
    for (text, line, words) in cases {
        let error = bench.load(text).unwrap_err();
        assert_eq!(error.line, Some(line), "{error}");
        assert!(error.column.is_some(), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        beat += 2.0;
        assert_eq!(bench.until(beat, 36), [beat - 2.0, beat - 1.0], "after {error}");
        assert!(bench.last_error().contains("plays on"), "{}", bench.last_error());
    }
}

#[test]
fn a_wait_of_next_to_nothing_is_none_and_small_ones_add_up() {
    let mut bench = Bench::new(&format!(
        "{KICKS}\nlive_loop(\"whole\", || {{ let n = 3; wait(n / 4); }});\nlive_loop(\"tiny\", || {{ wait(0.000001); }});\nlive_loop(\"inner\", || {{ loop {{ wait(0.0); }} }});\nlive_loop(\"roll\", || {{ for i in 0..4 {{ wait(0.01); }} }});"
    ));
    assert_eq!(bench.until(16.0, 36).len(), 16);
    for (name, words) in [("whole", "1/64"), ("tiny", "1/64"), ("inner", "more than 64 waits")] {
        let named = |text: &str| text.contains(&format!("\"{name}\"")) && text.contains(words);
        assert!(
            bench.said.iter().any(|(tone, text)| *tone == Tone::Error && named(text)),
            "{name}: {:?}",
            bench.said
        );
    }
    assert_eq!(bench.headless.runtime.task_names(), ["kick", "roll"]);
}

#[test]
fn a_loop_that_goes_wrong_is_said_and_the_others_play_on() {
    let mut bench = Bench::new(&format!(
        "{KICKS}\nlive_loop(\"hog\", || {{ let i = 0; loop {{ i += 1; }} }});\nlive_loop(\"lazy\", || {{ hit(\"snare\"); }});\nlive_loop(\"wrong\", || {{ wait(1); nothing(); }});\nlive_loop(\"greedy\", |a, b| {{ wait(1); }});"
    ));
    assert_eq!(bench.until(16.0, 36).len(), 16);
    let errors: Vec<&str> =
        bench.said.iter().filter(|(tone, _)| *tone == Tone::Error).map(|(_, text)| text.as_str()).collect();
    let hog: Vec<_> = errors.iter().filter(|text| text.contains("\"hog\"")).collect();
    assert_eq!(hog.len(), 3, "{errors:?}");
    assert!(hog[2].contains("given up") && hog[0].contains("set.rhai:2:"), "{hog:?}");
    assert!(
        errors.iter().any(|text| text.contains("\"lazy\"") && text.contains("does not wait")),
        "{errors:?}"
    );
    assert!(errors.iter().any(|text| text.contains("takes 2 values and is given 1")), "{errors:?}");
    assert!(errors.iter().any(|text| text.contains("set.rhai:4:") && text.contains("nothing")), "{errors:?}");
    assert_eq!(bench.headless.runtime.task_names(), ["kick"]);
}

#[test]
fn a_new_version_takes_over_at_the_next_bar_and_what_it_leaves_out_ends_there() {
    let mut bench = Bench::new(&format!("{KICKS}\nlive_loop(\"snare\", || {{ hit(\"snare\"); wait(2); }});"));
    bench.until(5.0, 36);
    bench.load(r#"live_loop("kick", || { hit("kick"); wait(2); });"#).unwrap();
    assert_eq!(bench.until(12.0, 36), [5.0, 6.0, 7.0, 8.0, 10.0]);
    assert!(bench.until(16.0, 38).is_empty());
    assert_eq!(bench.headless.runtime.task_names(), ["kick"]);
}

#[test]
fn a_line_joins_what_plays_and_sees_the_variables_of_those_before() {
    let mut bench = Bench::new(KICKS);
    bench.until(1.0, 36);
    let line = |text: &str| Source { part: true, ..source(text) };
    for text in ["let gap = 2;", "live_loop(\"snare\", || { hit(\"snare\"); wait(gap); });"] {
        bench.headless.runtime.load(line(text)).recv().unwrap().unwrap();
    }
    assert_eq!(bench.until(8.0, 38), [4.0, 6.0]);
    assert_eq!(bench.headless.runtime.task_names(), ["kick", "snare"]);
}

#[test]
fn the_text_of_a_script_is_its_score_and_loops_share_its_variables() {
    let mut bench = Bench::new(
        "let key = \"kick\";\nlive_loop(\"x\", || { hit(key); wait(1); });\nwait(bars(1));\nkey = \"snare\";\nwait(2);\nstop_loop(\"x\");",
    );
    assert_eq!(bench.until(4.0, 36), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(bench.until(12.0, 38), [4.0, 5.0]);
}

#[test]
fn a_pattern_begins_where_it_is_played_and_every_calls_in_time() {
    let mut bench = Bench::new(
        "play(\"a\", hits(\"kick\", \"x...........\"));\nevery(3, |beat| hit(\"snare\", 50 + beat.to_int()));\nwait(5);\nplay(\"a\", hits(\"ride\", \"x...............\"));",
    );
    assert_eq!(bench.until(4.0, 36), [0.0, 3.0]);
    assert_eq!(bench.until(10.0, 51), [5.0, 9.0]);
    assert_eq!(bench.until(13.0, 38), [12.0]);
}

#[test]
fn the_same_script_and_seed_play_the_same_and_another_seed_does_not() {
    let text = "let d = model(\"drums_2bar_oh_lokl\");\nlive_loop(\"a\", || { play(\"drums\", d.sample()); wait(8); });\nlive_loop(\"b\", || { hit(\"rim\", random(40, 90)); wait(choose([0.25, 0.5])); });";
    let digest = |seed| render::record(source(text), seed, Some(8)).unwrap().digest();
    let first = digest(1);
    assert_eq!(first.len(), 8);
    assert_eq!(first, digest(1));
    assert_ne!(first, digest(2));
}

#[test]
fn a_seed_in_the_text_is_that_of_its_loops_and_a_seed_in_a_loop_is_its_own() {
    let digest = |text: &str| render::record(source(text), 0, Some(4)).unwrap().digest();
    let text = |seed: &str, inner: &str| {
        format!(
            "{seed} let first = true; live_loop(\"a\", || {{ if first {{ first = false; {inner} }} hit(\"rim\", random(1, 127)); wait(0.5); }});"
        )
    };
    let (none, five) = (digest(&text("", "")), digest(&text("seed(5);", "")));
    assert_ne!(none, five);
    assert_eq!(five, digest(&text("seed(5);", "")));
    assert_ne!(five, digest(&text("seed(6);", "")));
    assert_eq!(digest(&text("seed(6);", "seed(5);")), five);
}

#[test]
fn tempo_changes_are_in_the_score_and_a_stop_ends_it() {
    let text =
        "tempo(120); play(\"drums\", hits(\"kick\", \"x...\"));\nwait(4);\ntempo(60);\nwait(4);\nstop();";
    let recording = render::record(source(text), 0, None).unwrap();
    let score = recording.score();
    let starts: Vec<f64> = score.notes.iter().map(|note| (note.start * 1000.0).round() / 1000.0).collect();
    assert_eq!(starts, [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(score.tempos.iter().map(|tempo| tempo.qpm).collect::<Vec<_>>(), [120.0, 60.0]);
}

#[test]
fn nothing_outside_the_folder_of_a_script_is_read_or_written() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("set");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(outside.path().join("secret.rhai"), "fn f() { 1 }").unwrap();
    std::fs::write(folder.join("mine.rhai"), "fn f() { 1 }").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path().join("secret.rhai"), folder.join("link.rhai")).unwrap();
    let try_it = |text: &str| {
        let headless = Headless::new(Settings { seed: 0, strict: true });
        let source = Source { folder: Some(folder.clone()), ..source(text) };
        headless.runtime.load(source).recv().unwrap()
    };
    try_it("import \"mine\" as m; if m::f() != 1 { throw \"no\"; }").unwrap();
    try_it("save_midi(\"a.mid\", hits(\"kick\", \"x...x...x...x...\")); if midi(\"a.mid\").whole().len() != 4 { throw \"no\"; }").unwrap();
    assert!(folder.join("a.mid").is_file());
    let secret = outside.path().join("secret").display().to_string();
    for text in [
        "import \"../secret\" as s;".to_owned(),
        format!("import \"{secret}\" as s;"),
        "save_midi(\"../b.mid\", rest(16));".to_owned(),
        "midi(\"/etc/passwd\");".to_owned(),
        "import \"link\" as s;".to_owned(),
    ] {
        let error = try_it(&text).unwrap_err().to_string();
        assert!(error.contains("folder") || error.contains("outside"), "{text}: {error}");
    }
    assert!(!outside.path().join("b.mid").exists());
}
