//! Weights of other programs: TensorFlow checkpoints and magenta.js models, read without Python.
//!
//! Everything here may be hostile: sizes are believed only where the bytes are there, checksums are checked, nothing
//! is unpacked to disk.

mod bundle;
mod bytes;
mod crc;
mod files;
mod magenta_js;
mod proto;
mod sizes;
mod snappy;
mod table;
#[cfg(test)]
mod tests;

use super::{
    catalogue::Config,
    error::ModelError,
    settings::{Settings, Training},
    weights::{self, Precision, Weights},
};
use files::Files;
use std::path::Path;

/// Reads the model at `source` as the configuration `config`, and writes it to `out` in single precision.
///
/// `source` is a TensorFlow checkpoint (its prefix, its `.index` file, a folder or a `.tar`, `.tar.gz` with one
/// checkpoint in it; optimiser slots are left out) or a magenta.js model (a folder with `weights_manifest.json`, or
/// that file). Layer sizes are those of the weights. The model is named after `out`.
pub fn import(source: &Path, config: &str, out: &Path) -> Result<Settings, ModelError> {
    let name = out.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let (settings, weights) = read(source, config, &name)?;
    weights::write(out, &settings, &weights.into_tensors(), Precision::F32)?;
    Ok(settings)
}

/// Told how far a reading is, 0 to 1; false stops it.
pub type Watch<'a> = &'a dyn Fn(f64) -> bool;

/// The cause of an error where a [`Watch`] said so.
const STOPPED: &str = "stopped";
/// Share of the work that reading an archive takes; the rest is its tensors.
const ARCHIVE: f64 = 0.7;

/// Reads the model at `source` as the configuration `config`, calling it `name`.
///
/// # Errors
/// [`ModelError`]: what cannot be read, or does not fit the configuration.
pub fn read(source: &Path, config: &str, name: &str) -> Result<(Settings, Weights), ModelError> {
    read_watched(source, config, name, &|_| true)
}

/// As [`read`]; `watch` is told how far it is, and where it says false the reading fails.
///
/// # Errors
/// As [`read`].
pub fn read_watched(
    source: &Path,
    config: &str,
    name: &str,
    watch: Watch<'_>,
) -> Result<(Settings, Weights), ModelError> {
    let config = Config::find(config)?;
    let fault = |cause: String| ModelError::Format {
        name: source.display().to_string(),
        cause,
        remedy: "give a TensorFlow checkpoint (prefix, folder or .tar) or a magenta.js folder, fetched whole"
            .to_owned(),
    };
    let (files, only) = open(source, &|share| watch(ARCHIVE * share))?;
    let before = if matches!(files, Files::Archive(_)) { ARCHIVE } else { 0.0 };
    let rest = |share: f64| watch(before + (1.0 - before) * share);
    let weights = match pick(&files, only).map_err(fault)? {
        Format::Bundle(index) => bundle::read(&files, &index, &rest),
        Format::MagentaJs(manifest) => magenta_js::read(&files, &manifest, config),
    };
    let weights = weights.map_err(fault)?;
    let mut settings = sizes::settings(name, config, &weights);
    let weights = sizes::reshape(&settings, config, &weights);
    settings.check().map_err(fault)?;
    weights.check(&settings, &source.display().to_string())?;
    let origin = source.file_name().map(|n| n.to_string_lossy().into_owned());
    settings.training = Some(Training { imported_from: origin, ..Training::default() });
    Ok((settings, weights))
}

/// The files at `source`, and the name that is meant among them where it is one.
fn open(source: &Path, watch: Watch<'_>) -> Result<(Files, Option<String>), ModelError> {
    let folder = |path: &Path| match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => Files::Folder(parent.to_owned()),
        _ => Files::Folder(".".into()),
    };
    let name = source.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if source.is_dir() {
        return Ok((Files::Folder(source.to_owned()), None));
    }
    if source.is_file() {
        let part = name.ends_with(".index") || name == magenta_js::MANIFEST;
        return if part {
            Ok((folder(source), Some(name)))
        } else {
            Ok((Files::archive(source, watch)?, None))
        };
    }
    let index = format!("{name}.index");
    if source.with_file_name(&index).is_file() {
        return Ok((folder(source), Some(index)));
    }
    let missing = std::io::Error::new(
        std::io::ErrorKind::NotFound,
        "there is no such file, folder or checkpoint prefix",
    );
    Err(ModelError::Read { path: source.to_owned(), source: missing })
}

/// What is to be read.
enum Format {
    Bundle(String),
    MagentaJs(String),
}

/// The one model among `files`.
fn pick(files: &Files, only: Option<String>) -> Result<Format, String> {
    let names = only.map_or_else(|| files.names(), |name| vec![name]);
    let last = |name: &String| name.rsplit('/').next().unwrap_or(name).to_owned();
    // macOS adds "._" twins of every file to archives.
    let mut found = names.iter().filter(|name| {
        let last = last(name);
        !last.starts_with("._") && (last.ends_with(".index") || last == magenta_js::MANIFEST)
    });
    let first = found.next().ok_or("it holds neither a .index file nor a weights_manifest.json")?;
    let others: Vec<&str> = found.map(String::as_str).collect();
    if !others.is_empty() {
        return Err(format!("it holds several models ({first}, {}): name one", others.join(", ")));
    }
    let index = first.ends_with(".index");
    Ok(if index { Format::Bundle(first.clone()) } else { Format::MagentaJs(first.clone()) })
}
