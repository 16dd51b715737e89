//! Theme files: TOML with a palette and dotted scopes. What is wrong in one is a warning, never a refusal.

use std::collections::{BTreeMap, HashMap};

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use super::colour;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    inherits: Option<String>,
    ascii: Option<bool>,
    #[serde(default)]
    palette: BTreeMap<String, String>,
    #[serde(default)]
    scopes: BTreeMap<String, Scope>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scope {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    add: Vec<String>,
}

/// Scopes by name, as written, and what could not be understood.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) ascii: bool,
    pub(super) scopes: HashMap<String, Style>,
    pub(super) warnings: Vec<String>,
}

/// Reads a theme file's text. `source` finds the text of the theme it inherits from.
pub(super) fn sheet(text: &str, source: impl Fn(&str) -> Option<&'static str>) -> Sheet {
    let mut sheet = Sheet::default();
    let mut palette = BTreeMap::new();
    // Children first, so that the chain is followed to its end; then applied parents first.
    let mut chain: Vec<File> = Vec::new();
    let mut next = Some(text);
    while let Some(text) = next.take() {
        match toml::from_str::<File>(text) {
            Ok(file) => {
                if let Some(parent) = &file.inherits {
                    next = source(parent);
                    if next.is_none() {
                        sheet.warnings.push(format!("inherits {parent:?}, which is not there"));
                    } else if chain.len() > 4 {
                        sheet.warnings.push("inherits in a circle".to_owned());
                        next = None;
                    }
                }
                chain.push(file);
            }
            Err(error) => sheet.warnings.push(error.message().to_owned()),
        }
    }
    for file in chain.iter().rev() {
        palette.extend(file.palette.clone());
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

fn style(name: &str, scope: &Scope, palette: &BTreeMap<String, String>, warnings: &mut Vec<String>) -> Style {
    let mut colour = |value: &Option<String>| -> Option<Color> {
        let value = value.as_ref()?;
        let colour = colour::parse(palette.get(value).unwrap_or(value));
        if colour.is_none() {
            warnings.push(format!("scope {name:?}: {value:?} is no colour and not in the palette"));
        }
        colour
    };
    let mut style = Style { fg: colour(&scope.fg), bg: colour(&scope.bg), ..Style::default() };
    for word in &scope.add {
        match modifier(word) {
            Some(modifier) => style = style.add_modifier(modifier),
            None => warnings.push(format!("scope {name:?}: {word:?} is no modifier")),
        }
    }
    style
}

fn modifier(word: &str) -> Option<Modifier> {
    Some(match word {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "italic" => Modifier::ITALIC,
        "underlined" => Modifier::UNDERLINED,
        "reversed" => Modifier::REVERSED,
        "crossed-out" => Modifier::CROSSED_OUT,
        _ => return None,
    })
}
