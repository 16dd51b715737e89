//! Files that verbs write: all of them or none, beside their place first, never over something else unasked.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is new, or was replaced.
    New,
    /// It held the same bytes already.
    Same,
}

/// Writes several files. `folder` is made where it is missing; any other folder has to be there.
///
/// A file that holds the same bytes already is left alone. One that holds others is an error before anything is
/// written, unless `force` is set.
///
/// # Errors
/// Names the file, the cause and what to do.
pub fn write_all(
    files: &[(PathBuf, Vec<u8>)],
    folder: Option<&Path>,
    force: bool,
) -> anyhow::Result<Vec<Written>> {
    let states = files.iter().map(|(path, bytes)| state(path, bytes, force));
    let states: Vec<Written> = states.collect::<anyhow::Result<_>>()?;
    for (path, _) in files {
        has_parent(path, folder)?;
    }
    if let Some(folder) = folder {
        fs::create_dir_all(folder).with_context(|| {
            format!("{}: this folder cannot be made. Check its place, or choose another", folder.display())
        })?;
    }
    for ((path, bytes), state) in files.iter().zip(&states) {
        if *state == Written::New {
            write(path, bytes)?;
            tracing::info!(file = %path.display(), bytes = bytes.len(), "written");
        }
    }
    Ok(states)
}

/// Lets `make` write a file beside `path`, then moves it there under the same rules as [`write_all`].
///
/// # Errors
/// Those of `make` and of [`write_all`].
pub fn through<T>(
    path: &Path,
    force: bool,
    make: impl FnOnce(&Path) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    has_parent(path, None)?;
    let beside = beside(path)?;
    let made = make(&beside);
    let settled = made.and_then(|made| {
        let state = state(path, &fs::read(&beside).with_context(|| blame(path))?, force)?;
        if state == Written::New {
            fs::rename(&beside, path).with_context(|| blame(path))?;
        }
        Ok(made)
    });
    // Gone already where it was moved; what is left of a failed try is of no use to anybody.
    let _ = fs::remove_file(&beside);
    settled
}

/// What writing `bytes` to `path` comes to.
fn state(path: &Path, bytes: &[u8], force: bool) -> anyhow::Result<Written> {
    match fs::read(path) {
        Ok(old) if old == bytes => Ok(Written::Same),
        Ok(_) if force => Ok(Written::New),
        Ok(_) => bail!(
            "{}: the file exists and holds something else. Add --force to replace it, or choose another name",
            path.display()
        ),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Written::New),
        Err(e) if path.is_dir() => bail!("{}: it is a folder ({e}). Name a file in it", path.display()),
        Err(e) => bail!("{}: {e}. Choose another place", path.display()),
    }
}

/// Writes one file beside its place and moves it there, so that nobody ever reads half of it.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let beside = beside(path)?;
    let moved = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if moved.is_err() {
        // What is left of a failed try is of no use to anybody; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&beside);
    }
    moved.with_context(|| blame(path))
}

/// The folder of `path`.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The folder of `path` has to be there, or to come to be when `folder` is made: a slip in the name of a file shall
/// not leave folders about.
fn has_parent(path: &Path, folder: Option<&Path>) -> anyhow::Result<()> {
    let parent = parent(path);
    // `./d` and `d` are one folder.
    let plain = |p: &Path| p.components().filter(|c| *c != Component::CurDir).collect::<PathBuf>();
    if parent.is_dir() || folder.is_some_and(|f| plain(f).starts_with(plain(parent))) {
        return Ok(());
    }
    bail!(
        "{}: there is no folder {}. Make it (`mkdir -p {1}`), or choose another place",
        path.display(),
        parent.display()
    )
}

/// A hidden name in the folder of `path`.
fn beside(path: &Path) -> anyhow::Result<PathBuf> {
    let name = path.file_name().with_context(|| format!("{}: no file name. Name a file", path.display()))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.part", std::process::id()));
    Ok(parent(path).join(beside))
}

fn blame(path: &Path) -> String {
    format!("{}: cannot be written. Check that the folder may be written to and has room", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_fine_and_others_need_force() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("a");
        let file = |bytes: &[u8]| vec![(made.join("b.mid"), bytes.to_vec())];
        let write_all = |files: &[_], force| write_all(files, Some(&made), force);
        assert_eq!(write_all(&file(b"one"), false).unwrap(), [Written::New]);
        assert_eq!(write_all(&file(b"one"), false).unwrap(), [Written::Same]);
        let error = write_all(&file(b"two"), false).unwrap_err().to_string();
        assert!(error.contains("b.mid") && error.contains("--force"), "{error}");
        assert_eq!(write_all(&file(b"two"), true).unwrap(), [Written::New]);
        assert_eq!(fs::read(folder.path().join("a/b.mid")).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
    }

    #[test]
    fn one_file_in_the_way_keeps_all_others_unwritten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("2"), "mine").unwrap();
        let files = vec![(folder.path().join("1"), b"x".to_vec()), (folder.path().join("2"), b"y".to_vec())];
        assert!(write_all(&files, None, false).is_err());
        assert!(!folder.path().join("1").exists());
    }

    #[test]
    fn a_missing_folder_of_a_file_is_an_error_and_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let (missing, named) = (folder.path().join("no"), folder.path().join("d"));
        let file = |path: PathBuf| vec![(path, b"x".to_vec())];
        for error in [
            write_all(&file(missing.join("x.svg")), Some(&named), false).unwrap_err(),
            through(&missing.join("x.wav"), false, |_| Ok(())).unwrap_err(),
        ] {
            assert!(error.to_string().contains("there is no folder"), "{error}");
        }
        assert!(!missing.exists() && !named.exists());
        // A picture may go into the folder that is made.
        assert!(write_all(&file(named.join("x.svg")), Some(&named), false).is_ok());
    }
}
