//! Every script of `scripts/` plays, without an error, the very notes it always played.
//!
//! `MVAE_WRITE_GOLDEN=1 cargo test --test scripts` writes the lists anew; look at the difference before keeping it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::{Path, PathBuf};

use mvae_tui::jam::Tone;
use mvae_tui::script::{Heard, Source, reference, render};

fn scripts(folder: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(Path::new("scripts").join(folder)).unwrap();
    let mut all: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.extension().is_some_and(|ending| ending == "rhai"));
    all.sort();
    all
}

/// Plays a script (`bars` at most), holds it against its golden list and gives its length in seconds.
fn check(path: &Path, bars: Option<u32>) -> f64 {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let recording = render::record(Source::read(path).unwrap(), 0, bars).unwrap();
    let wrong: Vec<_> = recording.said.iter().filter(|(tone, _)| *tone != Tone::Said).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?}");
    let list = recording.digest().join("\n") + "\n";
    let golden = Path::new("tests/golden/scripts").join(format!("{name}.txt"));
    if std::env::var_os("MVAE_WRITE_GOLDEN").is_some() {
        std::fs::write(&golden, &list).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap();
    let differs = expected.lines().zip(list.lines()).find(|(a, b)| a != b);
    assert!(expected == list, "{name} plays something else: {differs:?}");
    recording.score().total_time
}

#[test]
fn every_tutorial_plays_its_notes() {
    let all = scripts("start");
    assert_eq!(all.len(), 10);
    for path in all {
        assert!(check(&path, Some(48)) > 10.0, "{}", path.display());
    }
}

#[test]
fn every_set_plays_its_notes_for_three_minutes_and_ends_by_itself() {
    let all = scripts("perform");
    assert!(all.len() >= 8);
    for path in all {
        let seconds = check(&path, None);
        assert!((180.0..600.0).contains(&seconds), "{}: {seconds} s", path.display());
    }
}

#[test]
fn the_reference_page_and_the_definitions_are_those_of_the_functions() {
    let definitions = reference::definition_files();
    let definitions =
        definitions.into_iter().map(|(name, text)| (format!("scripts/definitions/{name}"), text));
    for (path, made) in [("scripts/README.md".to_owned(), reference::page())].into_iter().chain(definitions) {
        if std::env::var_os("MVAE_WRITE_GOLDEN").is_some() {
            std::fs::create_dir_all("scripts/definitions").unwrap();
            std::fs::write(&path, &made).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap() == made,
            "{path} is old: MVAE_WRITE_GOLDEN=1 writes it anew"
        );
    }
}

/// The notes of a set that hears something, by beat, key and track.
fn heard(name: &str, bars: u32, heard: &[(f64, Heard)]) -> Vec<String> {
    let path = Path::new("scripts/perform").join(name);
    let recording = render::record_heard(Source::read(&path).unwrap(), 0, Some(bars), heard).unwrap();
    let wrong: Vec<_> = recording.said.iter().filter(|(tone, _)| *tone != Tone::Said).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?}");
    recording.digest()
}

#[test]
fn a_call_that_is_played_is_answered_and_the_machine_keeps_silent_in_the_next_one() {
    let alone = heard("call-and-response.rhai", 10, &[]);
    let note = |beat: f64, key: u8| (beat, Heard::Note { key, velocity: 90 });
    let call = [note(0.5, 69), note(1.5, 72), note(2.5, 76), note(4.0, 74), note(5.0, 72), note(6.0, 69)];
    let played = heard("call-and-response.rhai", 10, &call);
    assert_eq!(alone[..2], played[..2], "the machine calls in the first two bars");
    assert_ne!(alone[2..4], played[2..4], "the answer is to what was played");
    // Tracks 4 and up are those of the set: the call is the first of them.
    assert!(alone[4].contains(" 4:") && !played[4].contains(" 4:"), "{} / {}", alone[4], played[4]);
}

#[test]
fn a_controller_takes_the_dot_of_the_palette_from_the_machine() {
    let turned = |value: u8| {
        let knobs =
            [(0.5, Heard::Control { number: 1, value }), (0.5, Heard::Control { number: 2, value: 0 })];
        heard("palette-scrub.rhai", 12, &knobs)
    };
    let alone = heard("palette-scrub.rhai", 12, &[]);
    let (left, right) = (turned(0), turned(127));
    assert!(left != right && left != alone && right != alone);
    assert_eq!(left, turned(0));
}

#[test]
fn the_songs_that_come_with_the_program_are_what_its_models_write() {
    let folder = std::env::temp_dir().join(format!("mvae-songs-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy("scripts/songs/make.rhai", folder.join("make.rhai")).unwrap();
    render::record(Source::read(&folder.join("make.rhai")).unwrap(), 0, Some(1)).unwrap();
    for name in ["song-a.mid", "song-b.mid"] {
        let made = std::fs::read(folder.join(name)).unwrap();
        let kept = Path::new("scripts/songs").join(name);
        if std::env::var_os("MVAE_WRITE_GOLDEN").is_some() {
            std::fs::write(&kept, &made).unwrap();
        }
        assert!(std::fs::read(&kept).unwrap() == made, "{name} is old: MVAE_WRITE_GOLDEN=1 writes it anew");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
