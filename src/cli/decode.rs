//! `decode`: latent points to patterns.

use std::path::PathBuf;

use clap::Args;

use super::arguments::index;
use super::console::Console;
use super::input;
use super::making::Making;
use super::output::{self, Made};
use super::points::Points;
use crate::latent::generate;
use crate::model::ModelError;

/// Arguments of `decode`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui decode z.json --out d                 each point as a MIDI file
  mvae-tui decode z.json --index 2               the second one, shown
  mvae-tui encode beat.mid | mvae-tui decode -   there and back
  mvae-tui sample --n 2 --seed 7 --json | mvae-tui decode - --temperature 0.5 --seed 1

Without --model it takes the one that the file names. It reads what `encode` and `sample --json` write, {\"z\": [...]}, or bare lists of numbers.")]
pub struct Arguments {
    /// A file of latent points; - is stdin
    #[arg(value_name = "Z.json")]
    file: PathBuf,
    /// Only this point, counted from 1
    #[arg(long, value_name = "I", value_parser = index)]
    index: Option<usize>,
    #[command(flatten)]
    making: Making,
}

/// Runs `decode`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let points = Points::read(&arguments.file)?;
    let named =
        Some(points.model.as_str()).filter(|m| !m.is_empty()).unwrap_or(input::RECONSTRUCTOR).to_owned();
    let making = &arguments.making;
    let model = making.open(&named).map_err(|error| with_hint(error, arguments, &named))?;
    points.belong_to(&model.settings().name, &arguments.file)?;
    let chosen = points.chosen(arguments.index, &arguments.file)?;
    let mut how = making.sampling(&model, chosen.len(), 0.0, 0)?;
    if how.controls.is_none() {
        how.controls = Points::common_controls(&chosen, &arguments.file)?;
    }
    let z: Vec<Vec<f32>> = chosen.into_iter().map(|p| p.z).collect();
    let busy = console.busy("decoding");
    let patterns = generate::decode(&model, &z, &how)?;
    drop(busy);
    let stdin = arguments.file.as_os_str() == "-";
    let name = if stdin { "decoded".to_owned() } else { input::stem(&arguments.file) };
    let made = Made {
        model: &model,
        patterns,
        labels: Vec::new(),
        title: format!("{name}, decoded"),
        stem: name,
        sources: Vec::new(),
    };
    output::finish(&made, &making.keeping, console)
}

/// A model that was only a path when the points were made is not found by its name.
fn with_hint(error: anyhow::Error, arguments: &Arguments, named: &str) -> anyhow::Error {
    let unknown = matches!(error.downcast_ref(), Some(ModelError::UnknownModel { .. }));
    if !unknown || arguments.making.model.is_some() {
        return error;
    }
    let file = arguments.file.display();
    anyhow::anyhow!(
        "{file}: its points belong to a model called {named}, which is in no folder of models. Name its file with \
         --model PATH, or put it into one of the folders that `mvae-tui models list --json` names"
    )
}
