//! `interpolate`: from one pattern to another through the latent space.

use clap::Args;

use super::arguments::points;
use super::console::Console;
use super::input;
use super::making::{Given, Making};
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
    #[command(flatten)]
    given: Given,
    /// How many points, both ends included
    #[arg(long, value_name = "POINTS", default_value_t = 13, value_parser = points, allow_negative_numbers = true)]
    steps: usize,
    #[command(flatten)]
    making: Making,
}

/// Runs `interpolate`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let (given, making) = (&arguments.given, &arguments.making);
    let model = making.open(input::RECONSTRUCTOR)?;
    let how = making.sampling(&model, 1, 0.0, 0)?;
    let ends = given.read(&model, "interpolate")?;
    let busy = console.busy("decoding the way");
    let patterns = generate::interpolate(&model, &ends, arguments.steps, &how)?;
    drop(busy);
    let names = given.names(&ends);
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
    output::finish(&made, &making.keeping, console)
}
