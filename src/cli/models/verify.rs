//! `models verify`: are the model files whole?

use std::time::Instant;

use anyhow::bail;
use clap::Args;
use serde::Serialize;

use super::super::console::Console;
use super::super::words::counted;
use crate::model;

/// Arguments of `models verify`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui models verify                     every model at hand
  mvae-tui models verify drums_2bar_oh_lokl ./mine.safetensors

Names and shapes of the tensors are held against the configuration, every number has to be finite, and a few points
are decoded and read back. Exit code 1 where one is not whole.")]
pub struct Arguments {
    /// Models, by name or path [default: all at hand]
    #[arg(value_name = "M")]
    models: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Document {
    models: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    name: String,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<String>,
    tensors: usize,
    weights: usize,
    patterns: usize,
    ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Runs `models verify`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let names = match arguments.models.as_slice() {
        [] => model::list().into_iter().map(|listed| listed.name).collect(),
        given => given.to_vec(),
    };
    let mut lines = Vec::new();
    for name in names {
        let busy = console.busy(&format!("verifying {name}"));
        let line = check(name);
        drop(busy);
        match &line.error {
            Some(error) => console.say(format!("{}: NOT WHOLE: {error}", line.name))?,
            None => console.say(format!(
                "{}: whole; {}, {} with {:.1} million weights, {} made and read back",
                line.name,
                line.config.as_deref().unwrap_or_default(),
                counted(line.tensors, "tensor"),
                line.weights as f64 / 1e6,
                counted(line.patterns, "pattern"),
            ))?,
        }
        lines.push(line);
    }
    let broken = lines.iter().filter(|line| !line.ok).count();
    let all = lines.len();
    console.document(&Document { models: lines })?;
    if all == 0 {
        bail!("no model is at hand. Name one, or train or import one");
    }
    if broken > 0 {
        bail!(
            "{broken} of {} not whole. Fetch, import or train again what is damaged",
            counted(all, "model")
        );
    }
    Ok(())
}

fn check(name: String) -> Line {
    let started = Instant::now();
    let verified = model::verify(&name);
    let ms = started.elapsed().as_millis() as u64;
    match verified {
        Ok(v) => Line {
            name,
            ok: true,
            config: Some(v.settings.config),
            tensors: v.tensors,
            weights: v.weights,
            patterns: v.patterns,
            ms,
            error: None,
        },
        Err(error) => Line {
            name,
            ok: false,
            config: None,
            tensors: 0,
            weights: 0,
            patterns: 0,
            ms,
            error: Some(error.to_string()),
        },
    }
}
