//! Statistics of patterns by which a model's samples are held against real music.

use super::attributes::Attribute;
use crate::codec::DrumMap;
use crate::model::Kind;
use crate::music::pattern::{Part, Pattern, STEPS_PER_BAR};

/// A number that a pattern has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    /// One of the attributes.
    Attribute(Attribute),
    /// Semitones from the lowest to the highest note of the lead.
    PitchRange,
    /// Share of the lead's notes that repeat the pitch before.
    RepeatedNotes,
    /// How alike bars that follow each other are, 0..=1: onsets (with pitch or drum) in both among those in either.
    Repetition,
    /// Share of bars with a snare on 2 and on 4.
    Backbeat,
    /// Share of bars with a kick on 1.
    KickOnOne,
}

impl Statistic {
    /// The statistics of a kind of pattern.
    pub fn of(kind: Kind) -> Vec<Self> {
        let melodic = [Self::PitchRange, Self::RepeatedNotes];
        let drums = [Self::Backbeat, Self::KickOnOne];
        let own: &[Self] = match kind {
            Kind::Melody => &melodic,
            Kind::Drums | Kind::FullDrums | Kind::Groove => &drums,
            Kind::Trio => &[Self::PitchRange, Self::RepeatedNotes, Self::Backbeat, Self::KickOnOne],
            Kind::Performance => return Vec::new(),
        };
        let attributes = Attribute::of(kind).iter().map(|&a| Self::Attribute(a));
        attributes.chain([Self::Repetition]).chain(own.iter().copied()).collect()
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attribute(a) => a.name(),
            Self::PitchRange => "pitch_range",
            Self::RepeatedNotes => "repeated_notes",
            Self::Repetition => "repetition",
            Self::Backbeat => "backbeat",
            Self::KickOnOne => "kick_on_one",
        }
    }

    /// Its value in a pattern; nothing where there is nothing to measure.
    pub fn measure(self, pattern: &Pattern) -> Option<f64> {
        let lead = || pattern.notes.iter().filter(|n| n.part == Part::Lead).map(|n| n.pitch);
        match self {
            Self::Attribute(a) => a.measure(pattern),
            Self::PitchRange => Some(f64::from(lead().max()? - lead().min()?)),
            Self::RepeatedNotes => {
                let pitches: Vec<u8> = lead().collect();
                let pairs = pitches.len().checked_sub(1).filter(|n| *n > 0)?;
                Some(pitches.windows(2).filter(|p| p[0] == p[1]).count() as f64 / pairs as f64)
            }
            Self::Repetition => repetition(pattern),
            Self::Backbeat => bars_with(pattern, 1, &[4, 12]),
            Self::KickOnOne => bars_with(pattern, 0, &[0]),
        }
    }
}

/// Share of bars in which the drum `class` is hit on all of `steps`; nothing for a pattern without drums.
fn bars_with(pattern: &Pattern, class: u8, steps: &[u32]) -> Option<f64> {
    let bars = pattern.bars();
    let drums = || pattern.notes.iter().filter(|n| n.part == Part::Drums);
    if bars == 0 || drums().next().is_none() {
        return None;
    }
    let hit = |at: u32| drums().any(|n| n.start == at && DrumMap::GeneralMidi.class(n.pitch) == Some(class));
    let full = (0..bars).filter(|bar| steps.iter().all(|s| hit(bar * STEPS_PER_BAR + s))).count();
    Some(full as f64 / f64::from(bars))
}

/// Onsets that a bar shares with the next among the onsets of either, a mean over the pairs with any.
fn repetition(pattern: &Pattern) -> Option<f64> {
    let bar = |b: u32| -> Vec<(u32, Part, u8)> {
        let inside = pattern.notes.iter().filter(|n| n.start / STEPS_PER_BAR == b);
        inside.map(|n| (n.start % STEPS_PER_BAR, n.part, n.pitch)).collect()
    };
    let (mut sum, mut pairs) = (0.0, 0usize);
    for b in 1..pattern.bars() {
        let (one, two) = (bar(b - 1), bar(b));
        let both = one.iter().filter(|n| two.contains(n)).count();
        let either = one.len() + two.len() - both;
        if either > 0 {
            sum += both as f64 / either as f64;
            pairs += 1;
        }
    }
    (pairs > 0).then(|| sum / pairs as f64)
}

/// Where the values of a statistic lie over many patterns.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Spread {
    /// Patterns that have a value.
    pub patterns: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub sd: f64,
    /// A twentieth lies below.
    pub p5: f64,
    /// A twentieth lies above.
    pub p95: f64,
}

impl Spread {
    /// The spread of `values`; nothing where there are none.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let n = values.len();
        let last = n.checked_sub(1)?;
        let mean = values.iter().sum::<f64>() / n as f64;
        let sd = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64).sqrt();
        let at = |share: f64| values[(share * last as f64).round() as usize];
        Some(Self { patterns: n, mean, sd, p5: at(0.05), p95: at(0.95) })
    }

    /// True where `value` lies between the two twentieths.
    pub fn holds(&self, value: f64) -> bool {
        (self.p5..=self.p95).contains(&value)
    }
}

/// The Kolmogorov-Smirnov distance of two sets of values, 0..=1: the widest gap between their cumulative shares. Unlike
/// their means it sees samples that are all alike.
pub fn distance(one: &[f64], two: &[f64]) -> f64 {
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values
    };
    let (one, two) = (sorted(one), sorted(two));
    let share =
        |values: &[f64], x: f64| values.partition_point(|v| *v <= x) as f64 / values.len().max(1) as f64;
    one.iter().chain(&two).map(|&x| (share(&one, x) - share(&two, x)).abs()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::pattern::PatternNote;

    fn pattern(notes: &[(u32, u8, Part)]) -> Pattern {
        let note = |&(start, pitch, part)| PatternNote {
            start,
            length: 1,
            pitch,
            velocity: 80,
            part,
            offset: 0.0,
            chance: 100,
        };
        Pattern::new(32, notes.iter().map(note).collect())
    }

    #[test]
    fn a_backbeat_is_a_snare_on_two_and_four_of_a_bar() {
        let beat = pattern(&[
            (4, 38, Part::Drums),
            (12, 40, Part::Drums),
            (20, 38, Part::Drums),
            (16, 36, Part::Drums),
        ]);
        assert_eq!(Statistic::Backbeat.measure(&beat), Some(0.5));
        assert_eq!(Statistic::KickOnOne.measure(&beat), Some(0.5));
        assert_eq!(Statistic::Backbeat.measure(&pattern(&[])), None);
    }

    #[test]
    fn repetition_goes_from_nothing_alike_to_the_same_bar_twice() {
        let twice =
            pattern(&[(0, 60, Part::Lead), (16, 60, Part::Lead), (5, 62, Part::Lead), (21, 62, Part::Lead)]);
        assert_eq!(Statistic::Repetition.measure(&twice), Some(1.0));
        let never = pattern(&[(0, 60, Part::Lead), (17, 60, Part::Lead)]);
        assert_eq!(Statistic::Repetition.measure(&never), Some(0.0));
        assert_eq!(Statistic::RepeatedNotes.measure(&never), Some(1.0));
        assert_eq!(Statistic::PitchRange.measure(&twice), Some(2.0));
    }

    #[test]
    fn a_distance_sees_what_the_mean_does_not() {
        let wide: Vec<f64> = (0..=100).map(f64::from).collect();
        assert_eq!(distance(&wide, &wide), 0.0);
        assert!((distance(&[50.0; 9], &wide) - 0.5).abs() < 0.01);
        assert_eq!(distance(&[-1.0], &wide), 1.0);
    }

    #[test]
    fn a_spread_leaves_a_twentieth_out_on_either_side() {
        let spread = Spread::of((0..=100).map(f64::from).collect()).unwrap();
        assert_eq!((spread.mean, spread.p5, spread.p95), (50.0, 5.0, 95.0));
        assert!(spread.holds(5.0) && !spread.holds(4.0));
        assert_eq!(Spread::of(Vec::new()), None);
    }
}
