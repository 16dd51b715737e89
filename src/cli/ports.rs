//! `ports`: everything music can go out of and come in by.

use clap::Args;
use serde::Serialize;

use super::console::Console;
use crate::{audio, midi};

/// Arguments of `ports`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui ports          all MIDI ports and audio devices
  mvae-tui ports --json   the same for machines")]
pub struct Arguments {}

#[derive(Debug, Serialize)]
struct Document {
    midi: Vec<midi::Listed>,
    audio: Vec<audio::Device>,
    unavailable: Vec<String>,
}

/// Runs `ports`.
pub fn run(_: &Arguments, console: &Console) -> anyhow::Result<()> {
    let (midi, errors) = midi::list();
    let (audio, failure) = match audio::devices() {
        Ok(devices) => (devices, None),
        Err(error) => (Vec::new(), Some(format!("audio: {error}"))),
    };
    let unavailable: Vec<String> = errors.iter().map(ToString::to_string).chain(failure).collect();
    if console.json() {
        return console.document(&Document { midi, audio, unavailable });
    }
    for (title, direction) in [("MIDI out", "output"), ("MIDI in", "input")] {
        console.say(title)?;
        let mut none = true;
        for port in midi.iter().filter(|port| port.direction == direction) {
            console.say(format!("  {:<9} {}", port.system, port.name))?;
            none = false;
        }
        if none {
            console.say("  none")?;
        }
    }
    console.say("Audio out")?;
    for device in &audio {
        let marked = if device.default { "  (the default)" } else { "" };
        console.say(format!("  {}{marked}", device.name))?;
    }
    if audio.is_empty() {
        console.say("  none")?;
    }
    for line in &unavailable {
        console.remark(line);
    }
    Ok(())
}
