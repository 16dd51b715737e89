//! Theme files: TOML with a palette and dotted scopes. What is wrong in one is a warning, never a refusal.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use ratatui::style::{Color, Modifier, Style};
use toml::{Table, Value};

use super::colour;
use crate::model::near;

/// How deep themes may build on each other.
const DEEPEST: usize = 6;
/// What a file holds.
const KEYS: [&str; 4] = ["inherits", "ascii", "palette", "scopes"];
/// What a scope holds.
const PARTS: [&str; 3] = ["fg", "bg", "add"];
/// What `add` takes.
const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("crossed-out", Modifier::CROSSED_OUT),
];

/// One file, understood as far as it goes.
#[derive(Debug, Default)]
struct File {
    inherits: Option<String>,
    ascii: Option<bool>,
    palette: BTreeMap<String, String>,
    scopes: BTreeMap<String, Scope>,
}

#[derive(Debug, Default)]
struct Scope {
    fg: Option<String>,
    bg: Option<String>,
    add: Vec<String>,
}

/// Scopes by name, as written, and what could not be understood.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) ascii: bool,
    pub(super) scopes: HashMap<String, Style>,
    pub(super) warnings: Vec<String>,
}

/// Reads the theme called `name`. `text` finds the text of a theme and whether it is the player's own, given those that
/// inherit from it; `base` is what a theme of the player's builds on where its file cannot be read or does not say.
pub(super) fn sheet<'a>(
    name: &str,
    base: &str,
    text: impl Fn(&str, &[String]) -> Option<(&'a str, bool)>,
) -> Sheet {
    let mut sheet = Sheet::default();
    // Children first, so that the chain is followed to its end; then applied parents first.
    let mut chain: Vec<File> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let mut next = Some(name.to_owned());
    while let Some(name) = next.take() {
        let fallback = |seen: &[String]| Some(base.to_owned()).filter(|base| !seen.contains(base));
        if seen.len() >= DEEPEST {
            sheet.warnings.push(format!("it builds on more than {DEEPEST} others"));
            chain.extend(super::source(base).and_then(|text| file(text, &mut Vec::new())));
            break;
        }
        let Some((text, own)) = text(&name, &seen) else {
            sheet.warnings.push(match seen.contains(&name) {
                true => "it inherits in a circle".to_owned(),
                false => format!("it inherits {name:?}, which is not there"),
            });
            next = fallback(&seen);
            continue;
        };
        seen.push(name);
        let read = file(text, &mut sheet.warnings);
        let parent = read.as_ref().and_then(|file| file.inherits.clone());
        next = parent.or_else(|| fallback(&seen).filter(|_| own));
        chain.extend(read);
    }
    let mut palette = BTreeMap::new();
    for file in chain.iter().rev() {
        palette.extend(file.palette.clone());
    }
    for (name, value) in &palette {
        if colour::parse(value).is_none() {
            sheet.warnings.push(format!("palette {name}: {value:?} is no colour: write \"#rrggbb\""));
        }
    }
    // A colour that nothing names is one of another name, misspelt.
    let used = |name: &str| {
        let uses = |file: &File| {
            file.scopes.values().any(|scope| [&scope.fg, &scope.bg].into_iter().flatten().any(|c| c == name))
        };
        chain.iter().any(uses)
    };
    for (file, others) in (0..chain.len()).map(|at| (&chain[at], &chain[at + 1..])) {
        for name in file.palette.keys().filter(|name| !used(name)) {
            let known = others.iter().flat_map(|file| file.palette.keys().map(String::as_str));
            let meant = like(name, known.filter(|other| other != name));
            if !meant.is_empty() {
                sheet.warnings.push(format!("palette {name}: nothing is coloured so{meant}"));
            }
        }
    }
    for file in chain.into_iter().rev() {
        sheet.ascii = file.ascii.unwrap_or(sheet.ascii);
        for (name, scope) in file.scopes {
            let style = style(&name, &scope, &palette, &mut sheet.warnings);
            sheet.scopes.insert(name, style);
        }
    }
    sheet
}

/// What the file's `text` says; `None` where it is no TOML.
fn file(text: &str, warnings: &mut Vec<String>) -> Option<File> {
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            let error: toml::de::Error = error;
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            warnings.push(format!("line {line}: {}", error.message()));
            return None;
        }
    };
    let mut file = File::default();
    for (key, value) in table {
        match (key.as_str(), value) {
            ("inherits", Value::String(parent)) => file.inherits = Some(parent),
            ("ascii", Value::Boolean(ascii)) => file.ascii = Some(ascii),
            ("palette", Value::Table(colours)) => {
                for (name, value) in colours {
                    match value {
                        Value::String(colour) => drop(file.palette.insert(name, colour)),
                        other => warnings.push(format!("palette {name}: {other} is no colour in quotes")),
                    }
                }
            }
            ("scopes", Value::Table(scopes)) => {
                for (name, value) in scopes {
                    scope(&name, value, &mut file.scopes, warnings);
                }
            }
            (known, value) if KEYS.contains(&known) => {
                warnings.push(format!(
                    "{known} = {value} does not do: see the themes that come with the program"
                ));
            }
            (unknown, _) => {
                warnings.push(format!("{unknown} means nothing in a theme{}", like(unknown, KEYS)))
            }
        }
    }
    Some(file)
}

/// A scope, written `"a.b" = { fg = .. }`, `"a.b" = "colour"`, or as tables in tables.
fn scope(name: &str, value: Value, scopes: &mut BTreeMap<String, Scope>, warnings: &mut Vec<String>) {
    let table = match value {
        Value::String(colour) => Table::from_iter([("fg".to_owned(), Value::String(colour))]),
        Value::Table(table) => table,
        other => {
            warnings.push(format!("scope {name}: {other} is neither a colour nor {{ fg, bg, add }}"));
            return;
        }
    };
    let own = table.is_empty() || table.keys().any(|key| PARTS.contains(&key.as_str()));
    let mut found = Scope::default();
    for (key, value) in table {
        match (key.as_str(), value) {
            ("fg", Value::String(colour)) => found.fg = Some(colour),
            ("bg", Value::String(colour)) => found.bg = Some(colour),
            ("add", Value::Array(words)) => {
                found.add = words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            }
            (part, value) if PARTS.contains(&part) => {
                warnings.push(format!("scope {name}: {part} = {value} does not do"));
            }
            (inner, value @ (Value::Table(_) | Value::String(_))) if is_scope(&format!("{name}.{inner}")) => {
                scope(&format!("{name}.{inner}"), value, scopes, warnings);
            }
            (unknown, Value::Table(_)) => {
                warnings.push(strange(&format!("{name}.{unknown}")));
            }
            (unknown, _) => {
                warnings.push(format!("scope {name}: {unknown:?} means nothing{}", like(unknown, PARTS)));
            }
        }
    }
    if own || !scopes_below(name) {
        if !is_scope(name) {
            warnings.push(strange(name));
        }
        scopes.insert(name.to_owned(), found);
    }
}

fn strange(scope: &str) -> String {
    format!("no scope is called {scope:?}{}", like(scope, known().iter().map(String::as_str)))
}

/// The scopes that screens ask for, and the parents they fall back on: those of the default theme.
fn known() -> &'static [String] {
    static KNOWN: OnceLock<Vec<String>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let table: Table = super::source(super::NAMES[0]).unwrap_or_default().parse().unwrap_or_default();
        let scopes = table.get("scopes").and_then(Value::as_table).into_iter().flat_map(Table::keys);
        let with_parents = |name: &String| {
            let ends: Vec<usize> = name.match_indices('.').map(|(at, _)| at).chain([name.len()]).collect();
            ends.into_iter().map(|end| name[..end].to_owned()).collect::<Vec<_>>()
        };
        let mut known: Vec<String> = scopes.flat_map(with_parents).collect();
        known.sort_unstable();
        known.dedup();
        known
    })
}

fn is_scope(name: &str) -> bool {
    known().iter().any(|known| known == name)
}

fn scopes_below(name: &str) -> bool {
    known().iter().any(|known| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

/// `; did you mean bold?`, where something is near.
pub(super) fn like<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    near(word, known.into_iter()).first().map_or(String::new(), |near| format!("; did you mean {near}?"))
}

fn style(name: &str, scope: &Scope, palette: &BTreeMap<String, String>, warnings: &mut Vec<String>) -> Style {
    let mut colour = |value: &Option<String>| -> Option<Color> {
        let value = value.as_ref()?;
        let named = palette.get(value);
        let colour = colour::parse(named.unwrap_or(value));
        // What is wrong in the palette is told there.
        if colour.is_none() && named.is_none() {
            let near = like(value, palette.keys().map(String::as_str));
            warnings.push(format!("scope {name}: {value:?} is no colour and not in the palette{near}"));
        }
        colour
    };
    let mut style = Style { fg: colour(&scope.fg), bg: colour(&scope.bg), ..Style::default() };
    for word in &scope.add {
        match MODIFIERS.iter().find(|(known, _)| known == word) {
            Some((_, modifier)) => style = style.add_modifier(*modifier),
            None => {
                let near = like(word, MODIFIERS.iter().map(|(known, _)| *known));
                warnings.push(format!("scope {name}: {word:?} is no modifier{near}"));
            }
        }
    }
    style
}
