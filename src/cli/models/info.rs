//! `models info`: one model in lines for people.

use std::fmt::Write;

use clap::Args;

use super::super::console::Console;
use super::super::input;
use super::units;
use crate::model::Settings;

/// Arguments of `models info`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mvae-tui models info drums_2bar_oh_lokl")]
pub struct Arguments {
    /// Model, by name or path
    #[arg(value_name = "M")]
    model: String,
}

/// Runs `models info`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let model = input::model(Some(&arguments.model), &arguments.model)?;
    let settings = model.settings();
    console.say(describe(settings).trim_end())?;
    console.document(settings)
}

/// A model in lines for people.
pub fn describe(s: &Settings) -> String {
    let mut text = format!("{}\n", s.name);
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name:14} {value}");
        }
    };
    line("configuration", s.config.clone());
    line("makes", format!("{} patterns of {} steps ({} bars)", s.kind, s.steps, s.steps / 16));
    line("latent space", format!("{} dimensions", s.z_size));
    line("encoder", format!("{} units each way", units(&s.encoder)));
    line("decoder", format!("{} units", units(&s.decoder)));
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
