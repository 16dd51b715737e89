//! `train`: a model of one's own, from MIDI files.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::Args;
use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};

use super::console::Console;
use super::failure::usage;
use super::words::counted;
use crate::model::Settings;
use crate::train::{Event, Means, Options, TrainError};

/// Arguments of `train`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui train --config cat-drums_2bar_small --data beats/ --out mine.safetensors
  mvae-tui train --config cat-drums_2bar_small --data a.tar.gz song.mid --out mine.safetensors --examples 500000
  mvae-tui train --config cat-drums_2bar_small --data beats/ --out mine.safetensors --resume
  mvae-tui sample --model ./mine.safetensors

Ctrl-C ends it with a checkpoint, from which --resume goes on.")]
pub struct Arguments {
    #[command(flatten)]
    options: Options,
}

/// Runs `train`. Ctrl-C ends it with a checkpoint.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    // A jam beside it comes first.
    crate::engine::give_way();
    let stop = Arc::new(AtomicBool::new(false));
    stop_on_interrupt(&stop)?;
    let command = command(std::env::args().skip(1));
    let settings = train(&arguments.options, &command, &stop, console).map_err(|error| match error {
        TrainError::Option { .. } => usage(error.to_string()),
        other => other.into(),
    })?;
    console.document(&settings)
}

/// The command as a shell takes it, whatever the program's path is here.
fn command(arguments: impl Iterator<Item = String>) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./,=:+@%".contains(c);
    let quoted = arguments.map(|a| match !a.is_empty() && a.chars().all(plain) {
        true => a,
        false => format!("'{}'", a.replace('\'', r"'\''")),
    });
    std::iter::once("mvae-tui".to_owned()).chain(quoted).collect::<Vec<_>>().join(" ")
}

/// Sets `stop` at the first Ctrl-C; a second one ends the program as ever.
#[cfg(unix)]
pub(super) fn stop_on_interrupt(stop: &Arc<AtomicBool>) -> std::io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag unset, sets it and goes on.
        signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(stop))?;
        signal_hook::flag::register(signal, Arc::clone(stop))?;
    }
    Ok(())
}

/// Elsewhere Ctrl-C ends the program; the last checkpoint stays.
#[cfg(not(unix))]
pub(super) fn stop_on_interrupt(_: &Arc<AtomicBool>) -> std::io::Result<()> {
    Ok(())
}

/// Trains; the bar shows loss, KL bits, accuracy, speed and what is left.
fn train(
    options: &Options,
    command: &str,
    stop: &AtomicBool,
    console: &Console,
) -> Result<Settings, TrainError> {
    let bar =
        if console.shows_progress() { ProgressBar::new(options.examples) } else { ProgressBar::hidden() };
    let style = ProgressStyle::with_template("{bar:24} {percent:>3} %  {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut say = |event: &Event| match event {
        Event::Data { files, empty_files, train, held_out, known, all_known, weights } => {
            line(
                &bar,
                console,
                &format!(
                    "{files} files ({empty_files} gave nothing): {} examples to train on, {} held out{}; {} weights",
                    HumanCount(*train as u64),
                    HumanCount(*held_out as u64),
                    match known {
                        0 => String::new(),
                        _ if *all_known => " (all of them stand in training files, too)".to_owned(),
                        n => format!(" ({} more stand in training files, too)", HumanCount(*n as u64)),
                    },
                    HumanCount(*weights as u64),
                ),
            );
        }
        Event::Remark(text) => line(&bar, console, text),
        Event::Progress { updates, examples, end, speed, rate, means } => {
            bar.set_position(*examples);
            // The last update may go beyond the end.
            let left = end.saturating_sub(*examples) as f64 / speed.max(0.1);
            let left = Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX);
            bar.set_message(format!(
                "update {updates}, {}, rate {rate:.1e}, {speed:.0} examples/s, {} left",
                words(means),
                HumanDuration(left)
            ));
        }
        Event::Checkpoint { examples, held_out, best } => {
            let kept = if *best { "; best so far, model file written" } else { "" };
            let count = HumanCount(*examples);
            line(&bar, console, &format!("{count} examples: held out {}{kept}", words(held_out)));
        }
        Event::Stopping { examples } => line(
            &bar,
            console,
            &format!(
                "Stopped at {} examples. {} is written: --resume goes on from it. Measuring the model; Ctrl-C again \
                 ends without that",
                HumanCount(*examples),
                crate::train::checkpoint::path_for(&options.out).display(),
            ),
        ),
        Event::Done { evaluation, at_mean, counters } => {
            bar.finish_and_clear();
            line(
                &bar,
                console,
                &format!(
                    "{}: {}, {} examples, {}.\nHeld-out files: teacher-forced accuracy {:.3} \
                     (z at its mean: {at_mean:.3}), free-running {:.3} at temperature 1, {:.3} by argmax, KL {:.1} bits",
                    options.out.display(),
                    counted(counters.updates as usize, "update"),
                    HumanCount(counters.examples),
                    HumanDuration(Duration::from_secs_f64(counters.seconds)),
                    evaluation.teacher_forced_accuracy,
                    evaluation.free_running_accuracy,
                    evaluation.argmax_accuracy,
                    evaluation.kl_bits,
                ),
            );
        }
    };
    crate::train::run(options, command, stop, &mut say)
}

/// Above the bar where there is one, else a remark.
fn line(bar: &ProgressBar, console: &Console, text: &str) {
    if bar.is_hidden() {
        console.remark(text);
    } else {
        bar.println(text);
    }
}

fn words(means: &Means) -> String {
    format!("loss {:.2}, KL {:.1} bits, accuracy {:.3}", means.loss, means.kl_bits, means.accuracy)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_recorded_command_can_be_pasted_into_a_shell() {
        let words = ["train", "--credit", "A set|MIT|it's theirs", "--beta", "0.2"];
        let command = super::command(words.into_iter().map(str::to_owned));
        assert_eq!(command, r"mvae-tui train --credit 'A set|MIT|it'\''s theirs' --beta 0.2");
    }
}
