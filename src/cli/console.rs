//! What a verb says: results on stdout, remarks and progress on stderr.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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

    /// Begins work whose length is known; `what` says what is done.
    ///
    /// # Errors
    /// When the system lets nobody listen for Ctrl-C.
    pub fn task(&self, what: &str) -> std::io::Result<Task> {
        let bar = if self.shows_progress() { ProgressBar::new(1000) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{msg}  {bar:24} {percent:>3} %, {eta} left, Ctrl-C stops");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what.to_owned());
        let stop = Arc::new(AtomicBool::new(false));
        super::train::stop_on_interrupt(&stop)?;
        Ok(Task { bar, stop })
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

/// Work whose length is known.
///
/// On a terminal it shows how far it is and what is left; piped it says nothing. The first Ctrl-C ends the work in good
/// order, a second one the program.
#[derive(Debug)]
pub struct Task {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
}

impl Task {
    /// Shows how far the work is, 0 to 1; false where it is to end.
    pub fn goes_on(&self, share: f64) -> bool {
        self.bar.set_position((1000.0 * share.clamp(0.0, 1.0)) as u64);
        !self.stopped()
    }

    /// True after Ctrl-C.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
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
