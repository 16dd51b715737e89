//! `extract`: every pattern in a MIDI file that a model can take.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::arguments::{Keeping, index};
use super::console::Console;
use super::files;
use super::input::{self, Found};
use super::output::{self, JsonNote};
use crate::codec::Converter;
use crate::latent::generate::{self, GenerateError};
use crate::model::{Config, ModelError};
use crate::music::plot::{self, Panel, Roll, Style};

/// What is looked for where nothing is named.
const DRUMS: &str = "cat-drums_2bar_small";

/// Arguments of `extract`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui extract song.mid                        every different 2-bar beat, its bar, its picture
  mvae-tui extract song.mid --index 3 --out d      the third as d/song-003.mid
  mvae-tui extract song.mid --index 3 --out x.mid  the same as x.mid
  mvae-tui extract song.mid --out d                each in a file of its own
  mvae-tui extract song.mid --plot beats.png       all in one picture
  mvae-tui extract song.mid --json | jq '.patterns[].bar'

The numbers are those that --index takes everywhere. Where a file yields nothing, it says why.")]
pub struct Arguments {
    /// A MIDI file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Model or configuration whose patterns are looked for [default: cat-drums_2bar_small]
    #[arg(long, value_name = "M")]
    model: Option<String>,
    /// Only this one
    #[arg(long, value_name = "I", value_parser = index)]
    index: Option<usize>,
    #[command(flatten)]
    keeping: Keeping,
}

#[derive(Debug, Serialize)]
struct Document {
    file: String,
    config: String,
    length_steps: usize,
    count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    patterns: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    index: usize,
    bar: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    notes: Vec<JsonNote>,
}

/// Runs `extract`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let (config, converter) = converter(arguments.model.as_deref())?;
    let found = match arguments.index {
        Some(_) => vec![input::one(&arguments.file, arguments.index, &converter.into())?],
        None => input::patterns(&arguments.file, &converter.into())?,
    };
    let keeping = &arguments.keeping;
    let stem = input::stem(&arguments.file);
    let numbered: Vec<_> = found.iter().map(|f| (f.index, &f.pattern)).collect();
    let (mut out, names) = output::midi_files(&numbered, &stem, keeping)?;
    if let Some(path) = &keeping.plot {
        out.push((path.clone(), picture(path, &stem, &found)?));
    }
    files::write_all(&out, keeping.folder(), keeping.force)?;

    for (i, each) in found.iter().enumerate() {
        let gap = if i > 0 { "\n" } else { "" };
        let file = names.get(i).map(|n| n.display().to_string()).unwrap_or_default();
        console.say(format!("{gap}{}  bar {}  {file}", each.index, each.bar).trim_end())?;
        console.say(plot::text(&each.pattern).trim_end())?;
    }
    console.document(&Document {
        file: arguments.file.display().to_string(),
        config,
        length_steps: converter.steps(),
        count: found.len(),
        picture: keeping.plot.as_ref().map(|p| p.display().to_string()),
        patterns: (0..).zip(&found).map(|(i, f)| entry(f, names.get(i).or(keeping.out.as_ref()))).collect(),
    })
}

fn entry(found: &Found, file: Option<&PathBuf>) -> Entry {
    Entry {
        index: found.index,
        bar: found.bar,
        file: file.map(|f| f.display().to_string()),
        notes: output::notes(&found.pattern),
    }
}

fn picture(path: &std::path::Path, stem: &str, found: &[Found]) -> anyhow::Result<Vec<u8>> {
    let panels = found.iter().map(|f| Panel {
        label: format!("{}  bar {}", f.index, f.bar),
        roll: Roll::from_pattern(&f.pattern),
    });
    let style = Style { title: stem.to_owned(), ..Style::default() };
    output::picture(path, &panels.collect::<Vec<_>>(), &style, output::PNG_SCALE)
}

/// The converter of a configuration or of a model, by name.
fn converter(name: Option<&str>) -> anyhow::Result<(String, Converter)> {
    let name = name.unwrap_or(DRUMS);
    if Config::find(name).is_ok() {
        let none = || GenerateError::NoConverter { model: name.to_owned(), config: name.to_owned() };
        return Ok((name.to_owned(), Converter::for_config(name).ok_or_else(none)?));
    }
    let model = input::model(Some(name), DRUMS).map_err(|error| with_configurations(error, name))?;
    Ok((model.settings().config.clone(), generate::converter(&model)?))
}

/// An unknown name may be a slip in that of a configuration just as well.
fn with_configurations(error: anyhow::Error, name: &str) -> anyhow::Error {
    match (error.downcast_ref(), Config::find(name)) {
        (Some(ModelError::UnknownModel { .. }), Err(ModelError::UnknownConfig { near, .. })) => {
            anyhow::anyhow!("{error}. Configurations like it: {}", near.join(", "))
        }
        _ => error,
    }
}
