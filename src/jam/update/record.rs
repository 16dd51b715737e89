//! Recording what is played on keys, of a MIDI input or of the computer, into a place of the bank, round after round.

use std::sync::Arc;

use super::{bank, edit, make, say, transport};
use crate::engine::{Clip, Swing};
use crate::jam::effect::Effect;
use crate::jam::message::Tone;
use crate::jam::notes;
use crate::jam::quantise::Quantise;
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::State;
use crate::jam::take::{Struck, Take, blank};
use crate::jam::track::{self, Known};
use crate::latent::generate::Generated;
use crate::model::Kind;
use crate::music::pattern::{Part, PatternNote};

/// What undo calls it; one recording is one step.
const LABEL: &str = "recording";

/// Begins to record into the selected place, or is done with it.
pub(super) fn toggle(state: &mut State) -> Vec<Effect> {
    match state.recording.take() {
        Some(take) => end(state, take),
        None => begin(state),
    }
}

fn begin(state: &mut State) -> Vec<Effect> {
    let place = state.cursor;
    let found = match state.selected().cloned() {
        Some(slot) => part_of(state, &slot).map(|part| (part, slot.made.clone())),
        // The voice of the pattern, which is not the track's: a melody that a bass plays is a melody.
        None => empty(state).and_then(|made| {
            let part = track::parts(&made.tokens).iter().copied().find(|part| state.track().takes(*part))?;
            Some((part, Arc::new(made)))
        }),
    };
    let Some((part, made)) = found else {
        let (track, many) =
            (state.track().name.clone(), state.selected().map(|s| track::nouns(&s.made.tokens).1));
        return match many {
            Some(many) => say(
                state,
                Tone::Hint,
                format!(
                    "{place} holds {many}, which {track} does not play: {{next-track}} selects another track, {{clear}} empties the slot"
                ),
            ),
            None => say(
                state,
                Tone::Hint,
                format!("No model at hand knows what {track} plays alone: record over a pattern instead"),
            ),
        };
    };
    let mut effects = match state.selected() {
        Some(_) if state.playing && state.is_sounding(place) => Vec::new(),
        Some(_) => bank::launch(state, place),
        None if state.playing => Vec::new(),
        None => {
            state.playing = true;
            vec![transport::begin(state)]
        }
    };
    if !state.metronome && state.edit.bank.is_empty() {
        // Nothing else tells where the beat is.
        state.metronome = true;
        effects.push(Effect::Metronome(true));
    }
    let blank = Generated {
        pattern: crate::music::pattern::Pattern::new(made.pattern.steps, Vec::new()),
        ..(*made).clone()
    };
    state.recording = Some(Take::new(place, part, Arc::new(blank)));
    state.history.seal();
    let how = if state.record_free { "as it is played" } else { "on the grid" };
    state.say(
        Tone::Good,
        format!("Recording into {place}, {how}: MIDI keys, and letters after {{play-letters}}, are written as it goes round. {{record}} is done, {{record-free}} keeps or drops the timing"),
    );
    effects
}

/// The part of a pattern that the selected track plays.
fn part_of(state: &State, slot: &Slot) -> Option<Part> {
    let (parts, track) = (track::parts(&slot.made.tokens), state.track());
    let own = parts.iter().copied().find(|part| *part == track.part);
    own.or_else(|| parts.iter().copied().find(|part| parts.len() == 1 && track.takes(*part)))
}

/// A pattern without notes for the selected track: of its own model where that makes patterns of one voice.
fn empty(state: &State) -> Option<Generated> {
    let part = state.track().part;
    let alone = |known: &Known| known.suits(part) && known.kind != Kind::Trio;
    let own = Some(state.known(state.model())).filter(alone);
    let known = own.or_else(|| state.models.iter().find(|known| alone(known)).cloned())?;
    blank(&known, state.seed)
}

/// A pattern without notes into an empty place, of what the selected track's model makes.
pub(super) fn lay_out(state: &mut State, place: SlotId) -> Vec<Effect> {
    if state.edit.bank.get(place).is_some() || state.is_pending(place) {
        return Vec::new();
    }
    let Some(made) = empty(state) else {
        let text = format!("{place} is empty: {{sample}} makes a pattern to edit");
        return say(state, Tone::Hint, text);
    };
    let slot = Arc::new(Slot::new("new*", made));
    state.history.record(format!("new pattern in {place}"), state.edit.clone());
    state.edit.bank.put(place, Some(slot.clone()));
    bank::overtake(state, place);
    // Silence has its point in the latent space like any other pattern.
    make::encode(state, place, &slot)
}

fn end(state: &mut State, mut take: Take) -> Vec<Effect> {
    let place = take.place;
    let last = take.heard;
    let notes = take.rest(last, state.record_free);
    let effects = write(state, &mut take, notes);
    state.history.seal();
    match take.written {
        0 => state.say(Tone::Said, format!("Nothing was played: {place} is as it was")),
        1 => state.say(Tone::Good, format!("Recorded a note into {place}. {{undo}} takes it back")),
        n => state.say(Tone::Good, format!("Recorded {n} notes into {place}. {{undo}} takes them back")),
    }
    effects
}

/// Whether what is recorded keeps its timing.
pub(super) fn free(state: &mut State) -> Vec<Effect> {
    state.record_free = !state.record_free;
    let text = if state.record_free {
        "Recording keeps the timing as it is played. {record-free} again: on the grid"
    } else {
        "Recording puts notes on the grid. {record-free} again: as they are played"
    };
    say(state, Tone::Said, text)
}

/// A key went down, or up (velocity 0), where the song was heard at `beat`.
pub(super) fn key(state: &mut State, beat: Option<f64>, key: u8, velocity: u8) -> Vec<Effect> {
    let Some(beat) = beat.filter(|beat| beat.is_finite()) else { return Vec::new() };
    let (beat, free) = (Swing::new(state.edit.swing).straighten(beat), state.record_free);
    let Some(place) = state.recording.as_ref().map(|take| take.place) else { return Vec::new() };
    // It is written so that it is heard where it was played.
    let key = match state.edit.bank.get(place) {
        Some(slot) if state.track().part != Part::Drums => {
            let down = state.track().octaves(slot, Part::Lead) - state.track().octave;
            Clip::moved(Part::Lead, key, -down)
        }
        _ => key,
    };
    let Some(take) = &mut state.recording else { return Vec::new() };
    take.heard = take.heard.max(beat);
    if velocity == 0 {
        take.release(beat, key, free);
    } else if !take.press(beat, key, velocity, free) {
        return say(state, Tone::Hint, format!("Key {key} is none of the nine drums: it is not recorded"));
    }
    Vec::new()
}

/// A note of the computer's keyboard begins, or ends (velocity 0), where the song was heard at `beat`.
pub(super) fn strike(state: &mut State, beat: Option<f64>, struck: u8, velocity: u8) -> Vec<Effect> {
    let mut effects = Vec::new();
    if let Some(at) = state.struck.iter().position(|other| other.key == struck) {
        let Struck { track, channel, sounds, .. } = state.struck.remove(at);
        effects.push(Effect::Live { track, channel, key: sounds, velocity: 0 });
        effects.extend(key(state, beat, struck, 0));
    }
    if velocity == 0 {
        return effects;
    }
    let (track, channel) = (state.track as u8, track::channel(&state.edit.tracks, state.track));
    let sounds = (i16::from(struck) + 12 * i16::from(state.track().octave)).clamp(0, 127) as u8;
    state.struck.push(Struck { key: struck, track, channel, sounds });
    effects.push(Effect::Live { track, channel, key: sounds, velocity });
    effects.extend(key(state, beat, struck, velocity));
    effects
}

/// The song has come to `beat`: what lies behind it comes into the pattern.
pub(super) fn until(state: &mut State, beat: f64) -> Vec<Effect> {
    let beat = Swing::new(state.edit.swing).straighten(beat);
    let Some(mut take) = state.recording.take() else { return Vec::new() };
    take.heard = beat;
    let notes = take.ripe(beat);
    let effects = write(state, &mut take, notes);
    state.recording = Some(take);
    effects
}

/// Puts `notes` into the pattern, which is heard at once.
fn write(state: &mut State, take: &mut Take, notes: Vec<PatternNote>) -> Vec<Effect> {
    if notes.is_empty() {
        return Vec::new();
    }
    take.written += notes.len() as u32;
    let place = take.place;
    match state.edit.bank.get(place).cloned() {
        Some(slot) => {
            let pattern = notes::paste(slot.pattern(), 0, &notes);
            edit::write(state, place, pattern, LABEL, true)
        }
        None => first(state, place, &take.blank, &notes),
    }
}

/// The first notes of a place that was empty: it is launched, in phase.
fn first(state: &mut State, place: SlotId, blank: &Generated, notes: &[PatternNote]) -> Vec<Effect> {
    let pattern = notes::paste(&blank.pattern, 0, notes);
    let slot = Arc::new(Slot::new("take*", Generated { pattern, ..blank.clone() }));
    state.history.record_nudge(&format!("{LABEL} in {place}"), state.edit.clone());
    state.edit.bank.put(place, Some(slot.clone()));
    bank::overtake(state, place);
    let voices = track::route(&state.edit.tracks, state.track, &slot);
    let mut effects = Vec::new();
    if state.playing && !voices.is_empty() {
        effects.push(bank::start(state, place, slot.clone(), Quantise::Now, voices));
    }
    effects.extend(make::encode(state, place, &slot));
    effects
}
