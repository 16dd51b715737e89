//! Patterns written by hand: heard at once, and brought to their point in the latent space in the background.

use std::sync::Arc;

use super::{bank, make, say};
use crate::jam::effect::Effect;
use crate::jam::message::Tone;
use crate::jam::quantise::Quantise;
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::State;
use crate::jam::track;
use crate::latent::generate::Generated;
use crate::music::pattern::Pattern;

/// Puts `pattern` in place of the notes at `place`. Nudges of one kind in a row are one step of undo.
pub(super) fn write(
    state: &mut State,
    place: SlotId,
    pattern: Pattern,
    label: &str,
    nudge: bool,
) -> Vec<Effect> {
    let Some(old) = state.edit.bank.get(place).cloned() else {
        return say(state, Tone::Hint, format!("{place} is empty: {{sample}} makes a pattern to edit"));
    };
    if *old.pattern() == pattern {
        return Vec::new();
    }
    let label = format!("{label} in {place}");
    if nudge {
        state.history.record_nudge(&label, state.edit.clone());
    } else {
        state.history.record(label, state.edit.clone());
    }
    let made = Arc::new(Generated { pattern, ..(*old.made).clone() });
    // A star tells that the model did not make it alone.
    let name = if old.name.ends_with('*') { old.name.clone() } else { format!("{}*", old.name) };
    let slot = Arc::new(Slot { name, made, low: old.low });
    state.edit.bank.put(place, Some(slot.clone()));
    bank::overtake(state, place);
    let mut effects = sound(state, place, &slot);
    effects.extend(make::encode(state, place, &slot));
    effects
}

/// What was edited is heard at once, in phase, wherever it sounds.
fn sound(state: &mut State, place: SlotId, slot: &Arc<Slot>) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut done = Vec::new();
    for at in 0..track::MOST {
        let launch =
            state.sounding_on(at).filter(|launch| launch.is_from(place) && !done.contains(&launch.id));
        let Some(launch) = launch.cloned() else { continue };
        done.push(launch.id);
        let still = |voice: &track::Voice| state.sounding[usize::from(voice.track)] == Some(launch.id);
        let voices: Vec<track::Voice> = launch.voices.iter().copied().filter(still).collect();
        let voices = track::thawed(&state.edit.tracks, voices);
        if voices.is_empty() {
            continue;
        }
        // What waits on these tracks goes on waiting: it is launched after, and takes over as it would have.
        let waiting = state.queued;
        effects.push(bank::start(state, place, slot.clone(), Quantise::Now, voices));
        for (track, wanted) in waiting.into_iter().enumerate() {
            if let Some(next) = state.launch(wanted).cloned().filter(|_| state.queued[track] != wanted) {
                let of = |voice: &&track::Voice| usize::from(voice.track) == track;
                let voices: Vec<track::Voice> = next.voices.iter().filter(of).copied().collect();
                let at = if matches!(next.at, Quantise::At(_)) { next.at } else { state.quantise };
                effects.push(bank::start(state, next.place, next.slot, at, voices));
            }
        }
    }
    effects
}

/// The point of a pattern written by hand is known: it takes the place of the old one, where the notes are the same.
pub(super) fn encoded(state: &mut State, place: SlotId, made: Generated) -> Vec<Effect> {
    let Some(old) = state.edit.bank.get(place).cloned() else { return Vec::new() };
    if *old.pattern() == made.pattern {
        let slot = Slot { name: old.name.clone(), made: Arc::new(made), low: old.low };
        state.edit.bank.put(place, Some(Arc::new(slot)));
    }
    Vec::new()
}
