//! The pitched instruments: electric piano, mallets, organ, plucked strings, basses, ensembles, leads, winds.

use super::dsp::{Decay, Filter, Mode, Noise, finish, frames, hertz, scale, sine};
use super::sf2::{Sample, absolute_cents, generator, timecents};
use super::wave::{MARGIN, Period, Table, halve, looped, unison};

/// A sample with the keys and velocities it serves.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The sample.
    pub sample: Sample,
    /// Lowest and highest key.
    pub keys: (u8, u8),
    /// Lowest and highest velocity.
    pub velocities: (u8, u8),
}

/// An instrument: its layers and what shapes them all.
#[derive(Debug, Clone)]
pub struct Patch {
    /// Name in the file.
    pub name: &'static str,
    /// Samples and where they serve.
    pub layers: Vec<Layer>,
    /// Generators of every zone.
    pub generators: Vec<(u16, i16)>,
}

/// Semitones a sample is played above its own key at most, where roots lie an octave apart.
const REACH: f32 = 6.0;

/// Splits the keyboard half way between `roots` and makes one layer for each.
fn layers(roots: &[u8], velocities: (u8, u8), make: impl Fn(u8) -> Sample) -> Vec<Layer> {
    let middle = |a: u8, b: u8| (a + b) / 2;
    (0..roots.len())
        .map(|i| {
            let low = if i == 0 { 0 } else { middle(roots[i - 1], roots[i]) + 1 };
            let high = roots.get(i + 1).map_or(127, |&next| middle(roots[i], next));
            Layer { sample: make(roots[i]), keys: (low, high), velocities }
        })
        .collect()
}

/// A volume envelope: attack, decay to silence or `sustain` dB below the peak, release; seconds.
fn envelope(attack: f32, decay: f32, sustain: f32, release: f32) -> Vec<(u16, i16)> {
    vec![
        (generator::ATTACK, timecents(attack)),
        (generator::DECAY, timecents(decay)),
        (generator::SUSTAIN, (sustain * 10.0) as i16),
        (generator::RELEASE, timecents(release)),
    ]
}

/// Vibrato that sets in after a moment: depth in cents.
fn vibrato(cents: i16, hertz: f32, delay: f32) -> [(u16, i16); 3] {
    [
        (generator::VIBRATO_TO_PITCH, cents),
        (generator::VIBRATO_SPEED, absolute_cents(hertz)),
        (generator::VIBRATO_DELAY, timecents(delay)),
    ]
}

/// From 1 to 0, smoothly, over the last third of `attack` samples: what it multiplies is gone at the loop.
fn until_loop(i: usize, attack: usize) -> f32 {
    let x = (3.0 * (1.0 - i as f32 / attack as f32)).clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// A tine struck by a hammer before a pickup (frequency modulation; Chowning 1973), soft and hard.
pub fn electric_piano() -> Patch {
    let roots = [33, 45, 57, 69, 81, 93];
    let make = |bright: f32, peak: f32| {
        move |key: u8| {
            let period = Period::new(key, 0.07);
            let attack = frames(if key < 60 { 0.65 } else { 0.35 });
            let partial = (17_000.0 / hertz(f32::from(key) + REACH)).floor();
            let tine = partial.clamp(1.0, 14.0) as f64;
            let (mut slow, mut fast, mut body) = (Decay::new(0.42), Decay::new(0.07), Decay::new(0.22));
            let mut hammer = Mode::new(1450.0, 0.05 * bright, 0.012);
            let mut sample = looped(format!("EPiano {key} {bright}"), key, attack, period, |i| {
                let fade = until_loop(i, attack.max(MARGIN));
                let p = period.phase(i, 0);
                let turn = (p - p.floor()) as f32;
                let tine = (p * tine - (p * tine).floor()) as f32;
                let index = bright * (0.22 + 1.15 * slow.next() * fade) / std::f32::consts::TAU;
                let ping = bright * 0.42 * fast.next() * fade / std::f32::consts::TAU;
                let reed = sine(turn + index * sine(turn) + ping * sine(tine));
                (reed + 0.12 * sine(2.0 * turn)) * (1.0 + 0.7 * body.next() * fade) + hammer.next() * fade
            });
            sample.data = scale(sample.data, peak);
            if key < 90 { halve(sample) } else { sample }
        }
    };
    let mut all = layers(&roots, (0, 84), make(0.7, 0.62));
    all.extend(layers(&roots, (85, 127), make(1.35, 0.62)));
    let mut generators = envelope(0.001, 9.0, 100.0, 0.35);
    generators.push((generator::KEY_TO_DECAY, 18));
    Patch { name: "Electric piano", layers: all, generators }
}

/// Bars of metal or wood: vibraphone, marimba, celesta.
pub fn mallet() -> Patch {
    let make = |key: u8| {
        let pitch = hertz(f32::from(key));
        let mut modes = [
            Mode::new(pitch, 1.0, 0.42),
            Mode::new(pitch * 3.98, 0.28, 0.11),
            Mode::new(pitch * 9.8, 0.10, 0.03),
        ];
        let mut noise = Noise::new(u32::from(key));
        let (mut knock, mut colour) = (Decay::new(0.004), Filter::new(pitch * 2.5, 1.0));
        let data: Vec<f32> = (0..frames(if key < 80 { 1.1 } else { 0.7 }))
            .map(|_| {
                let hit = colour.run(noise.next()).band * knock.next() * 0.25;
                modes.iter_mut().map(Mode::next).sum::<f32>() + hit
            })
            .collect();
        let rate = super::dsp::RATE as u32;
        let name = format!("Mallet {key}");
        let sample = Sample { name, data: finish(data, 0.66), rate, looped: None, root: key };
        if key < 80 { halve(sample) } else { sample }
    };
    let generators = vec![(generator::RELEASE, timecents(4.0))];
    Patch { name: "Mallet", layers: layers(&[52, 68, 84], (0, 127), make), generators }
}

/// Drawbars 16', 8', 4', 2 2/3', 2'.
pub fn organ() -> Patch {
    let drawbars = |k: usize| match k {
        1 => 0.55,
        2 => 0.8,
        4 => 0.5,
        6 => 0.28,
        8 => 0.2,
        _ => 0.0,
    };
    let make = |key: u8| {
        // The table's first partial is the 16' stop, an octave below the key.
        let table = Table::new(key - 12, REACH, drawbars);
        let mut sample = unison(format!("Organ {key}"), key - 12, 0.25, &table, &[0, 0, 1]);
        sample.root = key;
        sample.data = scale(sample.data, 0.42);
        halve(sample)
    };
    let mut generators = envelope(0.004, 0.1, 0.0, 0.06);
    generators.extend(vibrato(7, 6.2, 0.25));
    Patch { name: "Organ", layers: layers(&[36, 48, 60, 72, 84], (0, 127), make), generators }
}

/// A plucked string's character.
#[derive(Debug, Clone, Copy)]
struct Pluck {
    /// Where it is plucked, as a share of its length.
    place: f32,
    /// Level of the upper partials.
    bright: f32,
    /// Time for the middle and upper partials to fall to 1/e, seconds.
    fall: (f32, f32),
    /// Level of the finger's noise.
    finger: f32,
    /// Loudest sample.
    peak: f32,
}

/// Three bands of one string's partials that die at their own speeds, then a loop of what stays.
fn pluck(name: &str, key: u8, seconds: f32, string: Pluck) -> Sample {
    let level = |k: usize| (std::f32::consts::PI * k as f32 * string.place).sin() / k as f32;
    let band = |low: usize, high: usize| {
        Table::new(key, REACH, move |k| if (low..high).contains(&k) { level(k) } else { 0.0 })
    };
    let (dark, middle, bright) = (band(1, 4), band(4, 10), band(10, 64));
    let period = Period::new(key, 0.1);
    let attack = frames(seconds);
    let (mut slow, mut fast, mut finger) =
        (Decay::new(string.fall.0), Decay::new(string.fall.1), Decay::new(0.006));
    let mut noise = Noise::new(u32::from(key) + 7);
    let mut colour = Filter::new(1400.0, 0.8);
    let mut sample = looped(format!("{name} {key}"), key, attack, period, |i| {
        let fade = until_loop(i, attack);
        let p = period.phase(i, 0);
        let hit = colour.run(noise.next()).band * finger.next() * string.finger * fade;
        let upper = string.bright * fast.next() * fade * bright.at(p);
        dark.at(p)
            + (0.12 + 0.88 * slow.next() * fade) * middle.at(p) * (0.6 + 0.4 * string.bright)
            + upper
            + hit
    });
    sample.data = scale(sample.data, string.peak);
    if key < 70 { halve(sample) } else { sample }
}

/// Guitars and their kin.
pub fn guitar() -> Patch {
    let string = Pluck { place: 0.19, bright: 1.0, fall: (0.5, 0.16), finger: 0.25, peak: 0.6 };
    let mut generators = envelope(0.001, 6.5, 100.0, 0.25);
    generators.push((generator::KEY_TO_DECAY, 15));
    let layers = layers(&[40, 52, 64, 76], (0, 127), |key| pluck("Guitar", key, 0.45, string));
    Patch { name: "Guitar", layers, generators }
}

/// Finger bass, and a harder layer that growls.
pub fn bass() -> Patch {
    let soft = Pluck { place: 0.28, bright: 0.45, fall: (0.3, 0.06), finger: 0.3, peak: 0.85 };
    let hard = Pluck { place: 0.17, bright: 1.2, fall: (0.45, 0.11), finger: 0.55, peak: 0.85 };
    let roots = [28, 36, 44, 54];
    let mut all = layers(&roots, (0, 92), |key| pluck("Bass", key, 0.42, soft));
    all.extend(layers(&roots, (93, 127), |key| pluck("Hard bass", key, 0.42, hard)));
    Patch { name: "Bass", layers: all, generators: envelope(0.001, 9.0, 100.0, 0.12) }
}

/// A low-pass that the modulation envelope opens by `cents` and lets fall in `decay` seconds.
fn sweep(hertz: f32, q: f32, cents: i16, attack: f32, decay: f32, sustain: f32) -> [(u16, i16); 6] {
    [
        (generator::FILTER_CUTOFF, absolute_cents(hertz)),
        (generator::FILTER_Q, (q * 10.0) as i16),
        (generator::ENVELOPE_TO_CUTOFF, cents),
        (generator::MOD_ATTACK, timecents(attack)),
        (generator::MOD_DECAY, timecents(decay)),
        (generator::MOD_SUSTAIN, ((1.0 - sustain) * 1000.0) as i16),
    ]
}

fn saw(k: usize) -> f32 {
    1.0 / k as f32
}

/// A pulse of the given width.
fn pulse(width: f32) -> impl Fn(usize) -> f32 {
    move |k| (std::f32::consts::PI * k as f32 * width).sin() / k as f32
}

/// A patch of looped unison waves, one sample an octave.
fn waves(
    name: &'static str,
    roots: &[u8],
    seconds: f32,
    apart: &[i32],
    peak: f32,
    partial: impl Fn(usize) -> f32,
    generators: Vec<(u16, i16)>,
) -> Patch {
    // What a filter keeps dark needs no more than half the rate; so do low keys, whose partials run out.
    let cutoff = generators.iter().find(|(number, _)| *number == generator::FILTER_CUTOFF);
    let dark = cutoff.is_some_and(|(_, cents)| *cents < absolute_cents(2700.0));
    let make = |key: u8| {
        let table = Table::new(key, REACH, &partial);
        let mut sample = unison(format!("{name} {key}"), key, seconds, &table, apart);
        sample.data = scale(sample.data, peak);
        if dark || key < 66 { halve(sample) } else { sample }
    };
    Patch { name, layers: layers(roots, (0, 127), make), generators }
}

/// A sawtooth bass whose filter closes after the attack.
pub fn synth_bass() -> Patch {
    let mut generators = envelope(0.002, 8.0, 12.0, 0.08);
    generators.extend(sweep(260.0, 6.0, 4200, 0.001, 0.32, 0.12));
    generators.push((generator::MOD_RELEASE, timecents(0.3)));
    waves("Synth bass", &[24, 36, 48, 60], 0.4, &[0, 0], 0.72, saw, generators)
}

/// Bowed ensembles and pads: five sawtooths in a slow beat.
pub fn strings() -> Patch {
    let mut generators = envelope(0.11, 1.0, 0.0, 0.4);
    generators.extend(sweep(2600.0, 0.0, 700, 0.3, 1.0, 0.7));
    generators.extend(vibrato(5, 5.1, 0.4));
    waves("Strings", &[36, 48, 60, 72, 84], 0.55, &[0, 1, -1, 2, -2], 0.46, saw, generators)
}

/// A lead of three sawtooths.
pub fn saw_lead() -> Patch {
    let mut generators = envelope(0.003, 0.4, 4.0, 0.14);
    generators.extend(sweep(3400.0, 3.0, 2400, 0.001, 0.4, 0.35));
    generators.extend(vibrato(9, 5.6, 0.35));
    waves("Saw lead", &[40, 52, 64, 76, 88], 0.34, &[0, 1, -1], 0.48, saw, generators)
}

/// A hollow lead: a square wave, and a pulse a little beside it.
pub fn square_lead() -> Patch {
    let mut generators = envelope(0.004, 0.4, 3.0, 0.12);
    generators.extend(sweep(4200.0, 1.0, 1200, 0.001, 0.5, 0.4));
    generators.extend(vibrato(8, 5.4, 0.3));
    waves("Square lead", &[40, 52, 64, 76, 88], 0.3, &[0, 1, -1], 0.44, pulse(0.47), generators)
}

/// Brass: the tone opens as the breath builds.
pub fn brass() -> Patch {
    let mut generators = envelope(0.035, 0.6, 3.0, 0.12);
    generators.extend(sweep(900.0, 1.5, 2900, 0.07, 0.7, 0.62));
    generators.extend(vibrato(6, 5.2, 0.4));
    waves("Brass", &[36, 48, 60, 72, 84], 0.5, &[0, 1, -1], 0.5, saw, generators)
}

/// Pipes: a few partials and the breath across the hole.
pub fn flute() -> Patch {
    let make = |key: u8| {
        let table = Table::new(key, REACH, |k| [0.0, 1.0, 0.22, 0.11, 0.03].get(k).copied().unwrap_or(0.0));
        let period = Period::new(key, 0.36);
        let mut noise = Noise::new(u32::from(key) + 90);
        let mut colour = Filter::new(hertz(f32::from(key)) * 2.0, 2.5);
        // The breath repeats with the loop: one turn of noise, cross-faded into itself.
        let raw: Vec<f32> = (0..period.length * 2).map(|_| colour.run(noise.next()).band * 0.11).collect();
        let breath = |i: usize| {
            let i = i % period.length;
            let share = i as f32 / period.length as f32;
            raw[period.length + i] * (1.0 - share).sqrt() + raw[i] * share.sqrt()
        };
        let mut sample =
            looped(format!("Flute {key}"), key, MARGIN, period, |i| table.at(period.phase(i, 0)) + breath(i));
        sample.data = scale(sample.data, 0.5);
        halve(sample)
    };
    let mut generators = envelope(0.045, 0.5, 0.0, 0.12);
    generators.extend(vibrato(7, 5.0, 0.35));
    generators.push((generator::LFO_TO_VOLUME, 8));
    generators.push((generator::LFO_SPEED, absolute_cents(5.0)));
    Patch { name: "Flute", layers: layers(&[48, 60, 72, 84], (0, 127), make), generators }
}
