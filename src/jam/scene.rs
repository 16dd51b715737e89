//! Scenes: a row or a column of the bank, played at once on as many tracks as it has parts.

use std::fmt;
use std::sync::Arc;

use super::bank::Bank;
use super::slot::{COLUMNS, ROWS, Slot, SlotId};
use super::track::{self, Track, Voice};

/// A line of the bank. `None` is the line of the selected place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A row, 0 (A) to 7 (H).
    Row(Option<u8>),
    /// A column, 0 (1) to 7 (8).
    Column(Option<u8>),
}

impl Line {
    /// The same line with its number: that of `cursor` where it has none.
    #[must_use]
    pub fn at(self, cursor: SlotId) -> Self {
        match self {
            Self::Row(row) => Self::Row(Some(row.unwrap_or(cursor.row()).min(ROWS - 1))),
            Self::Column(column) => Self::Column(Some(column.unwrap_or(cursor.column()).min(COLUMNS - 1))),
        }
    }

    /// Its places, from the left or from the top; none before [`Line::at`] has given it a number.
    pub fn places(self) -> Vec<SlotId> {
        match self {
            Self::Row(Some(row)) => SlotId::of_row(row).collect(),
            Self::Column(Some(column)) => (0..ROWS).filter_map(|row| SlotId::new(row, column)).collect(),
            Self::Row(None) | Self::Column(None) => Vec::new(),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(row) => write!(f, "row {}", char::from(b'A' + row.unwrap_or_default())),
            Self::Column(column) => write!(f, "scene {}", column.unwrap_or_default() + 1),
        }
    }
}

/// Who plays what.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cast {
    /// Patterns with the tracks of their parts, in the order of the line.
    pub parts: Vec<(SlotId, Arc<Slot>, Vec<Voice>)>,
    /// Patterns that found no track free.
    pub left_out: Vec<SlotId>,
}

impl Cast {
    /// Gives each pattern of `places` a track for each of its parts, the first come first: the track that `before` says
    /// it had the last time where that is free, then one made for the part, then one that takes it at least. Tracks in
    /// `taken` (bit = track) keep what they have.
    pub fn new(
        bank: &Bank,
        tracks: &[Track],
        places: &[SlotId],
        taken: u8,
        before: impl Fn(SlotId) -> Vec<Voice>,
    ) -> Self {
        let mut cast = Self::default();
        let mut taken = taken;
        for &place in places {
            let Some(slot) = bank.get(place) else { continue };
            let parts = track::parts(&slot.made.tokens);
            let habit = before(place);
            let mut voices = Vec::with_capacity(parts.len());
            for &part in parts {
                let free = |at: usize, taken: u8| taken >> at & 1 == 0;
                let had = habit.iter().find(|voice| voice.part == part).map(|voice| usize::from(voice.track));
                // A part of a trio keeps to its own kind, as where it is launched alone.
                let takes =
                    |track: &Track| if parts.len() == 1 { track.takes(part) } else { track.part == part };
                let found = had
                    .filter(|at| free(*at, taken) && tracks.get(*at).is_some_and(takes))
                    .or_else(|| (0..tracks.len()).find(|at| free(*at, taken) && tracks[*at].part == part))
                    .or_else(|| (0..tracks.len()).find(|at| free(*at, taken) && takes(&tracks[*at])));
                if let Some(voice) = found.and_then(|at| track::voice(tracks, at, slot, part)) {
                    taken |= 1 << voice.track;
                    voices.push(voice);
                }
            }
            match voices.is_empty() {
                true => cast.left_out.push(place),
                false => cast.parts.push((place, slot.clone(), voices)),
            }
        }
        cast
    }

    /// The tracks that play (bit = track).
    pub fn tracks(&self) -> u8 {
        self.parts.iter().flat_map(|(_, _, voices)| voices).fold(0, |mask, voice| mask | 1 << voice.track)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at, beat, melody, trio};
    use super::*;
    use crate::music::pattern::Part;

    fn tracks() -> Vec<Track> {
        [("drums", Part::Drums), ("lead", Part::Lead), ("bass", Part::Bass)]
            .map(|(name, part)| Track::new(name, part, "m"))
            .to_vec()
    }

    fn bank(slots: &[(&str, crate::latent::generate::Generated)]) -> Bank {
        let mut bank = Bank::default();
        for (place, made) in slots {
            bank.put(at(place), Some(Arc::new(Slot::new(*place, made.clone()))));
        }
        bank
    }

    fn cast(bank: &Bank, line: Line, taken: u8) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
        let cast = Cast::new(bank, &tracks(), &line.places(), taken, |_| Vec::new());
        let parts = cast
            .parts
            .iter()
            .map(|(place, _, voices)| (place.to_string(), voices.iter().map(|voice| voice.track).collect()));
        (parts.collect(), cast.left_out.iter().map(SlotId::to_string).collect())
    }

    #[test]
    fn each_pattern_of_a_column_has_a_track_of_its_own_and_a_second_melody_takes_the_bass() {
        let bank = bank(&[("A2", beat(0)), ("B2", melody(1)), ("C2", melody(2)), ("D2", beat(3))]);
        let (parts, out) = cast(&bank, Line::Column(Some(1)), 0);
        let wanted = [("A2", vec![0]), ("B2", vec![1]), ("C2", vec![2])];
        assert_eq!(parts, wanted.map(|(place, tracks)| (place.to_owned(), tracks)));
        assert_eq!(out, ["D2"]);
    }

    #[test]
    fn a_trio_takes_what_is_left_of_its_tracks_and_those_that_are_taken_keep_theirs() {
        let bank = bank(&[("A1", beat(0)), ("B1", trio(1))]);
        let (parts, out) = cast(&bank, Line::Column(Some(0)), 0);
        assert_eq!(parts[1], ("B1".to_owned(), vec![1, 2]));
        assert!(out.is_empty());
        let (parts, out) = cast(&bank, Line::Column(Some(0)), 0b111);
        assert_eq!((parts.len(), out.len()), (0, 2));
    }

    #[test]
    fn a_pattern_goes_back_to_the_track_it_had() {
        let bank = bank(&[("A1", melody(0))]);
        let tracks = tracks();
        let had = track::voice(&tracks, 2, bank.get(at("A1")).unwrap(), Part::Lead).unwrap();
        let cast = Cast::new(&bank, &tracks, &Line::Row(Some(0)).places(), 0, |_| vec![had]);
        assert_eq!(cast.parts[0].2[0].track, 2);
    }
}
