//! `run`: a script without the screen.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;
use serde::Serialize;

use super::arguments::{bars, rate, seed};
use super::console::Console;
use super::failure::usage;
use super::files;
use super::keyboard::Keyboard;
use crate::audio::wav::{Format, Options};
use crate::jam::Tone;
use crate::music::smf;
use crate::script::Source;
use crate::script::live;
use crate::script::render::{self, RenderError};

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui run scripts/start/01-a-beat.rhai                     plays; save the file, and it changes at the bar
  mvae-tui run scripts/perform/palette-scrub.rhai --midi-in keystep       two knobs move the dot
  mvae-tui run set.rhai --render set.wav --bars 64              faster than it plays
  mvae-tui run set.rhai --render set.mid                        until it stops by itself
  mvae-tui help script live_loop                                what a function does

Keys that a script listens to (on_key) are read from the terminal; then q ends it as Ctrl-C does.
The same script and seed give the same music.")]
pub struct Arguments {
    /// A script
    #[arg(value_name = "SCRIPT.rhai")]
    script: PathBuf,
    /// Write the music instead of playing it
    #[arg(long, value_name = "OUT.wav|OUT.mid")]
    render: Option<PathBuf>,
    /// End after so many bars [default: when the script stops, at most 512 in a render]
    #[arg(long, value_name = "N", value_parser = bars, allow_negative_numbers = true)]
    bars: Option<u32>,
    /// The same seed gives the same chance
    #[arg(long, value_name = "S", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    seed: u64,
    /// A SoundFont instead of the built-in sounds: an .sf2 file, or the name of one the system has
    #[arg(long, value_name = "FILE|NAME")]
    soundfont: Option<PathBuf>,
    /// Frames a second of a WAV file
    #[arg(long, value_name = "HZ", default_value_t = 48_000, value_parser = rate, allow_negative_numbers = true)]
    rate: u32,
    /// Audio device, by part of its name; `jack` for JACK [default: the system's]
    #[arg(long, value_name = "NAME", conflicts_with = "render")]
    device: Option<String>,
    /// Frames in a buffer [default: 512, or the device's]
    #[arg(long, value_name = "FRAMES", value_parser = clap::value_parser!(u32).range(16..=8192), conflicts_with = "render")]
    buffer: Option<u32>,
    /// A MIDI input that the script hears, by part of its name, or virtual:NAME; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with = "render")]
    midi_in: Vec<String>,
    /// A MIDI output that is played as well; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with = "render")]
    midi_out: Vec<String>,
    /// Send the script's OSC messages to this port of this machine, or to ADDRESS:PORT
    #[arg(long, value_name = "PORT", conflicts_with = "render")]
    osc_out: Option<String>,
    /// Replace a file that holds something else
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Serialize)]
struct Document {
    file: String,
    duration_s: f64,
    notes: Option<usize>,
    peak_dbfs: Option<f32>,
}

/// Runs `run`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    match &arguments.render {
        Some(out) => render(arguments, out, console),
        None => play(arguments, console),
    }
}

fn told(console: &Console, tone: Tone, text: &str) {
    match tone {
        // What went wrong is said even with --quiet.
        Tone::Error => eprintln!("{text}"),
        _ => console.remark(text),
    }
}

fn render(arguments: &Arguments, out: &std::path::Path, console: &Console) -> anyhow::Result<()> {
    let source = Source::read(&arguments.script)?;
    let ending = out.extension().map(|e| e.to_string_lossy().to_lowercase());
    let document = match ending.as_deref() {
        Some("mid" | "midi") => {
            let recording = render::record(source, arguments.seed, arguments.bars)?;
            recording.said.iter().for_each(|(tone, text)| told(console, *tone, text));
            if recording.notes() == 0 {
                return Err(RenderError::Silent(arguments.script.display().to_string()).into());
            }
            let score = recording.score();
            files::write_all(&[(out.to_owned(), smf::write(&score))], None, arguments.force)?;
            let notes = Some(recording.notes());
            Document { file: out.display().to_string(), duration_s: score.total_time, notes, peak_dbfs: None }
        }
        Some("wav") => {
            let soundfont = arguments.soundfont.as_deref();
            let options = Options { soundfont, rate: arguments.rate, format: Format::Int16 };
            let say = |tone: Tone, text: &str| told(console, tone, text);
            let (seed, bars) = (arguments.seed, arguments.bars);
            let rendered = files::through(out, arguments.force, |beside| {
                Ok(render::render_wav(source, seed, bars, options, beside, say)?)
            })?;
            let peak_dbfs = Some(20.0 * rendered.peak.max(1e-6).log10());
            Document { file: out.display().to_string(), duration_s: rendered.seconds, notes: None, peak_dbfs }
        }
        _ => {
            return Err(usage(format!(
                "{}: music is written as .wav or .mid. Give the file one of these endings",
                out.display()
            )));
        }
    };
    let more = match (document.notes, document.peak_dbfs) {
        (Some(notes), _) => format!(", {notes} notes"),
        (_, Some(peak)) => format!(", peak {peak:.1} dBFS"),
        _ => String::new(),
    };
    console.say(format!("{}  {:.1} s{more}", document.file, document.duration_s))?;
    console.document(&document)
}

fn play(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let leave = Arc::new(AtomicBool::new(false));
    super::train::stop_on_interrupt(&leave)?;
    let options = live::Options {
        seed: arguments.seed,
        soundfont: arguments.soundfont.clone(),
        bars: arguments.bars,
        silent: false,
        device: arguments.device.clone(),
        buffer: arguments.buffer,
        midi_in: arguments.midi_in.clone(),
        midi_out: arguments.midi_out.clone(),
        osc_out: arguments.osc_out.clone(),
    };
    let keyboard = RefCell::new(Keyboard::default());
    let say = |tone: Tone, text: &str| {
        let lines = keyboard.borrow().lines(text);
        told(console, tone, &lines);
    };
    let keys = |wanted: bool| {
        let pressed = keyboard.borrow_mut().pressed(wanted);
        pressed.unwrap_or_else(|deaf| {
            say(Tone::Hint, &deaf);
            Vec::new()
        })
    };
    live::play(&arguments.script, options, &leave, keys, say)?;
    Ok(())
}
