//! `reconstruct`: a pattern through the latent space and back.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{index, patterns};
use super::console::Console;
use super::input;
use super::making::Making;
use super::output::{self, Made};
use crate::latent::generate;

/// Arguments of `reconstruct`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui reconstruct beat.mid                          what the model makes of it
  mvae-tui reconstruct song.mid --index 3 --out r        the third beat of a song
  mvae-tui reconstruct beat.mid --n 4 --temperature 1 --seed 1 --out r   four takes on it")]
pub struct Arguments {
    /// A MIDI file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Which pattern of the file, as `extract` counts them
    #[arg(long, value_name = "I", value_parser = index)]
    index: Option<usize>,
    /// How many decodings; they differ at a temperature above 0
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = patterns, allow_negative_numbers = true)]
    n: usize,
    #[command(flatten)]
    making: Making,
}

/// Runs `reconstruct`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let making = &arguments.making;
    let model = making.open(input::RECONSTRUCTOR)?;
    let how = making.sampling(&model, arguments.n, 0.0, 0)?;
    let found = input::one(&arguments.file, arguments.index, &input::Reader::of(&model)?)?;
    let patterns = generate::reconstruct(&model, &found, &how)?;
    let name = found.label(arguments.index.is_none());
    let made = Made {
        model: &model,
        patterns,
        labels: Vec::new(),
        stem: format!("{}-reconstructed", input::stem(&arguments.file)),
        title: format!("{name}, reconstructed"),
        sources: vec![found.source()],
    };
    output::finish(&made, &making.keeping, console)
}
