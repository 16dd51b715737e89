//! `attributes list`: which models have vectors, and what they were measured to do.

use clap::Args;
use serde::Serialize;

use super::columns;
use crate::cli::console::Console;
use crate::cli::input;
use crate::cli::words::counted;
use crate::latent::attributes::{Attribute, Attributes, Effect, Table, VectorRecord};
use crate::model;

/// Arguments of `attributes list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui attributes list
  mvae-tui attributes list --model drums_2bar_oh_hikl
  mvae-tui attributes list --model drums_2bar_oh_hikl --json | jq '.effects[0]'

A row is a vector; its columns tell how much every attribute changes, in per cent of the mean over samples of
the prior, when the vector is added once / subtracted once.")]
pub struct Arguments {
    /// Model, by name or path [default: all at hand]
    #[arg(long, value_name = "M")]
    model: Option<String>,
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    table: &'a Table,
    effects: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    vector: Attribute,
    attribute: Attribute,
    #[serde(flatten)]
    effect: Effect,
}

#[derive(Debug, Serialize)]
struct Listing {
    models: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    model: String,
    attributes: Vec<Attribute>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Runs `attributes list`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    match &arguments.model {
        Some(name) => one(name, console),
        None => all(console),
    }
}

fn all(console: &Console) -> anyhow::Result<()> {
    let mut models = Vec::new();
    let mut rows = vec![vec!["MODEL".to_owned(), "ATTRIBUTES".to_owned()]];
    for listed in model::list() {
        let Ok(settings) = &listed.settings else { continue };
        let found = Attributes::beside(&listed.name, settings);
        let (attributes, error) = match &found {
            Ok(found) => (found.names().collect::<Vec<_>>(), None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let names: Vec<&str> = attributes.iter().map(|a| a.name()).collect();
        let cell = error.clone().unwrap_or_else(|| names.join(", "));
        rows.push(vec![listed.name.clone(), cell]);
        models.push(Entry { model: listed.name, attributes, error });
    }
    let width = rows.iter().map(|r| r[0].len()).max().unwrap_or(0);
    for row in &rows {
        console.say(format!("{:width$}  {}", row[0], row[1]))?;
    }
    console.document(&Listing { models })
}

fn one(name: &str, console: &Console) -> anyhow::Result<()> {
    let model = input::model(Some(name), name)?;
    let found = Attributes::beside(name, model.settings())?;
    show(found.table(), console)?;
    document(found.table(), console)
}

/// The table for people.
pub(super) fn show(table: &Table, console: &Console) -> std::io::Result<()> {
    let attributes: Vec<Attribute> = table.base.keys().copied().collect();
    let mut head = vec!["VECTOR".to_owned(), "BOTTOM".to_owned(), "TOP".to_owned(), "NORM".to_owned()];
    head.extend(attributes.iter().map(|a| a.name().to_owned()));
    let mut rows = vec![head];
    for record in &table.vectors {
        let mut row = vec![
            record.attribute.name().to_owned(),
            format!("{:.3}", record.bottom.mean),
            format!("{:.3}", record.top.mean),
            format!("{:.2}", record.norm),
        ];
        row.extend(attributes.iter().map(|&a| cell(table, record, a)));
        rows.push(row);
    }
    let mut base = vec!["mean of samples".to_owned(), String::new(), String::new(), String::new()];
    base.extend(table.base.values().map(|mean| format!("{mean:.3}")));
    rows.push(base);
    console.say(format!(
        "{}: {} encoded; effects on {} of the prior at temperature {}, added / subtracted once, %",
        table.model,
        counted(table.examples, "pattern"),
        counted(table.effect_samples, "sample"),
        table.temperature
    ))?;
    console.say(columns(&rows))?;
    for (attribute, why) in &table.without {
        console.say(format!("no vector of {attribute}: {why}"))?;
    }
    Ok(())
}

/// The table for machines.
pub(super) fn document(table: &Table, console: &Console) -> anyhow::Result<()> {
    let mut effects = Vec::new();
    for record in &table.vectors {
        for &attribute in table.base.keys() {
            if let Some(effect) = table.effect(record, attribute) {
                effects.push(Line { vector: record.attribute, attribute, effect });
            }
        }
    }
    console.document(&Document { table, effects })
}

fn cell(table: &Table, record: &VectorRecord, attribute: Attribute) -> String {
    let Some(effect) = table.effect(record, attribute) else { return "-".to_owned() };
    match (effect.added_percent, effect.subtracted_percent) {
        (Some(added), Some(subtracted)) => format!("{added:+.0}/{subtracted:+.0}"),
        _ => format!("{:+.3}/{:+.3} abs", effect.added, effect.subtracted),
    }
}
