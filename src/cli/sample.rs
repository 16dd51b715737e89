//! `sample`: new patterns from the prior.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use super::arguments::patterns;
use super::console::Console;
use super::input;
use super::making::Making;
use super::output::{self, Made};
use crate::latent::generate;

/// Arguments of `sample`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui sample                                  show one new beat
  mvae-tui sample --n 4 --seed 1 --out d           d/sample-seed1-001.mid to -004.mid
  mvae-tui sample --n 8 --temperature 0.5 --out all.mid   eight in a row in one file
  mvae-tui sample --n 12 --plot beats.svg          twelve in one picture
  mvae-tui sample --length 64 --out d              four bars each
  mvae-tui sample --model ./chords.safetensors --chords 'C Am F G'   over chords, where the model takes them

The same model, seed and settings give the same bytes; the first 4 of --n 8 are those of --n 4.")]
pub struct Arguments {
    /// How many
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = patterns, allow_negative_numbers = true)]
    n: usize,
    #[command(flatten)]
    making: Making,
}

/// Runs `sample`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let making = &arguments.making;
    let model = making.open(input::SAMPLER)?;
    let how = making.sampling(&model, arguments.n, 0.9, seed_of_the_clock())?;
    let busy = console.busy("drawing patterns");
    let patterns = generate::sample(&model, &how)?;
    drop(busy);
    let made = Made {
        model: &model,
        patterns,
        labels: Vec::new(),
        stem: format!("sample-seed{}", how.seed),
        title: if how.n == 1 { "A sample".to_owned() } else { format!("{} samples", how.n) },
        sources: Vec::new(),
    };
    output::finish(&made, &making.keeping, console)?;
    if making.drawing.seed.is_none() && !console.json() {
        console.remark(format!("--seed {} gives the same again", how.seed));
    }
    Ok(())
}

/// A seed that differs from one run to the next, short enough to be typed.
fn seed_of_the_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    crate::latent::noise::Noise::new(since.as_nanos() as u64, 0).bits(0) % 1_000_000
}
