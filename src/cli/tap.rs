//! `tap`: drums to a tapped rhythm.

use clap::Args;

use super::console::Console;
use super::performing::{self, Performing};
use crate::latent::groove::Performance;

/// The model where none is named.
const TAPPER: &str = "groove_2bar_tap";

/// Arguments of `tap`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui tap rhythm.mid --model ./tap.safetensors --out drums.mid
  mvae-tui tap rhythm.mid --model ./tap.safetensors --temperature 0.5 --seed 3 --out drums.mid

Every note on the drum channel counts as a tap (where there is none, every note); drums take the place of the
taps. It takes a model of a groovae_2bar_tap_* configuration.")]
pub struct Arguments {
    #[command(flatten)]
    performing: Performing,
}

/// Runs `tap`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    performing::run(&arguments.performing, Performance::Tap, TAPPER, console)
}
