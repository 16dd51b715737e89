//! `encode`: patterns to latent points.

use std::path::PathBuf;

use clap::Args;

use super::arguments::index;
use super::console::{self, Console};
use super::files;
use super::input::{self, Found};
use super::points::{Point, Points};
use super::words::counted;
use crate::latent::generate;
use crate::model::{MusicVae, Posterior};

/// Arguments of `encode`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui encode beat.mid --out z.json            every pattern in the file, with mean and spread
  mvae-tui encode song.mid --index 3 --out z.json  the third one alone
  mvae-tui encode beat.mid | jq '.points[0].kl_bits'
  mvae-tui encode a.mid b.mid --out z.json         of several files

The result is JSON, on stdout or in --out; `decode` reads it back.")]
pub struct Arguments {
    /// MIDI files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only this pattern of each file, as `extract` counts them
    #[arg(long, value_name = "I", value_parser = index)]
    index: Option<usize>,
    /// Model, by name or path [default: drums_2bar_oh_hikl]
    #[arg(long, value_name = "M")]
    model: Option<String>,
    /// The file to write instead of stdout, which is also -
    #[arg(long, value_name = "FILE.json")]
    out: Option<PathBuf>,
    /// Replace a file that holds something else
    #[arg(long)]
    force: bool,
}

/// Runs `encode`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let model = input::model(arguments.model.as_deref(), input::RECONSTRUCTOR)?;
    let reader = input::Reader::of(&model)?;
    let mut found: Vec<Found> = Vec::new();
    for file in &arguments.files {
        match arguments.index {
            Some(_) => found.push(input::one(file, arguments.index, &reader)?),
            None => found.extend(input::patterns(file, &reader)?),
        }
    }
    let posteriors = generate::posteriors(&model, &found)?;
    let points = Points {
        model: model.settings().name.clone(),
        config: model.settings().config.clone(),
        points: found.iter().zip(posteriors).map(|(f, p)| point(&model, f, p)).collect(),
    };
    let text = serde_json::to_string_pretty(&points)? + "\n";
    // As everywhere, - is the standard stream.
    match arguments.out.as_ref().filter(|out| out.as_os_str() != "-") {
        None => console::print(text.trim_end())?,
        Some(path) => {
            files::write_all(&[(path.clone(), text.into_bytes())], None, arguments.force)?;
            console.say(format!(
                "{} of {} numbers: {}",
                counted(found.len(), "point"),
                model.z_size(),
                path.display()
            ))?;
            console.document(&points)?;
        }
    }
    Ok(())
}

fn point(model: &MusicVae, found: &Found, posterior: Posterior) -> Point {
    Point {
        source: Some(found.source()),
        kl_bits: Some(posterior.kl_nats() / std::f64::consts::LN_2),
        z: posterior.mu,
        controls: generate::controls_of(model, found.into()),
        sigma: Some(posterior.sigma),
    }
}
