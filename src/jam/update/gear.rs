//! How tracks are played on gear outside: channel, bank, program, kit.

use super::say;
use super::tracks::change;
use crate::jam::effect::Effect;
use crate::jam::gear::{Change, GENERAL_MIDI, Gear, HIGHEST_BANK, Kit, general_midi};
use crate::jam::kit;
use crate::jam::message::Tone;
use crate::jam::state::State;
use crate::jam::track;
use crate::music::pattern::Part;

/// Makes `what` to the gear of a track, the selected one where none is given.
pub(super) fn turn(state: &mut State, track: Option<usize>, what: Change) -> Vec<Effect> {
    let Some(gear) = state.edit.tracks.get(track.unwrap_or(state.track)).map(|track| track.gear.clone())
    else {
        return super::tracks::select(state, track.unwrap_or(state.track));
    };
    match what {
        Change::Channel(to) => channel(state, track, to),
        Change::NudgeChannel(by) => {
            let to = around(gear.channel.map(u16::from), 15, i16::from(by));
            channel(state, track, to.map_or(0, |channel| channel as u8 + 1))
        }
        Change::Bank(to) => bank(state, track, to),
        Change::NudgeBank(by) => bank(state, track, around(gear.bank, HIGHEST_BANK, by)),
        Change::Program(to) => program(state, track, to),
        Change::NudgeProgram(by) => {
            let to = around(gear.program.map(u16::from), 127, i16::from(by));
            program(state, track, to.map_or(0, |program| program as u8 + 1))
        }
        Change::Kit(name) => named_kit(state, track, &name),
        Change::NextKit(by) => next_kit(state, track, by),
        Change::Key { class, key: to } => key(state, track, class, to),
    }
}

/// `by` steps on from `now` through none, 0, 1 ... `last`, and around.
fn around(now: Option<u16>, last: u16, by: i16) -> Option<u16> {
    let place = now.map_or(0, |value| i32::from(value) + 1) + i32::from(by);
    match place.rem_euclid(i32::from(last) + 2) {
        0 => None,
        place => Some((place - 1) as u16),
    }
}

fn channel(state: &mut State, track: Option<usize>, channel: u8) -> Vec<Effect> {
    let own = track::channel(&state.edit.tracks, track.unwrap_or(state.track)) + 1;
    change(state, track, "MIDI channel", true, |track| {
        track.gear.channel = (1..=16).contains(&channel).then(|| channel - 1);
        let text = match track.gear.channel {
            Some(channel) => format!("{} plays on MIDI channel {} outside", track.name, channel + 1),
            None => format!("{} plays on its own MIDI channel, {own}", track.name),
        };
        (Tone::Said, text)
    })
}

fn bank(state: &mut State, track: Option<usize>, bank: Option<u16>) -> Vec<Effect> {
    change(state, track, "MIDI bank", true, |track| {
        track.gear.bank = bank.map(|bank| bank.min(HIGHEST_BANK));
        let text = match track.gear.bank_bytes() {
            Some([upper, lower]) => format!("{} asks for bank {upper}/{lower} outside", track.name),
            None => format!("{} asks for no bank outside", track.name),
        };
        (Tone::Said, text)
    })
}

fn program(state: &mut State, track: Option<usize>, program: u8) -> Vec<Effect> {
    change(state, track, "MIDI program", true, |track| {
        track.gear.program = (1..=128).contains(&program).then(|| program - 1);
        let text = match track.gear.program {
            Some(program) => format!("{} asks for program {} outside", track.name, program + 1),
            None if track.part == Part::Drums => {
                format!("{} asks for no program of its own outside", track.name)
            }
            None => {
                format!("{} asks for the program of its sound outside, {}", track.name, track.program + 1)
            }
        };
        (Tone::Said, text)
    })
}

fn named_kit(state: &mut State, track: Option<usize>, name: &str) -> Vec<Effect> {
    let wanted = name.to_lowercase();
    if wanted == GENERAL_MIDI {
        return kit(state, track, None);
    }
    let exact = state.kits.iter().find(|kit| kit.name.to_lowercase() == wanted);
    let found = exact.or_else(|| state.kits.iter().find(|kit| kit.name.to_lowercase().contains(&wanted)));
    match found.cloned() {
        Some(found) => kit(state, track, Some(found)),
        None => {
            let names: Vec<&str> = state.kits.iter().map(|kit| kit.name.as_str()).collect();
            let text = format!(
                "No kit is called {name}: there are {GENERAL_MIDI}, {}; `:kit-key kick 48` changes one key",
                names.join(", ")
            );
            say(state, Tone::Hint, text)
        }
    }
}

/// General MIDI's keys, then each kit in turn.
fn next_kit(state: &mut State, track: Option<usize>, by: i8) -> Vec<Effect> {
    let now = state.edit.tracks.get(track.unwrap_or(state.track)).and_then(|track| track.gear.keys);
    let at = now.and_then(|keys| state.kits.iter().position(|kit| kit.keys == keys));
    let last = state.kits.len().saturating_sub(1) as u16;
    // Keys chosen one by one are no kit: the first is the next one to them.
    let next = around(at.map(|at| at as u16), last, i16::from(by)).map(usize::from);
    let next = next.and_then(|at| state.kits.get(at).cloned());
    kit(state, track, next)
}

/// Drums strike the keys of `kit`; `None` is General MIDI.
fn kit(state: &mut State, track: Option<usize>, kit: Option<Kit>) -> Vec<Effect> {
    change(state, track, "drum kit", false, |track| {
        if track.part != Part::Drums {
            return (Tone::Hint, format!("{} plays no drums: kits are for tracks of drums", track.name));
        }
        track.gear.keys = kit.as_ref().map(|kit| kit.keys);
        let text = match &kit {
            Some(kit) => format!("{} strikes the keys of {} outside", track.name, kit.name),
            None => format!("{} strikes General MIDI's keys outside", track.name),
        };
        (Tone::Said, text)
    })
}

fn key(state: &mut State, track: Option<usize>, class: u8, key: u8) -> Vec<Effect> {
    change(state, track, "drum kit", false, |track| {
        let Some(drum) = kit::name(class).filter(|_| track.part == Part::Drums) else {
            return (Tone::Hint, format!("{} plays no such drum", track.name));
        };
        let Gear { keys, .. } = &mut track.gear;
        let mut changed = keys.unwrap_or_else(general_midi);
        changed[usize::from(class)] = key.min(127);
        *keys = (changed != general_midi()).then_some(changed);
        (Tone::Said, format!("{} strikes key {} for the {drum} outside", track.name, key.min(127)))
    })
}

/// The kits that there are besides General MIDI's are known now.
pub(super) fn kits(state: &mut State, kits: Vec<Kit>) -> Vec<Effect> {
    state.kits = kits;
    Vec::new()
}
