//! What a jam knows of its session files: a save must not lose what another program wrote into one meanwhile.
//!
//! ```text
//! open, save -> the text is remembered by its hash
//! save again -> the file's text is another one? refused once, and the next save replaces it
//! ```

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Session, SessionError, store};

/// A refusal is to be read before the same key means yes: a key that is held down repeats itself.
const TO_READ: Duration = Duration::from_millis(1500);

/// The texts of session files as a jam last saw them. Copies are of the same knowledge.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    files: Arc<Mutex<Files>>,
    turns: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct Files {
    /// Hashes of the texts.
    texts: HashMap<PathBuf, u64>,
    /// The text over which a file was not written, and when that was.
    refused: HashMap<PathBuf, (u64, Instant)>,
    /// The last save of each file.
    saved: HashMap<PathBuf, u64>,
    /// What the jam without a file was saved as.
    first: Option<PathBuf>,
}

/// A place in the order of saves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn(u64);

fn hash(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl Seen {
    /// One save at a time: reading, comparing and writing are one step.
    fn lock(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next place in the order of saves; saves may be carried out in another one.
    pub fn turn(&self) -> Turn {
        Turn(self.turns.fetch_add(1, Ordering::Relaxed))
    }

    /// [`store::load`], and the file is known.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn load(&self, path: &Path) -> Result<(Session, Vec<String>), SessionError> {
        let (session, warnings, text) = store::read(path)?;
        let mut files = self.lock();
        files.texts.insert(path.to_owned(), hash(text.as_bytes()));
        files.first = None;
        Ok((session, warnings))
    }

    /// [`store::save`] to `path`, unless the file there holds what this jam never saw, or what a later turn saved. A
    /// save that comes when the refusal could be read replaces it.
    ///
    /// # Errors
    /// [`SessionError::Changed`] the first time, [`SessionError`].
    pub fn save(
        &self,
        turn: Turn,
        folder: &Path,
        path: Option<&Path>,
        session: &Session,
    ) -> Result<PathBuf, SessionError> {
        let mut files = self.lock();
        // The jam that asked twice before it learned the name of its file has one file.
        let path = path.map(Path::to_owned).or_else(|| files.first.clone());
        if let Some(path) = &path {
            if files.saved.get(path).is_some_and(|last| *last > turn.0) {
                return Ok(path.clone());
            }
            files.allow(path)?;
        }
        let fresh = path.is_none();
        let path = store::save(folder, path.as_deref(), session)?;
        if fresh {
            files.first = Some(path.clone());
        }
        files.wrote(&path, turn, session);
        Ok(path)
    }

    /// [`store::save_as`], and the file is known.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn save_as(
        &self,
        turn: Turn,
        folder: &Path,
        path: &Path,
        session: &Session,
    ) -> Result<PathBuf, SessionError> {
        let mut files = self.lock();
        let path = store::save_as(folder, path, session)?;
        files.wrote(&path, turn, session);
        Ok(path)
    }
}

impl Files {
    fn wrote(&mut self, path: &Path, turn: Turn, session: &Session) {
        self.texts.insert(path.to_owned(), hash(session.to_toml().as_bytes()));
        self.saved.insert(path.to_owned(), turn.0);
        self.refused.remove(path);
    }

    /// True where `path` may be written over.
    fn allow(&mut self, path: &Path) -> Result<(), SessionError> {
        let text = match fs::read(path) {
            Ok(text) => hash(&text),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(cause) => return Err(SessionError::Read { path: path.to_owned(), cause }),
        };
        if self.texts.get(path) == Some(&text) {
            return Ok(());
        }
        let before = self.refused.insert(path.to_owned(), (text, Instant::now()));
        match before {
            Some((same, when)) if same == text && when.elapsed() >= TO_READ => Ok(()),
            _ => Err(SessionError::Changed { path: path.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Session, SessionError};
    use super::{Seen, TO_READ, Turn};
    use crate::jam::fixtures::begun;
    use std::time::Instant;

    #[test]
    fn what_an_editor_wrote_meanwhile_is_lost_to_no_single_key() {
        let folder = tempfile::tempdir().unwrap();
        let (seen, mut session) = (Seen::default(), Session::of(&begun()));
        let path = seen.save(seen.turn(), folder.path(), None, &session).unwrap();
        session.bpm = 100.0;
        assert_eq!(
            seen.save(seen.turn(), folder.path(), Some(&path), &session).unwrap(),
            path,
            "its own text is known"
        );
        let edited = std::fs::read_to_string(&path).unwrap().replace("bpm = 100", "bpm = 90");
        std::fs::write(&path, &edited).unwrap();
        session.bpm = 110.0;
        let refused = seen.save(seen.turn(), folder.path(), Some(&path), &session).unwrap_err();
        assert!(matches!(refused, SessionError::Changed { .. }), "{refused}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), edited, "nothing is lost");
        let again = seen.save(seen.turn(), folder.path(), Some(&path), &session);
        assert!(
            matches!(again, Err(SessionError::Changed { .. })),
            "the key repeats before anybody could read"
        );
        let read = Instant::now().checked_sub(TO_READ).unwrap();
        seen.lock().refused.get_mut(&path).unwrap().1 = read;
        seen.save(seen.turn(), folder.path(), Some(&path), &session).unwrap();
        assert_eq!(seen.load(&path).unwrap().0.bpm, 110.0, "who was told and saves again means it");
    }

    #[test]
    fn saves_at_once_are_one_after_the_other_and_the_last_one_stands() {
        let folder = tempfile::tempdir().unwrap();
        let (seen, session) = (Seen::default(), Session::of(&begun()));
        let path = seen.save(seen.turn(), folder.path(), None, &session).unwrap();
        let turns: Vec<Turn> = (0..8).map(|_| seen.turn()).collect();
        std::thread::scope(|scope| {
            for (number, turn) in turns.into_iter().enumerate().rev() {
                let (seen, path, mut session) = (&seen, &path, session.clone());
                let folder = folder.path();
                session.bpm = 100.0 + number as f64;
                scope.spawn(move || seen.save(turn, folder, Some(path), &session).unwrap());
            }
        });
        assert_eq!(seen.load(&path).unwrap().0.bpm, 107.0);
    }

    #[test]
    fn a_jam_that_is_saved_twice_before_it_knows_its_file_has_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let (seen, session) = (Seen::default(), Session::of(&begun()));
        let [first, second] =
            [(); 2].map(|()| seen.save(seen.turn(), folder.path(), None, &session).unwrap());
        assert_eq!(first, second);
    }

    #[test]
    fn a_file_that_came_under_the_name_of_a_session_to_be_is_not_replaced_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let (seen, session) = (Seen::default(), Session::of(&begun()));
        let path = folder.path().join("new.toml");
        std::fs::write(&path, "another's").unwrap();
        assert!(matches!(
            seen.save(seen.turn(), folder.path(), Some(&path), &session),
            Err(SessionError::Changed { path: named }) if named == path
        ));
    }

    #[test]
    fn a_session_that_was_opened_is_known_and_one_that_was_taken_away_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (seen, session) = (Seen::default(), Session::of(&begun()));
        let path = seen.save(seen.turn(), folder.path(), None, &session).unwrap();
        let later = Seen::default();
        let (opened, _) = later.load(&path).unwrap();
        later.save(later.turn(), folder.path(), Some(&path), &opened).unwrap();
        std::fs::remove_file(&path).unwrap();
        later.save(later.turn(), folder.path(), Some(&path), &opened).unwrap();
        assert!(path.is_file());
    }
}
