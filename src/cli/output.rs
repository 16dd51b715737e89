//! What verbs do with patterns that a model made: MIDI files, a picture, text, JSON.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arguments::Keeping;
use super::console::Console;
use super::failure::usage;
use super::files;
use super::input::Source;
use crate::latent::generate::Generated;
use crate::latent::recipe::Origin;
use crate::model::{Controls, MusicVae};
use crate::music::pattern::{Part, Pattern, PatternNote};
use crate::music::plot::{self, Panel, Roll, Style};
use crate::music::smf;

/// Of more patterns than these that go into files, only the names of the files are shown.
const SHOWN: usize = 16;
/// Pixels of a PNG for each unit of the picture: sharp on dense screens too.
pub const PNG_SCALE: f32 = 2.0;

/// Patterns that a verb has made, and what to call them.
pub struct Made<'a> {
    /// The model.
    pub model: &'a MusicVae,
    /// The patterns.
    pub patterns: Vec<Generated>,
    /// One a pattern, shown beside its number.
    pub labels: Vec<String>,
    /// What the files are called.
    pub stem: String,
    /// Title of the picture.
    pub title: String,
    /// The patterns of files that went in.
    pub sources: Vec<Source>,
}

/// The JSON of a verb that makes patterns.
#[derive(Debug, Serialize)]
struct Document<'a> {
    model: &'a str,
    config: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    sources: &'a [Source],
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    patterns: Vec<Entry<'a>>,
}

#[derive(Debug, Serialize)]
struct Entry<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    seed: u64,
    temperature: f32,
    length_steps: u32,
    origin: &'a Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    controls: Option<&'a Controls>,
    notes: Vec<JsonNote>,
    z: &'a [f32],
}

/// A note in JSON, its units in the names.
#[derive(Debug, Serialize)]
pub struct JsonNote {
    start_step: u32,
    length_steps: u32,
    pitch: u8,
    velocity: u8,
    part: Part,
    #[serde(skip_serializing_if = "is_zero")]
    offset_steps: f32,
}

fn is_zero(x: &f32) -> bool {
    *x == 0.0
}

impl From<&PatternNote> for JsonNote {
    fn from(n: &PatternNote) -> Self {
        Self {
            start_step: n.start,
            length_steps: n.length,
            pitch: n.pitch,
            velocity: n.velocity,
            part: n.part,
            offset_steps: n.offset,
        }
    }
}

/// The notes of a pattern for JSON.
pub fn notes(pattern: &Pattern) -> Vec<JsonNote> {
    pattern.notes.iter().map(JsonNote::from).collect()
}

/// Writes what was asked for and tells about it.
///
/// # Errors
/// A file in the way or a folder that cannot be written; nothing is written then.
pub fn finish(made: &Made, keeping: &Keeping, console: &Console) -> anyhow::Result<()> {
    let patterns: Vec<&Pattern> = made.patterns.iter().map(|g| &g.pattern).collect();
    let numbered: Vec<(usize, &Pattern)> = (1..).zip(patterns.iter().copied()).collect();
    let (mut out, names) = midi_files(&numbered, &made.stem, keeping)?;
    if let Some(path) = &keeping.plot {
        let panels = patterns.iter().enumerate().map(|(i, p)| Panel {
            label: if patterns.len() == 1 { String::new() } else { caption(made, i) },
            roll: Roll::from_pattern(p),
        });
        let first = made.patterns.first().map(|g| &g.recipe);
        let note = first.map_or_else(String::new, |r| {
            let seed = if r.temperature > 0.0 { format!(", seed {}", r.seed) } else { String::new() };
            format!("{}, temperature {}{seed}", r.model, r.temperature)
        });
        let style = Style { title: made.title.clone(), note, ..Style::default() };
        out.push((path.clone(), picture(path, &panels.collect::<Vec<_>>(), &style, PNG_SCALE)?));
    }
    files::write_all(&out, keeping.folder(), keeping.force)?;

    let kept = keeping.out.is_some() || keeping.plot.is_some();
    for (i, generated) in made.patterns.iter().enumerate() {
        let file = names.get(i).map(|n| n.display().to_string()).unwrap_or_default();
        if !kept || made.patterns.len() <= SHOWN {
            let gap = if i > 0 { "\n" } else { "" };
            console.say(format!("{gap}{}  {file}", caption(made, i)).trim_end())?;
            console.say(plot::text(&generated.pattern).trim_end())?;
        } else if !file.is_empty() {
            console.say(file)?;
        }
    }
    if !console.json() {
        if let Some(path) = keeping.out.as_ref().filter(|_| names.is_empty()) {
            console.remark(format!("all {} in a row: {}", made.patterns.len(), path.display()));
        }
        if let Some(path) = &keeping.plot {
            console.remark(format!("picture: {}", path.display()));
        }
        if !kept {
            console.remark("add --out DIR to keep them as MIDI files");
        }
    }
    console.document(&Document {
        model: &made.model.settings().name,
        config: &made.model.settings().config,
        sources: &made.sources,
        picture: keeping.plot.as_ref().map(|p| p.display().to_string()),
        patterns: (0..).zip(&made.patterns).map(|(i, g)| entry(i, g, keeping, &names)).collect(),
    })
}

fn caption(made: &Made, i: usize) -> String {
    match made.labels.get(i).filter(|l| !l.is_empty()) {
        Some(label) => format!("{}  {label}", i + 1),
        None => (i + 1).to_string(),
    }
}

fn entry<'a>(i: usize, generated: &'a Generated, keeping: &Keeping, names: &[PathBuf]) -> Entry<'a> {
    Entry {
        index: i + 1,
        file: names.get(i).or(keeping.out.as_ref()).map(|p| p.display().to_string()),
        seed: generated.recipe.seed,
        temperature: generated.recipe.temperature,
        length_steps: generated.pattern.steps,
        origin: &generated.recipe.origin,
        controls: generated.recipe.controls.as_ref(),
        notes: notes(&generated.pattern),
        z: &generated.z,
    }
}

/// A path and what it shall hold.
pub type File = (PathBuf, Vec<u8>);

/// The MIDI files that `--out` asks for, each pattern with its number, and the name of each pattern's own file (none
/// where all are in one).
///
/// # Errors
/// Wrong usage: `--out` is a file of another kind.
pub fn midi_files(
    patterns: &[(usize, &Pattern)],
    stem: &str,
    keeping: &Keeping,
) -> anyhow::Result<(Vec<File>, Vec<PathBuf>)> {
    let Some(out) = &keeping.out else { return Ok((Vec::new(), Vec::new())) };
    let midi = |pattern: &Pattern| smf::write(&pattern.to_score(keeping.bpm));
    if is_midi(out) {
        let all: Vec<Pattern> = patterns.iter().map(|&(_, p)| p.clone()).collect();
        let bytes = midi(&Pattern::concatenate(&all));
        let names = if patterns.len() == 1 { vec![out.clone()] } else { Vec::new() };
        return Ok((vec![(out.clone(), bytes)], names));
    }
    if out.is_file() || means_a_file(out) {
        return Err(usage(format!(
            "{}: patterns are written as MIDI. Name a folder for a file each, or a file ending in .mid for all of \
             them in a row",
            out.display()
        )));
    }
    let names: Vec<PathBuf> = patterns.iter().map(|(i, _)| out.join(format!("{stem}-{i:03}.mid"))).collect();
    Ok((names.iter().cloned().zip(patterns.iter().map(|(_, p)| midi(p))).collect(), names))
}

/// True for a name such as `notes.txt` that is no folder yet. `v1.2` and `notes.txt/` are folders to be.
fn means_a_file(path: &Path) -> bool {
    let known = |e: String| e.len() <= 11 && e.starts_with(|c: char| c.is_ascii_alphabetic());
    let slash = path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
    !slash && !path.is_dir() && ending(path).is_some_and(known)
}

/// True for the name of a MIDI file.
pub fn is_midi(path: &Path) -> bool {
    ending(path).is_some_and(|e| e == "mid" || e == "midi")
}

fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_string_lossy().to_lowercase())
}

/// The bytes of a picture in the format that its file name asks for.
///
/// # Errors
/// Wrong usage: another ending than .svg or .png; a bitmap that is too large.
pub fn picture(path: &Path, panels: &[Panel], style: &Style, scale: f32) -> anyhow::Result<Vec<u8>> {
    match ending(path).as_deref() {
        Some("svg") => Ok(plot::svg(panels, style).into_bytes()),
        Some("png") => Ok(plot::png(&plot::svg(panels, style), scale)?),
        _ => Err(usage(format!(
            "{}: a picture is .svg or .png. Give the file one of these endings",
            path.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_file_ending_is_no_folder_to_be() {
        for name in ["foo.txt", "d/beat.wav", "z.json", "a.mp3", "x.safetensors"] {
            assert!(means_a_file(Path::new(name)), "{name}");
        }
        for name in ["d", "v1.2", "take.1/", "notes.txt/", ".hidden", "..", "a/b"] {
            assert!(!means_a_file(Path::new(name)), "{name}");
        }
    }
}
