//! Themes: styles looked up by dotted scope.

mod colour;
mod read;
mod shelf;

use std::collections::HashMap;

use ratatui::style::{Color, Style};

pub use colour::Depth;
pub use shelf::{Shelf, folder};

/// Names of the themes compiled in; the first is the default.
pub const NAMES: [&str; 10] = [
    "dark",
    "light",
    "high-contrast",
    "okabe",
    "sixteen",
    "aurora",
    "phosphor",
    "riso",
    "monochrome",
    "ascii",
];

fn source(name: &str) -> Option<&'static str> {
    Some(match name {
        "dark" => include_str!("../../../themes/dark.toml"),
        "light" => include_str!("../../../themes/light.toml"),
        "high-contrast" => include_str!("../../../themes/high-contrast.toml"),
        "okabe" => include_str!("../../../themes/okabe.toml"),
        "sixteen" => include_str!("../../../themes/sixteen.toml"),
        "aurora" => include_str!("../../../themes/aurora.toml"),
        "phosphor" => include_str!("../../../themes/phosphor.toml"),
        "riso" => include_str!("../../../themes/riso.toml"),
        "monochrome" => include_str!("../../../themes/monochrome.toml"),
        "ascii" => include_str!("../../../themes/ascii.toml"),
        _ => return None,
    })
}

/// A theme made ready for a terminal of some colour depth.
#[derive(Debug, Clone)]
pub struct Theme {
    name: String,
    depth: Depth,
    ascii: bool,
    scopes: HashMap<String, Style>,
    /// The style of each of `scopes` with those of its parents, as the theme says it and as the terminal has it: a frame
    /// asks for thousands.
    ready: HashMap<String, (Style, Style)>,
    warnings: Vec<String>,
}

impl Theme {
    /// The built-in theme called `name`: as [`Theme::of`].
    pub fn load(name: Option<&str>, depth: Depth) -> Self {
        Self::of(&Shelf::default(), name, depth)
    }

    /// The theme called `name` of `shelf`; `None` takes the default. Where the terminal has no colours it is
    /// `monochrome` whatever was asked for. An unknown name gives the default and a warning that tells the near names.
    pub fn of(shelf: &Shelf, name: Option<&str>, depth: Depth) -> Self {
        let wanted = match name {
            Some("ascii") => "ascii",
            _ if depth == Depth::Mono => "monochrome",
            name => name.unwrap_or(NAMES[0]),
        };
        let mut warnings = Vec::new();
        let name = match shelf.text(wanted, &[]) {
            Some(_) => wanted,
            None => {
                let names = shelf.names();
                let near = read::like(wanted, names.iter().map(String::as_str));
                let text = format!("no theme is called {wanted:?}{near}. There are {}", names.join(", "));
                warnings.push(text);
                NAMES[0]
            }
        };
        let sheet = read::sheet(name, NAMES[0], |name, seen| shelf.text(name, seen));
        warnings.extend(sheet.warnings.into_iter().map(|warning| format!("theme {name}: {warning}")));
        let (ascii, scopes, ready) = (sheet.ascii, sheet.scopes, HashMap::new());
        let mut theme = Self { name: name.to_owned(), depth, ascii, scopes, ready, warnings };
        let made = |scope: &String| (scope.clone(), (theme.raw(scope), theme.style(scope)));
        theme.ready = theme.scopes.keys().map(made).collect();
        theme
    }

    /// The name in use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What could not be understood, for the status line.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// How many colours there are to draw with.
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// True when velocity and states must be told by glyphs, because shades are not to be had.
    pub fn is_coarse(&self) -> bool {
        let flat = matches!(self.raw("ui").bg, None | Some(Color::Reset));
        self.depth <= Depth::Ansi16 || flat
    }

    /// True when the screen is to have no letter beyond ASCII.
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    fn raw(&self, scope: &str) -> Style {
        if let Some((raw, _)) = self.ready.get(scope) {
            return *raw;
        }
        let ends = scope.match_indices('.').map(|(at, _)| at).chain([scope.len()]);
        ends.filter_map(|end| self.scopes.get(&scope[..end]))
            .fold(Style::default(), |style, part| style.patch(*part))
    }

    /// The style of `scope`: that of its parents ("a", then "a.b"), each laid over the one before.
    pub fn style(&self, scope: &str) -> Style {
        if let Some((_, style)) = self.ready.get(scope) {
            return *style;
        }
        let style = self.raw(scope);
        // What has no ground of its own stands on the screen's, which matters where colours are few.
        let screen = || if self.depth == Depth::Ansi16 { self.raw("ui").bg } else { None };
        let ground = style.bg.or_else(screen).unwrap_or(Color::Reset);
        let fg = style.fg.map(|colour| colour::ink(colour, ground, self.depth));
        Style { fg, bg: style.bg.map(|colour| colour::fit(colour, self.depth)), ..style }
    }

    /// `scope` with its foreground moved towards `over`'s background: `share` 1 is the full colour, 0 none of it.
    pub fn shade(&self, scope: &str, over: &str, share: f32) -> Style {
        let (style, ground) = (self.raw(scope), self.raw(over));
        let mixed = match (style.fg, ground.bg) {
            (Some(fg), Some(bg)) => Some(colour::mix(bg, fg, share)),
            (fg, _) => fg,
        };
        let under = ground.bg.unwrap_or(Color::Reset);
        let fg = mixed.map(|colour| colour::ink(colour, under, self.depth));
        Style { fg, ..style }.bg_opt(ground.bg.map(|colour| colour::fit(colour, self.depth)))
    }
}

/// What is wrong in the player's own themes: the theme's name, and the fault.
pub fn faults(shelf: &Shelf) -> Vec<(String, String)> {
    let own = shelf.names().into_iter().filter(|name| shelf.is_own(name));
    let of = |name: String| {
        let warnings = Theme::of(shelf, Some(&name), Depth::True).warnings;
        let prefix = format!("theme {name}: ");
        let told = move |text: String| {
            let text = text.strip_prefix(&prefix).map_or(text.clone(), str::to_owned);
            (name.clone(), text)
        };
        warnings.into_iter().map(told).collect::<Vec<_>>()
    };
    own.flat_map(of).collect()
}

/// The light of a colour as most terminals show it; colours without a light of their own stay as they are.
pub fn rgb(colour: Color) -> Color {
    colour::rgb(colour)
}

/// A background that may be absent.
trait BackgroundOption {
    fn bg_opt(self, bg: Option<Color>) -> Self;
}

impl BackgroundOption for Style {
    fn bg_opt(mut self, bg: Option<Color>) -> Self {
        self.bg = bg;
        self
    }
}

#[cfg(test)]
mod tests;
