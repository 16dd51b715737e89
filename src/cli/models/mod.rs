//! `models`: what is at hand, what each of them is, and the ways in and out.

mod export;
mod import;
mod info;
mod list;
mod markdown;
mod verify;

use clap::{Args, Subcommand};

use super::console::Console;

/// Arguments of `models`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui models list
  mvae-tui models info drums_2bar_oh_lokl
  mvae-tui models import cat-mel_2bar_big.tar --config cat-mel_2bar_big --out mel_2bar_big.safetensors
  mvae-tui models export drums_2bar_oh_hikl --onnx hikl
  mvae-tui models verify

A model is found by name among the bundled ones, in `models` beside the program and in the working
folder, in the user's data folder, or by the path of its file.")]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the models at hand
    List(list::Arguments),
    /// Tell what a model is, what it learned from and how well
    Info(info::Arguments),
    /// Bring in a TensorFlow checkpoint or a magenta.js model
    Import(import::Arguments),
    /// Write a model as ONNX files for other programs
    Export(export::Arguments),
    /// Check model files: tensors, numbers, and what they make
    Verify(verify::Arguments),
}

/// Runs `models`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    match &arguments.what {
        What::List(a) => list::run(a, console),
        What::Info(a) => info::run(a, console),
        What::Import(a) => import::run(a, console),
        What::Export(a) => export::run(a, console),
        What::Verify(a) => verify::run(a, console),
    }
}

/// `256` or `3 x 2048` or `256, 512`: units of layers.
fn units(layers: &[usize]) -> String {
    match layers {
        [first, _, ..] if layers.iter().all(|n| n == first) => format!("{} x {first}", layers.len()),
        _ => layers.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn equal_layers_are_counted_and_others_listed() {
        assert_eq!([&[512][..], &[2048; 3], &[256, 512]].map(super::units), ["512", "3 x 2048", "256, 512"]);
    }
}
