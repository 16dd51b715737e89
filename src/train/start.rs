//! Where a run starts: from nothing, from its own checkpoint, or from another model's weights; and what is refused
//! before the data is read, because it would cost a model or a day.

use std::path::Path;

use super::checkpoint::{self, Counters};
use super::error::TrainError;
use super::options::Options;
use super::update::Updater;
use crate::model::weights;

/// Refuses a model file that could not be written, or that would be lost.
///
/// # Errors
/// [`TrainError::Option`] for another ending than `.safetensors`, [`TrainError::Exists`] where a model or a checkpoint
/// stands there and neither `--resume` nor `--force` is given, [`TrainError::Write`] where the folder takes no files.
pub fn check_out(options: &Options) -> Result<(), TrainError> {
    let out = &options.out;
    if out.extension().is_none_or(|e| e != "safetensors") {
        let cause = format!("{}: model files end in .safetensors. Name it so", out.display());
        return Err(TrainError::Option { option: "--out", cause });
    }
    let checkpoint = checkpoint::path_for(out);
    if let Some(path) = [out, &checkpoint].into_iter().find(|p| p.exists())
        && !options.resume
        && !options.force
    {
        return Err(TrainError::Exists { path: path.clone() });
    }
    let probe = checkpoint.with_extension("ckpt.part");
    std::fs::write(&probe, b"")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|source| TrainError::Write { path: out.clone(), source })
}

/// The counters that a run resumed from `before` goes on with, `held_out` patterns being kept out now. A loss under
/// another objective or over other patterns says nothing about this one: then the comparison begins anew.
///
/// # Errors
/// [`TrainError::Option`] where more files would be kept out than were: it has been trained on some of them. (A smaller
/// share is a part of the larger one, as a file's side hangs on its name alone.)
pub fn resumed(
    before: Counters,
    options: &Options,
    objective: (f64, f64),
    held_out: usize,
) -> Result<Counters, TrainError> {
    if let Some((share, _)) = before.held_out
        && options.held_out > share
    {
        let cause = format!(
            "{} would measure on files that this run was trained on. Give {share}, as it began, or less",
            options.held_out
        );
        return Err(TrainError::Option { option: "--held-out", cause });
    }
    let same = before.objective.is_none_or(|o| o == objective)
        && before.held_out.is_none_or(|h| h == (options.held_out, held_out))
        && options.out.exists();
    Ok(Counters { best: before.best.filter(|_| same), ..before })
}

/// How the weights came to be, as commands one after the other: those of the file that this run goes on from, and
/// `command`.
pub fn history(options: &Options, command: &str) -> String {
    let from =
        if options.resume { Some(options.out.as_path()) } else { options.from.as_deref().map(Path::new) };
    let before = from
        .and_then(|path| weights::read_settings(path).ok())
        .and_then(|settings| settings.training?.command);
    match before {
        None => command.to_owned(),
        // The same again, as after a night: once is enough.
        Some(before) if before == command || before.ends_with(&format!(" && {command}")) => before,
        Some(before) => format!("{before} && {command}"),
    }
}

/// Takes over the weights of another model of the same shape.
///
/// # Errors
/// [`TrainError::Model`] where it cannot be read, [`TrainError::Checkpoint`] where its layers are others.
pub fn take_weights(from: &str, updater: &mut Updater) -> Result<(), TrainError> {
    let path = Path::new(from);
    let (_, file) = weights::read(path)?;
    for p in &mut updater.parameters.list {
        match file.get(&p.name).filter(|(shape, _)| *shape == p.shape) {
            Some((_, values)) => p.value.copy_from_slice(values),
            None => {
                let cause = format!("{} is missing in it or has another shape", p.name);
                return Err(TrainError::Checkpoint { path: path.to_owned(), cause });
            }
        }
    }
    Ok(())
}
