//! The General MIDI drum kit: which sound every key plays.
//!
//! The nine classes of the models (spec section 12) each own a sound that is told from the others by ear; the
//! other keys of the 61 have a sound of their own where it matters, else a neighbour's at another tuning.

use super::dsp::RATE;
use super::metal::{Cymbal, HiHat};
use super::sf2::{Instrument, Sample, Zone, generator, timecents};
use super::skins::{Skin, Snare, clap, kick};
use super::struck::{Struck, cowbell, glide};
use super::wave::halve;

/// One key of the kit.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// MIDI key.
    pub key: u8,
    /// What plays.
    pub sound: Sound,
    /// Tuning in semitones.
    pub tune: f32,
    /// Stereo place, -50 left to 50 right, as the drummer's audience sees the kit.
    pub pan: i16,
    /// Keys of one class above 0 cut each other off.
    pub class: i16,
    /// Seconds to fade to nothing (-100 dB), where shorter than the sample.
    pub fade: Option<f32>,
}

macro_rules! sounds {
    ($($name:ident),* $(,)?) => {
        /// The recorded sounds of the kit.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum Sound { $($name),* }
        /// Every sound, in the order of the samples in the file.
        pub const SOUNDS: &[Sound] = &[$(Sound::$name),*];
    };
}

sounds!(
    Kick,
    DeepKick,
    Snare,
    ElectricSnare,
    SideStick,
    Clap,
    ClosedHat,
    PedalHat,
    OpenHat,
    LowTom,
    MidTom,
    HighTom,
    Crash,
    China,
    Ride,
    RideBell,
    Cowbell,
    Tambourine,
    Vibraslap,
    Bongo,
    MuteConga,
    OpenConga,
    Timbale,
    Agogo,
    Shaker,
    Maracas,
    Whistle,
    Guiro,
    Claves,
    WoodBlock,
    Cuica,
    Triangle,
    JingleBell,
    BellTree,
    Castanets,
    Zap,
    Slap,
    Scratch,
    Sticks,
    Click,
    Surdo,
);

/// The keys, 22 (Roland's closed edge) to 87.
pub const KEYS: &[Key] = &[
    on(22, Sound::ClosedHat, 1.5, 15, 1),
    on(26, Sound::OpenHat, 1.0, 15, 1),
    at(27, Sound::Zap, 0.0, 10),
    at(28, Sound::Slap, 0.0, -10),
    on(29, Sound::Scratch, 0.0, 10, 7),
    on(30, Sound::Scratch, 4.0, 10, 7),
    at(31, Sound::Sticks, 0.0, 0),
    at(32, Sound::Click, -5.0, 0),
    at(33, Sound::Click, 0.0, 0),
    at(34, Sound::Triangle, -7.0, 0),
    at(35, Sound::DeepKick, 0.0, 0),
    at(36, Sound::Kick, 0.0, 0),
    at(37, Sound::SideStick, 0.0, -4),
    at(38, Sound::Snare, 0.0, -4),
    at(39, Sound::Clap, 0.0, 6),
    at(40, Sound::ElectricSnare, 0.0, -4),
    at(41, Sound::LowTom, -5.0, 22),
    on(42, Sound::ClosedHat, 0.0, 15, 1),
    at(43, Sound::LowTom, -2.5, 18),
    on(44, Sound::PedalHat, 0.0, 15, 1),
    at(45, Sound::LowTom, 0.0, 12),
    on(46, Sound::OpenHat, 0.0, 15, 1),
    at(47, Sound::MidTom, -2.0, 2),
    at(48, Sound::MidTom, 0.0, -6),
    at(49, Sound::Crash, 0.0, -18),
    at(50, Sound::HighTom, 0.0, -14),
    at(51, Sound::Ride, 0.0, 24),
    at(52, Sound::China, 0.0, -26),
    at(53, Sound::RideBell, 0.0, 24),
    at(54, Sound::Tambourine, 0.0, -12),
    fading(55, Sound::Crash, 5.0, -22, 2.2),
    at(56, Sound::Cowbell, 0.0, 14),
    at(57, Sound::Crash, -2.0, 20),
    at(58, Sound::Vibraslap, 0.0, -20),
    at(59, Sound::Ride, 2.5, 28),
    at(60, Sound::Bongo, 0.0, -20),
    at(61, Sound::Bongo, -5.0, -14),
    at(62, Sound::MuteConga, 0.0, 16),
    at(63, Sound::OpenConga, 0.0, 18),
    at(64, Sound::OpenConga, -4.0, 24),
    at(65, Sound::Timbale, 0.0, -18),
    at(66, Sound::Timbale, -5.0, -12),
    at(67, Sound::Agogo, 0.0, 20),
    at(68, Sound::Agogo, -5.0, 20),
    at(69, Sound::Shaker, -2.0, -24),
    at(70, Sound::Maracas, 0.0, 24),
    on(71, Sound::Whistle, 0.0, 0, 2),
    on(72, Sound::Whistle, -1.0, 0, 2),
    on(73, Sound::Guiro, 5.0, -16, 3),
    on(74, Sound::Guiro, 0.0, -16, 3),
    at(75, Sound::Claves, 0.0, 12),
    at(76, Sound::WoodBlock, 0.0, -8),
    at(77, Sound::WoodBlock, -5.0, 8),
    on(78, Sound::Cuica, 3.0, 14, 4),
    on(79, Sound::Cuica, 0.0, 14, 4),
    Key { fade: Some(0.25), ..on(80, Sound::Triangle, 0.0, -14, 5) },
    on(81, Sound::Triangle, 0.0, -14, 5),
    at(82, Sound::Shaker, 0.0, -22),
    at(83, Sound::JingleBell, 0.0, 10),
    at(84, Sound::BellTree, 0.0, -10),
    at(85, Sound::Castanets, 0.0, 16),
    Key { fade: Some(0.35), ..on(86, Sound::Surdo, 1.0, 8, 6) },
    on(87, Sound::Surdo, 0.0, 8, 6),
];

const fn at(key: u8, sound: Sound, tune: f32, pan: i16) -> Key {
    Key { key, sound, tune, pan, class: 0, fade: None }
}

const fn on(key: u8, sound: Sound, tune: f32, pan: i16, class: i16) -> Key {
    Key { key, sound, tune, pan, class, fade: None }
}

const fn fading(key: u8, sound: Sound, tune: f32, pan: i16, fade: f32) -> Key {
    Key { key, sound, tune, pan, class: 0, fade: Some(fade) }
}

const SKIN: Skin = Skin {
    seconds: 0.8,
    hertz: 100.0,
    bend: 0.55,
    settle: 0.045,
    decay: 0.2,
    overtones: 0.4,
    beater: 0.5,
    beater_hertz: 1800.0,
    beater_decay: 0.007,
    drive: 1.1,
};

const CYMBAL: Cymbal = Cymbal {
    seconds: 1.5,
    modes: 44,
    range: (420.0, 11_500.0),
    decay: 0.75,
    wash: 1.5,
    wash_decay: 0.42,
    swell: 0.004,
    ping: 0.0,
    ping_hertz: [900.0, 1500.0, 2300.0, 3100.0],
    ping_decay: 0.3,
    drive: 1.0,
};

const STRUCK: Struck =
    Struck { seconds: 0.3, modes: &[], noise: (0.0, 4000.0, 1.0, 0.02), hits: &[(0.0, 1.0)], rise: 0.0 };

impl Sound {
    /// Synthesises the sound. Peaks are chosen so that the kit is balanced at one velocity.
    pub fn render(self) -> Vec<f32> {
        match self {
            Self::Kick => kick(49.0, 0.55, 0.15, 0.98),
            Self::DeepKick => kick(42.0, 0.25, 0.20, 0.95),
            Self::Snare => Snare { hertz: 186.0, shell: 0.75, wires: 0.085, colour: 4300.0 }.render(38, 0.85),
            Self::ElectricSnare => {
                Snare { hertz: 228.0, shell: 0.9, wires: 0.055, colour: 6200.0 }.render(40, 0.82)
            }
            Self::SideStick => Struck {
                seconds: 0.14,
                modes: &[(480.0, 0.5, 0.016), (1720.0, 0.9, 0.013), (2650.0, 0.5, 0.009)],
                noise: (0.6, 3600.0, 0.9, 0.003),
                ..STRUCK
            }
            .render(37, 0.62),
            Self::Clap => clap(0.78),
            Self::ClosedHat => {
                HiHat { seconds: 0.2, decay: 0.03, edge: 7200.0, strike: 0.8, open: 0.0 }.render(42, 0.50)
            }
            Self::PedalHat => {
                HiHat { seconds: 0.16, decay: 0.022, edge: 4600.0, strike: 0.2, open: 0.004 }.render(44, 0.40)
            }
            Self::OpenHat => {
                HiHat { seconds: 0.85, decay: 0.26, edge: 6200.0, strike: 0.5, open: 0.0 }.render(46, 0.46)
            }
            Self::LowTom => Skin { seconds: 0.95, hertz: 92.0, decay: 0.24, ..SKIN }.render(45, 0.85),
            Self::MidTom => Skin { hertz: 142.0, decay: 0.19, beater_hertz: 2300.0, ..SKIN }.render(48, 0.80),
            Self::HighTom => Skin { seconds: 0.65, hertz: 212.0, decay: 0.15, beater_hertz: 2900.0, ..SKIN }
                .render(50, 0.76),
            Self::Crash => CYMBAL.render(49, 0.62),
            Self::China => Cymbal {
                seconds: 0.95,
                range: (300.0, 8500.0),
                decay: 0.45,
                wash_decay: 0.28,
                swell: 0.012,
                drive: 2.6,
                ..CYMBAL
            }
            .render(52, 0.55),
            Self::Ride => Cymbal {
                seconds: 1.25,
                modes: 36,
                range: (520.0, 10_000.0),
                decay: 0.6,
                wash: 0.16,
                wash_decay: 0.5,
                swell: 0.02,
                ping: 0.34,
                ping_hertz: [587.0, 2917.0, 4423.0, 6011.0],
                ping_decay: 0.34,
                ..CYMBAL
            }
            .render(51, 0.50),
            Self::RideBell => Cymbal {
                seconds: 0.95,
                modes: 24,
                range: (900.0, 9500.0),
                decay: 0.4,
                wash: 0.08,
                wash_decay: 0.3,
                swell: 0.01,
                ping: 0.8,
                ping_hertz: [836.0, 1297.0, 2189.0, 3391.0],
                ping_decay: 0.42,
                ..CYMBAL
            }
            .render(53, 0.52),
            Self::Cowbell => cowbell(562.0, 845.0, 0.09, 0.55),
            Self::Tambourine => Struck {
                seconds: 0.32,
                modes: &[(5230.0, 0.2, 0.06), (7410.0, 0.22, 0.05), (9870.0, 0.2, 0.04)],
                noise: (1.1, 8200.0, 0.9, 0.035),
                hits: &[(0.0, 1.0), (0.022, 0.5), (0.047, 0.3)],
                rise: 0.002,
            }
            .render(54, 0.42),
            Self::Vibraslap => Struck {
                seconds: 0.7,
                noise: (1.0, 2700.0, 4.0, 0.008),
                hits: &[
                    (0.0, 1.0),
                    (0.024, 0.5),
                    (0.049, 0.8),
                    (0.075, 0.75),
                    (0.102, 0.7),
                    (0.13, 0.62),
                    (0.16, 0.55),
                    (0.192, 0.48),
                    (0.226, 0.42),
                    (0.262, 0.35),
                    (0.3, 0.3),
                    (0.34, 0.25),
                    (0.382, 0.2),
                    (0.43, 0.16),
                    (0.48, 0.12),
                    (0.535, 0.09),
                    (0.6, 0.06),
                ],
                ..STRUCK
            }
            .render(58, 0.5),
            Self::Bongo => Skin {
                seconds: 0.32,
                hertz: 385.0,
                bend: 0.16,
                settle: 0.012,
                decay: 0.06,
                beater: 0.45,
                beater_hertz: 3000.0,
                ..SKIN
            }
            .render(60, 0.62),
            Self::MuteConga => Skin {
                seconds: 0.22,
                hertz: 262.0,
                bend: 0.1,
                settle: 0.01,
                decay: 0.035,
                beater: 0.8,
                beater_hertz: 1500.0,
                ..SKIN
            }
            .render(62, 0.62),
            Self::OpenConga => Skin {
                seconds: 0.5,
                hertz: 226.0,
                bend: 0.1,
                settle: 0.014,
                decay: 0.13,
                beater: 0.35,
                beater_hertz: 1700.0,
                ..SKIN
            }
            .render(63, 0.66),
            Self::Timbale => Skin {
                seconds: 0.5,
                hertz: 298.0,
                bend: 0.12,
                settle: 0.01,
                decay: 0.1,
                overtones: 0.9,
                beater: 0.7,
                beater_hertz: 4200.0,
                ..SKIN
            }
            .render(65, 0.68),
            Self::Agogo => Struck {
                seconds: 0.4,
                modes: &[(911.0, 0.7, 0.12), (2283.0, 0.6, 0.1), (3757.0, 0.35, 0.06), (5411.0, 0.2, 0.04)],
                noise: (0.3, 5000.0, 0.8, 0.002),
                ..STRUCK
            }
            .render(67, 0.48),
            Self::Shaker => Struck { seconds: 0.16, noise: (1.0, 6400.0, 0.8, 0.028), rise: 0.018, ..STRUCK }
                .render(82, 0.40),
            Self::Maracas => Struck { seconds: 0.1, noise: (1.0, 7600.0, 0.9, 0.014), rise: 0.006, ..STRUCK }
                .render(70, 0.40),
            Self::Whistle => glide(0.45, 2250.0, 2480.0, 0.02, 28.0, 0.35, 0.36),
            Self::Guiro => Struck {
                seconds: 0.42,
                noise: (1.0, 3900.0, 1.6, 0.005),
                hits: &[
                    (0.0, 0.5),
                    (0.02, 0.55),
                    (0.039, 0.6),
                    (0.057, 0.65),
                    (0.074, 0.7),
                    (0.09, 0.75),
                    (0.105, 0.8),
                    (0.12, 0.85),
                    (0.134, 0.9),
                    (0.148, 0.95),
                    (0.162, 1.0),
                    (0.176, 1.0),
                    (0.19, 0.9),
                    (0.204, 0.75),
                    (0.218, 0.55),
                    (0.232, 0.4),
                ],
                rise: 0.001,
                ..STRUCK
            }
            .render(74, 0.5),
            Self::Claves => Struck {
                seconds: 0.16,
                modes: &[(2485.0, 1.0, 0.028), (5130.0, 0.2, 0.01)],
                noise: (0.2, 5000.0, 0.8, 0.0015),
                ..STRUCK
            }
            .render(75, 0.52),
            Self::WoodBlock => Struck {
                seconds: 0.2,
                modes: &[(1013.0, 1.0, 0.03), (1511.0, 0.5, 0.022), (2677.0, 0.25, 0.012)],
                noise: (0.35, 2600.0, 0.8, 0.002),
                ..STRUCK
            }
            .render(76, 0.56),
            Self::Cuica => glide(0.34, 460.0, 690.0, 0.09, 0.0, 0.25, 0.45),
            Self::Triangle => Struck {
                seconds: 0.9,
                modes: &[(3947.0, 0.5, 0.4), (5333.0, 0.6, 0.5), (8279.0, 0.4, 0.3), (11_483.0, 0.25, 0.2)],
                noise: (0.25, 9000.0, 0.8, 0.002),
                ..STRUCK
            }
            .render(81, 0.32),
            Self::JingleBell => Struck {
                seconds: 0.35,
                modes: &[(4729.0, 0.3, 0.1), (6143.0, 0.35, 0.09), (7919.0, 0.3, 0.08), (9973.0, 0.2, 0.06)],
                noise: (0.7, 8000.0, 1.2, 0.03),
                hits: &[(0.0, 1.0), (0.06, 0.7), (0.13, 0.4)],
                rise: 0.003,
            }
            .render(83, 0.38),
            Self::BellTree => Struck {
                seconds: 0.85,
                modes: &[
                    (3121.0, 0.3, 0.35),
                    (3697.0, 0.3, 0.33),
                    (4409.0, 0.3, 0.3),
                    (5233.0, 0.28, 0.28),
                    (6211.0, 0.25, 0.25),
                    (7393.0, 0.22, 0.22),
                    (8747.0, 0.2, 0.2),
                ],
                noise: (0.3, 9000.0, 0.8, 0.004),
                hits: &[(0.0, 1.0), (0.03, 0.6), (0.06, 0.5), (0.09, 0.4)],
                ..STRUCK
            }
            .render(84, 0.32),
            Self::Castanets => Struck {
                seconds: 0.15,
                modes: &[(1873.0, 0.7, 0.014), (3229.0, 0.5, 0.01)],
                noise: (0.6, 3800.0, 0.9, 0.003),
                hits: &[(0.0, 1.0), (0.028, 0.7)],
                ..STRUCK
            }
            .render(85, 0.5),
            Self::Zap => glide(0.12, 5200.0, 700.0, 0.018, 0.0, 0.0, 0.5),
            Self::Slap => Struck {
                seconds: 0.16,
                modes: &[(310.0, 0.4, 0.02)],
                noise: (1.0, 2300.0, 0.7, 0.012),
                ..STRUCK
            }
            .render(28, 0.6),
            Self::Scratch => glide(0.14, 420.0, 1900.0, 0.06, 90.0, 1.2, 0.42),
            Self::Sticks => Struck {
                seconds: 0.14,
                modes: &[(2093.0, 0.9, 0.014), (3203.0, 0.5, 0.01)],
                noise: (0.5, 5200.0, 0.9, 0.002),
                ..STRUCK
            }
            .render(31, 0.52),
            Self::Click => Struck {
                seconds: 0.06,
                modes: &[(1760.0, 1.0, 0.007)],
                noise: (0.4, 4000.0, 0.9, 0.001),
                ..STRUCK
            }
            .render(33, 0.5),
            Self::Surdo => Skin {
                hertz: 74.0,
                bend: 0.25,
                decay: 0.26,
                overtones: 0.25,
                beater: 0.3,
                beater_hertz: 700.0,
                ..SKIN
            }
            .render(87, 0.85),
        }
    }

    /// The sound as a sample of the file.
    pub fn sample(self) -> Sample {
        let sample = Sample {
            name: format!("{self:?}"),
            data: self.render(),
            rate: RATE as u32,
            looped: None,
            root: 60,
        };
        if self.is_dark() { halve(sample) } else { sample }
    }

    /// Nothing of it lies above 10 kHz.
    fn is_dark(self) -> bool {
        use Sound::*;
        matches!(
            self,
            Kick | DeepKick
                | LowTom
                | MidTom
                | HighTom
                | Surdo
                | Bongo
                | MuteConga
                | OpenConga
                | Cuica
                | Whistle
                | Claves
                | WoodBlock
                | Slap
                | Timbale
                | Clap
                | Cowbell
                | Vibraslap
                | Guiro
                | Agogo
        )
    }
}

/// The kit as an instrument whose samples are [`SOUNDS`], from index `first` on.
pub fn instrument(first: usize) -> Instrument {
    let zones = KEYS.iter().map(|key| zone(key, first)).collect();
    Instrument { name: "Standard kit".into(), zones }
}

fn zone(key: &Key, first: usize) -> Zone {
    let cents = (key.tune * 100.0).round() as i16;
    let mut generators = vec![
        (generator::PAN, key.pan * 10),
        // A drum rings on when its key is let go.
        (generator::RELEASE, timecents(60.0)),
        (generator::COARSE_TUNE, cents / 100),
        (generator::FINE_TUNE, cents % 100),
        (generator::ROOT_KEY, i16::from(key.key)),
    ];
    if let Some(seconds) = key.fade {
        generators.push((generator::DECAY, timecents(seconds)));
        generators.push((generator::SUSTAIN, 1000));
    }
    if key.class > 0 {
        generators.push((generator::EXCLUSIVE_CLASS, key.class));
    }
    Zone { keys: (key.key, key.key), velocities: (0, 127), sample: first + key.sound as usize, generators }
}
