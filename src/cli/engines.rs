//! `engines`: what can run the models here, and what was found out about it.

use clap::Args;
use serde::Serialize;

use super::console::Console;
use crate::model::engines::{self, Adapter, Trial};

/// Arguments of `engines`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui engines                                  the processor, and every graphics card with why it is taken or not
  mvae-tui engines --model drums_2bar_oh_lokl       try a model on both, and keep what came out
  mvae-tui engines --model mel_2bar --again         measure anew
  mvae-tui sample --engine gpu                      use the card whatever it is
  WGPU_ADAPTER_NAME=intel mvae-tui engines          another card than the driver's choice

By itself (--engine auto) a card runs a model only where a trial on this machine showed the same results in clearly
less time; cards that are software never do. The jam makes that trial by itself, in a process of its own.")]
pub struct Arguments {
    /// Models to try on both engines, by name or path
    #[arg(long, value_name = "M", num_args = 1..)]
    model: Vec<String>,
    /// Measure again what was measured before
    #[arg(long)]
    again: bool,
    /// Make no trial on cards that would never be taken by themselves
    #[arg(long, hide = true)]
    behind: bool,
}

#[derive(Debug, Serialize)]
struct Document {
    cpu_threads: usize,
    adapters: Vec<Adapter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_gpu: Option<String>,
    trials: Vec<Trial>,
}

/// Runs `engines`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let busy = console.busy("asking the drivers");
    let found = engines::adapters();
    drop(busy);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    console.say(format!("cpu  {threads} threads: runs everything"))?;
    let (adapters, no_gpu) = match found {
        Ok(adapters) => (adapters, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    for adapter in &adapters {
        let chosen = if adapter.chosen { "" } else { "; not the one its driver chooses" };
        let judged = match &adapter.why_not {
            Some(why) => format!("not taken by itself: {why}"),
            None => "taken where a trial shows that it is faster".to_owned(),
        };
        console.say(format!(
            "gpu  {} ({}, {}, {}): {judged}{chosen}",
            adapter.name, adapter.kind, adapter.backend, adapter.driver
        ))?;
    }
    if let Some(why) = &no_gpu {
        console.say(format!("gpu  none: {why}"))?;
    }
    let trials = trials(arguments, &adapters, no_gpu.as_deref(), console)?;
    for trial in &trials {
        console.say(format!(
            "{}: cpu {:.1} ms, gpu {:.1} ms ({} of {} steps drawn otherwise, posteriors within {:.0e}; sessions {:.1} s, {:.1} MB): {}: {}",
            trial.model,
            trial.cpu_ms,
            trial.gpu_ms,
            trial.steps_differing,
            trial.steps,
            trial.posterior_difference,
            trial.sessions_ms / 1e3,
            trial.gpu_weights_bytes as f64 / 1e6,
            if trial.taken { "gpu" } else { "cpu" },
            trial.why
        ))?;
    }
    console.document(&Document { cpu_threads: threads, adapters, no_gpu, trials })
}

/// Trials of the models asked for, else those that are kept for the card of this machine.
fn trials(
    arguments: &Arguments,
    adapters: &[Adapter],
    no_gpu: Option<&str>,
    console: &Console,
) -> anyhow::Result<Vec<Trial>> {
    let kept = engines::kept();
    let Some(adapter) = adapters.iter().find(|adapter| adapter.chosen) else {
        if let (Some(why), false) = (no_gpu, arguments.model.is_empty()) {
            console.remark(format!("no trial: {why}"));
        }
        return Ok(Vec::new());
    };
    if arguments.behind && adapter.why_not.is_some() {
        return Ok(Vec::new());
    }
    let key = adapter.key();
    if arguments.model.is_empty() {
        let all = kept.map(|kept| kept.all()).unwrap_or_default();
        return Ok(all.into_iter().filter(|trial| trial.adapter == key).collect());
    }
    let mut trials = Vec::new();
    for name in &arguments.model {
        let own = crate::model::find(name)?.settings().name.clone();
        let old = kept.as_ref().and_then(|kept| kept.find(&own, &key)).filter(|_| !arguments.again);
        let trial = match old {
            Some(old) => old,
            None => {
                let busy = console.busy(&format!("trying {name} on both"));
                let trial = engines::try_out(name).map_err(anyhow::Error::msg)?;
                drop(busy);
                if let Some(Err(error)) = kept.as_ref().map(|kept| kept.keep(&trial)) {
                    console.remark(format!("the trial could not be kept ({error})"));
                }
                trial
            }
        };
        trials.push(trial);
    }
    Ok(trials)
}
