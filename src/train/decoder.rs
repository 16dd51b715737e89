//! From a latent to the loss: one core over whole sequences, or a conductor whose outputs are the latents of cores
//! over segments (spec sections 4 and 5).

use super::activate;
use super::batch::Batch;
use super::core::{Core, CoreTape, Form};
use super::dropout::Dropout;
use super::groove::{GrooveCore, GrooveTape};
use super::parameters::{Gradients, Parameters};
use super::stack::{Plan, Stack, StackTape};
use super::view::View;
use crate::latent::noise::Noise;
use crate::model::catalogue::{Config, Head};
use crate::model::{Settings, names};

/// A decoder.
#[derive(Debug, Clone)]
pub struct Decoder {
    conductor: Option<Conductor>,
    cores: Vec<Core>,
    /// Instead of `cores`.
    groove: Option<GrooveCore>,
}

#[derive(Debug, Clone)]
struct Conductor {
    stack: Stack,
    segments: usize,
}

/// What a decoder's way back needs.
#[derive(Debug, Clone, Default)]
pub struct DecoderTape {
    cores: Vec<CoreTape>,
    groove: GrooveTape,
    conductor: StackTape,
    /// `[segments, rows, units]`: the cores' latents.
    embeddings: Vec<f32>,
    dembeddings: Vec<f32>,
}

/// Sums over one batch.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scores {
    /// Cross entropy in nats.
    pub loss: f64,
    /// Those of [`Scores::steps`] whose largest probability is on the target.
    pub right: u64,
    /// Valid steps, each part of a step counted: a trio's three, whether one core or three write them.
    pub steps: u64,
}

/// How a decoder is fed.
#[derive(Debug, Clone, Copy)]
pub struct Feeding {
    /// Probability of feeding an output of the decoder's own instead of the target.
    pub own: f64,
    /// Key of the draws.
    pub noise: Noise,
    /// Share of the cells' dense inputs that is kept; 1: all.
    pub keep: f32,
    /// Probability of feeding nothing instead of the last output, so that the latent is listened to (the word dropout of
    /// Bowman et al.: *Generating Sentences from a Continuous Space*, CoNLL 2016, section 3.1).
    pub hidden: f64,
    /// Seed of the masks of both.
    pub seed: u64,
}

impl Feeding {
    /// The truth and nothing dropped: how models are measured.
    pub fn truth() -> Self {
        Self { own: 0.0, noise: Noise::new(0, 0), keep: 1.0, hidden: 0.0, seed: 0 }
    }

    /// The masks of a batch; encoder and decoder have streams of their own.
    pub fn dropout(&self, batch: &Batch, stream: u64) -> Dropout {
        Dropout::new(self.keep, self.seed ^ stream, batch.first_row)
    }
}

impl Decoder {
    /// Declares the decoder of `settings`.
    pub fn new(parameters: &mut Parameters, settings: &Settings, config: &Config) -> Self {
        let top = settings.decoder.last().copied().unwrap_or(0);
        let conductor = settings.decoder_levels.first().map(|&segments| {
            let path = names::conductor(0);
            let plan = Plan {
                start: &format!("{path}/initial_state"),
                cells: (0..settings.decoder.len()).map(|k| names::conductor_cell(&path, k)).collect(),
                latent: settings.z_size,
                sparse: 1, // always zero (spec section 5)
                dense: 0,
                reads_latent: false,
                units: &settings.decoder,
            };
            Conductor { stack: Stack::new(parameters, &plan), segments }
        });
        let latent = if conductor.is_some() { top } else { settings.z_size };
        let forms: Vec<Form> = match config.head {
            Head::Split => config.parts.chunks(1).map(Form::Categorical).collect(),
            Head::Nade => vec![Form::Nade(config.output_depth(), settings.nade_hidden)],
            Head::Groove => Vec::new(),
            _ => vec![Form::Categorical(config.parts)],
        };
        let groove = (config.head == Head::Groove).then(|| {
            GrooveCore::new(parameters, &names::core(settings, config, 0), latent, &settings.decoder)
        });
        let cores = forms.into_iter().enumerate().map(|(part, form)| {
            let path = names::core(settings, config, part);
            Core::new(parameters, &path, latent, form, &settings.decoder)
        });
        Self { cores: cores.collect(), conductor, groove }
    }

    /// Takes over new weights.
    pub fn pack(&mut self, parameters: &Parameters) {
        self.cores.iter_mut().for_each(|core| core.pack(parameters));
        if let Some(groove) = &mut self.groove {
            groove.pack(parameters);
        }
        if let Some(conductor) = &mut self.conductor {
            conductor.stack.pack(parameters);
        }
    }

    /// Decodes `z` `[rows, z]` and sums the loss over valid steps.
    pub fn forward(
        &self,
        parameters: &Parameters,
        tape: &mut DecoderTape,
        batch: &Batch,
        z: &[f32],
        feeding: Feeding,
    ) -> Scores {
        if let Some(groove) = &self.groove {
            return groove.forward(parameters, &mut tape.groove, batch, z, feeding.dropout(batch, 0));
        }
        if let Some(Conductor { stack, segments }) = &self.conductor {
            stack.begin(parameters, &mut tape.conductor, *segments, batch.rows, z);
            tape.embeddings.clear();
            for s in 0..*segments {
                stack.step(parameters, &mut tape.conductor, s, |_| &[][..]);
                let top = stack.top(&tape.conductor);
                (0..batch.rows).for_each(|row| tape.embeddings.extend_from_slice(top.h(s + 1, row)));
            }
        }
        tape.cores.resize_with(self.cores.len(), Default::default);
        let latent = if self.conductor.is_some() { &tape.embeddings } else { z };
        let mut total = Scores::default();
        for (i, (core, tape)) in self.cores.iter().zip(&mut tape.cores).enumerate() {
            let scores = core.forward(parameters, tape, self.view(batch, i), latent, feeding);
            total.loss += scores.loss;
            total.right += scores.right;
            total.steps += scores.steps;
        }
        total
    }

    fn view<'a>(&self, batch: &'a Batch, core: usize) -> View<'a> {
        let segments = self.conductor.as_ref().map_or(1, |c| c.segments);
        View::new(batch, core, batch.steps / segments)
    }

    /// Goes back; the loss counts `weight` times. Adds to `dz` `[rows, z]`.
    #[allow(clippy::too_many_arguments)] // Weights, memory, data and both gradients are owned by different callers.
    pub fn backward(
        &self,
        parameters: &Parameters,
        tape: &mut DecoderTape,
        batch: &Batch,
        z: &[f32],
        weight: f32,
        dz: &mut [f32],
        gradients: &mut Gradients,
    ) {
        if let Some(groove) = &self.groove {
            return groove.backward(&mut tape.groove, batch, z, weight, dz, gradients);
        }
        let Some(Conductor { stack, segments }) = &self.conductor else {
            for (i, (core, tape)) in self.cores.iter().zip(&mut tape.cores).enumerate() {
                core.backward(parameters, tape, self.view(batch, i), z, weight, dz, gradients);
            }
            return;
        };
        tape.dembeddings.clear();
        tape.dembeddings.resize(tape.embeddings.len(), 0.0);
        for (i, (core, core_tape)) in self.cores.iter().zip(&mut tape.cores).enumerate() {
            let (view, embeddings) = (self.view(batch, i), &tape.embeddings);
            core.backward(parameters, core_tape, view, embeddings, weight, &mut tape.dembeddings, gradients);
        }
        stack.begin_backward(&mut tape.conductor);
        let width = batch.rows * stack.outputs();
        for s in (0..*segments).rev() {
            let gradient = &tape.dembeddings[s * width..][..width];
            activate::add(stack.output_gradient(&mut tape.conductor), gradient);
            stack.step_backward(&mut tape.conductor, s);
        }
        stack.finish(&mut tape.conductor, gradients, |_, _| &[][..], z, dz);
    }
}
