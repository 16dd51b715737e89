//! `mean`: the pattern in the middle of several.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Drawing, Keeping, index, patterns, places};
use super::console::Console;
use super::failure::usage;
use super::input;
use super::output::{self, Made};
use crate::latent::generate;

/// Arguments of `mean`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui mean a.mid b.mid --out m                  half way between two beats
  mvae-tui mean a.mid b.mid c.mid --out m            the middle of three
  mvae-tui mean song.mid --index 2 --index 9         of two beats of one song
  mvae-tui mean a.mid b.mid --n 4 --temperature 0.8 --seed 1 --out m   four takes on it")]
pub struct Arguments {
    /// MIDI files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which pattern of each file, as `extract` counts them: once for each file, in order
    #[arg(long, value_name = "I", value_parser = index)]
    index: Vec<usize>,
    /// How many decodings of the middle; they differ at a temperature above 0
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

/// Runs `mean`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let places = places(&arguments.files, &arguments.index)?;
    if places.len() < 2 {
        return Err(usage("mean needs two patterns. Name two files, or one file and --index twice"));
    }
    let model = input::model(arguments.model.as_deref(), input::RECONSTRUCTOR)?;
    let found = input::each(&places, &generate::converter(&model)?)?;
    let tokens: Vec<_> = found.iter().map(|f| f.tokens.clone()).collect();
    let how = arguments.drawing.sampling(arguments.n, 0.0, 0);
    let patterns = generate::mean(&model, &tokens, &how)?;
    let names: Vec<String> = found.iter().map(|f| f.label(arguments.index.is_empty())).collect();
    let made = Made {
        model: &model,
        patterns,
        labels: Vec::new(),
        stem: "mean".to_owned(),
        title: format!("The middle of {}", names.join(", ")),
        sources: found.iter().map(input::Found::source).collect(),
    };
    output::finish(&made, &arguments.keeping, console)
}
