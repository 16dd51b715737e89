//! A model ready to encode and decode.

use super::{
    catalogue::{Config, Kind},
    cpu::{self, Activations, Dense},
    error::ModelError,
    network::{
        decoder::{Decoder, Listener},
        encoder::{Encoded, Encoder},
        head::Head,
        load::Loader,
        rows::{self, Row, Rows},
        tokens,
    },
    settings::Settings,
    weights::{self, Weights},
};
use crate::{codec::Tokens, latent::noise::Noise};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// A pattern to encode or to hold decoded outputs against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Example<'a> {
    /// The pattern.
    pub tokens: &'a Tokens,
    /// Its controls, for models that take them; as long as the pattern.
    pub controls: Option<&'a Controls>,
    /// Valid steps of each bottom segment of a hierarchical model, the rest being padding; nothing: all are.
    pub segments: Option<&'a [usize]>,
}

impl<'a> From<&'a Tokens> for Example<'a> {
    fn from(tokens: &'a Tokens) -> Self {
        Self { tokens, controls: None, segments: None }
    }
}

impl<'a> From<&'a Example<'_>> for Example<'a> {
    fn from(example: &'a Example<'_>) -> Self {
        *example
    }
}

/// A model: settings and weights, ready to run. `Send + Sync`: share it in an `Arc`.
pub struct MusicVae {
    settings: Settings,
    pub(super) config: &'static Config,
    encoder: Encoder,
    mu: Dense,
    sigma: Dense,
    pub(super) decoder: Decoder,
    pub(super) head: Head,
}

/// Weights of a decoder below this many bytes stay in the caches: its rows are shared out between threads. A
/// larger one is read from memory at every step, by all threads together.
const CACHED: usize = 6 << 20;
/// Rows that run together, so that memory stays bounded.
const BATCH: usize = 64;
/// Rows that a thread should have at least.
const BATCH_FEW: usize = 8;

impl MusicVae {
    /// Loads the model file at `path`.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        let (settings, weights) = weights::read(path)?;
        Self::build(settings, &weights)
    }

    /// Loads a model from the bytes of its file; `name` stands in messages.
    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self, ModelError> {
        let (settings, weights) = weights::parse(bytes, name)?;
        Self::build(settings, &weights)
    }

    /// A model from settings and weights that are in memory, such as a trainer's.
    pub fn new(settings: Settings, weights: &Weights) -> Result<Self, ModelError> {
        let fault = |cause| ModelError::Format {
            name: settings.name.clone(),
            cause,
            remedy: "correct its settings".to_owned(),
        };
        settings.check().map_err(fault)?;
        weights.check(&settings, &settings.name)?;
        Self::build(settings, weights)
    }

    /// Packs checked weights.
    pub(super) fn build(settings: Settings, weights: &Weights) -> Result<Self, ModelError> {
        let config = settings.catalogue()?;
        if config.kind == Kind::Performance {
            return Err(ModelError::Request {
                model: settings.name.clone(),
                cause: format!("performances ({}) have no codec here", config.name),
                remedy: "use a melody, drum, trio or groove model".to_owned(),
            });
        }
        let loader = Loader::new(weights, &settings.name);
        Ok(Self {
            config,
            encoder: Encoder::load(&loader, &settings)?,
            mu: loader.layer("encoder/mu")?,
            sigma: loader.layer("encoder/sigma")?,
            decoder: Decoder::load(&loader, &settings, config)?,
            head: Head::load(&loader, &settings, config)?,
            settings,
        })
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
        let examples: Vec<Example<'_>> = patterns.iter().map(Example::from).collect();
        self.encode_examples(&examples)
    }

    /// Where each of `examples` lies in the latent space: patterns with controls or padding.
    pub fn encode_examples(&self, examples: &[Example<'_>]) -> Result<Vec<Posterior>, ModelError> {
        let rows = examples.iter().map(|e| self.encoder_rows(e)).collect::<Result<Vec<_>, _>>()?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        // A few rows go together, one direction on each thread; many are shared out unless the weights are large.
        let small = self.encoder.bytes() < CACHED && rows.len() > 2 * BATCH_FEW;
        let share = if small { rows.len().div_ceil(cpu::threads()) } else { rows.len() }.min(BATCH);
        Ok(cpu::install(|| rows.par_chunks(share).flat_map_iter(|rows| self.posteriors(rows)).collect()))
    }

    fn posteriors(&self, rows: &[Encoded]) -> Vec<Posterior> {
        let summary = self.encoder.run(rows);
        let width = summary.first().map_or(0, Vec::len);
        let x = Activations::from_rows(&summary, width);
        let (mu, sigma) = (self.mu.apply(&x), self.sigma.apply(&x));
        let moments = |r| Posterior {
            mu: mu.row(r, self.z_size()),
            sigma: sigma.row(r, self.z_size()).into_iter().map(cpu::softplus).collect(),
        };
        (0..rows.len()).map(moments).collect()
    }

    fn encoder_rows(&self, example: &Example<'_>) -> Result<Encoded, ModelError> {
        let mut rows = tokens::rows(self.config, example.tokens, true).map_err(|e| self.refuse(e))?;
        self.check_length(rows.len())?;
        let controls = tokens::controls(self.config, example.controls).map_err(|e| self.refuse(e))?;
        if !controls.is_empty() && controls.len() != rows.len() {
            return Err(self.refuse(format!(
                "{} controls stand beside {} steps",
                controls.len(),
                rows.len()
            )));
        }
        rows::append(&mut rows, &controls, self.config.input_depth);
        let Some(segment) = self.settings.encoder_levels.first() else {
            return Ok(Encoded { lengths: vec![rows.len()], rows });
        };
        let count = self.settings.steps / segment;
        let lengths = match example.segments {
            Some(given) => given.to_vec(),
            None => vec![if rows.is_empty() { 0 } else { *segment }; count],
        };
        if lengths.len() != count || lengths.iter().any(|n| n > segment) {
            return Err(self
                .refuse(format!("its {count} segments of {segment} steps cannot have lengths {lengths:?}")));
        }
        Ok(Encoded { rows, lengths })
    }

    /// Lengths that the model can take (spec section 3).
    pub(super) fn check_length(&self, steps: usize) -> Result<(), ModelError> {
        let own = self.settings.steps;
        let levels = !self.settings.encoder_levels.is_empty() || !self.settings.decoder_levels.is_empty();
        if steps > own || (levels && steps != 0 && steps != own) {
            return Err(ModelError::Request {
                model: self.settings.name.clone(),
                cause: format!("a pattern of {steps} steps does not fit, it takes {own}"),
                remedy: format!("cut or fill the pattern to {own} steps, or use another model"),
            });
        }
        Ok(())
    }

    /// Decodes the points `z`, one pattern each. The same point and noise give the same pattern in any batch, on
    /// any number of threads.
    pub fn decode(&self, z: &[Vec<f32>], how: &Decoding) -> Result<Vec<Tokens>, ModelError> {
        let steps = if how.steps == 0 { self.settings.steps } else { how.steps };
        self.check_decoding(z, how, steps)?;
        let controls = tokens::controls(self.config, how.controls.as_ref()).map_err(|e| self.refuse(e))?;
        if !controls.is_empty() && controls.len() != steps {
            return Err(self.refuse(format!("{} controls stand beside {steps} steps", controls.len())));
        }
        let run = |(z, noise): (&[Vec<f32>], &[Noise])| {
            let mut sampler = Sampler {
                model: self,
                temperature: how.temperature,
                noise,
                controls: &controls,
                tokens: vec![tokens::empty(self.config.kind); z.len()],
            };
            let z: Vec<&[f32]> = z.iter().map(Vec::as_slice).collect();
            self.decoder.run(&z, steps, &mut sampler);
            sampler.tokens.into_iter().flatten().collect::<Vec<Tokens>>()
        };
        let share = self.rows_together(z.len());
        let parts = z.par_chunks(share).zip(how.noise.par_chunks(share));
        Ok(cpu::install(|| parts.flat_map_iter(run).collect()))
    }

    /// Rows of a decode of `rows` that run on one thread or, for a large model, on all threads together.
    pub(super) fn rows_together(&self, rows: usize) -> usize {
        let all = if self.decoder.bytes() < CACHED { rows.div_ceil(cpu::threads()) } else { rows };
        all.clamp(1, BATCH)
    }

    fn check_decoding(&self, z: &[Vec<f32>], how: &Decoding, steps: usize) -> Result<(), ModelError> {
        if let Some(bad) = z.iter().find(|z| z.len() != self.z_size()) {
            return Err(self.refuse(format!("a point has {} dimensions, not {}", bad.len(), self.z_size())));
        }
        if z.iter().flatten().any(|x| !x.is_finite()) {
            return Err(self.refuse("a point holds a value that is not a number".to_owned()));
        }
        if how.noise.len() != z.len() {
            return Err(self.refuse(format!("{} noises were given for {} points", how.noise.len(), z.len())));
        }
        if !(how.temperature >= 0.0 && how.temperature.is_finite()) {
            return Err(self.refuse(format!("temperature {} is not 0 or more", how.temperature)));
        }
        if !self.settings.decoder_levels.is_empty() && steps != self.settings.steps {
            let own = self.settings.steps;
            return Err(self.refuse(format!("it makes {own} steps at once, not {steps}")));
        }
        Ok(())
    }

    /// An error about what was asked of this model.
    pub(super) fn refuse(&self, cause: String) -> ModelError {
        ModelError::Request {
            model: self.settings.name.clone(),
            cause,
            remedy: format!("`mvae-tui models info {}` tells what it takes", self.settings.name),
        }
    }
}

/// Draws each row's outputs.
struct Sampler<'a> {
    model: &'a MusicVae,
    temperature: f32,
    noise: &'a [Noise],
    controls: &'a Rows,
    tokens: Vec<Option<Tokens>>,
}

impl Listener for Sampler<'_> {
    fn output(&mut self, t: usize, row: usize, logits: &[f32]) -> Row {
        let drawn = self.model.head.draw(logits, t, self.temperature, &self.noise[row]);
        if let Some(tokens) = &mut self.tokens[row] {
            tokens::push(tokens, self.model.config, &drawn);
        }
        drawn
    }

    fn controls(&self, t: usize, _row: usize) -> &[(u32, f32)] {
        self.controls.get(t).map_or(&[], Vec::as_slice)
    }
}
