//! Where a run starts: from nothing, from its own checkpoint, or from another model's weights; and what is refused
//! before the data is read, because it would cost a model or a day.

use std::path::{Path, PathBuf};

use super::checkpoint::{self, Counters};
use super::error::TrainError;
use super::options::{Goal, Options};
use super::update::Updater;
use crate::model::{Settings, Source, weights};

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

/// The counters that a run resumed from `before` goes on with, `held_out` patterns being kept out now, and what of the
/// options makes its loss another one than before. A loss under another objective or over other patterns says nothing
/// about this one: then the comparison begins anew.
///
/// # Errors
/// [`TrainError::Option`] where more files would be kept out than were: it has been trained on some of them. (A smaller
/// share is a part of the larger one, as a file's side hangs on its name alone.)
pub fn resumed(
    before: Counters,
    options: &Options,
    goal: &Goal,
    held_out: usize,
) -> Result<(Counters, Vec<&'static str>), TrainError> {
    if let Some((share, _)) = before.held_out
        && options.held_out > share
    {
        let cause = format!(
            "{} would measure on files that this run was trained on. Give {share}, as it began, or less",
            options.held_out
        );
        return Err(TrainError::Option { option: "--held-out", cause });
    }
    let mut other = Vec::new();
    if let Some((beta, free_nats)) = before.objective {
        other.extend((beta != goal.beta).then_some("--beta"));
        other.extend((free_nats != goal.free_nats).then_some("--free-bits"));
    }
    if let Some((share, patterns)) = before.held_out {
        other.extend((share != options.held_out).then_some("--held-out"));
        other.extend((share == options.held_out && patterns != held_out).then_some("--data"));
    }
    other.extend((before.own != goal.own_when_measured()).then_some("--sampling"));
    let same = other.is_empty() && options.out.exists();
    Ok((Counters { best: before.best.filter(|_| same), ..before }, other))
}

/// Keeps the model file that is there beside the one to come: as `NAME.before.safetensors`, or `NAME.before2...` where
/// that is taken. Returns where it lies now.
///
/// # Errors
/// [`TrainError::Write`].
pub fn keep(out: &Path) -> Result<PathBuf, TrainError> {
    let named = |n: usize| {
        out.with_extension(if n == 1 {
            "before.safetensors".to_owned()
        } else {
            format!("before{n}.safetensors")
        })
    };
    let free = (1..).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(1));
    std::fs::copy(out, &free).map_err(|source| TrainError::Write { path: free.clone(), source })?;
    Ok(free)
}

/// The header of the model that this run goes on from, if it goes on from one.
fn before(options: &Options) -> Option<Settings> {
    let from =
        if options.resume { Some(options.out.as_path()) } else { options.from.as_deref().map(Path::new) };
    from.and_then(|path| weights::read_settings(path).ok())
}

/// The sources that the model this run goes on from was trained on.
pub fn sources(options: &Options) -> Vec<Source> {
    before(options).and_then(|settings| settings.training).map(|training| training.data).unwrap_or_default()
}

/// Where more files are kept out now than when the weights of `--from` were trained: the share of then.
pub fn leak(options: &Options) -> Option<f64> {
    options.from.as_ref()?;
    let share = *before(options)?.training?.objective.get("held_out_share")?;
    (share < options.held_out).then_some(share)
}

/// How the weights came to be, as commands one after the other: those of the file that this run goes on from, and
/// `command`.
pub fn history(options: &Options, command: &str) -> String {
    match before(options).and_then(|settings| settings.training?.command) {
        None => command.to_owned(),
        // The same again, as after a night: once is enough.
        Some(before) if before == command || before.ends_with(&format!(" && {command}")) => before,
        Some(before) => format!("{before} && {command}"),
    }
}

/// Takes over the weights of another model of the same shape; returns the updates, examples and seconds in them.
///
/// # Errors
/// [`TrainError::Model`] where it cannot be read, [`TrainError::Checkpoint`] where its layers are others.
pub fn take_weights(from: &str, updater: &mut Updater) -> Result<(u64, u64, f64), TrainError> {
    let path = Path::new(from);
    let (settings, file) = weights::read(path)?;
    for p in &mut updater.parameters.list {
        match file.get(&p.name).filter(|(shape, _)| *shape == p.shape) {
            Some((_, values)) => p.value.copy_from_slice(values),
            None => {
                let cause = format!("{} is missing in it or has another shape", p.name);
                return Err(TrainError::Checkpoint { path: path.to_owned(), cause });
            }
        }
    }
    let training = settings.training.unwrap_or_default();
    Ok((
        training.steps.unwrap_or_default(),
        training.examples.unwrap_or_default(),
        training.seconds.unwrap_or_default(),
    ))
}
