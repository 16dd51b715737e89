//! `help script [NAME]`: the reference of the language.

use clap::{Args, CommandFactory};

use super::console::print;
use super::failure::usage;
use crate::model;
use crate::script::reference;

/// Arguments of `help`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui help script               every function of the language
  mvae-tui help script slerp         one of them
  mvae-tui help script --definitions for editors: save it as mvae.d.rhai
  mvae-tui help render               the verb, as `mvae-tui render --help`")]
pub struct Arguments {
    /// `script`, or a verb
    #[arg(value_name = "WHAT")]
    what: Option<String>,
    /// A function, or a part of its name
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The definitions that editors complete from
    #[arg(long)]
    definitions: bool,
}

/// Runs `help`.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match arguments.what.as_deref() {
        None => Ok(super::Cli::command().print_help()?),
        Some("script") => script(arguments),
        Some(verb) => {
            let mut command = super::Cli::command();
            command.build();
            match command.find_subcommand_mut(verb) {
                Some(found) => Ok(found.print_long_help()?),
                None => {
                    Err(usage(format!("help {verb}: there is no such verb; `mvae-tui --help` lists them")))
                }
            }
        }
    }
}

fn script(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.definitions {
        return Ok(print(reference::definitions().trim_end())?);
    }
    let Some(name) = &arguments.name else { return Ok(print(reference::page().trim_end())?) };
    let found = reference::find(name);
    if found.is_empty() {
        let all = reference::entries();
        let near = model::near(name, all.iter().map(|entry| entry.name.as_str())).join(", ");
        return Err(usage(format!(
            "help script {name}: there is no such function. Did you mean one of: {near}?"
        )));
    }
    for entry in found {
        print(format!("{}\n    {}", entry.signature, entry.doc))?;
    }
    Ok(())
}
