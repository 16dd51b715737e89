//! One update: the batch is shared out over threads, gradients are summed, Adam moves the weights.
//!
//! A share is a fixed slice of the batch, and sums run share by share, so a run repeats exactly with the same number
//! of shares on any number of threads.

use rayon::prelude::*;

use super::activate;
use super::batch::Batch;
use super::network::{Network, Objective, Sums, Workspace};
use super::parameters::{Gradients, Parameters};
use crate::model::Settings;
use crate::model::catalogue::Config;

/// Weights, network and memory of a run.
#[derive(Debug)]
pub struct Updater {
    /// The trainable tensors.
    pub parameters: Parameters,
    network: Network,
    shares: Vec<(Workspace, Gradients)>,
    /// Updates made: Adam's count.
    pub updates: u64,
}

impl Updater {
    /// A fresh network of `settings` for batches in `shares` parts.
    pub fn new(settings: &Settings, config: &Config, seed: u64, shares: usize) -> Self {
        let mut parameters = Parameters::new(seed);
        let mut network = Network::new(&mut parameters, settings, config);
        network.pack(&parameters);
        let shares = (0..shares).map(|_| (Workspace::default(), parameters.zero_gradients())).collect();
        Self { parameters, network, shares, updates: 0 }
    }

    /// To be called after `parameters` were changed from outside (a checkpoint was read).
    pub fn refresh(&mut self) {
        self.network.pack(&self.parameters);
    }

    /// One update over `batches`, one a share. Returns the sums and the gradients' norm before clipping.
    pub fn update(&mut self, batches: &[Batch], objective: &Objective, rate: f64) -> (Sums, f64) {
        let (network, parameters) = (&self.network, &self.parameters);
        let sums = self
            .shares
            .par_iter_mut()
            .zip(batches)
            .map(|((work, gradients), batch)| {
                gradients.iter_mut().for_each(|g| g.fill(0.0));
                let sums = network.forward(parameters, work, batch, objective);
                network.backward(parameters, work, batch, objective, gradients);
                sums
            })
            .collect::<Vec<_>>();
        let Some(((_, total), others)) = self.shares.split_first_mut() else { return (Sums::default(), 0.0) };
        total.par_iter_mut().enumerate().for_each(|(i, total)| {
            for (_, gradients) in others.iter() {
                activate::add(total, &gradients[i]);
            }
        });
        let norm = self.parameters.update(total, self.updates, rate);
        self.updates += 1;
        self.network.pack(&self.parameters);
        (add_up(sums), norm)
    }

    /// Sums over `batches` without moving the weights.
    pub fn evaluate(&mut self, batches: &[Batch], objective: &Objective) -> Sums {
        let (network, parameters) = (&self.network, &self.parameters);
        let shares = self.shares.par_iter_mut().zip(batches);
        add_up(shares.map(|((work, _), batch)| network.forward(parameters, work, batch, objective)).collect())
    }
}

fn add_up(sums: Vec<Sums>) -> Sums {
    let mut total = Sums::default();
    sums.into_iter().for_each(|s| total += s);
    total
}
