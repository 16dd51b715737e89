//! The built-in SoundFont: made by code when first asked for, so that sound needs no file and no set-up.
//!
//! Sounds are synthesised (`skins`, `metal`, `struck` for the drums, `tones` for what has a pitch), laid out over
//! the General MIDI programs and the drum kit (`kit`), and written as a SoundFont 2.01 file (`sf2`).

mod dsp;
mod kit;
mod metal;
mod sf2;
mod skins;
mod struck;
mod tones;
mod wave;

use std::sync::OnceLock;

use rayon::prelude::*;
use sf2::{Bank, Instrument, Preset, Sample, Zone, generator, timecents};
use tones::Patch;

/// The pitched instruments; the programs below point into this list.
const PATCHES: &[fn() -> Patch] = &[
    tones::electric_piano,
    tones::mallet,
    tones::organ,
    tones::guitar,
    tones::bass,
    tones::synth_bass,
    tones::strings,
    tones::saw_lead,
    tones::square_lead,
    tones::brass,
    tones::flute,
];
const ELECTRIC_PIANO: usize = 0;
const MALLET: usize = 1;
const ORGAN: usize = 2;
const GUITAR: usize = 3;
const BASS: usize = 4;
const SYNTH_BASS: usize = 5;
const STRINGS: usize = 6;
const SAW_LEAD: usize = 7;
const SQUARE_LEAD: usize = 8;
const BRASS: usize = 9;
const FLUTE: usize = 10;
/// A tom over the whole keyboard, for the programs that are drums.
const TUNED_DRUM: usize = 11;
/// A cymbal over the whole keyboard, for the programs that are noises.
const NOISE: usize = 12;
/// The drum kit.
const KIT: usize = 13;

/// The instrument nearest to a General MIDI program, counted from 0.
fn nearest(program: u8) -> usize {
    match program {
        0..=7 => ELECTRIC_PIANO,
        8..=15 | 98 | 108 | 112..=115 => MALLET,
        16..=23 => ORGAN,
        24..=31 | 45 | 46 | 104..=107 | 120 => GUITAR,
        32..=37 | 43 => BASS,
        38 | 39 => SYNTH_BASS,
        40..=44 | 48..=54 | 85 | 88..=97 | 99..=103 | 110 => STRINGS,
        55..=63 => BRASS,
        64..=71 | 80 | 83 | 109 | 111 => SQUARE_LEAD,
        72..=79 | 82 | 121 | 123 => FLUTE,
        81 | 84 | 86 | 87 => SAW_LEAD,
        47 | 116..=118 => TUNED_DRUM,
        _ => NOISE,
    }
}

/// What sets a program apart from the others of its instrument, added to the instrument's own settings.
fn shade(program: u8) -> Vec<(u16, i16)> {
    match program {
        // Acoustic pianos, harpsichord and clavinet die sooner than the electric pianos.
        0..=3 | 6 | 7 => vec![(generator::DECAY, -700)],
        // Muted guitar, pizzicato.
        28 | 45 => vec![(generator::DECAY, -2400), (generator::RELEASE, -600)],
        // Voices and pads: slower and darker than strings.
        52..=54 | 85 | 91 | 94 => vec![(generator::ATTACK, 900), (generator::FILTER_CUTOFF, -1300)],
        88..=90 | 92 | 93 | 95 => vec![(generator::ATTACK, 1900), (generator::RELEASE, 1500)],
        96..=103 => vec![(generator::ATTACK, 2400), (generator::RELEASE, 2000)],
        // Solo strings speak faster than the section.
        40..=43 | 110 => vec![(generator::ATTACK, -1300)],
        // Clarinet and oboes are darker than a synthesiser's square wave.
        64..=71 => vec![(generator::FILTER_CUTOFF, -900), (generator::ATTACK, 3000)],
        _ => Vec::new(),
    }
}

/// The SoundFont file: 128 programs in bank 0 and the drum kit in bank 128. Made once, then kept.
pub fn bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| bank().to_bytes())
}

fn bank() -> Bank {
    // Both lists in one parallel pass: the cymbals take longest and come early.
    let (drums, patches): (Vec<Sample>, Vec<Patch>) = rayon::join(
        || kit::SOUNDS.par_iter().map(|sound| sound.sample()).collect(),
        || PATCHES.par_iter().map(|make| make()).collect(),
    );
    let mut bank = Bank { name: "mvae-tui built-in".into(), samples: drums, ..Bank::default() };
    for patch in patches {
        let mut zones = Vec::new();
        for layer in patch.layers {
            zones.push(Zone {
                keys: layer.keys,
                velocities: layer.velocities,
                sample: bank.samples.len(),
                generators: patch.generators.clone(),
            });
            bank.samples.push(layer.sample);
        }
        bank.instruments.push(Instrument { name: patch.name.into(), zones });
    }
    for (name, sound, root) in [("Tuned drum", kit::Sound::LowTom, 48), ("Noise", kit::Sound::Crash, 60)] {
        let generators = vec![(generator::ROOT_KEY, root), (generator::RELEASE, timecents(8.0))];
        let zone = Zone { keys: (0, 127), velocities: (0, 127), sample: sound as usize, generators };
        bank.instruments.push(Instrument { name: name.into(), zones: vec![zone] });
    }
    bank.instruments.push(kit::instrument(0));
    for program in 0..128 {
        let instrument = nearest(program);
        let name = bank.instruments[instrument].name.clone();
        bank.presets.push(Preset {
            name,
            bank: 0,
            program: u16::from(program),
            instrument,
            generators: shade(program),
        });
    }
    bank.presets.push(Preset {
        name: "Standard kit".into(),
        bank: 128,
        program: 0,
        instrument: KIT,
        generators: Vec::new(),
    });
    bank
}

#[cfg(test)]
mod tests;
