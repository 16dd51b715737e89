//! What is set by typing its name and a value behind it: `tempo 128`, `midi-out volca`, `save evening`.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::editor::Edit;
use super::picker::{Choice, Item};
use crate::jam::gear::{Change, parse_bank, parse_key};
use crate::jam::scene::Line;
use crate::jam::wiring::Wiring;
use crate::jam::{Intent, Output, limits};
use crate::latent::attributes::Attribute;

/// A setting that takes a number.
struct Number {
    name: &'static str,
    range: RangeInclusive<f64>,
    /// The range in words, with its unit.
    takes: &'static str,
    set: Does,
}

/// What a number is for.
enum Does {
    Jam(fn(f64) -> Intent),
    /// The notes that are edited.
    Notes(fn(f64) -> Edit),
}

#[rustfmt::skip]
const NUMBERS: &[Number] = &[
    Number { name: "tempo", range: 20.0..=300.0, takes: "20 to 300 BPM", set: Does::Jam(|x| Intent::Tempo(limits::on_grid(x, &limits::BPM, 0.1))) },
    Number { name: "swing", range: 50.0..=75.0, takes: "50 (straight) to 75 %", set: Does::Jam(|x| Intent::Swing((x / 100.0) as f32)) },
    Number { name: "temperature", range: 0.05..=2.0, takes: "0.05 to 2", set: Does::Jam(|x| Intent::Temperature(x as f32)) },
    Number { name: "level", range: -60.0..=6.0, takes: "-60 to 6 dB, of the track", set: Does::Jam(|x| Intent::Level { track: None, db: x as f32 }) },
    Number { name: "pan", range: -100.0..=100.0, takes: "-100 (left) to 100 (right), of the track", set: Does::Jam(|x| Intent::Pan { track: None, pan: (x / 100.0) as f32 }) },
    Number { name: "length", range: 0.0..=256.0, takes: "1 to 256 steps of the track's loops; 0: the patterns' own", set: Does::Jam(|x| Intent::Steps { track: None, steps: x.round() as u32 }) },
    Number { name: "channel", range: 0.0..=16.0, takes: "MIDI channel 1 to 16; 0: the track's own", set: Does::Jam(|x| gear(Change::Channel(x.round() as u8))) },
    Number { name: "program", range: 0.0..=128.0, takes: "MIDI program outside, 1 to 128; 0: the sound's", set: Does::Jam(|x| gear(Change::Program(x.round() as u8))) },
    Number { name: "sound", range: 1.0..=128.0, takes: "General MIDI sound 1 to 128", set: Does::Jam(|x| Intent::Program((x.round() - 1.0) as u8)) },
    Number { name: "track", range: 1.0..=8.0, takes: "1 to 8", set: Does::Jam(|x| Intent::SelectTrack((x.round() - 1.0) as usize)) },
    Number { name: "chain", range: 1.0..=8.0, takes: "1 to 8 loops of each point", set: Does::Jam(|x| Intent::ChainRounds(x.round() as u8)) },
    Number { name: "count-in", range: 0.0..=2.0, takes: "0 to 2 bars", set: Does::Jam(|x| Intent::CountIn(x.round() as u8)) },
    Number { name: "scene", range: 1.0..=8.0, takes: "the column, 1 to 8", set: Does::Jam(|x| Intent::Scene(Line::Column(Some((x.round() - 1.0) as u8)))) },
    Number { name: "midi-offset", range: -500.0..=500.0, takes: "-500 to 500 ms", set: Does::Jam(|x| Intent::Wire(Wiring::Offset(x))) },
    Number { name: "midi-output", range: 1.0..=8.0, takes: "1 to 8", set: Does::Jam(|x| Intent::Wire(Wiring::Choose((x.round() - 1.0) as usize))) },
    Number { name: "chance", range: 5.0..=100.0, takes: "5 to 100 % of the rounds, of the notes being edited", set: Does::Notes(|x| Edit::Chance(x.round() as u8)) },
    Number { name: "velocity", range: 1.0..=127.0, takes: "1 to 127, of the notes being edited", set: Does::Notes(|x| Edit::Velocity(x.round() as u8)) },
];

/// Numbers that name a thing, and those of which 0 means something of its own: beyond their range nothing is meant.
const NAMES_OF_THINGS: [&str; 3] = ["track", "scene", "midi-output"];
const ZERO_IS_OWN: [&str; 3] = ["length", "channel", "program"];

/// A setting that takes a name: what it is called, what it takes, what it sets.
type Naming = (&'static str, &'static str, fn(String) -> Option<Choice>);

const NAMINGS: &[Naming] = &[
    ("save", "a name: the jam as NAME.toml", |name| set(Intent::SaveSessionAs(name))),
    ("save-session", "a name: the jam as NAME.toml", |name| set(Intent::SaveSessionAs(name))),
    ("open", "a session's file", |name| Some(Choice::Session(PathBuf::from(name)))),
    ("theme", "the name of a theme", |name| Some(Choice::NamedTheme(name))),
    ("midi-out", "a port's name, or a part of it", |name| set(Intent::Wire(Wiring::Output(name)))),
    ("midi-in", "a port's name, or a part of it", |name| set(Intent::Wire(Wiring::Input(name)))),
    ("midi-leader", "a port whose clock can be followed", |name| set(Intent::Wire(Wiring::Leader(name)))),
    ("output", "all, built-in, or a MIDI output's name", |name| {
        set(Intent::Output { track: None, output: Output::parse(&name) })
    }),
    ("bank", "0 to 16383, or 3/12; none", |text| match text.as_str() {
        "none" | "off" | "own" => set(gear(Change::Bank(None))),
        text => set(gear(Change::Bank(Some(parse_bank(text)?)))),
    }),
    ("kit", "gm, pads, tr-8, volca-beats, or one of midi.toml", |name| set(gear(Change::Kit(name)))),
    ("kit-key", "a drum and the key it strikes: kick 48", |text| {
        let (class, key) = parse_key(&text)?;
        set(gear(Change::Key { class, key }))
    }),
];

fn set(intent: Intent) -> Option<Choice> {
    Some(Choice::Set(intent))
}

/// A change of the selected track's gear.
fn gear(change: Change) -> Intent {
    Intent::Gear { track: None, change }
}

/// Every setting as a line of the list of commands: chosen without a value it says what it takes.
pub fn items() -> Vec<Item> {
    let numbers = NUMBERS.iter().map(|number| (number.name, number.takes));
    let namings = NAMINGS.iter().map(|(name, takes, _)| (*name, *takes));
    let item = |(name, takes): (&str, &str)| Item {
        label: format!("{name} \u{2026}: {takes}"),
        note: "set".to_owned(),
        choice: Choice::Ask(name.to_owned(), takes.to_owned()),
    };
    numbers.chain(namings).map(item).collect()
}

/// What stands before the value in `text`, and the value; `None` where there is none.
fn split(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.trim().split_once([' ', '='])?;
    let value = value.trim().trim_start_matches('=').trim();
    (!name.is_empty() && !value.is_empty()).then_some((name, value))
}

/// A number as people write it, with or without a unit behind it.
fn read(value: &str) -> Option<f64> {
    let bare = value.trim_end_matches(|letter: char| letter.is_alphabetic() || letter == '%').trim();
    bare.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The setting that `text` names together with its value.
pub fn typed(text: &str) -> Option<Item> {
    let named = split(text).and_then(|(verb, name)| {
        let (verb, takes, set) = NAMINGS.iter().find(|(known, ..)| *known == verb)?;
        let choice = set(name.to_owned())?;
        Some(Item { label: format!("{verb} {name}"), note: (*takes).to_owned(), choice })
    });
    named.or_else(|| number(text)).or_else(|| attribute(text))
}

fn number(text: &str) -> Option<Item> {
    let (name, value) = split(text)?;
    let value = read(value)?;
    // The whole name before one that only begins like it.
    let whole = NUMBERS.iter().find(|number| number.name == name);
    let number = whole.or_else(|| NUMBERS.iter().find(|number| number.name.starts_with(name)))?;
    // Shares are taken for percent where nothing else can be meant.
    let share = matches!(number.name, "swing" | "pan") && value != 0.0 && value.abs() < 1.0;
    let value = if share { value * 100.0 } else { value };
    let held = value.clamp(*number.range.start(), *number.range.end());
    let is_none = NAMES_OF_THINGS.contains(&number.name) || ZERO_IS_OWN.contains(&number.name) && value < 0.0;
    if held != value && is_none {
        return None;
    }
    let choice = match number.set {
        Does::Jam(set) => Choice::Set(set(held)),
        Does::Notes(set) => Choice::Notes(set(held)),
    };
    let choice = match held == value {
        true => choice,
        false => {
            Choice::Held(Box::new(choice), format!("{} takes {}: {held} it is", number.name, number.takes))
        }
    };
    Some(Item { label: format!("{} {held}", number.name), note: number.takes.to_owned(), choice })
}

/// An attribute's slider: its name may be of several words.
fn attribute(text: &str) -> Option<Item> {
    let (name, value) = text.trim().rsplit_once([' ', '='])?;
    let value = read(value)?;
    let attribute = Attribute::find(name.trim().trim_end_matches('=').trim()).ok()?;
    let range = f64::from(*limits::SLIDER.start())..=f64::from(*limits::SLIDER.end());
    let held = value.clamp(*range.start(), *range.end());
    let choice = Choice::Set(Intent::Slide { attribute, to: held as f32 });
    let takes = format!("{} to {}", range.start(), range.end());
    let choice = match held == value {
        true => choice,
        false => Choice::Held(Box::new(choice), format!("{attribute} takes {takes}: {held} it is")),
    };
    Some(Item { label: format!("{attribute} {held:+}"), note: takes, choice })
}

/// Whether `text` is a setting's name and a value that it does not take.
pub fn is_refused(text: &str) -> bool {
    let Some((name, _)) = split(text) else { return false };
    let mut settings = NUMBERS.iter().map(|number| number.name).chain(NAMINGS.iter().map(|(name, ..)| *name));
    settings.any(|known| known == name) && typed(text).is_none()
}

/// Why `text`, which nothing is called like, does nothing; `commands` are the names there are.
pub fn refusal<'a>(text: &str, commands: impl Iterator<Item = &'a str>) -> String {
    let text = text.trim();
    let (name, value) = split(text).unwrap_or((text, ""));
    let numbers = NUMBERS.iter().map(|number| (number.name, number.takes));
    let namings = NAMINGS.iter().map(|(name, takes, _)| (*name, *takes)).filter(|_| !value.is_empty());
    if let Some((_, takes)) = numbers.chain(namings).find(|(known, _)| *known == name) {
        return format!("{name} takes {takes}, and {value:?} is none of that");
    }
    let names: Vec<&str> = commands.collect();
    if !value.is_empty() && names.contains(&name) {
        return format!("{name} takes nothing behind it: {{commands}} and {name} alone does it");
    }
    let settings = NUMBERS.iter().map(|number| number.name).chain(NAMINGS.iter().map(|(name, ..)| *name));
    let near = crate::model::near(name, names.iter().copied().chain(settings));
    let alike = |near: &&String| near.chars().zip(name.chars()).take(2).all(|(a, b)| a == b);
    match near.first().filter(alike) {
        Some(near) => format!("Nothing is called {text}. Is {near} meant? {{commands}} shows everything"),
        None => format!("Nothing is called {text}. {{commands}} shows everything"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Choice, Edit, NUMBERS, items, number, refusal, typed};
    use crate::jam::wiring::Wiring;
    use crate::jam::{Intent, limits};
    use crate::latent::attributes::Attribute;

    fn choice(text: &str) -> Option<Choice> {
        typed(text).map(|item| item.choice)
    }

    #[test]
    fn settings_take_their_value_with_a_unit_or_without() {
        for text in ["tempo 128", "tempo=128", "tempo = 128", "tempo 128 bpm", "tem 128"] {
            assert_eq!(choice(text), Some(Choice::Set(Intent::Tempo(128.0))), "{text}");
        }
        for text in ["swing 62%", "swing 0.62", "swing 62"] {
            assert_eq!(choice(text), Some(Choice::Set(Intent::Swing(0.62))), "{text}");
        }
        assert_eq!(choice("temperature 1.1"), Some(Choice::Set(Intent::Temperature(1.1))));
        assert_eq!(choice("chance 40%"), Some(Choice::Notes(Edit::Chance(40))));
        assert_eq!(choice("midi-offset -8"), Some(Choice::Set(Intent::Wire(Wiring::Offset(-8.0)))));
        for text in ["pan -0.5", "pan -50"] {
            assert_eq!(choice(text), Some(Choice::Set(Intent::Pan { track: None, pan: -0.5 })), "{text}");
        }
        let slide = Intent::Slide { attribute: Attribute::HatDensity, to: -0.5 };
        assert_eq!(choice("hat density -0.5"), Some(Choice::Set(slide)));
    }

    #[test]
    fn a_name_is_taken_as_it_is_typed() {
        let volca = Wiring::Output("volca beats".into());
        assert_eq!(choice("midi-out volca beats"), Some(Choice::Set(Intent::Wire(volca))));
        assert_eq!(choice("save evening"), Some(Choice::Set(Intent::SaveSessionAs("evening".into()))));
        assert_eq!(choice("theme riso"), Some(Choice::NamedTheme("riso".into())));
        assert_eq!(choice("save"), None, "which is a command of its own");
        let gear = |change| Some(Choice::Set(Intent::Gear { track: None, change }));
        assert_eq!(choice("bank 3/12"), gear(Change::Bank(Some(396))));
        assert_eq!(choice("bank none"), gear(Change::Bank(None)));
        assert_eq!(choice("program 12"), gear(Change::Program(12)));
        assert_eq!(choice("kit pads"), gear(Change::Kit("pads".into())));
        assert_eq!(choice("kit-key open hat 61"), gear(Change::Key { class: 3, key: 61 }));
        assert_eq!(choice("kit-key cowbell 61"), None);
    }

    #[test]
    fn what_is_beyond_a_range_is_held_to_it_and_says_so() {
        let Some(Choice::Held(intent, text)) = choice("tempo 999") else {
            panic!("{:?}", choice("tempo 999"))
        };
        assert_eq!(
            (*intent, text.as_str()),
            (Choice::Set(Intent::Tempo(300.0)), "tempo takes 20 to 300 BPM: 300 it is")
        );
        for held in ["swing 90", "length 5000", "hat density 9", "level 40", "count-in 7", "velocity 999"] {
            assert!(matches!(choice(held), Some(Choice::Held(..))), "{held}");
        }
    }

    #[test]
    fn what_takes_a_number_says_which_and_does_nothing_with_a_word() {
        assert_eq!(choice("tempo abc"), None);
        let commands = ["quit", "launch"];
        let why = |text: &str| refusal(text, commands.into_iter());
        assert!(why("tempo abc").contains("20 to 300 BPM"), "{}", why("tempo abc"));
        assert!(why("quit now").starts_with("quit takes nothing behind it"), "{}", why("quit now"));
        assert!(why("lanch").contains("Is launch meant?"), "{}", why("lanch"));
        assert!(why("zzqqx").starts_with("Nothing is called zzqqx"));
    }

    #[test]
    fn the_ranges_are_those_of_the_jam_and_every_setting_is_listed() {
        let range = |name: &str| NUMBERS.iter().find(|number| number.name == name).unwrap().range.clone();
        assert_eq!(range("tempo"), limits::BPM);
        let level = f64::from(*limits::LEVEL.start())..=f64::from(*limits::LEVEL.end());
        assert_eq!(range("level"), level);
        let swing = 100.0 * f64::from(*limits::SWING.start())..=100.0 * f64::from(*limits::SWING.end());
        assert_eq!(range("swing"), swing);
        assert_eq!(*range("length").end(), f64::from(*limits::LOOP.end()));
        assert_eq!(range("chain").end(), &f64::from(*limits::ROUNDS.end()));
        assert_eq!(range("count-in").end(), &f64::from(*limits::COUNT_IN.end()));
        for one in NUMBERS {
            assert!(items().iter().any(|item| item.label.starts_with(one.name)), "{}", one.name);
            assert!(number(&format!("{} {}", one.name, one.range.start())).is_some());
        }
    }
}
