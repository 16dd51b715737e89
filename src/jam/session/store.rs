//! Sessions on disk: written aside and renamed, saved by themselves while one plays, found again after a crash.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Session, SessionError};

/// Highest number of a session without a name of its own.
const LAST: u32 = 9999;
/// Sessions remembered.
const RECENT: usize = 20;

/// Reads a session and tells what was passed over.
///
/// # Errors
/// [`SessionError`].
pub fn load(path: &Path) -> Result<(Session, Vec<String>), SessionError> {
    read(path).map(|(session, warnings, _)| (session, warnings))
}

/// Like [`load`], with the file's text besides.
pub(super) fn read(path: &Path) -> Result<(Session, Vec<String>, String), SessionError> {
    let text =
        fs::read_to_string(path).map_err(|cause| SessionError::Read { path: path.to_owned(), cause })?;
    let (session, warnings) = Session::from_toml(&text, &path.display().to_string())?;
    Ok((session, warnings, text))
}

/// Writes `text` to `path`: first whole, beside it, then renamed over it. A torn file never stands under the name.
///
/// # Errors
/// [`SessionError::Write`].
pub fn write(path: &Path, text: &str) -> Result<(), SessionError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let aside = path.with_file_name(format!(".{name}-{}-{count}.part", std::process::id()));
    let work = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&aside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&aside, path)
    };
    work().map_err(|cause| {
        // What is left beside is of no use to anybody.
        let _ = fs::remove_file(&aside);
        SessionError::Write { path: path.to_owned(), cause }
    })
}

/// Writes `session` to `path`, or to the first free `mvae-session-NNN.toml` of `folder` where it has no file yet.
///
/// # Errors
/// [`SessionError`].
pub fn save(folder: &Path, path: Option<&Path>, session: &Session) -> Result<PathBuf, SessionError> {
    let text = session.to_toml();
    if let Some(path) = path {
        write(path, &text)?;
        return Ok(path.to_owned());
    }
    for number in 1..=LAST {
        let path = folder.join(format!("mvae-session-{number:03}.toml"));
        // The empty file holds the name while the text is written beside it.
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => {
                return match write(&path, &text) {
                    Ok(()) => Ok(path),
                    Err(error) => {
                        let _ = fs::remove_file(&path);
                        Err(error)
                    }
                };
            }
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
            Err(cause) => return Err(SessionError::Write { path, cause }),
        }
    }
    Err(SessionError::Full { folder: folder.to_owned() })
}

/// Writes `session` to `path` (from `folder` on), which must not be there yet: another session is not to be lost by a name.
///
/// # Errors
/// [`SessionError::Taken`], [`SessionError::Write`].
pub fn save_as(folder: &Path, path: &Path, session: &Session) -> Result<PathBuf, SessionError> {
    let whole = folder.join(path);
    // The empty file holds the name while the text is written beside it.
    match OpenOptions::new().write(true).create_new(true).open(&whole) {
        Ok(_) => {}
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
            return Err(SessionError::Taken { path: path.to_owned() });
        }
        Err(cause) => return Err(SessionError::Write { path: path.to_owned(), cause }),
    }
    match write(&whole, &session.to_toml()) {
        Ok(()) => Ok(path.to_owned()),
        Err(error) => {
            let _ = fs::remove_file(&whole);
            Err(error)
        }
    }
}

/// The file that a running jam saves itself to, and the lock that tells others that it runs.
#[derive(Debug)]
pub struct Autosave {
    path: PathBuf,
    lock: PathBuf,
    /// Held for as long as the jam runs; the system lets go of it however the jam ends.
    held: File,
}

impl Autosave {
    /// Begins to save by itself into `folder`, which is made where it is missing.
    ///
    /// # Errors
    /// [`SessionError::Write`].
    pub fn begin(folder: &Path) -> Result<Self, SessionError> {
        let stem = format!("jam-{}", std::process::id());
        let (path, lock) = (folder.join(format!("{stem}.toml")), folder.join(format!("{stem}.lock")));
        let work = || -> io::Result<File> {
            fs::create_dir_all(folder)?;
            let held = OpenOptions::new().write(true).create(true).truncate(true).open(&lock)?;
            held.try_lock().map_err(io::Error::from)?;
            Ok(held)
        };
        let held = work().map_err(|cause| SessionError::Write { path: lock.clone(), cause })?;
        Ok(Self { path, lock, held })
    }

    /// Where it saves.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The jam ended in good order: nothing needs to be recovered.
    pub fn end(self) {
        let _ = fs::remove_file(&self.path);
        drop(self.held);
        let _ = fs::remove_file(&self.lock);
    }
}

/// The newest session in `folder` of a jam that ended without a word, if there is one.
pub fn crashed(folder: &Path) -> Option<PathBuf> {
    let mut found: Vec<(std::time::SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if !(name.starts_with("jam-") && name.ends_with(".toml")) {
            continue;
        }
        // Whoever still runs holds the lock.
        let runs = match File::open(path.with_extension("lock")) {
            Ok(lock) => lock.try_lock().is_err(),
            Err(_) => false,
        };
        if let (false, Ok(when)) = (runs, entry.metadata().and_then(|meta| meta.modified())) {
            found.push((when, path));
        }
    }
    found.into_iter().max().map(|(_, path)| path)
}

/// Takes what was recovered out of the way, so that it is not offered again.
pub fn settle(path: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::remove_file(path.with_extension("lock"));
}

/// The sessions opened or saved last, the newest first; those that are gone are left out.
pub fn recent(folder: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(folder.join("recent")).unwrap_or_default();
    text.lines().map(PathBuf::from).filter(|path| path.is_file()).take(RECENT).collect()
}

/// Puts `path` at the top of the recent sessions.
///
/// # Errors
/// [`SessionError::Write`].
pub fn remember(folder: &Path, path: &Path) -> Result<(), SessionError> {
    let list = folder.join("recent");
    fs::create_dir_all(folder).map_err(|cause| SessionError::Write { path: list.clone(), cause })?;
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut all = vec![path.clone()];
    all.extend(recent(folder).into_iter().filter(|other| *other != path));
    let text: String = all.iter().take(RECENT).map(|path| format!("{}\n", path.display())).collect();
    write(&list, &text)
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::begun;
    use super::super::Session;
    use super::{Autosave, crashed, load, recent, remember, save, settle, write};

    #[test]
    fn a_session_takes_the_first_free_name_and_then_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mvae-session-001.toml"), "mine").unwrap();
        let session = Session::of(&begun());
        let path = save(folder.path(), None, &session).unwrap();
        assert!(path.ends_with("mvae-session-002.toml"));
        assert_eq!(save(folder.path(), Some(&path), &session).unwrap(), path);
        assert_eq!(load(&path).unwrap().0, session);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside");
    }

    #[test]
    fn what_cannot_be_written_leaves_the_good_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gone/x.toml");
        assert!(write(&path, "new").unwrap_err().to_string().contains("x.toml cannot be written"));
        // A folder of that name cannot be replaced by a file: the rename fails after the writing.
        let taken = folder.path().join("taken");
        std::fs::create_dir(&taken).unwrap();
        std::fs::write(taken.join("inside"), "good").unwrap();
        assert!(write(&taken, "new").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_jam_that_ended_without_a_word_is_found_and_one_that_runs_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let running = Autosave::begin(folder.path()).unwrap();
        write(running.path(), "version = 1").unwrap();
        assert_eq!(crashed(folder.path()), None, "it still runs");
        let dead = folder.path().join("jam-1.toml");
        std::fs::write(&dead, "version = 1").unwrap();
        std::fs::write(folder.path().join("jam-1.lock"), "").unwrap();
        assert_eq!(crashed(folder.path()), Some(dead.clone()));
        settle(&dead);
        running.end();
        assert_eq!(crashed(folder.path()), None);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn recent_sessions_stand_once_each_the_newest_first_and_lost_ones_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let folder_path = folder.path().canonicalize().unwrap();
        let paths = ["a.toml", "b.toml"].map(|name| folder_path.join(name));
        for path in &paths {
            std::fs::write(path, "").unwrap();
        }
        for path in [&paths[0], &paths[1], &paths[0]] {
            remember(&folder_path, path).unwrap();
        }
        assert_eq!(recent(&folder_path), [paths[0].clone(), paths[1].clone()]);
        std::fs::remove_file(&paths[0]).unwrap();
        assert_eq!(recent(&folder_path), [paths[1].clone()]);
    }
}
