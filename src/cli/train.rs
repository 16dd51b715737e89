//! `train`: a model of one's own, from MIDI files.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressStyle};

use crate::train::{Event, Means, Options, TrainError};

/// Runs a training; the bar shows loss, KL bits, accuracy, speed and what is left. `stop` ends it with a checkpoint.
///
/// # Errors
/// Those of [`crate::train::run`].
pub fn run(options: &Options, command: &str, stop: &AtomicBool) -> Result<(), TrainError> {
    let bar = ProgressBar::new(options.examples);
    let style = ProgressStyle::with_template("{bar:24} {percent:>3} %  {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut say = |event: &Event| match event {
        Event::Data { files, empty_files, train, held_out, weights } => {
            line(
                &bar,
                &format!(
                    "{files} files ({empty_files} gave nothing): {} examples to train on, {} held out; {} weights",
                    HumanCount(*train as u64),
                    HumanCount(*held_out as u64),
                    HumanCount(*weights as u64),
                ),
            );
        }
        Event::Progress { updates, examples, end, speed, means } => {
            bar.set_position(*examples);
            let left = Duration::from_secs_f64((end - examples) as f64 / speed.max(0.1));
            bar.set_message(format!(
                "update {updates}, {}, {speed:.0} examples/s, {} left",
                words(means),
                HumanDuration(left)
            ));
        }
        Event::Checkpoint { examples, held_out, best } => {
            let kept = if *best { "; best so far, model file written" } else { "" };
            let count = HumanCount(*examples);
            line(&bar, &format!("{count} examples: held out {}{kept}", words(held_out)));
        }
        Event::Done { teacher_forced, free_running, counters } => {
            bar.finish_and_clear();
            line(
                &bar,
                &format!(
                    "{}: {} updates, {} examples, {}.\nHeld-out files: teacher-forced accuracy {:.3}, \
                     free-running at temperature 1 {:.3}, KL {:.1} bits",
                    options.out.display(),
                    counters.updates,
                    HumanCount(counters.examples),
                    HumanDuration(Duration::from_secs_f64(counters.seconds)),
                    teacher_forced.accuracy,
                    free_running.accuracy,
                    teacher_forced.kl_bits,
                ),
            );
        }
    };
    crate::train::run(options, command, stop, &mut say)?;
    Ok(())
}

/// Above the bar where there is one, else on standard error.
fn line(bar: &ProgressBar, text: &str) {
    if bar.is_hidden() {
        eprintln!("{text}");
    } else {
        bar.println(text);
    }
}

fn words(means: &Means) -> String {
    format!("loss {:.2}, KL {:.1} bits, accuracy {:.3}", means.loss, means.kl_bits, means.accuracy)
}
