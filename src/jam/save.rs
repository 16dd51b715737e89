//! The set as a MIDI file.
//!
//! One drum track, the patterns one after the other in bank order, at the tempo of the jam: dropped into a DAW
//! it lies on one track from bar 1 on, opened in a player it is a song. Mutes and swing are of the moment and stay out.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use super::slot::{Slot, SlotId};
use crate::music::pattern::Pattern;
use crate::music::smf;

/// Why a set was not written. The messages name the folder, the cause and the remedy.
#[derive(Debug, Error)]
pub enum SaveError {
    /// There is nothing to write.
    #[error("the bank is empty; make a pattern first")]
    Empty,
    /// The folder cannot be written to, the disk is full, ...
    #[error("{path} cannot be written ({cause}); start mvae-tui in a folder that you can write to", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// All numbered names are taken.
    #[error("{folder} holds a set of every number up to {LAST}; move some away", folder = folder.display())]
    Full {
        /// The folder.
        folder: PathBuf,
    },
}

/// Highest number of a file.
const LAST: u32 = 9999;

/// Writes `slots` in their order to the first free `mvae-set-NNN.mid` in `folder` and returns its path.
///
/// The file is written beside its name and then linked to it, so that a torn file never stands under the name,
/// and a file that is there already is never touched.
///
/// # Errors
/// [`SaveError`].
pub fn save(folder: &Path, bpm: f64, slots: &[(SlotId, Arc<Slot>)]) -> Result<PathBuf, SaveError> {
    if slots.is_empty() {
        return Err(SaveError::Empty);
    }
    let patterns: Vec<Pattern> = slots.iter().map(|(_, slot)| slot.pattern().clone()).collect();
    let bytes = smf::write(&Pattern::concatenate(&patterns).to_score(bpm));
    let aside = folder.join(format!(".mvae-set-{}.part", std::process::id()));
    let outcome = write_aside(&aside, &bytes).and_then(|()| name(folder, &aside));
    // What is left beside a name, or beside none after a failure, is of no use to anybody.
    let _ = fs::remove_file(&aside);
    outcome
}

fn write_aside(aside: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(aside)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|cause| SaveError::Write { path: aside.to_owned(), cause })
}

/// Gives the finished file the first free name. A link fails where the name is taken, which a rename would not;
/// file systems without links get an empty file that holds the name while the finished one moves over it.
fn name(folder: &Path, aside: &Path) -> Result<PathBuf, SaveError> {
    for number in 1..=LAST {
        let path = folder.join(format!("mvae-set-{number:03}.mid"));
        let outcome = match fs::hard_link(aside, &path) {
            Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
                OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&path)
                    .and_then(|_| fs::rename(aside, &path))
            }
            other => other,
        };
        match outcome {
            Ok(()) => return Ok(path),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {}
            Err(cause) => return Err(SaveError::Write { path, cause }),
        }
    }
    Err(SaveError::Full { folder: folder.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::super::Slot;
    use super::super::fixtures::{at, beat};
    use super::{SaveError, save};
    use crate::music::smf;
    use std::sync::Arc;

    fn set() -> Vec<(super::SlotId, Arc<Slot>)> {
        [("A1", 0), ("A2", 1), ("C5", 2)]
            .map(|(place, which)| (at(place), Arc::new(Slot::new("beat", beat(which)))))
            .to_vec()
    }

    #[test]
    fn the_patterns_lie_one_after_the_other_at_the_tempo_of_the_jam() {
        let folder = tempfile::tempdir().unwrap();
        let path = save(folder.path(), 100.0, &set()).unwrap();
        let score = smf::read(&path).unwrap();
        let notes: usize = set().iter().map(|(_, slot)| slot.pattern().notes.len()).sum();
        assert_eq!(score.notes.len(), notes);
        assert!(score.notes.iter().all(|note| note.is_drum));
        // Two bars of 4/4 at 100 BPM last 4.8 s; each beat begins with a kick.
        for start in [0.0, 4.8, 9.6] {
            assert!(score.notes.iter().any(|n| n.pitch == 36 && (n.start - start).abs() < 1e-6), "{start}");
        }
    }

    #[test]
    fn nothing_is_overwritten_and_nothing_is_left_beside() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mvae-set-002.mid"), b"mine").unwrap();
        let names: Vec<String> = (0..3)
            .map(|_| save(folder.path(), 120.0, &set()).unwrap())
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["mvae-set-001.mid", "mvae-set-003.mid", "mvae-set-004.mid"]);
        assert_eq!(std::fs::read(folder.path().join("mvae-set-002.mid")).unwrap(), b"mine");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let error = save(&folder.path().join("gone"), 120.0, &set()).unwrap_err();
        assert!(
            error.to_string().contains("gone") && error.to_string().contains("start mvae-tui in a folder")
        );
        assert!(matches!(save(folder.path(), 120.0, &[]), Err(SaveError::Empty)));
    }
}
