//! Tracks: sounds, levels and places, mutes, fills, freezing, lengths.

use rhai::Dynamic;
use rhai::plugin::*;

use super::super::error::Outcome;
use super::super::stage::Stage;
use super::play::{order, track_of};
use crate::engine::{Order, Setting};
use crate::music::pattern::Part;

/// Tracks: sounds, levels and places, mutes, fills, freezing, lengths.
#[export_module]
pub mod functions {
    use rhai::{Dynamic, INT};

    use super::super::number::{whole, within};
    use super::super::play::{order, track_of};
    use super::controller;
    use crate::engine::{Order, Setting};
    use crate::jam::limits;
    use crate::music::gm;
    use crate::music::pattern::Part;
    use crate::script::context::here;
    use crate::script::error::{Outcome, fail};
    use crate::script::stage::{Act, Stage};

    /// Gives a track a sound: a General MIDI program from 0, or a part of its name: `instrument("lead", "warm pad")`.
    #[rhai_fn(return_raw)]
    pub fn instrument(track: Dynamic, sound: Dynamic) -> Outcome<()> {
        let track = track_of(&track)?;
        let program = match sound.as_int() {
            Ok(number) => whole(number, "a program", 0, 127)? as u8,
            Err(_) => {
                let wanted = sound.to_string().to_lowercase();
                let found = (0..128u8).find(|p| gm::program_name(*p).to_lowercase() == wanted);
                let near = || (0..128u8).find(|p| gm::program_name(*p).to_lowercase().contains(&wanted));
                match found.or_else(near) {
                    Some(program) => program,
                    None => {
                        return fail(format!(
                            "\"{wanted}\" is no General MIDI sound; \"pad\", \"sawtooth\", \"electric piano\" are parts of some"
                        ));
                    }
                }
            }
        };
        let context = here()?;
        for part in [Part::Lead, Part::Bass] {
            context.stage.set_program(track, part, program);
            let setting = Setting::Program { channel: Stage::channel(track, part), program };
            order(track, Order::Set(setting))?;
        }
        Ok(())
    }

    /// Level of a track: 1 as it is, 0 silent, at most 4.
    #[rhai_fn(return_raw)]
    pub fn level(track: Dynamic, gain: Dynamic) -> Outcome<()> {
        let gain = within(&gain, "a level", 0.0, 4.0)? as f32;
        order(track_of(&track)?, Order::Gain(gain))
    }

    /// Where a track stands: -1 left, 0 middle, 1 right.
    #[rhai_fn(return_raw)]
    pub fn pan(track: Dynamic, place: Dynamic) -> Outcome<()> {
        let pan = within(&place, "a place", -1.0, 1.0)? as f32;
        let track = track_of(&track)?;
        let channel = here()?.stage.main_channel(track);
        order(track, Order::Pan { channel, pan })
    }

    /// Moves a MIDI controller of a track, both 0 to 127: `cc("lead", 11, 90)`.
    #[rhai_fn(return_raw)]
    pub fn cc(track: Dynamic, number: INT, value: Dynamic) -> Outcome<()> {
        let number = whole(number, "a controller", 0, 127)? as u8;
        controller(&track, number, within(&value, "a value", 0.0, 127.0)? as u8)
    }

    /// Silences a track; its pattern goes on unheard.
    #[rhai_fn(return_raw)]
    pub fn mute(track: Dynamic) -> Outcome<()> {
        order(track_of(&track)?, Order::Mute(true))
    }

    /// Lets a track be heard again.
    #[rhai_fn(return_raw)]
    pub fn unmute(track: Dynamic) -> Outcome<()> {
        order(track_of(&track)?, Order::Mute(false))
    }

    /// Silences all tracks but one.
    #[rhai_fn(return_raw)]
    pub fn solo(track: Dynamic) -> Outcome<()> {
        let alone = track_of(&track)?;
        (0..8).try_for_each(|track| order(track, Order::Mute(track != alone)))
    }

    /// Lets all tracks be heard again.
    #[rhai_fn(return_raw)]
    pub fn unmute_all() -> Outcome<()> {
        (0..8).try_for_each(|track| order(track, Order::Mute(false)))
    }

    /// A fill on a track up to the next bar line: the bar begins as what plays there does and ends with more, as the model
    /// that made the pattern has it, or the one that takes it; then the pattern goes on as if nothing had been.
    #[rhai_fn(return_raw, name = "fill")]
    pub fn fill(track: Dynamic) -> Outcome<()> {
        here()?.act(Act::Fill(Some(track_of(&track)?)))
    }

    /// A fill on every track that plays a pattern.
    #[rhai_fn(return_raw, name = "fill")]
    pub fn fill_all() -> Outcome<()> {
        here()?.act(Act::Fill(None))
    }

    /// A track keeps what it plays, chance drawn as it sounds: `play`, `queue` and `halt` wait until it is thawed.
    #[rhai_fn(return_raw)]
    pub fn freeze(track: Dynamic) -> Outcome<()> {
        here()?.act(Act::Freeze(track_of(&track)?))
    }

    /// A frozen track moves again: what was played on it meanwhile comes in, in phase.
    #[rhai_fn(return_raw)]
    pub fn thaw(track: Dynamic) -> Outcome<()> {
        here()?.act(Act::Thaw(track_of(&track)?))
    }

    /// Loops of a track are so many steps long from now on: `length("lead", 12)`, three beats against four; 0 is each
    /// pattern's own length. What plays begins anew.
    #[rhai_fn(return_raw)]
    pub fn length(track: Dynamic, steps: INT) -> Outcome<()> {
        let most = INT::from(*limits::LOOP.end());
        let steps = whole(steps, "a length in steps", 0, most)? as u32;
        here()?.act(Act::Length { track: track_of(&track)?, steps })
    }
}

fn controller(track: &Dynamic, number: u8, value: u8) -> Outcome<()> {
    let track = track_of(track)?;
    for part in [Part::Lead, Part::Bass, Part::Drums] {
        let setting = Setting::Control { channel: Stage::channel(track, part), number, value };
        order(track, Order::Set(setting))?;
    }
    Ok(())
}
