//! What stands on a track's strip in the mixer beside its fader: place, length, output.

use super::tracks::change;
use crate::jam::effect::Effect;
use crate::jam::limits;
use crate::jam::message::Tone;
use crate::jam::state::State;
use crate::jam::track::Output;
use crate::music::pattern::STEPS_PER_QUARTER;

pub(super) fn pan(state: &mut State, track: Option<usize>, pan: f32) -> Vec<Effect> {
    change(state, track, "place", true, |track| {
        // Adding 0 makes 0 of -0: the middle has one name.
        let to = limits::hundredths(pan, &(-1.0..=1.0)) + 0.0;
        if to == track.pan {
            return (Tone::Hint, format!("{} stands {} as far as it goes", track.name, side(to)));
        }
        track.pan = to;
        (Tone::Said, format!("{} {}", track.name, side(to)))
    })
}

pub(super) fn nudge_pan(state: &mut State, track: Option<usize>, by: f32) -> Vec<Effect> {
    let now = state.edit.tracks.get(track.unwrap_or(state.track)).map_or(0.0, |track| track.pan);
    pan(state, track, now + by)
}

/// `in the middle`, `30 left`.
fn side(pan: f32) -> String {
    match (pan * 100.0).round() as i32 {
        0 => "in the middle".to_owned(),
        left @ ..0 => format!("{} left", -left),
        right => format!("{right} right"),
    }
}

pub(super) fn steps(state: &mut State, track: Option<usize>, steps: u32) -> Vec<Effect> {
    change(state, track, "length", true, |track| {
        if track.frozen.is_some() {
            return (Tone::Hint, format!("{} is frozen. {{freeze}} thaws it", track.name));
        }
        let to = (steps > 0).then(|| steps.clamp(*limits::LOOP.start(), *limits::LOOP.end()));
        if let Some(length) = to.filter(|_| to == track.steps) {
            let end = [limits::LOOP.start(), limits::LOOP.end()].contains(&&length);
            let end = if end { ", as far as it goes" } else { "" };
            return (Tone::Hint, format!("{} loops {}{end}", track.name, beats(length)));
        }
        track.steps = to;
        let text = match to {
            None => format!("{} loops each pattern at its own length", track.name),
            Some(steps) => format!("{} loops {}", track.name, beats(steps)),
        };
        (Tone::Said, text)
    })
}

/// `12 steps (3 beats)`.
fn beats(steps: u32) -> String {
    let word = if steps == 1 { "step" } else { "steps" };
    match steps % STEPS_PER_QUARTER {
        0 => format!("{steps} {word} ({} beats)", steps / STEPS_PER_QUARTER),
        _ => format!("{steps} {word}"),
    }
}

pub(super) fn nudge_steps(state: &mut State, track: Option<usize>, by: i32) -> Vec<Effect> {
    let at = track.unwrap_or(state.track);
    let own = state.sounding_on(at).map_or(limits::STEPS, |launch| launch.slot.pattern().steps);
    let now = state.edit.tracks.get(at).and_then(|track| track.steps).unwrap_or(own);
    let to = now.saturating_add_signed(by).max(1);
    // Its own length again is no length of the track's.
    steps(state, track, if to == own { 0 } else { to })
}

pub(super) fn output(state: &mut State, track: Option<usize>, output: Output) -> Vec<Effect> {
    let (output, known) = match output {
        Output::Port(name) => match named(&state.ports, &name) {
            Some(port) => (Output::Port(port), true),
            None => (Output::Port(name), false),
        },
        output => (output, true),
    };
    change(state, track, "output", false, |track| {
        track.output = output;
        let text = match &track.output {
            Output::Everywhere => format!("{} is heard here and on every MIDI output", track.name),
            Output::BuiltIn => format!("{} is heard here only", track.name),
            Output::Port(name) if known => format!("{} is heard on {name} only", track.name),
            Output::Port(name) => {
                let text =
                    format!("{} goes to {name}, which is not open: `--midi-out {name}` opens it", track.name);
                return (Tone::Hint, text);
            }
        };
        (Tone::Said, text)
    })
}

/// The port of this very name, or else the first one of whose name it is a part.
fn named(ports: &[String], name: &str) -> Option<String> {
    let wanted = name.to_lowercase();
    let exact = ports.iter().find(|port| *port == name);
    exact.or_else(|| ports.iter().find(|port| port.to_lowercase().contains(&wanted))).cloned()
}

/// Everywhere, here, then each MIDI output in turn.
pub(super) fn next_output(state: &mut State, track: Option<usize>) -> Vec<Effect> {
    let at = track.unwrap_or(state.track);
    let Some(now) = state.edit.tracks.get(at).map(|track| track.output.clone()) else {
        return super::tracks::select(state, at);
    };
    let ports = state.ports.iter().cloned().map(Output::Port);
    let all: Vec<Output> = [Output::Everywhere, Output::BuiltIn].into_iter().chain(ports).collect();
    let next = all.iter().position(|one| *one == now).map_or(0, |at| (at + 1) % all.len());
    match all.into_iter().nth(next) {
        Some(next) => output(state, track, next),
        None => Vec::new(),
    }
}

/// The names of the MIDI outputs are known now.
pub(super) fn ports(state: &mut State, ports: Vec<String>) -> Vec<Effect> {
    state.ports = ports;
    Vec::new()
}

/// What is to be said of tracks whose output is not there.
pub(super) fn missing(state: &State) -> Option<String> {
    state.edit.tracks.iter().find_map(|track| match &track.output {
        Output::Port(name) if !state.ports.contains(name) => Some(format!(
            "{} goes to the MIDI output {name}, which is not open: {{output}} chooses another",
            track.name
        )),
        _ => None,
    })
}
