//! The latent palette: its corners, its dot, and the pattern that follows it.

use std::sync::Arc;

use super::{make, say};
use crate::jam::effect::Effect;
use crate::jam::message::Tone;
use crate::jam::palette::CORNERS;
use crate::jam::request::Job;
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::State;

/// What undo calls a walk over the palette; steps of one walk are one step of undo.
pub(super) const LABEL: &str = "the palette";

/// Puts the pattern at `place` into corner `corner`.
pub(super) fn corner(state: &mut State, corner: u8, place: SlotId) -> Vec<Effect> {
    let Some(slot) = state.edit.bank.get(place).cloned() else {
        return say(state, Tone::Hint, format!("{place} is empty: a corner must hold a pattern"));
    };
    let Some(name) = CORNERS.get(usize::from(corner)) else {
        return say(state, Tone::Hint, "A palette has four corners");
    };
    let mut others = state.edit.palette.clone();
    others.corners[usize::from(corner)] = None;
    if !others.takes(&slot) {
        let model = &slot.recipe().model;
        return say(
            state,
            Tone::Hint,
            format!(
                "{place} comes from {model}, the other corners do not: only patterns of one model lie between each other. {{palette-fill}} begins anew"
            ),
        );
    }
    state.history.record("a corner of the palette", state.edit.clone());
    let text = format!("{place} ({}) is the corner {name}", slot.name);
    state.edit.palette.corners[usize::from(corner)] = Some(slot);
    state.say(Tone::Said, text);
    Vec::new()
}

/// Takes the four corners from the bank: the selected pattern and the next ones of the same model.
pub(super) fn fill(state: &mut State) -> Vec<Effect> {
    let Some(first) = state.selected().cloned() else {
        return say(
            state,
            Tone::Hint,
            format!("{} is empty: {{sample-row}} makes patterns to go between", state.cursor),
        );
    };
    let mut field = crate::jam::palette::Field { x: 0.5, y: 0.5, ..Default::default() };
    field.corners[0] = Some(first);
    let behind = SlotId::all().skip(state.cursor.index() + 1).chain(SlotId::all().take(state.cursor.index()));
    // What the palette itself made is no corner: it lies between them.
    let own = state.edit.palette.place;
    let found: Vec<Arc<Slot>> = behind
        .filter(|place| Some(*place) != own)
        .filter_map(|place| state.edit.bank.get(place).cloned())
        .filter(|slot| field.takes(slot))
        .take(3)
        .collect();
    if found.len() < 3 {
        return say(state, Tone::Hint, "A palette needs four patterns of one model. {sample-row} makes some");
    }
    for (corner, slot) in field.corners.iter_mut().skip(1).zip(found) {
        *corner = Some(slot);
    }
    state.history.record("the corners of the palette", state.edit.clone());
    field.place = own;
    state.edit.palette = field;
    let text = "Four corners. {dot-left} {dot-right} {dot-up} {dot-down} move the dot, the music follows";
    state.say(Tone::Good, text);
    // Corners alone are no wish for music; a dot that moves is.
    if state.playing { follow(state) } else { Vec::new() }
}

/// Puts the dot at `x` and `y`.
pub(super) fn to(state: &mut State, x: f64, y: f64) -> Vec<Effect> {
    if state.edit.palette.whole().is_none() {
        return say(
            state,
            Tone::Hint,
            "The palette has no four corners yet. {palette-fill} takes them from the bank",
        );
    }
    let before = state.edit.clone();
    if !state.edit.palette.go(x, y) {
        return Vec::new();
    }
    state.history.record_nudge(LABEL, before);
    follow(state)
}

/// Orders the pattern under the dot; it comes in when it is there.
fn follow(state: &mut State) -> Vec<Effect> {
    let Some(corners) = state.edit.palette.whole() else { return Vec::new() };
    let corners = corners.map(|slot| slot.made.clone());
    let free = |place: &SlotId| state.edit.bank.get(*place).is_none() && !state.is_pending(*place);
    let Some(place) = state.edit.palette.place.or_else(|| SlotId::all().rev().find(free)) else {
        return say(
            state,
            Tone::Hint,
            "The palette needs an empty place for its pattern. {clear} empties one",
        );
    };
    state.edit.palette.place = Some(place);
    let (x, y) = (state.edit.palette.x, state.edit.palette.y);
    let name = format!("{:.0},{:.0}", x * 100.0, y * 100.0);
    let temperature = state.edit.temperature;
    let job = Job::Palette { corners, x, y, temperature };
    let effects = make::order(state, job, vec![place], vec![name], Vec::new(), LABEL.to_owned());
    // What stands there and sounds is followed by itself; the first one is launched.
    if !state.is_sounding(place)
        && !state.is_queued(place)
        && let Some(pending) = state.pending.last_mut()
    {
        pending.launch = Some(place);
    }
    effects
}
