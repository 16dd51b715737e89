//! The folder of a script: nothing outside it is read or written.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::context::here;
use super::error::{Outcome, fail};
use super::limits;

/// The file that `name` means, which has to be there, within the folder of the running script.
///
/// # Errors
/// A name that leads elsewhere (also by a link), a file that is not there or is too large.
pub fn existing(name: &str) -> Outcome<PathBuf> {
    let (root, path) = place(name)?;
    let Ok(real) = path.canonicalize() else {
        return fail(format!("{name}: there is no such file beside the script"));
    };
    within(&root, &real, name)?;
    match fs::metadata(&real) {
        Ok(data) if data.is_file() && data.len() <= limits::FILE => Ok(real),
        Ok(data) if data.is_file() => fail(format!("{name}: {} bytes are too many for a script", data.len())),
        _ => fail(format!("{name}: it is no file")),
    }
}

/// The place that `name` means within the folder of the running script, for a file to be written.
///
/// # Errors
/// A name that leads elsewhere, also by a link; a folder that is not there.
pub fn writable(name: &str) -> Outcome<PathBuf> {
    let (root, path) = place(name)?;
    let parent = path.parent().and_then(|parent| parent.canonicalize().ok());
    let Some(parent) = parent else {
        return fail(format!("{name}: there is no such folder beside the script; make it first"));
    };
    within(&root, &parent, name)?;
    let Some(file) = path.file_name() else { return fail(format!("{name}: it names no file")) };
    let path = parent.join(file);
    // What a link names may lie anywhere.
    if fs::symlink_metadata(&path).is_ok_and(|data| !data.is_file()) {
        return fail(format!("{name}: something that is no plain file stands there; take another name"));
    }
    Ok(path)
}

fn place(name: &str) -> Outcome<(PathBuf, PathBuf)> {
    let Some(folder) = here()?.script.folder.clone() else {
        return fail(format!("{name}: a script without a folder has no files; save it as a file first"));
    };
    let relative = Path::new(name);
    if relative.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return fail(format!(
            "{name}: a script reads and writes in its own folder only; give a name within it"
        ));
    }
    match folder.canonicalize() {
        Ok(root) => Ok((root.clone(), root.join(relative))),
        Err(cause) => fail(format!("{}: the folder of the script is gone ({cause})", folder.display())),
    }
}

fn within(root: &Path, path: &Path, name: &str) -> Outcome<()> {
    if path.starts_with(root) {
        return Ok(());
    }
    fail(format!("{name}: it leads out of the folder of the script; give a name within it"))
}
