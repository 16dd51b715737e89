//! Choosing from a list by typing a few letters of what is meant: commands, sessions, themes.

use std::path::PathBuf;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::command::Group;
use super::editor::Edit;
use super::keymap::Keymap;
use super::{find, setting};
use crate::jam::Intent;

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
    /// MIDI ports, to open and close.
    Ports,
    /// What can be done with the selected place.
    Here,
    /// What can be done with the selected track.
    Track,
}

/// What a line stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// The command with this index in the keymap.
    Command(usize),
    /// Something with a value in it, typed by the player.
    Set(Intent),
    /// The same for the notes that are edited.
    Notes(Edit),
    /// Either, with a value that was brought into its range, and words about that.
    Held(Box<Choice>, String),
    /// A setting without a value: its name, and what it takes.
    Ask(String, String),
    /// A theme as it was typed.
    NamedTheme(String),
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

impl Picker {
    /// A list of `items`.
    pub fn new(list: List, items: Vec<Item>) -> Self {
        let mut picker = Self { list, text: String::new(), items, shown: Vec::new(), typed: None, at: 0 };
        picker.search();
        picker
    }

    /// All commands of `keymap`.
    pub fn commands(keymap: &Keymap) -> Self {
        let settings = setting::items();
        Self::new(List::Commands, Self::items(keymap).into_iter().chain(settings).collect())
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
            // What a line begins with is not said twice.
            let about = command.help.split_once(": ").filter(|(topic, _)| command.name.starts_with(topic));
            let about = about.map_or(command.help.as_str(), |(_, about)| about);
            let label = format!("{}: {about}", command.name);
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
            List::Commands => setting::typed(&self.text),
            List::Scripts => super::code::list::typed(&self.text),
            List::Sessions | List::Themes | List::Ports | List::Here | List::Track => None,
        };
        if matches!(self.list, List::Commands | List::Here | List::Track) {
            self.shown = self.named();
            return;
        }
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

    /// The commands and settings that answer to the text. What is done is what was typed: letters strewn over a line do
    /// not find it.
    fn named(&self) -> Vec<usize> {
        let text = self.text.trim();
        // A value that is none must not find a line that has its letters somewhere: `tempo d` is no `slower`.
        let refused = setting::is_refused(text);
        let found = self.items.iter().enumerate().filter_map(|(index, item)| {
            if refused && !item.label.replace('-', " ").starts_with(text) {
                return None;
            }
            let rank = find::rank(text, &item.label)?;
            // Whoever types a name that wants a value is asked for it, unless the command means something whole.
            let asks = matches!(&item.choice, Choice::Ask(name, _) if NUDGES.contains(&name.as_str()));
            Some((rank, !(asks && text.len() > 1), index))
        });
        let mut found: Vec<(u8, bool, usize)> = found.collect();
        found.sort_unstable();
        found.into_iter().map(|(.., index)| index).collect()
    }

    /// Other lines; what was typed stays.
    pub fn fill(&mut self, items: Vec<Item>) {
        self.items = items;
        self.search();
    }

    /// Types a setting's name, so that its value comes next.
    pub fn ask(&mut self, name: &str) {
        self.text = format!("{name} ");
        self.search();
    }
}

/// Settings that a command of the same name moves by a step only.
const NUDGES: [&str; 2] = ["swing", "sound"];

#[cfg(test)]
mod tests {
    use super::{Choice, Item, List, Picker};
    use crate::jam::Intent;
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
    fn what_is_typed_is_what_is_done() {
        let first = |text: &str| typed(text).chosen().map(|item| item.label.clone()).unwrap_or_default();
        for name in ["save", "quit", "level", "tempo", "swing", "render", "chain", "scene", "sample", "theme"]
        {
            let label = first(name);
            let found = label.split(": ").next().unwrap_or_default().trim_end_matches(" \u{2026}");
            assert_eq!(found, name, "{label}");
        }
        assert!(first("export").starts_with("save:"), "{}", first("export"));
        assert!(first("sli").starts_with("slider"), "{}", first("sli"));
        for nothing in [
            "foo",
            "import",
            "quit now",
            "tempo abc",
            "zzqqx",
            "tempo d",
            "length a",
            "bank x",
            "channel x",
            "program x",
            "level t",
            "pan e",
            "sound x",
            "scene 99",
            "track 0",
            "length -3",
        ] {
            assert_eq!(typed(nothing).chosen(), None, "{nothing}");
        }
        assert!(first("chain shorter").starts_with("chain-shorter"), "{}", first("chain shorter"));
    }

    #[test]
    fn every_command_is_done_by_its_name() {
        let keymap = Keymap::default();
        for (index, command) in keymap.commands().iter().enumerate() {
            // Settings that ask for their value stand where a command of the name only nudges.
            let chosen = typed(&command.name).chosen().map(|item| item.choice.clone());
            let asks = matches!(&chosen, Some(Choice::Ask(name, _)) if *name == command.name);
            assert!(asks || chosen == Some(Choice::Command(index)), "{}: {chosen:?}", command.name);
        }
    }

    #[test]
    fn a_setting_is_listed_asks_for_its_value_and_no_line_says_its_topic_twice() {
        let mut picker = typed("tempo");
        let asks = |picker: &Picker| picker.chosen().map(|item| item.choice.clone());
        assert_eq!(asks(&picker), Some(Choice::Ask("tempo".into(), "20 to 300 BPM".into())));
        picker.ask("tempo");
        assert_eq!((picker.text.as_str(), asks(&picker).is_some()), ("tempo ", true));
        "128".chars().for_each(|letter| picker.put(letter));
        assert_eq!(asks(&picker), Some(Choice::Set(Intent::Tempo(128.0))));
        assert!(matches!(asks(&typed("swing")), Some(Choice::Ask(..))), "a nudge is not what was typed");
        assert!(matches!(asks(&typed("chain")), Some(Choice::Command(_))));
        for item in typed("").lines().0 {
            let (name, about) = item.label.split_once(": ").unwrap();
            assert!(!about.starts_with(&format!("{name}:")), "{}", item.label);
        }
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
