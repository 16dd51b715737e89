//! Which panes are on the screen: chosen by the player, remembered between jams.

use serde::{Deserialize, Serialize};

/// A part of the screen that can be shown, zoomed or left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pane {
    /// What sounds, in time.
    Roll,
    /// The places with their patterns.
    Bank,
    /// The selected pattern and the last messages.
    #[default]
    Detail,
    /// Level, mute and solo of every track.
    Mixer,
    /// Four patterns and what lies between them.
    Palette,
    /// A row that is played point after point.
    Chain,
    /// What the pattern has more or less of.
    Sliders,
    /// MIDI ports, and tracks on gear outside.
    Midi,
    /// Clock and load of the machine.
    Machine,
    /// Everything that was said.
    Log,
    /// A script being written.
    Code,
}

impl Pane {
    /// All panes.
    pub const ALL: [Self; 11] = [
        Self::Roll,
        Self::Bank,
        Self::Detail,
        Self::Mixer,
        Self::Palette,
        Self::Chain,
        Self::Sliders,
        Self::Midi,
        Self::Machine,
        Self::Log,
        Self::Code,
    ];

    /// Its title, in a word.
    pub fn title(self) -> &'static str {
        match self {
            Self::Roll => "roll",
            Self::Bank => "bank",
            Self::Detail => "pattern",
            Self::Mixer => "mixer",
            Self::Palette => "palette",
            Self::Chain => "chain",
            Self::Sliders => "sliders",
            Self::Midi => "midi",
            Self::Machine => "machine",
            Self::Log => "log",
            Self::Code => "script",
        }
    }
}

/// The choice. On a wide screen `side` stands right of the bank; on a narrow one anything but [`Pane::Detail`] takes
/// the bank's place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Arrangement {
    /// What stands beside the bank.
    pub side: Pane,
    /// This pane takes the whole screen between header and status.
    pub zoom: Option<Pane>,
    /// The bank is left out: the roll takes its room.
    pub without_bank: bool,
    /// The bank and what stands beside it are swapped with the roll.
    pub swapped: bool,
    /// The roll shows every track that plays, not the selected one alone.
    pub all_tracks: bool,
}

impl Arrangement {
    /// Shows `pane` beside the bank, or what stands there by itself when it is there already.
    pub fn toggle_side(&mut self, pane: Pane) {
        self.side = if self.side == pane { Pane::Detail } else { pane };
        // Whoever asks for a pane wants to see it.
        if self.zoom.is_some_and(|zoomed| zoomed != pane) {
            self.zoom = None;
        }
    }

    /// As a jam begins with it: the pane of scripts hides the bank on most screens, and a jam without a script has nothing
    /// for it to show.
    pub fn to_begin_with(mut self) -> Self {
        if self.side == Pane::Code {
            self.side = Pane::Detail;
        }
        self.zoom = self.zoom.filter(|pane| *pane != Pane::Code);
        self
    }

    /// True where `pane` stands beside the bank, or in its place.
    pub fn shows(&self, pane: Pane) -> bool {
        self.zoom.map_or(self.side == pane, |zoomed| zoomed == pane)
    }

    /// Gives the whole screen to `pane`, or takes it back.
    pub fn toggle_zoom(&mut self, pane: Pane) {
        self.zoom = if self.zoom == Some(pane) { None } else { Some(pane) };
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrangement, Pane};

    #[test]
    fn a_pane_comes_and_goes_by_the_same_key() {
        let mut panes = Arrangement::default();
        panes.toggle_zoom(Pane::Roll);
        panes.toggle_side(Pane::Mixer);
        assert_eq!((panes.side, panes.zoom), (Pane::Mixer, None));
        panes.toggle_side(Pane::Mixer);
        assert_eq!(panes.side, Pane::Detail);
    }

    #[test]
    fn a_jam_begins_without_the_pane_of_scripts_and_with_any_other() {
        let of = |side, zoom| Arrangement { side, zoom, all_tracks: true, ..Arrangement::default() };
        let begun = of(Pane::Code, Some(Pane::Code)).to_begin_with();
        assert_eq!(begun, of(Pane::Detail, None));
        assert_eq!(of(Pane::Mixer, Some(Pane::Roll)).to_begin_with(), of(Pane::Mixer, Some(Pane::Roll)));
    }

    #[test]
    fn it_is_written_and_read_back_and_old_files_are_taken() {
        let panes = Arrangement { side: Pane::Log, zoom: Some(Pane::Roll), ..Arrangement::default() };
        let text = toml::to_string(&panes).unwrap();
        assert_eq!(toml::from_str::<Arrangement>(&text).unwrap(), panes);
        assert_eq!(toml::from_str::<Arrangement>("").unwrap(), Arrangement::default());
    }
}
