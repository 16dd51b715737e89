//! MIDI files from files, folders and archives.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::TrainError;

/// One MIDI file: where it came from and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MidiFile {
    /// Path, or archive and member.
    pub name: String,
    /// Where the member's path begins in that, for a file in an archive.
    pub archive: Option<usize>,
    /// Content.
    pub bytes: Vec<u8>,
}

impl MidiFile {
    /// The file's own name, without its folder or its archive.
    pub fn own_name(&self) -> &str {
        let path = self.archive.map_or(self.name.as_str(), |end| &self.name[end..]);
        Path::new(path).file_name().and_then(|n| n.to_str()).unwrap_or(path)
    }
}

/// A larger member of an archive is no MIDI file anyone made for people.
const LARGEST: u64 = 16 << 20;

/// All MIDI files of `path`, in the order of their names: a `.mid` file, a folder and all below it, or a `.tar`,
/// `.tar.gz` or `.tgz` archive.
///
/// # Errors
/// [`TrainError::Read`] where something cannot be read, [`TrainError::NoMidi`] where nothing was found.
pub fn read(path: &Path) -> Result<Vec<MidiFile>, TrainError> {
    let mut files = Vec::new();
    collect(path, &mut HashSet::new(), &mut files)?;
    files.sort_by(|a, b| a.name.cmp(&b.name));
    if files.is_empty() { Err(TrainError::NoMidi { path: path.to_owned() }) } else { Ok(files) }
}

/// `been`: the folders that were read, lest a link to one of them be followed for ever.
fn collect(path: &Path, been: &mut HashSet<PathBuf>, files: &mut Vec<MidiFile>) -> Result<(), TrainError> {
    let failed = |source| TrainError::Read { path: path.to_owned(), source };
    let name = path.display().to_string();
    if path.is_dir() {
        if !been.insert(path.canonicalize().map_err(failed)?) {
            return Ok(());
        }
        let entries: Result<Vec<PathBuf>, _> =
            std::fs::read_dir(path).map_err(failed)?.map(|entry| entry.map(|e| e.path())).collect();
        for entry in entries.map_err(failed)? {
            if entry.is_dir() || is_midi(&entry) || is_archive(&entry) {
                collect(&entry, been, files)?;
            }
        }
    } else if is_archive(path) {
        let file = std::io::BufReader::new(std::fs::File::open(path).map_err(failed)?);
        if name.ends_with(".tar") {
            unpack(file, &name, files).map_err(failed)?;
        } else {
            unpack(flate2::read::GzDecoder::new(file), &name, files).map_err(failed)?;
        }
    } else {
        files.push(MidiFile { bytes: std::fs::read(path).map_err(failed)?, name, archive: None });
    }
    Ok(())
}

fn unpack(reader: impl Read, archive: &str, files: &mut Vec<MidiFile>) -> std::io::Result<()> {
    for entry in tar::Archive::new(reader).entries()? {
        let entry = entry?;
        let path = entry.path()?.into_owned();
        if entry.header().entry_type().is_file() && is_midi(&path) && entry.size() <= LARGEST {
            let mut bytes = Vec::with_capacity(entry.size() as usize);
            entry.take(LARGEST).read_to_end(&mut bytes)?;
            let name = format!("{archive}:{}", path.display());
            files.push(MidiFile { name, archive: Some(archive.len() + 1), bytes });
        }
    }
    Ok(())
}

fn is_midi(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    extension.eq_ignore_ascii_case("mid") || extension.eq_ignore_ascii_case("midi")
}

fn is_archive(path: &Path) -> bool {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    [".tar", ".tar.gz", ".tgz"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::read;

    /// An archive with `members`, each of one byte.
    fn archive(path: &std::path::Path, members: &[&str]) {
        let mut tar = tar::Builder::new(std::fs::File::create(path).unwrap());
        for member in members {
            let mut header = tar::Header::new_gnu();
            header.set_size(1);
            tar.append_data(&mut header, member, &b"x"[..]).unwrap();
        }
        tar.finish().unwrap();
    }

    #[test]
    fn a_file_has_the_same_own_name_in_a_folder_and_in_any_archive() {
        let folder = tempfile::tempdir().unwrap();
        archive(&folder.path().join("a.tar"), &["b0.mid", "deep/b1.mid"]);
        archive(&folder.path().join("c.tar"), &["b0.mid"]);
        std::fs::write(folder.path().join("b0.mid"), b"x").unwrap();
        let files = read(folder.path()).unwrap();
        let mut names: Vec<&str> = files.iter().map(|f| f.own_name()).collect();
        names.sort_unstable();
        assert_eq!(names, ["b0.mid", "b0.mid", "b0.mid", "b1.mid"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_above_is_not_followed_round_and_round() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(inner.join("a.mid"), b"x").unwrap();
        std::os::unix::fs::symlink(folder.path(), inner.join("up")).unwrap();
        assert_eq!(read(folder.path()).unwrap().len(), 1);
    }
}
