//! Models by name: bundled ones, files in the folders where models lie, any path.

use super::{
    bundled::{self, BUNDLED},
    error::ModelError,
    near::near,
    settings::Settings,
    vae::MusicVae,
    weights,
    weights::Weights,
};
use std::{
    borrow::Cow,
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
};

/// Ending of a model file.
const ENDING: &str = ".safetensors";
/// Ending of the attribute vectors that lie beside a model.
const ATTRIBUTES: &str = ".attributes.safetensors";

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Compiled into the binary.
    Bundled,
    /// A file.
    File(PathBuf),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bundled => f.write_str("bundled"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// A model at hand.
#[derive(Debug)]
pub struct Listed {
    /// The name [`find`] takes.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// What its header says, or why it cannot be read.
    pub settings: Result<Settings, ModelError>,
}

/// Share of the work that making a model of its weights is.
const BUILDING: f64 = 0.3;

/// A model that someone may still hold; locked by whoever loads it.
type Held = Arc<Mutex<Weak<MusicVae>>>;

/// Models that someone still holds, so that naming one again does not load it again.
static LOADED: Mutex<Option<HashMap<String, Held>>> = Mutex::new(None);

/// The model called `name_or_path`: bundled, else `NAME.safetensors` in one of [`folders`], else a path.
pub fn find(name_or_path: &str) -> Result<Arc<MusicVae>, ModelError> {
    find_watched(name_or_path, &mut |_| true)
}

/// As [`find`]; `watch` is told how far the reading is, 0 to 1, and stops it where it says false.
///
/// # Errors
/// [`ModelError`], and [`ModelError::Stopped`].
pub fn find_watched(
    name_or_path: &str,
    watch: &mut dyn FnMut(f64) -> bool,
) -> Result<Arc<MusicVae>, ModelError> {
    let held = {
        // A panic elsewhere leaves the map whole: entries are only ever added.
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.get_or_insert_default().entry(name_or_path.to_owned()).or_default().clone()
    };
    // Only those who want the same model wait while it is read; a panic meanwhile leaves nothing half done.
    let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(model) = held.upgrade() {
        return Ok(model);
    }
    let (settings, weights) = open_watched(name_or_path, &mut |share| watch((1.0 - BUILDING) * share))?;
    if !watch(1.0 - BUILDING) {
        return Err(ModelError::Stopped { name: name_or_path.to_owned() });
    }
    let model = Arc::new(MusicVae::build(settings, &weights)?);
    *held = Arc::downgrade(&model);
    Ok(model)
}

/// What the model that [`find`] would give says of itself, and how many bytes have to be read from disk for it: none for
/// a bundled one. Of a file only the header is read, and that all which it promises is there.
///
/// # Errors
/// As [`find`], for what a header shows to be wrong.
pub fn look(name_or_path: &str) -> Result<(Settings, u64), ModelError> {
    if let Some((_, bytes)) = BUNDLED.iter().find(|(bundled, _)| *bundled == name_or_path) {
        return Ok((weights::parse_settings(bytes, name_or_path)?, 0));
    }
    let path = file(name_or_path, &folders()).ok_or_else(|| unknown(name_or_path))?;
    weights::read_outline(&path)
}

/// As [`find`], but always a model of its own.
pub(super) fn load(name: &str) -> Result<MusicVae, ModelError> {
    let (settings, weights) = open(name)?;
    MusicVae::build(settings, &weights)
}

/// Settings and weights of the model that [`find`] would give, read anew; they fit each other.
pub fn open(name_or_path: &str) -> Result<(Settings, Weights), ModelError> {
    open_watched(name_or_path, &mut |_| true)
}

fn open_watched(
    name_or_path: &str,
    watch: &mut dyn FnMut(f64) -> bool,
) -> Result<(Settings, Weights), ModelError> {
    if let Some((_, bytes)) = BUNDLED.iter().find(|(bundled, _)| *bundled == name_or_path) {
        return weights::parse(bytes, name_or_path);
    }
    let path = file(name_or_path, &folders()).ok_or_else(|| unknown(name_or_path))?;
    weights::read_watched(&path, watch)
}

fn unknown(name: &str) -> ModelError {
    let names: Vec<String> = list().into_iter().map(|listed| listed.name).collect();
    let near = near(name, names.iter().map(String::as_str));
    ModelError::UnknownModel { name: name.to_owned(), near }
}

/// The file that `name` means: of that name in one of `folders`, or at that path.
fn file(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let in_folder = folders.iter().map(|folder| folder.join(format!("{name}{ENDING}")));
    let plain = !name.contains(['/', '\\']);
    in_folder.filter(|_| plain).find(|path| path.is_file()).or_else(|| {
        let path = PathBuf::from(name);
        path.is_file().then_some(path)
    })
}

/// What a file is called, and its bytes.
type Named = (String, Cow<'static, [u8]>);

/// The file of attribute vectors that lies beside the model [`find`] takes for `name_or_path`: its name and its bytes,
/// compiled in for some bundled models; nothing where there is none.
pub fn attributes_beside(name_or_path: &str) -> Result<Option<Named>, ModelError> {
    if let Some((name, bytes)) = bundled::ATTRIBUTES.iter().find(|(name, _)| *name == name_or_path) {
        return Ok(Some((format!("{name}{ATTRIBUTES}"), Cow::Borrowed(*bytes))));
    }
    let bundled = BUNDLED.iter().any(|(bundled, _)| *bundled == name_or_path);
    let folders = folders();
    // A model that is compiled in lies nowhere; vectors of it are found in any folder of models.
    let in_folders = || folders.iter().map(|f| f.join(format!("{name_or_path}{ATTRIBUTES}")));
    let path = match bundled {
        true => in_folders().find(|path| path.is_file()),
        false => file(name_or_path, &folders).map(|path| attributes_path(&path)),
    };
    let Some(path) = path.filter(|path| path.is_file()) else { return Ok(None) };
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some((path.display().to_string(), Cow::Owned(bytes)))),
        Err(source) => Err(ModelError::Read { path, source }),
    }
}

/// Where the attribute vectors of the model file at `path` belong.
pub fn attributes_path(path: &Path) -> PathBuf {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{}{ATTRIBUTES}", name.strip_suffix(ENDING).unwrap_or(&name)))
}

/// The file of the model that [`find`] takes for `name_or_path`; nothing for a bundled or an unknown one.
pub fn path_of(name_or_path: &str) -> Option<PathBuf> {
    let bundled = BUNDLED.iter().any(|(bundled, _)| *bundled == name_or_path);
    if bundled { None } else { file(name_or_path, &folders()) }
}

/// Folders where models lie: `models` beside the binary and in the working directory, then the user's own.
pub fn folders() -> Vec<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|dir| dir.join("models")));
    let mut all: Vec<PathBuf> = beside.into_iter().chain([PathBuf::from("models")]).collect();
    all.extend(user_folder());
    all
}

/// The user's folder for models, by the custom of the system; nothing where no home is known.
pub fn user_folder() -> Option<PathBuf> {
    let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let data = if cfg!(windows) {
        from("APPDATA")
    } else if cfg!(target_os = "macos") {
        from("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        from("XDG_DATA_HOME").or_else(|| from("HOME").map(|home| home.join(".local/share")))
    };
    data.map(|data| data.join("mvae-tui").join("models"))
}

/// Every model at hand: the bundled ones, then those of each folder by name; a name met before is left out, as
/// [`find`] would not take it.
pub fn list() -> Vec<Listed> {
    let bundled = BUNDLED.iter().map(|(name, bytes)| Listed {
        name: (*name).to_owned(),
        place: Place::Bundled,
        settings: weights::parse_settings(bytes, name),
    });
    let mut all: Vec<Listed> = bundled.collect();
    for folder in folders() {
        for found in list_folder(&folder) {
            if all.iter().all(|listed| listed.name != found.name) {
                all.push(found);
            }
        }
    }
    all
}

/// The models whose files lie in `folder` itself, by name.
pub fn list_folder(folder: &Path) -> Vec<Listed> {
    let listed = |path: PathBuf| Listed {
        name: path.file_name().map(|n| n.to_string_lossy().replace(ENDING, "")).unwrap_or_default(),
        settings: weights::read_settings(&path),
        place: Place::File(path),
    };
    files(folder).into_iter().map(listed).collect()
}

/// Model files in `folder`, by name; none where there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| {
        let name = path.to_string_lossy();
        name.ends_with(ENDING) && !name.ends_with(ATTRIBUTES) && path.is_file()
    });
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::{BUNDLED, Place, file, files, find, list, look};
    use crate::model::Decoding;
    use std::sync::Arc;

    #[test]
    fn every_bundled_model_is_listed_loads_once_and_plays() {
        let listed = list();
        for (name, _) in BUNDLED {
            let entry = listed.iter().find(|l| l.name == *name).unwrap();
            assert_eq!(
                (&entry.place, entry.settings.as_ref().unwrap().name.as_str()),
                (&Place::Bundled, *name)
            );
            let model = find(name).unwrap();
            assert!(Arc::ptr_eq(&model, &find(name).unwrap()), "{name} was loaded twice");
            let z = vec![vec![0.0; model.z_size()]];
            assert_eq!(model.decode(&z, &Decoding::argmax(1)).unwrap()[0].len(), model.settings().steps);
        }
    }

    #[test]
    fn a_name_is_looked_up_in_the_folders_and_a_path_is_taken_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("groove.safetensors");
        std::fs::write(&path, b"x").unwrap();
        std::fs::write(dir.path().join("groove.attributes.safetensors"), b"x").unwrap();
        let folders = [dir.path().join("absent"), dir.path().to_owned()];
        assert_eq!(file("groove", &folders), Some(path.clone()));
        assert_eq!(file(&path.to_string_lossy(), &[]), Some(path.clone()));
        assert_eq!(file("../groove", &folders), None);
        assert_eq!(files(dir.path()), [path]);
    }

    #[test]
    fn a_look_reads_the_header_alone_and_sees_that_a_file_is_cut_short() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("whole.safetensors");
        let name = path.to_string_lossy().into_owned();
        let (bundled, bytes) = BUNDLED[0];
        let (settings, from_disk) = look(bundled).unwrap();
        assert_eq!((settings.name.as_str(), from_disk), (bundled, 0));
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(look(&name).unwrap(), (settings, bytes.len() as u64));
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let why = look(&name).unwrap_err().to_string();
        assert!(why.contains("whole.safetensors") && why.contains("1 byte"), "{why}");
    }

    #[test]
    fn an_unknown_model_and_a_damaged_file_are_told_apart() {
        let Err(unknown) = find("no-such-model") else { unreachable!() };
        assert!(unknown.to_string().contains("no model is called"), "{unknown}");
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("broken.safetensors");
        std::fs::write(&path, b"not a model at all").unwrap();
        let Err(broken) = find(&path.to_string_lossy()) else { unreachable!() };
        assert!(broken.to_string().contains("broken.safetensors"), "{broken}");
    }
}
