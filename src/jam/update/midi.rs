//! What comes from a MIDI controller, and who leads the time.

use super::{bank, say, update};
use crate::jam::effect::Effect;
use crate::jam::learn::{Knob, Target};
use crate::jam::message::Tone;
use crate::jam::slot::SlotId;
use crate::jam::state::State;

/// The next knob that moves will do `target`. The same again: none will.
pub(super) fn learn(state: &mut State, target: Target) -> Vec<Effect> {
    if state.learning.as_ref() == Some(&target) {
        state.learning = None;
        let had = state.learned.forget(&target);
        let words = target.words();
        let text = if had { format!("No knob moves {words} any more") } else { "Learns nothing".into() };
        state.say(Tone::Said, text);
        return if had { vec![Effect::KeepMap(state.learned.clone())] } else { Vec::new() };
    }
    let text = format!("Move the knob or strike the pad for {}; the same key again forgets", target.words());
    state.learning = Some(target);
    say(state, Tone::Said, text)
}

/// A knob stands at `value` (0..=127) now.
pub(super) fn knob(state: &mut State, knob: Knob, value: u8) -> Vec<Effect> {
    if let Some(target) = state.learning.take() {
        let what = match knob {
            Knob::Control { channel, number } => format!("Controller {number} on channel {}", channel + 1),
            Knob::Key { channel, key } => format!("Key {key} on channel {}", channel + 1),
        };
        state.say(Tone::Good, format!("{what} moves {} now", target.words()));
        state.learned.learn(knob, target);
        return vec![Effect::KeepMap(state.learned.clone())];
    }
    let dot = (state.edit.palette.x, state.edit.palette.y);
    match state.learned.get(knob).and_then(|target| target.intent(value, dot)) {
        Some(intent) => update(state, intent),
        None => Vec::new(),
    }
}

/// A program change launches the place of that number, in reading order.
pub(super) fn program(state: &mut State, program: u8) -> Vec<Effect> {
    match SlotId::all().nth(usize::from(program)) {
        Some(place) if state.edit.bank.get(place).is_some() => bank::launch(state, place),
        Some(place) => say(state, Tone::Hint, format!("Program {}: {place} is empty", program + 1)),
        None => say(state, Tone::Hint, format!("Program {}: the bank has 64 places", program + 1)),
    }
}

/// The transport was started or stopped from outside.
pub(super) fn transported(state: &mut State, playing: bool) -> Vec<Effect> {
    if state.playing != playing {
        state.playing = playing;
        state.say(
            Tone::Said,
            if playing { "Started by the external clock" } else { "Stopped by the external clock" },
        );
    }
    Vec::new()
}

/// The engine follows the clock outside, or leads again.
pub(super) fn follow(state: &mut State) -> Vec<Effect> {
    state.following = !state.following;
    let on = state.following;
    state.say(
        Tone::Said,
        if on {
            "Following the external clock. {follow-clock} again: the jam leads"
        } else {
            "The jam leads. {follow-clock} follows the external clock"
        },
    );
    let mut effects = vec![Effect::Follow(on)];
    if !on {
        effects.push(Effect::Tempo(state.edit.bpm));
    }
    effects
}
