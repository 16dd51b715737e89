//! `bench`: how fast models run here.

use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::arguments;
use super::console::Console;
use super::input;
use crate::latent::generate::{self, Sampling};
use crate::model::engines::{self, Choice};

/// Arguments of `bench`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui bench
  mvae-tui bench --model drums_2bar_oh_hikl --n 8 --repeats 20
  mvae-tui bench --engine gpu                 the same on a graphics card, next to the processor

Times are of whole calls as the jam makes them, best and middle of the repeats.")]
pub struct Arguments {
    /// Models, by name or path [default: the jam's]
    #[arg(long, value_name = "M", num_args = 1..)]
    model: Vec<String>,
    /// Patterns a call
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = arguments::patterns)]
    n: usize,
    /// Calls
    #[arg(long, value_name = "TIMES", default_value_t = 7, value_parser = arguments::patterns)]
    repeats: usize,
}

#[derive(Debug, Serialize)]
struct Document {
    runs: Vec<Run>,
}

#[derive(Debug, Serialize)]
struct Run {
    model: String,
    engine: String,
    n: usize,
    decode_best_ms: f64,
    decode_median_ms: f64,
    encode_best_ms: f64,
    encode_median_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Runs `bench`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let choice = engines::choice();
    let names = match arguments.model.as_slice() {
        [] => vec![input::SAMPLER.to_owned()],
        given => given.to_vec(),
    };
    let mut runs = Vec::new();
    for name in &names {
        let model = crate::model::find(name)?;
        let mut passes = vec![false];
        if choice == Choice::Gpu {
            passes.push(true);
        }
        for on_card in passes {
            let mut note = None;
            if on_card {
                let busy = console.busy("making sessions");
                engines::attach(&model, name).map_err(anyhow::Error::msg)?;
                drop(busy);
                let adapters = engines::adapters().map_err(anyhow::Error::msg)?;
                note =
                    adapters.into_iter().find(|adapter| adapter.chosen).and_then(|adapter| adapter.why_not);
            } else {
                model.detach();
            }
            let busy = console.busy(&format!("timing {name}"));
            let (mut decode, mut encode) = (Vec::new(), Vec::new());
            for i in 0..arguments.repeats as u64 {
                let how = Sampling { n: arguments.n, temperature: 1.0, seed: i, steps: 0, controls: None };
                let started = Instant::now();
                let made = generate::sample(&model, &how)?;
                decode.push(started.elapsed().as_secs_f64() * 1e3);
                let tokens: Vec<_> = made.into_iter().map(|made| made.tokens).collect();
                let started = Instant::now();
                model.encode(&tokens)?;
                encode.push(started.elapsed().as_secs_f64() * 1e3);
            }
            drop(busy);
            if let Some(fault) = model.engine_fault() {
                anyhow::bail!("{fault}. The processor goes on; `mvae-tui engines` tells what there is");
            }
            for times in [&mut decode, &mut encode] {
                times.sort_by(f64::total_cmp);
            }
            let middle = arguments.repeats / 2;
            let run = Run {
                model: model.settings().name.clone(),
                engine: model.engine(),
                n: arguments.n,
                decode_best_ms: decode[0],
                decode_median_ms: decode[middle],
                encode_best_ms: encode[0],
                encode_median_ms: encode[middle],
                note,
            };
            console.say(format!(
                "{}  {}  {} patterns: decode {:.2} ms (best {:.2}), encode {:.2} ms (best {:.2}){}",
                run.model,
                run.engine,
                run.n,
                run.decode_median_ms,
                run.decode_best_ms,
                run.encode_median_ms,
                run.encode_best_ms,
                run.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default()
            ))?;
            runs.push(run);
        }
    }
    console.document(&Document { runs })
}
