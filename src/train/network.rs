//! The whole variational autoencoder under training: encoder, posterior, decoder, loss and gradients.
//!
//! ```text
//! inputs -> encoder -> (mu, sigma) -> z = mu + sigma eps -> decoder -> cross entropy
//! loss = mean(cross entropy) + beta * mean(max(KL - free nats, 0))      (spec section 7)
//! ```

use super::activate::{logistic, softplus};
use super::batch::Batch;
use super::decoder::{Decoder, DecoderTape, Feeding};
use super::encoder::{Encoder, EncoderTape};
use super::linear::Linear;
use super::parameters::{Gradients, Parameters, Start};
use crate::model::Settings;
use crate::model::catalogue::Config;

/// A network under training.
#[derive(Debug, Clone)]
pub struct Network {
    encoder: Encoder,
    mu: Linear,
    sigma: Linear,
    decoder: Decoder,
    z: usize,
}

/// Weights of the loss at one step.
#[derive(Debug, Clone, Copy)]
pub struct Objective {
    /// Weight of the KL term.
    pub beta: f64,
    /// KL per example that costs nothing, in nats.
    pub free_nats: f64,
    /// Examples over all shares of the batch: what means are taken over.
    pub examples: usize,
    /// How the decoder is fed.
    pub feeding: Feeding,
}

/// Memory for one share of a batch.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    encoder: EncoderTape,
    decoder: DecoderTape,
    /// `[rows, z]`: posterior means.
    pub mu: Vec<f32>,
    /// `[rows, z]`: posterior standard deviations.
    pub sigma: Vec<f32>,
    raw_sigma: Vec<f32>,
    /// `[rows, z]`: the latent.
    pub z: Vec<f32>,
    dz: Vec<f32>,
    dsigma: Vec<f32>,
    dencoded: Vec<f32>,
    /// KL of each example in nats.
    pub kl: Vec<f64>,
}

/// Sums over one share of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sums {
    /// Cross entropy in nats.
    pub cross_entropy: f64,
    /// KL in nats.
    pub kl: f64,
    /// KL above the free nats.
    pub kl_cost: f64,
    /// Steps decoded right, each part of a trio counted.
    pub right: u64,
    /// Valid steps, counted alike.
    pub steps: u64,
    /// Examples.
    pub examples: u64,
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.cross_entropy += other.cross_entropy;
        self.kl += other.kl;
        self.kl_cost += other.kl_cost;
        self.right += other.right;
        self.steps += other.steps;
        self.examples += other.examples;
    }
}

impl Network {
    /// Declares all tensors of `settings`.
    pub fn new(parameters: &mut Parameters, settings: &Settings, config: &Config) -> Self {
        let encoder = Encoder::new(parameters, settings, config);
        let (width, z) = (encoder.outputs(), settings.z_size);
        let mu = Linear::new(parameters, "encoder/mu", width, z, Start::Normal(0.001));
        let sigma = Linear::new(parameters, "encoder/sigma", width, z, Start::Normal(0.001));
        let decoder = Decoder::new(parameters, settings, config);
        Self { encoder, mu, sigma, decoder, z }
    }

    /// Takes over new weights; to be called after every update.
    pub fn pack(&mut self, parameters: &Parameters) {
        let Self { encoder, mu, sigma, decoder, .. } = self;
        rayon::join(
            || encoder.pack(parameters),
            || {
                mu.pack(parameters);
                sigma.pack(parameters);
                decoder.pack(parameters);
            },
        );
    }

    /// Encodes and decodes a batch. `batch.eps` empty: `z = mu`.
    pub fn forward(
        &self,
        parameters: &Parameters,
        work: &mut Workspace,
        batch: &Batch,
        objective: &Objective,
    ) -> Sums {
        let (rows, n) = (batch.rows, batch.rows * self.z);
        let encoded =
            self.encoder.forward(parameters, &mut work.encoder, batch, objective.feeding.dropout(batch, 1));
        for buffer in [&mut work.mu, &mut work.sigma, &mut work.raw_sigma, &mut work.z] {
            buffer.resize(n, 0.0);
        }
        let width = self.encoder.outputs();
        self.mu.forward(parameters, encoded, width, rows, &mut work.mu);
        self.sigma.forward(parameters, encoded, width, rows, &mut work.raw_sigma);
        work.kl.clear();
        for row in 0..rows {
            let mut kl = 0.0;
            for i in row * self.z..(row + 1) * self.z {
                let (mu, sigma) = (work.mu[i], softplus(work.raw_sigma[i]));
                work.sigma[i] = sigma;
                work.z[i] = mu + sigma * batch.eps.get(i).copied().unwrap_or(0.0);
                kl += f64::from(0.5 * (mu * mu + sigma * sigma - 1.0) - sigma.ln());
            }
            work.kl.push(kl);
        }
        let scores = self.decoder.forward(parameters, &mut work.decoder, batch, &work.z, objective.feeding);
        Sums {
            cross_entropy: scores.loss,
            kl: work.kl.iter().sum(),
            kl_cost: work.kl.iter().map(|kl| (kl - objective.free_nats).max(0.0)).sum(),
            right: scores.right,
            steps: scores.steps,
            examples: rows as u64,
        }
    }

    /// The way back after [`Network::forward`]: adds this share's part of the loss gradient.
    pub fn backward(
        &self,
        parameters: &Parameters,
        work: &mut Workspace,
        batch: &Batch,
        objective: &Objective,
        gradients: &mut Gradients,
    ) {
        let (rows, n, width) = (batch.rows, batch.rows * self.z, self.encoder.outputs());
        let share = 1.0 / objective.examples as f64;
        work.dz.clear();
        work.dz.resize(n, 0.0);
        let Workspace { encoder, decoder, dz, dsigma, dencoded, .. } = work;
        self.decoder.backward(parameters, decoder, batch, &work.z, share as f32, dz, gradients);
        dsigma.resize(n, 0.0);
        for i in 0..n {
            let costs = work.kl[i / self.z] > objective.free_nats;
            let kl_weight = if costs { (objective.beta * share) as f32 } else { 0.0 };
            let (mu, sigma, raw) = (work.mu[i], work.sigma[i], work.raw_sigma[i]);
            let eps = batch.eps.get(i).copied().unwrap_or(0.0);
            dsigma[i] = (dz[i] * eps + kl_weight * (sigma - 1.0 / sigma)) * logistic(raw);
            dz[i] += kl_weight * mu; // from here on the gradient of mu
        }
        dencoded.clear();
        dencoded.resize(rows * width, 0.0);
        self.mu.backward_input(dz, rows, dencoded, width);
        self.sigma.backward_input(dsigma, rows, dencoded, width);
        let encoded = self.encoder.output(encoder);
        self.mu.backward_weights(encoded, width, dz, rows, gradients);
        self.sigma.backward_weights(encoded, width, dsigma, rows, gradients);
        self.encoder.backward(encoder, batch, dencoded, gradients);
    }
}
