//! Gear outside: where tracks go, and as what.

use rhai::Dynamic;
use rhai::plugin::*;

use super::super::context::here;
use super::super::error::Outcome;
use super::super::stage::Act;
use super::play::track_of;
use crate::jam::Intent;

/// Gear outside: where tracks go, and as what.
#[export_module]
pub mod functions {
    use rhai::{Dynamic, INT};

    use super::super::number::{key, whole};
    use super::super::play::track_of;
    use super::super::rhythm::drum;
    use super::{change, tell};
    use crate::jam::gear::{Change, HIGHEST_BANK};
    use crate::jam::{Intent, Output, kit};
    use crate::script::error::{Outcome, fail};

    /// Where a track is heard: `all`, `built-in` (the sounds of the program), or a MIDI output by its name or a part of it:
    /// `midi_output("lead", "volca")`. A render plays everything with the built-in sounds.
    #[rhai_fn(return_raw)]
    pub fn midi_output(track: Dynamic, name: &str) -> Outcome<()> {
        let track = track_of(&track)?;
        tell(Intent::Output { track: Some(track.into()), output: Output::parse(name) })
    }

    /// The MIDI channel on which a track plays outside, 1 to 16; 0 is its own: `midi_channel("bass", 2)`.
    #[rhai_fn(return_raw)]
    pub fn midi_channel(track: Dynamic, channel: INT) -> Outcome<()> {
        let channel = whole(channel, "a MIDI channel", 0, 16)? as u8;
        change(&track, Change::Channel(channel))
    }

    /// The bank that a track asks for outside, before its program: one number, or -1 for none.
    #[rhai_fn(return_raw, name = "midi_bank")]
    pub fn midi_bank(track: Dynamic, bank: INT) -> Outcome<()> {
        let bank = whole(bank, "a MIDI bank", -1, INT::from(HIGHEST_BANK))?;
        change(&track, Change::Bank(u16::try_from(bank).ok()))
    }

    /// The same as gear counts it, upper and lower byte (controllers 0 and 32): `midi_bank("lead", 3, 12)`.
    #[rhai_fn(return_raw, name = "midi_bank")]
    pub fn midi_bank_bytes(track: Dynamic, upper: INT, lower: INT) -> Outcome<()> {
        let upper = whole(upper, "the upper byte of a bank", 0, 127)? as u16;
        let lower = whole(lower, "the lower byte of a bank", 0, 127)? as u16;
        change(&track, Change::Bank(Some(upper << 7 | lower)))
    }

    /// The program that a track asks for outside, 1 to 128; 0 is that of its sound: `midi_program("lead", 12)`.
    #[rhai_fn(return_raw)]
    pub fn midi_program(track: Dynamic, program: INT) -> Outcome<()> {
        let program = whole(program, "a MIDI program", 0, 128)? as u8;
        change(&track, Change::Program(program))
    }

    /// The kit whose keys the track `drums` strikes outside: `gm`, `pads`, `tr-8`, `volca-beats`, or one of `midi.toml`.
    #[rhai_fn(return_raw)]
    pub fn midi_kit(name: &str) -> Outcome<()> {
        change(&Dynamic::from("drums".to_owned()), Change::Kit(name.to_owned()))
    }

    /// The key that one drum of the track `drums` strikes outside: `midi_key("snare", 40)`.
    #[rhai_fn(return_raw)]
    pub fn midi_key(sound: Dynamic, to: Dynamic) -> Outcome<()> {
        let struck = drum(&sound)?;
        let Some(class) = (0..kit::CLASSES).find(|class| kit::key_of(*class) == Some(struck)) else {
            return fail(format!("\"{sound}\" is none of the nine drums of a kit"));
        };
        change(&Dynamic::from("drums".to_owned()), Change::Key { class, key: key(&to)? })
    }
}

fn change(track: &Dynamic, change: crate::jam::gear::Change) -> Outcome<()> {
    let track = track_of(track)?;
    tell(Intent::Gear { track: Some(track.into()), change })
}

/// The jam hears of it at the task's beat, or at once where that has come: before the notes that follow.
fn tell(intent: Intent) -> Outcome<()> {
    let context = here()?;
    let stage = &context.stage;
    if stage.settings.strict {
        return Ok(());
    }
    let comes = stage.is_playing() && context.beat() > stage.now();
    context.act(if comes { Act::Timed(intent) } else { Act::Intent(intent) })
}
