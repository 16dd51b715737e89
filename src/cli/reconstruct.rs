//! `reconstruct`: a pattern through the latent space and back.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Drawing, Keeping, index, patterns};
use super::console::Console;
use super::input;
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
    /// Model, by name or path [default: drums_2bar_oh_hikl]
    #[arg(long, value_name = "M")]
    model: Option<String>,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    keeping: Keeping,
}

/// Runs `reconstruct`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let model = input::model(arguments.model.as_deref(), input::RECONSTRUCTOR)?;
    let found = input::one(&arguments.file, arguments.index, &generate::converter(&model)?)?;
    let how = arguments.drawing.sampling(arguments.n, 0.0, 0);
    let patterns = generate::reconstruct(&model, &found.tokens, &how)?;
    let name = found.label(arguments.index.is_none());
    let made = Made {
        model: &model,
        patterns,
        labels: Vec::new(),
        stem: format!("{}-reconstructed", input::stem(&arguments.file)),
        title: format!("{name}, reconstructed"),
        sources: vec![found.source()],
    };
    output::finish(&made, &arguments.keeping, console)
}
