//! `config`: where the configuration is, what it may hold, what is wrong with it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::console::Console;
use crate::tui::config;
use crate::tui::theme::{self, Shelf};

/// Arguments of `config`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mkdir -p \"$(dirname \"$(mvae-tui config path)\")\"      where there is no configuration yet
  mvae-tui config default > \"$(mvae-tui config path)\"   begin with every default
  mvae-tui config check                                  what is wrong, with lines")]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say what is wrong with the configuration and the themes beside it; 1 where something is
    Check {
        /// Another file than the one in use
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Print a file with every setting at its default
    Default,
    /// Print where the file is looked for
    Path,
}

#[derive(Debug, Serialize)]
struct Checked {
    file: String,
    problems: Vec<Told>,
}

#[derive(Debug, Serialize)]
struct Told {
    file: String,
    line: usize,
    text: String,
}

fn place() -> anyhow::Result<PathBuf> {
    let none = "there is no home folder to look in. Set XDG_CONFIG_HOME to a folder";
    config::path().ok_or_else(|| anyhow::anyhow!(none))
}

/// Runs `config`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    match &arguments.verb {
        Verb::Path => {
            let path = place()?.display().to_string();
            console.say(&path)?;
            console.document(&serde_json::json!({ "file": path }))
        }
        Verb::Default => {
            let text = config::default_text();
            console.say(text.trim_end())?;
            console.document(&serde_json::json!({ "text": text }))
        }
        Verb::Check { file } => {
            let path = file.clone().map_or_else(place, Ok)?;
            if file.is_some() && !path.exists() {
                anyhow::bail!(
                    "{}: there is no such file. `mvae-tui config path` says which one is used",
                    path.display()
                );
            }
            let there = path.exists();
            let (_, problems) = config::load(&path);
            for problem in &problems {
                console.say(format!("{}, {problem}", path.display()))?;
            }
            let name = path.display().to_string();
            let mut told: Vec<Told> = problems
                .iter()
                .map(|p| Told { file: name.clone(), line: p.line, text: p.text.clone() })
                .collect();
            // The themes beside the file in use.
            let shelf = if file.is_none() { Shelf::of_the_player() } else { Shelf::default() };
            for (theme, text) in theme::faults(&shelf) {
                let file = theme::folder().unwrap_or_default().join(format!("{theme}.toml"));
                let file = file.display().to_string();
                console.say(format!("{file}, {text}"))?;
                told.push(Told { file, line: 0, text });
            }
            let (count, mut files) = (told.len(), told.iter().map(|t| t.file.clone()).collect::<Vec<_>>());
            files.dedup();
            console.document(&Checked { file: name, problems: told })?;
            let files = files.join(" and ");
            match count {
                0 if there => Ok(console.say(format!("{} is as it should be", path.display()))?),
                0 => Ok(console.say(format!("{}: there is none, the defaults hold", path.display()))?),
                1 => anyhow::bail!("1 problem in {files}"),
                n => anyhow::bail!("{n} problems in {files}"),
            }
        }
    }
}
