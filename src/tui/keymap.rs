//! The keymap: key sequences to commands, and back to names for messages and hints.

use std::collections::HashMap;

use super::chord::Chord;
use super::command::{self, Command, Mode};

/// What a chord led to.
#[derive(Debug, Clone, Copy)]
pub enum Pressed<'a> {
    /// A command is complete.
    Run(&'a Command),
    /// The chords so far are the start of commands: [`Keymap::waiting`] shows which.
    More,
    /// Nothing begins like this; the chords so far are forgotten.
    Nothing,
}

/// Key sequences of all commands, and the chords of a sequence that is not complete yet.
#[derive(Debug, Clone)]
pub struct Keymap {
    commands: Vec<Command>,
    sequences: HashMap<(Mode, Vec<Chord>), usize>,
    begun: Vec<Chord>,
    /// Whose keys go first.
    pub mode: Mode,
    /// Keys are spelled in ASCII alone.
    pub plain: bool,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::new(command::all())
    }
}

impl Keymap {
    /// The keymap of a command table. Sequences that are no keys are left out (a test holds the table to none).
    pub fn new(commands: Vec<Command>) -> Self {
        let mut sequences = HashMap::new();
        for (index, command) in commands.iter().enumerate() {
            for sequence in command.keys.iter().filter_map(|keys| Chord::sequence(keys)) {
                sequences.insert((command.mode, sequence), index);
            }
        }
        Self { commands, sequences, begun: Vec::new(), mode: Mode::Jam, plain: false }
    }

    /// All commands in the order of the table.
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// Takes one chord. Where nothing goes on like this, an urgent chord counts as the first of its own sequence.
    pub fn press(&mut self, chord: Chord) -> Pressed<'_> {
        self.begun.push(chord);
        // While notes are edited their keys go first; what means nothing there means what it always does.
        let modes = match self.mode {
            Mode::Edit => &[Mode::Edit, Mode::Jam][..],
            Mode::Code => &[Mode::Code],
            Mode::Jam => &[Mode::Jam],
        };
        for mode in modes {
            if let Some(&index) = self.sequences.get(&(*mode, self.begun.clone())) {
                self.begun.clear();
                return self.commands.get(index).map_or(Pressed::Nothing, Pressed::Run);
            }
        }
        let goes_on =
            |(mode, sequence): &(Mode, Vec<Chord>)| modes.contains(mode) && sequence.starts_with(&self.begun);
        if self.sequences.keys().any(goes_on) {
            return Pressed::More;
        }
        let alone = self.begun.len() == 1;
        self.begun.clear();
        // A stray prefix must not swallow the key that stops the music.
        if !alone && chord.is_urgent() { self.press(chord) } else { Pressed::Nothing }
    }

    /// Forgets a sequence that was begun; true when there was one.
    pub fn forget(&mut self) -> bool {
        !std::mem::take(&mut self.begun).is_empty()
    }

    /// The chords begun, and how each command that begins like them goes on, in the order of the table.
    pub fn waiting(&self) -> Option<(String, Vec<(String, &Command)>)> {
        if self.begun.is_empty() {
            return None;
        }
        let mut ways: Vec<(usize, &Vec<Chord>)> = self
            .sequences
            .iter()
            .filter(|((mode, sequence), _)| *mode == Mode::Jam && sequence.starts_with(&self.begun))
            .map(|((_, sequence), &index)| (index, sequence))
            .collect();
        // Letters before digits: the digit alone does the same.
        ways.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| self.spell(b.1).cmp(&self.spell(a.1))));
        ways.dedup_by_key(|(index, _)| *index);
        let ways = ways
            .into_iter()
            .filter_map(|(index, sequence)| {
                Some((self.spell(sequence.get(self.begun.len()..)?), self.commands.get(index)?))
            })
            .collect();
        Some((self.spell(&self.begun), ways))
    }

    /// The key of the command called `name`, as shown to people.
    pub fn key(&self, name: &str) -> Option<String> {
        let command = self.commands.iter().find(|command| command.name == name)?;
        Some(self.spell(&Chord::sequence(command.keys.first()?)?))
    }

    /// A sequence as shown to people here.
    pub fn spell(&self, sequence: &[Chord]) -> String {
        sequence.iter().map(|chord| chord.spelled(self.plain)).collect::<Vec<_>>().join(" ")
    }

    /// `text` with every command named in braces replaced by its key.
    pub fn fill_in(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            match after.split_once('}').and_then(|(name, tail)| Some((self.key(name)?, tail))) {
                Some((key, tail)) => {
                    out.push_str(&key);
                    rest = tail;
                }
                None => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }
}

/// A sequence as shown to people.
pub fn spell(sequence: &[Chord]) -> String {
    sequence.iter().map(Chord::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::chord::Chord;
    use super::super::command;
    use super::{Keymap, Pressed};

    #[test]
    fn every_key_of_the_table_is_a_key_and_leads_to_its_own_command_only() {
        let mut keymap = Keymap::default();
        for command in command::all() {
            keymap.mode = command.mode;
            for keys in &command.keys {
                let sequence =
                    Chord::sequence(keys).unwrap_or_else(|| panic!("{}: {keys:?} is no key", command.name));
                let (last, first) = sequence.split_last().unwrap();
                for chord in first {
                    assert!(matches!(keymap.press(*chord), Pressed::More), "{keys}");
                }
                match keymap.press(*last) {
                    Pressed::Run(found) => assert_eq!(found.name, command.name, "{keys} is used twice"),
                    other => panic!("{keys} leads to {other:?}"),
                }
            }
        }
    }

    #[test]
    fn a_prefix_shows_its_ways_and_a_wrong_key_forgets_it() {
        let mut keymap = Keymap::default();
        let _ = keymap.press(Chord::parse("m").unwrap());
        let (begun, ways) = keymap.waiting().unwrap();
        assert_eq!((begun.as_str(), ways.len()), ("m", 10));
        assert!(ways.iter().any(|(key, command)| key == "k" && command.name == "mute-kick"));
        assert!(matches!(keymap.press(Chord::parse("Q").unwrap()), Pressed::Nothing));
        assert!(keymap.waiting().is_none());
    }

    #[test]
    fn a_stray_prefix_swallows_neither_space_nor_ctrl() {
        for (key, wanted) in [("space", "play"), ("ctrl-c", "interrupt"), ("ctrl-z", "undo")] {
            let mut keymap = Keymap::default();
            let _ = keymap.press(Chord::parse("m").unwrap());
            match keymap.press(Chord::parse(key).unwrap()) {
                Pressed::Run(found) => assert_eq!(found.name, wanted),
                other => panic!("{key} leads to {other:?}"),
            }
        }
    }

    #[test]
    fn messages_name_the_keys_in_use() {
        let keymap = Keymap::default();
        assert_eq!(
            keymap.fill_in("{launch} plays, {undo} takes back, {nothing} {"),
            "enter plays, u takes back, {nothing} {"
        );
    }
}
