//! `eval --samples`: whether what a model draws from the prior lies where real music lies.

use serde::Serialize;

use super::console::Console;
use super::words::counted;
use crate::codec::Tokens;
use crate::latent::generate::{self, Sampling};
use crate::latent::statistics::{Spread, Statistic, distance};
use crate::model::{Controls, MusicVae};
use crate::music::pattern::Pattern;

/// Samples that are drawn.
const SAMPLES: usize = 256;
/// Share of the samples that lies between two percentiles which hold nine tenths of real music.
const MOST: f64 = 0.8;
/// Their temperature: that of the published notebook.
const TEMPERATURE: f32 = 0.5;

#[derive(Debug, Serialize)]
struct Document<'a> {
    model: &'a str,
    config: &'a str,
    samples: usize,
    temperature: f32,
    seed: u64,
    real_patterns: usize,
    /// Every statistic with real music to compare lies within.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<bool>,
    statistics: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    name: &'static str,
    samples: Option<Spread>,
    real: Option<Spread>,
    /// Share of the samples between the 5th and the 95th percentile of real music.
    #[serde(skip_serializing_if = "Option::is_none")]
    share_inside: Option<f64>,
    /// Kolmogorov-Smirnov distance of the samples from real music, 0..=1.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<f64>,
    /// The mean of the samples, and [`MOST`] of them, lie between these percentiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<bool>,
}

/// Draws samples and holds them against `real` patterns; without any it only tells what they are like. `controls` are
/// those of the samples, for models that are conditioned.
///
/// # Errors
/// The model's own.
pub fn run(
    model: &MusicVae,
    real: &[&Tokens],
    controls: Option<Controls>,
    seed: u64,
    console: &Console,
) -> anyhow::Result<()> {
    let busy = console.busy("drawing samples");
    let how = Sampling { n: SAMPLES, temperature: TEMPERATURE, seed, steps: 0, controls };
    let made = generate::sample(model, &how)?;
    drop(busy);
    let converter = generate::converter(model)?;
    let real: Vec<Pattern> = real.iter().map(|tokens| converter.pattern(tokens)).collect();
    let statistics: Vec<Line> = Statistic::of(model.settings().kind)
        .into_iter()
        .map(|s| line(s, made.iter().map(|g| &g.pattern), &real))
        .collect();
    let judged: Vec<bool> = statistics.iter().filter_map(|l| l.within).collect();
    let settings = model.settings();

    console.say(format!(
        "{}: {} at temperature {TEMPERATURE}, seed {seed}{}",
        settings.name,
        counted(SAMPLES, "sample"),
        match real.len() {
            0 => "; give music with --data to hold them against".to_owned(),
            n => format!(", against {}", counted(n, "real pattern")),
        }
    ))?;
    let head = ["STATISTIC", "SAMPLES", "SD", "REAL", "SD", "5 %", "95 %", "INSIDE", "KS", ""];
    console.say(row(head.map(str::to_owned)))?;
    for line in &statistics {
        console.say(row(cells(line)))?;
    }
    let outside = judged.iter().filter(|w| !**w).count();
    if !judged.is_empty() {
        console.say(match outside {
            0 => format!("all {} within the spread of real music", judged.len()),
            n => format!("{n} of {} outside the spread of real music", judged.len()),
        })?;
    }
    console.document(&Document {
        model: &settings.name,
        config: &settings.config,
        samples: made.len(),
        temperature: TEMPERATURE,
        seed,
        real_patterns: real.len(),
        within: (!judged.is_empty()).then_some(outside == 0),
        statistics,
    })
}

fn line<'a>(statistic: Statistic, made: impl Iterator<Item = &'a Pattern>, real: &[Pattern]) -> Line {
    let values: Vec<f64> = made.filter_map(|p| statistic.measure(p)).collect();
    let known: Vec<f64> = real.iter().filter_map(|p| statistic.measure(p)).collect();
    let distance = (!known.is_empty() && !values.is_empty()).then(|| distance(&values, &known));
    let real = Spread::of(known);
    let inside = |real: Spread| values.iter().filter(|v| real.holds(**v)).count() as f64;
    let share_inside = real.filter(|_| !values.is_empty()).map(|real| inside(real) / values.len() as f64);
    let samples = Spread::of(values);
    // Nothing to measure in any sample where real music has it is outside, too.
    let mean_inside = |real: Spread| samples.is_some_and(|s| real.holds(s.mean));
    let within = real.map(|real| mean_inside(real) && share_inside.is_some_and(|share| share >= MOST));
    Line { name: statistic.name(), samples, real, share_inside, distance, within }
}

fn cells(line: &Line) -> [String; 10] {
    let number = |x: Option<f64>| x.map_or_else(|| "-".to_owned(), |x| format!("{x:.3}"));
    [
        line.name.to_owned(),
        number(line.samples.map(|s| s.mean)),
        number(line.samples.map(|s| s.sd)),
        number(line.real.map(|s| s.mean)),
        number(line.real.map(|s| s.sd)),
        number(line.real.map(|s| s.p5)),
        number(line.real.map(|s| s.p95)),
        line.share_inside.map_or_else(|| "-".to_owned(), |s| format!("{:.0} %", 100.0 * s)),
        number(line.distance),
        line.within.map_or("", |within| if within { "within" } else { "OUTSIDE" }).to_owned(),
    ]
}

fn row(cells: [String; 10]) -> String {
    let [name, numbers @ ..] = cells;
    let numbers: Vec<String> = numbers.iter().map(|n| format!("{n:>8}")).collect();
    format!("{name:17}{}", numbers.concat()).trim_end().to_owned()
}
