//! Undo and redo, sound included.

use super::{bank, say, tracks};
use crate::jam::effect::Effect;
use crate::jam::history::Edit;
use crate::jam::message::Tone;
use crate::jam::state::State;

pub(super) fn undo(state: &mut State) -> Vec<Effect> {
    // What is still being made is taken back first, where nothing was done since it was ordered.
    let now = state.history.position();
    let last = state.pending.iter().rposition(|p| p.opening.is_none() && !p.encodes && p.position >= now);
    if let Some(at) = last {
        let pending = state.pending.remove(at);
        state.say(Tone::Said, format!("Called off: {}", pending.label));
        return vec![Effect::Cancel(pending.ticket)];
    }
    match state.history.undo(state.edit.clone()) {
        Some((label, before)) => {
            state.say(Tone::Said, format!("Taken back: {label}. {{redo}} does it again"));
            restore(state, before)
        }
        None => say(
            state,
            Tone::Hint,
            "Nothing to take back: the set is as it began. Launches and switches are not taken back",
        ),
    }
}

pub(super) fn redo(state: &mut State) -> Vec<Effect> {
    match state.history.redo(state.edit.clone()) {
        Some((label, after)) => {
            state.say(Tone::Said, format!("Done again: {label}. {{undo}} takes it back"));
            restore(state, after)
        }
        None => say(state, Tone::Hint, "Nothing to do again"),
    }
}

/// Puts `edit` in place and tells the world what changed by it.
fn restore(state: &mut State, edit: Edit) -> Vec<Effect> {
    let old = std::mem::replace(&mut state.edit, edit);
    let new = &state.edit;
    let mut effects = Vec::new();
    if old.bpm != new.bpm {
        effects.push(Effect::Tempo(new.bpm));
    }
    if old.swing != new.swing {
        effects.push(Effect::Swing(new.swing));
    }
    if old.muted != new.muted {
        effects.push(Effect::MuteClasses { tracks: state.drum_tracks(), classes: new.muted });
    }
    effects.extend(tracks::restore(state, &old.tracks));
    if state.mark.is_some_and(|mark| state.edit.bank.get(mark).is_none()) {
        state.mark = None;
    }
    let now = state.edit.bank.clone();
    effects.extend(bank::follow(state, |place| old.bank.get(place) != now.get(place)));
    effects
}
