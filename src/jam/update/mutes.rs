//! Muting drum classes.

use super::say;
use crate::jam::effect::Effect;
use crate::jam::kit;
use crate::jam::message::Tone;
use crate::jam::state::State;

fn set(state: &mut State, muted: u16, label: &str) -> Vec<Effect> {
    state.history.record(label, state.edit.clone());
    state.edit.muted = muted;
    vec![Effect::MuteClasses { tracks: state.drum_tracks(), classes: muted }]
}

pub(super) fn toggle(state: &mut State, class: u8) -> Vec<Effect> {
    let Some(name) = kit::name(class) else {
        return say(state, Tone::Hint, "There are nine drum classes: 1 (kick) to 9 (ride)");
    };
    let effects = set(state, state.edit.muted ^ (1 << class), &format!("mute {name}"));
    let text = if state.is_muted(class) {
        format!("{name} muted. {} again brings it back", class + 1)
    } else {
        format!("{name} back")
    };
    state.say(Tone::Said, text);
    effects
}

pub(super) fn solo(state: &mut State, class: u8) -> Vec<Effect> {
    let Some(name) = kit::name(class) else {
        return say(state, Tone::Hint, "There are nine drum classes: 1 (kick) to 9 (ride)");
    };
    let alone = kit::ALL & !(1 << class);
    if state.edit.muted == alone {
        return unmute_all(state);
    }
    let effects = set(state, alone, &format!("solo {name}"));
    state.say(Tone::Said, format!("Only {name}. {{unmute}} brings the others back"));
    effects
}

pub(super) fn unmute_all(state: &mut State) -> Vec<Effect> {
    if state.edit.muted == 0 {
        return say(state, Tone::Hint, "Nothing is muted. 1 to 9 mute a drum class");
    }
    let effects = set(state, 0, "unmute");
    state.say(Tone::Said, "All drums back");
    effects
}
