//! What scripts ask of the jam.

use std::sync::Arc;

use super::{bank, transport};
use crate::engine::{self, Clip, Command, Order, Setting};
use crate::jam::effect::Effect;
use crate::jam::limits;
use crate::jam::message::Tone;
use crate::jam::quantise::Quantise;
use crate::jam::script::{CONSOLE, ScriptNews};
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::{Launch, State, Withheld};
use crate::jam::track::{self, Output, Track, Voice};
use crate::music::pattern::{ALWAYS, Part};

/// The transport runs, whatever plays: counted in where the player or the script wants that.
pub(super) fn run(state: &mut State) -> Vec<Effect> {
    if std::mem::replace(&mut state.playing, true) { Vec::new() } else { vec![transport::begin(state)] }
}

/// The engine is told as it is; header and mixer show what comes.
pub(super) fn perform(state: &mut State, command: Command) -> Vec<Effect> {
    match &command {
        Command::At { what: Order::Tempo(bpm), .. } => {
            state.edit.bpm = limits::on_grid(*bpm, &limits::BPM, 0.1)
        }
        Command::At { what: Order::Swing(share), .. } => {
            state.edit.swing = limits::hundredths(*share, &limits::SWING);
        }
        Command::At { track, what, .. } => {
            if let Some(track) = state.edit.tracks.get_mut(usize::from(*track)) {
                show(track, *what);
                // Heard outside only, it stays silent here at any level.
                if matches!(what, Order::Gain(_)) && matches!(track.output, Output::Port(_)) {
                    return Vec::new();
                }
            }
        }
        Command::Halt { track, .. } if is_frozen(state, *track) => {
            let track = usize::from(*track);
            state.withheld[track] = Some(Withheld { command, seen: None });
            return Vec::new();
        }
        Command::Metronome(on) => state.metronome = *on,
        _ => {}
    }
    vec![Effect::Perform(command)]
}

/// The strip of a track shows what a script has set there.
fn show(track: &mut Track, what: Order) {
    match what {
        Order::Mute(on) => track.muted = on,
        Order::Gain(gain) => {
            let range = f64::from(*limits::LEVEL.start())..=f64::from(*limits::LEVEL.end());
            track.level = limits::on_grid(20.0 * f64::from(gain.max(1e-6)).log10(), &range, 0.5) as f32;
        }
        Order::Pan { pan, .. } => track.pan = limits::hundredths(pan, &(-1.0..=1.0)),
        Order::Set(Setting::Program { program, .. }) if track.part != Part::Drums => {
            track.program = program.min(127);
        }
        _ => {}
    }
}

fn is_frozen(state: &State, track: u8) -> bool {
    state.edit.tracks.get(usize::from(track)).is_some_and(|track| track.frozen.is_some())
}

/// A script launches a pattern: the roll shows it as it shows those of the bank.
pub(super) fn plays(state: &mut State, command: Command, slot: Arc<Slot>, part: Part) -> Vec<Effect> {
    match command {
        Command::Launch { track, .. } if is_frozen(state, track) => {
            state.withheld[usize::from(track)] = Some(Withheld { command, seen: Some((slot, part)) });
            return Vec::new();
        }
        Command::Launch { track, slot: id, .. } => remember(state, track, id, slot, part),
        Command::Fill { track, .. } => {
            if let Some(shown) = state.fills.shown.get_mut(usize::from(track)) {
                *shown = Some(slot);
            }
        }
        _ => {}
    }
    vec![Effect::Perform(command)]
}

/// The roll knows launch `id` and waits for it.
fn remember(state: &mut State, track: u8, id: u32, slot: Arc<Slot>, part: Part) {
    bank::forget_oldest(state);
    let voice = Voice { track, part, channel: track, program: 0, octave: 0, steps: 0 };
    let place = SlotId::FIRST;
    state.launches.push(Launch { id, place, script: true, slot, voices: vec![voice], at: Quantise::Bar });
    if let Some(queued) = state.queued.get_mut(usize::from(track)) {
        *queued = Some(id);
    }
}

/// A track on which a script plays was frozen, or thawed: its loop is printed where chance is in it, or what the script
/// has asked for meanwhile comes in, in phase.
pub(super) fn refreeze(state: &mut State, at: usize) -> Option<Effect> {
    let Some(frozen) = state.edit.tracks.get(at).and_then(|track| track.frozen.clone()) else {
        return release(state, at);
    };
    let varies = |launch: &Launch| launch.slot.pattern().notes.iter().any(|note| note.chance < ALWAYS);
    if !state.sounding_on(at).is_some_and(varies) {
        return None;
    }
    let voice = track::voice(&state.edit.tracks, at, &frozen.slot, frozen.part)?;
    let Voice { channel, program, .. } = voice;
    let clip = Arc::new(Clip::from_part(frozen.slot.pattern(), frozen.part, channel, program, 0));
    let (track, slot) = (at as u8, state.next_launch);
    state.next_launch = state.next_launch.wrapping_add(1);
    remember(state, track, slot, frozen.slot.clone(), frozen.part);
    Some(Effect::Perform(Command::Launch { track, slot, clip, at: engine::Quantise::Now }))
}

/// What a script has asked of a track while it was frozen.
pub(super) fn release(state: &mut State, at: usize) -> Option<Effect> {
    let Withheld { command, seen } = state.withheld.get_mut(at)?.take()?;
    let now = engine::Quantise::Now;
    Some(Effect::Perform(match (command, seen) {
        (Command::Launch { track, slot: id, clip, .. }, Some((slot, part))) => {
            remember(state, track, id, slot, part);
            Command::Launch { track, slot: id, clip, at: now }
        }
        (Command::Halt { track, .. }, _) => Command::Halt { track, at: now },
        (other, _) => other,
    }))
}

/// Scripts play on tracks of these names: those that the jam has not yet are added, and those that scripts call otherwise
/// by now are renamed, in every remembered state as well, since no hand has made them.
fn take_tracks(state: &mut State, names: &[String]) {
    let lead = state.edit.tracks.iter().find(|track| track.part == Part::Lead);
    let model = lead.map_or_else(|| state.model().to_owned(), |track| track.model.clone());
    // The first three are the jam's own, whatever they are called there.
    for (at, name) in names.iter().enumerate().take(track::MOST).skip(3) {
        let new = Track::new(name.clone(), Part::Lead, model.clone());
        let add = |tracks: &mut Vec<Track>| {
            if tracks.len() == at {
                tracks.push(new.clone());
            } else if let Some(track) = tracks.get_mut(at) {
                track.name.clone_from(name);
            }
        };
        add(&mut state.edit.tracks);
        state.history.amend(|edit| add(&mut edit.tracks));
    }
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
            state.say(Tone::Said, format!("{}: changed, and read anew", path.display()));
        }
        ScriptNews::Saved { path, .. } => state.say(Tone::Good, format!("Saved {}", path.display())),
        // The value of a line stays in view.
        ScriptNews::Took { name, .. }
            if name == CONSOLE && state.log.last().is_some_and(|last| last.tone == Tone::Said) => {}
        ScriptNews::Took { name, lines } => {
            let what = match lines.filter(|_| name != CONSOLE) {
                Some((first, last)) if first == last => format!("Line {first} of {name} plays"),
                Some((first, last)) => format!("Lines {first} to {last} of {name} play"),
                None => format!("{name} plays"),
            };
            state.say(Tone::Good, what);
        }
        ScriptNews::Failed(fault) => state.say(Tone::Error, fault.text.clone()),
        ScriptNews::Tracks(names) => take_tracks(state, names),
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
        let clip = Arc::new(Clip::from_part(slot.pattern(), Part::Drums, 9, 0, 0));
        let at = engine::Quantise::Bar;
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

    fn plays(id: u32, chance: u8) -> Intent {
        let mut made = beat(1);
        made.pattern.notes.iter_mut().for_each(|note| note.chance = chance);
        let slot = Arc::new(Slot::new("drums", made));
        let clip = Arc::new(Clip::from_part(slot.pattern(), Part::Drums, 9, 0, 0));
        let command = Command::Launch { track: 0, slot: id, clip, at: engine::Quantise::at(8.0) };
        Intent::Plays { command, slot, part: Part::Drums }
    }

    #[test]
    fn a_track_frozen_by_hand_lets_no_script_through_until_it_is_thawed() {
        let mut state = fresh();
        update(&mut state, Intent::Run);
        update(&mut state, plays(0x8000_0001, 50));
        update(&mut state, Intent::Heard { track: 0, launch: Some(0x8000_0001) });
        let printed = update(&mut state, Intent::Freeze(Some(0)));
        let clip = match &printed[..] {
            [Effect::Perform(Command::Launch { clip, at: engine::Quantise::Now, .. })] => clip,
            other => panic!("{other:?}"),
        };
        assert!(clip.notes().iter().all(|note| note.chance == ALWAYS), "chance is drawn");
        assert_eq!(update(&mut state, plays(0x8000_0002, 100)), []);
        assert_eq!(update(&mut state, Intent::Hold { track: 0, on: true }), [], "it is so already");
        let thawed = update(&mut state, Intent::Freeze(Some(0)));
        let launched = |effects: &[Effect]| match effects {
            [Effect::Perform(Command::Launch { slot, at: engine::Quantise::Now, .. })] => Some(*slot),
            _ => None,
        };
        assert_eq!(launched(&thawed), Some(0x8000_0002));
        assert!(state.edit.tracks[0].frozen.is_none());
        // The script does the same: what it has printed plays on as it is.
        update(&mut state, Intent::Heard { track: 0, launch: Some(0x8000_0002) });
        assert_eq!(update(&mut state, Intent::Hold { track: 0, on: true }), []);
        assert!(state.edit.tracks[0].frozen.is_some());
        let halt = Intent::Perform(Command::Halt { track: 0, at: engine::Quantise::at(12.0) });
        assert_eq!(update(&mut state, halt), []);
        let free = update(&mut state, Intent::Hold { track: 0, on: false });
        assert_eq!(free, [Effect::Perform(Command::Halt { track: 0, at: engine::Quantise::Now })]);
    }

    #[test]
    fn tracks_of_a_script_stand_in_the_mixer_as_it_sets_them_and_undo_leaves_them() {
        let mut state = fresh();
        update(&mut state, Intent::Tempo(99.0));
        let names = ["drums", "lead", "bass", "pad"].map(str::to_owned).to_vec();
        update(&mut state, Intent::ScriptSays(ScriptNews::Tracks(names)));
        for what in [
            Order::Gain(0.5),
            Order::Mute(true),
            Order::Pan { channel: 3, pan: -0.4 },
            Order::Set(Setting::Program { channel: 3, program: 89 }),
        ] {
            update(&mut state, Intent::Perform(Command::at(0.0, 3, what)));
        }
        let pad = state.edit.tracks[3].clone();
        assert_eq!(
            (pad.name.as_str(), pad.level, pad.muted, pad.pan, pad.program),
            ("pad", -6.0, true, -0.4, 89)
        );
        update(&mut state, Intent::Undo);
        assert_eq!((state.edit.tracks.len(), state.edit.bpm), (4, 120.0));
        let names = ["drums", "lead", "bass", "keys", "bells"].map(str::to_owned).to_vec();
        update(&mut state, Intent::ScriptSays(ScriptNews::Tracks(names)));
        let names: Vec<&str> = state.edit.tracks.iter().map(|track| track.name.as_str()).collect();
        assert_eq!(names, ["drums", "lead", "bass", "keys", "bells"]);
    }

    #[test]
    fn a_fill_of_a_script_is_seen() {
        let mut state = fresh();
        let slot = Arc::new(Slot::new("drums fill", beat(2)));
        let clip = Arc::new(Clip::from_part(slot.pattern(), Part::Drums, 9, 0, 0));
        let command = Command::Fill { track: 0, clip, at: engine::Quantise::at(4.0) };
        let fill = Intent::Plays { command: command.clone(), slot: slot.clone(), part: Part::Drums };
        assert_eq!(update(&mut state, fill), [Effect::Perform(command)]);
        assert_eq!(state.fills.shown[0], Some(slot));
    }
}
