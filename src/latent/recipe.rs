//! How a pattern came to be: enough, with its z, to make it again note for note.

use serde::{Deserialize, Serialize};

use super::noise::Noise;
use crate::model::Controls;

/// What the draws of one pattern are for; each purpose has its own sub-stream of the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A point of the prior.
    Prior = 0,
    /// The tokens drawn while decoding.
    Decoding = 1,
    /// The point that a variation steps towards.
    Variation = 2,
}

/// How many sub-streams a pattern owns; more than there are purposes, so that new ones move no old music.
pub const STREAMS_PER_PATTERN: u64 = 8;

/// The noise of pattern number `index` of `seed`: it does not know how many patterns are drawn, so that the
/// first n of a larger number are the same n.
pub fn noise(seed: u64, index: u32, purpose: Purpose) -> Noise {
    Noise::new(seed, u64::from(index) * STREAMS_PER_PATTERN + purpose as u64)
}

/// Where a pattern's z came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// A draw from the prior N(0, I).
    Sample,
    /// The mean of the posterior of a given pattern.
    Reconstruct,
    /// A point between two others.
    Interpolate {
        /// 0 at the first end, 1 at the last.
        share: f64,
    },
    /// The middle of several others.
    Mean {
        /// How many.
        of: usize,
    },
    /// A step away from another point towards a draw from the prior.
    Vary {
        /// 0 stays, 1 is the draw itself.
        amount: f32,
    },
    /// A z that somebody gave.
    Decode,
    /// A point moved along attribute vectors.
    Attributes {
        /// Name of each attribute and how many of its vectors were added.
        by: Vec<(String, f32)>,
    },
    /// A point between the four corners of a palette.
    Palette {
        /// 0 at the left, 1 at the right.
        x: f64,
        /// 0 at the top, 1 at the bottom.
        y: f64,
    },
}

/// How a pattern was made. Together with its z: the same model decodes the same music from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The model's name.
    pub model: String,
    /// The seed of all draws.
    pub seed: u64,
    /// Which pattern of the seed: it picks the sub-stream of the draws.
    pub index: u32,
    /// Softmax temperature, 0 for the likeliest tokens.
    pub temperature: f32,
    /// Length in steps.
    pub steps: u32,
    /// Chords or hits that the model was conditioned on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controls: Option<Controls>,
    /// Where z came from.
    pub origin: Origin,
}

impl Recipe {
    /// One line for a status bar: `sample of drums_2bar, seed 1 #3, temperature 0.9`.
    pub fn describe(&self) -> String {
        let how = match &self.origin {
            Origin::Sample => "sample".to_owned(),
            Origin::Reconstruct => "reconstruction".to_owned(),
            Origin::Interpolate { share } => format!("interpolation at {:.0} %", share * 100.0),
            Origin::Mean { of } => format!("mean of {of}"),
            Origin::Vary { amount } => format!("variation by {:.0} %", amount * 100.0),
            Origin::Decode => "decoded z".to_owned(),
            Origin::Attributes { by } => {
                let moved: Vec<String> = by.iter().map(|(name, by)| format!("{name} {by:+}")).collect();
                moved.join(", ")
            }
            Origin::Palette { x, y } => format!("palette at {:.0} %, {:.0} %", x * 100.0, y * 100.0),
        };
        format!(
            "{how}, {}, seed {} #{}, temperature {}",
            self.model,
            self.seed,
            self.index + 1,
            self.temperature
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_survives_json() {
        let recipe = Recipe {
            model: "drums".into(),
            seed: u64::MAX,
            index: 3,
            temperature: 0.9,
            steps: 32,
            controls: None,
            origin: Origin::Interpolate { share: 0.25 },
        };
        let text = serde_json::to_string(&recipe).unwrap();
        assert!(text.contains(r#""kind":"interpolate""#), "{text}");
        assert_eq!(serde_json::from_str::<Recipe>(&text).unwrap(), recipe);
        assert_eq!(
            recipe.describe(),
            "interpolation at 25 %, drums, seed 18446744073709551615 #4, temperature 0.9"
        );
    }

    #[test]
    fn the_streams_of_patterns_and_purposes_never_meet() {
        let a = noise(1, 0, Purpose::Prior);
        assert_ne!(a, noise(1, 0, Purpose::Decoding));
        assert_ne!(a, noise(1, 1, Purpose::Prior));
        assert_ne!(a, noise(2, 0, Purpose::Prior));
    }
}
