//! Chords as the chord-conditioned models take them: one of 49 classes a step (spec section 15).

use super::chord_inference::{class, infer};
use super::{Converter, Example, Kind, Tokens, melody, windows};
use crate::music::bars::Bars;
use crate::music::quantize::quantize;
use crate::music::score::Score;
use crate::music::split::split;

/// Number of chord classes: none, then major, minor, augmented and diminished triads on C..B.
pub const CLASSES: usize = 49;
/// No chord.
pub const NO_CHORD: u8 = 0;

/// Names of the twelve roots.
const ROOTS: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

/// Quality of a triad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Triad {
    /// 0 4 7
    Major,
    /// 0 3 7
    Minor,
    /// 0 4 8
    Augmented,
    /// 0 3 6
    Diminished,
}

impl Triad {
    /// The class of this triad on a root, 0 = C.
    pub fn on(self, root: u8) -> u8 {
        1 + self as u8 * 12 + root % 12
    }
}

/// The name of a class: `N.C.`, `C`, `Am`, `Ebaug`, `F#dim`.
pub fn name(class: u8) -> Option<String> {
    let Some(index) = class.checked_sub(1) else { return Some("N.C.".into()) };
    let quality = *["", "m", "aug", "dim"].get(usize::from(index / 12))?;
    Some(format!("{}{quality}", ROOTS[usize::from(index % 12)]))
}

/// The class of a chord symbol: a root (`C`, `F#`, `Bb`), a quality, and what comes on top of the triad, which is
/// dropped: `Am7` is A minor, `Gmaj7` and `G7/B` are G, `Bm7b5` is B diminished. `N.C.` is no chord.
pub fn parse(symbol: &str) -> Option<u8> {
    let symbol = symbol.trim();
    if ["N.C.", "NC", "N.C", "-"].iter().any(|none| symbol.eq_ignore_ascii_case(none)) {
        return Some(NO_CHORD);
    }
    let mut rest = symbol.chars();
    let letter = rest.next()?;
    let natural = match letter.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let mut rest = rest.as_str();
    let mut root = natural;
    while let Some(c) = rest.chars().next().filter(|c| matches!(c, '#' | 'b' | '♯' | '♭')) {
        root += if matches!(c, '#' | '♯') { 1 } else { 11 };
        rest = &rest[c.len_utf8()..];
    }
    let quality = rest.split('/').next().unwrap_or_default();
    Some(triad(quality)?.on((root % 12) as u8))
}

fn triad(quality: &str) -> Option<Triad> {
    let flat_fifth = quality.contains("b5") || quality.contains("-5");
    let lower = quality.to_ascii_lowercase();
    let starts = |words: &[&str]| words.iter().any(|w| lower.starts_with(w));
    Some(match quality {
        "" => Triad::Major,
        // Capital M is major, small m minor.
        q if q.starts_with('M') || starts(&["maj", "ma7", "^", "Δ", "sus", "add", "dom"]) => Triad::Major,
        _ if starts(&["dim", "o", "°", "ø"]) => Triad::Diminished,
        _ if starts(&["aug", "+"]) => Triad::Augmented,
        _ if starts(&["m", "-"]) && flat_fifth && !starts(&["-5"]) => Triad::Diminished,
        _ if starts(&["m", "-"]) => Triad::Minor,
        q if q.starts_with(|c: char| c.is_ascii_digit() || c == '(') => Triad::Major,
        _ => return None,
    })
}

/// The classes of a progression, each for an equal share of `steps` steps.
pub fn spread(classes: &[u8], steps: usize) -> Vec<u8> {
    (0..steps).filter_map(|step| classes.get(step * classes.len() / steps).copied()).collect()
}

/// One-hot control rows, [`CLASSES`] values a step, added to `rows`.
pub fn control_rows(chords: &[u8], rows: &mut Vec<f32>) {
    for &class in chords {
        let first = rows.len();
        rows.resize(first + CLASSES, 0.0);
        if let Some(x) = rows.get_mut(first + usize::from(class)) {
            *x = 1.0;
        }
    }
}

/// A melody with the chord of every step.
#[derive(Debug, Clone, PartialEq)]
pub struct ChordedExample {
    /// The melody.
    pub example: Example,
    /// One class a step.
    pub chords: Vec<u8>,
}

impl Converter {
    /// The melodies of a score with the chords that its notes imply (spec section 15), each pair once a stretch of
    /// steady tempo. Stretches without a clear metre of 2/2 or 4/4, or beyond 1000 chords, give nothing.
    pub fn extract_with_chords(&self, score: &Score) -> Vec<ChordedExample> {
        let bars = Bars::new(score);
        let mut found = Vec::new();
        if self.kind() != Kind::Melody {
            return found;
        }
        for segment in split(score) {
            let Ok(grid) = quantize(&segment.score) else { continue };
            let Some(chords) = grid.is_common_time().then(|| infer(&segment.score, &grid)).flatten() else {
                continue;
            };
            let mut pairs = Vec::new();
            for (start, events) in melody::all_windows(&grid.notes, &self.programs(), self.steps()) {
                let steps = start..start + self.steps() as u32;
                let chords = steps.map(|step| chords.at(step));
                pairs.push((start, events.into_iter().zip(chords).collect::<Vec<(u8, usize)>>()));
            }
            // C and C7 are two chords here, though one class: the reference compares before it reduces.
            for (start, pairs) in windows::unique(pairs) {
                let (events, chords) = pairs.into_iter().map(|(event, chord)| (event, class(chord))).unzip();
                let bar = bars.at(segment.offset + f64::from(start) * grid.step_seconds());
                found.push(ChordedExample {
                    example: Example { tokens: Tokens::Melody(events), bar },
                    chords,
                });
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_as_its_class() {
        for class in 0..CLASSES as u8 {
            assert_eq!(parse(&name(class).unwrap()), Some(class));
        }
        assert_eq!(name(49), None);
    }

    #[test]
    fn what_stands_on_a_triad_is_dropped() {
        let same =
            [("Am7", "Am"), ("GM7", "G"), ("Gmaj7", "G"), ("G7/B", "G"), ("Bm7b5", "Bdim"), ("C+", "Caug")];
        let more = [
            ("A#", "Bb"),
            ("Dbm", "C#m"),
            ("Cb", "B"),
            ("F6", "F"),
            ("Dsus4", "D"),
            ("E-7", "Em"),
            ("Bø7", "Bdim"),
        ];
        for (symbol, plain) in same.into_iter().chain(more) {
            assert_eq!(parse(symbol), parse(plain), "{symbol}");
            assert!(parse(symbol).is_some(), "{symbol}");
        }
        assert_eq!([parse("H"), parse(""), parse("Cx")], [None; 3]);
    }

    #[test]
    fn a_control_row_has_one_one() {
        let mut rows = Vec::new();
        control_rows(&[0, 48], &mut rows);
        assert_eq!((rows.len(), rows[0], rows[97], rows.iter().sum::<f32>()), (98, 1.0, 1.0, 2.0));
    }
}
