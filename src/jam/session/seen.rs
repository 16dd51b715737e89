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
use std::sync::{Arc, Mutex, PoisonError};

use super::{Session, SessionError, store};

/// The texts of session files as a jam last saw them. Copies are of the same knowledge.
#[derive(Debug, Clone, Default)]
pub struct Seen(Arc<Mutex<HashMap<PathBuf, u64>>>);

fn hash(text: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl Seen {
    fn put(&self, path: &Path, text: &[u8]) -> Option<u64> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(path.to_owned(), hash(text))
    }

    /// [`store::load`], and the file is known.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn load(&self, path: &Path) -> Result<(Session, Vec<String>), SessionError> {
        let (session, warnings, text) = store::read(path)?;
        self.put(path, text.as_bytes());
        Ok((session, warnings))
    }

    /// [`store::save`] to `path`, unless the file there holds what this jam never saw. It counts as seen from then
    /// on: the next save replaces it.
    ///
    /// # Errors
    /// [`SessionError::Changed`] the first time, [`SessionError`].
    pub fn save(
        &self,
        folder: &Path,
        path: Option<&Path>,
        session: &Session,
    ) -> Result<PathBuf, SessionError> {
        if let Some(path) = path {
            match fs::read(path) {
                Ok(text) if self.put(path, &text) != Some(hash(&text)) => {
                    return Err(SessionError::Changed { path: path.to_owned() });
                }
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                    return Err(SessionError::Read { path: path.to_owned(), cause });
                }
                _ => {}
            }
        }
        let path = store::save(folder, path, session)?;
        self.put(&path, session.to_toml().as_bytes());
        Ok(path)
    }

    /// [`store::save_as`], and the file is known.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn save_as(&self, folder: &Path, path: &Path, session: &Session) -> Result<PathBuf, SessionError> {
        let path = store::save_as(folder, path, session)?;
        self.put(&path, session.to_toml().as_bytes());
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Session, SessionError};
    use super::Seen;
    use crate::jam::fixtures::begun;

    #[test]
    fn what_an_editor_wrote_meanwhile_is_lost_to_no_single_key() {
        let folder = tempfile::tempdir().unwrap();
        let (seen, mut session) = (Seen::default(), Session::of(&begun()));
        let path = seen.save(folder.path(), None, &session).unwrap();
        session.bpm = 100.0;
        assert_eq!(seen.save(folder.path(), Some(&path), &session).unwrap(), path, "its own text is known");
        let edited = std::fs::read_to_string(&path).unwrap().replace("bpm = 100", "bpm = 90");
        std::fs::write(&path, &edited).unwrap();
        session.bpm = 110.0;
        let refused = seen.save(folder.path(), Some(&path), &session).unwrap_err();
        assert!(matches!(refused, SessionError::Changed { .. }), "{refused}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), edited, "nothing is lost");
        seen.save(folder.path(), Some(&path), &session).unwrap();
        assert_eq!(seen.load(&path).unwrap().0.bpm, 110.0, "who was told and saves again means it");
    }

    #[test]
    fn a_file_that_came_under_the_name_of_a_session_to_be_is_not_replaced_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let (seen, session) = (Seen::default(), Session::of(&begun()));
        let path = folder.path().join("new.toml");
        std::fs::write(&path, "another's").unwrap();
        assert!(matches!(
            seen.save(folder.path(), Some(&path), &session),
            Err(SessionError::Changed { path: named }) if named == path
        ));
    }

    #[test]
    fn a_session_that_was_opened_is_known_and_one_that_was_taken_away_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let session = Session::of(&begun());
        let path = Seen::default().save(folder.path(), None, &session).unwrap();
        let later = Seen::default();
        let (opened, _) = later.load(&path).unwrap();
        later.save(folder.path(), Some(&path), &opened).unwrap();
        std::fs::remove_file(&path).unwrap();
        later.save(folder.path(), Some(&path), &opened).unwrap();
        assert!(path.is_file());
    }
}
