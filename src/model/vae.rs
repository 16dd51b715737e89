//! A model ready to encode and decode.

use super::{
    catalogue::{Config, Kind},
    engine::{Cpu, Draw, Engine, Fault},
    error::ModelError,
    network::{encoder::Encoded, head::Head, load::Loader, rows, tokens},
    settings::Settings,
    weights::{self, Weights},
};
use crate::{codec::Tokens, latent::noise::Noise};
use serde::{Deserialize, Serialize};
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

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
    pub(super) cpu: Cpu,
    pub(super) head: Head,
    other: Mutex<Other>,
}

/// What the processor is called among the engines.
pub const PROCESSOR: &str = "cpu";

/// An engine beside the processor.
#[derive(Default)]
enum Other {
    /// There is none.
    #[default]
    None,
    /// It runs the model; the name is for people.
    #[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "there is only the processor then"))]
    Attached(Arc<dyn Engine>, String),
    /// It broke, and why.
    Broken(String),
}

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
            cpu: Cpu::load(&loader, &settings, config)?,
            head: Head::load(&loader, &settings, config)?,
            settings,
            other: Mutex::default(),
        })
    }

    /// Lets `engine`, called `name`, run the model from now on. Where it breaks, the processor goes on.
    pub(crate) fn attach(&self, engine: Arc<dyn Engine>, name: &str) {
        *self.other() = Other::Attached(engine, name.to_owned());
    }

    /// Leaves everything to the processor again.
    pub fn detach(&self) {
        *self.other() = Other::None;
    }

    /// What runs the model: `cpu`, or the name of another engine.
    pub fn engine(&self) -> String {
        match &*self.other() {
            Other::Attached(_, name) => name.clone(),
            _ => PROCESSOR.to_owned(),
        }
    }

    /// Why the engine beside the processor is not used any more, where it broke.
    pub fn engine_fault(&self) -> Option<String> {
        match &*self.other() {
            Other::Broken(why) => Some(why.clone()),
            _ => None,
        }
    }

    fn other(&self) -> MutexGuard<'_, Other> {
        // Only ever replaced as a whole: a panic elsewhere leaves it as good as it was.
        self.other.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The other engine's answer, or the processor's where there is none, it cannot, or it broke.
    fn run<T>(&self, other: impl Fn(&dyn Engine) -> Result<T, Fault>, cpu: impl FnOnce(&Cpu) -> T) -> T {
        let attached = match &*self.other() {
            Other::Attached(engine, name) => Some((engine.clone(), name.clone())),
            _ => None,
        };
        if let Some((engine, name)) = attached {
            match other(&*engine) {
                Ok(answer) => return answer,
                Err(Fault::Unsupported(why)) => tracing::debug!("{name} leaves this to the cpu: {why}"),
                Err(Fault::Failed(why)) => {
                    tracing::warn!("{name} broke ({why}); the cpu goes on");
                    *self.other() = Other::Broken(format!("{name}: {why}"));
                }
            }
        }
        cpu(&self.cpu)
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
        Ok(self.run(|engine| engine.encode(&rows), |cpu| cpu.encode(&rows)))
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
        let draw = Draw {
            steps,
            temperature: how.temperature,
            noise: &how.noise,
            controls: &controls,
            head: &self.head,
        };
        let rows = self.run(|engine| engine.decode(z, &draw), |cpu| cpu.decode(z, &draw));
        let tokens = rows.iter().filter_map(|rows| {
            let mut tokens = tokens::empty(self.config.kind)?;
            rows.iter().for_each(|row| tokens::push(&mut tokens, self.config, row));
            Some(tokens)
        });
        Ok(tokens.collect())
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
