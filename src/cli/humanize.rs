//! `humanize`: a quantised beat, played.

use clap::Args;

use super::console::Console;
use super::performing::{self, Performing};
use crate::latent::groove::Performance;

/// The model where none is named.
const HUMANIZER: &str = "groove_2bar_humanize";

/// Arguments of `humanize`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui humanize beat.mid --out played.mid
  mvae-tui humanize song.mid --model ./groove.safetensors --out played.mid --plot before-after.svg
  mvae-tui humanize beat.mid --free --temperature 0.5 --seed 3 --out played.mid

The drums of the file, of any length, get the velocities and the timing of a drummer; tempo, other tracks and
controllers stay as they are. With --free the model also chooses which drums are hit.")]
pub struct Arguments {
    #[command(flatten)]
    performing: Performing,
    /// Let the model leave hits out and add its own
    #[arg(long)]
    free: bool,
}

/// Runs `humanize`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let what = if arguments.free { Performance::HumanizeFreely } else { Performance::Humanize };
    performing::run(&arguments.performing, what, HUMANIZER, console)
}
