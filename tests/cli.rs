//! The real binary, from the outside: bytes, exit codes, messages, JSON.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod tiny;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mvae_tui::model::weights;
use mvae_tui::music::smf;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with a small drum model of random weights in it, which is where the binary runs.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        model(&folder.path().join("tiny.safetensors"));
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

    /// Runs with the small model; it has to go well.
    fn ok(&self, arguments: &[&str]) -> String {
        let out = self.run(arguments);
        assert!(out.status.success(), "{arguments:?}: {}", text(&out.stderr));
        text(&out.stdout)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        serde_json::from_str(&self.ok(&all)).unwrap()
    }

    /// Runs where it has to fail with `code`; gives what stood on stderr.
    fn fails(&self, code: i32, arguments: &[&str]) -> String {
        let out = self.run(arguments);
        let message = text(&out.stderr);
        assert_eq!(out.status.code(), Some(code), "{arguments:?}: {message}");
        assert!(out.stdout.is_empty(), "{arguments:?} wrote to stdout: {}", text(&out.stdout));
        message
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn model(path: &Path) {
    let (settings, tensors) = tiny::drums();
    weights::write(path, &settings, &tensors, weights::Precision::F16).unwrap();
}

fn golden(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/converters/midi").join(name);
    assert!(path.is_file(), "{} is missing", path.display());
    path.display().to_string()
}

const MODEL: [&str; 2] = ["--model", "./tiny.safetensors"];

fn with_model<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    arguments.iter().chain(&MODEL).copied().collect()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap())
        .map(|e| (e.file_name().into_string().unwrap(), std::fs::read(e.path()).unwrap()))
        .collect();
    all.sort();
    all
}

#[test]
fn one_seed_gives_the_same_bytes_and_the_first_of_more_are_the_same() {
    let bench = Bench::new();
    let sample = |n, out| bench.ok(&with_model(&["sample", "--n", n, "--seed", "1", "--out", out]));
    sample("4", "a");
    sample("4", "b");
    sample("9", "c");
    let (a, b, c) = (files(&bench.path("a")), files(&bench.path("b")), files(&bench.path("c")));
    let names: Vec<&str> = a.iter().map(|f| f.0.as_str()).collect();
    assert_eq!(names, [1, 2, 3, 4].map(|i| format!("sample-seed1-00{i}.mid")));
    assert_eq!(a, b);
    assert_eq!(a, c[..4]);
    assert!((1..4).all(|i| a[i].1 != a[0].1), "samples of one seed are alike");
    for (name, bytes) in &c {
        let score = smf::parse(bytes, name).unwrap();
        assert!(!score.notes.is_empty() && score.notes.iter().all(|n| n.is_drum), "{name}");
    }
}

#[test]
fn writing_the_same_again_is_fine_and_other_bytes_need_force() {
    let bench = Bench::new();
    let one = |seed| with_model(&["sample", "--seed", seed, "--out", "x.mid"]);
    bench.ok(&one("1"));
    bench.ok(&one("1"));
    let before = std::fs::read(bench.path("x.mid")).unwrap();
    let message = bench.fails(1, &one("2"));
    assert!(message.contains("x.mid") && message.contains("--force"), "{message}");
    assert_eq!(std::fs::read(bench.path("x.mid")).unwrap(), before);
    let mut forced = one("2");
    forced.push("--force");
    bench.ok(&forced);
    assert_ne!(std::fs::read(bench.path("x.mid")).unwrap(), before);
}

#[test]
fn json_has_snake_case_keys_with_units_and_everything_to_make_it_again() {
    let bench = Bench::new();
    let made = bench.json(&with_model(&["sample", "--n", "2", "--seed", "5", "--temperature", "0.7"]));
    assert_eq!(made["model"], "tiny");
    let first = &made["patterns"][0];
    assert_eq!((&first["seed"], &first["length_steps"]), (&Value::from(5), &Value::from(32)));
    assert_eq!(first["origin"]["kind"], "sample");
    assert_eq!(first["z"].as_array().unwrap().len(), 6);
    let note = &first["notes"][0];
    assert!(
        note["start_step"].is_u64() && note["length_steps"].is_u64() && note["part"] == "drums",
        "{note}"
    );
    // And back: the same z decoded with the same seed and temperature.
    std::fs::write(bench.path("z.json"), made.to_string()).unwrap();
    let again = bench.json(&with_model(&["decode", "z.json", "--seed", "5", "--temperature", "0.7"]));
    assert_eq!(again["patterns"][0]["notes"], first["notes"]);
    assert_eq!(again["patterns"][1]["notes"], made["patterns"][1]["notes"]);
}

#[test]
fn numbers_that_make_no_sense_are_wrong_usage() {
    let bench = Bench::new();
    for (option, value) in [
        ("--temperature", "NaN"),
        ("--temperature", "-1"),
        ("--temperature", "inf"),
        ("--n", "0"),
        ("--n", "-3"),
        ("--length", "0"),
        ("--length", "-32"),
        ("--length", "40"),
        ("--seed", "-1"),
        ("--bpm", "0"),
    ] {
        let message = bench.fails(2, &with_model(&["sample", option, value]));
        assert!(message.contains(value) || message.contains(option), "{option} {value}: {message}");
    }
    let message = bench.fails(2, &with_model(&["sample", "--length", "40"]));
    assert!(message.contains("32 steps"), "the model's own length is not named: {message}");
    bench.fails(2, &with_model(&["interpolate", "a.mid", "b.mid", "--steps", "1"]));
    let message = bench.fails(2, &["sampel"]);
    assert!(message.contains("sample"), "{message}");
    let message = bench.fails(2, &["--seed", "3", "sample"]);
    assert!(message.contains("after the verb"), "{message}");
    bench.fails(2, &["sample", "--lenght", "3"]);
}

#[test]
fn a_missing_or_damaged_file_and_an_unknown_model_say_what_to_do() {
    let bench = Bench::new();
    let message = bench.fails(1, &with_model(&["reconstruct", "absent.mid"]));
    assert!(message.starts_with("mvae-tui: ") && message.contains("absent.mid"), "{message}");
    std::fs::write(bench.path("broken.mid"), b"MThd nonsense").unwrap();
    let message = bench.fails(1, &["extract", "broken.mid"]);
    assert!(message.contains("broken.mid"), "{message}");
    let message = bench.fails(1, &["sample", "--model", "drums_2bar_oh_lolk"]);
    assert!(message.contains("drums_2bar_oh_lolk"), "{message}");
    std::fs::write(bench.path("z.json"), "{\"z\": [1, 2]}").unwrap();
    let message = bench.fails(1, &with_model(&["decode", "z.json"]));
    assert!(message.contains('2') && message.contains('6'), "{message}");
}

#[test]
fn a_file_with_several_beats_is_listed_with_bars_and_index() {
    let bench = Bench::new();
    let song = golden("dev_0.mid");
    let found = bench.json(&["extract", &song]);
    let count = found["count"].as_u64().unwrap();
    assert!(count > 1, "{song} is expected to hold several beats");
    let message = bench.fails(1, &with_model(&["reconstruct", &song]));
    assert!(message.contains("--index 1") && message.contains("bar 1"), "{message}");
    let message = bench.fails(1, &with_model(&["interpolate", &song, &song]));
    assert!(message.contains("once for each file"), "{message}");
    let message = bench.fails(1, &with_model(&["reconstruct", &song, "--index", "9999"]));
    assert!(message.contains("no pattern 9999"), "{message}");
    bench.ok(&with_model(&["reconstruct", &song, "--index", "2"]));
    bench.ok(&with_model(&["interpolate", &song, "--index", "1", "--index", "2", "--steps", "3"]));
    bench.fails(2, &with_model(&["interpolate", &song, &song, "--index", "1"]));
}

#[test]
fn extract_writes_the_beat_it_shows() {
    let bench = Bench::new();
    let song = golden("dev_0.mid");
    let shown = bench.ok(&["extract", &song, "--index", "2", "--out", "d"]);
    assert!(shown.starts_with("2  bar "), "{shown}");
    assert_eq!(files(&bench.path("d"))[0].0, "dev_0-002.mid");
    let again = bench.json(&["extract", "d/dev_0-002.mid"]);
    let first = bench.json(&["extract", &song, "--index", "2"]);
    assert_eq!(again["count"], 1);
    assert_eq!(again["patterns"][0]["notes"], first["patterns"][0]["notes"]);
}

#[test]
fn extract_says_why_a_file_yields_nothing() {
    let bench = Bench::new();
    let message = bench.fails(1, &["extract", &golden("dev_two_bars_melody.mid")]);
    assert!(message.contains("dev_two_bars_melody.mid: "), "{message}");
    assert!(message.contains("drum"), "{message}");
}

#[test]
fn an_interpolation_begins_and_ends_at_the_reconstructions_of_its_ends() {
    let bench = Bench::new();
    let song = golden("dev_0.mid");
    let row = bench.json(&with_model(&["interpolate", &song, "--index", "1", "--index", "2", "--out", "i"]));
    assert_eq!(row["patterns"].as_array().unwrap().len(), 13);
    let end = |index| bench.json(&with_model(&["reconstruct", &song, "--index", index]));
    assert_eq!(row["patterns"][0]["notes"], end("1")["patterns"][0]["notes"]);
    assert_eq!(row["patterns"][12]["notes"], end("2")["patterns"][0]["notes"]);
    assert_eq!(row["patterns"][6]["origin"]["share"], 0.5);
    assert_eq!(row["sources"][1]["index"], 2);
    assert_eq!(files(&bench.path("i")).len(), 13);
    let equal = bench.json(&with_model(&["interpolate", &song, "--index", "2", "--index", "2"]));
    let patterns = equal["patterns"].as_array().unwrap();
    assert!(patterns.iter().all(|p| p["notes"] == patterns[0]["notes"]), "equal ends wander");
    let mean = bench.json(&with_model(&["mean", &song, "--index", "1", "--index", "2"]));
    assert_eq!(mean["patterns"][0]["notes"], row["patterns"][6]["notes"]);
}

#[test]
fn encode_and_decode_are_reconstruct_in_two_steps() {
    let bench = Bench::new();
    let song = golden("dev_0.mid");
    bench.ok(&with_model(&["encode", &song, "--index", "2", "--out", "z.json"]));
    let points: Value = serde_json::from_slice(&std::fs::read(bench.path("z.json")).unwrap()).unwrap();
    assert_eq!(points["points"][0]["source"]["index"], 2);
    assert!(points["points"][0]["kl_bits"].as_f64().unwrap() > 0.0);
    let decoded = bench.json(&with_model(&["decode", "z.json"]));
    let direct = bench.json(&with_model(&["reconstruct", &song, "--index", "2"]));
    assert_eq!(decoded["patterns"][0]["notes"], direct["patterns"][0]["notes"]);
    let all = bench.ok(&with_model(&["encode", &song]));
    let all: Value = serde_json::from_str(&all).unwrap();
    let count = bench.json(&["extract", &song])["count"].clone();
    assert_eq!(Value::from(all["points"].as_array().unwrap().len()), count);
}

#[test]
fn plot_draws_svg_and_png_of_any_midi_file_and_refuses_other_endings() {
    let bench = Bench::new();
    for name in ["dev_0.mid", "dev_two_bars_drums.mid", "dev_two_bars_melody.mid", "dev_ts_changes.mid"] {
        bench.ok(&["plot", &golden(name), &format!("{name}.svg")]);
        let svg = std::fs::read_to_string(bench.path(&format!("{name}.svg"))).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("<rect") && !svg.contains("<text"), "{name}");
    }
    bench.ok(&["plot", &golden("dev_two_bars_drums.mid"), "p.png", "--light", "--scale", "1"]);
    assert!(std::fs::read(bench.path("p.png")).unwrap().starts_with(b"\x89PNG"));
    let message = bench.fails(2, &["plot", &golden("dev_two_bars_drums.mid"), "p.gif"]);
    assert!(message.contains(".svg or .png"), "{message}");
    let message = bench.fails(2, &["plot", &golden("dev_two_bars_drums.mid"), "q.svg", "--from", "99"]);
    assert!(message.contains("2 bars"), "{message}");
}

#[test]
fn render_makes_the_same_sound_of_the_same_file() {
    let bench = Bench::new();
    let beat = golden("dev_two_bars_drums.mid");
    let heard = bench.json(&["render", &beat, "a.wav"]);
    assert!(heard["duration_s"].as_f64().unwrap() >= 3.0, "{heard}");
    assert!((-30.0..=0.0).contains(&heard["peak_dbfs"].as_f64().unwrap()), "{heard}");
    bench.ok(&["render", &beat, "a.wav"]);
    assert!(std::fs::read(bench.path("a.wav")).unwrap().starts_with(b"RIFF"));
    assert!(files(bench.folder.path()).iter().all(|f| !f.0.ends_with(".part")), "left-overs");
    let message = bench.fails(2, &["render", &beat, "a.mp3"]);
    assert!(message.contains(".wav"), "{message}");
    let message = bench.fails(1, &["render", &beat, "b.wav", "--soundfont", "none.sf2"]);
    assert!(message.contains("none.sf2") && !bench.path("b.wav").exists(), "{message}");
}

#[test]
fn eval_measures_what_it_is_given() {
    let bench = Bench::new();
    let all = golden("dev_two_bars_drums.mid");
    let folder = Path::new(&all).parent().unwrap().display().to_string();
    let measured = bench.json(&with_model(&["eval", "--data", &folder, "--examples", "40"]));
    assert_eq!(measured["examples"], 40);
    for key in ["teacher_forced_accuracy", "free_running_accuracy", "argmax_accuracy"] {
        assert!((0.0..=1.0).contains(&measured[key].as_f64().unwrap()), "{key}: {measured}");
    }
    assert!(measured["kl_bits"].as_f64().unwrap() > 0.0);
    assert_eq!(measured, bench.json(&with_model(&["eval", "--data", &folder, "--examples", "40"])));
    let message = bench.fails(1, &with_model(&["eval", "--data", "nowhere"]));
    assert!(message.contains("nowhere"), "{message}");
    bench.fails(2, &with_model(&["eval"]));
}

#[test]
fn a_trained_model_can_be_sampled_and_measured() {
    let bench = Bench::new();
    let beat = golden("dev_two_bars_drums.mid");
    let folder = Path::new(&beat).parent().unwrap().display().to_string();
    let mut train = vec!["train", "--config", "cat-drums_2bar_small", "--data", &folder, "--held-out", "0.3"];
    train.extend(["--encoder", "8", "--decoder", "8,8", "--z", "4", "--batch", "16", "--examples", "64"]);
    train.extend(["--out", "mine.safetensors"]);
    let out = bench.run(&train);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert!(!text(&out.stderr).contains('\u{1b}'), "a progress bar in a pipe");
    bench.ok(&["sample", "--model", "./mine.safetensors", "--seed", "1", "--out", "m"]);
    let measured = ["eval", "--model", "./mine.safetensors", "--data", &folder, "--held-out", "0.3"];
    let measured = bench.json(&measured);
    let recorded = bench.json(&["models", "info", "./mine.safetensors"]);
    assert_eq!(recorded["training"]["held_out"]["examples"], measured["examples"].as_f64().unwrap());
    train.extend(["--augment", "2"]);
    let message = bench.fails(2, &train);
    assert!(message.contains("--augment"), "{message}");
    let message =
        bench.fails(1, &["train", "--config", "cat-drums", "--data", &folder, "--out", "x.safetensors"]);
    assert!(message.contains("cat-drums_2bar_small"), "{message}");
}

#[test]
fn results_go_to_stdout_and_remarks_to_stderr() {
    let bench = Bench::new();
    let out = bench.run(&with_model(&["sample", "--quiet", "--out", "q"]));
    assert!(out.status.success() && out.stdout.is_empty() && out.stderr.is_empty());
    assert_eq!(files(&bench.path("q")).len(), 1);
    let out = bench.run(&with_model(&["sample", "--seed", "1"]));
    assert!(text(&out.stdout).contains("kick"), "{}", text(&out.stdout));
    assert!(!text(&out.stdout).contains('\u{1b}'), "escape codes in a pipe");
    assert!(text(&out.stderr).contains("--out"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let bench = Bench::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mvae-tui"));
    command.args(with_model(&["sample", "--n", "2000", "--json"])).current_dir(bench.folder.path());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert!(!text(&out.stderr).contains("panicked"), "{}", text(&out.stderr));
    assert_eq!(out.status.code(), Some(0));
}

#[test]
fn models_are_listed_and_described() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("models")).unwrap();
    std::fs::copy(bench.path("tiny.safetensors"), bench.path("models/mine.safetensors")).unwrap();
    std::fs::write(bench.path("models/broken.safetensors"), "no").unwrap();
    let listed = bench.json(&["models", "list"]);
    let models = listed["models"].as_array().unwrap();
    let named = |name: &str| models.iter().find(|m| m["name"] == name).unwrap();
    assert_eq!(named("mine")["settings"]["config"], "cat-drums_2bar_small");
    assert!(named("broken")["error"].is_string());
    let shown = bench.ok(&["models", "list"]);
    assert!(shown.contains("mine") && shown.contains("unreadable"), "{shown}");
    let info = bench.ok(&["models", "info", "mine"]);
    assert!(info.contains("cat-drums_2bar_small") && info.contains("6 dimensions"), "{info}");
    assert_eq!(bench.json(&["models", "info", "mine"])["z_size"], 6);
}

#[test]
fn help_of_every_verb_has_examples_and_code_zero() {
    let bench = Bench::new();
    let help = bench.ok(&["--help"]);
    for verb in [
        "sample",
        "interpolate",
        "mean",
        "reconstruct",
        "encode",
        "decode",
        "extract",
        "plot",
        "models",
        "train",
    ] {
        assert!(help.contains(verb), "{verb} is not in --help");
        assert!(bench.ok(&[verb, "--help"]).contains("Examples:"), "{verb}");
    }
    assert!(bench.ok(&["--version"]).starts_with("mvae-tui "));
}

#[test]
fn more_patterns_than_a_screen_holds_are_all_shown_where_none_is_written() {
    let bench = Bench::new();
    let shown = |arguments: &[&str]| bench.ok(&with_model(arguments)).matches("kick").count();
    assert_eq!(shown(&["sample", "--n", "17", "--seed", "1"]), 17);
    let song = golden("dev_0.mid");
    assert_eq!(shown(&["interpolate", &song, "--index", "1", "--index", "2", "--steps", "18"]), 18);
    // In files they are named instead.
    let named = bench.ok(&with_model(&["sample", "--n", "17", "--seed", "1", "--out", "d"]));
    assert_eq!((named.lines().count(), named.contains("kick")), (17, false), "{named}");
}

#[test]
fn points_of_another_model_are_refused_with_both_names() {
    let bench = Bench::new();
    std::fs::write(bench.path("z.json"), r#"{"model": "other", "points": [{"z": [0, 0, 0, 0, 0, 0]}]}"#)
        .unwrap();
    let message = bench.fails(2, &with_model(&["decode", "z.json"]));
    assert!(
        message.contains("other") && message.contains("tiny") && message.contains("--model"),
        "{message}"
    );
    std::fs::write(bench.path("z.json"), "[0, 0, 0, 0, 0, 0]").unwrap();
    bench.ok(&with_model(&["decode", "z.json"]));
    let message = bench.fails(2, &with_model(&["decode", "z.json", "--index", "2"]));
    assert!(message.contains("holds 1 point:"), "{message}");
    let message = bench.fails(1, &with_model(&["decode", &golden("dev_two_bars_drums.mid")]));
    assert!(message.contains("a MIDI file") && message.contains("encode"), "{message}");
}

#[test]
fn a_dash_is_stdout_for_encode_as_it_is_stdin_for_decode() {
    let bench = Bench::new();
    let song = golden("dev_0.mid");
    let encode = with_model(&["encode", &song, "--index", "1"]);
    let mut dashed = encode.clone();
    dashed.extend(["--out", "-"]);
    assert_eq!(bench.ok(&dashed), bench.ok(&encode));
    assert!(!bench.path("-").exists());
}

#[test]
fn files_go_where_they_are_named_and_no_folder_is_made_by_a_slip() {
    let bench = Bench::new();
    let message = bench.fails(2, &with_model(&["sample", "--out", "foo.txt"]));
    assert!(message.contains("foo.txt") && message.contains(".mid"), "{message}");
    assert!(!bench.path("foo.txt").exists());
    let beat = golden("dev_two_bars_drums.mid");
    for arguments in [
        vec!["render", &beat, "no/x.wav"],
        vec!["plot", &beat, "no/x.svg"],
        with_model(&["encode", &beat, "--out", "no/z.json"]),
        with_model(&["sample", "--out", "no/x.mid"]),
    ] {
        let message = bench.fails(1, &arguments);
        assert!(message.contains("there is no folder no.") && message.contains("mkdir"), "{message}");
    }
    assert!(!bench.path("no").exists());
    bench.ok(&with_model(&["sample", "--out", "new/d", "--plot", "./new/row.svg"]));
    assert!(bench.path("new/row.svg").is_file() && files(&bench.path("new/d")).len() == 1);
}

#[test]
fn slips_are_answered_in_words_once() {
    let bench = Bench::new();
    let beat = golden("dev_two_bars_drums.mid");
    let message = bench.fails(1, &["extract", "absent.mid"]);
    assert_eq!(message.matches("No such file").count(), 1, "{message}");
    let message = bench.fails(2, &["render", &beat, "x.wav", "--rate", "100"]);
    assert!(message.contains("a whole number from 16000 to 192000"), "{message}");
    let message = bench.fails(2, &["plot", &beat, "x.svg", "--bars", "0"]);
    assert!(message.contains("a whole number from 1 to"), "{message}");
    let message = bench.fails(2, &["sample", "--seed", "abc"]);
    assert!(message.contains("a whole number from 0"), "{message}");
    let message = bench.fails(2, &["mean", &beat, "b.mid", "--index", "1"]);
    assert!(message.contains("1 time for 2 files"), "{message}");
    let message = bench.fails(1, &["extract", &beat, "--model", "cat-drums_2bar_smal"]);
    assert!(message.contains("cat-drums_2bar_small"), "{message}");
    let message = bench.fails(2, &with_model(&["eval"]));
    assert!(message.contains("--data ") && message.contains("--data-roland"), "{message}");
    let message = bench.fails(1, &with_model(&["eval", "--data", &golden("dev_two_bars_melody.mid")]));
    assert!(message.contains("needs drum patterns of 2 bars") && message.contains("1 file."), "{message}");
    let message = bench.fails(2, &["sampel"]);
    assert!(message.contains("sampel: there is no such verb. Did you mean one of: sample?"), "{message}");
    assert!(message.contains("a session is a file NAME.toml"), "{message}");
    assert!(bench.ok(&["--help"]).contains("SESSION.toml"));
}
