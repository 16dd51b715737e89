//! Notes on the 16th grid, with the reference's rounding and refusals (spec section 10).

use super::pattern::STEPS_PER_QUARTER;
use super::score::{Note, Score, TimeSignature};
use thiserror::Error;

/// Why a score has no single grid. The names are those of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum QuantizeError {
    /// The metre changes (or a metre other than 4/4 starts late).
    #[error("the metre changes at {time:.2} s; split the score there first")]
    MultipleTimeSignatures {
        /// Where, seconds.
        time: f64,
    },
    /// The tempo changes.
    #[error(
        "the tempo changes from {from:.1} to {to:.1} quarters a minute at {time:.2} s; split the score there first"
    )]
    MultipleTempos {
        /// Before.
        from: f64,
        /// After.
        to: f64,
        /// Where, seconds.
        time: f64,
    },
    /// A metre that is none.
    #[error("{numerator}/{denominator} is no metre; set a time signature such as 4/4")]
    BadTimeSignature {
        /// Beats a bar.
        numerator: u32,
        /// Note value of a beat.
        denominator: u32,
    },
    /// A note before the start.
    #[error("a note starts before the score does; move it to 0 or later")]
    NegativeTime,
}

/// A note on the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridNote {
    /// The note as it was played, seconds.
    pub note: Note,
    /// First step.
    pub start: u32,
    /// Step after the last, above `start`.
    pub end: u32,
}

/// A score on the 16th grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// The notes in the order of the score.
    pub notes: Vec<GridNote>,
    /// Steps from the start to the end of the last note.
    pub total_steps: u32,
    /// Steps a bar: 16 in 4/4, 3.5 in 7/32.
    pub steps_per_bar: f64,
    /// Quarters a minute.
    pub qpm: f64,
}

impl Grid {
    /// True where a bar has 16 steps, as the models need: 4/4, 2/2, 8/8.
    pub fn is_common_time(&self) -> bool {
        self.steps_per_bar == 16.0
    }

    /// Seconds a step.
    pub fn step_seconds(&self) -> f64 {
        60.0 / self.qpm / f64::from(STEPS_PER_QUARTER)
    }
}

/// Puts a score on the grid of 4 steps a quarter.
///
/// A step is `trunc(seconds * (4 * qpm / 60) + 0.5)` in f64; a note of no length gets one step.
///
/// # Errors
/// [`QuantizeError`] where tempo or metre are not one, in the order in which the reference looks.
pub fn quantize(score: &Score) -> Result<Grid, QuantizeError> {
    let metre = one_metre(score)?;
    if !metre.denominator.is_power_of_two() || metre.numerator == 0 {
        let TimeSignature { numerator, denominator, .. } = metre;
        return Err(QuantizeError::BadTimeSignature { numerator, denominator });
    }
    let qpm = one_tempo(score)?;
    let per_second = f64::from(STEPS_PER_QUARTER) * qpm / 60.0;
    let mut total_steps = step(score.total_time, per_second);
    let mut notes = Vec::with_capacity(score.notes.len());
    for &note in &score.notes {
        let start = step(note.start, per_second);
        let end = step(note.end, per_second);
        let end = if end == start { end + 1 } else { end };
        if start < 0 || end < 0 {
            return Err(QuantizeError::NegativeTime);
        }
        total_steps = total_steps.max(end);
        notes.push(GridNote { note, start: start as u32, end: end as u32 });
    }
    let steps_per_bar = f64::from(STEPS_PER_QUARTER) * metre.quarters_per_bar();
    Ok(Grid { notes, total_steps: total_steps.max(0) as u32, steps_per_bar, qpm })
}

/// The step of a moment; far beyond any piece it saturates.
fn step(seconds: f64, per_second: f64) -> i64 {
    ((seconds * per_second + 0.5) as i64).min(i64::from(u32::MAX) - 1)
}

fn one_metre(score: &Score) -> Result<TimeSignature, QuantizeError> {
    let Some(first) = score.time_signatures.first() else { return Ok(TimeSignature::COMMON) };
    if first.time != 0.0 && !first.same_metre(&TimeSignature::COMMON) {
        return Err(QuantizeError::MultipleTimeSignatures { time: first.time });
    }
    match score.time_signatures.iter().find(|m| !m.same_metre(first)) {
        Some(other) => Err(QuantizeError::MultipleTimeSignatures { time: other.time }),
        None => Ok(*first),
    }
}

fn one_tempo(score: &Score) -> Result<f64, QuantizeError> {
    let Some(first) = score.tempos.first() else { return Ok(120.0) };
    let differs = |from: f64, to: f64, time: f64| QuantizeError::MultipleTempos { from, to, time };
    if first.time != 0.0 && first.qpm != 120.0 {
        return Err(differs(120.0, first.qpm, first.time));
    }
    match score.tempos.iter().find(|t| t.qpm != first.qpm) {
        Some(other) => Err(differs(first.qpm, other.qpm, other.time)),
        None => Ok(first.qpm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(start: f64, end: f64) -> Note {
        Note { pitch: 60, velocity: 80, start, end, instrument: 0, program: 0, is_drum: false }
    }

    #[test]
    fn a_half_step_rounds_up_and_a_note_keeps_one_step() {
        let score = Score { notes: vec![note(0.0625, 0.07), note(0.0624, 0.19)], ..Score::default() };
        let grid = quantize(&score).unwrap();
        assert_eq!((grid.notes[0].start, grid.notes[0].end), (1, 2));
        assert_eq!((grid.notes[1].start, grid.notes[1].end), (0, 2));
    }

    #[test]
    fn a_score_without_metre_is_in_common_time() {
        assert!(quantize(&Score::default()).unwrap().is_common_time());
    }

    #[test]
    fn a_late_metre_other_than_common_time_is_refused() {
        let late = TimeSignature { time: 1.0, numerator: 3, denominator: 4 };
        let score = Score { time_signatures: vec![late], ..Score::default() };
        assert!(matches!(quantize(&score), Err(QuantizeError::MultipleTimeSignatures { .. })));
    }

    #[test]
    fn steps_per_bar_may_be_broken() {
        let metre = TimeSignature { time: 0.0, numerator: 7, denominator: 32 };
        let score = Score { time_signatures: vec![metre], ..Score::default() };
        assert_eq!(quantize(&score).unwrap().steps_per_bar, 3.5);
    }
}
