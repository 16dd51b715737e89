//! The golden files.

use flate2::read::GzDecoder;
use mvae_tui::music::score::Score;
use mvae_tui::music::smf;
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// One MIDI file with what the reference makes of it.
pub struct Golden {
    /// Name without extension.
    pub name: String,
    /// What the reference says.
    pub truth: Value,
    /// What this program read; the error in words where it refused.
    pub score: Result<Score, String>,
    /// Folder of the set.
    pub folder: PathBuf,
}

/// The folders that are there; says so plainly where the full set is not.
fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("tests/golden/converters")];
    let full = match std::env::var_os("MVAE_GOLDEN_DIR") {
        Some(dir) => PathBuf::from(dir).join("converters"),
        None => root.join("../shared/golden/converters"),
    };
    if full.is_dir() {
        folders.push(full);
    } else {
        println!("full golden set skipped: {} is not there (set MVAE_GOLDEN_DIR)", full.display());
    }
    folders
}

/// Calls `check` for every file of every set; panics when a set is empty.
pub fn each(mut check: impl FnMut(&Golden)) {
    for folder in folders() {
        let mut names: Vec<String> = fs::read_dir(&folder)
            .unwrap()
            .filter_map(|e| e.unwrap().file_name().to_str()?.strip_suffix(".json.gz").map(str::to_owned))
            .collect();
        names.sort();
        assert!(!names.is_empty(), "no golden file in {}", folder.display());
        for name in names {
            let json = File::open(folder.join(format!("{name}.json.gz"))).unwrap();
            let truth: Value = serde_json::from_reader(GzDecoder::new(json)).unwrap();
            let score =
                smf::read(&folder.join("midi").join(format!("{name}.mid"))).map_err(|e| e.to_string());
            check(&Golden { name, truth, score, folder: folder.clone() });
        }
    }
}

/// Calls `check` for every file that the reference reads.
pub fn each_readable(mut check: impl FnMut(&Golden, &Score)) {
    each(|g| {
        if g.truth["midi_error"].is_null() {
            check(g, g.score.as_ref().unwrap_or_else(|e| panic!("{}: {e}", g.name)));
        }
    });
}

/// The elements of a JSON list.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_else(|| panic!("not a list: {value}"))
}

/// A JSON number.
pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("not a number: {value}"))
}

/// JSON numbers of a list.
pub fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(number).collect()
}
