//! Opening and saving whole jams.

use std::path::PathBuf;

use super::{bank, say};
use crate::jam::effect::Effect;
use crate::jam::message::Tone;
use crate::jam::progress::Progress;
use crate::jam::quantise::Quantise;
use crate::jam::session::Session;
use crate::jam::slot::SlotId;
use crate::jam::state::State;
use crate::jam::track::{self, Track, Voice};
use crate::music::pattern::Part;

pub(super) fn save(state: &mut State) -> Vec<Effect> {
    if state.edit.bank.is_empty() {
        return say(state, Tone::Hint, "The bank is empty: nothing to save. {sample} makes a pattern");
    }
    vec![Effect::SaveSession { session: Box::new(Session::of(state)), path: state.file.clone() }]
}

/// Saves under another name, which is the session's own from then on.
pub(super) fn save_as(state: &mut State, name: &str) -> Vec<Effect> {
    let mut path = PathBuf::from(name.trim());
    if state.edit.bank.is_empty() || path.file_name().is_none() {
        return save(state);
    }
    match path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).as_deref() {
        Some("toml") => {}
        Some("mid" | "midi") => {
            return say(state, Tone::Hint, "A session is a .toml. {save} writes the bank as a MIDI file");
        }
        Some("wav") => {
            return say(state, Tone::Hint, "A session is a .toml. {render} renders the bank as a WAV file");
        }
        _ => path.as_mut_os_string().push(".toml"),
    }
    if state.file.as_ref() == Some(&path) {
        return save(state);
    }
    vec![Effect::SaveSessionAs { session: Box::new(Session::of(state)), path }]
}

pub(super) fn saved(state: &mut State, outcome: Result<PathBuf, String>) -> Vec<Effect> {
    match outcome {
        Ok(path) => {
            state.say(Tone::Good, format!("Saved {0}. `mvae-tui {0}` opens it", path.display()));
            state.file = Some(path);
            Vec::new()
        }
        Err(why) => say(state, Tone::Error, format!("Not saved: {why}")),
    }
}

pub(super) fn render(state: &mut State) -> Vec<Effect> {
    if state.rendering.is_some() {
        return say(state, Tone::Hint, "The set is still being rendered. {call-off} calls it off");
    }
    let set = state.set();
    if set.slots.is_empty() {
        return say(state, Tone::Hint, "The bank is empty: nothing to render. {sample} makes a pattern");
    }
    state.say(Tone::Said, format!("Rendering {} patterns; the music goes on", set.slots.len()));
    let ticket = state.next_ticket;
    state.next_ticket += 1;
    state.rendering = Some((ticket, Progress::default()));
    vec![Effect::Render { ticket, set }]
}

pub(super) fn rendered(state: &mut State, ticket: u64, outcome: Result<PathBuf, String>) -> Vec<Effect> {
    // What was called off is of no interest any more.
    if state.rendering.take_if(|(at, _)| *at == ticket).is_none() {
        return Vec::new();
    }
    match outcome {
        Ok(path) => say(state, Tone::Good, format!("Rendered {}", path.display())),
        Err(why) => say(state, Tone::Error, format!("Not rendered: {why}")),
    }
}

/// Puts a session in place of the jam, which undo brings back, and plays what played in it.
pub(super) fn opened(
    state: &mut State,
    path: Option<PathBuf>,
    session: &Session,
    mut told: Vec<String>,
    lost: &[(String, String)],
) -> Vec<Effect> {
    let mut effects: Vec<Effect> =
        state.pending.drain(..).map(|pending| Effect::Cancel(pending.ticket)).collect();
    let old = state.edit.clone();
    if !state.history.is_empty() || !old.bank.is_empty() {
        state.history.record("open a session", old.clone());
    }
    session.put_into(state);
    state.mark = None;
    super::chain::end(state);
    effects.extend([Effect::Tempo(state.edit.bpm), Effect::Swing(state.edit.swing)]);
    effects.push(Effect::MuteClasses { tracks: state.drum_tracks(), classes: state.edit.muted });
    for at in 0..track::MOST {
        let track = at as u8;
        let gain = state.edit.tracks.get(at).map_or(1.0, Track::gain);
        effects.push(Effect::Gain { track, gain });
        effects.push(Effect::MuteTrack { track, on: state.is_silenced(at) });
        let pan = state.edit.tracks.get(at).map_or(0.0, |track| track.pan);
        if pan != old.tracks.get(at).map_or(0.0, |track| track.pan) {
            effects.push(Effect::Pan { track, channel: track::channel(&state.edit.tracks, at), pan });
        }
    }
    effects.extend(resume(state, session));
    let name = path.as_ref().map_or("the session".to_owned(), |path| path.display().to_string());
    state.say(Tone::Good, format!("{name}: {} patterns. {{save-session}} saves it", state.edit.bank.len()));
    state.file = path;
    state.recording = None;
    told.extend(super::strip::missing(state));
    told.extend(without_model(state, lost));
    all_of(state, told);
    effects
}

/// Which track's models cannot be read: better known now than when a pattern is asked for on a stage.
fn without_model(state: &State, lost: &[(String, String)]) -> Vec<String> {
    let at_hand = |name: &str| state.models.iter().any(|known| known.name == name);
    let tracks = state.edit.tracks.iter().filter(|track| !at_hand(&track.model));
    tracks
        .filter_map(|track| {
            let (_, why) = lost.iter().find(|(name, _)| *name == track.model)?;
            Some(format!("{}: {why}. {{model}} takes another", track.name))
        })
        .collect()
}

/// Says all of `words`, and of several the first once more, with how many there are.
fn all_of(state: &mut State, words: Vec<String>) {
    let more = words.len().saturating_sub(1);
    let first = words.first().cloned().filter(|_| more > 0);
    for text in words {
        state.say(Tone::Hint, text);
    }
    if let Some(first) = first {
        state.say(Tone::Hint, format!("{first} (and {more} more: {{log}} shows them)"));
    }
}

/// Launches what played in `session` and takes off what did not.
fn resume(state: &mut State, session: &Session) -> Vec<Effect> {
    let at = if state.playing { state.quantise } else { Quantise::Now };
    let mut effects = Vec::new();
    let mut done: Vec<SlotId> = Vec::new();
    let mut starts = false;
    for index in 0..track::MOST {
        if let Some(frozen) = state.edit.tracks.get(index).and_then(|track| track.frozen.clone()) {
            if let Some(voice) = track::voice(&state.edit.tracks, index, &frozen.slot, frozen.part) {
                let (place, slot) = (frozen.place, frozen.slot.clone());
                effects.push(bank::start(state, place, slot, at, vec![voice]));
                starts = true;
            }
            continue;
        }
        let plays = session.tracks.get(index).and_then(|(_, plays)| *plays);
        let Some(place) = plays.filter(|place| state.edit.bank.get(*place).is_some()) else {
            if state.sounding[index].is_some() || state.queued[index].is_some() {
                state.queued[index] = None;
                effects.push(Effect::Halt { track: index as u8, at });
            }
            continue;
        };
        if done.contains(&place) {
            continue;
        }
        done.push(place);
        let Some(slot) = state.edit.bank.get(place).cloned() else { continue };
        let parts = track::parts(&slot.made.tokens);
        let voices: Vec<Voice> = session
            .tracks
            .iter()
            .enumerate()
            .filter(|(_, (_, plays))| *plays == Some(place))
            .filter_map(|(at, (track, _))| {
                let part = match parts {
                    [one] => Some(*one),
                    many => many.iter().copied().find(|part: &Part| *part == track.part),
                }?;
                let free = track.takes(part) && track.frozen.is_none();
                free.then(|| track::voice(&state.edit.tracks, at, &slot, part))?
            })
            .collect();
        if !voices.is_empty() {
            effects.push(bank::start(state, place, slot, at, voices));
        }
    }
    if (starts || !done.is_empty()) && !state.playing {
        state.playing = true;
        effects.push(Effect::Play);
    }
    effects
}
