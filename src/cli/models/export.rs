//! `models export`: a model for other programs.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::super::console::Console;
use super::super::files;
use super::super::output::File;
use crate::model::export::{self, About};
use crate::model::{self, Settings, engines};

/// Arguments of `models export`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui models export drums_2bar_oh_hikl --onnx hikl
  mvae-tui models export ./mine.safetensors --onnx mine --json | jq '.graphs[].inputs'
  mvae-tui models export drums_2bar_oh_hikl --wonnx card

One .onnx file a part of the model (encoder, the decoder's start and one step of it, conductors, NADE) in single
precision for any batch, and model.json, which says what each takes and gives.")]
pub struct Arguments {
    /// Model, by name or path
    #[arg(value_name = "M")]
    model: String,
    /// Folder for standard ONNX of any batch; it is made where it is missing
    #[arg(long, value_name = "DIR", required_unless_present = "wonnx")]
    onnx: Option<PathBuf>,
    /// Folder for the very graphs that run on a graphics card: four rows, unrolled steps, sizes in fours
    #[arg(long, value_name = "DIR")]
    wonnx: Option<PathBuf>,
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
    if let Some(folder) = &arguments.wonnx {
        let busy = console.busy("exporting");
        let programs = engines::programs(&arguments.model)?;
        let files =
            programs.into_iter().map(|p| (folder.join(format!("{}.onnx", p.name)), p.bytes)).collect();
        drop(busy);
        write(folder, files, arguments.force, console)?;
    }
    let Some(folder) = &arguments.onnx else { return Ok(()) };
    let busy = console.busy("exporting");
    let (settings, weights) = model::open(&arguments.model)?;
    let graphs = export::export(&settings, &weights)?;
    drop(weights);
    let index = Index { settings, graphs: graphs.iter().map(|g| g.about.clone()).collect() };
    let mut all = vec![(folder.join("model.json"), serde_json::to_vec_pretty(&index)?)];
    all.extend(graphs.into_iter().map(|graph| (folder.join(graph.name), graph.bytes)));
    drop(busy);
    write(folder, all, arguments.force, console)?;
    console.document(&index)
}

/// Writes all files of a folder and says so.
fn write(folder: &Path, files: Vec<File>, force: bool, console: &Console) -> anyhow::Result<()> {
    files::write_all(&files, Some(folder), force)?;
    for (path, bytes) in &files {
        console.say(format!("{}  {:.1} MB", path.display(), bytes.len() as f64 / 1e6))?;
    }
    Ok(())
}
