//! Answers from the worker, the engine and the disk.

use std::sync::Arc;

use super::{bank, chain, edit, fill, make, palette, say, sliders};
use crate::jam::bank::Bank;
use crate::jam::effect::Effect;
use crate::jam::kit;
use crate::jam::message::Tone;
use crate::jam::save::Saved;
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::{Opening, Pending, State};
use crate::jam::track;
use crate::latent::generate::Generated;

/// Takes the request out of the list; `None` when nobody waits for it any more.
fn take(state: &mut State, ticket: u64) -> Option<Pending> {
    let at = state.pending.iter().position(|pending| pending.ticket == ticket)?;
    Some(state.pending.remove(at))
}

pub(super) fn generated(state: &mut State, ticket: u64, mut patterns: Vec<Generated>) -> Vec<Effect> {
    if let Some(effects) = fill::decoded(state, ticket, &mut patterns) {
        return effects;
    }
    let Some(pending) = take(state, ticket) else { return Vec::new() };
    if pending.encodes {
        let (place, made) = (pending.slots.first().copied(), patterns.into_iter().next());
        return match place.zip(made).filter(|(place, _)| state.is_awaited(*place, ticket)) {
            Some((place, made)) => edit::encoded(state, place, made),
            None => Vec::new(),
        };
    }
    let made = pending.names.iter().zip(patterns).map(|(name, made)| Arc::new(Slot::new(name.clone(), made)));
    // A newer order for the same place wins, whichever answer comes first; the opening replaces nothing.
    let wanted = |place: SlotId| {
        state.is_awaited(place, pending.ticket)
            && !(pending.opening.is_some() && state.edit.bank.get(place).is_some())
    };
    let fresh: Vec<(SlotId, Arc<Slot>)> = pending
        .slots
        .iter()
        .copied()
        .zip(made)
        .chain(pending.ends.iter().cloned())
        .filter(|(place, _)| wanted(*place))
        .collect();
    if fresh.is_empty() {
        return Vec::new();
    }
    if pending.opening.is_some() {
        state.history.amend(|edit| put(&mut edit.bank, &fresh));
    } else if pending.label == palette::LABEL || sliders::is(&pending.label) {
        state.history.record_nudge(&pending.label, state.edit.clone());
    } else {
        state.history.record(pending.label.clone(), state.edit.clone());
    }
    let replaced: Vec<String> = fresh
        .iter()
        .filter_map(|(place, slot)| state.edit.bank.put(*place, Some(slot.clone())))
        .map(|slot| slot.name.clone())
        .collect();
    let landed = |place: SlotId| fresh.iter().any(|(changed, _)| *changed == place);
    let mut effects = match pending.launch.filter(|place| landed(*place)) {
        Some(place) => {
            let effects = bank::launch(state, place);
            if pending.label == palette::LABEL && state.is_queued(place) {
                let when = state.quantise.phrase();
                let text = "the middle of the four corners comes in";
                state.say(
                    Tone::Good,
                    format!("{place}, {text} {when}. {{dot-left}} {{dot-right}} {{dot-up}} {{dot-down}} move the dot"),
                );
            }
            effects
        }
        None => {
            let mut effects = bank::follow(state, landed);
            if sliders::is(&pending.label) {
                effects.extend(sliders::landed(state, fresh[0].0));
                return effects;
            }
            arrived(state, &fresh, &replaced, !effects.is_empty());
            effects
        }
    };
    if let (Some(Opening::Beat), [(place, slot), ..]) = (pending.opening, &fresh[..]) {
        effects.extend(make::open_row(state, *place));
        let (by, own) = (&slot.recipe().model, state.model());
        if state.playing && by != own {
            let text = format!(
                "{by} plays. {own} is being read, and fills the row then; {{call-off}} calls that off"
            );
            state.say(Tone::Good, text);
        } else if state.playing {
            state.say(Tone::Good, "It plays. {left} {right} choose, {launch} brings in, {sample} samples anew, {help} shows all keys");
        }
    }
    effects
}

/// Puts the slots where nothing stands yet.
fn put(bank: &mut Bank, slots: &[(SlotId, Arc<Slot>)]) {
    for (place, slot) in slots {
        if bank.get(*place).is_none() {
            bank.put(*place, Some(slot.clone()));
        }
    }
}

fn arrived(state: &mut State, fresh: &[(SlotId, Arc<Slot>)], replaced: &[String], follows: bool) {
    let text = match (fresh, replaced) {
        ([(place, slot)], _) if follows && state.playing => {
            format!("{place} ({}) comes in {}. {{undo}} takes it back", slot.name, state.quantise.phrase())
        }
        ([(place, slot)], []) => format!("{place} holds {}. {{launch}} brings it in", slot.name),
        ([(place, slot)], [old, ..]) => {
            format!("{place} holds {}, replacing {old}; {{undo}} takes it back", slot.name)
        }
        (many, replaced) => {
            let first = many.iter().map(|(place, _)| *place).min();
            let last = many.iter().map(|(place, _)| *place).max();
            let (Some(first), Some(last)) = (first, last) else { return };
            let next = match replaced.len() {
                0 => ". {launch} brings the selected one in".to_owned(),
                n => format!(", replacing {n}; {{undo}} takes it back"),
            };
            let kinds: Vec<&str> = many.iter().map(|(_, slot)| track::nouns(&slot.made.tokens).1).collect();
            let noun = kinds.first().filter(|first| kinds.iter().all(|kind| kind == *first));
            format!("{} {} in {first} to {last}{next}", many.len(), noun.unwrap_or(&"patterns"))
        }
    };
    state.say(Tone::Good, text);
}

pub(super) fn failed(state: &mut State, ticket: u64, why: &str) -> Vec<Effect> {
    if let Some(effects) = fill::failed(state, ticket, why) {
        return effects;
    }
    match take(state, ticket) {
        Some(pending) => say(state, Tone::Error, format!("{} failed: {why}", pending.label)),
        None => Vec::new(),
    }
}

pub(super) fn heard(state: &mut State, track: usize, launch: Option<u32>) -> Vec<Effect> {
    // Old news: the launch is not known here any more, or a newer one has been sent since and stands still.
    if track >= track::MOST || launch.is_some() && state.launch(launch).is_none() {
        return Vec::new();
    }
    state.sounding[track] = launch;
    let mut effects = Vec::new();
    if state.queued[track].is_some() && state.queued[track] == launch {
        state.queued[track] = None;
        // A trio arrives on three tracks and is said once.
        let waits = state.queued.contains(&launch);
        let ours = state.sounding_on(track).filter(|launch| !launch.script);
        if let Some((place, name)) = ours.map(|l| (l.place, l.slot.name.clone()))
            && !waits
        {
            state.say(Tone::Good, format!("{place} ({name}) plays"));
        }
        effects = chain::go_on(state);
    }
    effects.extend(fill::prepare(state));
    effects
}

pub(super) fn save(state: &mut State) -> Vec<Effect> {
    if state.saving {
        return say(state, Tone::Hint, "The set is still being written: again in a moment");
    }
    let set = state.set();
    if set.slots.is_empty() {
        return say(state, Tone::Hint, "The bank is empty: nothing to save. {sample} makes a pattern");
    }
    state.saving = true;
    state.say(Tone::Said, format!("Writing {} patterns as a MIDI file", set.slots.len()));
    vec![Effect::Save { set, last: state.saved.clone() }]
}

pub(super) fn saved(state: &mut State, outcome: Result<Saved, String>) -> Vec<Effect> {
    state.saving = false;
    match outcome {
        Ok(Saved { path, fresh }) => {
            let muted = muted(state);
            let text = match fresh {
                true => {
                    format!(
                        "Saved {}: the patterns one after the other, a track for each of the jam's{muted}",
                        path.display()
                    )
                }
                false => format!("Nothing is new: already saved as {}{muted}", path.display()),
            };
            state.saved = Some(path);
            say(state, Tone::Good, text)
        }
        Err(why) => say(state, Tone::Error, format!("Not saved: {why}")),
    }
}

/// What a file has that the player does not hear at the moment, in words: `, with the muted kick`.
fn muted(state: &State) -> String {
    let in_bank = |class: u8| {
        let of_class =
            |slot: &Slot| slot.pattern().notes.iter().any(|n| kit::class_of(n.pitch) == Some(class));
        state.edit.bank.filled().any(|(_, slot)| of_class(slot))
    };
    let names: Vec<&str> =
        (0..kit::CLASSES).filter(|c| state.is_muted(*c) && in_bank(*c)).filter_map(kit::name).collect();
    match &names[..] {
        [] => String::new(),
        [one] => format!(", with the muted {one}"),
        [one, other] => format!(", with the muted {one} and {other}"),
        many => format!(", with the {} muted drums", many.len()),
    }
}
