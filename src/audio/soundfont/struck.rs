//! Small percussion: a handful of modes and a burst or two of coloured noise.

use super::dsp::{Decay, Filter, Mode, Noise, RATE, finish, frames, saturate, sine};

/// Something hit, shaken or scraped once.
#[derive(Debug, Clone, Copy)]
pub struct Struck {
    /// Length, seconds.
    pub seconds: f32,
    /// Modes: hertz, level, seconds to 1/e.
    pub modes: &'static [(f32, f32, f32)],
    /// Noise: level, centre in hertz, quality, seconds to 1/e.
    pub noise: (f32, f32, f32, f32),
    /// Moments at which it is hit (with the noise only), seconds, and how loud.
    pub hits: &'static [(f32, f32)],
    /// Time for each noise burst to rise, seconds.
    pub rise: f32,
}

impl Struck {
    /// The sound, its loudest sample at `peak`.
    pub fn render(&self, seed: u32, peak: f32) -> Vec<f32> {
        let mut noise = Noise::new(seed);
        let mut modes: Vec<Mode> = self.modes.iter().map(|&(f, level, t)| Mode::new(f, level, t)).collect();
        let (level, centre, q, decay) = self.noise;
        let mut colour = Filter::new(centre, q);
        let mut thin = Filter::new(centre * 0.5, 0.707);
        let data = (0..frames(self.seconds)).map(|i| {
            let t = i as f32 / RATE;
            let burst: f32 = self
                .hits
                .iter()
                // A burst that has died away costs nothing more.
                .filter(|(at, _)| t >= *at && t - at < 12.0 * decay)
                .map(|&(at, loud)| {
                    let age = t - at;
                    loud * (-age / decay).exp() * (age / self.rise.max(1e-4)).min(1.0)
                })
                .sum();
            let hiss = thin.run(colour.run(noise.next()).band).high * burst * level;
            modes.iter_mut().map(Mode::next).sum::<f32>() + hiss
        });
        finish(data.collect(), peak)
    }
}

/// A tone that glides: whistles, cuicas, zaps. From `from` to `to` hertz, `warble` hertz of trill.
pub fn glide(seconds: f32, from: f32, to: f32, settle: f32, warble: f32, breath: f32, peak: f32) -> Vec<f32> {
    let mut noise = Noise::new(71);
    let (mut move_, mut phase) = (Decay::new(settle), 0.0);
    let mut colour = Filter::new(to, 4.0);
    let total = frames(seconds);
    let data = (0..total).map(|i| {
        let t = i as f32 / RATE;
        let hertz = to + (from - to) * move_.next();
        let trill = if warble > 0.0 { 1.0 + 0.05 * sine(t * warble) } else { 1.0 };
        phase += hertz * trill / RATE;
        let air = colour.run(noise.next()).band * breath;
        let rise = (t / 0.004).min(1.0);
        let fall = ((total - i) as f32 / (0.3 * total as f32)).min(1.0);
        saturate(sine(phase) + 0.3 * sine(2.0 * phase) + air) * rise * fall
    });
    finish(data.collect(), peak)
}

/// Two bells of sheet metal struck as one: odd partials through a narrow band.
pub fn cowbell(low: f32, high: f32, decay: f32, peak: f32) -> Vec<f32> {
    let mut phases = [0.0_f32; 2];
    let mut band = Filter::new(2650.0, 1.3);
    let (mut clank, mut ring) = (Decay::new(0.012), Decay::new(decay));
    let data = (0..frames(decay * 4.0)).map(|i| {
        let mut sum = 0.0;
        for (phase, hertz) in phases.iter_mut().zip([low, high]) {
            *phase += hertz / RATE;
            // A square wave's odd partials, as far as they carry.
            sum += (0..6).map(|k| sine(*phase * (2 * k + 1) as f32) / (2 * k + 1) as f32).sum::<f32>();
        }
        let onset = (i as f32 / 16.0).min(1.0);
        let body = 0.35 * sum + band.run(sum).band;
        saturate(body * (0.8 * clank.next() + 0.6 * ring.next())) * onset
    });
    finish(data.collect(), peak)
}
