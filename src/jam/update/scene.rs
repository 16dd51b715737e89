//! Launching a row or a column of the bank.

use super::{bank, chain, say, transport};
use crate::jam::effect::Effect;
use crate::jam::message::Tone;
use crate::jam::quantise::Quantise;
use crate::jam::scene::{Cast, Line};
use crate::jam::slot::{COLUMNS, SlotId};
use crate::jam::state::State;
use crate::jam::track;

/// Plays the patterns of `line` together from the next boundary on; tracks without one fall silent there.
pub(super) fn launch(state: &mut State, line: Line) -> Vec<Effect> {
    let goes_on = line == Line::Column(None);
    let line = line.at(state.cursor);
    let places = line.places();
    let before = |place: SlotId| {
        let last = state.launches.iter().rev().find(|launch| launch.place == place);
        last.map_or_else(Vec::new, |launch| launch.voices.clone())
    };
    let frozen = track::frozen(&state.edit.tracks);
    let cast = Cast::new(&state.edit.bank, &state.edit.tracks, &places, frozen, before);
    if cast.parts.is_empty() {
        let text = match cast.left_out.is_empty() {
            true => format!("{} is empty: {{sample-row}} and {{sample}} make patterns for it", called(line)),
            false => {
                format!(
                    "{}: no track plays its patterns. {{add-lead}} and {{add-drums}} make some",
                    called(line)
                )
            }
        };
        return say(state, Tone::Hint, text);
    }
    // The newest wish counts, as for a single pattern.
    for pending in &mut state.pending {
        pending.launch = None;
    }
    chain::end(state);
    let at = if state.playing { state.quantise } else { Quantise::Now };
    let names: Vec<String> =
        cast.parts.iter().map(|(place, _, voices)| told(state, *place, voices)).collect();
    // Frozen tracks keep what they have.
    let playing = cast.tracks() | frozen;
    let mut effects = Vec::new();
    for (place, slot, voices) in cast.parts {
        effects.push(bank::start(state, place, slot, at, voices));
    }
    for at_track in (0..track::MOST).filter(|at| playing >> at & 1 == 0) {
        if state.queued[at_track].or(state.sounding[at_track]).is_none() {
            continue;
        }
        state.queued[at_track] = None;
        if at == Quantise::Now {
            state.sounding[at_track] = None;
        }
        effects.push(Effect::Halt { track: at_track as u8, at });
    }
    let when = if state.playing { format!("comes in {}", at.phrase()) } else { "plays".to_owned() };
    if !state.playing {
        state.playing = true;
        effects.push(transport::begin(state));
    }
    let out = match &cast.left_out[..] {
        [] => String::new(),
        [one] => format!("; no track is left for {one}"),
        many => format!("; no track is left for {} more", many.len()),
    };
    state.say(Tone::Good, format!("{} {when}: {}{out}", called(line), names.join(", ")));
    if goes_on {
        next(state);
    }
    effects
}

/// A line as a sentence begins with it: `Scene 2`.
fn called(line: Line) -> String {
    let name = line.to_string();
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

/// `A2 drums`, `C1 lead+bass`.
fn told(state: &State, place: SlotId, voices: &[track::Voice]) -> String {
    let name =
        |voice: &track::Voice| state.edit.tracks.get(usize::from(voice.track)).map(|t| t.name.as_str());
    format!("{place} {}", voices.iter().filter_map(name).collect::<Vec<_>>().join("+"))
}

/// The selection goes to the next column that holds something, so that the same key plays it next.
fn next(state: &mut State) {
    let filled = |column: u8| {
        Line::Column(Some(column)).places().iter().any(|place| state.edit.bank.get(*place).is_some())
    };
    let now = state.cursor.column();
    let next = (1..=COLUMNS).map(|by| (now + by) % COLUMNS).find(|column| filled(*column));
    if let Some(place) = next.and_then(|column| SlotId::new(state.cursor.row(), column)) {
        state.cursor = place;
    }
}
