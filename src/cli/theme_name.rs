//! The name of a theme as an argument: a built-in one, or a file of the player's own.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;

use crate::model::near;
use crate::tui::theme::{NAMES, Shelf};

/// Takes the names there are. Completions and help name the built-in ones, which are the same on every machine.
#[derive(Debug, Clone, Copy)]
pub struct ThemeName;

impl TypedValueParser for ThemeName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let names = Shelf::of_the_player().names();
        let value = value.to_string_lossy().into_owned();
        if names.contains(&value) {
            return Ok(value);
        }
        let near = near(&value, names.iter().map(String::as_str));
        let near = near.first().map_or(String::new(), |near| format!(" Did you mean {near}?"));
        let text = format!("--theme {value}: there is no such theme.{near} There are {}\n", names.join(", "));
        Err(clap::Error::raw(ErrorKind::InvalidValue, text).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(NAMES.iter().map(|name| PossibleValue::new(*name))))
    }
}
