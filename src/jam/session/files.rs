//! The folders `tests/valid_session` and `tests/invalid_session` are the specification of the format.

use std::path::Path;

use super::Session;
use crate::jam::quantise::Quantise;
use crate::jam::track::Output;

/// The files of a folder of `tests` with their names, in order.
fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut all: Vec<(String, String)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    all.sort();
    assert!(all.len() >= 4, "{}", folder.display());
    all
}

fn read(name: &str) -> Session {
    let (_, text) = files("valid_session").into_iter().find(|(file, _)| file == name).unwrap();
    Session::from_toml(&text, name).unwrap().0
}

#[test]
fn every_valid_file_is_taken_without_a_word_and_written_so_that_it_is_the_same_session() {
    for (name, text) in files("valid_session") {
        let (session, warnings) = Session::from_toml(&text, &name).unwrap();
        assert_eq!(warnings, [] as [String; 0], "{name}");
        let (again, warnings) = Session::from_toml(&session.to_toml(), &name).unwrap();
        assert_eq!((again, warnings), (session, Vec::new()), "{name}");
    }
}

#[test]
fn every_invalid_file_is_told_its_fault() {
    for (name, text) in files("invalid_session") {
        let says = text.lines().next().and_then(|line| line.strip_prefix("# says: "));
        let says = says.unwrap_or_else(|| panic!("{name} does not begin with `# says: `"));
        let fault = Session::from_toml(&text, "x.toml").unwrap_err().to_string();
        assert_eq!(fault, says, "{name}");
    }
}

#[test]
fn a_session_of_the_first_version_has_the_defaults_of_what_came_later() {
    let (first, second) = (read("version_1.toml"), read("version_2.toml"));
    let (old, new) = (&first.tracks[0].0, &second.tracks[0].0);
    assert_eq!((old.pan, &old.output, first.count_in), (0.0, &Output::Everywhere, 0));
    assert_eq!((new.pan, &new.output, second.count_in), (-0.3, &Output::BuiltIn, 1));
    assert_eq!((first.bpm, first.quantise, &first.slots), (97.5, Quantise::TwoBars, &second.slots));
}

#[test]
fn chance_lengths_channels_frozen_loops_the_chain_and_the_palette_are_read() {
    let session = read("everything.toml");
    let track = &session.tracks[0].0;
    assert_eq!((track.steps, track.gear.channel, track.pan), (Some(3), Some(9), 1.0));
    assert_eq!((track.gear.bank, track.gear.program), (Some(396), Some(11)));
    assert_eq!(track.gear.keys, Some([36, 37, 38, 39, 40, 41, 42, 43, 44]));
    assert_eq!(track.output, Output::Port("volca".into()));
    let frozen = track.frozen.as_ref().unwrap();
    assert_eq!((frozen.place.to_string(), frozen.slot.pattern().steps), ("A1".into(), 3));
    assert_eq!((session.rounds, session.around), (4, true));
    assert_eq!((session.palette.x, session.palette.y), (0.5, 0.25));
    assert_eq!(session.palette.corners[3].as_ref(), Some(&session.slots[0].1));
    let notes = &session.slots[1].1.pattern().notes;
    assert_eq!(
        notes.iter().map(|n| (n.offset, n.chance)).collect::<Vec<_>>(),
        [(0.0, 50), (-0.125, 5), (0.25, 100)]
    );
}
