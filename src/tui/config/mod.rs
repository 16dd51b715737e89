//! The configuration file: settings and keys, laid over the defaults.
//!
//! ```text
//! defaults (schema) <- config.toml, merged table by table -> checked setting by setting -> Config + problems
//! ```
//!
//! What is wrong in the file is a problem with its line and a remedy, never a refusal: the rest counts.

mod keys;
mod schema;

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::app::Follow;
use super::keymap::Keymap;
use crate::jam::Quantise;
use crate::model::near;

pub use schema::default_text;

/// The settings in force. Absent ones are left to the program.
#[derive(Debug, Clone)]
pub struct Config {
    /// Model of the drum track.
    pub model: Option<String>,
    /// Tempo to begin with.
    pub bpm: f64,
    /// Sampling temperature to begin with.
    pub temperature: f32,
    /// Swing to begin with.
    pub swing: f32,
    /// Launch boundary to begin with.
    pub launch: Quantise,
    /// The metronome clicks from the start.
    pub metronome: bool,
    /// Bars counted in before the music starts.
    pub count_in: u8,
    /// A SoundFont instead of the built-in one.
    pub soundfont: Option<PathBuf>,
    /// Theme by name.
    pub theme: Option<String>,
    /// Nothing scrolls by itself.
    pub reduced_motion: bool,
    /// How the roll follows.
    pub follow: Follow,
    /// The mouse is ours.
    pub mouse: bool,
    /// Keys.
    pub keymap: Keymap,
}

impl Default for Config {
    fn default() -> Self {
        read("").0
    }
}

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line from 1; 0 where none can be named.
    pub line: usize,
    /// What is wrong, and what to write instead.
    pub text: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 { write!(f, "line {}: {}", self.line, self.text) } else { f.write_str(&self.text) }
    }
}

/// Where the file is looked for: `$XDG_CONFIG_HOME/mvae-tui/config.toml`, else the system's usual place.
pub fn path() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = named("XDG_CONFIG_HOME").or_else(|| {
        if cfg!(windows) { named("APPDATA") } else { named("HOME").map(|home| home.join(".config")) }
    })?;
    Some(base.join("mvae-tui").join("config.toml"))
}

/// Reads the file at `path`; the defaults where there is none.
pub fn load(path: &Path) -> (Config, Vec<Problem>) {
    match std::fs::read_to_string(path) {
        Ok(text) => read(&text),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => read(""),
        Err(cause) => {
            let (config, mut problems) = read("");
            let text = format!("it cannot be read ({cause}); the defaults hold");
            problems.push(Problem { line: 0, text });
            (config, problems)
        }
    }
}

/// Lays `over` on `base`: tables are merged key by key however deep they lie, anything else is replaced.
pub fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// The line on which `key` of `section` is set, from 1; 0 where it cannot be found.
fn line_of(text: &str, section: &str, key: &str) -> usize {
    let mut now = "";
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            now = name.trim();
            let whole = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
            if now == whole {
                return index + 1;
            }
            continue;
        }
        let Some((name, _)) = line.split_once('=') else { continue };
        let name = name.trim().trim_matches(['"', '\'']);
        let dotted = format!("{section}.{key}");
        if now == section && name == key || now.is_empty() && name == dotted {
            return index + 1;
        }
    }
    0
}

/// Reads a configuration's text. The text is never refused: what cannot be understood is told and left out.
pub fn read(text: &str) -> (Config, Vec<Problem>) {
    let mut problems = Vec::new();
    let user: Table = text.parse().unwrap_or_else(|error: toml::de::Error| {
        let before = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count());
        let cause = error.message().trim_end_matches('.').to_owned();
        problems.push(Problem {
            line: before + 1,
            text: format!("{cause}; the defaults hold until it is mended"),
        });
        Table::new()
    });
    let mut fit = Table::new();
    for (section, value) in &user {
        if section == "keys" {
            continue;
        }
        let known: Vec<&str> = schema::SECTIONS.iter().map(|(name, _)| *name).chain(["keys"]).collect();
        let Some(rows) = value.as_table().filter(|_| known.contains(&section.as_str())) else {
            let text_of = match schema::section_of(section) {
                Some(home) => format!("{section} stands under [{home}]: move it there"),
                None => format!("{section} means nothing here{}", like(section, known.into_iter())),
            };
            problems.push(Problem { line: line_of(text, "", section), text: text_of });
            continue;
        };
        let mut kept = Table::new();
        for (key, value) in rows {
            let line = line_of(text, section, key);
            let Some(setting) = schema::find(section, key) else {
                let known = schema::SETTINGS.iter().filter(|s| s.section == section).map(|s| s.key);
                let text = format!("[{section}] has no {key}{}", like(key, known));
                problems.push(Problem { line, text });
                continue;
            };
            match (setting.check)(value) {
                Ok(()) => {
                    kept.insert(key.clone(), value.clone());
                }
                Err(wanted) => {
                    let text = format!("{key} = {value} does not do: it takes {wanted}");
                    problems.push(Problem { line, text });
                }
            }
        }
        fit.insert(section.clone(), Value::Table(kept));
    }
    let mut all: Table = default_text().parse().unwrap_or_default();
    merge(&mut all, fit);
    let none = Table::new();
    let keys = match user.get("keys") {
        Some(Value::Table(keys)) => keys,
        Some(_) => {
            let text = "keys is a section: write [keys], and below it keys = \"command\"".to_owned();
            problems.push(Problem { line: line_of(&text, "", "keys"), text });
            &none
        }
        None => &none,
    };
    let (keymap, wrong) = keys::keymap(keys);
    problems
        .extend(wrong.into_iter().map(|(key, what)| Problem { line: line_of_key(text, &key), text: what }));
    problems.sort_by_key(|problem| problem.line);
    (config(&all, keymap), problems)
}

/// The line of a key of the keymap, however deep it lies.
fn line_of_key(text: &str, key: &str) -> usize {
    let quoted = |line: &str| {
        let name = line.split('=').next().unwrap_or_default().trim().trim_matches(['"', '\'', '{', ' ']);
        name == key || line.contains(&format!("\"{key}\""))
    };
    let keys = text.lines().position(|line| line.trim().starts_with("[keys")).unwrap_or(0);
    let found = text.lines().enumerate().skip(keys).find(|(_, line)| quoted(line));
    found.map_or(0, |(index, _)| index + 1)
}

/// `; did you mean tempo?`, where something is near.
fn like<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> String {
    near(key, known).first().map_or(String::new(), |near| format!("; did you mean {near}?"))
}

fn config(all: &Table, keymap: Keymap) -> Config {
    let get = |section: &str, key: &str| all.get(section).and_then(Value::as_table)?.get(key);
    let number = |section: &str, key: &str, or: f64| get(section, key).and_then(schema::number).unwrap_or(or);
    let flag = |section: &str, key: &str| get(section, key).and_then(Value::as_bool).unwrap_or(false);
    let word = |section: &str, key: &str| {
        get(section, key).and_then(Value::as_str).filter(|word| !word.is_empty()).map(str::to_owned)
    };
    Config {
        model: word("jam", "model"),
        bpm: number("jam", "bpm", 120.0),
        temperature: number("jam", "temperature", 0.9) as f32,
        swing: (number("jam", "swing", 50.0) / 100.0) as f32,
        launch: match word("jam", "launch").as_deref() {
            Some("now") => Quantise::Now,
            Some("beat") => Quantise::Beat,
            Some("2-bars") => Quantise::TwoBars,
            _ => Quantise::Bar,
        },
        metronome: flag("jam", "metronome"),
        count_in: number("jam", "count-in", 0.0).clamp(0.0, 2.0) as u8,
        soundfont: word("sound", "soundfont").map(PathBuf::from),
        theme: word("screen", "theme"),
        reduced_motion: flag("screen", "reduced-motion"),
        follow: if word("screen", "follow").as_deref() == Some("page") {
            Follow::Page
        } else {
            Follow::Scroll
        },
        mouse: flag("screen", "mouse"),
        keymap,
    }
}

#[cfg(test)]
mod tests;
