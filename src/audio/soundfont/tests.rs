use std::sync::Arc;

use rustysynth::{SoundFont, Synthesizer, SynthesizerSettings};

use super::*;

const RATE: usize = 48_000;

fn font() -> Arc<SoundFont> {
    static FONT: OnceLock<Arc<SoundFont>> = OnceLock::new();
    let load = || {
        let mut bytes = bytes();
        Arc::new(SoundFont::new(&mut bytes).expect("loads"))
    };
    Arc::clone(FONT.get_or_init(load))
}

/// Mono sound of one note held for `held` seconds and heard for `seconds`, at full master volume.
fn play(channel: i32, program: i32, key: i32, velocity: i32, held: f32, seconds: f32) -> Vec<f32> {
    let mut settings = SynthesizerSettings::new(RATE as i32);
    settings.enable_reverb_and_chorus = false;
    let mut synth = Synthesizer::new(&font(), &settings).expect("settings are in range");
    synth.set_master_volume(1.0);
    synth.process_midi_message(channel, 0xC0, program, 0);
    synth.note_on(channel, key, velocity);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for part in [held, seconds - held] {
        let frames = (part * RATE as f32) as usize;
        let (mut l, mut r) = (vec![0.0; frames], vec![0.0; frames]);
        synth.render(&mut l, &mut r);
        synth.note_off(channel, key);
        left.append(&mut l);
        right.append(&mut r);
    }
    left.iter().zip(&right).map(|(l, r)| l + r).collect()
}

/// Share of the energy in each band (edges in hertz), by a bank of second-order filters.
fn bands(data: &[f32]) -> [f32; 7] {
    let edges = [80.0, 160.0, 320.0, 800.0, 2000.0, 5000.0, 10_000.0];
    let mut filters = edges.map(|hertz| dsp::Filter::new(hertz, 1.2));
    let mut energy = [0.0_f32; 7];
    for &value in data {
        for (sum, filter) in energy.iter_mut().zip(&mut filters) {
            *sum += filter.run(value).band.powi(2);
        }
    }
    let total: f32 = energy.iter().sum();
    energy.map(|e| e / total)
}

/// Seconds until the energy still to come is a tenth of all.
fn length(data: &[f32]) -> f32 {
    let total: f32 = data.iter().map(|v| v * v).sum();
    let mut left = total;
    let end = data.iter().position(|v| {
        left -= v * v;
        left < 0.1 * total
    });
    end.unwrap_or(data.len()) as f32 / RATE as f32
}

#[test]
fn the_file_is_under_three_megabytes_and_loads() {
    assert!(bytes().len() < 3_000_000, "{} bytes", bytes().len());
    assert_eq!(font().get_presets().len(), 129);
}

#[test]
fn the_same_file_is_made_every_time() {
    assert!(bank().to_bytes() == bytes());
}

#[test]
fn no_two_of_the_nine_drum_classes_sound_alike() {
    let keys = [36, 38, 42, 46, 45, 48, 50, 49, 51];
    let sounds: Vec<([f32; 7], f32)> = keys
        .iter()
        .map(|&key| {
            let data = play(9, 0, key, 100, 0.1, 2.0);
            (bands(&data), length(&data))
        })
        .collect();
    for (i, (a, long_a)) in sounds.iter().enumerate() {
        for (j, (b, long_b)) in sounds.iter().enumerate().skip(i + 1) {
            let colour: f32 = a.iter().zip(b).map(|(x, y)| (x - y).abs()).sum();
            let longer = (long_a / long_b).ln().abs();
            assert!(
                colour > 0.35 || longer > 0.9,
                "{} and {}: colour {colour:.2}, length {longer:.2}",
                keys[i],
                keys[j]
            );
        }
    }
}

#[test]
fn every_key_of_the_sixty_one_classes_sounds_and_none_clips_or_drifts() {
    let pitches = (27..=87).chain([22, 26]);
    for key in pitches {
        let data = play(9, 0, key, 127, 0.1, 1.0);
        let peak = data.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        let mean = data.iter().sum::<f32>() / data.len() as f32;
        assert!((0.05..=1.0).contains(&peak), "key {key}: peak {peak}");
        assert!(mean.abs() < 2e-3, "key {key}: mean {mean}");
    }
}

#[test]
fn no_program_is_silent_and_none_clips() {
    for program in 0..128 {
        let data = play(0, program, 60, 127, 0.6, 1.0);
        let peak = data.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        assert!((0.03..=1.0).contains(&peak), "program {program}: peak {peak}");
    }
}

#[test]
fn a_held_note_is_in_tune_on_every_pitched_program_family() {
    for program in [0, 11, 16, 24, 33, 38, 48, 80, 81, 61, 73] {
        for key in [45, 57, 64, 70] {
            let data = play(0, program, key, 80, 0.9, 1.0);
            let found = pitch(&data[RATE / 5..RATE * 3 / 5], dsp::hertz(key as f32));
            let cents = 1200.0 * (found / dsp::hertz(key as f32)).log2();
            assert!(cents.abs() < 12.0, "program {program} key {key}: {cents:.1} cents");
        }
    }
}

/// The frequency within a quarter tone of `near` at which `data` repeats best.
fn pitch(data: &[f32], near: f32) -> f32 {
    let score = |hertz: f32| {
        // Many periods, so that a cent can be told.
        let lag = (12.0 * RATE as f32 / hertz).round() as usize;
        data[lag..].iter().zip(data).map(|(a, b)| a * b).sum::<f32>()
    };
    (-50..=50)
        .map(|cents| near * (cents as f32 / 1200.0).exp2())
        .max_by(|a, b| score(*a).total_cmp(&score(*b)))
        .unwrap_or(near)
}

#[test]
fn loops_close_without_a_click() {
    for (index, sample) in bank().samples.iter().enumerate() {
        let Some((first, after)) = sample.looped else { continue };
        let data = &sample.data;
        // Around the seam the wave bends no more than it does anywhere else in the loop.
        let bend = |a: f32, b: f32, c: f32| (a - 2.0 * b + c).abs();
        let usual = data[first..after].windows(3).map(|w| bend(w[0], w[1], w[2])).fold(0.0, f32::max);
        let seam = bend(data[after - 2], data[after - 1], data[first]).max(bend(
            data[after - 1],
            data[first],
            data[first + 1],
        ));
        assert!(seam <= usual * 1.05 + 1e-4, "sample {index} {}: {seam} against {usual}", sample.name);
    }
}

#[test]
fn an_open_hat_is_cut_off_by_a_closed_one() {
    let ring = |cut: bool| {
        let mut synth = Synthesizer::new(&font(), &SynthesizerSettings::new(RATE as i32)).expect("in range");
        synth.note_on(9, 46, 100);
        let mut buffers = (vec![0.0; RATE / 10], vec![0.0; RATE / 10]);
        synth.render(&mut buffers.0, &mut buffers.1);
        if cut {
            synth.note_on(9, 42, 1);
        }
        for _ in 0..2 {
            synth.render(&mut buffers.0, &mut buffers.1);
        }
        buffers.0.iter().map(|v| v * v).sum::<f32>()
    };
    assert!(ring(true) < 0.02 * ring(false));
}
