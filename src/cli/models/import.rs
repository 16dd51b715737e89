//! `models import`: weights of other programs.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::super::console::Console;
use super::super::failure::usage;
use super::super::files;
use super::units;
use crate::model::weights::{self, Precision};
use crate::model::{Config, Kind, ModelError, Settings, Source, import};

/// Arguments of `models import`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui models import cat-mel_2bar_big.tar --config cat-mel_2bar_big --out mel_2bar_big.safetensors
  mvae-tui models import run/model.ckpt-20000 --config cat-drums_2bar_small --out mine.safetensors
  mvae-tui models import mel_2bar_small/ --config cat-mel_2bar_small --out mel_2bar_small.safetensors
  mvae-tui sample --model ./mel_2bar_big.safetensors

SRC is a TensorFlow checkpoint (.tar, .tar.gz, a folder, an .index file, or what its files' names begin with)
or a magenta.js model (a folder with weights_manifest.json). Layer sizes are read from the weights.")]
pub struct Arguments {
    /// Checkpoint or model to read
    #[arg(value_name = "SRC")]
    source: PathBuf,
    /// The published configuration that it was trained with
    #[arg(long, value_name = "NAME")]
    config: String,
    /// Model file to write (.safetensors); its name is the model's
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Store the weights in half precision: half the size, figures a little off the original's
    #[arg(long)]
    half: bool,
    /// What it was trained on, to record in the file: NAME|LICENCE|ATTRIBUTION; may be given several times
    #[arg(long, value_name = "SOURCE")]
    credit: Vec<Source>,
    /// Replace a file that holds something else
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    file: String,
    tensors: usize,
    weights: usize,
    settings: &'a Settings,
}

/// Runs `models import`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let out = &arguments.out;
    if out.extension().is_none_or(|e| e != "safetensors") {
        return Err(usage(format!(
            "{}: a model file ends in .safetensors. Give it that ending",
            out.display()
        )));
    }
    let config = Config::find(&arguments.config).map_err(|error| usage(error.to_string()))?;
    let name = out.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let task = console.task(&format!("reading {}", arguments.source.display()))?;
    let read = import::read_watched(&arguments.source, config.name, &name, &|share| task.goes_on(share));
    if task.stopped() {
        anyhow::bail!("stopped: {} was not written. The same command begins anew", out.display());
    }
    let (mut settings, weights) = read?;
    settings.training.get_or_insert_default().data = arguments.credit.clone();
    drop(task);
    let (tensors, count) = (weights.iter().count(), weights.count());
    let busy = console.busy(&format!("writing {}", out.display()));
    let precision = if arguments.half { Precision::F16 } else { Precision::F32 };
    let weights = weights.into_tensors();
    files::through(out, arguments.force, |beside| {
        // The file beside its place has another name; what goes wrong with it goes wrong with `out`.
        weights::write(beside, &settings, &weights, precision).map_err(|error| match error {
            ModelError::Write { source, .. } => ModelError::Write { path: out.clone(), source },
            ModelError::Format { cause, .. } => ModelError::Format {
                name: out.display().to_string(),
                cause,
                remedy: "leave --half out".to_owned(),
            },
            other => other,
        })?;
        Ok(())
    })?;
    drop(busy);
    console.say(format!(
        "{}: {}, {:.1} million weights in {tensors} tensors; encoder {}, decoder {}, z {}",
        out.display(),
        settings.config,
        count as f64 / 1e6,
        units(&settings.encoder),
        units(&settings.decoder),
        settings.z_size
    ))?;
    if config.kind == Kind::Performance {
        console.remark("performances have no codec here: the file can be stored and exported, not played");
    }
    console.document(&Document {
        file: out.display().to_string(),
        tensors,
        weights: count,
        settings: &settings,
    })
}
