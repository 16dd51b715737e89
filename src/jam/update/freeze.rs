//! Freezing: a track is printed to the loop that it plays, and nothing moves it until it is thawed.

use std::sync::Arc;

use super::{say, scripts, tracks};
use crate::engine::{Clip, chance};
use crate::jam::effect::Effect;
use crate::jam::message::Tone;
use crate::jam::slot::Slot;
use crate::jam::state::State;
use crate::jam::track::{Frozen, Voice};
use crate::latent::generate::Generated;
use crate::music::pattern::{ALWAYS, Part, Pattern, STEPS_PER_QUARTER};

/// Freezes `track` (the selected one where none is given), or thaws it.
pub(super) fn toggle(state: &mut State, track: Option<usize>) -> Vec<Effect> {
    let at = track.unwrap_or(state.track);
    let before = state.edit.clone();
    let Some(track) = before.tracks.get(at) else { return tracks::select(state, at) };
    let name = track.name.clone();
    if track.frozen.is_some() {
        state.edit.tracks[at].frozen = None;
        state.history.record(format!("thaw {name}"), before.clone());
        state.say(Tone::Said, format!("{name} is thawed: it moves again"));
        return tracks::restore(state, &before.tracks);
    }
    let playing = state.sounding_on(at).and_then(|launch| Some((launch.clone(), *launch.voice(at)?)));
    let Some((launch, voice)) = playing else {
        return say(
            state,
            Tone::Hint,
            format!("Nothing plays on {name}: {{launch}} brings a pattern in to freeze"),
        );
    };
    let pattern = print(&launch.slot, &voice, state.beat);
    let slot = Arc::new(Slot {
        name: launch.slot.name.clone(),
        made: Arc::new(Generated { pattern, ..(*launch.slot.made).clone() }),
        low: launch.slot.low,
    });
    state.edit.tracks[at].frozen = Some(Arc::new(Frozen { place: launch.place, part: voice.part, slot }));
    state.history.record(format!("freeze {name}"), before.clone());
    let what = match launch.script {
        true => "what the script plays".to_owned(),
        false => format!("{} {} as it sounds", launch.place, launch.slot.name),
    };
    state.say(Tone::Good, format!("{name} is frozen to {what}. {{freeze}} thaws it"));
    tracks::restore(state, &before.tracks)
}

/// A script freezes `track` or thaws it. What it plays is the script's business, which has printed it already.
pub(super) fn hold(state: &mut State, at: usize, on: bool) -> Vec<Effect> {
    let before = state.edit.clone();
    let Some(track) = state.edit.tracks.get_mut(at).filter(|track| track.frozen.is_some() != on) else {
        return Vec::new();
    };
    let name = track.name.clone();
    if !on {
        track.frozen = None;
        state.history.record(format!("thaw {name}"), before);
        return scripts::release(state, at).into_iter().collect();
    }
    let Some(launch) = state.sounding_on(at).cloned() else {
        return say(state, Tone::Hint, format!("freeze: nothing plays on {name}; play(...) a pattern first"));
    };
    let part = launch.voice(at).map_or(Part::Drums, |voice| voice.part);
    let frozen = Frozen { place: launch.place, part, slot: launch.slot };
    if let Some(track) = state.edit.tracks.get_mut(at) {
        track.frozen = Some(Arc::new(frozen));
    }
    state.history.record(format!("freeze {name}"), before);
    say(state, Tone::Good, format!("{name} is frozen by the script. {{freeze}} thaws it"))
}

/// What `voice` plays of `slot` in the loop that sounds at quarter `beat`: chance is drawn as the engine draws it.
fn print(slot: &Slot, voice: &Voice, beat: u32) -> Pattern {
    let mut pattern = slot.pattern().looped(voice.steps);
    let quarter = f64::from(STEPS_PER_QUARTER);
    let length = f64::from(pattern.steps.max(1)) / quarter;
    let from = (f64::from(beat) / length).floor() * length;
    pattern.notes.retain(|note| {
        let key = Clip::moved(note.part, note.pitch, voice.octave);
        let sounds = || chance::sounds(slot.luck(), from + f64::from(note.start) / quarter, key, note.chance);
        note.part == voice.part && sounds()
    });
    for note in &mut pattern.notes {
        note.chance = ALWAYS;
    }
    pattern
}
