//! `attributes compute`: the vectors of a model from music.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use indicatif::{ProgressBar, ProgressStyle};

use super::list;
use crate::cli::arguments::{count, seed, temperature};
use crate::cli::console::Console;
use crate::cli::failure::usage;
use crate::cli::files;
use crate::cli::input;
use crate::cli::making::progression;
use crate::latent::attributes::{Measuring, compute};
use crate::latent::generate::{self, Conditioned};
use crate::model::{self, Controls, Example, MusicVae, Source};
use crate::train::data::{self, Sources};

/// Arguments of `attributes compute`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui attributes compute --model ./mine.safetensors --data beats/ archive.tar.gz
  mvae-tui attributes compute --model drums_2bar_oh_hikl --data-roland groove.tar.gz --data freedoom.tar.gz --out v.safetensors
  mvae-tui attributes compute --model ./mine.safetensors --data beats/ --examples 2000 --json

Each pattern is encoded; the vector of an attribute is the mean of the quarter that has most of it less the mean
of the quarter that has least. Its effect is then measured on samples of the prior. The file belongs beside the
model, as NAME.attributes.safetensors, where every verb and the jam find it.")]
#[command(group(ArgGroup::new("music").args(["data", "data_roland"]).required(true).multiple(true)))]
pub struct Arguments {
    /// Model, by name or path
    #[arg(long, value_name = "M")]
    model: String,
    /// MIDI files, folders, .tar.gz archives; may be given several times
    #[arg(long, value_name = "PATH", num_args = 1..)]
    data: Vec<PathBuf>,
    /// The same, recorded on Roland's electronic kits (the Groove MIDI Dataset): their own drum keys
    #[arg(long, value_name = "PATH", num_args = 1..)]
    data_roland: Vec<PathBuf>,
    /// Where they go [default: beside the model's file]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace a file that holds something else
    #[arg(long)]
    force: bool,
    /// At most so many patterns, evenly picked
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = count, allow_negative_numbers = true)]
    examples: usize,
    /// Samples of the prior on which the effects are measured
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = count, allow_negative_numbers = true)]
    samples: usize,
    /// Softmax temperature of these samples
    #[arg(long, value_name = "T", default_value_t = 0.5, value_parser = temperature, allow_negative_numbers = true)]
    temperature: f32,
    /// Seed of these samples
    #[arg(long, value_name = "S", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    seed: u64,
    /// Chords under these samples, for a model that plays over them
    #[arg(long, value_name = "CHORDS", default_value = "C Am F G")]
    chords: String,
}

/// Runs `attributes compute`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let model = input::model(Some(&arguments.model), &arguments.model)?;
    let out = match (&arguments.out, model::path_of(&arguments.model)) {
        (Some(out), _) => out.clone(),
        (None, Some(path)) => model::attributes_path(&path),
        (None, None) => {
            let name = &arguments.model;
            return Err(usage(format!(
                "{name} is compiled in and has no place beside it. Name a file in a folder of models: --out models/{name}.attributes.safetensors"
            )));
        }
    };
    let sources = Sources { plain: arguments.data.clone(), roland: arguments.data_roland.clone() };
    let reader = input::Reader::of(&model)?;
    let busy = console.busy("reading music");
    let found = data::conditioned(&sources, &reader.converter, reader.chords, 1.0)?;
    drop(busy);
    let most = arguments.examples.min(found.examples.len());
    let picked = (0..most).map(|i| &found.examples[i * found.examples.len() / most.max(1)]);
    let examples: Vec<Example<'_>> = picked
        .map(|(tokens, controls)| Example { controls: controls.as_ref(), ..Example::from(tokens) })
        .collect();
    let how = Measuring {
        data: credits(&model, arguments),
        files: found.files,
        samples: arguments.samples,
        temperature: arguments.temperature,
        seed: arguments.seed,
        controls: controls(&model, arguments, &examples)?,
    };
    let bar = if console.shows_progress() { ProgressBar::new(1000) } else { ProgressBar::hidden() };
    let style = ProgressStyle::with_template("{bar:24} {percent} %, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let made = compute(&model, &examples, &how, |share| bar.set_position((1000.0 * share) as u64))?;
    bar.finish_and_clear();
    files::write_all(&[(out.clone(), made.to_bytes()?)], None, arguments.force)?;
    list::show(made.table(), console)?;
    console.remark(format!("written: {}", out.display()));
    list::document(made.table(), console)
}

/// What the samples are made over.
fn controls(
    model: &MusicVae,
    arguments: &Arguments,
    examples: &[Example<'_>],
) -> anyhow::Result<Option<Controls>> {
    Ok(match generate::conditioned(model) {
        Conditioned::Nothing => None,
        Conditioned::Chords => Some(progression(&arguments.chords, model.settings().steps)?),
        // The hits of a real groove: what stands in the middle of the music.
        Conditioned::Hits => {
            examples.get(examples.len() / 2).and_then(|example| generate::controls_of(model, *example))
        }
    })
}

/// The sources by the names of their files, with the licence that the model's header gives for one of that name.
fn credits(model: &MusicVae, arguments: &Arguments) -> Vec<Source> {
    let known = model.settings().training.as_ref().map_or(&[][..], |t| &t.data);
    let paths = arguments.data.iter().chain(&arguments.data_roland);
    let one = |path: &PathBuf| {
        let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default().to_lowercase();
        let same = |s: &&Source| !stem.is_empty() && s.name.to_lowercase().contains(&stem);
        known.iter().find(same).cloned().unwrap_or(Source { name: file, ..Source::default() })
    };
    paths.map(one).collect()
}
