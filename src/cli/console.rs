//! What a verb says: results on stdout, remarks and progress on stderr.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::arguments::Common;

/// The two streams of a run and how much to put on them.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    json: bool,
    quiet: bool,
    terminal: bool,
}

impl Console {
    /// The console of a run with these arguments.
    pub fn new(common: &Common) -> Self {
        Self { json: common.json, quiet: common.quiet, terminal: std::io::stderr().is_terminal() }
    }

    /// True where the result is one JSON document.
    pub fn json(&self) -> bool {
        self.json
    }

    /// Writes text for people on stdout; nothing where the result is JSON or `--quiet` was given.
    ///
    /// # Errors
    /// The stream's, a broken pipe among them.
    pub fn say(&self, text: impl Display) -> std::io::Result<()> {
        if self.json || self.quiet { Ok(()) } else { print(text) }
    }

    /// Writes a JSON document on stdout where `--json` was given.
    ///
    /// # Errors
    /// The stream's, a broken pipe among them.
    pub fn document(&self, value: &impl Serialize) -> anyhow::Result<()> {
        if self.json {
            print(serde_json::to_string_pretty(value)?)?;
        }
        Ok(())
    }

    /// A remark on stderr; nothing with `--quiet`.
    pub fn remark(&self, text: impl Display) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// True where progress may be drawn: stderr is a terminal and nobody asked for silence.
    pub fn shows_progress(&self) -> bool {
        self.terminal && !self.quiet
    }

    /// A sign of life while something takes its time: on a terminal only, on stderr, gone when dropped.
    pub fn busy(&self, what: &str) -> Busy {
        let bar = ProgressBar::new_spinner();
        if self.shows_progress() {
            bar.set_style(ProgressStyle::default_spinner().tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
            bar.set_message(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Busy(bar)
    }
}

/// Clears its line when dropped.
#[derive(Debug)]
pub struct Busy(ProgressBar);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A line on stdout whatever the console: for verbs whose result is one document.
///
/// # Errors
/// The stream's, a broken pipe among them.
pub fn print(text: impl Display) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}
