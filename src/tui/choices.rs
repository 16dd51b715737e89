//! What the player chose for the screen, remembered from one jam to the next.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::arrangement::Arrangement;
use crate::jam::session::store;

/// The file in the state folder.
const FILE: &str = "screen.toml";

/// Theme, panes, and the lines of the console.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// Name of the theme; empty for the default.
    pub theme: String,
    /// Lines evaluated in the console, oldest first.
    pub console: Vec<String>,
    /// Which panes are shown.
    pub panes: Arrangement,
}

impl Choices {
    /// What is remembered in `folder`. Where nothing can be read nothing is remembered: it is a habit, no work.
    pub fn load(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join(FILE)).unwrap_or_default();
        toml::from_str(&text).unwrap_or_default()
    }

    /// True where nothing was ever remembered in `folder`: the first start.
    pub fn is_first(folder: &Path) -> bool {
        !folder.join(FILE).exists()
    }

    /// Remembers it in `folder`.
    pub fn keep(&self, folder: &Path) {
        let written = std::fs::create_dir_all(folder)
            .map_err(|error| error.to_string())
            .and_then(|()| toml::to_string(self).map_err(|error| error.to_string()))
            .and_then(|text| store::write(&folder.join(FILE), &text).map_err(|error| error.to_string()));
        if let Err(error) = written {
            tracing::warn!("the look of the screen is not remembered: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Choices;
    use crate::tui::arrangement::{Arrangement, Pane};

    #[test]
    fn it_is_the_same_the_next_time_and_nonsense_is_no_fault() {
        let folder = tempfile::tempdir().unwrap();
        let panes = Arrangement { side: Pane::Mixer, zoom: Some(Pane::Roll), ..Arrangement::default() };
        let choices = Choices { theme: "riso".into(), panes, console: vec!["tempo(90)".into()] };
        assert!(Choices::is_first(&folder.path().join("new")));
        choices.keep(&folder.path().join("new"));
        assert!(!Choices::is_first(&folder.path().join("new")));
        assert_eq!(Choices::load(&folder.path().join("new")), choices);
        std::fs::write(folder.path().join("screen.toml"), "theme = [").unwrap();
        assert_eq!(Choices::load(folder.path()), Choices::default());
    }
}
