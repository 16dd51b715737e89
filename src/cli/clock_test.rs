//! `clock-test`: how exact our MIDI clock is on this machine.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::console::Console;
use crate::audio::{self, AudioOptions};
use crate::engine::{Clip, Command, Denied, Quantise};
use crate::jam::limits;
use crate::midi::{EDGES_US, Report, Trial, measure};
use crate::music::pattern::{Part, Pattern, PatternNote};

/// Arguments of `clock-test`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui clock-test                          a minute at 120 quarters a minute
  mvae-tui clock-test --minutes 10 --bpm 174
  mvae-tui clock-test --no-realtime            as it is without the rights

Lateness is the time from when a message was to leave to when it was handed to the port. The engine, the MIDI thread and
its queue are those of the jam; in place of a port stands one that looks at the clock.")]
pub struct Arguments {
    /// How long to listen, minutes
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = minutes, allow_negative_numbers = true)]
    minutes: f64,
    /// Tempo, quarters a minute
    #[arg(long, value_name = "BPM", default_value_t = 120.0, value_parser = bpm, allow_negative_numbers = true)]
    bpm: f64,
    /// Do not ask for real-time priority
    #[arg(long)]
    no_realtime: bool,
}

#[derive(Debug, Serialize)]
struct Document {
    bpm: f64,
    minutes: f64,
    real_time: bool,
    ticks: u64,
    messages: usize,
    p50_us: f64,
    p99_us: f64,
    max_us: f64,
    drift_ticks: i64,
    key_to_note_p95_us: f64,
    histogram: Vec<Bucket>,
}

#[derive(Debug, Serialize)]
struct Bucket {
    /// Absent for the last, which has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    up_to_us: Option<f64>,
    count: usize,
}

/// Runs `clock-test`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let Arguments { minutes, bpm, no_realtime } = *arguments;
    let mut session = audio::start(AudioOptions { silent: true, ..AudioOptions::default() }, |_| {})?;
    let Some(wire) = session.player.take_wire() else { anyhow::bail!("the engine has no line to MIDI") };
    // A beat, so that notes are measured beside the clock.
    let clip = Arc::new(Clip::from_pattern(&sixteenths()));
    session.player.send(Command::Launch { track: 0, slot: 0, clip, at: Quantise::Now });
    let busy = console.busy(&format!("listening to the clock for {minutes} min"));
    let trial = Trial { bpm, length: Duration::from_secs_f64(minutes * 60.0), real_time: !no_realtime };
    let report = measure(&mut session.player, wire, trial, |_| {})?;
    drop(busy);
    if console.json() {
        return console.document(&document(&report, bpm, minutes));
    }
    tell(&report, arguments, console)
}

/// A hi-hat on every 16th of a bar.
fn sixteenths() -> Pattern {
    let hat = |start| PatternNote {
        start,
        length: 1,
        pitch: 42,
        velocity: 80,
        part: Part::Drums,
        offset: 0.0,
        chance: 100,
    };
    Pattern::new(16, (0..16).map(hat).collect())
}

fn document(report: &Report, bpm: f64, minutes: f64) -> Document {
    let edges = EDGES_US.iter().copied().map(Some).chain([None]);
    Document {
        bpm,
        minutes,
        real_time: report.real_time,
        ticks: report.ticks,
        messages: report.late.len(),
        p50_us: report.late_us(0.5),
        p99_us: report.late_us(0.99),
        max_us: report.late_us(1.0),
        drift_ticks: report.drift_ticks,
        key_to_note_p95_us: report.key_us(0.95),
        histogram: edges
            .zip(report.histogram())
            .map(|(up_to_us, count)| Bucket { up_to_us, count })
            .collect(),
    }
}

fn tell(report: &Report, arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let counts = report.histogram();
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    for (i, count) in counts.iter().enumerate() {
        let edge = match EDGES_US.get(i) {
            Some(edge) => format!("up to {:>5}", span(*edge)),
            None => "later      ".to_owned(),
        };
        let bar = "#".repeat((count * 50).div_ceil(most));
        console.say(format!("{edge}  {count:>7}  {bar}").trim_end())?;
    }
    console.say(format!(
        "{} ticks at {} BPM: late by p50 {}, p99 {}, max {}; drift {} ticks; key to note p95 {}",
        report.ticks,
        arguments.bpm,
        span(report.late_us(0.5)),
        span(report.late_us(0.99)),
        span(report.late_us(1.0)),
        report.drift_ticks,
        span(report.key_us(0.95)),
    ))?;
    if report.real_time {
        console.say("with real-time priority")?;
    } else if arguments.no_realtime {
        console.say("without real-time priority, as asked")?;
    } else {
        console.say(Denied::Refused("the system does not permit it".into()))?;
    }
    Ok(())
}

/// A short time in its fitting unit.
fn span(us: f64) -> String {
    if us < 1000.0 { format!("{us:.0} us") } else { format!("{:.1} ms", us / 1e3) }
}

fn minutes(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.01..=1440.0).contains(&value) => Ok(value),
        _ => Err("it takes 0.01 minutes to a day (1440)".to_owned()),
    }
}

fn bpm(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if limits::BPM.contains(&value) => Ok(value),
        _ => Err("it takes 20 to 300 quarters a minute".to_owned()),
    }
}
