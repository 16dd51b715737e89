//! Every published configuration by its name (spec section 1): one table of data.

use super::error::ModelError;
use crate::codec::chords;
use serde::{Deserialize, Serialize};

/// What a model's patterns are, which is also the [`Tokens`](crate::codec::Tokens) it takes and gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One voice, 90 events (spec section 11).
    Melody,
    /// Nine drum classes (spec section 12).
    Drums,
    /// The full kit of 61 drum classes (spec section 12).
    FullDrums,
    /// Lead, bass and drums together (spec section 13).
    Trio,
    /// Nine drum classes with velocity and micro-timing (spec section 14).
    Groove,
    /// Multi-instrument performance events; no codec for it here.
    Performance,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Melody => "melody",
            Self::Drums => "drum",
            Self::FullDrums => "full-kit drum",
            Self::Trio => "trio",
            Self::Groove => "groove",
            Self::Performance => "performance",
        })
    }
}

/// How a decoder's outputs are read (spec section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// One softmax over all categories.
    Categorical,
    /// One LSTM stack, one softmax a part, parts side by side in one projection.
    MultiOut,
    /// One LSTM stack and one projection a part (hierarchical trio, spec section 5).
    Split,
    /// Bits, each conditioned on the earlier ones.
    Nade,
    /// Hits, velocities and offsets of the nine classes.
    Groove,
}

/// Probability that training feeds a decoder its own sample (spec section 7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Schedule {
    /// The same at every step; 0 is pure teacher forcing.
    Constant(f64),
    /// `1 - k / (k + exp(step / k))`.
    InverseSigmoid(f64),
}

/// One published configuration. Sizes are the published ones; a checkpoint may carry others (see
/// [`Settings`](super::Settings)).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// The published name.
    pub name: &'static str,
    /// What it makes.
    pub kind: Kind,
    /// Units of each encoder layer, per direction.
    pub encoder: &'static [usize],
    /// Segment lengths of a hierarchical encoder from the notes up (`[16, 16]`); empty: a flat one.
    pub encoder_levels: &'static [usize],
    /// Units of each decoder (and conductor) layer.
    pub decoder: &'static [usize],
    /// Segment counts of a hierarchical decoder from z down, the last one a segment's steps; empty: a flat one.
    pub decoder_levels: &'static [usize],
    /// How outputs are read.
    pub head: Head,
    /// Widths of the parts of one output row.
    pub parts: &'static [usize],
    /// Width of one encoder input row, controls apart.
    pub input_depth: usize,
    /// Width of one control row, 0 where the model takes none.
    pub control_depth: usize,
    /// Latent dimensions.
    pub z_size: usize,
    /// Steps of one pattern.
    pub steps: usize,
    /// Hidden units of a NADE head, 0 for others.
    pub nade_hidden: usize,
    /// KL bits that cost nothing.
    pub free_bits: f64,
    /// Weight of the KL cost when fully grown.
    pub max_beta: f64,
    /// Growth of that weight: `(1 - rate^step) * max_beta`.
    pub beta_rate: f64,
    /// Scheduled sampling.
    pub schedule: Schedule,
    /// Share of an LSTM's inputs kept in training.
    pub dropout_keep: f64,
    /// Training transposes by up to this many semitones either way.
    pub transpose: u8,
}

impl Config {
    /// Width of one output row: tokens as they are fed back.
    pub fn output_depth(&self) -> usize {
        self.parts.iter().sum()
    }

    /// The configuration called `name`.
    pub fn find(name: &str) -> Result<&'static Self, ModelError> {
        CATALOGUE.iter().find(|c| c.name == name).ok_or_else(|| ModelError::UnknownConfig {
            name: name.to_owned(),
            near: super::near::near(name, CATALOGUE.iter().map(|c| c.name)),
        })
    }
}

const BASE: Config = Config {
    name: "",
    kind: Kind::Melody,
    encoder: &[512],
    encoder_levels: &[],
    decoder: &[256, 256],
    decoder_levels: &[],
    head: Head::Categorical,
    parts: &[90],
    input_depth: 90,
    control_depth: 0,
    z_size: 256,
    steps: 32,
    nade_hidden: 0,
    free_bits: 0.0,
    max_beta: 0.2,
    beta_rate: 0.0,
    schedule: Schedule::Constant(0.0),
    dropout_keep: 1.0,
    transpose: 0,
};

const MELODY: Config =
    Config { beta_rate: 0.99999, schedule: Schedule::InverseSigmoid(1000.0), transpose: 5, ..BASE };

const DRUMS: Config = Config {
    kind: Kind::Drums,
    parts: &[512],
    input_depth: 10,
    free_bits: 48.0,
    schedule: Schedule::InverseSigmoid(1000.0),
    ..BASE
};

const NADE: Config = Config {
    encoder: &[1024],
    decoder: &[512, 512],
    head: Head::Nade,
    parts: &[9],
    nade_hidden: 128,
    ..DRUMS
};

const LONG: Config = Config {
    encoder: &[2048, 2048],
    decoder: &[2048, 2048, 2048],
    z_size: 512,
    steps: 256,
    free_bits: 256.0,
    ..BASE
};

const HIERDEC: Config = Config { decoder: &[1024, 1024], decoder_levels: &[16, 16], ..LONG };
const HIER: Config = Config { encoder: &[1024], encoder_levels: &[16, 16], ..HIERDEC };

const fn trio(base: Config, name: &'static str, head: Head) -> Config {
    Config { name, kind: Kind::Trio, head, parts: &[90, 90, 512], input_depth: 692, ..base }
}

const PERFORMANCE: Config = Config {
    kind: Kind::Performance,
    encoder: &[1024],
    encoder_levels: &[64, 8],
    decoder: &[512, 512, 512],
    decoder_levels: &[8, 64],
    parts: &[490],
    input_depth: 490,
    z_size: 512,
    steps: 512,
    max_beta: 1.0,
    transpose: 3,
    ..BASE
};

const GROOVE: Config = Config {
    kind: Kind::Groove,
    head: Head::Groove,
    parts: &[27],
    input_depth: 27,
    free_bits: 48.0,
    dropout_keep: 0.3,
    ..BASE
};

/// Every published configuration (spec section 1).
pub const CATALOGUE: &[Config] = &[
    Config { name: "cat-mel_2bar_small", ..MELODY },
    Config {
        name: "cat-mel_2bar_big",
        encoder: &[2048],
        decoder: &[2048, 2048, 2048],
        z_size: 512,
        max_beta: 0.5,
        ..MELODY
    },
    Config {
        name: "cat-mel_2bar_med_chords",
        encoder: &[1024],
        decoder: &[512, 512, 512],
        control_depth: chords::CLASSES,
        max_beta: 1.0,
        transpose: 3,
        ..BASE
    },
    Config { name: "cat-drums_2bar_small", ..DRUMS },
    Config {
        name: "cat-drums_2bar_big",
        encoder: &[2048],
        decoder: &[2048, 2048, 2048],
        z_size: 512,
        ..DRUMS
    },
    Config { name: "nade-drums_2bar_reduced", ..NADE },
    Config { name: "nade-drums_2bar_full", kind: Kind::FullDrums, parts: &[61], input_depth: 62, ..NADE },
    Config { name: "flat-mel_16bar", ..LONG },
    Config { name: "hierdec-mel_16bar", ..HIERDEC },
    Config { name: "hier-mel_16bar", ..HIER },
    Config { free_bits: 0.0, max_beta: 1.0, ..trio(LONG, "flat-trio_16bar", Head::MultiOut) },
    trio(HIERDEC, "hierdec-trio_16bar", Head::Split),
    trio(HIER, "hier-trio_16bar", Head::Split),
    Config { name: "hier-multiperf_vel_1bar_med", ..PERFORMANCE },
    Config { name: "hier-multiperf_vel_1bar_med_chords", control_depth: chords::CLASSES, ..PERFORMANCE },
    Config {
        name: "hier-multiperf_vel_1bar_big",
        encoder: &[2048],
        decoder: &[1024, 1024, 1024],
        ..PERFORMANCE
    },
    Config {
        name: "hier-multiperf_vel_1bar_big_chords",
        encoder: &[2048],
        decoder: &[1024, 1024, 1024],
        control_depth: chords::CLASSES,
        ..PERFORMANCE
    },
    Config { name: "groovae_4bar", steps: 64, ..GROOVE },
    Config { name: "groovae_2bar_humanize", ..GROOVE },
    Config { name: "groovae_2bar_tap_fixed_velocity", ..GROOVE },
    Config { name: "groovae_2bar_tap_fixed_velocity_note_dropout", ..GROOVE },
    Config { name: "groovae_2bar_add_closed_hh", ..GROOVE },
    Config { name: "groovae_2bar_hits_control_tfds", control_depth: 9, ..GROOVE },
];

#[cfg(test)]
mod tests {
    use super::{CATALOGUE, Config};

    #[test]
    fn an_unknown_name_is_answered_with_the_near_ones() {
        let message = Config::find("cat-drum_2bar_smal").unwrap_err().to_string();
        assert!(message.contains("cat-drums_2bar_small"), "{message}");
        assert!(!message.contains("hier-multiperf"), "{message}");
    }

    #[test]
    fn levels_multiply_to_the_steps_and_names_are_unique() {
        for (i, c) in CATALOGUE.iter().enumerate() {
            for levels in [c.encoder_levels, c.decoder_levels] {
                assert!(levels.is_empty() || levels.iter().product::<usize>() == c.steps, "{}", c.name);
            }
            assert!(CATALOGUE[..i].iter().all(|other| other.name != c.name), "{} twice", c.name);
        }
    }
}
