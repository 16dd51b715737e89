//! Damaged and hostile MIDI files: an error or a score, never a panic, never a flood of memory.

#![allow(clippy::unwrap_used, clippy::panic)]

use mvae_tui::codec::Converter;
use mvae_tui::latent::noise::Noise;
use mvae_tui::music::pattern::Pattern;
use mvae_tui::music::smf::{self, MidiError};
use std::fs;
use std::path::Path;

const CONFIGS: [&str; 6] = [
    "cat-drums_2bar_small",
    "nade-drums_2bar_full",
    "cat-mel_2bar_small",
    "hierdec-mel_16bar",
    "hierdec-trio_16bar",
    "groovae_2bar_humanize",
];

/// Everything that happens to a file that someone drops onto the program.
fn swallow(bytes: &[u8]) -> bool {
    let Ok(score) = smf::parse(bytes, "hostile") else { return false };
    for config in CONFIGS {
        let found = Converter::for_config(config).unwrap().extract(&score);
        assert_eq!(found.examples.is_empty(), found.why_nothing.is_some());
    }
    let _ = Pattern::from_score(&score);
    // What was read can be written, and that can be read.
    // (Written finer than it was read, a very long piece leaves the range that is read.)
    let again = smf::parse(&smf::write(&score), "rewritten");
    assert!(matches!(again, Ok(_) | Err(MidiError::TooLong { .. })), "{again:?}");
    true
}

#[test]
fn files_with_changed_bytes_are_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/converters/midi");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let (mut read, mut refused) = (0, 0);
    for (number, file) in files.iter().enumerate() {
        let bytes = fs::read(file).unwrap();
        if bytes.len() > 3000 {
            continue;
        }
        for round in 0..60 {
            let noise = Noise::new(round, number as u64);
            let mut bytes = bytes.clone();
            for i in 0..1 + noise.bits(0) % 4 {
                let draw = |what: u64| noise.bits(1 + 4 * i + what);
                let at = draw(0) as usize % bytes.len().max(1);
                match draw(1) % 4 {
                    _ if bytes.is_empty() => {}
                    0 => bytes[at] = draw(2) as u8,
                    1 => bytes[at] ^= 1 << (draw(2) % 8),
                    2 => drop(bytes.remove(at)),
                    _ => bytes.truncate(at.max(1)),
                }
            }
            if swallow(&bytes) { read += 1 } else { refused += 1 }
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused: the test tests little");
}

fn file(division: u16, tracks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"MThd\0\0\0\x06\0\x01".to_vec();
    bytes.extend((tracks.len() as u16).to_be_bytes());
    bytes.extend(division.to_be_bytes());
    for track in tracks {
        bytes.extend(b"MTrk");
        bytes.extend((track.len() as u32).to_be_bytes());
        bytes.extend(*track);
    }
    bytes
}

#[test]
fn headers_that_lie_are_refused_with_their_cause() {
    let track: &[u8] = &[0, 0xFF, 0x2F, 0];
    let error = |bytes: &[u8]| smf::parse(bytes, "liar.mid").unwrap_err();
    assert!(matches!(error(&file(0, &[track])), MidiError::NoDivision { .. }));
    assert!(matches!(error(&file(0xE728, &[track])), MidiError::Smpte { .. }));
    assert!(matches!(error(&file(96, &[])), MidiError::NoTracks { .. }));
    assert!(matches!(error(b"RIFF"), MidiError::NotMidi { .. }));
    assert!(matches!(error(b""), MidiError::NotMidi { .. }));
    let mut missing = file(96, &[track]);
    missing[11] = 2;
    assert!(matches!(error(&missing), MidiError::Chunk { .. }));
    let mut long = file(96, &[track]);
    long[18..22].copy_from_slice(&u32::MAX.to_be_bytes());
    assert!(matches!(error(&long), MidiError::Chunk { .. }));
    for bytes in [file(0, &[track]), missing, long] {
        let text = error(&bytes).to_string();
        assert!(text.starts_with("liar.mid: ") && text.contains("again"), "{text}");
    }
}

#[test]
fn times_beyond_any_piece_are_refused() {
    let late = [0xFF, 0xFF, 0xFF, 0x7F, 0x99, 36, 100, 1, 36, 0];
    assert!(matches!(smf::parse(&file(96, &[&late]), "late"), Err(MidiError::TooLong { .. })));
}

#[test]
fn the_longest_allowed_piece_takes_little_memory_and_time() {
    // One tick a quarter and ten million ticks: forty million steps.
    let mut track = vec![0, 0x99, 36, 100, 1, 36, 0, 0, 0x90, 60, 100];
    track.extend([0x84, 0xE2, 0xAC, 0x70, 0x80, 60, 0, 0, 0x99, 36, 100, 1, 36, 0]);
    let start = std::time::Instant::now();
    assert!(swallow(&file(1, &[&track])));
    assert!(start.elapsed().as_secs() < 5);
}
