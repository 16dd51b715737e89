//! A model ready to encode and decode.

use super::{
    error::ModelError,
    settings::Settings,
    weights::{self, Weights},
};
use crate::{codec::Tokens, latent::noise::Noise};
use std::path::Path;

/// Where a pattern lies in the latent space: a normal distribution with independent dimensions (spec section 3).
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// Mean of each dimension.
    pub mu: Vec<f32>,
    /// Standard deviation of each dimension, above 0.
    pub sigma: Vec<f32>,
}

impl Posterior {
    /// Kullback-Leibler divergence from the prior N(0, I) in nats (spec section 3).
    pub fn kl_nats(&self) -> f64 {
        let pairs = self.mu.iter().zip(&self.sigma);
        pairs
            .map(|(m, s)| {
                let (m, s) = (f64::from(*m), f64::from(*s));
                (m * m + s * s - 1.0) / 2.0 - s.ln()
            })
            .sum()
    }

    /// A draw: `mu + sigma * eps`, eps being draw `i` of `noise` for dimension `i`.
    pub fn sample(&self, noise: &Noise) -> Vec<f32> {
        let pairs = self.mu.iter().zip(&self.sigma).enumerate();
        pairs.map(|(i, (m, s))| m + s * noise.normal(i as u64)).collect()
    }
}

/// A second sequence, one row a step, that some models are conditioned on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Controls {
    /// Chord class of each step, 0..49 (spec section 15).
    Chords(Vec<u8>),
    /// Hit mask of each step: bit `c` is class `c` of the nine (`groovae_2bar_hits_control_tfds`).
    Hits(Vec<u16>),
}

/// How to decode a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoding {
    /// Divides the logits: towards 0 the likeliest, 1 as trained, above 1 wilder; 0 is argmax.
    pub temperature: f32,
    /// Steps to make; 0: the model's own length. Hierarchical models make only that.
    pub steps: usize,
    /// One a row: the draw for step `t` and category (or bit) `k` is number `t * depth + k`.
    pub noise: Vec<Noise>,
    /// Shared by all rows, for models that take it; as long as `steps`.
    pub controls: Option<Controls>,
}

impl Decoding {
    /// Decodes at `temperature` to the model's own length, one `noise` a row.
    pub fn new(temperature: f32, noise: Vec<Noise>) -> Self {
        Self { temperature, steps: 0, noise, controls: None }
    }

    /// The likeliest output of `rows` rows: temperature 0, no chance in it.
    pub fn argmax(rows: usize) -> Self {
        Self::new(0.0, vec![Noise::new(0, 0); rows])
    }
}

/// A model: settings and weights, ready to run. `Send + Sync`: share it in an `Arc`.
pub struct MusicVae {
    settings: Settings,
    #[expect(dead_code, reason = "the networks are built from it next")]
    weights: Weights,
}

impl MusicVae {
    /// Loads the model file at `path`.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        let (settings, weights) = weights::read(path)?;
        Ok(Self { settings, weights })
    }

    /// Loads a model from the bytes of its file; `name` stands in messages.
    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self, ModelError> {
        let (settings, weights) = weights::parse(bytes, name)?;
        Ok(Self { settings, weights })
    }

    /// What the model is.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Latent dimensions.
    pub fn z_size(&self) -> usize {
        self.settings.z_size
    }

    /// Where each of `patterns` lies in the latent space.
    pub fn encode(&self, patterns: &[Tokens]) -> Result<Vec<Posterior>, ModelError> {
        let _ = patterns;
        Err(self.not_yet())
    }

    /// Decodes the points `z`, one pattern each.
    pub fn decode(&self, z: &[Vec<f32>], how: &Decoding) -> Result<Vec<Tokens>, ModelError> {
        let _ = (z, how);
        Err(self.not_yet())
    }

    fn not_yet(&self) -> ModelError {
        ModelError::Request {
            model: self.settings.name.clone(),
            cause: "its networks are not built in this version".to_owned(),
            remedy: "use a newer mvae-tui".to_owned(),
        }
    }
}
