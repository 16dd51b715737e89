//! Periodic waves: band-limited tables, and loops that close without a click.

use std::f32::consts::PI;
use std::sync::OnceLock;

use super::dsp::{RATE, hertz};
use super::sf2::Sample;

/// Entries of a table: enough for two hundred partials read with linear interpolation.
const SIZE: usize = 4096;
/// No partial above this, at the highest key a sample serves.
const HIGHEST: f32 = 19_000.0;
/// Samples kept before and after a loop: interpolators want 8 (SoundFont 2.01, section 7.10), [`halve`] more.
pub const MARGIN: usize = 32;

/// Copies of a wave lie this far apart at most, cents.
const WIDEST: f64 = 18.0;

/// One period of a wave.
#[derive(Debug, Clone)]
pub struct Table(Vec<f32>);

impl Table {
    /// The sum of sines whose partial `k` (from 1) has amplitude `partial(k)`, without those that would
    /// alias when `key` is played `above` semitones higher.
    pub fn new(key: u8, above: f32, partial: impl Fn(usize) -> f32) -> Self {
        let count = (HIGHEST / hertz(f32::from(key) + above)) as usize;
        static SINES: OnceLock<Vec<f32>> = OnceLock::new();
        let sines =
            SINES.get_or_init(|| (0..SIZE).map(|i| (2.0 * PI * i as f32 / SIZE as f32).sin()).collect());
        let mut table = vec![0.0; SIZE + 1];
        for k in 1..=count.clamp(1, SIZE / 16) {
            let level = partial(k);
            if level != 0.0 {
                for (i, value) in table[..SIZE].iter_mut().enumerate() {
                    *value += level * sines[(i * k) % SIZE];
                }
            }
        }
        table[SIZE] = table[0];
        Self(table)
    }

    /// The wave at `phase` turns.
    pub fn at(&self, phase: f64) -> f32 {
        let place = (phase - phase.floor()) * SIZE as f64;
        let index = place as usize;
        let share = (place - index as f64) as f32;
        self.0[index] + share * (self.0[index + 1] - self.0[index])
    }
}

/// A whole number of periods that fills a whole number of samples: the pitch is bent by a fraction of a cent so
/// that the loop closes exactly.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    /// Periods in the loop.
    pub cycles: usize,
    /// Samples in the loop.
    pub length: usize,
}

impl Period {
    /// About `seconds` of the pitch of `key`.
    pub fn new(key: u8, seconds: f32) -> Self {
        let pitch = hertz(f32::from(key));
        let cycles = (seconds * pitch).round().max(1.0);
        // Even, so that a loop at half the rate is whole too.
        Self { cycles: cycles as usize, length: (cycles * RATE / pitch / 2.0).round() as usize * 2 }
    }

    /// Phase in turns at sample `i`, of a wave with `extra` more periods in the loop.
    pub fn phase(&self, i: usize, extra: i32) -> f64 {
        i as f64 * (self.cycles as f64 + f64::from(extra)) / self.length as f64
    }
}

/// A sample of `wave(i)` that plays `attack` samples once and then loops over one `period` of it.
///
/// The wave must repeat with the period from `attack` on.
pub fn looped(
    name: String,
    key: u8,
    attack: usize,
    period: Period,
    wave: impl FnMut(usize) -> f32,
) -> Sample {
    let first = attack.max(MARGIN).next_multiple_of(2);
    let after = first + period.length;
    let data = (0..after + MARGIN).map(wave).collect();
    Sample { name, data, rate: RATE as u32, looped: Some((first, after)), root: key }
}

/// Several copies of a wave, a little apart in pitch, in a loop of about `seconds`: `apart` lists how many more
/// periods than the first each copy has in the loop. A copy further off than `WIDEST` cents keeps the pitch.
pub fn unison(name: String, key: u8, seconds: f32, table: &Table, apart: &[i32]) -> Sample {
    let period = Period::new(key, seconds);
    let near = |extra: i32| {
        let cents = 1200.0 * (1.0 + f64::from(extra) / period.cycles as f64).log2();
        if cents.abs() <= WIDEST { extra } else { 0 }
    };
    looped(name, key, MARGIN, period, |i| {
        apart
            .iter()
            .enumerate()
            // Phases far apart, so that the copies do not begin as one loud wave.
            .map(|(n, &extra)| table.at(period.phase(i, near(extra)) + n as f64 * 0.381_966))
            .sum()
    })
}

/// The sample at half the rate and size, for sounds with nothing above 10 kHz: a half-band low-pass (windowed
/// sinc), then every second sample. Loop points must be even.
pub fn halve(mut sample: Sample) -> Sample {
    const REACH: usize = 15;
    let taps: Vec<f32> = (0..=2 * REACH)
        .map(|n| {
            let x = n as f32 - REACH as f32;
            let sinc = if n == REACH { 0.5 } else { (PI * x / 2.0).sin() / (PI * x) };
            sinc * (0.5 + 0.5 * (PI * x / (REACH as f32 + 1.0)).cos())
        })
        .collect();
    let sum: f32 = taps.iter().sum();
    // Zeros beyond both ends, so that every output sees all its taps.
    let mut padded = vec![0.0; REACH];
    padded.extend_from_slice(&sample.data);
    padded.resize(padded.len() + REACH, 0.0);
    let filtered = padded
        .windows(2 * REACH + 1)
        .step_by(2)
        .map(|window| window.iter().zip(&taps).map(|(value, tap)| value * tap).sum::<f32>() / sum);
    sample.data = filtered.collect();
    sample.rate /= 2;
    sample.looped = sample.looped.map(|(first, after)| (first / 2, after / 2));
    // What the filter could not see beyond the end is left out; eight samples after the loop remain.
    if let Some((_, after)) = sample.looped {
        sample.data.truncate(after + 8);
    }
    sample
}
