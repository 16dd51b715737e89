//! `attributes measure`: how much of each attribute the patterns of a file have.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::columns;
use crate::cli::arguments::index;
use crate::cli::console::Console;
use crate::cli::input::{self, Reader, Source};
use crate::latent::attributes::Attribute;

/// Arguments of `attributes measure`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui attributes measure beat.mid
  mvae-tui attributes measure song.mid --index 3
  mvae-tui attributes measure tune.mid --model mel_2bar --json

A - stands where there is nothing to measure: no hi-hats to be open, one note where an interval needs two.")]
pub struct Arguments {
    /// MIDI files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only this pattern of each file, as `extract` counts them
    #[arg(long, value_name = "I", value_parser = index)]
    index: Option<usize>,
    /// Model whose kind of pattern is measured [default: drums_2bar_oh_hikl]
    #[arg(long, value_name = "M")]
    model: Option<String>,
}

#[derive(Debug, Serialize)]
struct Document {
    units: BTreeMap<Attribute, &'static str>,
    patterns: Vec<Measured>,
}

#[derive(Debug, Serialize)]
struct Measured {
    source: Source,
    attributes: BTreeMap<Attribute, Option<f64>>,
}

/// Runs `attributes measure`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let model = input::model(arguments.model.as_deref(), input::RECONSTRUCTOR)?;
    let reader = Reader::of(&model)?;
    let attributes = Attribute::of(model.settings().kind);
    let mut found = Vec::new();
    for file in &arguments.files {
        match arguments.index {
            Some(_) => found.push(input::one(file, arguments.index, &reader)?),
            None => found.extend(input::patterns(file, &reader)?),
        }
    }
    let mut rows = vec![vec!["PATTERN".to_owned(), "BAR".to_owned()]];
    rows[0].extend(attributes.iter().map(|a| a.name().to_owned()));
    let mut patterns = Vec::with_capacity(found.len());
    for each in &found {
        let values: BTreeMap<Attribute, Option<f64>> =
            attributes.iter().map(|&a| (a, a.measure(&each.pattern))).collect();
        let mut row = vec![each.label(false), each.bar.to_string()];
        row.extend(attributes.iter().map(|a| match values.get(a).copied().flatten() {
            Some(value) => format!("{value:.3}"),
            None => "-".to_owned(),
        }));
        rows.push(row);
        patterns.push(Measured { source: each.source(), attributes: values });
    }
    console.say(columns(&rows))?;
    let units = attributes.iter().map(|&a| (a, a.about())).collect();
    console.document(&Document { units, patterns })
}
