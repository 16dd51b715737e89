//! No verb: the jam.

use std::path::PathBuf;

use clap::Args;

use super::arguments::seed;
use super::failure::usage;
use super::logging;
use crate::jam::limits;
use crate::{model, tui};

/// Arguments of the jam.
#[derive(Debug, Default, Args)]
pub struct Arguments {
    /// A session to open; where there is no such file yet, saving in the jam makes it
    #[arg(value_name = "SESSION.toml")]
    session: Option<PathBuf>,
    /// Model of the jam, by name or path
    #[arg(long, value_name = "M", help_heading = "The jam")]
    model: Option<String>,
    /// A SoundFont instead of the built-in sounds: an .sf2 file, or the name of one the system has
    #[arg(long, value_name = "FILE|NAME", help_heading = "The jam")]
    soundfont: Option<PathBuf>,
    /// Seed of the first pattern [default: from the clock]
    #[arg(long, value_name = "S", value_parser = seed, allow_negative_numbers = true, help_heading = "The jam")]
    seed: Option<u64>,
    /// Temperature to begin with, 0.05 to 2
    #[arg(long, value_name = "T", value_parser = temperature, allow_negative_numbers = true, help_heading = "The jam")]
    temperature: Option<f32>,
    /// Tempo to begin with, 20 to 300 quarters a minute
    #[arg(long, value_name = "BPM", value_parser = bpm, allow_negative_numbers = true, help_heading = "The jam")]
    bpm: Option<f64>,
    /// Colours of the screen
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(tui::theme::NAMES), help_heading = "The jam")]
    theme: Option<String>,
}

impl Arguments {
    /// What was given, by name, so that a verb can say that it stands in the wrong place.
    pub fn given(&self) -> Option<&'static str> {
        let all = [
            (self.session.is_some(), "another word"),
            (self.model.is_some(), "--model"),
            (self.soundfont.is_some(), "--soundfont"),
            (self.seed.is_some(), "--seed"),
            (self.temperature.is_some(), "--temperature"),
            (self.bpm.is_some(), "--bpm"),
            (self.theme.is_some(), "--theme"),
        ];
        all.into_iter().find(|(given, _)| *given).map(|(_, name)| name)
    }
}

/// Plays the jam. `verbs` are the words that a mistyped session file may have meant.
pub fn run(arguments: Arguments, verbs: &[String]) -> anyhow::Result<()> {
    if let Some(session) = &arguments.session {
        let name = session.display().to_string();
        if !session.exists() && !name.contains(['.', '/', '\\']) {
            let near = model::near(&name, verbs.iter().map(String::as_str)).join(", ");
            return Err(usage(format!("{name}: there is no such verb. Did you mean one of: {near}?")));
        }
    }
    let state = logging::state_folder();
    let Arguments { session, model, soundfont, seed, temperature, bpm, theme } = arguments;
    let (config, problems) = tui::config::path().map_or_else(Default::default, |path| {
        let (config, problems) = tui::config::load(&path);
        let told = problems.iter().map(|problem| format!("{}, {problem}", path.display()));
        (config, told.collect())
    });
    Ok(tui::run(tui::Options {
        session,
        model,
        soundfont,
        seed,
        temperature,
        bpm,
        state,
        config,
        problems,
        theme,
    })?)
}

fn bpm(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "not a number; 120 is usual".to_owned())?;
    if limits::BPM.contains(&value) {
        Ok(value)
    } else {
        Err("it takes 20 to 300 quarters a minute".to_owned())
    }
}

fn temperature(text: &str) -> Result<f32, String> {
    let value: f32 = text.parse().map_err(|_| "not a number; 0.9 is usual".to_owned())?;
    if limits::TEMPERATURE.contains(&value) {
        Ok(value)
    } else {
        Err("in the jam it goes from 0.05 to 2".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_jam_cannot_take_is_refused_and_the_help_names_its_limits() {
        assert!(bpm("19").is_err() && bpm("NaN").is_err() && bpm("174").is_ok());
        assert!(temperature("0").is_err() && temperature("2.5").is_err() && temperature("0.9").is_ok());
        assert_eq!((limits::BPM, limits::TEMPERATURE), (20.0..=300.0, 0.05..=2.0));
    }
}
