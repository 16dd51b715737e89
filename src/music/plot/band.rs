//! The rows of a band: a lane a drum, or a row a semitone.

use super::lane;
use super::roll::{Band, Roll};
use crate::music::gm;

/// One row of a band.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The MIDI key that is drawn here.
    pub key: u8,
    /// What stands beside it; empty for most rows of a piano roll.
    pub label: String,
}

/// A band with the rows that all panels of a picture share.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// Which band.
    pub band: Band,
    /// The name of its voice.
    pub name: String,
    /// From the top.
    pub rows: Vec<Row>,
}

impl Rows {
    /// The bands of several rolls with all rows that any of them needs. A picture without one note has an empty
    /// drum grid.
    pub fn shared(rolls: &[&Roll]) -> Vec<Self> {
        let mut found: Vec<(Band, String, Vec<u8>)> = Vec::new();
        for voice in rolls.iter().flat_map(|r| &r.voices) {
            let keys = voice.marks.iter().map(|m| m.pitch);
            match found.iter_mut().find(|f| f.0 == voice.band) {
                Some(known) => known.2.extend(keys),
                None => found.push((voice.band, voice.name.clone(), keys.collect())),
            }
        }
        if found.is_empty() {
            found.push((Band::Drums, "drums".to_owned(), Vec::new()));
        }
        found.sort_by_key(|f| f.0);
        let rows =
            |band, keys: Vec<u8>| if band == Band::Drums { drum_rows(keys) } else { piano_rows(&keys) };
        found.into_iter().map(|(band, name, keys)| Self { band, name, rows: rows(band, keys) }).collect()
    }

    /// The row of a key, counted from the top.
    pub fn row(&self, key: u8) -> Option<usize> {
        self.rows.iter().position(|r| r.key == key)
    }
}

fn drum_rows(mut keys: Vec<u8>) -> Vec<Row> {
    keys.extend(lane::ALWAYS);
    keys.sort_by_key(|&k| lane::order(k));
    keys.dedup();
    keys.into_iter().map(|key| Row { key, label: lane::name(key) }).collect()
}

/// An octave at least, a semitone of air above and below, every C named.
fn piano_rows(keys: &[u8]) -> Vec<Row> {
    let (low, high) = match (keys.iter().min(), keys.iter().max()) {
        (Some(&low), Some(&high)) => (i32::from(low), i32::from(high)),
        _ => (60, 71),
    };
    let short = (11 - (high - low)).max(0);
    let (low, high) = ((low - short / 2 - 1).max(0), (high + (short - short / 2) + 1).min(127));
    let name = |key: u8| if key.is_multiple_of(12) { gm::note_name(key) } else { String::new() };
    (low..=high).rev().filter_map(|k| u8::try_from(k).ok()).map(|key| Row { key, label: name(key) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beat_of_a_kick_alone_still_shows_its_neighbours() {
        let names: Vec<String> = drum_rows(vec![36, 36]).into_iter().map(|r| r.label).collect();
        assert_eq!(names, ["open hat", "closed hat", "snare", "kick"]);
    }

    #[test]
    fn a_melody_of_one_note_has_an_octave_around_it() {
        let rows = piano_rows(&[60]);
        assert!(rows.len() >= 12 && rows.iter().any(|r| r.key == 60 && r.label == "C4"));
        assert!(piano_rows(&[0, 127]).len() == 128);
    }
}
