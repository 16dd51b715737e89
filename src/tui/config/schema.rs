//! Every setting with what it takes, its default and a line about it: the file that `config default` prints, the
//! check and the near names are all made from this table.

use toml::Value;

use crate::jam::limits;
use crate::tui::theme;

/// One setting.
pub struct Setting {
    /// Its section.
    pub section: &'static str,
    /// Its name.
    pub key: &'static str,
    /// Its default as it stands in a file.
    pub default: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// Whether a value does; what would do, where it does not.
    pub check: fn(&Value) -> Result<(), String>,
}

/// Sections with a line about each, in the order of the file.
pub const SECTIONS: [(&str, &str); 3] =
    [("jam", "What a jam begins with"), ("sound", "What it sounds with"), ("screen", "What it looks like")];

#[rustfmt::skip]
/// All settings, in the order of the file.
pub const SETTINGS: &[Setting] = &[
    Setting { section: "jam", key: "model", default: "\"\"", about: "model of the drums by name or path; empty: the built-in one", check: text },
    Setting { section: "jam", key: "bpm", default: "120.0", about: "tempo, 20 to 300 quarters a minute", check: |v| range(v, *limits::BPM.start(), *limits::BPM.end()) },
    Setting { section: "jam", key: "temperature", default: "0.9", about: "how wild patterns are, 0.05 to 2", check: |v| range(v, f64::from(*limits::TEMPERATURE.start()), f64::from(*limits::TEMPERATURE.end())) },
    Setting { section: "jam", key: "swing", default: "50", about: "percent, 50 (straight) to 75", check: |v| range(v, 50.0, 75.0) },
    Setting { section: "jam", key: "launch", default: "\"bar\"", about: "where patterns come in: \"now\", \"beat\", \"bar\" or \"2-bars\"", check: |v| one_of(v, &["now", "beat", "bar", "2-bars"]) },
    Setting { section: "jam", key: "metronome", default: "false", about: "click from the start", check: flag },
    Setting { section: "jam", key: "count-in", default: "0", about: "bars counted in before the music starts, 0 to 2", check: |v| range(v, 0.0, 2.0) },
    Setting { section: "sound", key: "soundfont", default: "\"\"", about: "an .sf2 file or the name of one the system has; empty: the built-in sounds", check: text },
    Setting { section: "screen", key: "theme", default: "\"\"", about: "colours by name (C in the jam shows them); empty: what was chosen last", check: known_theme },
    Setting { section: "screen", key: "follow", default: "\"scroll\"", about: "\"scroll\": the music passes under the playhead; \"page\": the playhead runs", check: |v| one_of(v, &["scroll", "page"]) },
    Setting { section: "screen", key: "reduced-motion", default: "false", about: "nothing scrolls by itself", check: flag },
    Setting { section: "screen", key: "mouse", default: "true", about: "false leaves the mouse to the terminal, for selecting text", check: flag },
];

/// The setting called `key` in `section`.
pub fn find(section: &str, key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.section == section && setting.key == key)
}

/// The section of a setting that was written without one.
pub fn section_of(key: &str) -> Option<&'static str> {
    SETTINGS.iter().find(|setting| setting.key == key).map(|setting| setting.section)
}

/// A number, whole or not.
pub fn number(value: &Value) -> Option<f64> {
    value.as_float().or(value.as_integer().map(|whole| whole as f64)).filter(|number| number.is_finite())
}

fn range(value: &Value, low: f64, high: f64) -> Result<(), String> {
    match number(value) {
        Some(number) if (low - 1e-6..=high + 1e-6).contains(&number) => Ok(()),
        _ => Err(format!("a number from {} to {}", short(low), short(high))),
    }
}

/// Few digits for limits that are kept as `f32`.
fn short(number: f64) -> String {
    format!("{number:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn text(value: &Value) -> Result<(), String> {
    if value.is_str() { Ok(()) } else { Err("text in quotes".to_owned()) }
}

fn flag(value: &Value) -> Result<(), String> {
    if value.is_bool() { Ok(()) } else { Err("true or false".to_owned()) }
}

fn one_of(value: &Value, words: &[&str]) -> Result<(), String> {
    if value.as_str().is_some_and(|word| words.contains(&word)) {
        Ok(())
    } else {
        Err(words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", "))
    }
}

fn known_theme(value: &Value) -> Result<(), String> {
    let names = theme::Shelf::of_the_player().names();
    let names: Vec<&str> = names.iter().map(String::as_str).chain([""]).collect();
    one_of(value, &names)
}

/// The whole file with every default, and a comment that says what each takes.
pub fn default_text() -> String {
    let mut out = String::from(
        "# mvae-tui: config.toml. Everything here is a default; a line that is left out keeps it.\n\
         # `mvae-tui config check` reads this file and says what is wrong with it, `config path` where it is.\n",
    );
    for (section, about) in SECTIONS {
        out.push_str(&format!("\n# {about}\n[{section}]\n"));
        for setting in SETTINGS.iter().filter(|setting| setting.section == section) {
            out.push_str(&format!("# {}\n{} = {}\n", setting.about, setting.key, setting.default));
        }
    }
    out.push_str(
        "\n# Keys: a chord and the name of a command (`:` in the jam lists them), \"none\" takes a key away.\n\
         # A table is a prefix: m = { z = \"undo\" } is undo on \"m z\". What is not named here stays as it is.\n\
         [keys]\n# \"ctrl-b\" = \"play\"\n# m = { z = \"undo\" }\n",
    );
    out
}
