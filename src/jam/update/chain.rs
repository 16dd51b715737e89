//! Chains: a row played point after point, each taking over on its very beat.

use super::{bank, say, transport};
use crate::jam::chain::{Chain, loop_of, span};
use crate::jam::effect::Effect;
use crate::jam::limits;
use crate::jam::message::Tone;
use crate::jam::quantise::Quantise;
use crate::jam::slot::SlotId;
use crate::jam::state::State;
use crate::jam::track;

/// Begins a chain at `place`; without one at the selected place, or ends the chain that runs.
pub(super) fn toggle(state: &mut State, place: Option<SlotId>) -> Vec<Effect> {
    if place.is_none() && state.chain.is_running() {
        // What waits for its beat has been sent and comes in yet.
        let coming =
            state.chain.next.map(|(at, _)| state.chain.places[at]).filter(|place| state.is_queued(*place));
        let text = match (coming, state.chain.place()) {
            (Some(next), _) => format!("The chain ends: {next} comes in yet and plays on"),
            (None, Some(at)) => format!("The chain ends: {at} plays on"),
            (None, None) => "The chain ends".to_owned(),
        };
        end(state);
        return say(state, Tone::Said, text);
    }
    let place = place.unwrap_or(state.cursor);
    let places = Chain::of(&state.edit.bank, place);
    if places.len() < 2 {
        let text = format!(
            "A chain plays a row point after point, and nothing of the kind of {place} follows it. {{interpolate}} fills a row with the way between two patterns"
        );
        return say(state, Tone::Hint, text);
    }
    let Some(slot) = state.edit.bank.get(place).cloned() else { return Vec::new() };
    let voices = track::route(&state.edit.tracks, state.track, &slot);
    let voices = track::thawed(&state.edit.tracks, voices);
    if voices.is_empty() {
        return say(state, Tone::Hint, format!("{place}: its track is frozen. {{freeze}} thaws it"));
    }
    let length = loop_of(&slot);
    // Where a loop begins, so that each point is heard from its first step.
    let (at, from) = match state.playing {
        true => {
            let next = (state.beat / length + 1) * length;
            (Quantise::At(next), next)
        }
        false => (Quantise::Now, 0),
    };
    let count = places.len();
    state.chain = Chain { places, at: 0, from, next: None, track: state.track };
    let mut effects = vec![bank::start(state, place, slot, at, voices)];
    if !state.playing {
        state.playing = true;
        effects.push(transport::begin(state));
    }
    state.say(
        Tone::Good,
        format!("{count} patterns one after the other from {place} on. {{chain}} ends the chain"),
    );
    effects
}

/// The transport has come to another quarter.
pub(super) fn beat(state: &mut State, beat: u32) -> Vec<Effect> {
    state.beat = beat;
    if !state.chain.is_running() || !state.playing {
        return Vec::new();
    }
    if let Some((at, from)) = state.chain.next.filter(|(_, from)| beat >= *from) {
        (state.chain.at, state.chain.from, state.chain.next) = (at, from, None);
    }
    go_on(state)
}

/// Lets the next point wait as soon as the present one is heard, and no earlier: a track holds one pattern that waits,
/// and the next would push out a first one that was asked for a moment before its boundary.
pub(super) fn go_on(state: &mut State) -> Vec<Effect> {
    let early = state.beat < state.chain.from || state.chain.next.is_some();
    let waits = state.chain.place().is_none_or(|place| state.is_queued(place));
    if !state.playing || early || waits {
        return Vec::new();
    }
    follow(state)
}

/// Lets the point after the present one wait for its beat.
fn follow(state: &mut State) -> Vec<Effect> {
    let Some(now) = state.chain.place().and_then(|place| state.edit.bank.get(place).cloned()) else {
        end(state);
        return Vec::new();
    };
    let mut from = state.chain.from + span(&now, state.edit.rounds);
    // A point that comes late is waited for, a loop at a time.
    while from <= state.beat {
        from += loop_of(&now);
    }
    let count = state.chain.places.len();
    let rest = state.chain.at + 1..count;
    let again = if state.edit.around { 0..count } else { 0..0 };
    for at in rest.chain(again) {
        let place = state.chain.places[at];
        let Some(slot) = state.edit.bank.get(place).cloned() else {
            if state.is_pending(place) {
                return Vec::new();
            }
            continue;
        };
        let voices = track::route(&state.edit.tracks, state.chain.track, &slot);
        let voices = track::thawed(&state.edit.tracks, voices);
        if voices.is_empty() {
            break;
        }
        state.chain.next = Some((at, from));
        return vec![bank::start(state, place, slot, Quantise::At(from), voices)];
    }
    if state.beat + 1 >= from {
        let last = state.chain.place();
        end(state);
        if let Some(last) = last {
            state.say(Tone::Good, format!("The chain is at its end: {last} plays on"));
        }
    }
    Vec::new()
}

/// No chain runs any more; what plays goes on.
pub(super) fn end(state: &mut State) {
    state.chain.places.clear();
    (state.chain.at, state.chain.next) = (0, None);
}

pub(super) fn rounds(state: &mut State, rounds: u8) -> Vec<Effect> {
    let rounds = rounds.clamp(*limits::ROUNDS.start(), *limits::ROUNDS.end());
    if rounds != state.edit.rounds {
        state.history.record_nudge("loops of a chain's points", state.edit.clone());
        state.edit.rounds = rounds;
    }
    let text = match rounds {
        1 => "Each point of a chain plays once".to_owned(),
        many => format!("Each point of a chain plays {many} times"),
    };
    say(state, Tone::Said, text)
}

pub(super) fn around(state: &mut State) -> Vec<Effect> {
    state.history.record("the end of a chain", state.edit.clone());
    state.edit.around = !state.edit.around;
    let text = if state.edit.around { "A chain begins anew at its end" } else { "A chain stays at its end" };
    say(state, Tone::Said, text)
}
