//! Which bar of the piece a moment falls in, as a sequencer counts them.

use super::score::{Score, Tempo, TimeSignature};

/// How close below a bar line, in quarters, still counts as the line: half of a 16th.
const TOLERANCE: f64 = 0.125;

/// Bar numbers of a score: tempo changes do not restart the count, metre changes start a new bar.
#[derive(Debug, Clone)]
pub struct Bars {
    tempos: Vec<Tempo>,
    metres: Vec<TimeSignature>,
}

impl Bars {
    /// The bar lines of a score.
    pub fn new(score: &Score) -> Self {
        let mut tempos: Vec<Tempo> = score.tempos.iter().copied().filter(|t| t.qpm > 0.0).collect();
        if tempos.first().is_none_or(|t| t.time > 0.0) {
            tempos.insert(0, Tempo { time: 0.0, qpm: 120.0 });
        }
        let mut metres: Vec<TimeSignature> =
            score.time_signatures.iter().copied().filter(|m| m.numerator > 0 && m.denominator > 0).collect();
        if metres.first().is_none_or(|m| m.time > 0.0) {
            metres.insert(0, TimeSignature::COMMON);
        }
        Self { tempos, metres }
    }

    /// The bar, counted from 1, that sounds at `seconds`.
    pub fn at(&self, seconds: f64) -> u32 {
        let here = self.quarters(seconds);
        let mut bars = 1.0;
        for (i, metre) in self.metres.iter().enumerate() {
            let start = self.quarters(metre.time);
            let length = metre.quarters_per_bar();
            match self.metres.get(i + 1) {
                Some(next) if self.quarters(next.time) <= here + TOLERANCE => {
                    bars += ((self.quarters(next.time) - start - TOLERANCE) / length).ceil().max(0.0);
                }
                _ => {
                    bars += ((here - start + TOLERANCE) / length).floor().max(0.0);
                    break;
                }
            }
        }
        bars as u32
    }

    /// Quarters from the start to a moment.
    fn quarters(&self, seconds: f64) -> f64 {
        let mut sum = 0.0;
        for (i, tempo) in self.tempos.iter().enumerate() {
            let end = self.tempos.get(i + 1).map_or(f64::INFINITY, |t| t.time).min(seconds);
            if end <= tempo.time {
                break;
            }
            sum += (end - tempo.time) * tempo.qpm / 60.0;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_go_on_through_a_tempo_change_and_a_metre_change() {
        let score = Score {
            tempos: vec![Tempo { time: 0.0, qpm: 120.0 }, Tempo { time: 4.0, qpm: 60.0 }],
            time_signatures: vec![
                TimeSignature::COMMON,
                TimeSignature { time: 8.0, numerator: 3, denominator: 4 },
            ],
            ..Score::default()
        };
        let bars = Bars::new(&score);
        assert_eq!([0.0, 1.99, 2.0, 4.0, 8.0, 10.9, 11.0].map(|t| bars.at(t)), [1, 2, 2, 3, 4, 5, 5]);
    }

    #[test]
    fn a_moment_just_below_the_line_counts_as_on_it() {
        assert_eq!(Bars::new(&Score::default()).at(1.9999), 2);
    }
}
