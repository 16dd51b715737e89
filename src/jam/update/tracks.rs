//! Tracks: which is selected, how loud they are, what plays on them.

use std::sync::Arc;

use super::say;
use crate::jam::effect::Effect;
use crate::jam::limits;
use crate::jam::message::Tone;
use crate::jam::quantise::Quantise;
use crate::jam::state::State;
use crate::jam::track::{self, Frozen, Track};
use crate::music::gm;
use crate::music::pattern::Part;

pub(super) fn select(state: &mut State, track: usize) -> Vec<Effect> {
    let Some(found) = state.edit.tracks.get(track) else {
        let count = state.edit.tracks.len();
        return say(state, Tone::Hint, format!("There are {count} tracks. {{add-lead}} makes another"));
    };
    let text = format!("{}: {} makes its patterns. {{sample}} samples one", found.name, found.model);
    state.track = track;
    say(state, Tone::Said, text)
}

pub(super) fn next(state: &mut State, by: i8) -> Vec<Effect> {
    let count = state.edit.tracks.len() as isize;
    select(state, (state.track as isize + isize::from(by)).rem_euclid(count.max(1)) as usize)
}

pub(super) fn halt(state: &mut State, track: Option<usize>) -> Vec<Effect> {
    let track = track.unwrap_or(state.track);
    let Some(name) = state.edit.tracks.get(track).map(|track| track.name.clone()) else {
        return select(state, track);
    };
    if state.edit.tracks[track].frozen.is_some() {
        return say(
            state,
            Tone::Hint,
            format!("{name} is frozen: {{freeze}} thaws it, {{mute-track}} mutes it"),
        );
    }
    if state.queued_on(track).or(state.sounding_on(track)).is_none() {
        return say(state, Tone::Hint, format!("Nothing plays on {name}. {{launch}} brings a pattern in"));
    }
    state.queued[track] = None;
    let at = if state.playing { state.quantise } else { Quantise::Now };
    if at == Quantise::Now {
        state.sounding[track] = None;
    }
    let when = at.phrase();
    state.say(Tone::Said, format!("{name} falls silent {when}. {{launch}} brings a pattern in"));
    vec![Effect::Halt { track: track as u8, at }]
}

/// Changes the track at `track` (the selected one where none is given) by `change`, which says what it did.
pub(super) fn change(
    state: &mut State,
    track: Option<usize>,
    label: &str,
    nudge: bool,
    change: impl FnOnce(&mut Track) -> (Tone, String),
) -> Vec<Effect> {
    let at = track.unwrap_or(state.track);
    let before = state.edit.clone();
    let Some(track) = state.edit.tracks.get_mut(at) else { return select(state, at) };
    let (tone, text) = change(track);
    if state.edit.tracks != before.tracks {
        if nudge {
            state.history.record_nudge(&format!("{label} of track {}", at + 1), before.clone());
        } else {
            state.history.record(format!("{label} of track {}", at + 1), before.clone());
        }
    }
    state.say(tone, text);
    restore(state, &before.tracks)
}

pub(super) fn toggle(state: &mut State, track: Option<usize>) -> Vec<Effect> {
    change(state, track, "mute", false, |track| {
        track.muted = !track.muted;
        let how = if track.muted { "muted. Its pattern goes on unheard" } else { "back" };
        (Tone::Said, format!("{} {how}", track.name))
    })
}

pub(super) fn solo(state: &mut State, track: Option<usize>) -> Vec<Effect> {
    let chosen = track.unwrap_or(state.track);
    let before = state.edit.clone();
    let Some(name) = before.tracks.get(chosen).map(|track| track.name.clone()) else {
        return select(state, chosen);
    };
    let alone = before.tracks.iter().enumerate().all(|(at, track)| track.solo == (at == chosen));
    for (at, track) in state.edit.tracks.iter_mut().enumerate() {
        track.solo = at == chosen && !alone;
    }
    state.history.record(format!("solo of track {}", chosen + 1), before.clone());
    state.say(
        Tone::Said,
        if alone {
            "All tracks back".to_owned()
        } else {
            format!("Only {name}. Again brings the others back")
        },
    );
    restore(state, &before.tracks)
}

pub(super) fn level(state: &mut State, track: Option<usize>, db: f32) -> Vec<Effect> {
    change(state, track, "level", true, |track| {
        let range = f64::from(*limits::LEVEL.start())..=f64::from(*limits::LEVEL.end());
        let db = limits::on_grid(f64::from(db), &range, 0.5) as f32;
        if db == track.level {
            return (Tone::Hint, format!("{} is at {} as far as it goes", track.name, decibels(db)));
        }
        track.level = db;
        (Tone::Said, format!("{} {}", track.name, decibels(db)))
    })
}

pub(super) fn nudge_level(state: &mut State, track: Option<usize>, by: f32) -> Vec<Effect> {
    let at = track.unwrap_or(state.track);
    let now = state.edit.tracks.get(at).map_or(0.0, |track| track.level);
    level(state, track, now + by)
}

pub(super) fn program(state: &mut State, program: u8) -> Vec<Effect> {
    change(state, None, "sound", true, |track| {
        if track.part == Part::Drums {
            return (Tone::Hint, format!("{} plays the drum kit: it has no other sound", track.name));
        }
        track.program = program.min(127);
        let sound = gm::program_name(track.program);
        (Tone::Said, format!("{} plays {sound} ({})", track.name, track.program + 1))
    })
}

pub(super) fn nudge_program(state: &mut State, by: i8) -> Vec<Effect> {
    let now = i16::from(state.track().program);
    program(state, (now + i16::from(by)).rem_euclid(128) as u8)
}

pub(super) fn nudge_octave(state: &mut State, by: i8) -> Vec<Effect> {
    change(state, None, "octave", true, |track| {
        if track.part == Part::Drums {
            return (Tone::Hint, format!("{} plays drums: they have no octave", track.name));
        }
        let to = track.octave.saturating_add(by).clamp(*limits::OCTAVE.start(), *limits::OCTAVE.end());
        if to == track.octave {
            return (Tone::Hint, format!("{} stays at octave {to:+}: it is as far as it goes", track.name));
        }
        track.octave = to;
        (Tone::Said, format!("{} at octave {to:+}", track.name))
    })
}

/// Melodies in the register of a bass on a track, or as they are made.
pub(super) fn register(state: &mut State, track: Option<usize>) -> Vec<Effect> {
    change(state, track, "register", false, |track| {
        if track.part == Part::Drums {
            return (Tone::Hint, format!("{} plays drums: they have no register", track.name));
        }
        track.bass_register = !track.bass_register;
        let text = match track.bass_register {
            true => format!("{} plays melodies in the register of a bass, E1 to G3", track.name),
            false => format!("{} plays melodies where the model put them", track.name),
        };
        (Tone::Said, format!("{text}. {{register}} changes it back"))
    })
}

pub(super) fn add(state: &mut State, part: Part) -> Vec<Effect> {
    let before = state.edit.clone();
    if before.tracks.len() >= track::MOST {
        return say(state, Tone::Hint, "Eight tracks are all there are. {remove-track} takes one away");
    }
    let base = match part {
        Part::Lead => "lead",
        Part::Bass => "bass",
        Part::Drums => "drums",
    };
    let taken = |name: &str| before.tracks.iter().any(|track| track.name == name);
    let name = (1..=track::MOST + 1)
        .map(|number| if number == 1 { base.to_owned() } else { format!("{base} {number}") })
        .find(|name| !taken(name))
        .unwrap_or_else(|| base.to_owned());
    // As its elder sister, so that it sounds at once.
    let model = before.tracks.iter().find(|track| track.part == part).map(|track| track.model.clone());
    let model = model.or_else(|| state.models.iter().find(|k| k.suits(part)).map(|k| k.name.clone()));
    let model = model.unwrap_or_else(|| state.model().to_owned());
    state.edit.tracks.push(Track::new(name.clone(), part, model));
    state.history.record(format!("add {name}"), before.clone());
    state.before_added = state.track;
    state.track = state.edit.tracks.len() - 1;
    state.say(
        Tone::Said,
        format!("Track {} is {name}. {{sample}} samples for it, {{launch}} plays on it", state.track + 1),
    );
    restore(state, &before.tracks)
}

pub(super) fn remove(state: &mut State) -> Vec<Effect> {
    let before = state.edit.clone();
    if before.tracks.len() <= 1 {
        return say(state, Tone::Hint, "The last track stays");
    }
    if state.track + 1 != before.tracks.len() {
        // What plays on a track is known by its number: only the last one can go without moving the others.
        let last = before.tracks.last().map_or("", |track| track.name.as_str());
        return say(state, Tone::Hint, format!("Only the last track can go: select {last} first"));
    }
    let gone = state.edit.tracks.pop().map_or_else(String::new, |track| track.name);
    state.history.record(format!("remove {gone}"), before.clone());
    state.track = state.edit.tracks.len() - 1;
    state.say(Tone::Said, format!("{gone} taken away. {{undo}} brings it back"));
    restore(state, &before.tracks)
}

/// What the engine must know after the tracks were `old` and are others now.
pub(super) fn restore(state: &mut State, old: &[Track]) -> Vec<Effect> {
    let mut effects = Vec::new();
    let last = state.edit.tracks.len().saturating_sub(1);
    if state.track > last {
        // An added track that is taken back leaves the one that was selected before it.
        state.track = state.before_added.min(last);
    }
    let new = &state.edit.tracks;
    let was_silent = |at: usize| {
        let any_solo = old.iter().any(|track| track.solo);
        old.get(at).is_some_and(|track| track.muted || any_solo && !track.solo)
    };
    for at in 0..track::MOST {
        let track = at as u8;
        let on = state.is_silenced(at);
        if on != was_silent(at) {
            effects.push(Effect::MuteTrack { track, on });
        }
        let gain = new.get(at).map_or(1.0, Track::gain);
        if gain != old.get(at).map_or(1.0, Track::gain) {
            effects.push(Effect::Gain { track, gain });
        }
        let pan = new.get(at).map_or(0.0, |track| track.pan);
        if pan != old.get(at).map_or(0.0, |track| track.pan) {
            effects.push(Effect::Pan { track, channel: track::channel(new, at), pan });
        }
        if new.get(at).is_none() && state.sounding[at].is_some() {
            effects.push(Effect::Halt { track, at: Quantise::Now });
        }
    }
    for at in new.len()..track::MOST {
        (state.sounding[at], state.queued[at]) = (None, None);
    }
    if state.edit.muted != 0 && new.len() > old.len() {
        effects.push(Effect::MuteClasses { tracks: state.drum_tracks(), classes: state.edit.muted });
    }
    effects.extend(revoice(state, old));
    effects
}

/// Patterns that sound with another program or octave by now come in anew, in phase, at once.
fn revoice(state: &mut State, old: &[Track]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for at in 0..state.edit.tracks.len() {
        let (new, before) = (&state.edit.tracks[at], old.get(at));
        let Some(before) = before else { continue };
        if before.frozen != new.frozen {
            effects.extend(thaw(state, at, before.frozen.clone()));
            continue;
        }
        let like = |track: &Track| (track.program, track.octave, track.bass_register, track.steps);
        if like(before) == like(new) {
            continue;
        }
        let Some(launch) = state.sounding_on(at).filter(|launch| !launch.script).cloned() else { continue };
        let Some(part) = launch.voice(at).map(|voice| voice.part) else { continue };
        let Some(voice) = track::voice(&state.edit.tracks, at, &launch.slot, part) else { continue };
        effects.push(super::bank::start(state, launch.place, launch.slot, Quantise::Now, vec![voice]));
    }
    effects
}

/// Track `at` was frozen, thawed, or frozen to something else: it plays what it should at once, in phase; thawed, it
/// plays what stands where its loop came from.
fn thaw(state: &mut State, at: usize, before: Option<Arc<Frozen>>) -> Option<Effect> {
    if state.sounding_on(at).is_some_and(|launch| launch.script) {
        return super::scripts::refreeze(state, at);
    }
    let (place, part, slot) = match (&state.edit.tracks[at].frozen, before) {
        (Some(frozen), _) => (frozen.place, frozen.part, frozen.slot.clone()),
        (None, Some(old)) => (old.place, old.part, state.edit.bank.get(old.place).cloned()?),
        (None, None) => return None,
    };
    let part = if track::parts(&slot.made.tokens).contains(&part) { part } else { return None };
    let voice = track::voice(&state.edit.tracks, at, &slot, part)?;
    Some(super::bank::start(state, place, slot, Quantise::Now, vec![voice]))
}

/// `-6 dB`, `-3.5 dB`, `silent`.
pub(crate) fn decibels(level: f32) -> String {
    if level <= *limits::LEVEL.start() {
        return "silent".to_owned();
    }
    let text = format!("{level:+.1}");
    format!("{} dB", text.strip_suffix(".0").unwrap_or(&text).replace("+0", "0"))
}
