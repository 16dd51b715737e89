//! Choosing from a list by typing a few letters of what is meant: commands, sessions, themes.

use std::path::PathBuf;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::command::Group;
use super::editor::Edit;
use super::keymap::Keymap;
use crate::jam::gear::{Change, parse_bank, parse_key};
use crate::jam::scene::Line;
use crate::jam::wiring::Wiring;
use crate::jam::{Intent, Output, limits};
use crate::latent::attributes::Attribute;

/// What the list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Everything that can be done.
    Commands,
    /// Sessions opened or saved last.
    Sessions,
    /// Themes; the one under the cursor is shown at once.
    Themes,
    /// Scripts to open.
    Scripts,
    /// What can be done with the selected place.
    Here,
    /// What can be done with the selected track.
    Track,
    /// MIDI ports, to open and close.
    Ports,
}

/// What a line stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// The command with this index in the keymap.
    Command(usize),
    /// Something with a number in it, typed by the player.
    Set(Intent),
    /// The same for the notes that are edited.
    Notes(Edit),
    /// A session.
    Session(PathBuf),
    /// A theme by name.
    Theme(String),
    /// A script, which need not be there yet.
    Script(PathBuf),
    /// A script that comes with the program.
    Example(&'static str),
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What is matched and shown.
    pub label: String,
    /// What stands at the right: keys, a date.
    pub note: String,
    /// What it stands for.
    pub choice: Choice,
}

/// An open list.
#[derive(Debug, Clone, PartialEq)]
pub struct Picker {
    /// What the list is of.
    pub list: List,
    /// What was typed.
    pub text: String,
    items: Vec<Item>,
    /// Indices of the items that match, the best first.
    shown: Vec<usize>,
    /// What a number typed behind a setting's name would set.
    typed: Option<Item>,
    at: usize,
}

/// A setting that takes a number: its name, an example, what it sets.
type Setting = (&'static str, &'static str, fn(f64) -> Intent);

/// Settings that are typed with their value: `tempo 128`.
const SETTINGS: &[Setting] = &[
    ("tempo", "20 to 300", Intent::Tempo),
    ("swing", "50 to 75", |x| Intent::Swing((x / if x > 1.0 { 100.0 } else { 1.0 }) as f32)),
    ("temperature", "0.05 to 2", |x| Intent::Temperature(x as f32)),
    ("level", "-60 to 6 dB", |x| Intent::Level { track: None, db: x as f32 }),
    ("pan", "-100 left to 100 right", |x| Intent::Pan { track: None, pan: (x / 100.0) as f32 }),
    ("length", "1 to 256 steps; 0: the pattern's own", |x| Intent::Steps {
        track: None,
        steps: x.clamp(0.0, 256.0) as u32,
    }),
    ("channel", "MIDI channel, 1 to 16; 0: the track's own", |x| {
        gear(Change::Channel(x.clamp(0.0, 16.0) as u8))
    }),
    ("program", "MIDI program outside, 1 to 128; 0: the sound's", |x| {
        gear(Change::Program(x.clamp(0.0, 128.0) as u8))
    }),
    ("chain", "loops of each point, 1 to 8", |x| Intent::ChainRounds(x.clamp(0.0, 99.0) as u8)),
    ("sound", "1 to 128", |x| Intent::Program((x - 1.0).clamp(0.0, 127.0) as u8)),
    ("count-in", "0 to 2 bars", |x| Intent::CountIn(x.clamp(0.0, 9.0) as u8)),
    ("scene", "1 to 8", |x| Intent::Scene(Line::Column(Some((x - 1.0).clamp(0.0, 7.0) as u8)))),
    ("midi-offset", "-500 to 500 ms", |x| Intent::Wire(Wiring::Offset(x))),
    ("midi-output", "1 to 8", |x| Intent::Wire(Wiring::Choose((x - 1.0).clamp(0.0, 100.0) as usize))),
    ("track", "1 to 8", |x| Intent::SelectTrack((x - 1.0).clamp(0.0, 100.0) as usize)),
];

/// Commands for the selected place, in the order of their menu.
const HERE: &[&str] = &[
    "launch",
    "fill",
    "sample",
    "vary",
    "vary-aside",
    "interpolate",
    "copy",
    "paste",
    "clear",
    "edit",
    "record",
    "chain",
    "sample-row",
    "scene",
    "scene-row",
    "model",
    "palette-fill",
    "corner-1",
    "corner-2",
    "corner-3",
    "corner-4",
    "learn-launch",
];

/// A setting of the notes that are edited: its name, an example, what it does to them.
type OfNotes = (&'static str, &'static str, fn(f64) -> Edit);

/// Those that are typed with their value: `chance 40`.
const OF_NOTES: &[OfNotes] =
    &[
        ("chance", "5 to 100 % of the rounds, of the notes being edited", |x| {
            Edit::Chance(x.round().clamp(0.0, 100.0) as u8)
        }),
        ("velocity", "1 to 127, of the notes being edited", |x| {
            Edit::Velocity(x.round().clamp(1.0, 127.0) as u8)
        }),
    ];

/// A change of the selected track's gear.
fn gear(change: Change) -> Intent {
    Intent::Gear { track: None, change }
}

impl Picker {
    /// A list of `items`.
    pub fn new(list: List, items: Vec<Item>) -> Self {
        let mut picker = Self { list, text: String::new(), items, shown: Vec::new(), typed: None, at: 0 };
        picker.search();
        picker
    }

    /// All commands of `keymap`.
    pub fn commands(keymap: &Keymap) -> Self {
        Self::new(List::Commands, Self::items(keymap))
    }

    /// What can be done with the selected place, the most needed first.
    pub fn here(keymap: &Keymap) -> Self {
        let named = |name: &&str| keymap.commands().iter().position(|command| command.name == **name);
        let wanted: Vec<Choice> = HERE.iter().filter_map(named).map(Choice::Command).collect();
        let items = Self::items(keymap);
        let find = |wanted: &Choice| items.iter().find(|item| item.choice == *wanted).cloned();
        Self::new(List::Here, wanted.iter().filter_map(find).collect())
    }

    /// What can be done with the selected track.
    pub fn track(keymap: &Keymap) -> Self {
        let of_track = |item: &Item| match item.choice {
            Choice::Command(index) => keymap.commands().get(index).is_some_and(|c| c.group == Group::Tracks),
            _ => false,
        };
        Self::new(List::Track, Self::items(keymap).into_iter().filter(of_track).collect())
    }

    fn items(keymap: &Keymap) -> Vec<Item> {
        let item = |(index, command): (usize, &super::command::Command)| {
            let keys = command.keys.iter().filter_map(|keys| super::chord::Chord::sequence(keys));
            let note = keys.take(2).map(|keys| keymap.spell(&keys)).collect::<Vec<_>>().join("  ");
            let label = format!("{}: {}", command.name, command.help);
            Item { label, note, choice: Choice::Command(index) }
        };
        keymap.commands().iter().enumerate().map(item).collect()
    }

    /// The lines that match, the best first, and the number of the chosen one.
    pub fn lines(&self) -> (Vec<&Item>, usize) {
        let found = self.shown.iter().filter_map(|index| self.items.get(*index));
        (self.typed.iter().chain(found).collect(), self.at)
    }

    /// The chosen line.
    pub fn chosen(&self) -> Option<&Item> {
        let (lines, at) = self.lines();
        lines.get(at).copied()
    }

    /// Goes `by` lines down, around the ends.
    pub fn go(&mut self, by: isize) {
        let count = self.lines().0.len() as isize;
        if count > 0 {
            self.at = (self.at as isize + by).rem_euclid(count) as usize;
        }
    }

    /// Chooses line `at`, where it is there.
    pub fn choose(&mut self, at: usize) {
        if at < self.lines().0.len() {
            self.at = at;
        }
    }

    /// Chooses the line whose label is `label`, where it is there.
    pub fn go_to(&mut self, label: &str) {
        if let Some(at) = self.lines().0.iter().position(|item| item.label == label) {
            self.at = at;
        }
    }

    /// Other lines; what was typed stays.
    pub fn fill(&mut self, items: Vec<Item>) {
        self.items = items;
        self.search();
    }

    /// Types a letter.
    pub fn put(&mut self, letter: char) {
        self.text.push(letter);
        self.search();
    }

    /// Takes the last letter back; false where there is none.
    pub fn erase(&mut self) -> bool {
        let some = self.text.pop().is_some();
        self.search();
        some
    }

    fn search(&mut self) {
        self.at = 0;
        self.typed = match self.list {
            List::Commands => typed(&self.text),
            List::Scripts => super::code::list::typed(&self.text),
            List::Sessions | List::Themes | List::Ports | List::Here | List::Track => None,
        };
        let pattern = Pattern::parse(&self.text, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut found: Vec<(u32, usize)> = self
            .items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| {
                let score = pattern.score(Utf32Str::new(&item.label, &mut buffer), &mut matcher)?;
                Some((score, index))
            })
            .collect();
        // Of equal ones the earlier: the table has the most used ones first.
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        self.shown = found.into_iter().map(|(_, index)| index).collect();
    }
}

/// A setting that takes words: what it is called, what stands at the right, what it sets; nothing where the words say
/// nothing.
type Naming = (&'static str, &'static str, fn(&str) -> Option<Intent>);

/// Settings that are typed with a name: `midi-out volca`.
const NAMINGS: &[Naming] = &[
    ("midi-out", "a port's name, or a part of it", |name| {
        Some(Intent::Wire(Wiring::Output(name.to_owned())))
    }),
    ("midi-in", "a port's name, or a part of it", |name| Some(Intent::Wire(Wiring::Input(name.to_owned())))),
    ("midi-leader", "whose clock can be followed", |name| {
        Some(Intent::Wire(Wiring::Leader(name.to_owned())))
    }),
    ("output", "all, built-in, or a MIDI output's name", |name| {
        Some(Intent::Output { track: None, output: Output::parse(name) })
    }),
    ("bank", "0 to 16383, or 3/12; none", |text| match text {
        "none" | "off" | "own" => Some(gear(Change::Bank(None))),
        text => parse_bank(text).map(|bank| gear(Change::Bank(Some(bank)))),
    }),
    ("kit", "gm, pads, tr-8, volca-beats, or one of midi.toml", |name| {
        Some(gear(Change::Kit(name.to_owned())))
    }),
    ("kit-key", "a drum and the key it strikes: kick 48", |text| {
        parse_key(text).map(|(class, key)| gear(Change::Key { class, key }))
    }),
];

/// The setting that `text` names together with its value.
fn typed(text: &str) -> Option<Item> {
    let naming = text.trim().split_once([' ', '=']).and_then(|(verb, name)| {
        let (verb, note, set) = NAMINGS.iter().find(|(known, ..)| *known == verb)?;
        let name = Some(name.trim()).filter(|name| !name.is_empty())?;
        let (label, choice) = (format!("{verb} {name}"), Choice::Set(set(name)?));
        Some(Item { label, note: (*note).to_owned(), choice })
    });
    naming.or_else(|| number(text))
}

/// The setting that `text` names together with a number.
fn number(text: &str) -> Option<Item> {
    let (name, value) = text.trim().rsplit_once([' ', '='])?;
    let value: f64 = value.trim().trim_end_matches('%').parse().ok().filter(|v: &f64| v.is_finite())?;
    let name = name.trim().trim_end_matches('=').trim();
    if let Some((name, range, set)) = OF_NOTES.iter().find(|(known, ..)| *known == name) {
        let (label, note) = (format!("{name} {value}"), (*range).to_owned());
        return Some(Item { label, note, choice: Choice::Notes(set(value)) });
    }
    let setting = SETTINGS.iter().find(|(known, ..)| !name.is_empty() && known.starts_with(name));
    let Some((name, range, set)) = setting else {
        let attribute = Attribute::find(name).ok()?;
        return Some(Item {
            label: format!("{attribute} {value:+}"),
            note: "-2 to 2".to_owned(),
            choice: Choice::Set(Intent::Slide { attribute, to: value as f32 }),
        });
    };
    let value = if *name == "tempo" { limits::on_grid(value, &limits::BPM, 0.1) } else { value };
    Some(Item {
        label: format!("{name} {value}"),
        note: (*range).to_owned(),
        choice: Choice::Set(set(value)),
    })
}

#[cfg(test)]
mod tests {
    use super::{Choice, Item, List, Picker};
    use crate::jam::Intent;
    use crate::jam::gear::Change;
    use crate::jam::wiring::Wiring;
    use crate::latent::attributes::Attribute;
    use crate::tui::editor::Edit;
    use crate::tui::keymap::Keymap;

    fn typed(text: &str) -> Picker {
        let mut picker = Picker::commands(&Keymap::default());
        text.chars().for_each(|letter| picker.put(letter));
        picker
    }

    #[test]
    fn a_few_letters_find_a_command_and_nonsense_finds_none() {
        let first = |text: &str| typed(text).chosen().map(|item| item.label.clone()).unwrap_or_default();
        assert!(first("interp").starts_with("interpolate"), "{}", first("interp"));
        assert!(first("mutkick").starts_with("mute-kick"), "{}", first("mutkick"));
        assert!(first("").starts_with("play"), "{}", first(""));
        assert_eq!(typed("zzqqx").chosen(), None);
    }

    #[test]
    fn settings_take_their_value() {
        let choice = |text: &str| typed(text).chosen().map(|item| item.choice.clone());
        assert_eq!(choice("tempo 128"), Some(Choice::Set(Intent::Tempo(128.0))));
        assert_eq!(choice("tem=9999"), Some(Choice::Set(Intent::Tempo(300.0))));
        assert_eq!(choice("swing 62%"), Some(Choice::Set(Intent::Swing(0.62))));
        assert_eq!(choice("midi-offset -8"), Some(Choice::Set(Intent::Wire(Wiring::Offset(-8.0)))));
        let volca = Wiring::Output("volca beats".into());
        assert_eq!(choice("midi-out volca beats"), Some(Choice::Set(Intent::Wire(volca))));
        let gear = |change| Some(Choice::Set(Intent::Gear { track: None, change }));
        assert_eq!(choice("bank 3/12"), gear(Change::Bank(Some(396))));
        assert_eq!(choice("bank none"), gear(Change::Bank(None)));
        assert_eq!(choice("program 12"), gear(Change::Program(12)));
        assert_eq!(choice("kit pads"), gear(Change::Kit("pads".into())));
        assert_eq!(choice("kit-key open hat 61"), gear(Change::Key { class: 3, key: 61 }));
        assert!(!matches!(choice("kit-key cowbell 61"), Some(Choice::Set(_))));
        let slide = Intent::Slide { attribute: Attribute::HatDensity, to: -0.5 };
        assert_eq!(choice("hat density -0.5"), Some(Choice::Set(slide)));
        assert_eq!(choice("chance 40%"), Some(Choice::Notes(Edit::Chance(40))));
        assert_eq!(choice("velocity 999"), Some(Choice::Notes(Edit::Velocity(127))));
        assert_eq!(choice("temperature 1.1"), Some(Choice::Set(Intent::Temperature(1.1))));
    }

    #[test]
    fn menus_hold_what_is_about_a_place_or_a_track() {
        let keymap = Keymap::default();
        let here = Picker::here(&keymap);
        assert_eq!(here.lines().0.len(), super::HERE.len(), "a command of the menu is gone");
        assert!(here.chosen().is_some_and(|item| item.label.starts_with("launch")));
        let track = Picker::track(&keymap);
        assert!(track.lines().0.iter().any(|item| item.label.starts_with("freeze")));
        assert!(track.lines().0.iter().all(|item| !item.label.starts_with("sample")));
    }

    #[test]
    fn the_cursor_goes_around_the_ends_and_typing_puts_it_back_to_the_top() {
        let item = |label: &str| Item {
            label: label.to_owned(),
            note: String::new(),
            choice: Choice::Theme(label.to_owned()),
        };
        let mut picker = Picker::new(List::Themes, ["dark", "light", "ember"].map(item).to_vec());
        picker.go(-1);
        assert_eq!(picker.chosen().map(|item| item.label.as_str()), Some("ember"));
        picker.put('l');
        assert_eq!(picker.chosen().map(|item| item.label.as_str()), Some("light"));
        assert!(picker.erase() && !picker.erase());
        picker.go_to("ember");
        assert_eq!(picker.chosen().map(|item| item.label.as_str()), Some("ember"));
    }
}
