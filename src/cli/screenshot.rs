//! `screenshot`: the jam's screen as a picture, drawn by the program itself.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::arguments::seed;
use super::console::Console;
use super::failure::usage;
use super::files;
use super::theme_name::ThemeName;
use crate::tui::shot::{self, Shot};

/// Arguments of `screenshot`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui screenshot --size 120x40 jam.svg
  mvae-tui screenshot --theme riso --keys 'S right enter X' mixer.svg
  mvae-tui screenshot --script set.rhai --size 120x40 --beat 64 set.svg
  mvae-tui screenshot --session evening.toml --beat 9.5 evening.svg

The jam is played by the keys without sound, and drawn as it stands then.")]
pub struct Arguments {
    /// The picture to write
    #[arg(value_name = "OUT.svg")]
    out: PathBuf,
    /// Columns and lines of the screen
    #[arg(long, value_name = "WxH", default_value = "120x40", value_parser = size)]
    size: (u16, u16),
    /// Colours of the screen
    #[arg(long, value_name = "NAME", value_parser = ThemeName)]
    theme: Option<String>,
    /// Keys to press before the picture is taken, separated by blanks
    #[arg(long, value_name = "KEYS", default_value = "")]
    keys: String,
    /// A session to open instead of a first pattern
    #[arg(long, value_name = "SESSION.toml")]
    session: Option<PathBuf>,
    /// A script to play up to the beat, shown in its pane
    #[arg(long, value_name = "S.rhai", conflicts_with = "session")]
    script: Option<PathBuf>,
    /// Model of the drums, by name or path
    #[arg(long, value_name = "M")]
    model: Option<String>,
    /// Seed of the first pattern
    #[arg(long, value_name = "S", value_parser = seed, default_value = "7", allow_negative_numbers = true)]
    seed: u64,
    /// Beat of the transport at which the picture is taken, 0 to 4096 quarters
    #[arg(long, value_name = "B", default_value_t = 2.5, value_parser = beat)]
    beat: f64,
    /// Replace a file that holds something else
    #[arg(long)]
    force: bool,
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let wanted = "columns and lines such as 120x40, at least 20x10 and at most 500x200";
    let (width, height) = text.split_once('x').ok_or(wanted)?;
    match (width.parse(), height.parse()) {
        (Ok(width @ 20..=500), Ok(height @ 10..=200)) => Ok((width, height)),
        _ => Err(wanted.to_owned()),
    }
}

fn beat(text: &str) -> Result<f64, String> {
    let wanted = "a number of quarters from 0 to 4096";
    text.parse().ok().filter(|beat| (0.0..=4096.0).contains(beat)).ok_or_else(|| wanted.to_owned())
}

#[derive(Debug, Serialize)]
struct Document {
    file: String,
    columns: u16,
    lines: u16,
}

/// Runs `screenshot`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let out = &arguments.out;
    if !out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg")) {
        return Err(usage(format!(
            "{}: screens are drawn as .svg. Give the file that ending",
            out.display()
        )));
    }
    let shot = Shot {
        size: arguments.size,
        theme: arguments.theme.clone(),
        model: arguments.model.clone(),
        seed: arguments.seed,
        session: arguments.session.clone(),
        script: arguments.script.clone(),
        keys: arguments.keys.clone(),
        beat: arguments.beat,
    };
    let picture = shot::svg(&shot)?;
    files::through(out, arguments.force, |beside| Ok(std::fs::write(beside, &picture)?))?;
    let (columns, lines) = arguments.size;
    console.say(format!("{}  {columns} x {lines}", out.display()))?;
    console.document(&Document { file: out.display().to_string(), columns, lines })
}
