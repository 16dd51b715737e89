//! Selecting, launching, clearing, copying.

use std::sync::Arc;

use super::{chain, say, transport};
use crate::jam::effect::Effect;
use crate::jam::message::Tone;
use crate::jam::quantise::Quantise;
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::{Launch, State};
use crate::jam::track::{self, Voice};

/// Launches kept: the sounding one, the queued one and a few that the roll still shows as past.
const LAUNCHES: usize = 32;

pub(super) fn select(state: &mut State, place: SlotId) -> Vec<Effect> {
    state.cursor = place;
    Vec::new()
}

pub(super) fn launch(state: &mut State, place: SlotId) -> Vec<Effect> {
    // The newest wish counts: what was to play as soon as it is there must not push this one out later.
    for pending in &mut state.pending {
        pending.launch = None;
    }
    let Some(slot) = state.edit.bank.get(place).cloned() else {
        if state.is_pending(place) {
            let newest = state.pending.iter_mut().rev().find(|pending| pending.concerns(place));
            if let Some(pending) = newest {
                pending.launch = Some(place);
            }
            return say(state, Tone::Said, format!("{place} is being made: it plays as soon as it is there"));
        }
        let noun = state.known(state.model()).noun();
        return say(state, Tone::Hint, format!("{place} is empty. {{sample}} makes a {noun} here"));
    };
    chain::end(state);
    let all = track::route(&state.edit.tracks, state.track, &slot);
    let any = !all.is_empty();
    let voices = track::thawed(&state.edit.tracks, all);
    if voices.is_empty() && any {
        return say(state, Tone::Hint, format!("{place}: its track is frozen. {{freeze}} thaws it"));
    }
    if voices.is_empty() {
        let (_, many) = track::nouns(&slot.made.tokens);
        return say(
            state,
            Tone::Hint,
            format!("{place}: no track plays {many}. {{add-drums}}, {{add-lead}} or {{add-bass}} makes one"),
        );
    }
    if !state.playing {
        state.playing = true;
        state.say(Tone::Good, format!("{place} plays. {{launch}} on another brings it in, {{play}} stops"));
        return vec![start(state, place, slot, Quantise::Now, voices), transport::begin(state)];
    }
    let when = state.quantise.phrase();
    state.say(Tone::Good, format!("{place} ({}) comes in {when}", slot.name));
    let at = state.quantise;
    vec![start(state, place, slot, at, voices)]
}

/// Hands `slot` to the engine under a new number, to play as `voices` say.
pub(super) fn start(
    state: &mut State,
    place: SlotId,
    slot: Arc<Slot>,
    at: Quantise,
    voices: Vec<Voice>,
) -> Effect {
    let id = state.next_launch;
    state.next_launch = state.next_launch.wrapping_add(1);
    forget_oldest(state);
    state.launches.push(Launch { id, place, script: false, slot: slot.clone(), voices: voices.clone(), at });
    for track in voices.iter().map(|voice| usize::from(voice.track)) {
        if state.playing && at != Quantise::Now {
            state.queued[track] = Some(id);
        } else {
            (state.sounding[track], state.queued[track]) = (Some(id), None);
        }
    }
    Effect::Launch { launch: id, slot, at, voices }
}

/// Makes room for another launch: the oldest that does not sound is forgotten.
pub(super) fn forget_oldest(state: &mut State) {
    if state.launches.len() >= LAUNCHES {
        let kept = state.sounding;
        if let Some(oldest) = state.launches.iter().position(|launch| !kept.contains(&Some(launch.id))) {
            state.launches.remove(oldest);
        }
    }
}

/// After places changed under the music: what sounds there now gives way to what stands there now, and what
/// waited there is replaced. A place that was emptied sounds on.
pub(super) fn follow(state: &mut State, changed: impl Fn(SlotId) -> bool) -> Vec<Effect> {
    let mut current: Vec<Launch> = Vec::new();
    for track in 0..track::MOST {
        let launch = state.queued_on(track).or(state.sounding_on(track));
        if let Some(launch) = launch.filter(|launch| current.iter().all(|known| known.id != launch.id)) {
            current.push(launch.clone());
        }
    }
    let mut effects = Vec::new();
    for Launch { id, place, slot: old, voices, at, .. } in current.into_iter().filter(|l| !l.script) {
        let waits = state.queued.contains(&Some(id));
        let at = match (at, state.playing) {
            // What has a beat of its own keeps it.
            (Quantise::At(_), true) if waits => at,
            (_, true) => state.quantise,
            (_, false) => Quantise::Now,
        };
        let Some(new) = state.edit.bank.get(place).cloned() else { continue };
        if !changed(place) || new.made == old.made {
            continue;
        }
        // It stays on its tracks as long as it has the same parts; those that play something else by now keep that.
        let same = track::parts(&new.made.tokens) == track::parts(&old.made.tokens);
        let voices = match same {
            true => {
                let still = |voice: &Voice| {
                    let track = usize::from(voice.track);
                    state.queued[track].or(state.sounding[track]) == Some(id)
                };
                let anew = |voice: Voice| {
                    track::voice(&state.edit.tracks, usize::from(voice.track), &new, voice.part)
                };
                voices.into_iter().filter(still).filter_map(anew).collect()
            }
            false => track::route(&state.edit.tracks, state.track, &new),
        };
        let voices = track::thawed(&state.edit.tracks, voices);
        if !voices.is_empty() {
            effects.push(start(state, place, new, at, voices));
        }
    }
    effects
}

pub(super) fn clear(state: &mut State, place: SlotId) -> Vec<Effect> {
    let Some(slot) = state.edit.bank.get(place).cloned() else {
        return say(state, Tone::Hint, format!("{place} is empty already"));
    };
    state.history.record(format!("clear {place}"), state.edit.clone());
    state.edit.bank.put(place, None);
    overtake(state, place);
    if state.mark == Some(place) {
        state.mark = None;
    }
    let sounds = state.playing && state.is_sounding(place);
    let on = if sounds { " It sounds until another comes in." } else { "" };
    say(state, Tone::Said, format!("{place} ({}) cleared.{on} {{undo}} brings it back", slot.name))
}

pub(super) fn copy(state: &mut State, place: SlotId) -> Vec<Effect> {
    let Some(slot) = state.edit.bank.get(place).cloned() else {
        return say(state, Tone::Hint, format!("{place} is empty: nothing to copy"));
    };
    state.clipboard = Some(slot);
    say(state, Tone::Said, format!("{place} copied. {{paste}} puts it into the selected place"))
}

pub(super) fn paste(state: &mut State, place: SlotId) -> Vec<Effect> {
    let Some(slot) = state.clipboard.clone() else {
        return say(state, Tone::Hint, "Nothing to paste. {copy} copies the selected pattern");
    };
    state.history.record(format!("paste into {place}"), state.edit.clone());
    state.say(Tone::Said, format!("{} pasted into {place}", slot.name));
    state.edit.bank.put(place, Some(slot));
    overtake(state, place);
    follow(state, |changed| changed == place)
}

/// The player has changed `place` by hand: what was ordered for it before comes too late.
pub(super) fn overtake(state: &mut State, place: SlotId) {
    state.stamps[place.index()] = state.next_ticket;
}
