//! Conductors and core decoders: a start and a step each (spec sections 4 and 5).

use super::parts::Builder;
use crate::model::{
    catalogue::{Config, Head},
    error::ModelError,
    names,
    network::load::Loader,
    onnx::Graph,
    settings::Settings,
};

/// Start and step of every conductor level; none for flat decoders.
pub fn conductors<'a>(settings: &Settings, loader: &Loader<'a>) -> Result<Vec<Graph<'a>>, ModelError> {
    let units = &settings.decoder;
    let top = units.last().copied().unwrap_or(0);
    let mut graphs = Vec::new();
    for l in 0..settings.decoder_levels.len().saturating_sub(1) {
        let path = names::conductor(l);
        let x = if l == 0 { settings.z_size } else { top };
        let mut start = Builder::new(
            &format!("conductor_{l}_start"),
            "State of a conductor before its first segment, from z or from the embedding of the level above.",
        );
        let input = start.input("x", x);
        start.start(&input, loader.dense(&format!("{path}/initial_state"))?, units);
        graphs.push(start.graph);

        let mut step = Builder::new(
            &format!("conductor_{l}_step"),
            "The next segment's embedding: what the level below starts from and is fed at each of its steps.",
        );
        let lower = names::state_width(units);
        let mut below = String::new();
        for (k, width) in units.iter().enumerate() {
            let cell = loader.dense(&names::conductor_cell(&path, k))?;
            below = match (k, settings.autoregressive) {
                // A conductor that is fed nothing has one dead kernel row: its input is a constant zero.
                (0, false) => step.cell(k, *width, cell, &[]),
                (0, true) => {
                    let fed = [step.input("lower", lower), step.input("x", x)];
                    step.cell(k, *width, cell, &[(&fed[0], 0..lower), (&fed[1], lower..lower + x)])
                }
                _ => step.cell(k, *width, cell, &[(&below, 0..units[k - 1])]),
            };
        }
        step.node("Identity", &[&below], "embedding");
        step.output("embedding", top);
        step.states_out(units, "_next");
        graphs.push(step.graph);
    }
    Ok(graphs)
}

/// Start and step of the core decoder that makes part `part` (0 unless each part has its own).
pub fn core<'a>(
    settings: &Settings,
    config: &Config,
    part: usize,
    loader: &Loader<'a>,
) -> Result<[Graph<'a>; 2], ModelError> {
    let units = &settings.decoder;
    let top = units.last().copied().unwrap_or(0);
    let path = names::core(settings, config, part);
    let (prefix, depth) = match config.head {
        Head::Split => (format!("decoder_{part}"), config.parts[part]),
        _ => ("decoder".to_owned(), config.output_depth()),
    };
    let latent = if settings.decoder_levels.is_empty() { settings.z_size } else { top };

    let mut start = Builder::new(
        &format!("{prefix}_start"),
        "State of the decoder before the first step: of a flat sequence from z, of a segment from its embedding.",
    );
    let x = start.input("latent", latent);
    start.start(&x, loader.dense(&format!("{path}/z_to_initial_state"))?, units);

    let mut step = Builder::new(
        &format!("{prefix}_step"),
        "One step: logits from the previous output (zeros at the very first step), the latent vector and the state.",
    );
    let mut below = String::new();
    for (k, width) in units.iter().enumerate() {
        let cell = loader.dense(&names::core_cell(&path, k))?;
        if k > 0 {
            below = step.cell(k, *width, cell, &[(&below, 0..units[k - 1])]);
            continue;
        }
        let after = depth + latent;
        let previous = step.input("previous", depth);
        let z = step.input("latent", latent);
        let mut fed = vec![(previous.as_str(), 0..depth), (z.as_str(), depth..after)];
        let controls = (config.control_depth > 0).then(|| step.input("controls", config.control_depth));
        fed.extend(controls.iter().map(|c| (c.as_str(), after..after + config.control_depth)));
        below = step.cell(k, *width, cell, &fed);
    }
    let projection = loader.dense(&format!("{path}/output_projection"))?;
    step.dense(&below, projection, "logits");
    step.output("logits", projection.1.len());
    step.states_out(units, "_next");
    Ok([start.graph, step.graph])
}
