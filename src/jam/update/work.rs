//! Long work: how far it is, and calling it off.

use super::say;
use crate::jam::effect::Effect;
use crate::jam::message::Tone;
use crate::jam::progress::Progress;
use crate::jam::state::State;

/// News of the work with this number. It is shown, not said.
pub(super) fn progress(state: &mut State, ticket: u64, progress: Progress) -> Vec<Effect> {
    if let Some((at, known)) = &mut state.rendering
        && *at == ticket
    {
        *known = progress;
    }
    if let Some(pending) = state.pending.iter_mut().find(|pending| pending.ticket == ticket) {
        pending.progress = progress;
    }
    Vec::new()
}

/// Ends what takes its time: the rendering, or else what was ordered last.
pub(super) fn call_off(state: &mut State) -> Vec<Effect> {
    if let Some((ticket, _)) = state.rendering.take() {
        state.say(Tone::Said, "Called off: the rendering. No file was written, {render} begins anew");
        return vec![Effect::Cancel(ticket)];
    }
    let last = state.pending.iter().rposition(|pending| !pending.encodes);
    match last.map(|at| state.pending.remove(at)) {
        Some(pending) => {
            state.say(Tone::Said, format!("Called off: {}. What is there stays", pending.label));
            vec![Effect::Cancel(pending.ticket)]
        }
        None => say(state, Tone::Hint, "Nothing is being made: there is nothing to call off"),
    }
}
