//! The set as a MIDI file.
//!
//! A track for each of the jam's, the patterns one after the other in bank order, at the tempo and with the swing of the
//! jam, each marked with its place and name: dropped into a DAW it lies from bar 1 on, opened in a player it is a song.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use thiserror::Error;

pub use super::set::Set;
use crate::music::smf;

/// A file that holds the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The file.
    pub path: PathBuf,
    /// It was written now; false where it held the same already.
    pub fresh: bool,
}

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
    /// The same for the set that is kept at the end.
    #[error("{path} cannot be written ({cause}); set XDG_STATE_HOME to a folder that you can write to", path = path.display())]
    Keep {
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

/// Writes `set` to the first free `mvae-set-NNN.mid` in `folder`, unless the file `last` holds just that.
///
/// The file is written beside its name and then linked to it, so that a torn file never stands under the name,
/// and a file that is there already is never touched.
///
/// # Errors
/// [`SaveError`].
pub fn save(folder: &Path, set: &Set, last: Option<&Path>) -> Result<Saved, SaveError> {
    let bytes = bytes(set)?;
    if let Some(path) = last
        && fs::read(path).is_ok_and(|there| there == bytes)
    {
        return Ok(Saved { path: path.to_owned(), fresh: false });
    }
    let aside = beside(folder);
    let outcome = write_aside(&aside, &bytes).and_then(|()| name(folder, &aside, "mid"));
    // What is left beside a name, or beside none after a failure, is of no use to anybody.
    let _ = fs::remove_file(&aside);
    Ok(Saved { path: outcome?, fresh: true })
}

/// Writes `set` to `path`, in place of what stood there: that is kept under the name `before`, one file deep.
///
/// # Errors
/// [`SaveError`].
pub fn keep(path: &Path, before: &Path, set: &Set) -> Result<(), SaveError> {
    let bytes = bytes(set)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = |cause| SaveError::Keep { path: path.to_owned(), cause };
    fs::create_dir_all(folder).map_err(failed)?;
    let aside = beside(folder);
    write_aside(&aside, &bytes)?;
    // There may be none yet; and where it cannot be moved it is replaced.
    let _ = fs::rename(path, before);
    fs::rename(&aside, path).map_err(failed)
}

fn bytes(set: &Set) -> Result<Vec<u8>, SaveError> {
    if set.slots.is_empty() { Err(SaveError::Empty) } else { Ok(smf::write(&set.score())) }
}

/// A name in `folder` that no other writing uses.
pub(crate) fn beside(folder: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    folder.join(format!(".mvae-set-{}-{count}.part", std::process::id()))
}

fn write_aside(aside: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(aside)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|cause| SaveError::Write { path: aside.to_owned(), cause })
}

/// Gives the finished file the first free name with `ending`. A link fails where the name is taken, which a rename would not;
/// file systems without links get an empty file that holds the name while the finished one moves over it.
pub(crate) fn name(folder: &Path, aside: &Path, ending: &str) -> Result<PathBuf, SaveError> {
    for number in 1..=LAST {
        let path = folder.join(format!("mvae-set-{number:03}.{ending}"));
        let outcome = match fs::hard_link(aside, &path) {
            Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
                OpenOptions::new().write(true).create_new(true).open(&path).and_then(|_| {
                    // An empty file of that name would be taken for a set.
                    fs::rename(aside, &path).inspect_err(|_| drop(fs::remove_file(&path)))
                })
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
    use super::{SaveError, Set, keep, save};
    use crate::music::smf;
    use std::sync::Arc;

    fn set(bpm: f64) -> Set {
        let slots = [("A1", 0), ("A2", 1), ("C5", 2)]
            .map(|(place, which)| (at(place), Arc::new(Slot::new("beat", beat(which))), Vec::new()))
            .to_vec();
        Set { bpm, swing: 0.5, tracks: Vec::new(), slots }
    }

    #[test]
    fn the_patterns_lie_one_after_the_other_at_the_tempo_of_the_jam() {
        let folder = tempfile::tempdir().unwrap();
        let path = save(folder.path(), &set(100.0), None).unwrap().path;
        let score = smf::read(&path).unwrap();
        let notes: usize = set(100.0).slots.iter().map(|(_, slot, _)| slot.pattern().notes.len()).sum();
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
            .map(|_| save(folder.path(), &set(120.0), None).unwrap())
            .map(|saved| saved.path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["mvae-set-001.mid", "mvae-set-003.mid", "mvae-set-004.mid"]);
        assert_eq!(std::fs::read(folder.path().join("mvae-set-002.mid")).unwrap(), b"mine");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let error = save(&folder.path().join("gone"), &set(120.0), None).unwrap_err();
        assert!(
            error.to_string().contains("gone") && error.to_string().contains("start mvae-tui in a folder")
        );
        let nothing = Set { slots: Vec::new(), ..set(120.0) };
        assert!(matches!(save(folder.path(), &nothing, None), Err(SaveError::Empty)));
    }

    #[test]
    fn the_swing_of_the_jam_is_in_the_file_and_eighths_stay_where_they_are() {
        let swung = Set { swing: 0.75, ..set(120.0) }.score();
        let straight = set(120.0).score();
        let mut moved = 0;
        for (a, b) in swung.notes.iter().zip(&straight.notes) {
            // A 16th at 120 BPM lasts 0.125 s; one off the eighths comes half a 16th later, as the engine plays it.
            let off = (b.start / 0.125).round() as u32 % 2 == 1;
            let expected = b.start + if off { 0.0625 } else { 0.0 };
            assert!((a.start - expected).abs() < 1e-9, "{} instead of {expected}", a.start);
            assert!(a.end > a.start);
            moved += u32::from(off);
        }
        assert!(moved > 0);
        assert_eq!(swung.total_time, straight.total_time);
        assert_eq!(swung.markers[2], (8.0, "C5 beat".to_owned()));
    }

    #[test]
    fn the_same_set_is_not_written_twice_but_a_changed_one_or_a_lost_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let first = save(folder.path(), &set(120.0), None).unwrap();
        let again = save(folder.path(), &set(120.0), Some(&first.path)).unwrap();
        assert_eq!((&again.path, again.fresh), (&first.path, false));
        let changed = save(folder.path(), &set(121.0), Some(&first.path)).unwrap();
        assert!(changed.fresh && changed.path.ends_with("mvae-set-002.mid"));
        std::fs::remove_file(&changed.path).unwrap();
        assert!(save(folder.path(), &set(121.0), Some(&changed.path)).unwrap().fresh);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn the_set_at_the_end_takes_the_place_of_the_last_one_which_is_kept_once_more() {
        let folder = tempfile::tempdir().unwrap();
        let (path, before) = (folder.path().join("state/last.mid"), folder.path().join("state/before.mid"));
        for bpm in [100.0, 110.0, 120.0] {
            keep(&path, &before, &set(bpm)).unwrap();
        }
        let tempo = |path: &std::path::Path| smf::read(path).unwrap().tempos[0].qpm.round();
        assert_eq!((tempo(&path), tempo(&before)), (120.0, 110.0));
        assert_eq!(std::fs::read_dir(folder.path().join("state")).unwrap().count(), 2);
    }
}
