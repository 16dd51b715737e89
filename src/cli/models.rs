//! `models`: what is at hand, and what each of them is.

use std::fmt::Write;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::console::Console;
use super::input;
use crate::model::{self, Settings};

/// Arguments of `models`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui models list
  mvae-tui models info drums_2bar_oh_lokl
  mvae-tui models info ./my.safetensors --json

A model is found by name among the bundled ones, in `models` beside the program and in the working
folder, in the user's data folder, or by the path of its file.")]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the models at hand
    #[command(
        after_help = "Examples:\n  mvae-tui models list\n  mvae-tui models list --json | jq '.models[].name'"
    )]
    List,
    /// Tell what a model is, what it learned from and how well
    #[command(after_help = "Examples:\n  mvae-tui models info drums_2bar_oh_lokl")]
    Info {
        /// Model, by name or path
        #[arg(value_name = "M")]
        model: String,
    },
}

#[derive(Debug, Serialize)]
struct Listing {
    models: Vec<Line>,
    folders: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    name: String,
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<Settings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Runs `models`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    match &arguments.what {
        What::List => list(console),
        What::Info { model } => info(model, console),
    }
}

fn list(console: &Console) -> anyhow::Result<()> {
    let models = model::list().into_iter().map(|listed| {
        let (settings, error) = match listed.settings {
            Ok(settings) => (Some(settings), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Line { name: listed.name, place: listed.place.to_string(), settings, error }
    });
    let folders = model::folders().iter().map(|f| f.display().to_string()).collect();
    let listing = Listing { models: models.collect(), folders };
    if listing.models.is_empty() {
        console.say("no models at hand; they are looked for in:")?;
        for folder in &listing.folders {
            console.say(format!("  {folder}"))?;
        }
    } else {
        console.say(table(&listing.models).trim_end())?;
    }
    console.document(&listing)
}

/// The models as lines of equal columns.
fn table(models: &[Line]) -> String {
    let mut rows = vec![["NAME", "CONFIG", "STEPS", "ACCURACY", "KL BITS", "PLACE"].map(str::to_owned)];
    for line in models {
        rows.push(match &line.settings {
            Some(s) => {
                let measured = |key: &str, digits| figure(s, key, digits).unwrap_or_else(|| "-".to_owned());
                [
                    line.name.clone(),
                    s.config.clone(),
                    s.steps.to_string(),
                    measured("teacher_forced_accuracy", 3),
                    measured("kl_bits", 1),
                    line.place.clone(),
                ]
            }
            None => {
                let error = line.error.clone().unwrap_or_default();
                [
                    line.name.clone(),
                    "unreadable".to_owned(),
                    String::new(),
                    String::new(),
                    String::new(),
                    error,
                ]
            }
        });
    }
    let widths = [0, 1, 2, 3, 4].map(|c| rows.iter().map(|r| r[c].len()).max().unwrap_or(0));
    let mut text = String::new();
    for row in rows {
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(text, "{cell:width$}  ");
        }
        let _ = writeln!(text, "{}", row[5]);
    }
    text
}

fn figure(settings: &Settings, key: &str, digits: usize) -> Option<String> {
    let value = settings.training.as_ref()?.held_out.get(key)?;
    Some(format!("{value:.digits$}"))
}

fn info(name: &str, console: &Console) -> anyhow::Result<()> {
    let model = input::model(Some(name), name)?;
    let settings = model.settings();
    console.say(describe(settings).trim_end())?;
    console.document(settings)
}

/// A model in lines for people.
fn describe(s: &Settings) -> String {
    let sizes = |units: &[usize]| units.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let mut text = format!("{}\n", s.name);
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name:14} {value}");
        }
    };
    line("configuration", s.config.clone());
    line("makes", format!("{} patterns of {} steps ({} bars)", s.kind, s.steps, s.steps / 16));
    line("latent space", format!("{} dimensions", s.z_size));
    line("encoder", format!("{} units each way", sizes(&s.encoder)));
    line("decoder", format!("{} units", sizes(&s.decoder)));
    let Some(t) = &s.training else { return text };
    for source in &t.data {
        line("learned from", format!("{} ({})", source.name, source.licence));
        line("", source.attribution.clone());
    }
    line("imported from", t.imported_from.clone().unwrap_or_default());
    let count = |n: Option<u64>, what: &str| n.map_or_else(String::new, |n| format!("{n} {what}"));
    line("training", count(t.steps, "updates"));
    line("", count(t.examples, "examples"));
    line("", t.seconds.map_or_else(String::new, |s| format!("{:.0} minutes", s / 60.0)));
    for (key, value) in &t.objective {
        line("", format!("{key} {value}"));
    }
    for (key, value) in &t.held_out {
        line("held out", format!("{key} {value:.3}"));
    }
    line("made by", t.command.clone().unwrap_or_default());
    text
}
