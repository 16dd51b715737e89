//! What a picture shows: voices of notes on a line of quarter notes with its bars.

use crate::music::gm;
use crate::music::pattern::{Part, Pattern, STEPS_PER_QUARTER};
use crate::music::score::{Note, Score, TimeSignature};

/// A note in a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Start in quarters from the left edge.
    pub start: f64,
    /// End in quarters.
    pub end: f64,
    /// MIDI key.
    pub pitch: u8,
    /// MIDI velocity, 1..=127.
    pub velocity: u8,
    /// False for the rest of a note that began before the left edge.
    pub begins: bool,
}

/// Which band of a picture a voice is drawn in; bands stand in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Pitched notes, by number of the voice.
    Pitched(u32),
    /// Percussion.
    Drums,
}

/// The notes of one band.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// Its band.
    pub band: Band,
    /// Its name, empty where there is nothing to tell apart.
    pub name: String,
    /// Its notes in order of their start.
    pub marks: Vec<Mark>,
}

/// Voices of notes on a line of quarter notes.
#[derive(Debug, Clone, PartialEq)]
pub struct Roll {
    /// Length in quarters.
    pub length: f64,
    /// Where bars begin, in quarters; the first may lie before 0 in a part cut from the middle of a bar.
    pub bars: Vec<f64>,
    /// The number of the first bar, 1-based.
    pub first_bar: usize,
    /// The voices in order of their bands.
    pub voices: Vec<Voice>,
}

impl Roll {
    /// The roll of a pattern, in 4/4.
    pub fn from_pattern(pattern: &Pattern) -> Self {
        let step = 1.0 / f64::from(STEPS_PER_QUARTER);
        let length = f64::from(pattern.steps) * step;
        let mut voices = Vec::new();
        for (part, band, name) in [
            (Part::Lead, Band::Pitched(0), "lead"),
            (Part::Bass, Band::Pitched(1), "bass"),
            (Part::Drums, Band::Drums, "drums"),
        ] {
            let marks: Vec<Mark> = pattern
                .notes
                .iter()
                .filter(|n| n.part == part)
                .map(|n| {
                    let start = (f64::from(n.start) + f64::from(n.offset)) * step;
                    Mark {
                        start,
                        end: start + f64::from(n.length.max(1)) * step,
                        pitch: n.pitch,
                        velocity: n.velocity,
                        begins: true,
                    }
                })
                .collect();
            if !marks.is_empty() {
                voices.push(Voice { band, name: name.to_owned(), marks });
            }
        }
        Self { length, bars: bars(&[TimeSignature::COMMON], &[0.0], length).0, first_bar: 1, voices }
    }

    /// The roll of a score: its tempo map turned into quarters, one voice an instrument, all drums in one.
    pub fn from_score(score: &Score) -> Self {
        let quarters = |time: f64| seconds_to_quarters(score, time);
        let metre_at: Vec<f64> = score.time_signatures.iter().map(|s| quarters(s.time)).collect();
        let last = score.notes.iter().map(|n| n.end).fold(score.total_time, f64::max);
        let (bars, length) = bars(&score.time_signatures, &metre_at, quarters(last));
        let mut voices: Vec<Voice> = Vec::new();
        for note in &score.notes {
            let band = if note.is_drum { Band::Drums } else { Band::Pitched(note.instrument) };
            let mark = Mark {
                start: quarters(note.start),
                end: quarters(note.end),
                pitch: note.pitch,
                velocity: note.velocity,
                begins: true,
            };
            match voices.iter_mut().find(|v| v.band == band) {
                Some(voice) => voice.marks.push(mark),
                None => {
                    let name = if note.is_drum { "drums".to_owned() } else { voice_name(score, note) };
                    voices.push(Voice { band, name, marks: vec![mark] });
                }
            }
        }
        voices.sort_by_key(|v| v.band);
        for voice in &mut voices {
            voice.marks.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.pitch.cmp(&b.pitch)));
        }
        Self { length, bars, first_bar: 1, voices }
    }

    /// The roll cut into lines of `count` bars; each keeps every voice, so that the lines look alike.
    pub fn lines(&self, count: usize) -> Vec<Self> {
        let mut lines = Vec::new();
        for (i, chunk) in self.bars.chunks(count.max(1)).enumerate() {
            let from = chunk[0];
            let to = self.bars.get((i + 1) * count.max(1)).copied().unwrap_or(self.length);
            let voices = self.voices.iter().map(|v| Voice {
                band: v.band,
                name: v.name.clone(),
                marks: v.marks.iter().filter_map(|m| clip(m, from, to)).collect(),
            });
            lines.push(Self {
                length: to - from,
                bars: chunk.iter().map(|b| b - from).collect(),
                first_bar: self.first_bar + i * count.max(1),
                voices: voices.collect(),
            });
        }
        lines
    }

    /// `count` bars from bar number `first` on (0-based), as far as there are any.
    pub fn excerpt(&self, first: usize, count: usize) -> Self {
        let first = first.min(self.bars.len().saturating_sub(1));
        let rest =
            Self { bars: self.bars[first..].to_vec(), first_bar: self.first_bar + first, ..self.clone() };
        rest.lines(count).into_iter().next().unwrap_or(rest)
    }

    /// True where there is no note at all.
    pub fn is_silent(&self) -> bool {
        self.voices.iter().all(|v| v.marks.is_empty())
    }
}

/// The part of a note between `from` and `to`, moved to begin at `from`.
fn clip(mark: &Mark, from: f64, to: f64) -> Option<Mark> {
    // A note a hair early belongs to the line its beat belongs to.
    const EARLY: f64 = 0.125;
    let begins = mark.start >= from - EARLY && mark.start < to - EARLY;
    let sounds = mark.end > from + EARLY && mark.start < to - EARLY;
    (begins || sounds).then(|| Mark {
        start: (mark.start - from).max(0.0),
        end: mark.end.min(to) - from,
        begins,
        ..*mark
    })
}

/// Where the bars begin that it takes to reach `length`, and where the last of them ends.
fn bars(metres: &[TimeSignature], metre_at: &[f64], length: f64) -> (Vec<f64>, f64) {
    const SAME: f64 = 1e-6;
    let mut at = 0.0;
    let mut starts = Vec::new();
    while at < length - SAME && starts.len() < 100_000 {
        let current = (0..metres.len()).rev().find(|&i| metre_at[i] <= at + SAME);
        let bar = current.map_or(4.0, |i| metres[i].quarters_per_bar()).max(0.25);
        let next = metre_at.iter().copied().filter(|&m| m > at + SAME).fold(f64::INFINITY, f64::min);
        starts.push(at);
        at = (at + bar).min(next);
    }
    (starts, at)
}

/// The instrument's name in the file, else its General MIDI program.
fn voice_name(score: &Score, note: &Note) -> String {
    let named = score.instrument_names.iter().find(|n| n.0 == note.instrument && !n.1.trim().is_empty());
    named.map_or_else(|| gm::program_name(note.program).to_owned(), |n| n.1.trim().to_owned())
}

fn seconds_to_quarters(score: &Score, time: f64) -> f64 {
    let mut quarters = 0.0;
    let (mut from, mut qpm) = (0.0, 120.0);
    for tempo in &score.tempos {
        if tempo.time >= time {
            break;
        }
        quarters += (tempo.time - from) * qpm / 60.0;
        (from, qpm) = (tempo.time, tempo.qpm);
    }
    quarters + (time - from) * qpm / 60.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::pattern::PatternNote;
    use crate::music::score::Tempo;

    fn note(start: f64, end: f64) -> Note {
        Note { pitch: 60, velocity: 80, start, end, instrument: 0, program: 0, is_drum: false }
    }

    #[test]
    fn a_tempo_change_moves_no_note_off_its_beat() {
        let score = Score {
            total_time: 4.0,
            notes: vec![note(0.0, 0.5), note(2.0, 3.0)],
            tempos: vec![Tempo { time: 0.0, qpm: 120.0 }, Tempo { time: 2.0, qpm: 60.0 }],
            ..Score::default()
        };
        let roll = Roll::from_score(&score);
        let starts: Vec<f64> = roll.voices[0].marks.iter().map(|m| m.start).collect();
        assert_eq!(starts, [0.0, 4.0]);
        assert_eq!((roll.length, roll.bars.clone()), (8.0, vec![0.0, 4.0]));
    }

    #[test]
    fn a_metre_change_starts_a_bar() {
        let metre = |time, numerator| TimeSignature { time, numerator, denominator: 4 };
        let score = Score {
            total_time: 5.0,
            notes: vec![note(0.0, 5.0)],
            time_signatures: vec![metre(0.0, 4), metre(2.0, 3)],
            ..Score::default()
        };
        assert_eq!(Roll::from_score(&score).bars, [0.0, 4.0, 7.0]);
    }

    #[test]
    fn lines_cut_notes_at_their_edges_and_lose_none() {
        let pattern = Pattern::new(
            64,
            vec![PatternNote {
                start: 28,
                length: 8,
                pitch: 60,
                velocity: 80,
                part: Part::Lead,
                offset: 0.0,
                chance: 100,
            }],
        );
        let lines = Roll::from_pattern(&pattern).lines(2);
        assert_eq!(lines.len(), 2);
        let (a, b) = (lines[0].voices[0].marks[0], lines[1].voices[0].marks[0]);
        assert_eq!((a.start, a.end, a.begins), (7.0, 8.0, true));
        assert_eq!((b.start, b.end, b.begins), (0.0, 1.0, false));
        assert_eq!(lines[1].first_bar, 3);
    }

    #[test]
    fn a_pattern_longer_than_its_bars_has_all_of_them() {
        let roll = Roll::from_pattern(&Pattern::new(32, Vec::new()));
        assert_eq!((roll.length, roll.bars.clone()), (8.0, vec![0.0, 4.0]));
        assert!(roll.is_silent());
    }
}
