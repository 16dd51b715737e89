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
            let mut told: Vec<Told> =
                problems.iter().map(|p| Told { line: p.line, text: p.text.clone() }).collect();
            // The themes beside the file in use.
            for text in if file.is_none() { theme::faults(&Shelf::of_the_player()) } else { Vec::new() } {
                console.say(&text)?;
                told.push(Told { line: 0, text });
            }
            let count = told.len();
            console.document(&Checked { file: path.display().to_string(), problems: told })?;
            match count {
                0 if there => Ok(console.say(format!("{} is as it should be", path.display()))?),
                0 => Ok(console.say(format!("{}: there is none, the defaults hold", path.display()))?),
                1 => anyhow::bail!("1 problem in {}", path.display()),
                n => anyhow::bail!("{n} problems in {}", path.display()),
            }
        }
    }
}
