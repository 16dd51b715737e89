//! Every verb for every kind of model, with small models of random weights and the real binary.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod tiny;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mvae_tui::music::pattern::{Part, Pattern, PatternNote};
use mvae_tui::music::smf;
use serde_json::Value;
use tempfile::TempDir;

/// One configuration of every kind, and chords where it takes them.
const KINDS: [(&str, Option<&str>); 9] = [
    ("cat-mel_2bar_small", None),
    ("cat-mel_2bar_med_chords", Some("C Am F G")),
    ("cat-drums_2bar_small", None),
    ("nade-drums_2bar_reduced", None),
    ("nade-drums_2bar_full", None),
    ("flat-mel_16bar", None),
    ("hierdec-mel_16bar", None),
    ("hierdec-trio_16bar", None),
    ("groovae_2bar_humanize", None),
];

/// A folder with a model `m.safetensors` and two pieces of music `a.mid` and `b.mid` for it.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        tiny::write(config, &folder.path().join("m.safetensors"));
        let bars = tiny::of(config).0.steps as u32 / 16;
        for (name, shift) in [("a.mid", 0), ("b.mid", 2)] {
            std::fs::write(folder.path().join(name), smf::write(&music(bars, shift).to_score(120.0)))
                .unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mvae-tui"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("MVAE_TUI_LOG");
        command.stdin(Stdio::null()).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let all: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let out = self.run(&all);
        assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap_or(Value::Null)
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let out = self.run(arguments);
        assert!(!out.status.success(), "{arguments:?} went well");
        String::from_utf8(out.stderr).unwrap()
    }
}

/// A lead, a bass and drums that never rest, everything on the grid; `shift` makes another piece of it.
fn music(bars: u32, shift: u32) -> Pattern {
    let mut notes = Vec::new();
    let mut add = |start, length, pitch, part| {
        notes.push(PatternNote { start, length, pitch, velocity: 90, part, offset: 0.0, chance: 100 });
    };
    for bar in 0..bars {
        let first = bar * 16;
        for (i, pitch) in [60, 64, 67, 72 - shift as u8].into_iter().enumerate() {
            add(first + 4 * i as u32, 3, pitch + (bar % 3 + bar / 3 % 9) as u8, Part::Lead);
        }
        for i in [0, 8] {
            add(first + i, 6, 36 + (bar % 2) as u8, Part::Bass);
            add(first + i + shift, 1, 36, Part::Drums);
            add(first + i + 4, 1, 38, Part::Drums);
        }
        for i in 0..8 {
            add(first + 2 * i, 1, 42, Part::Drums);
        }
        // No bar like the next: every window stands for itself.
        add(first + 2 * (bar % 7) + 1, 1, 46, Part::Drums);
        add(first + bar / 7 % 16, 1, 50, Part::Drums);
    }
    Pattern::new(bars * 16, notes)
}

#[test]
fn every_verb_works_for_every_kind_of_model() {
    for (config, chords) in KINDS {
        let bench = Bench::new(config);
        let model = ["--model", "m.safetensors"];
        let with = |words: &[&'static str]| -> Vec<&str> { words.iter().copied().chain(model).collect() };
        let mut sample = with(&["sample", "--n", "2", "--seed", "1"]);
        if let Some(chords) = chords {
            let message = bench.refused(&sample);
            assert!(message.contains("--chords"), "{config}: {message}");
            sample.extend(["--chords", chords]);
        }
        let steps = tiny::of(config).0.steps;
        let made = bench.json(&sample);
        assert_eq!(made["patterns"][1]["length_steps"], steps, "{config}");
        assert_eq!(made["patterns"][0]["controls"].is_null(), chords.is_none(), "{config}");

        assert!(bench.json(&with(&["extract", "a.mid"]))["count"].as_u64().unwrap() >= 1, "{config}");
        let both = bench.json(&with(&[
            "interpolate",
            "a.mid",
            "b.mid",
            "--index",
            "1",
            "--index",
            "1",
            "--steps",
            "3",
        ]));
        assert_eq!(both["patterns"].as_array().unwrap().len(), 3, "{config}");
        let mean = bench.json(&with(&["mean", "a.mid", "b.mid", "--index", "1", "--index", "1"]));
        assert_eq!(mean["patterns"][0]["z"], both["patterns"][1]["z"], "{config}");
        let back = bench.json(&with(&[
            "reconstruct",
            "a.mid",
            "--index",
            "1",
            "--temperature",
            "0.5",
            "--out",
            "r",
        ]));
        assert_eq!(back["patterns"][0]["z"], both["patterns"][0]["z"], "{config}");
        assert!(bench.path("r/a-reconstructed-001.mid").is_file(), "{config}");

        bench.json(&with(&["encode", "a.mid", "--index", "1", "--out", "z.json"]));
        let decoded = bench.json(&with(&["decode", "z.json", "--temperature", "0.5"]));
        assert_eq!(decoded["patterns"][0]["notes"], back["patterns"][0]["notes"], "{config}");
    }
}

#[test]
fn a_length_is_checked_for_every_kind_before_anything_is_made() {
    for (config, chords) in KINDS {
        let bench = Bench::new(config);
        let (settings, _) = tiny::of(config);
        let twice = (2 * settings.steps).to_string();
        let length = |steps| {
            let mut all = vec!["sample", "--model", "m.safetensors", "--length", steps];
            all.extend(chords.iter().flat_map(|c| ["--chords", c]));
            all
        };
        let odd = bench.refused(&length("33"));
        assert!(odd.contains(&settings.steps.to_string()), "{config}: {odd}");
        if settings.decoder_levels.is_empty() {
            let made = bench.json(&length(&twice));
            assert_eq!(made["patterns"][0]["length_steps"], 2 * settings.steps, "{config}");
        } else {
            assert!(bench.refused(&length(&twice)).contains("no others"), "{config}");
        }
    }
    let bench = Bench::new("cat-drums_2bar_small");
    let message = bench.refused(&["sample", "--model", "m.safetensors", "--chords", "C"]);
    assert!(message.contains("takes no chords"), "{message}");
}

#[test]
fn attributes_are_computed_listed_measured_and_applied_for_every_kind() {
    for (config, _) in KINDS {
        if config.contains("16bar") && config != "hierdec-trio_16bar" {
            // The same attributes as those of two bars, and a minute of encoding in a build for tests.
            continue;
        }
        let bench = Bench::new(config);
        let bars = if config.contains("16bar") { 60 } else { 90 };
        let long = smf::write(&music(bars, 1).to_score(120.0));
        std::fs::create_dir(bench.path("d")).unwrap();
        for i in 0..6u8 {
            let up = music(bars, u32::from(i % 4)).to_score(100.0 + f64::from(i));
            std::fs::write(bench.path(&format!("d/{i}.mid")), smf::write(&up)).unwrap();
        }
        std::fs::write(bench.path("d/long.mid"), &long).unwrap();
        let m = ["--model", "m.safetensors"];
        let with = |words: &[&'static str]| -> Vec<&str> { words.iter().copied().chain(m).collect() };
        let table = bench.json(&with(&[
            "attributes",
            "compute",
            "--data",
            "d",
            "--samples",
            "8",
            "--examples",
            "60",
        ]));
        let first = table["vectors"][0]["attribute"]
            .as_str()
            .unwrap_or_else(|| panic!("{config}: {table}"))
            .to_owned();
        assert!(bench.path("m.attributes.safetensors").is_file(), "{config}");
        assert_eq!(bench.json(&with(&["attributes", "list"]))["vectors"], table["vectors"], "{config}");
        let measured = bench.json(&with(&["attributes", "measure", "a.mid", "--index", "1"]));
        assert!(measured["patterns"][0]["attributes"][&first].is_number(), "{config}: {measured}");
        let mut apply = with(&["attributes", "apply", "a.mid", "--index", "1", "--by", "-1.5"]);
        apply.extend(["--attribute", &first, "--out", "moved.mid"]);
        let made = bench.json(&apply);
        assert_eq!(made["patterns"][0]["origin"]["kind"], "attributes", "{config}");
        assert!(bench.path("moved.mid").is_file(), "{config}");
        bench.json(&with(&["encode", "a.mid", "--index", "1", "--out", "z.json"]));
        let mut points = with(&["attributes", "apply", "--z", "z.json", "--by", "-1.5"]);
        points.extend(["--attribute", &first]);
        assert_eq!(bench.json(&points)["patterns"][0]["z"], made["patterns"][0]["z"], "{config}");
    }
}

#[test]
fn humanize_keeps_the_notes_and_everything_else_of_a_file_of_any_length() {
    let bench = Bench::new("groovae_2bar_humanize");
    let mut score = music(5, 1).to_score(93.0);
    score.key_signatures.clear();
    std::fs::write(bench.path("long.mid"), smf::write(&score)).unwrap();
    let played = |out: &'static str, more: &[&'static str]| {
        let mut all = vec!["humanize", "long.mid", "--model", "m.safetensors", "--out", out];
        all.extend(more);
        bench.json(&all)
    };
    let told = played("x.mid", &[]);
    assert_eq!((&told["windows"], &told["notes_in"]), (&Value::from(3), &told["notes_out"]));
    played("y.mid", &[]);
    assert_eq!(std::fs::read(bench.path("x.mid")).unwrap(), std::fs::read(bench.path("y.mid")).unwrap());
    let read = |name: &str| smf::read(&bench.path(name)).unwrap();
    let (before, after) = (read("long.mid"), read("x.mid"));
    let rest = |s: &mvae_tui::music::score::Score| -> Vec<_> {
        s.notes.iter().filter(|n| !n.is_drum).copied().collect()
    };
    assert_eq!(rest(&before), rest(&after));
    assert_eq!((before.tempos, before.time_signatures), (after.tempos, after.time_signatures));
    let keys = |notes: &[mvae_tui::music::score::Note]| {
        let mut keys: Vec<u8> = notes.iter().filter(|n| n.is_drum).map(|n| n.pitch).collect();
        keys.sort_unstable();
        keys
    };
    assert_eq!(keys(&before.notes), keys(&after.notes));
    let moved = |n: &&mvae_tui::music::score::Note| n.is_drum && n.velocity != 90;
    assert!(after.notes.iter().filter(moved).count() > 0, "nothing was played: {told}");
    let free = played("free.mid", &["--free", "--temperature", "1", "--seed", "4"]);
    assert!(free["notes_out"].as_u64().unwrap() > 0, "{free}");
}

#[test]
fn a_roll_and_a_flam_keep_their_shape_around_the_hit_that_is_played() {
    let bench = Bench::new("groovae_2bar_humanize");
    let mut score = music(2, 0).to_score(120.0);
    let snare = *score.notes.iter().find(|n| n.is_drum && n.pitch == 38).unwrap();
    // A grace note, softer, a fifth of a step before the beat.
    score.notes.push(mvae_tui::music::score::Note {
        start: snare.start - 0.025,
        end: snare.start,
        velocity: 45,
        ..snare
    });
    std::fs::write(bench.path("flam.mid"), smf::write(&score)).unwrap();
    bench.json(&["humanize", "flam.mid", "--model", "m.safetensors", "--out", "x.mid"]);
    let after = smf::read(&bench.path("x.mid")).unwrap();
    let mut snares: Vec<_> = after.notes.iter().filter(|n| n.is_drum && n.pitch == 38).collect();
    snares.sort_by(|a, b| a.start.total_cmp(&b.start));
    let (grace, main) = (snares[0], snares[1]);
    assert!((main.start - grace.start - 0.025).abs() < 0.004, "{grace:?} {main:?}");
    let ratio = f64::from(grace.velocity) / f64::from(main.velocity);
    assert!((ratio - 0.5).abs() < 0.1, "{grace:?} {main:?}");
}

#[test]
fn a_model_that_plays_given_hits_takes_them_from_a_file_and_keeps_them_with_its_points() {
    let bench = Bench::new("groovae_2bar_hits_control_tfds");
    let m = ["--model", "m.safetensors"];
    let with = |words: &[&'static str]| [words, &m].concat();
    assert!(bench.refused(&with(&["sample"])).contains("--hits"));
    let made = bench.json(&with(&["sample", "--hits", "a.mid", "--out", "s.mid"]));
    assert_eq!(made["patterns"].as_array().unwrap().len(), 1, "{made}");
    bench.json(&with(&["encode", "a.mid", "--index", "1", "--out", "z.json"]));
    bench.json(&with(&["decode", "z.json", "--out", "d.mid"]));
    let held = bench.json(&with(&["eval", "--data", "a.mid"]));
    assert!(held["examples"].as_u64().unwrap() > 0, "{held}");
    let drums = Bench::new("cat-drums_2bar_small");
    assert!(drums.refused(&["sample", "--model", "m.safetensors", "--hits", "a.mid"]).contains("--hits"));
}

#[test]
fn a_model_that_plays_over_chords_is_evaluated_over_those_of_the_music() {
    let bench = Bench::new("cat-mel_2bar_med_chords");
    let held = bench.json(&["eval", "--model", "m.safetensors", "--data", "a.mid", "b.mid"]);
    assert!(held["examples"].as_u64().unwrap() > 0, "{held}");
}

#[test]
fn a_tapped_rhythm_becomes_drums_and_other_models_are_refused_with_a_remedy() {
    let bench = Bench::new("groovae_2bar_tap_fixed_velocity");
    let tap = ["tap", "a.mid", "--model", "m.safetensors", "--temperature", "1", "--out", "x.mid"];
    let told = bench.json(&tap);
    assert!(told["notes_out"].as_u64().unwrap() > 0, "{told}");
    let after = smf::read(&bench.path("x.mid")).unwrap();
    assert!(after.notes.iter().any(|n| n.is_drum) && after.notes.iter().any(|n| !n.is_drum));
    let message = bench.refused(&["humanize", "a.mid", "--model", "m.safetensors"]);
    assert!(message.contains("tapped rhythms") && message.contains("mvae-tui tap"), "{message}");
    let drums = Bench::new("cat-drums_2bar_small");
    let message = drums.refused(&["tap", "a.mid", "--model", "m.safetensors"]);
    assert!(message.contains("groove model"), "{message}");
    assert!(drums.refused(&["tap", "a.mid"]).contains("--model"));
}

#[test]
fn points_of_a_model_that_was_a_path_are_decoded_with_a_hint() {
    let bench = Bench::new("cat-drums_2bar_small");
    bench.json(&["encode", "a.mid", "--index", "1", "--model", "m.safetensors", "--out", "z.json"]);
    let message = bench.refused(&["decode", "z.json"]);
    assert!(message.contains("a model called tiny") && message.contains("--model PATH"), "{message}");
}

#[test]
fn samples_are_held_against_real_music_statistic_by_statistic() {
    let bench = Bench::new("cat-drums_2bar_small");
    let eval = |more: &[&'static str]| {
        let all = ["eval", "--samples", "--model", "m.safetensors"];
        bench.json(&all.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let held = eval(&["--data", "a.mid", "b.mid"]);
    let names: Vec<&str> =
        held["statistics"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert!(
        names.contains(&"density") && names.contains(&"backbeat") && names.contains(&"repetition"),
        "{names:?}"
    );
    assert_eq!(held["samples"], 256);
    assert!(held["within"].is_boolean() && held["statistics"][0]["within"].is_boolean(), "{held}");
    assert!(eval(&[])["within"].is_null());
    assert!(Path::new(&bench.path("a.mid")).is_file());
}
