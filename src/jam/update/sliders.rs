//! The attribute sliders: a pattern moves along the vectors of its model, and the music follows.

use super::{make, midi, say};
use crate::jam::effect::Effect;
use crate::jam::learn::Target;
use crate::jam::limits;
use crate::jam::message::Tone;
use crate::jam::request::Job;
use crate::jam::sliders::{Board, Moved, stand};
use crate::jam::slot::SlotId;
use crate::jam::state::State;
use crate::latent::attributes::Attribute;

/// What undo calls it; movements of one pattern in a row are one step of undo.
const LABEL: &str = "the sliders of ";

/// True for the label of a movement of the sliders.
pub(super) fn is(label: &str) -> bool {
    label.starts_with(LABEL)
}

/// Chooses the slider so many further down, around the ends.
pub(super) fn choose(state: &mut State, by: i8) -> Vec<Effect> {
    let Some(board) = board(state) else { return Vec::new() };
    let count = board.by.len() as isize;
    let at = state.sliders.chosen.min(board.by.len() - 1) as isize;
    state.sliders.chosen = (at + isize::from(by)).rem_euclid(count) as usize;
    Vec::new()
}

/// Moves the chosen slider by so much.
pub(super) fn nudge(state: &mut State, by: f32) -> Vec<Effect> {
    let Some(board) = board(state) else { return Vec::new() };
    match board.by.get(state.sliders.chosen.min(board.by.len() - 1)) {
        Some(&(attribute, at)) => to(state, attribute, at + by),
        None => Vec::new(),
    }
}

/// Puts the chosen slider into the middle, or all of them.
pub(super) fn home(state: &mut State, all: bool) -> Vec<Effect> {
    let Some(board) = board(state) else { return Vec::new() };
    if !all {
        let at = board.by.get(state.sliders.chosen.min(board.by.len() - 1)).copied();
        return match at {
            Some((attribute, 0.0)) => {
                let text = format!("The slider of {attribute} is in the middle already");
                say(state, Tone::Hint, text)
            }
            Some((attribute, _)) => to(state, attribute, 0.0),
            None => Vec::new(),
        };
    }
    if board.by.iter().all(|(_, by)| *by == 0.0) {
        return say(state, Tone::Hint, format!("The sliders of {} are in the middle already", board.place));
    }
    let by = board.by.iter().map(|(attribute, _)| (*attribute, 0.0)).collect();
    go(state, board, by)
}

/// Moves the pattern to where it has `to` vectors of `attribute`.
pub(super) fn to(state: &mut State, attribute: Attribute, to: f32) -> Vec<Effect> {
    let Some(board) = board(state) else { return Vec::new() };
    let Some(index) = board.by.iter().position(|(other, _)| *other == attribute) else {
        let (model, has) = (&board.table.model, board.by.iter().map(|(a, _)| a.name()));
        let text =
            format!("{model} has no vector of {attribute}; it has {}", has.collect::<Vec<_>>().join(", "));
        return say(state, Tone::Hint, text);
    };
    state.sliders.chosen = index;
    let to = limits::hundredths(to, &limits::SLIDER);
    let mut by = board.by.clone();
    if by[index].1 == to {
        return Vec::new();
    }
    by[index].1 = to;
    go(state, board, by)
}

fn go(state: &mut State, board: Board, by: Vec<(Attribute, f32)>) -> Vec<Effect> {
    let Board { place, from, .. } = board;
    state.sliders.moved = Some(Moved { place, from, by });
    follow(state)
}

/// Orders the pattern at the place where the sliders stand. While the one before is still being made the wish waits:
/// a hand that moves on is followed, not waited for.
fn follow(state: &mut State) -> Vec<Effect> {
    let Some(Moved { place, from, by }) = state.sliders.moved.clone() else { return Vec::new() };
    let under_way = |p: &crate::jam::state::Pending| is(&p.label) && p.slots == [place];
    if state.pending.iter().any(|p| under_way(p) && state.is_awaited(place, p.ticket)) {
        return Vec::new();
    }
    let root = from.name.trim_end_matches('^');
    let name = if by.iter().all(|(_, by)| *by == 0.0) { root.to_owned() } else { format!("{root}^") };
    let job = Job::Slide { of: from.made.clone(), by };
    make::order(state, job, vec![place], vec![name], Vec::new(), format!("{LABEL}{place}"))
}

/// The moved pattern is there: says what it has become, and goes on where the sliders are elsewhere by now.
pub(super) fn landed(state: &mut State, place: SlotId) -> Vec<Effect> {
    let (Some(moved), Some(slot)) = (state.sliders.moved.clone(), state.edit.bank.get(place).cloned()) else {
        return Vec::new();
    };
    if moved.place != place {
        return Vec::new();
    }
    let at = stand(&slot);
    let of = |attribute| at.iter().find(|(other, _)| *other == attribute).map_or(0.0, |(_, by)| *by);
    if moved.by.iter().any(|(attribute, by)| of(*attribute) != *by) {
        return follow(state);
    }
    let changed = moved.by.get(state.sliders.chosen.min(moved.by.len().saturating_sub(1)));
    if let Some(&(attribute, by)) = changed {
        let measured = |slot: &crate::jam::Slot| attribute.measure(slot.pattern());
        let text = match (measured(&moved.from), measured(&slot)) {
            (Some(was), Some(is)) => {
                format!("{place}: {attribute} {by:+.2}, measured {was:.2} \u{2192} {is:.2}")
            }
            _ => format!("{place}: {attribute} {by:+.2}"),
        };
        state.say(Tone::Said, format!("{text}. {{undo}} takes it back"));
    }
    Vec::new()
}

/// The next knob that moves will move the chosen slider.
pub(super) fn learn(state: &mut State) -> Vec<Effect> {
    let Some(board) = board(state) else { return Vec::new() };
    match board.by.get(state.sliders.chosen.min(board.by.len() - 1)) {
        Some((attribute, _)) => midi::learn(state, Target::Slider(*attribute)),
        None => Vec::new(),
    }
}

/// The sliders there are; where there are none it says why.
fn board(state: &mut State) -> Option<Board> {
    let board = state.board().filter(|board| !board.by.is_empty());
    if board.is_none() {
        let slot = state.slider_place().and_then(|place| state.edit.bank.get(place));
        let text = match slot {
            Some(slot) => format!(
                "{} has no attribute vectors. `mvae-tui attributes compute --model {0}` makes them from music",
                slot.recipe().model
            ),
            None => format!("{} is empty: {{sample}} makes a pattern to move", state.cursor),
        };
        state.say(Tone::Hint, text);
    }
    board
}
