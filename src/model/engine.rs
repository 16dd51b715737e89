//! What runs a model's networks: the processor, or a graphics card with the same results.

use super::{
    cpu::{self, Activations, Dense},
    error::ModelError,
    network::{
        decoder::{Decoder, Listener},
        encoder::{Encoded, Encoder},
        head::Head,
        load::Loader,
        rows::{Row, Rows},
    },
    settings::Settings,
    vae::Posterior,
};
use crate::{latent::noise::Noise, model::catalogue::Config};
use rayon::prelude::*;

/// How a batch is decoded.
#[derive(Clone, Copy)]
pub struct Draw<'a> {
    /// Steps to make.
    pub steps: usize,
    /// Divides the logits; near 0 the likeliest output is taken.
    pub temperature: f32,
    /// One a row: the draw for step `t` and category (or bit) `k` is number `t * depth + k`.
    pub noise: &'a [Noise],
    /// Control rows, the same for all rows of the batch; empty where the model takes none.
    pub controls: &'a Rows,
    /// How outputs are read.
    pub head: &'a Head,
}

/// Why an engine gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "the processor never fails"))]
pub enum Fault {
    /// It cannot do this; what else it does is not in doubt.
    Unsupported(String),
    /// It broke: nothing of it is to be used any more.
    Failed(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unsupported(why) | Self::Failed(why) => f.write_str(why),
        }
    }
}

/// Runs the networks of one model. Engines give the same patterns for the same points and noise wherever the two
/// likeliest outputs are not closer than rounding.
pub trait Engine: Send + Sync {
    /// Where each example lies in the latent space.
    fn encode(&self, examples: &[Encoded]) -> Result<Vec<Posterior>, Fault>;

    /// The output rows of each point.
    fn decode(&self, z: &[Vec<f32>], draw: &Draw<'_>) -> Result<Vec<Rows>, Fault>;
}

/// The processor: packed weights, few threads. It can do everything.
pub struct Cpu {
    encoder: Encoder,
    mu: Dense,
    sigma: Dense,
    /// For teacher forcing, which only the processor does.
    pub decoder: Decoder,
    z_size: usize,
}

/// Weights of a decoder below this many bytes stay in the caches: its rows are shared out between threads. A
/// larger one is read from memory at every step, by all threads together.
const CACHED: usize = 6 << 20;
/// Rows that run together, so that memory stays bounded.
const BATCH: usize = 64;
/// Rows that a thread should have at least.
const BATCH_FEW: usize = 8;

impl Cpu {
    /// Packs the weights of a model of `settings`.
    pub fn load(loader: &Loader<'_>, settings: &Settings, config: &Config) -> Result<Self, ModelError> {
        Ok(Self {
            encoder: Encoder::load(loader, settings)?,
            mu: loader.layer("encoder/mu")?,
            sigma: loader.layer("encoder/sigma")?,
            decoder: Decoder::load(loader, settings, config)?,
            z_size: settings.z_size,
        })
    }

    /// Rows of a decode of `rows` that run on one thread or, for a large model, on all threads together.
    pub fn rows_together(&self, rows: usize) -> usize {
        let all = if self.decoder.bytes() < CACHED { rows.div_ceil(cpu::threads()) } else { rows };
        all.clamp(1, BATCH)
    }

    /// As [`Engine::encode`]; it never fails.
    pub fn encode(&self, rows: &[Encoded]) -> Vec<Posterior> {
        // A few rows go together, one direction on each thread; many are shared out unless the weights are large.
        let small = self.encoder.bytes() < CACHED && rows.len() > 2 * BATCH_FEW;
        let share = if small { rows.len().div_ceil(cpu::threads()) } else { rows.len() }.clamp(1, BATCH);
        cpu::install(|| rows.par_chunks(share).flat_map_iter(|rows| self.posteriors(rows)).collect())
    }

    fn posteriors(&self, rows: &[Encoded]) -> Vec<Posterior> {
        let summary = self.encoder.run(rows);
        let width = summary.first().map_or(0, Vec::len);
        let x = Activations::from_rows(&summary, width);
        let (mu, sigma) = (self.mu.apply(&x), self.sigma.apply(&x));
        let moments = |r| Posterior {
            mu: mu.row(r, self.z_size),
            sigma: sigma.row(r, self.z_size).into_iter().map(cpu::softplus).collect(),
        };
        (0..rows.len()).map(moments).collect()
    }

    /// As [`Engine::decode`]; it never fails.
    pub fn decode(&self, z: &[Vec<f32>], draw: &Draw<'_>) -> Vec<Rows> {
        let run = |(z, noise): (&[Vec<f32>], &[Noise])| {
            let mut sampler = Sampler { draw, noise, rows: vec![Rows::new(); z.len()] };
            let z: Vec<&[f32]> = z.iter().map(Vec::as_slice).collect();
            self.decoder.run(&z, draw.steps, &mut sampler);
            sampler.rows
        };
        let share = self.rows_together(z.len());
        let parts = z.par_chunks(share).zip(draw.noise.par_chunks(share));
        cpu::install(|| parts.flat_map_iter(run).collect())
    }
}

impl Engine for Cpu {
    fn encode(&self, examples: &[Encoded]) -> Result<Vec<Posterior>, Fault> {
        Ok(self.encode(examples))
    }

    fn decode(&self, z: &[Vec<f32>], draw: &Draw<'_>) -> Result<Vec<Rows>, Fault> {
        Ok(self.decode(z, draw))
    }
}

/// Draws each row's outputs.
struct Sampler<'a> {
    draw: &'a Draw<'a>,
    noise: &'a [Noise],
    rows: Vec<Rows>,
}

impl Listener for Sampler<'_> {
    fn output(&mut self, t: usize, row: usize, logits: &[f32]) -> Row {
        let drawn = self.draw.head.draw(logits, t, self.draw.temperature, &self.noise[row]);
        self.rows[row].push(drawn.clone());
        drawn
    }

    fn controls(&self, t: usize, _row: usize) -> &[(u32, f32)] {
        self.draw.controls.get(t).map_or(&[], Vec::as_slice)
    }
}

/// A double for tests elsewhere.
#[cfg(test)]
pub mod double {
    use super::{Draw, Encoded, Engine, Fault, Posterior, Rows};

    /// A card that was pulled out: it gives nothing.
    pub struct Lost;

    impl Engine for Lost {
        fn encode(&self, _: &[Encoded]) -> Result<Vec<Posterior>, Fault> {
            Err(Fault::Failed("the device is lost".into()))
        }

        fn decode(&self, _: &[Vec<f32>], _: &Draw<'_>) -> Result<Vec<Rows>, Fault> {
            Err(Fault::Failed("the device is lost".into()))
        }
    }
}
