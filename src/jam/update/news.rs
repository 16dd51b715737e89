//! Answers from the worker, the engine and the disk.

use std::path::PathBuf;
use std::sync::Arc;

use super::{bank, make, say};
use crate::jam::effect::Effect;
use crate::jam::message::Tone;
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::{Pending, State};
use crate::latent::generate::Generated;

/// Takes the request out of the list; `None` when nobody waits for it any more.
fn take(state: &mut State, ticket: u64) -> Option<Pending> {
    let at = state.pending.iter().position(|pending| pending.ticket == ticket)?;
    Some(state.pending.remove(at))
}

pub(super) fn generated(state: &mut State, ticket: u64, patterns: Vec<Generated>) -> Vec<Effect> {
    let Some(pending) = take(state, ticket) else { return Vec::new() };
    // A newer request for the same place wins, whichever answer comes first.
    let fresh: Vec<(SlotId, Arc<Slot>)> = pending
        .slots
        .iter()
        .zip(pending.names.iter().zip(patterns))
        .filter(|(place, _)| !state.pending.iter().any(|p| p.ticket > ticket && p.slots.contains(place)))
        .map(|(place, (name, made))| (*place, Arc::new(Slot::new(name.clone(), made))))
        .collect();
    if fresh.is_empty() {
        return Vec::new();
    }
    state.history.record(pending.label.clone(), state.edit.clone());
    for (place, slot) in &fresh {
        state.edit.bank.put(*place, Some(slot.clone()));
    }
    let mut effects = Vec::new();
    match pending.launch {
        Some(place) => effects.extend(bank::launch(state, place)),
        None => {
            let landed = |place: SlotId| fresh.iter().any(|(changed, _)| *changed == place);
            effects.extend(bank::follow(state, landed));
            arrived(state, &fresh, !effects.is_empty());
        }
    }
    if pending.opening {
        effects.extend(make::sample_row(state, state.cursor));
        state.say(Tone::Good, "It plays. {left} {right} choose, {launch} brings in, {sample} samples anew, {help} shows all keys");
    }
    effects
}

fn arrived(state: &mut State, fresh: &[(SlotId, Arc<Slot>)], follows: bool) {
    let text = match fresh {
        [(place, slot)] if follows && state.playing => {
            format!("{place} ({}) comes in {}. {{undo}} takes it back", slot.name, state.quantise.phrase())
        }
        [(place, slot)] => format!("{place} holds {}. {{launch}} brings it in", slot.name),
        many => {
            let first = many.iter().map(|(place, _)| *place).min();
            let last = many.iter().map(|(place, _)| *place).max();
            match (first, last) {
                (Some(first), Some(last)) => {
                    format!(
                        "{} beats in {first} to {last}. {{launch}} brings the selected one in",
                        many.len()
                    )
                }
                _ => return,
            }
        }
    };
    state.say(Tone::Good, text);
}

pub(super) fn failed(state: &mut State, ticket: u64, why: &str) -> Vec<Effect> {
    match take(state, ticket) {
        Some(pending) => say(state, Tone::Error, format!("{} failed: {why}", pending.label)),
        None => Vec::new(),
    }
}

pub(super) fn heard(state: &mut State, launch: Option<u32>) -> Vec<Effect> {
    // Old news: the launch is not known here any more, or a newer one has been sent since and stands still.
    if launch.is_some() && state.launch(launch).is_none() {
        return Vec::new();
    }
    if launch != state.sounding {
        state.sounding = launch;
    }
    if state.queued.is_some() && state.queued == launch {
        state.queued = None;
        if let Some((place, name)) = state.sounding().map(|l| (l.place, l.slot.name.clone())) {
            state.say(Tone::Good, format!("{place} ({name}) plays"));
        }
    }
    Vec::new()
}

pub(super) fn save(state: &mut State) -> Vec<Effect> {
    let slots: Vec<(SlotId, Arc<Slot>)> =
        state.edit.bank.filled().map(|(place, slot)| (place, slot.clone())).collect();
    if slots.is_empty() {
        return say(state, Tone::Hint, "The bank is empty: nothing to save. {sample} makes a beat");
    }
    state.say(Tone::Said, format!("Writing {} patterns as a MIDI file", slots.len()));
    vec![Effect::Save { bpm: state.edit.bpm, slots }]
}

pub(super) fn saved(state: &mut State, outcome: Result<PathBuf, String>) -> Vec<Effect> {
    match outcome {
        Ok(path) => say(
            state,
            Tone::Good,
            format!("Saved {}: the patterns one after the other, in bank order", path.display()),
        ),
        Err(why) => say(state, Tone::Error, format!("Not saved: {why}")),
    }
}
