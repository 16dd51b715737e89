//! The files of an import: a folder, or the members of an archive kept in memory. Nothing is ever unpacked to disk.

use super::{STOPPED, Watch};
use crate::model::error::ModelError;
use std::{
    collections::BTreeMap,
    io::{Read, Seek, SeekFrom},
    path::{Component, Path, PathBuf},
};

/// The most that an archive may hold in the members that matter: the largest published training checkpoint has 3 GB.
const MOST: u64 = 6 << 30;
/// The most that all other members together may have, as they are read over.
const MOST_SKIPPED: u64 = 16 << 30;

/// Named files, to be read in part.
pub enum Files {
    /// Of a folder.
    Folder(PathBuf),
    /// Of an archive, by their whole names.
    Archive(BTreeMap<String, Vec<u8>>),
}

impl Files {
    /// The members of a `.tar`, `.tar.gz` or `.tgz` archive.
    pub fn archive(path: &Path, watch: Watch<'_>) -> Result<Self, ModelError> {
        let reading = |source| ModelError::Read { path: path.to_owned(), source };
        let mut file = std::fs::File::open(path).map_err(reading)?;
        let mut magic = Vec::new();
        Read::by_ref(&mut file).take(2).read_to_end(&mut magic).map_err(reading)?;
        file.seek(SeekFrom::Start(0)).map_err(reading)?;
        let total = file.metadata().map_err(reading)?.len();
        let file = Watched { inner: std::io::BufReader::new(file), done: 0, total, watch };
        let members =
            if magic == [0x1F, 0x8B] { members(flate2::read::GzDecoder::new(file)) } else { members(file) };
        members.map(Self::Archive).map_err(|cause| ModelError::Format {
            name: path.display().to_string(),
            cause,
            remedy: "fetch the archive again from where it is published".to_owned(),
        })
    }

    /// Names of all files.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Folder(folder) => {
                let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
                let mut names: Vec<String> =
                    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
                names.sort();
                names
            }
            Self::Archive(members) => members.keys().cloned().collect(),
        }
    }

    /// The whole file `name`.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        match self {
            Self::Folder(folder) => std::fs::read(folder.join(name)).map_err(|e| format!("{name}: {e}")),
            Self::Archive(members) => members.get(name).cloned().ok_or_else(|| format!("{name} is missing")),
        }
    }

    /// `size` bytes of the file `name` from `offset` on. Nothing is set aside before it is known to be there.
    pub fn part(&self, name: &str, offset: u64, size: u64) -> Result<Vec<u8>, String> {
        let end = offset.checked_add(size).ok_or_else(|| format!("{name}: a part is beyond any file"))?;
        let cut = |length: u64| format!("{name} has {length} bytes where {end} are needed: it is cut short");
        match self {
            Self::Folder(folder) => {
                let fault = |e| format!("{name}: {e}");
                let mut file = std::fs::File::open(folder.join(name)).map_err(fault)?;
                let length = file.metadata().map_err(fault)?.len();
                if end > length {
                    return Err(cut(length));
                }
                file.seek(SeekFrom::Start(offset)).map_err(fault)?;
                let mut part = Vec::new();
                file.take(size).read_to_end(&mut part).map_err(fault)?;
                Ok(part)
            }
            Self::Archive(members) => {
                let whole = members.get(name).ok_or_else(|| format!("{name} is missing"))?;
                let range = offset as usize..end as usize;
                whole.get(range).map(<[u8]>::to_vec).ok_or_else(|| cut(whole.len() as u64))
            }
        }
    }
}

/// A reader that tells how far it is, and stops where it is told to.
struct Watched<'a, R> {
    inner: R,
    done: u64,
    total: u64,
    watch: Watch<'a>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !(self.watch)(self.done as f64 / self.total.max(1) as f64) {
            return Err(std::io::Error::other(STOPPED));
        }
        let count = self.inner.read(buffer)?;
        self.done += count as u64;
        Ok(count)
    }
}

/// The members of a tar stream that may be part of a checkpoint.
fn members(reader: impl Read) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut archive = tar::Archive::new(reader);
    let mut all = BTreeMap::new();
    let (mut kept, mut skipped) = (0u64, 0u64);
    for member in archive.entries().map_err(|e| e.to_string())? {
        let mut member = member.map_err(|e| format!("the archive is damaged ({e})"))?;
        let name = {
            let path = member.path().map_err(|e| e.to_string())?;
            let inside = path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
            if !inside {
                return Err(format!("member {} points outside the archive", path.display()));
            }
            path.to_string_lossy().into_owned()
        };
        let size = member.size();
        if !member.header().entry_type().is_file() || !wanted(&name) {
            skipped = skipped.saturating_add(size);
            if skipped > MOST_SKIPPED {
                return Err("its other members are too large".to_owned());
            }
            continue;
        }
        kept = kept.saturating_add(size);
        if kept > MOST {
            return Err(format!("{name} claims {size} bytes, more than any published model has"));
        }
        let mut data = Vec::new();
        // By what is there, not by what is claimed.
        Read::by_ref(&mut member).take(size).read_to_end(&mut data).map_err(|e| format!("{name}: {e}"))?;
        if data.len() as u64 != size {
            return Err(format!("{name} has {} bytes of {size}: the archive is cut short", data.len()));
        }
        all.insert(name, data);
    }
    Ok(all)
}

/// True for names of checkpoints' and magenta.js models' files.
fn wanted(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.ends_with(".index") || file.contains(".data-") || file.ends_with(".json") || file.contains("shard")
}
