//! `attributes`: the directions of a latent space along which music gets denser, looser, more syncopated.

mod apply;
mod compute;
mod list;
mod measure;

use clap::{Args, Subcommand};

use super::console::Console;
use crate::latent::attributes::Attribute;

/// Arguments of `attributes`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui attributes list                                      which models have which
  mvae-tui attributes list --model drums_2bar_oh_hikl           what each does, measured
  mvae-tui attributes measure beat.mid                          how much of each a pattern has
  mvae-tui attributes apply beat.mid --attribute density --by 1 --out denser.mid
  mvae-tui attributes compute --model ./mine.safetensors --data beats/")]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show which models have vectors, or what the vectors of one do
    List(list::Arguments),
    /// Measure the patterns of MIDI files
    Measure(measure::Arguments),
    /// Move a pattern along attribute vectors
    Apply(apply::Arguments),
    /// Compute the vectors of a model from music
    Compute(compute::Arguments),
}

/// Runs `attributes`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    match &arguments.what {
        What::List(a) => list::run(a, console),
        What::Measure(a) => measure::run(a, console),
        What::Apply(a) => apply::run(a, console),
        What::Compute(a) => compute::run(a, console),
    }
}

/// The name of an attribute on the command line.
fn attribute(text: &str) -> Result<Attribute, String> {
    Attribute::find(text).map_err(|error| error.to_string())
}

/// Lines of equal columns: the first to the left, the others to the right.
fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| rows.iter().filter_map(|r| r.get(c)).map(|t| t.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(c, (cell, &width))| match c {
            0 => format!("{cell:width$}"),
            _ => format!("{cell:>width$}"),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
