//! MIDI learn: which knob, pad or key of a controller does what in the jam.

use serde::{Deserialize, Serialize};

use super::intent::Intent;
use super::limits;
use super::slot::SlotId;
use crate::latent::attributes::Attribute;

/// Something on a controller that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Knob {
    /// A controller number on a channel (0..16).
    Control {
        /// Channel.
        channel: u8,
        /// Controller, 0..=127.
        number: u8,
    },
    /// A key or pad on a channel (0..16).
    Key {
        /// Channel.
        channel: u8,
        /// Key, 0..=127.
        key: u8,
    },
}

/// What it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Tempo, over 60 to 187 quarters a minute.
    Tempo,
    /// Sampling temperature, over its range.
    Temperature,
    /// Swing, over its range.
    Swing,
    /// Level of a track, counted from 0.
    Level(u8),
    /// Mute of a track, counted from 0.
    MuteTrack(u8),
    /// Mute of a drum class, 0 (kick) to 8 (ride).
    MuteClass(u8),
    /// Launch of a place, counted in reading order.
    Launch(u8),
    /// Play and stop.
    Play,
    /// A new sample into the selected place.
    Sample,
    /// The palette's dot from left to right.
    PaletteX,
    /// The palette's dot from top to bottom; a knob turned up moves it up.
    PaletteY,
    /// Any command of the table, by its name: what its key would do.
    Command(String),
    /// The slider of an attribute, over its range.
    Slider(Attribute),
}

impl Target {
    /// In words: `the tempo`.
    pub fn words(&self) -> String {
        match self {
            Self::Tempo => "the tempo".into(),
            Self::Temperature => "the temperature".into(),
            Self::Swing => "the swing".into(),
            Self::Level(track) => format!("the level of track {}", track + 1),
            Self::MuteTrack(track) => format!("the mute of track {}", track + 1),
            Self::MuteClass(class) => {
                format!("the mute of the {}", super::kit::name(*class).unwrap_or("drum"))
            }
            Self::Launch(place) => match SlotId::all().nth(usize::from(*place)) {
                Some(place) => format!("the launch of {place}"),
                None => "a launch".into(),
            },
            Self::Play => "play and stop".into(),
            Self::Sample => "a new sample".into(),
            Self::PaletteX => "the palette from left to right".into(),
            Self::PaletteY => "the palette up and down".into(),
            Self::Command(name) => format!("the command {name}"),
            Self::Slider(attribute) => format!("the slider of {attribute}"),
        }
    }

    /// What a knob at `value` (0..=127) asks of the jam, whose palette's dot is at `dot`. What is switched is switched on
    /// the way up only. Commands are not the jam's: the table of commands knows them.
    pub fn intent(&self, value: u8, dot: (f64, f64)) -> Option<Intent> {
        let turned = f64::from(value.min(127)) / 127.0;
        let share = f32::from(value.min(127)) / 127.0;
        let within = |low: f32, high: f32| low + (high - low) * share;
        let pressed = value >= 64;
        Some(match *self {
            Self::Tempo => Intent::Tempo(60.0 + f64::from(value.min(127))),
            Self::Temperature => {
                Intent::Temperature(within(*limits::TEMPERATURE.start(), *limits::TEMPERATURE.end()))
            }
            Self::Swing => Intent::Swing(within(*limits::SWING.start(), *limits::SWING.end())),
            Self::Level(track) => Intent::Level {
                track: Some(usize::from(track)),
                db: within(*limits::LEVEL.start(), *limits::LEVEL.end()),
            },
            Self::Slider(attribute) => {
                Intent::Slide { attribute, to: within(*limits::SLIDER.start(), *limits::SLIDER.end()) }
            }
            Self::MuteTrack(track) if pressed => Intent::ToggleTrack(Some(usize::from(track))),
            Self::MuteClass(class) if pressed => Intent::ToggleClass(class),
            Self::Launch(place) if pressed => Intent::Launch(SlotId::all().nth(usize::from(place))),
            Self::Play if pressed => Intent::TogglePlay,
            Self::Sample if pressed => Intent::Sample(None),
            Self::PaletteX => Intent::PaletteTo { x: turned, y: dot.1 },
            Self::PaletteY => Intent::PaletteTo { x: dot.0, y: 1.0 - turned },
            _ => return None,
        })
    }
}

/// One thing learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    /// What moves.
    pub knob: Knob,
    /// What it does.
    pub target: Target,
}

/// Everything learned; a knob does one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Map {
    /// In the order of learning.
    #[serde(default)]
    pub learned: Vec<Learned>,
}

impl Map {
    /// What `knob` does.
    pub fn get(&self, knob: Knob) -> Option<&Target> {
        self.learned.iter().find(|learned| learned.knob == knob).map(|learned| &learned.target)
    }

    /// From now on `knob` does `target`, and nothing else; other knobs may do it too.
    pub fn learn(&mut self, knob: Knob, target: Target) {
        self.learned.retain(|learned| learned.knob != knob);
        self.learned.push(Learned { knob, target });
    }

    /// No knob does `target` any more; true where one did.
    pub fn forget(&mut self, target: &Target) -> bool {
        let before = self.learned.len();
        self.learned.retain(|learned| learned.target != *target);
        self.learned.len() < before
    }
}
