//! `mean`: the pattern in the middle of several.

use clap::Args;

use super::arguments::patterns;
use super::console::Console;
use super::input;
use super::making::{Given, Making};
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
    #[command(flatten)]
    given: Given,
    /// How many decodings of the middle; they differ at a temperature above 0
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = patterns, allow_negative_numbers = true)]
    n: usize,
    #[command(flatten)]
    making: Making,
}

/// Runs `mean`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let (given, making) = (&arguments.given, &arguments.making);
    let model = making.open(input::RECONSTRUCTOR)?;
    let how = making.sampling(&model, arguments.n, 0.0, 0)?;
    let found = given.read(&model, "mean")?;
    let patterns = generate::mean(&model, &found, &how)?;
    let names = given.names(&found);
    let made = Made {
        model: &model,
        patterns,
        labels: Vec::new(),
        stem: "mean".to_owned(),
        title: format!("The middle of {}", names.join(", ")),
        sources: found.iter().map(input::Found::source).collect(),
    };
    output::finish(&made, &making.keeping, console)
}
