//! `eval`: how well a model knows music it is shown.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::arguments::{count, seed, share};
use super::console::Console;
use super::eval_samples;
use super::input;
use super::making::progression;
use super::words::counted;
use crate::codec::Tokens;
use crate::latent::generate::{self, Conditioned};
use crate::model::{Controls, Evaluation, Example, MusicVae, Settings};
use crate::train::TrainError;
use crate::train::data::{self, Sources};

/// Arguments of `eval`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui eval --model drums_2bar_oh_hikl --data beats/
  mvae-tui eval --model ./mine.safetensors --data a.tar.gz song.mid --json
  mvae-tui eval --model ./mine.safetensors --data beats/ --held-out 0.08   only the files `train` kept out
  mvae-tui eval --model drums_2bar_oh_hikl --data-roland groove.tar.gz --examples 500

  mvae-tui eval --model drums_2bar_oh_lokl --samples --data beats/ --held-out 0.08   do its samples lie where music does?

Each pattern is encoded, a point is drawn from its posterior, and decoded: fed the truth (teacher-forced),
fed its own draws at temperature 1 (free-running), fed its own likeliest tokens (argmax).")]
#[command(group(ArgGroup::new("music").args(["data", "data_roland", "samples"]).required(true).multiple(true)))]
pub struct Arguments {
    /// Model, by name or path
    #[arg(long, value_name = "M")]
    model: String,
    /// MIDI files, folders, .tar.gz archives; may be given several times
    #[arg(long, value_name = "PATH", num_args = 1..)]
    data: Vec<PathBuf>,
    /// The same, recorded on Roland's electronic kits (the Groove MIDI Dataset): their own drum keys
    #[arg(long, value_name = "PATH", num_args = 1..)]
    data_roland: Vec<PathBuf>,
    /// Only the files that `train --held-out SHARE` kept out of training [default: all files]
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    held_out: Option<f64>,
    /// At most so many patterns, evenly picked
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    examples: Option<usize>,
    /// Instead, hold 256 samples of the prior at temperature 0.5 against the music: note density, range, backbeat, ...
    #[arg(long)]
    samples: bool,
    /// Seed of all draws
    #[arg(long, value_name = "S", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    seed: u64,
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    model: &'a str,
    config: &'a str,
    files: usize,
    empty_files: usize,
    seed: u64,
    #[serde(flatten)]
    evaluation: &'a Evaluation,
}

/// Runs `eval`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let model = input::model(Some(&arguments.model), &arguments.model)?;
    let converter = generate::converter(&model)?;
    if arguments.samples && arguments.data.is_empty() && arguments.data_roland.is_empty() {
        return eval_samples::run(&model, &[], controls(&model)?, arguments.seed, console);
    }
    let trained = model.settings().training.as_ref().and_then(|t| t.objective.get("held_out_share").copied());
    if let (Some(kept), Some(share)) = (trained, arguments.held_out)
        && share > kept
    {
        console.remark(format!(
            "{} was trained with --held-out {kept}: it learned from some of the files that {share} picks, if they are \
             the same files. Give {kept} or less for figures that can be trusted",
            model.settings().name
        ));
    }
    let sources = Sources { plain: arguments.data.clone(), roland: arguments.data_roland.clone() };
    let busy = console.busy("reading music");
    let chords = generate::conditioned(&model) == Conditioned::Chords;
    let found = data::conditioned(&sources, &converter, chords, arguments.held_out.unwrap_or(1.0))
        .map_err(|error| unfit(error, model.settings(), arguments.held_out))?;
    drop(busy);
    let patterns = thin(&found.examples, arguments.examples.unwrap_or(usize::MAX));
    if arguments.samples {
        let tokens: Vec<&Tokens> = patterns.into_iter().map(|(tokens, _)| tokens).collect();
        return eval_samples::run(&model, &tokens, controls(&model)?, arguments.seed, console);
    }
    // What each is played over: its chords, or its own hits.
    let given: Vec<Option<Controls>> = (patterns.iter())
        .map(|(tokens, chords)| chords.clone().or_else(|| generate::controls_of(&model, tokens.into())))
        .collect();
    let examples: Vec<Example<'_>> = (patterns.iter().zip(&given))
        .map(|((tokens, _), given)| Example { controls: given.as_ref(), ..Example::from(tokens) })
        .collect();

    let bar = if console.shows_progress() {
        ProgressBar::new(examples.len() as u64)
    } else {
        ProgressBar::hidden()
    };
    let style = ProgressStyle::with_template("{bar:24} {pos} of {len} patterns, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let evaluation = model.evaluate(&examples, arguments.seed, |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();

    let settings = model.settings();
    let (files, empty_files) = (found.files, found.empty_files);
    console.say(format!(
        "{}: {} of {}\n{}",
        settings.name,
        counted(evaluation.examples, "pattern"),
        counted(files, "file"),
        lines(&evaluation)
    ))?;
    let (model, config, seed) = (&settings.name, &settings.config, arguments.seed);
    console.document(&Document { model, config, files, empty_files, seed, evaluation: &evaluation })
}

/// What samples of a conditioned model are drawn over.
fn controls(model: &MusicVae) -> anyhow::Result<Option<Controls>> {
    Ok(match generate::conditioned(model) {
        Conditioned::Chords => Some(progression("C Am F G", model.settings().steps)?),
        Conditioned::Nothing | Conditioned::Hits => None,
    })
}

/// What the model needs, where the music holds nothing of it.
fn unfit(error: TrainError, model: &Settings, held_out: Option<f64>) -> anyhow::Error {
    match error {
        TrainError::TooFew { files, held_out: 0, why, .. } => {
            let share = held_out.map_or_else(String::new, |s| format!(" that --held-out {s} picks"));
            let (name, kind, bars) = (&model.name, &model.kind, counted(model.steps / 16, "bar"));
            anyhow::anyhow!(
                "{name} needs {kind} patterns of {bars}, and there is none in the {}{share}. {why}",
                counted(files, "file")
            )
        }
        other => other.into(),
    }
}

fn lines(e: &Evaluation) -> String {
    let parts = match e.parts.as_slice() {
        [lead, bass, drums] => format!(" (lead {lead:.3}, bass {bass:.3}, drums {drums:.3})"),
        _ => String::new(),
    };
    format!(
        "  accuracy of the commonest output         {:.3}\n  \
         accuracy, teacher-forced                 {:.3}{parts}\n  accuracy, free-running at temperature 1  {:.3}\n  \
         accuracy, free-running, argmax           {:.3}\n  loss, nats a step                        {:.3}\n  \
         KL, bits a pattern                       {:.1}",
        e.commonest_accuracy,
        e.teacher_forced_accuracy,
        e.free_running_accuracy,
        e.argmax_accuracy,
        e.nats_per_step,
        e.kl_bits
    )
}

/// `most` of the patterns at most, evenly spaced.
fn thin<T>(patterns: &[T], most: usize) -> Vec<&T> {
    let most = most.min(patterns.len());
    (0..most).map(|i| &patterns[i * patterns.len() / most]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_is_even_and_never_more_than_there_is() {
        let patterns: Vec<Tokens> = (0..10).map(|i| Tokens::Drums(vec![i])).collect();
        let picked: Vec<&Tokens> = thin(&patterns, 5);
        assert_eq!(picked, [&patterns[0], &patterns[2], &patterns[4], &patterns[6], &patterns[8]]);
        assert_eq!(thin(&patterns, 99).len(), 10);
        assert!(thin::<u8>(&[], 3).is_empty());
    }
}
