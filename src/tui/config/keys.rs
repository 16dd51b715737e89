//! Keys: the player's tables laid over those of the command table, as deep as prefixes go.

use toml::{Table, Value};

use super::merge;
use crate::model::near;
use crate::tui::chord::Chord;
use crate::tui::command::{self, Command, Mode};
use crate::tui::keymap::{Keymap, spell};

/// Takes a key away.
const NONE: &str = "none";

/// The keys of the command table as nested tables: a prefix is a table, a command is its name.
fn defaults(commands: &[Command]) -> Table {
    let mut all = Table::new();
    for command in commands.iter().filter(|command| command.mode == Mode::Jam) {
        for keys in &command.keys {
            let mut value = Value::String(command.name.clone());
            for chord in keys.split_whitespace().rev() {
                value = Value::Table(Table::from_iter([(chord.to_owned(), value)]));
            }
            if let Value::Table(one) = value {
                merge(&mut all, one);
            }
        }
    }
    all
}

/// The keymap with `user` laid over the defaults; and what was left out of it, by key.
pub fn keymap(user: &Table) -> (Keymap, Vec<(String, String)>) {
    let mut commands = command::all();
    let mut wrong = Vec::new();
    let fit = checked(user, &commands, &mut wrong);
    let mut all = defaults(&commands);
    merge(&mut all, fit.clone());
    let (mine, bound) = (flat(&fit, ""), flat(&all, ""));
    for command in commands.iter_mut().filter(|command| command.mode == Mode::Jam) {
        let of = |list: &[(String, String)]| -> Vec<String> {
            list.iter().filter(|(_, name)| *name == command.name).map(|(keys, _)| keys.clone()).collect()
        };
        // The player's own come first: they are what messages and hints name.
        let mut keys = of(&mine);
        let left = of(&bound);
        // Those of the table keep its order: the first is the one that is shown.
        let kept = command.keys.iter().filter(|keys| left.contains(keys)).cloned().collect::<Vec<_>>();
        keys.extend(kept);
        keys.dedup();
        command.keys = keys;
    }
    (Keymap::new(commands), wrong)
}

/// What of `user` are keys and commands; the rest is told in `wrong`.
fn checked(user: &Table, commands: &[Command], wrong: &mut Vec<(String, String)>) -> Table {
    let is_known =
        |name: &str| commands.iter().any(|command| command.mode == Mode::Jam && command.name == name);
    let mut fit = Table::new();
    for (key, value) in user {
        let Some(chords) = Chord::sequence(key).filter(|chords| !chords.is_empty()) else {
            let text = format!("{key:?} is no key: write s, ctrl-r, alt-up, space, f5 or \"m k\"");
            wrong.push((key.clone(), text));
            continue;
        };
        let value = match value {
            Value::Table(below) => Value::Table(checked(below, commands, wrong)),
            Value::String(name) if name == NONE || is_known(name) => value.clone(),
            Value::String(name) => {
                let like = near(name, commands.iter().map(|command| command.name.as_str()));
                let like = like.first().map_or(String::new(), |near| format!("; did you mean {near}?"));
                wrong.push((key.clone(), format!("{}: no command is called {name:?}{like}", spell(&chords))));
                continue;
            }
            other => {
                let text =
                    format!("{}: {other} is no command's name in quotes, and no table", spell(&chords));
                wrong.push((key.clone(), text));
                continue;
            }
        };
        // "m k" is a table of its own: both ways to write it mean the same.
        let mut value = value;
        let mut names: Vec<&str> = key.split_whitespace().collect();
        let first = names.remove(0);
        for name in names.into_iter().rev() {
            value = Value::Table(Table::from_iter([(name.to_owned(), value)]));
        }
        merge(&mut fit, Table::from_iter([(first.to_owned(), value)]));
    }
    fit
}

/// Sequences and the commands they lead to, in order.
fn flat(table: &Table, before: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (key, value) in table {
        let keys = if before.is_empty() { key.clone() } else { format!("{before} {key}") };
        match value {
            Value::Table(below) => all.extend(flat(below, &keys)),
            Value::String(name) if name != NONE => all.push((keys, name.clone())),
            _ => {}
        }
    }
    all
}
