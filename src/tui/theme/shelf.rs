//! The themes there are: those compiled in, and the player's own files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{NAMES, source};
use crate::tui::config;

/// Themes by name. The player's own stand in `themes/NAME.toml` beside the configuration; one that has the name of a
/// built-in theme takes its place, and may still inherit from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelf {
    own: BTreeMap<String, String>,
}

/// Where the player's themes are looked for; `None` where there is no home folder.
pub fn folder() -> Option<PathBuf> {
    Some(config::path()?.parent()?.join("themes"))
}

impl Shelf {
    /// The themes of `folder` beside the built-in ones. What cannot be read is not there.
    pub fn read(folder: &Path) -> Self {
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let own = files
            .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
            .filter_map(|path| {
                let name = path.file_stem()?.to_str()?.to_owned();
                Some((name, std::fs::read_to_string(&path).ok()?))
            })
            .collect();
        Self { own }
    }

    /// The themes of the player's own folder beside the built-in ones.
    pub fn of_the_player() -> Self {
        folder().map_or_else(Self::default, |folder| Self::read(&folder))
    }

    /// All names: the built-in ones, then the player's own.
    pub fn names(&self) -> Vec<String> {
        let built_in = NAMES.iter().map(|name| (*name).to_owned());
        built_in.chain(self.own.keys().filter(|name| !NAMES.contains(&name.as_str())).cloned()).collect()
    }

    /// True where `name` is a file of the player's.
    pub fn is_own(&self, name: &str) -> bool {
        self.own.contains_key(name)
    }

    /// The text of the theme called `name`, and whether it is the player's own. Where it stands among `seen` already, which are the themes that inherit
    /// from it, the built-in one is meant.
    pub(super) fn text(&self, name: &str, seen: &[String]) -> Option<(&str, bool)> {
        let own = self.own.get(name).filter(|_| seen.iter().all(|other| other != name));
        own.map(|text| (text.as_str(), true)).or_else(|| source(name).map(|text| (text, false)))
    }
}

#[cfg(test)]
mod tests {
    use super::Shelf;
    use crate::tui::theme::{Depth, Theme};
    use ratatui::style::{Color, Modifier};

    fn shelf(files: &[(&str, &str)]) -> Shelf {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Shelf::read(folder.path())
    }

    #[test]
    fn a_file_of_the_players_own_is_a_theme_and_inherits_what_it_does_not_say() {
        let shelf = shelf(&[
            (
                "night.toml",
                "inherits = \"dark\"\n[palette]\namber = \"#00ff00\"\n[scopes]\nui.key = \"amber\"\n",
            ),
            ("notes.txt", "no theme"),
        ]);
        assert_eq!(shelf.names().last().map(String::as_str), Some("night"));
        let theme = Theme::of(&shelf, Some("night"), Depth::True);
        assert_eq!((theme.name(), theme.warnings()), ("night", &[] as &[String]));
        assert_eq!(theme.style("ui.key").fg, Some(Color::Rgb(0, 255, 0)));
        assert_eq!(
            theme.style("header.name").fg,
            Some(Color::Rgb(0, 255, 0)),
            "the palette reaches what is inherited"
        );
        assert_eq!(theme.style("status.error").fg, Theme::load(None, Depth::True).style("status.error").fg);
    }

    #[test]
    fn what_is_wrong_is_told_with_the_near_name_and_the_rest_holds() {
        let text = "inherit = \"light\"\n[palette]\nink = \"#12345\"\n[scopes]\n\"ui.bordr\" = { fg = \"red\" }\n\
                    \"ui.key\" = { fg = \"ambre\", add = [\"bolt\"] }\n\"ui.title\" = { fgg = \"red\", add = [\"italic\"] }\n";
        let theme = Theme::of(&shelf(&[("mine.toml", text)]), Some("mine"), Depth::True);
        let told = theme.warnings().join("\n");
        for part in [
            "inherits",
            "ui.border",
            "ambre",
            "did you mean amber",
            "bolt",
            "did you mean bold",
            "\"fgg\"",
            "ink",
        ] {
            assert!(told.contains(part), "{part} is not in\n{told}");
        }
        assert!(theme.style("ui.title").add_modifier.contains(Modifier::ITALIC));
    }

    #[test]
    fn the_faults_of_all_own_themes_are_told_with_their_names() {
        let shelf = shelf(&[("good.toml", "inherits = \"light\""), ("bad.toml", "ascii = 3")]);
        let faults = super::super::faults(&shelf);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].0 == "bad" && faults[0].1.starts_with("ascii = 3"), "{faults:?}");
    }

    #[test]
    fn a_broken_file_looks_like_the_default_and_says_its_line() {
        let theme = Theme::of(&shelf(&[("mine.toml", "[scopes]\n\"ui\" = {\n")]), Some("mine"), Depth::True);
        assert!(theme.warnings()[0].contains("line "), "{:?}", theme.warnings());
        assert_eq!(theme.style("ui"), Theme::load(None, Depth::True).style("ui"));
    }

    #[test]
    fn a_file_may_replace_a_built_in_theme_and_build_on_it_but_not_in_a_circle() {
        let own = "inherits = \"light\"\n[scopes]\n\"ui.key\" = \"#010203\"\n";
        let both =
            shelf(&[("light.toml", own), ("a.toml", "inherits = \"b\""), ("b.toml", "inherits = \"a\"")]);
        let theme = Theme::of(&both, Some("light"), Depth::True);
        assert_eq!(theme.style("ui.key").fg, Some(Color::Rgb(1, 2, 3)));
        assert_eq!(theme.style("ui"), Theme::load(Some("light"), Depth::True).style("ui"));
        let circle = Theme::of(&both, Some("a"), Depth::True);
        assert!(circle.warnings()[0].contains("circle"), "{:?}", circle.warnings());
        assert_eq!(circle.style("ui"), Theme::load(None, Depth::True).style("ui"));
    }

    #[test]
    fn an_unknown_name_is_told_with_the_near_one() {
        let theme = Theme::of(&shelf(&[("ember.toml", "")]), Some("embre"), Depth::True);
        assert!(theme.warnings()[0].contains("did you mean ember"), "{:?}", theme.warnings());
        assert_eq!(theme.name(), "dark");
    }
}
