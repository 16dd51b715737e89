//! MIDI files from files, folders and archives.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::TrainError;

/// One MIDI file: where it came from and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MidiFile {
    /// Path, or archive and member.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
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
    collect(path, &mut files)?;
    files.sort_by(|a, b| a.name.cmp(&b.name));
    if files.is_empty() { Err(TrainError::NoMidi { path: path.to_owned() }) } else { Ok(files) }
}

fn collect(path: &Path, files: &mut Vec<MidiFile>) -> Result<(), TrainError> {
    let failed = |source| TrainError::Read { path: path.to_owned(), source };
    let name = path.display().to_string();
    if path.is_dir() {
        let entries: Result<Vec<PathBuf>, _> =
            std::fs::read_dir(path).map_err(failed)?.map(|entry| entry.map(|e| e.path())).collect();
        for entry in entries.map_err(failed)? {
            if entry.is_dir() || is_midi(&entry) || is_archive(&entry) {
                collect(&entry, files)?;
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
        files.push(MidiFile { bytes: std::fs::read(path).map_err(failed)?, name });
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
            files.push(MidiFile { name: format!("{archive}:{}", path.display()), bytes });
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
