//! `interpolate`: from one pattern to another through the latent space.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Drawing, Keeping, index, places, points};
use super::console::Console;
use super::failure::usage;
use super::input;
use super::output::{self, Made};
use crate::latent::generate;

/// Arguments of `interpolate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui interpolate a.mid b.mid --out i                  thirteen files from a to b
  mvae-tui interpolate a.mid b.mid --steps 5 --out row.mid  five in a row in one file
  mvae-tui interpolate a.mid b.mid --plot row.svg           the row as a picture
  mvae-tui interpolate a.mid b.mid --index 3 --index 1      the third beat of a, the first of b
  mvae-tui interpolate song.mid --index 1 --index 7         from one beat of a song to another
  mvae-tui interpolate a.mid b.mid c.mid --steps 9          through b on the way to c

Between the means of both ends, along their common arc (slerp); equal ends are fine.")]
pub struct Arguments {
    /// MIDI files, in the order of the way
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which pattern of each file, as `extract` counts them: once for each file, in order
    #[arg(long, value_name = "I", value_parser = index)]
    index: Vec<usize>,
    /// How many points, both ends included
    #[arg(long, value_name = "POINTS", default_value_t = 13, value_parser = points, allow_negative_numbers = true)]
    steps: usize,
    /// Model, by name or path [default: drums_2bar_oh_hikl]
    #[arg(long, value_name = "M")]
    model: Option<String>,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    keeping: Keeping,
}

/// Runs `interpolate`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let places = places(&arguments.files, &arguments.index)?;
    if places.len() < 2 {
        return Err(usage("interpolate needs two ends. Name two files, or one file and --index twice"));
    }
    let model = input::model(arguments.model.as_deref(), input::RECONSTRUCTOR)?;
    let ends = input::each(&places, &generate::converter(&model)?)?;
    let tokens: Vec<_> = ends.iter().map(|e| e.tokens.clone()).collect();
    let how = arguments.drawing.sampling(1, 0.0, 0);
    let busy = console.busy("decoding the way");
    let patterns = generate::interpolate(&model, &tokens, arguments.steps, &how)?;
    drop(busy);
    let names: Vec<String> = ends.iter().map(|e| e.label(arguments.index.is_empty())).collect();
    let mut labels = vec![String::new(); patterns.len()];
    if let (Some(first), Some(last)) = (names.first(), names.last()) {
        labels[0] = first.clone();
        labels[patterns.len() - 1] = last.clone();
    }
    let made = Made {
        model: &model,
        patterns,
        labels,
        stem: "interpolate".to_owned(),
        title: names.join(" \u{2192} "),
        sources: ends.iter().map(input::Found::source).collect(),
    };
    output::finish(&made, &arguments.keeping, console)
}
