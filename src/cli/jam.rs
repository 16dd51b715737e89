//! No verb: the jam.

use std::path::{Path, PathBuf};

use clap::Args;

use super::arguments::{rate, seed};
use super::failure::usage;
use super::logging;
use super::theme_name::ThemeName;
use crate::jam::limits;
use crate::{model, tui};

/// Arguments of the jam.
#[derive(Debug, Default, Args)]
pub struct Arguments {
    /// A session to open, or a script to play; where there is no such session yet, saving in the jam makes it
    #[arg(value_name = "SESSION.toml|SCRIPT.rhai")]
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
    /// Audio device, by part of its name; `jack` for JACK [default: the system's]
    #[arg(long, value_name = "NAME", help_heading = "The jam")]
    device: Option<String>,
    /// Frames a second [default: the device's]
    #[arg(long, value_name = "HZ", value_parser = rate, allow_negative_numbers = true, help_heading = "The jam")]
    rate: Option<u32>,
    /// Frames in a buffer [default: 512, or the device's]
    #[arg(long, value_name = "FRAMES", value_parser = clap::value_parser!(u32).range(16..=8192), help_heading = "The jam")]
    buffer: Option<u32>,
    /// MIDI output, by part of its name, or virtual:NAME for a port of our own; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "The rig")]
    midi_out: Vec<String>,
    /// MIDI input, by part of its name, or virtual:NAME for a port of our own; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "The rig")]
    midi_in: Vec<String>,
    /// Who leads the time: internal, midi (the first input's clock), or an input by part of its name
    #[arg(long, value_name = "SOURCE", help_heading = "The rig")]
    sync: Option<String>,
    /// Listen to OSC at this port of this machine, or at ADDRESS:PORT
    #[arg(long, value_name = "PORT", help_heading = "The rig")]
    osc: Option<String>,
    /// Send OSC to this port of this machine, or to ADDRESS:PORT
    #[arg(long, value_name = "PORT", help_heading = "The rig")]
    osc_out: Option<String>,
    /// Colours of the screen
    #[arg(long, value_name = "NAME", value_parser = ThemeName, help_heading = "The jam")]
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
            (self.device.is_some(), "--device"),
            (self.rate.is_some(), "--rate"),
            (self.buffer.is_some(), "--buffer"),
            (!self.midi_out.is_empty(), "--midi-out"),
            (!self.midi_in.is_empty(), "--midi-in"),
            (self.sync.is_some(), "--sync"),
            (self.osc.is_some(), "--osc"),
            (self.osc_out.is_some(), "--osc-out"),
        ];
        all.into_iter().find(|(given, _)| *given).map(|(_, name)| name)
    }
}

/// Plays the jam. `verbs` are the words that a mistyped session file may have meant.
pub fn run(arguments: Arguments, verbs: &[String]) -> anyhow::Result<()> {
    if let Some(session) = &arguments.session {
        let name = session.display().to_string();
        if !session.exists() && !name.contains(['.', '/', '\\']) {
            let near = model::like(&name, verbs.iter().map(String::as_str)).join(", ");
            let meant =
                if near.is_empty() { String::new() } else { format!(" Did you mean one of: {near}?") };
            return Err(usage(format!(
                "{name}: there is no such verb.{meant} `mvae-tui --help` lists them, and a session is a file NAME.toml"
            )));
        }
    }
    if let Some(file) = &arguments.session {
        check(file)?;
    }
    let state = logging::state_folder();
    let Arguments { session, model, soundfont, seed, temperature, bpm, theme, device, rate, buffer, .. } =
        arguments;
    let Arguments { midi_out, midi_in, sync, osc, osc_out, .. } = arguments;
    let wires = tui::Wires { midi_out, midi_in, sync, osc, osc_out };
    let (config, problems) = tui::config::path().map_or_else(Default::default, |path| {
        let (config, problems) = tui::config::load(&path);
        let told = problems.iter().map(|problem| format!("{}, {problem}", path.display()));
        (config, told.collect())
    });
    let is_script = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "rhai");
    let (script, session) = match session {
        Some(path) if is_script(&path) => (Some(path), None),
        other => (None, other),
    };
    Ok(tui::run(tui::Options {
        session,
        script,
        model,
        soundfont,
        seed,
        temperature,
        bpm,
        state,
        config,
        problems,
        theme,
        device,
        rate,
        buffer,
        wires,
    })?)
}

/// What is given as a session or script must be able to be one.
fn check(file: &Path) -> anyhow::Result<()> {
    let name = file.display();
    match file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).as_deref() {
        Some("mid" | "midi") => {
            return Err(usage(format!(
                "{name} is a MIDI file, and the jam opens sessions and scripts. `mvae-tui extract {name}` finds the patterns in it, `midi(\"{name}\")` takes one into a script"
            )));
        }
        Some("rhai") if !file.exists() => {
            return Err(usage(format!(
                "{name}: there is no such script. `mvae-tui` opens the jam, and F4 there begins a new one"
            )));
        }
        _ => {}
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(usage(format!(
            "{name}: there is no folder {}, so the session could not be saved. Make it first",
            folder.display()
        )));
    }
    Ok(())
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
