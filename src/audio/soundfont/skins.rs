//! Sounds of a stretched skin: kick, snare, toms and hand drums.

use super::dsp::{Decay, Filter, Mode, Noise, finish, frames, saturate, sine};

/// A drum head: a tone that falls in pitch as the skin relaxes, two upper modes, and the beater's noise.
#[derive(Debug, Clone, Copy)]
pub struct Skin {
    /// Length, seconds.
    pub seconds: f32,
    /// Pitch at rest, hertz.
    pub hertz: f32,
    /// How far above it the pitch starts, as a share of it.
    pub bend: f32,
    /// Time for the pitch to settle, seconds.
    pub settle: f32,
    /// Time for the tone to fall to 1/e, seconds.
    pub decay: f32,
    /// Level of the modes at 1.59 and 2.14 times the pitch (a circular membrane's).
    pub overtones: f32,
    /// Level of the beater.
    pub beater: f32,
    /// Centre of the beater's noise, hertz.
    pub beater_hertz: f32,
    /// Time for the beater's noise to fall to 1/e, seconds.
    pub beater_decay: f32,
    /// Saturation: 1 is clean.
    pub drive: f32,
}

impl Skin {
    /// The sound, its loudest sample at `peak`.
    pub fn render(&self, seed: u32, peak: f32) -> Vec<f32> {
        let mut noise = Noise::new(seed);
        let (mut bend, mut tone) = (Decay::new(self.settle), Decay::new(self.decay));
        let mut upper = [1.59, 2.14].map(|ratio| {
            let level = self.overtones / ratio;
            Mode::new(self.hertz * ratio * (1.0 + 0.2 * self.bend), level, self.decay * 0.5)
        });
        let mut beater = Decay::new(self.beater_decay);
        let mut filter = Filter::new(self.beater_hertz, 0.9);
        let mut phase = 0.0;
        let data = (0..frames(self.seconds)).map(|i| {
            phase += self.hertz * (1.0 + self.bend * bend.next()) / super::dsp::RATE;
            // Two milliseconds of onset keep the tone from starting with a step.
            let onset = (i as f32 / 96.0).min(1.0);
            let ring: f32 = upper.iter_mut().map(Mode::next).sum();
            let body = (sine(phase) * tone.next() + ring) * onset;
            let hit = filter.run(noise.next()).band * beater.next() * self.beater;
            saturate((body + hit) * self.drive)
        });
        finish(data.collect(), peak)
    }
}

/// The bass drum: a deep skin with a fast extra drop in pitch and a click that carries on small speakers.
pub fn kick(hertz: f32, click: f32, decay: f32, peak: f32) -> Vec<f32> {
    let mut noise = Noise::new(36);
    let (mut slow, mut fast, mut snap) = (Decay::new(0.035), Decay::new(0.006), Decay::new(0.0018));
    let (mut tone, mut beater) = (Decay::new(decay), Decay::new(0.004));
    let mut filter = Filter::new(3200.0, 0.8);
    let mut phase = 0.0;
    let data = (0..frames(0.5)).map(|i| {
        let drop = 0.9 * slow.next() + 2.6 * fast.next() + 6.0 * snap.next();
        phase += hertz * (1.0 + drop) / super::dsp::RATE;
        let onset = (i as f32 / 40.0).min(1.0);
        // A short hold before the fall gives the weight.
        let body = sine(phase) * (tone.next() * 1.25).min(1.0) * onset;
        let hit = filter.run(noise.next()).band * beater.next() * click;
        saturate((body * 1.5 + hit) * 1.1)
    });
    finish(data.collect(), peak)
}

/// A snare drum's character.
#[derive(Debug, Clone, Copy)]
pub struct Snare {
    /// Pitch of the shell, hertz.
    pub hertz: f32,
    /// Level of the shell.
    pub shell: f32,
    /// Time for the wires to fall to 1/e, seconds.
    pub wires: f32,
    /// Centre of the wires' colour, hertz.
    pub colour: f32,
}

impl Snare {
    /// The sound, its loudest sample at `peak`.
    pub fn render(&self, seed: u32, peak: f32) -> Vec<f32> {
        let mut noise = Noise::new(seed);
        let (mut drop, mut tone) = (Decay::new(0.012), Decay::new(0.07));
        let (mut crack, mut wires) = (Decay::new(0.006), Decay::new(self.wires));
        let mut ring = [1.83, 2.71].map(|r| Mode::new(self.hertz * r, 0.35, 0.045));
        let (mut top, mut colour) = (Filter::new(1100.0, 0.707), Filter::new(self.colour, 1.1));
        let mut phase = 0.0;
        let data = (0..frames(0.42)).map(|i| {
            phase += self.hertz * (1.0 + 0.9 * drop.next()) / super::dsp::RATE;
            let onset = (i as f32 / 24.0).min(1.0);
            let shell = (sine(phase) * tone.next() + ring.iter_mut().map(Mode::next).sum::<f32>()) * onset;
            let white = noise.next();
            let hiss = top.run(white).high * 0.45 + colour.run(white).band * 0.7;
            let rattle = hiss * (0.75 * wires.next() + 0.9 * crack.next());
            saturate((shell * self.shell + rattle) * 1.3)
        });
        finish(data.collect(), peak)
    }
}

/// Hands that do not quite meet: three short bursts, then a longer one with the room in it.
pub fn clap(peak: f32) -> Vec<f32> {
    let mut noise = Noise::new(39);
    let (mut palm, mut air) = (Filter::new(1150.0, 1.6), Filter::new(2600.0, 1.0));
    let bursts = [0.0_f32, 0.0095, 0.0205];
    let last = 0.031_f32;
    let data = (0..frames(0.38)).map(|i| {
        let t = i as f32 / super::dsp::RATE;
        let short: f32 =
            bursts.iter().map(|&at| if t >= at { (-(t - at) / 0.0032).exp() } else { 0.0 }).sum();
        let tail = if t >= last {
            0.8 * (-(t - last) / 0.022).exp() + 0.3 * (-(t - last) / 0.075).exp()
        } else {
            0.0
        };
        let white = noise.next();
        (palm.run(white).band + 0.45 * air.run(white).band) * (short * 0.8 + tail)
    });
    finish(data.collect(), peak)
}
