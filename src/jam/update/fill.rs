//! Fills: a bar of more notes, then back.

use std::sync::Arc;

use super::say;
use crate::jam::effect::Effect;
use crate::jam::message::Tone;
use crate::jam::quantise::Quantise;
use crate::jam::slot::Slot;
use crate::jam::state::State;
use crate::jam::{fill, track};
use crate::latent::generate::Generated;

/// A fill on `track` (the selected one where none is given) from the next boundary to the end of its bar.
pub(super) fn one(state: &mut State, track: Option<usize>) -> Vec<Effect> {
    let at = track.unwrap_or(state.track);
    let Some(name) = state.edit.tracks.get(at).map(|track| track.name.clone()) else {
        return super::tracks::select(state, at);
    };
    match over(state, at) {
        Ok(effect) => {
            let when = state.quantise.phrase();
            state.say(Tone::Good, format!("A fill on {name} {when}, then back"));
            vec![effect]
        }
        Err(why) => say(state, Tone::Hint, why),
    }
}

/// A fill on every track that plays.
pub(super) fn all(state: &mut State) -> Vec<Effect> {
    let effects: Vec<Effect> = (0..state.edit.tracks.len()).filter_map(|at| over(state, at).ok()).collect();
    let text = match effects.len() {
        0 => {
            return say(
                state,
                Tone::Hint,
                "Nothing plays that a fill could be made of. {launch} brings a pattern in",
            );
        }
        1 => "A fill".to_owned(),
        many => format!("A fill on {many} tracks"),
    };
    let when = state.quantise.phrase();
    state.say(Tone::Good, format!("{text} {when}, then back"));
    effects
}

/// The fill of one track, or why there is none.
fn over(state: &mut State, at: usize) -> Result<Effect, String> {
    let name = state.edit.tracks.get(at).map_or("", |track| track.name.as_str());
    if state.edit.tracks.get(at).is_some_and(|track| track.frozen.is_some()) {
        return Err(format!("{name} is frozen. {{freeze}} thaws it"));
    }
    let playing = state.sounding_on(at).filter(|_| state.playing);
    let Some((launch, voice)) = playing.and_then(|launch| Some((launch.clone(), *launch.voice(at)?))) else {
        return Err(format!(
            "Nothing plays on {name}: a fill is made of what plays. {{launch}} brings a pattern in"
        ));
    };
    let pattern = fill::of(launch.slot.pattern(), voice.part, state.fill_count);
    state.fill_count = state.fill_count.wrapping_add(1);
    let made = Arc::new(Generated { pattern, ..(*launch.slot.made).clone() });
    let slot = Arc::new(Slot { name: format!("{} fill", launch.slot.name), made });
    let at_boundary = match state.quantise {
        // A fill of two bars is no fill: the next bar has it.
        Quantise::TwoBars => Quantise::Bar,
        other => other,
    };
    if let Some(shown) = state.fills.get_mut(at) {
        *shown = Some(slot.clone());
    }
    let voice = track::Voice { steps: 0, ..voice };
    Ok(Effect::Fill { voice, slot, at: at_boundary })
}
