//! The chords that notes imply: the likeliest path through keys and chords, two chords a bar of 4/4 (spec section 15).
//!
//! A hidden Markov model whose states are pairs of a major key and a chord (none, or one of eight kinds on twelve
//! roots). A frame is half a bar; it is seen as the time that each pitch class sounds, made a unit vector, and fits a
//! chord by its dot product with the chord's own unit vector. The most likely path is Viterbi's.

use super::chords::{NO_CHORD, Triad};
use super::melody::PITCHES;
use crate::music::quantize::Grid;
use crate::music::score::{Score, TimeSignature};

/// Kinds of chords by their pitch classes, and the triad that each is reduced to.
const KINDS: [(&[usize], Triad); 8] = [
    (&[0, 4, 7], Triad::Major),
    (&[0, 3, 7], Triad::Minor),
    (&[0, 4, 8], Triad::Augmented),
    (&[0, 3, 6], Triad::Diminished),
    (&[0, 4, 7, 10], Triad::Major),
    (&[0, 4, 7, 11], Triad::Major),
    (&[0, 3, 7, 10], Triad::Minor),
    (&[0, 3, 6, 10], Triad::Diminished),
];
/// Pitch classes of a major key on C.
const KEY: [usize; 7] = [0, 2, 4, 5, 7, 9, 11];
/// No chord, then the kinds root by root.
const CHORDS: usize = 1 + 12 * KINDS.len();
const KEYS: usize = 12;
const STATES: usize = KEYS * CHORDS;
/// Longest piece, in chords.
const MOST_CHORDS: usize = 1000;

/// Probability that the key changes from chord to chord.
const KEY_CHANGE: f64 = 0.001;
/// Probability that the chord changes.
const CHORD_CHANGE: f64 = 0.5;
/// Probability that a note of a chord is outside its key.
const OUT_OF_KEY: f64 = 0.01;
/// How sharply the notes of a frame must fit the chord.
const CONCENTRATION: f64 = 100.0;

/// The chords of a stretch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chords {
    steps_per_chord: u32,
    chords: Vec<usize>,
}

impl Chords {
    /// The chord that is in force at a step, one of [`CHORDS`]; the last one holds on.
    pub fn at(&self, step: u32) -> usize {
        let frame = (step / self.steps_per_chord) as usize;
        self.chords.get(frame).or(self.chords.last()).copied().unwrap_or(0)
    }
}

/// The chords of a stretch of one tempo and metre; `None` for metres other than 4/4 and 2/2, for a stretch without
/// notes and for one of more than 1000 chords.
pub(super) fn infer(score: &Score, grid: &Grid) -> Option<Chords> {
    let metre = score.time_signatures.first().unwrap_or(&TimeSignature::COMMON);
    let steps_per_chord = match (metre.numerator, metre.denominator) {
        (4, 4) => 8,
        (2, 2) => 16,
        _ => return None,
    };
    let seconds = f64::from(steps_per_chord) / (4.0 * grid.qpm / 60.0);
    let frames = (score.total_time / seconds).ceil() as usize;
    if frames == 0 || frames > MOST_CHORDS {
        return None;
    }
    let chords = path(&fits(&pitch_vectors(score, frames, seconds)));
    Some(Chords { steps_per_chord, chords })
}

/// The class of a chord: its triad.
pub(super) fn class(chord: usize) -> u8 {
    match chord.checked_sub(1) {
        None => NO_CHORD,
        Some(i) => KINDS[i % KINDS.len()].1.on((i / KINDS.len()) as u8),
    }
}

type PitchVector = [f64; 12];

fn unit(mut v: PitchVector) -> PitchVector {
    let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    if norm > 0.0 {
        v.iter_mut().for_each(|x| *x /= norm);
    }
    v
}

/// True for programs without pitch: effects and percussion.
fn is_unpitched(program: u8) -> bool {
    matches!(program, 96..=103 | 112..=127)
}

/// How long each pitch class sounds in each frame, as unit vectors. Notes that no melody can have are not heard.
fn pitch_vectors(score: &Score, frames: usize, seconds: f64) -> Vec<PitchVector> {
    let ends: Vec<f64> = (1..frames).map(|i| seconds * i as f64).collect();
    let mut vectors = vec![[0.0; 12]; frames];
    let heard =
        score.notes.iter().filter(|n| !n.is_drum && !is_unpitched(n.program) && PITCHES.contains(&n.pitch));
    for n in heard {
        let first = ends.partition_point(|&end| end <= n.start);
        let last = ends.partition_point(|&end| end < n.end);
        let pitch_class = usize::from(n.pitch % 12);
        let mut from = n.start;
        for (frame, vector) in vectors.iter_mut().enumerate().take(last + 1).skip(first) {
            let to = if frame < last { ends[frame] } else { n.end };
            vector[pitch_class] += to - from;
            from = to;
        }
    }
    vectors.into_iter().map(unit).collect()
}

/// The unit vector of every chord, all zero for none.
fn chord_vectors() -> Vec<PitchVector> {
    let mut vectors = vec![[0.0; 12]];
    for root in 0..12 {
        for (pitches, _) in KINDS {
            let mut v = [0.0; 12];
            pitches.iter().for_each(|p| v[(root + p) % 12] = 1.0);
            vectors.push(unit(v));
        }
    }
    vectors
}

/// Log-likelihood of every frame under every chord.
fn fits(frames: &[PitchVector]) -> Vec<[f64; CHORDS]> {
    let chords = chord_vectors();
    let dot = |a: &PitchVector, b: &PitchVector| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let fit = |frame| {
        let mut fit = [0.0; CHORDS];
        fit.iter_mut().zip(&chords).for_each(|(x, chord)| *x = CONCENTRATION * dot(frame, chord));
        fit
    };
    frames.iter().map(fit).collect()
}

/// Probability of every chord in every key.
fn chords_in_keys() -> Vec<[f64; CHORDS]> {
    let in_key = |key: usize| {
        let mut p = [1.0; CHORDS];
        for root in 0..12 {
            for (kind, (pitches, _)) in KINDS.iter().enumerate() {
                let inside = pitches.iter().filter(|&p| KEY.contains(&((root + p + 12 - key) % 12))).count();
                let outside = pitches.len() - inside;
                p[1 + root * KINDS.len() + kind] =
                    (1.0 - OUT_OF_KEY).powi(inside as i32) * OUT_OF_KEY.powi(outside as i32);
            }
        }
        let sum: f64 = p.iter().sum();
        p.map(|x| x / sum)
    };
    (0..KEYS).map(in_key).collect()
}

/// Log-probabilities of the steps from state to state.
struct Transitions {
    /// To a chord in another key, [key][chord].
    modulate: Vec<[f64; CHORDS]>,
    /// Within a key, [key][to][from].
    stay: Vec<Vec<[f64; CHORDS]>>,
}

impl Transitions {
    fn new(p: &[[f64; CHORDS]]) -> Self {
        let modulate = p.iter().map(|p| p.map(|x| (KEY_CHANGE / 11.0 * x).ln())).collect();
        let stay = |p: &[f64; CHORDS]| {
            let to = |to: usize| {
                let mut row = [0.0; CHORDS];
                for (from, x) in row.iter_mut().enumerate() {
                    // Where the chord changes, what the old one leaves over is shared out among all others.
                    let chord = if from == to {
                        1.0 - CHORD_CHANGE
                    } else {
                        CHORD_CHANGE * (p[to] + p[from] / (CHORDS - 1) as f64)
                    };
                    *x = ((1.0 - KEY_CHANGE) * chord).ln();
                }
                row
            };
            (0..CHORDS).map(to).collect()
        };
        Self { modulate, stay: p.iter().map(stay).collect() }
    }
}

/// The best path's chords. Of equally good predecessors the first counts.
fn path(fits: &[[f64; CHORDS]]) -> Vec<usize> {
    let in_keys = chords_in_keys();
    let transitions = Transitions::new(&in_keys);
    let Some(first) = fits.first() else { return Vec::new() };
    let mut best = vec![0.0; STATES];
    for (state, x) in best.iter_mut().enumerate() {
        let (key, chord) = (state / CHORDS, state % CHORDS);
        *x = -(12f64.ln()) + in_keys[key][chord].ln() + first[chord];
    }
    let mut back: Vec<Vec<u16>> = Vec::with_capacity(fits.len());
    for fit in &fits[1..] {
        let mut next = vec![0.0; STATES];
        let mut from = vec![0u16; STATES];
        let candidates = candidates(&best);
        for (state, x) in next.iter_mut().enumerate() {
            let (key, chord) = (state / CHORDS, state % CHORDS);
            let (previous, value) = predecessor(&best, &candidates, &transitions, key, chord);
            (from[state], *x) = (previous as u16, value + fit[chord]);
        }
        back.push(from);
        best = next;
    }
    let mut state = first_best(best.iter().copied().enumerate()).0;
    let mut path = vec![state % CHORDS];
    for from in back.iter().rev() {
        state = usize::from(from[state]);
        path.push(state % CHORDS);
    }
    path.reverse();
    path
}

/// States that may be the best predecessor from another key: within rounding of the best outside some key.
fn candidates(best: &[f64]) -> Vec<usize> {
    let mut tops: Vec<f64> =
        best.chunks(CHORDS).map(|key| first_best(key.iter().copied().enumerate()).1).collect();
    tops.sort_by(f64::total_cmp);
    // Whatever the key, one of the two best keys is another one.
    let bound = tops[KEYS - 2];
    let slack = 1e-9 * bound.abs().max(1.0);
    (0..STATES).filter(|&s| best[s] >= bound - slack).collect()
}

fn predecessor(
    best: &[f64],
    candidates: &[usize],
    t: &Transitions,
    key: usize,
    chord: usize,
) -> (usize, f64) {
    let own = key * CHORDS..(key + 1) * CHORDS;
    let stay = &t.stay[key][chord];
    let within = own.clone().zip(stay).map(|(from, p)| (from, best[from] + p));
    let modulate = t.modulate[key][chord];
    let outside = candidates.iter().filter(|s| !own.contains(s)).map(|&from| (from, best[from] + modulate));
    let (a, b) = (first_best(within), first_best(outside));
    if b.1 > a.1 || (b.1 == a.1 && b.0 < a.0) { b } else { a }
}

/// The first of the largest.
fn first_best(values: impl Iterator<Item = (usize, f64)>) -> (usize, f64) {
    values.fold((0, f64::NEG_INFINITY), |best, x| if x.1 > best.1 { x } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::quantize::quantize;
    use crate::music::score::Note;

    fn half_bars(chords: &[&[u8]]) -> Score {
        let mut score = Score { total_time: chords.len() as f64, ..Score::default() };
        for (start, pitches) in (0u32..).zip(chords) {
            score.notes.extend(pitches.iter().map(|&pitch| Note {
                pitch,
                velocity: 80,
                start: f64::from(start),
                end: f64::from(start + 1),
                instrument: 0,
                program: 0,
                is_drum: false,
            }));
        }
        score
    }

    #[test]
    fn plain_triads_are_heard_as_what_they_are() {
        let score = half_bars(&[&[60, 64, 67], &[57, 60, 64], &[65, 69, 72], &[67, 71, 74]]);
        let chords = infer(&score, &quantize(&score).unwrap()).unwrap();
        let heard: Vec<u8> = [0, 8, 16, 24, 99].map(|step| class(chords.at(step))).to_vec();
        let (major, minor) = (|r| Triad::Major.on(r), |r| Triad::Minor.on(r));
        assert_eq!(heard, [major(0), minor(9), major(5), major(7), major(7)]);
    }

    #[test]
    fn every_key_gives_its_chords_probability_one() {
        for key in chords_in_keys() {
            assert!((key.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_score_without_notes_has_no_chords() {
        let score = Score::default();
        assert!(infer(&score, &quantize(&score).unwrap()).is_none());
    }
}
