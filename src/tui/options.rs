//! What the command line asks of the jam.

use std::path::PathBuf;

use super::config::Config;

/// How `mvae-tui` without a verb starts. `Options::default()` is a fresh start with the built-in model and sound.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// A session file to open instead of a fresh bank; where there is none yet, saving makes it.
    pub session: Option<PathBuf>,
    /// A script to open and play instead of a first pattern.
    pub script: Option<PathBuf>,
    /// Model by name or path; the built-in sampling model when absent.
    pub model: Option<String>,
    /// A SoundFont (`.sf2`) instead of the built-in one.
    pub soundfont: Option<PathBuf>,
    /// First seed of the jam; the clock's when absent, so that two evenings differ.
    pub seed: Option<u64>,
    /// Sampling temperature to start with, 0.01..=2.
    pub temperature: Option<f32>,
    /// Tempo to start with, in quarters a minute, 20..=300.
    pub bpm: Option<f64>,
    /// Folder for what outlives the jam: the set of its last moment. Made where it is missing.
    pub state: Option<PathBuf>,
    /// What the configuration file says; everything above goes before it.
    pub config: Config,
    /// What is wrong with the file, to be said at the start.
    pub problems: Vec<String>,
    /// Part of the name of the audio device; the system's default when absent.
    pub device: Option<String>,
    /// Frames a second; the device's choice when absent.
    pub rate: Option<u32>,
    /// Frames in a buffer; 512 or the device's choice when absent.
    pub buffer: Option<u32>,
    /// MIDI and OSC.
    pub wires: Wires,
    /// Theme by name: see [`crate::tui::theme::NAMES`].
    pub theme: Option<String>,
}

/// What is to be connected.
#[derive(Debug, Clone, Default)]
pub struct Wires {
    /// Parts of the names of MIDI outputs, or `virtual:NAME`; those of the settings where there are none.
    pub midi_out: Vec<String>,
    /// Parts of the names of MIDI inputs, or `virtual:NAME`; those of the settings where there are none.
    pub midi_in: Vec<String>,
    /// `internal`, `midi` (the first input's clock), or part of an input's name.
    pub sync: Option<String>,
    /// Port or `ADDRESS:PORT` to listen to OSC at.
    pub osc: Option<String>,
    /// Port or `ADDRESS:PORT` to send OSC to.
    pub osc_out: Option<String>,
}
