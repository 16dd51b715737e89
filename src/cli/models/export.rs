//! `models export`: a model for other programs.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::super::console::Console;
use super::super::files;
use crate::model::export::{self, About};
use crate::model::{self, Settings};

/// Arguments of `models export`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui models export drums_2bar_oh_hikl --onnx hikl
  mvae-tui models export ./mine.safetensors --onnx mine --json | jq '.graphs[].inputs'

One .onnx file a part of the model (encoder, the decoder's start and one step of it, conductors, NADE) in single
precision for any batch, and model.json, which says what each takes and gives.")]
pub struct Arguments {
    /// Model, by name or path
    #[arg(value_name = "M")]
    model: String,
    /// Folder to write to; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    onnx: PathBuf,
    /// Replace files that hold something else
    #[arg(long)]
    force: bool,
}

/// The index beside the graphs.
#[derive(Debug, Serialize)]
struct Index {
    settings: Settings,
    graphs: Vec<About>,
}

/// Runs `models export`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let busy = console.busy("exporting");
    let (settings, weights) = model::open(&arguments.model)?;
    let graphs = export::export(&settings, &weights)?;
    drop(weights);
    let index = Index { settings, graphs: graphs.iter().map(|g| g.about.clone()).collect() };
    let folder = &arguments.onnx;
    let mut all = vec![(folder.join("model.json"), serde_json::to_vec_pretty(&index)?)];
    all.extend(graphs.into_iter().map(|graph| (folder.join(graph.name), graph.bytes)));
    files::write_all(&all, Some(folder), arguments.force)?;
    drop(busy);
    for (path, bytes) in &all {
        console.say(format!("{}  {:.1} MB", path.display(), bytes.len() as f64 / 1e6))?;
    }
    console.document(&index)
}
