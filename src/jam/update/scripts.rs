//! What scripts ask of the jam.

use std::sync::Arc;

use super::bank;
use crate::engine::{Command, Order};
use crate::jam::effect::Effect;
use crate::jam::limits;
use crate::jam::message::Tone;
use crate::jam::quantise::Quantise;
use crate::jam::script::ScriptNews;
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::{Launch, State};
use crate::jam::track::Voice;
use crate::music::pattern::Part;

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

/// A script launches a pattern: the roll shows it as it shows those of the bank.
pub(super) fn plays(state: &mut State, command: Command, slot: Arc<Slot>, part: Part) -> Vec<Effect> {
    if let Command::Launch { track, slot: id, .. } = command {
        bank::forget_oldest(state);
        let voice = Voice { track, part, channel: track, program: 0, octave: 0, steps: 0 };
        let place = SlotId::FIRST;
        state.launches.push(Launch { id, place, script: true, slot, voices: vec![voice], at: Quantise::Bar });
        if let Some(queued) = state.queued.get_mut(usize::from(track)) {
            *queued = Some(id);
        }
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

/// What has become of scripts is told.
pub(super) fn hear(state: &mut State, news: &ScriptNews) -> Vec<Effect> {
    match news {
        ScriptNews::Opened { path, .. } => {
            let text = format!("{}: {{run-script}} plays it, {{save-script}} keeps it", path.display());
            state.say(Tone::Said, text);
        }
        ScriptNews::Changed { path, .. } => {
            state.say(Tone::Said, format!("{}: changed, and takes over at the next bar", path.display()));
        }
        ScriptNews::Saved { path, .. } => state.say(Tone::Good, format!("Saved {}", path.display())),
        ScriptNews::Took { name } => state.say(Tone::Good, format!("{name} plays")),
        ScriptNews::Failed(fault) => state.say(Tone::Error, fault.text.clone()),
        ScriptNews::Listens(_) => {}
    }
    Vec::new()
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
    fn what_a_script_launches_is_seen_and_is_no_place_of_the_bank() {
        let mut state = fresh();
        let slot = Arc::new(Slot::new("drums", beat(1)));
        let clip = Arc::new(crate::engine::Clip::from_part(slot.pattern(), Part::Drums, 9, 0, 0));
        let at = crate::engine::Quantise::Bar;
        let command = Command::Launch { track: 0, slot: 0x8000_0001, clip, at };
        let plays = Intent::Plays { command: command.clone(), slot, part: Part::Drums };
        assert_eq!(update(&mut state, plays), [Effect::Perform(command)]);
        let said = state.log.total();
        update(&mut state, Intent::Heard { track: 0, launch: Some(0x8000_0001) });
        assert!(state.sounding().is_some_and(|launch| launch.script));
        assert!(!state.is_sounding(SlotId::FIRST));
        assert_eq!(state.log.total(), said, "a script that changes patterns does not fill the log");
        state.playing = false;
        assert_eq!(update(&mut state, Intent::Play), [Effect::Play]);
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
