//! What scripts ask of the jam.

use std::sync::Arc;

use super::bank;
use crate::engine::{Command, Order};
use crate::jam::effect::Effect;
use crate::jam::limits;
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::State;

/// The transport runs, whatever plays.
pub(super) fn run(state: &mut State) -> Vec<Effect> {
    if std::mem::replace(&mut state.playing, true) { Vec::new() } else { vec![Effect::Play] }
}

/// The engine is told as it is; the header shows the tempo and swing that come.
pub(super) fn perform(state: &mut State, command: Command) -> Vec<Effect> {
    match &command {
        Command::At { what: Order::Tempo(bpm), .. } => {
            state.edit.bpm = limits::on_grid(*bpm, &limits::BPM, 0.1)
        }
        Command::At { what: Order::Swing(share), .. } => {
            state.edit.swing = limits::hundredths(*share, &limits::SWING);
        }
        _ => {}
    }
    vec![Effect::Perform(command)]
}

/// A pattern comes into the bank: one step of undo, as from the player's hand.
pub(super) fn put(state: &mut State, place: SlotId, slot: Arc<Slot>) -> Vec<Effect> {
    state.history.record(format!("script into {place}"), state.edit.clone());
    state.edit.bank.put(place, Some(slot));
    bank::overtake(state, place);
    bank::follow(state, |changed| changed == place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jam::fixtures::{at, beat, fresh};
    use crate::jam::{Intent, update};

    #[test]
    fn a_script_starts_the_transport_once_and_its_tempo_is_shown() {
        let mut state = fresh();
        assert_eq!(update(&mut state, Intent::Run), [Effect::Play]);
        assert!(update(&mut state, Intent::Run).is_empty());
        let tempo = Command::at(8.0, 0, Order::Tempo(97.0));
        assert_eq!(update(&mut state, Intent::Perform(tempo.clone())), [Effect::Perform(tempo)]);
        assert_eq!(state.edit.bpm, 97.0);
    }

    #[test]
    fn what_a_script_puts_into_the_bank_can_be_undone() {
        let mut state = fresh();
        let slot = Arc::new(Slot::new("x", beat(1)));
        update(&mut state, Intent::Put { place: at("B2"), slot });
        assert!(state.edit.bank.get(at("B2")).is_some());
        update(&mut state, Intent::Undo);
        assert!(state.edit.bank.get(at("B2")).is_none());
    }
}
