//! Loading SoundFonts: the built-in one, a file, those the system has. A bad file becomes an error, never a crash.

use std::ffi::OsStr;
use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once, OnceLock};

use rustysynth::{SoundFont, SoundFontError, Synthesizer, SynthesizerSettings};

use super::guard::is_guarded;
use super::soundfont;

/// Where systems keep SoundFonts.
const FOLDERS: [&str; 4] = [
    "/usr/share/sounds/sf2",
    "/usr/share/soundfonts",
    "/usr/local/share/sounds/sf2",
    "/usr/local/share/soundfonts",
];
/// Name of the thread that tries files out; its panics are answers, not accidents.
const TRIAL: &str = "soundfont-trial";

/// Why a SoundFont cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The file cannot be opened or read.
    #[error("cannot read the SoundFont {path}: {cause}{remedy}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        cause: std::io::Error,
        /// What to do.
        remedy: String,
    },
    /// A SoundFont 3, whose samples are Ogg Vorbis.
    #[error(
        "{path} is a SoundFont 3 with compressed samples, which is not supported: convert it to .sf2 \
         (Polyphone exports one; so does `sf3convert -x`), or leave --soundfont out for the built-in sound"
    )]
    Compressed {
        /// The file.
        path: String,
    },
    /// Not a SoundFont, or a damaged one.
    #[error(
        "{path} is not a SoundFont that can be played: {cause}. Give an .sf2 file, or leave --soundfont out \
         for the built-in sound"
    )]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong.
        cause: String,
    },
    /// The synthesiser refuses its settings.
    #[error(
        "the synthesiser cannot run at {rate} frames a second: {cause}. Choose a rate of 16000 to 192000"
    )]
    Settings {
        /// Frames a second.
        rate: u32,
        /// What the synthesiser says.
        cause: String,
    },
}

/// A SoundFont that has been tried and plays.
#[derive(Debug, Clone)]
pub struct Font {
    /// Its title and, where it came from a file, the file's name.
    pub name: String,
    /// The samples and presets.
    pub data: Arc<SoundFont>,
}

impl Font {
    /// The built-in SoundFont, made by code.
    pub fn built_in() -> Result<Self, FontError> {
        static FONT: OnceLock<Arc<SoundFont>> = OnceLock::new();
        if let Some(data) = FONT.get() {
            return Ok(Self { name: "built-in".into(), data: Arc::clone(data) });
        }
        let mut bytes = soundfont::bytes();
        let data = parse("the built-in SoundFont", &mut bytes)?;
        Ok(Self { name: "built-in".into(), data: Arc::clone(FONT.get_or_init(|| data)) })
    }

    /// The SoundFont in the file at `path`, or the built-in one. A bare name, `FluidR3_GM` or `FluidR3_GM.sf2`,
    /// also means that file in the system's folders where no file of that name is here.
    ///
    /// The file is read and every preset of it played for a moment on a thread of its own, because damaged files
    /// make the synthesiser panic, some of them only while it plays.
    pub fn load(path: Option<&Path>) -> Result<Self, FontError> {
        let Some(path) = path else { return Self::built_in() };
        let path = &resolve(path, &installed());
        let shown = path.display().to_string();
        let file = File::open(path).and_then(|file| {
            if file.metadata()?.is_dir() { Err(std::io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
        });
        let file = file.map_err(|cause| FontError::Unreadable {
            path: shown.clone(),
            remedy: remedy(&cause),
            cause,
        })?;
        let data = trial(&shown, move |shown| {
            let data = parse(shown, &mut BufReader::new(file))?;
            play_every_preset(&data, shown)?;
            Ok(data)
        })?;
        let name = path.file_name().map_or(shown, |name| name.to_string_lossy().into_owned());
        Ok(Self { name, data })
    }
}

/// Every SoundFont in the system's folders, links among them, in their order.
fn installed() -> Vec<PathBuf> {
    let in_folder = |folder: &&str| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_font = |path: &PathBuf| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("sf2"));
        let mut found: Vec<PathBuf> = entries.filter(is_font).collect();
        found.sort();
        found
    };
    FOLDERS.iter().flat_map(in_folder).collect()
}

/// The file that `asked` means: itself, or the one of `installed` whose bare name it is, with or without ending.
fn resolve(asked: &Path, installed: &[PathBuf]) -> PathBuf {
    let bare = asked.components().count() == 1 && asked.file_name() == Some(asked.as_os_str());
    if asked.is_file() || !bare {
        return asked.to_owned();
    }
    let is = |name: Option<&OsStr>| name.is_some_and(|name| name.eq_ignore_ascii_case(asked));
    let named = installed.iter().find(|path| is(path.file_name()) || is(path.file_stem()));
    named.cloned().unwrap_or_else(|| asked.to_owned())
}

/// SoundFonts found in the system's folders, by name.
pub fn system_fonts() -> Vec<PathBuf> {
    let mut found = installed();
    // One file under several names (a link to the default) is listed once.
    found.sort_by_key(|path| (std::fs::canonicalize(path).ok(), path.is_symlink()));
    found.dedup_by_key(|path| std::fs::canonicalize(path).ok());
    found.sort();
    found
}

fn remedy(cause: &std::io::Error) -> String {
    if cause.kind() != std::io::ErrorKind::NotFound {
        return ". Leave --soundfont out for the built-in sound".into();
    }
    let system = system_fonts();
    if system.is_empty() {
        return ". Leave --soundfont out for the built-in sound".into();
    }
    let names = system.iter().filter_map(|path| path.file_stem()).map(|name| name.to_string_lossy());
    let list = names.collect::<Vec<_>>().join(", ");
    format!(
        ". This system has these, by name: {list}. Take one, or leave --soundfont out for the built-in sound"
    )
}

fn parse(shown: &str, reader: &mut impl std::io::Read) -> Result<Arc<SoundFont>, FontError> {
    let path = shown.to_owned();
    SoundFont::new(reader).map(Arc::new).map_err(|error| match error {
        SoundFontError::UnsupportedSampleFormat => FontError::Compressed { path },
        SoundFontError::IoError(cause) if cause.kind() != std::io::ErrorKind::UnexpectedEof => {
            FontError::Unreadable { path, remedy: remedy(&cause), cause }
        }
        SoundFontError::IoError(_) => FontError::Malformed { path, cause: "it ends too early".into() },
        other => FontError::Malformed { path, cause: other.to_string() },
    })
}

/// Plays three keys of every preset for a hundredth of a second, held and let go.
fn play_every_preset(data: &Arc<SoundFont>, shown: &str) -> Result<(), FontError> {
    let mut settings = SynthesizerSettings::new(48_000);
    settings.enable_reverb_and_chorus = false;
    let mut synth = Synthesizer::new(data, &settings)
        .map_err(|e| FontError::Settings { rate: 48_000, cause: e.to_string() })?;
    let mut left = [0.0; 480];
    let mut right = [0.0; 480];
    for preset in data.get_presets() {
        synth.process_midi_message(0, 0xB0, 0, preset.get_bank_number());
        synth.process_midi_message(0, 0xC0, preset.get_patch_number(), 0);
        for key in [36, 60, 84] {
            synth.note_on(0, key, 100);
        }
        synth.render(&mut left, &mut right);
        synth.note_off_all(false);
        synth.render(&mut left, &mut right);
        synth.note_off_all(true);
        if !left.iter().chain(&right).all(|v| v.is_finite()) {
            let cause = format!("its preset \"{}\" makes sounds that are not numbers", preset.get_name());
            return Err(FontError::Malformed { path: shown.into(), cause });
        }
    }
    Ok(())
}

/// Runs `work` where a panic of it harms nobody.
fn trial<T: Send + 'static>(
    shown: &str,
    work: impl FnOnce(&str) -> Result<T, FontError> + Send + 'static,
) -> Result<T, FontError> {
    hush_trials();
    let path = shown.to_owned();
    let thread = std::thread::Builder::new()
        .name(TRIAL.into())
        .spawn(move || catch_unwind(AssertUnwindSafe(|| work(&path))));
    let malformed = |cause: &str| FontError::Malformed { path: shown.into(), cause: cause.into() };
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(result))) => result,
        Ok(_) => Err(malformed("it is damaged (its tables point outside the file)")),
        Err(error) => Err(malformed(&format!("it could not be tried out: {error}"))),
    }
}

/// Keeps the panics of trials and of guarded voices off the terminal; all others go where they went before.
fn hush_trials() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().name() != Some(TRIAL) && !is_guarded() {
                usual(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("x.sf2");
        std::fs::write(&path, bytes).expect("writes");
        match Font::load(Some(&path)) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_built_in_font_written_to_a_file_loads_from_it() {
        assert_eq!(refusal(soundfont::bytes()), "");
    }

    #[test]
    fn a_missing_file_is_named_with_a_remedy() {
        let error = Font::load(Some(Path::new("/nowhere/grand.sf2"))).map(|_| ()).map_err(|e| e.to_string());
        let error = error.expect_err("there is no such file");
        assert!(error.contains("/nowhere/grand.sf2") && error.contains("--soundfont"), "{error}");
    }

    #[test]
    fn a_bare_name_means_the_font_of_the_system_and_a_path_means_itself() {
        let installed = [PathBuf::from("/fonts/Grand.sf2"), PathBuf::from("/fonts/Hall.SF2")];
        let resolved = |name: &str| resolve(Path::new(name), &installed);
        for name in ["Grand", "Grand.sf2", "grand"] {
            assert_eq!(resolved(name), installed[0], "{name}");
        }
        assert_eq!(resolved("Hall"), installed[1]);
        for name in ["./Grand", "x/Grand.sf2", "Gran", "..", ""] {
            assert_eq!(resolved(name), Path::new(name));
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let here = folder.path().join("Grand.sf2");
        std::fs::write(&here, "").expect("writes");
        assert_eq!(resolve(&here, &installed), here);
    }

    #[test]
    fn a_compressed_font_is_refused_by_name() {
        let mut bytes = soundfont::bytes().to_vec();
        let at = bytes.windows(4).position(|w| w == b"smpl").expect("has samples") + 8;
        bytes[at..at + 4].copy_from_slice(b"OggS");
        assert!(refusal(&bytes).contains("SoundFont 3"));
    }

    #[test]
    fn text_and_cut_files_are_refused() {
        assert!(refusal(b"hello, this is no RIFF file").contains("not a SoundFont"));
        let bytes = soundfont::bytes();
        assert!(refusal(&bytes[..bytes.len() / 2]).contains("ends too early"));
    }

    #[test]
    fn damaged_tables_are_refused_or_harmless_but_never_a_crash() {
        let good = soundfont::bytes();
        let tables = good.windows(4).rposition(|w| w == b"pdta").expect("has tables");
        let mut refused = 0;
        for round in 0..40_usize {
            let mut bytes = good.to_vec();
            for hit in 0..12_usize {
                let span = bytes.len() - tables - 60;
                let at = tables + 60 + (round * 7919 + hit * 104_729) % span;
                bytes[at] ^= 0xA5_u8.rotate_left((round + hit) as u32);
            }
            refused += usize::from(!refusal(&bytes).is_empty());
        }
        assert!(refused > 0);
    }
}
