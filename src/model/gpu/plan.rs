//! Which graphs a model needs, and how they hang together.

use super::{
    builder::Program,
    graphs::{self, Core},
};
use crate::model::{
    catalogue::{Config, Head},
    names,
    network::load::Loader,
    settings::Settings,
    weights::Weights,
};

/// The longest run of steps that is unrolled in one graph: making a session takes its time for every node.
const UNROLLED: usize = 32;

/// Every graph of a model.
pub struct Plan {
    /// Encoder levels from the notes up, each its layers, each forward and backward.
    pub encoder: Vec<Vec<[Program; 2]>>,
    /// From the encoder's last states to mu and sigma.
    pub posterior: Program,
    /// Start and step of each conductor level, and its first bias.
    pub conductors: Vec<(Program, Program, Vec<f32>)>,
    /// Start of each core, and what runs it.
    pub cores: Vec<(Program, Program)>,
    /// Steps of a chunk of each encoder level.
    pub encoder_steps: Vec<usize>,
    /// Steps of a chunk of the decoder; nothing where it runs step by step, drawn on the processor.
    pub decoder_steps: Option<usize>,
}

/// The longest divisor of `steps` that is unrolled.
fn unrolled(steps: usize) -> usize {
    (1..=UNROLLED.min(steps)).rev().find(|n| steps.is_multiple_of(*n)).unwrap_or(1)
}

impl Plan {
    /// The graphs of a model of `settings`.
    ///
    /// # Errors
    /// In words, what the card cannot do of it.
    pub fn new(settings: &Settings, config: &Config, weights: &Weights) -> Result<Self, String> {
        if settings.autoregressive {
            return Err(
                "conductors that are fed what their segments ended on run on the processor".to_owned()
            );
        }
        let loader = Loader::new(weights, &settings.name);
        let dense = |path: &str| loader.dense(path).map_err(|error| error.to_string());
        let levels = &settings.encoder_levels;
        let lengths = if levels.is_empty() { vec![settings.steps] } else { levels.clone() };
        let encoder_steps: Vec<usize> = lengths.iter().map(|n| unrolled(*n)).collect();
        let mut encoder = Vec::new();
        for (level, steps) in encoder_steps.iter().enumerate() {
            let path = names::encoder((!levels.is_empty()).then_some(level));
            let mut layers = Vec::new();
            for (k, units) in settings.encoder.iter().enumerate() {
                let make = |way: &str| {
                    let cell = dense(&names::encoder_cell(&path, k, way))?;
                    graphs::lstm(&format!("encoder_{level}_{k}_{way}"), cell, *units, *steps)
                };
                layers.push([make("fw")?, make("bw")?]);
            }
            encoder.push(layers);
        }
        let last = settings.encoder.last().copied().unwrap_or(0);
        let posterior = graphs::posterior("posterior", last, dense("encoder/mu")?, dense("encoder/sigma")?)?;
        let units = &settings.decoder;
        let mut conductors = Vec::new();
        for l in 0..settings.decoder_levels.len().saturating_sub(1) {
            let path = names::conductor(l);
            let start = dense(&format!("{path}/initial_state"))?;
            let cells = (0..units.len()).map(|k| dense(&names::conductor_cell(&path, k)));
            let cells = cells.collect::<Result<Vec<_>, String>>()?;
            conductors.push((
                graphs::start(&format!("conductor_{l}_start"), start, units, None)?,
                graphs::conductor(&format!("conductor_{l}_step"), &cells, units)?,
                super::pad::gate_bias(cells[0].1, units[0]),
            ));
        }
        let segment = settings.decoder_levels.last().copied().unwrap_or(settings.steps);
        // Bits are drawn one after another, and controls change from step to step: the processor draws those.
        let drawn_here = matches!(config.head, Head::Categorical | Head::MultiOut | Head::Split);
        let decoder_steps = (drawn_here && config.control_depth == 0).then(|| unrolled(segment));
        let count = if config.head == Head::Split { config.parts.len() } else { 1 };
        let cores = (0..count).map(|part| core(settings, config, part, decoder_steps, &dense));
        let cores = cores.collect::<Result<Vec<_>, String>>()?;
        Ok(Self { encoder, posterior, conductors, cores, encoder_steps, decoder_steps })
    }
}

/// A kernel and its bias by their path.
type Find<'a, 'w> = &'a dyn Fn(&str) -> Result<graphs::Dense<'w>, String>;

fn core(
    settings: &Settings,
    config: &Config,
    part: usize,
    steps: Option<usize>,
    dense: Find<'_, '_>,
) -> Result<(Program, Program), String> {
    let units = &settings.decoder;
    let path = names::core(settings, config, part);
    let (name, parts) = match config.head {
        Head::Split => (format!("decoder_{part}"), std::slice::from_ref(&config.parts[part])),
        _ => ("decoder".to_owned(), config.parts),
    };
    let depth: usize = parts.iter().sum();
    let cells = (0..units.len()).map(|k| dense(&names::core_cell(&path, k)));
    let cells = cells.collect::<Result<Vec<_>, String>>()?;
    let start = dense(&format!("{path}/z_to_initial_state"))?;
    let latent = start.0.len() / start.1.len();
    let fed = Some((cells[0], depth..depth + latent));
    let start = graphs::start(&format!("{name}_start"), start, units, fed)?;
    let projection = dense(&format!("{path}/output_projection"))?;
    let core = Core { cells, units, parts, latent, controls: config.control_depth, projection };
    let run = match steps {
        Some(steps) => graphs::chunk(&format!("{name}_chunk"), &core, steps)?,
        None => graphs::step(&format!("{name}_step"), &core)?,
    };
    Ok((start, run))
}

/// Every graph of a model as the card runs it.
///
/// # Errors
/// In words, what the card cannot do of it.
pub fn programs(settings: &Settings, weights: &Weights) -> Result<Vec<Program>, String> {
    let config = settings.catalogue().map_err(|error| error.to_string())?;
    let plan = Plan::new(settings, config, weights)?;
    let mut all: Vec<Program> = plan.encoder.into_iter().flatten().flatten().collect();
    all.push(plan.posterior);
    all.extend(plan.conductors.into_iter().flat_map(|(start, step, _)| [start, step]));
    all.extend(plan.cores.into_iter().flat_map(|(start, run)| [start, run]));
    Ok(all)
}
