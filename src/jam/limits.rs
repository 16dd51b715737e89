//! Ranges of what a player can set.

use std::ops::RangeInclusive;

/// Tempo, quarters a minute.
pub const BPM: RangeInclusive<f64> = 20.0..=300.0;
/// Swing: where in its pair of 16ths the second stands; 0.5 is straight, 2/3 a triplet.
pub const SWING: RangeInclusive<f32> = 0.5..=0.75;
/// Bars that are counted in before the music starts.
pub const COUNT_IN: RangeInclusive<u8> = 0..=2;
/// Level of a track in decibels; the lowest is silence.
pub const LEVEL: RangeInclusive<f32> = -60.0..=6.0;
/// Octaves a track may be moved by.
pub const OCTAVE: RangeInclusive<i8> = -4..=4;
/// Length of a track's loops in steps, where it is not each pattern's own.
pub const LOOP: RangeInclusive<u32> = 1..=256;
/// Percent of the rounds in which a note sounds.
pub const CHANCE: RangeInclusive<u8> = 5..=100;
/// Loops of each point of a chain.
pub const ROUNDS: RangeInclusive<u8> = 1..=8;
/// Softmax temperature: low is sure of itself, high is wild.
pub const TEMPERATURE: RangeInclusive<f32> = 0.05..=2.0;
/// How many vectors of an attribute a slider adds or takes away.
pub const SLIDER: RangeInclusive<f32> = -2.0..=2.0;
/// How far `vary` goes from its pattern towards a new draw.
pub const VARY_AMOUNT: f32 = 0.35;
/// Length of what is sampled: two bars.
pub const STEPS: u32 = 32;

/// `value` brought into `range` and put on a grid of `step`, so that nudging up and down comes back.
pub fn on_grid(value: f64, range: &RangeInclusive<f64>, step: f64) -> f64 {
    let value = if value.is_finite() { value } else { *range.start() };
    ((value / step).round() * step).clamp(*range.start(), *range.end())
}

/// As [`on_grid`] with a grid of 0.01, for the settings kept as `f32`.
pub fn hundredths(value: f32, range: &RangeInclusive<f32>) -> f32 {
    let range = f64::from(*range.start())..=f64::from(*range.end());
    ((on_grid(f64::from(value), &range, 0.01) * 100.0).round() / 100.0) as f32
}
