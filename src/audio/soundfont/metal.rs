//! Sounds of bronze: hi-hats and cymbals.

use super::dsp::{Decay, Filter, Mode, Noise, RATE, finish, frames, saturate, sine};

/// Six frequencies without a common measure: their ring modulation is dense enough to pass for bronze.
const PLATES: [f32; 6] = [3187.0, 4211.0, 5393.0, 6691.0, 8123.0, 9871.0];

/// A pair of hi-hats.
#[derive(Debug, Clone, Copy)]
pub struct HiHat {
    /// Length, seconds.
    pub seconds: f32,
    /// Time for the ring to fall to 1/e, seconds.
    pub decay: f32,
    /// Edge of the high-pass, hertz: lower is darker.
    pub edge: f32,
    /// Level of the strike against the ring.
    pub strike: f32,
    /// Time for the sound to open, seconds; 0 for a stick, a few milliseconds for the foot.
    pub open: f32,
}

impl HiHat {
    /// The sound, its loudest sample at `peak`.
    pub fn render(&self, seed: u32, peak: f32) -> Vec<f32> {
        let mut noise = Noise::new(seed);
        let (mut ring, mut strike) = (Decay::new(self.decay), Decay::new(0.004));
        let (mut edge, mut top) = (Filter::new(self.edge, 0.8), Filter::new(self.edge * 0.7, 0.707));
        let mut air = Filter::new(9500.0, 0.9);
        let mut phases = [0.0_f32, 0.21, 0.43, 0.58, 0.77, 0.91];
        let data = (0..frames(self.seconds)).map(|i| {
            for (phase, hertz) in phases.iter_mut().zip(PLATES) {
                *phase = (*phase + hertz / RATE).fract();
            }
            // Neighbouring plates rub: products of sines bring the sums and differences.
            let s = phases.map(sine);
            let metal = s[0] * s[3] + s[1] * s[4] + s[2] * s[5] + 0.4 * (s[4] + s[5]);
            let white = noise.next();
            let raw = 0.5 * metal + 0.75 * white + 0.3 * air.run(white).band;
            let bright = top.run(edge.run(raw).high).high;
            let opened = if self.open > 0.0 { (i as f32 / (self.open * RATE)).min(1.0) } else { 1.0 };
            bright * opened * (ring.next() + self.strike * strike.next())
        });
        finish(data.collect(), peak)
    }
}

/// A cymbal: dozens of modes whose highest die first, a wash of noise that darkens, the stick.
#[derive(Debug, Clone, Copy)]
pub struct Cymbal {
    /// Length, seconds.
    pub seconds: f32,
    /// Number of modes.
    pub modes: usize,
    /// Lowest and highest mode, hertz.
    pub range: (f32, f32),
    /// Time for the lowest modes to fall to 1/e, seconds.
    pub decay: f32,
    /// Level of the wash.
    pub wash: f32,
    /// Time for the wash to fall to 1/e, seconds.
    pub wash_decay: f32,
    /// Time for the wash to swell, seconds.
    pub swell: f32,
    /// Level of the stick's ping.
    pub ping: f32,
    /// Frequencies of the ping, hertz.
    pub ping_hertz: [f32; 4],
    /// Time for the ping to fall to 1/e, seconds.
    pub ping_decay: f32,
    /// Saturation: 1 is clean; more is trash.
    pub drive: f32,
}

impl Cymbal {
    /// The sound, its loudest sample at `peak`.
    pub fn render(&self, seed: u32, peak: f32) -> Vec<f32> {
        let mut noise = Noise::new(seed);
        let (low, high) = self.range;
        let mut modes: Vec<Mode> = (0..self.modes)
            .map(|i| {
                // Spread evenly by ear, each a little off, so that no chord is heard.
                let share = (i as f32 + noise.between(0.1, 0.9)) / self.modes as f32;
                let hertz = low * (high / low).powf(share);
                let decay = self.decay * (low / hertz).powf(0.45) * noise.between(0.6, 1.4);
                Mode::new(hertz, noise.between(0.4, 1.0) * (0.6 + 0.6 * share), decay)
            })
            .collect();
        let mut ping: [Mode; 4] = self
            .ping_hertz
            .map(|hertz| Mode::new(hertz, self.ping, self.ping_decay * (900.0 / hertz).sqrt()));
        let (mut wash, mut stick) = (Decay::new(self.wash_decay), Decay::new(0.003));
        let (mut floor, mut roof) = (Filter::new(low.max(350.0), 0.707), Filter::new(14_000.0, 0.707));
        let norm = 1.0 / (self.modes as f32).sqrt();
        let data = (0..frames(self.seconds)).map(|i| {
            if i % 64 == 0 {
                let t = i as f32 / RATE;
                roof.tune(5200.0 + 10_000.0 * (-t / (0.6 * self.wash_decay)).exp());
            }
            let swell = (i as f32 / (self.swell * RATE).max(1.0)).min(1.0);
            let white = noise.next();
            let hiss = roof.run(floor.run(white).high).low;
            let ring: f32 = modes.iter_mut().map(Mode::next).sum::<f32>() * norm;
            let struck: f32 = ping.iter_mut().map(Mode::next).sum();
            let wash = hiss * self.wash * wash.next() * swell;
            saturate((ring + struck + wash + hiss * 0.5 * stick.next()) * self.drive)
        });
        finish(data.collect(), peak)
    }
}
