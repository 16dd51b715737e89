use super::{Config, default_text, merge, read};
use crate::jam::Quantise;
use crate::tui::chord::Chord;
use crate::tui::keymap::{Keymap, Pressed};
use std::path::Path;

/// The files of a folder of `tests` with their names, in order.
fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut all: Vec<(String, String)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    all.sort();
    assert!(all.len() >= 4, "{}", folder.display());
    all
}

fn pressed(mut keymap: Keymap, keys: &str) -> Option<String> {
    let mut last = None;
    for chord in Chord::sequence(keys).unwrap() {
        last = match keymap.press(chord) {
            Pressed::Run(command) => Some(command.name.clone()),
            Pressed::More | Pressed::Nothing => None,
        };
    }
    last
}

#[test]
fn every_valid_file_is_taken_without_a_word() {
    for (name, text) in files("valid_config") {
        assert_eq!(read(&text).1, [], "{name}");
    }
}

#[test]
fn every_invalid_file_is_told_its_fault_with_the_line() {
    for (name, text) in files("invalid_config") {
        let says = text.lines().next().and_then(|line| line.strip_prefix("# says: "));
        let says = says.unwrap_or_else(|| panic!("{name} does not begin with `# says: `"));
        let problems = read(&text).1;
        assert_eq!(problems.len(), 1, "{name}: {problems:?}");
        assert_eq!(problems[0].to_string(), says, "{name}");
    }
}

#[test]
fn the_printed_default_is_valid_and_changes_nothing() {
    let (config, problems) = read(&default_text());
    assert_eq!(problems, []);
    let plain = Config::default();
    assert_eq!((config.bpm, config.mouse, config.launch), (plain.bpm, plain.mouse, Quantise::Bar));
    for (a, b) in config.keymap.commands().iter().zip(plain.keymap.commands()) {
        assert_eq!((&a.name, &a.keys), (&b.name, &b.keys));
    }
    let table = crate::tui::command::all();
    for (a, b) in plain.keymap.commands().iter().zip(&table) {
        assert_eq!(a.keys, b.keys, "{}: the defaults are the command table's", a.name);
    }
}

#[test]
fn a_fault_leaves_the_rest_in_force() {
    let (config, problems) = read("[jam]\nbpm = 9000\nswing = 60\n[screen]\nreduced-motion = true\n");
    assert_eq!((config.bpm, config.swing, config.reduced_motion), (120.0, 0.6, true));
    assert_eq!(problems[0].line, 2);
}

#[test]
fn keys_are_laid_over_the_defaults_as_deep_as_prefixes_go() {
    let text = "[keys]\nctrl-b = \"play\"\n\"ctrl-x s\" = \"save\"\nm = { z = \"undo\", k = \"none\" }\nu = \"none\"\n";
    let (config, problems) = read(text);
    assert_eq!(problems, []);
    let keymap = config.keymap;
    let is = |keys: &str| pressed(keymap.clone(), keys);
    assert_eq!(is("ctrl-b").as_deref(), Some("play"));
    assert_eq!(is("space").as_deref(), Some("play"), "the old key stays");
    assert_eq!(is("ctrl-x s").as_deref(), Some("save"));
    assert_eq!(is("m z").as_deref(), Some("undo"));
    assert_eq!((is("m k"), is("u")), (None, None));
    assert_eq!(is("m s").as_deref(), Some("mute-snare"), "the rest of the prefix stays");
    assert_eq!(keymap.key("play").as_deref(), Some("ctrl-b"), "hints name the player's own key");
    // A prefix may give way to a command, and a command to a prefix.
    let (config, _) = read("[keys]\nm = \"metronome\"\ns = { s = \"sample\" }\n");
    assert_eq!(pressed(config.keymap.clone(), "m").as_deref(), Some("metronome"));
    assert_eq!(pressed(config.keymap, "s s").as_deref(), Some("sample"));
}

#[test]
fn tables_are_merged_however_deep_they_lie() {
    let mut base: toml::Table = "a = 1\n[b.c]\nd = 2\ne = 3\n".parse().unwrap();
    merge(&mut base, "b = { c = { d = 9 }, f = 4 }\na = { g = 5 }".parse().unwrap());
    let wanted: toml::Table = "a = { g = 5 }\nb = { c = { d = 9, e = 3 }, f = 4 }".parse().unwrap();
    assert_eq!(base, wanted);
}
