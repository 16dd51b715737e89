//! `decode`: latent points to patterns.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Drawing, Keeping, index};
use super::console::Console;
use super::failure::usage;
use super::input;
use super::output::{self, Made};
use super::points::Points;
use super::words::counted;
use crate::latent::generate;

/// Arguments of `decode`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui decode z.json --out d                 each point as a MIDI file
  mvae-tui decode z.json --index 2               the second one, shown
  mvae-tui encode beat.mid | mvae-tui decode -   there and back
  mvae-tui sample --n 2 --seed 7 --json | mvae-tui decode - --temperature 0.5 --seed 1

It reads what `encode` and `sample --json` write, {\"z\": [...]}, or bare lists of numbers.")]
pub struct Arguments {
    /// A file of latent points; - is stdin
    #[arg(value_name = "Z.json")]
    file: PathBuf,
    /// Only this point, counted from 1
    #[arg(long, value_name = "I", value_parser = index)]
    index: Option<usize>,
    /// Model, by name or path [default: the one named in the file, else drums_2bar_oh_hikl]
    #[arg(long, value_name = "M")]
    model: Option<String>,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    keeping: Keeping,
}

/// Runs `decode`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let mut points = Points::read(&arguments.file)?;
    let count = points.points.len();
    let chosen = match arguments.index {
        None => points.points,
        Some(i) if i <= count => vec![points.points.swap_remove(i - 1)],
        Some(i) => {
            let (file, held) = (arguments.file.display(), counted(count, "point"));
            let choice = if count == 1 { "leave --index out" } else { "take a smaller --index" };
            return Err(usage(format!("{file}: there is no point {i}. It holds {held}: {choice}")));
        }
    };
    let named = Some(points.model.as_str()).filter(|m| !m.is_empty()).unwrap_or(input::RECONSTRUCTOR);
    let model = input::model(arguments.model.as_deref(), named)?;
    let given = &model.settings().name;
    if !points.model.is_empty() && points.model != *given {
        // The same numbers are other music in another latent space, which nobody would hear as a mistake.
        let (file, made) = (arguments.file.display(), &points.model);
        return Err(usage(format!(
            "{file}: its points belong to the model {made}, not to {given}. Leave --model out, or encode the music \
             with --model {given}"
        )));
    }
    let z: Vec<Vec<f32>> = chosen.into_iter().map(|p| p.z).collect();
    let how = arguments.drawing.sampling(z.len(), 0.0, 0);
    let busy = console.busy("decoding");
    let patterns = generate::decode(&model, &z, &how)?;
    drop(busy);
    let stdin = arguments.file.as_os_str() == "-";
    let name = if stdin { "decoded".to_owned() } else { input::stem(&arguments.file) };
    let made = Made {
        model: &model,
        patterns,
        labels: Vec::new(),
        title: format!("{name}, decoded"),
        stem: name,
        sources: Vec::new(),
    };
    output::finish(&made, &arguments.keeping, console)
}
