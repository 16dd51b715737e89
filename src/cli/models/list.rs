//! `models list`: the models at hand in a line each, or as the table of `models/README.md`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::super::console::{self, Console};
use super::super::files;
use super::markdown;
use crate::model::{self, Settings};

/// Arguments of `models list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui models list
  mvae-tui models list --json | jq '.models[].name'
  mvae-tui models list --markdown                    the table with data, licences and figures
  mvae-tui models list --markdown models/README.md   the same for the models beside that file, put into it")]
pub struct Arguments {
    /// As a table in Markdown; with a FILE, of the models in its folder and put between its <!-- models --> marks
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    markdown: Option<PathBuf>,
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

/// Runs `models list`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    match &arguments.markdown {
        Some(path) if path.as_os_str() == "-" => {
            Ok(console::print(markdown::table(&readable(model::list())?).trim_end())?)
        }
        Some(path) => into(path, console),
        None => list(console),
    }
}

/// Puts the table of the models beside `path` between its marks.
fn into(path: &Path, console: &Console) -> anyhow::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let settings = readable(model::list_folder(folder))?;
    let old = std::fs::read_to_string(path)
        .with_context(|| format!("{}: it cannot be read. Name an existing file", path.display()))?;
    let new = markdown::replace(&old, &markdown::table(&settings))
        .map_err(|cause| anyhow::anyhow!("{}: {cause}", path.display()))?;
    files::write_all(&[(path.to_owned(), new.into_bytes())], None, true)?;
    console.remark(format!("{}: {} models", path.display(), settings.len()));
    Ok(())
}

/// The settings of all of them, or which one cannot be read.
fn readable(listed: Vec<model::Listed>) -> anyhow::Result<Vec<Settings>> {
    Ok(listed.into_iter().map(|listed| listed.settings).collect::<Result<_, _>>()?)
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

/// A held-out figure of a model with so many digits.
pub fn figure(settings: &Settings, key: &str, digits: usize) -> Option<String> {
    let value = settings.training.as_ref()?.held_out.get(key)?;
    Some(format!("{value:.digits$}"))
}
