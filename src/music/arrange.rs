//! Patterns as scores, and patterns one after the other.

use super::pattern::{ALWAYS, Part, Pattern, PatternNote, STEPS_PER_BAR, STEPS_PER_QUARTER};
use super::quantize::{QuantizeError, quantize};
use super::score::{Note, Score, Tempo, TimeSignature};

/// The instrument number, program and name of a part (spec sections 11 to 13).
fn instrument(part: Part) -> (u32, u8, &'static str) {
    match part {
        Part::Lead => (0, 0, "Lead"),
        Part::Bass => (1, 33, "Bass"),
        Part::Drums => (9, 0, "Drums"),
    }
}

impl Pattern {
    /// The pattern at a tempo in quarters a minute: lead on program 0, bass on program 33, drums on channel 10.
    ///
    /// Micro-timing moves a note's start and end alike, never before 0; `total_time` is the pattern's own end, so that
    /// a written file loops. A tempo that is no number above 0 counts as 120.
    pub fn to_score(&self, bpm: f64) -> Score {
        let qpm = if bpm.is_finite() && bpm > 0.0 { bpm } else { 120.0 };
        let seconds = |steps: f64| steps * (60.0 / qpm / f64::from(STEPS_PER_QUARTER));
        let mut score = Score {
            ticks_per_quarter: Score::TICKS_PER_QUARTER,
            total_time: seconds(f64::from(self.steps)),
            length: seconds(f64::from(self.steps)),
            tempos: vec![Tempo { time: 0.0, qpm }],
            time_signatures: vec![TimeSignature::COMMON],
            ..Score::default()
        };
        for part in [Part::Lead, Part::Bass, Part::Drums] {
            let (number, program, name) = instrument(part);
            let is_drum = part == Part::Drums;
            for n in self.notes.iter().filter(|n| n.part == part) {
                let start = (f64::from(n.start) + f64::from(n.offset)).max(0.0);
                let end = start + f64::from(n.length.max(1));
                score.notes.push(Note {
                    pitch: n.pitch,
                    velocity: n.velocity,
                    start: seconds(start),
                    end: seconds(end),
                    instrument: number,
                    program,
                    is_drum,
                });
            }
            if score.notes.last().is_some_and(|n| n.instrument == number) {
                score.instrument_names.push((number, name.to_owned()));
            }
        }
        score
    }

    /// The whole of a score as a pattern, from its first bar to the end of its last (the longer of its notes and its
    /// tracks), with the micro-timing of every note.
    ///
    /// Channel 10 becomes drums, programs 32 to 39 bass, everything else lead.
    ///
    /// # Errors
    /// [`QuantizeError`] where tempo or metre are not one.
    pub fn from_score(score: &Score) -> Result<Pattern, QuantizeError> {
        let grid = quantize(score)?;
        let step = grid.step_seconds();
        let length = (score.length / step).round().clamp(0.0, f64::from(u32::MAX - STEPS_PER_BAR)) as u32;
        let steps =
            grid.total_steps.min(u32::MAX - STEPS_PER_BAR).max(length).next_multiple_of(STEPS_PER_BAR);
        let notes = grid.notes.iter().map(|n| PatternNote {
            start: n.start,
            length: n.end - n.start,
            pitch: n.note.pitch,
            velocity: n.note.velocity,
            part: match n.note.program {
                _ if n.note.is_drum => Part::Drums,
                32..=39 => Part::Bass,
                _ => Part::Lead,
            },
            offset: ((n.note.start / step - f64::from(n.start)) as f32).clamp(-0.5, 0.5),
            chance: ALWAYS,
        });
        Ok(Pattern::new(steps, notes.collect()))
    }

    /// The patterns one after the other.
    pub fn concatenate(patterns: &[Pattern]) -> Pattern {
        let mut steps = 0;
        let mut notes = Vec::with_capacity(patterns.iter().map(|p| p.notes.len()).sum());
        for p in patterns {
            notes.extend(p.notes.iter().map(|&n| PatternNote { start: n.start + steps, ..n }));
            steps += p.steps;
        }
        Pattern::new(steps, notes)
    }

    /// The pattern as a loop of `steps` steps: cut short, or going round until they are full; itself where `steps` is 0.
    #[must_use]
    pub fn looped(&self, steps: u32) -> Pattern {
        if steps == 0 || steps == self.steps || self.steps == 0 {
            return self.clone();
        }
        let starts = (0..steps).step_by(self.steps as usize);
        let notes = starts.flat_map(|from| self.notes.iter().map(move |&n| (from, n)));
        let within = notes.filter(|(from, n)| n.start < self.steps && from + n.start < steps);
        let moved = within.map(|(from, n)| {
            let start = from + n.start;
            PatternNote { start, length: n.length.clamp(1, steps - start), ..n }
        });
        Pattern::new(steps, moved.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(start: u32, offset: f32) -> PatternNote {
        PatternNote { start, length: 1, pitch: 36, velocity: 80, part: Part::Drums, offset, chance: 100 }
    }

    #[test]
    fn a_score_lasts_as_long_as_its_pattern() {
        let score = Pattern::new(32, vec![hit(0, 0.0)]).to_score(120.0);
        assert_eq!((score.total_time, score.notes[0].end), (4.0, 0.125));
    }

    #[test]
    fn micro_timing_never_starts_before_the_score() {
        let score = Pattern::new(16, vec![hit(0, -0.5), hit(4, -0.5)]).to_score(120.0);
        assert_eq!((score.notes[0].start, score.notes[1].start), (0.0, 0.4375));
    }

    #[test]
    fn a_pattern_comes_back_from_its_score() {
        let mut notes = vec![hit(2, 0.25), hit(9, 0.0)];
        for (part, pitch) in [(Part::Lead, 72), (Part::Bass, 36)] {
            notes.push(PatternNote {
                start: 4,
                length: 7,
                pitch,
                velocity: 100,
                part,
                offset: 0.0,
                chance: 100,
            });
        }
        let pattern = Pattern::new(32, notes);
        assert_eq!(Pattern::from_score(&pattern.to_score(120.0)).unwrap(), pattern);
    }

    #[test]
    fn a_loop_is_cut_short_or_goes_round_until_it_is_full() {
        let long = PatternNote { length: 6, ..hit(4, 0.0) };
        let pattern = Pattern::new(16, vec![hit(0, 0.0), long, hit(15, 0.0)]);
        let starts = |steps| pattern.looped(steps).notes.iter().map(|n| n.start).collect::<Vec<_>>();
        assert_eq!((starts(0), starts(16)), (vec![0, 4, 15], vec![0, 4, 15]));
        assert_eq!((starts(7), starts(22)), (vec![0, 4], vec![0, 4, 15, 16, 20]));
        assert_eq!((pattern.looped(7).steps, pattern.looped(7).notes[1].length), (7, 3));
        assert_eq!(pattern.looped(22).notes[4].length, 2);
    }

    #[test]
    fn patterns_follow_each_other() {
        let one = Pattern::new(16, vec![hit(3, 0.0)]);
        let both = Pattern::concatenate(&[one.clone(), one]);
        assert_eq!((both.steps, both.notes[1].start), (32, 19));
    }
}
