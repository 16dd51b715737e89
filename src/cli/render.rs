//! `render`: MIDI files as sound.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::arguments::rate;
use super::console::Console;
use super::failure::usage;
use super::{files, input};
use crate::audio::wav::{self, Format, Options};

/// Arguments of `render`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui render beat.mid beat.wav
  mvae-tui render song.mid song.wav --soundfont FluidR3_GM   one of the system, or a path
  mvae-tui render beat.mid beat.wav --rate 96000 --float   for further work

The built-in sounds serve where no SoundFont is named. The same file gives the same bytes.")]
pub struct Arguments {
    /// A MIDI file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The sound file to write
    #[arg(value_name = "OUT.wav")]
    out: PathBuf,
    /// A SoundFont instead of the built-in sounds: an .sf2 file, or the name of one the system has
    #[arg(long, value_name = "FILE|NAME")]
    soundfont: Option<PathBuf>,
    /// Frames a second
    #[arg(long, value_name = "HZ", default_value_t = 48_000, value_parser = rate, allow_negative_numbers = true)]
    rate: u32,
    /// 32-bit floats instead of 16-bit integers
    #[arg(long)]
    float: bool,
    /// Replace a file that holds something else
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Serialize)]
struct Document {
    file: String,
    duration_s: f64,
    peak_dbfs: f32,
    rate_hz: u32,
}

/// Runs `render`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let out = &arguments.out;
    if !out.extension().is_some_and(|e| e.eq_ignore_ascii_case("wav")) {
        return Err(usage(format!("{}: sound is written as .wav. Give the file that ending", out.display())));
    }
    let score = input::score(&arguments.file)?;
    if score.notes.is_empty() {
        anyhow::bail!("{}: there is not one note in it. Nothing to render", arguments.file.display());
    }
    let format = if arguments.float { Format::Float32 } else { Format::Int16 };
    let options = Options { soundfont: arguments.soundfont.as_deref(), rate: arguments.rate, format };
    let task = console.task(&format!("rendering {}", out.display()))?;
    let rendered = files::through(out, arguments.force, |beside| {
        Ok(wav::render_watched(&score, options, beside, &mut |share| task.goes_on(share))?)
    });
    if task.stopped() {
        anyhow::bail!("stopped: {} was not written. The same command begins anew", out.display());
    }
    let rendered = rendered?;
    drop(task);
    let peak_dbfs = 20.0 * rendered.peak.max(1e-6).log10();
    console.say(format!("{}  {:.1} s, peak {peak_dbfs:.1} dBFS", out.display(), rendered.seconds))?;
    console.document(&Document {
        file: out.display().to_string(),
        duration_s: rendered.seconds,
        peak_dbfs,
        rate_hz: rendered.rate,
    })
}
