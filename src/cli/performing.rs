//! What `humanize` and `tap` share: a file through a groove model into another file.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::arguments::{seed, temperature};
use super::console::Console;
use super::failure::usage;
use super::input;
use super::words::counted;
use super::{files, output};
use crate::latent::generate::Sampling;
use crate::latent::groove::{Performance, perform};
use crate::model::ModelError;
use crate::music::plot::{Panel, Roll, Style};
use crate::music::smf;

/// Arguments of verbs that play a file.
#[derive(Debug, Args)]
pub struct Performing {
    /// A MIDI file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file to write
    #[arg(long, value_name = "FILE.mid")]
    out: Option<PathBuf>,
    /// Also draw it before and after into one picture (.svg or .png)
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Replace files that hold something else
    #[arg(long)]
    force: bool,
    /// Groove model, by name or path
    #[arg(long, value_name = "M")]
    model: Option<String>,
    /// 0 takes the likeliest hits, 1 draws as trained; velocities and timing always follow the model
    #[arg(long, value_name = "T", default_value_t = 0.0, value_parser = temperature, allow_negative_numbers = true)]
    temperature: f32,
    /// The same seed gives the same music
    #[arg(long, value_name = "S", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    seed: u64,
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    model: &'a str,
    config: &'a str,
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    seed: u64,
    temperature: f32,
    windows: usize,
    notes_in: usize,
    notes_out: usize,
    notes_kept: usize,
    stretches_in_other_metres: usize,
}

/// Plays the file as `what` asks, `otherwise` being the model where none is named.
///
/// # Errors
/// An unreadable file, a model that is no groove model, a file in the way.
pub fn run(
    arguments: &Performing,
    what: Performance,
    otherwise: &str,
    console: &Console,
) -> anyhow::Result<()> {
    let model = input::model(arguments.model.as_deref(), otherwise).map_err(|error| {
        let unknown = matches!(error.downcast_ref(), Some(ModelError::UnknownModel { .. }));
        match unknown && arguments.model.is_none() {
            true => usage(format!(
                "no groove model called {otherwise} is at hand. Name one with --model: `mvae-tui models list` shows those \
                 there are, `mvae-tui train` makes one"
            )),
            false => error,
        }
    })?;
    if arguments.out.as_deref().is_some_and(|out| !output::is_midi(out)) {
        return Err(usage("--out takes the name of one file that ends in .mid"));
    }
    let file = arguments.file.display().to_string();
    let score = input::score(&arguments.file)?;
    let (temperature, seed) = (arguments.temperature, arguments.seed);
    let how = Sampling { temperature, seed, ..Sampling::default() };
    let busy = console.busy("playing");
    let played = perform(&model, &score, what, &how).with_context(|| file.clone())?;
    drop(busy);
    let mut out: Vec<output::File> = Vec::new();
    if let Some(path) = &arguments.out {
        out.push((path.clone(), smf::write(&played.score)));
    }
    if let Some(path) = &arguments.plot {
        let panels = [("before", &score), ("after", &played.score)]
            .map(|(label, score)| Panel { label: label.to_owned(), roll: Roll::from_score(score) });
        let title = input::stem(&arguments.file);
        let note = format!("{}, seed {seed}", model.settings().name);
        let style = Style { title, note, ..Style::default() };
        out.push((path.clone(), output::picture(path, &panels, &style, output::PNG_SCALE)?));
    }
    files::write_all(&out, None, arguments.force)?;

    let name = |path: &Option<PathBuf>| path.as_deref().map(Path::display).map(|p| p.to_string());
    let went = format!("{} in, {} out", counted(played.notes_in, "note"), played.notes_out);
    console.say(format!(
        "{file}: {} of {}, {went}{}",
        counted(played.windows, "window"),
        counted(model.settings().steps / 16, "bar"),
        name(&arguments.out).map_or_else(String::new, |out| format!(": {out}"))
    ))?;
    if played.kept > 0 {
        let notes = counted(played.kept, "hit");
        console.say(format!("{notes} stayed as in the file, for the model would not play them"))?;
    }
    if played.other_metres > 0 && !console.json() {
        let stretches = counted(played.other_metres, "stretch").replace("stretchs", "stretches");
        console.remark(format!("{stretches} not in 4/4 stayed as they were"));
    }
    if out.is_empty() && !console.json() {
        console.remark("add --out FILE.mid to keep it");
    }
    let settings = model.settings();
    console.document(&Document {
        model: &settings.name,
        config: &settings.config,
        file,
        out: name(&arguments.out),
        picture: name(&arguments.plot),
        seed,
        temperature,
        windows: played.windows,
        notes_in: played.notes_in,
        notes_out: played.notes_out,
        notes_kept: played.kept,
        stretches_in_other_metres: played.other_metres,
    })
}
