//! Play, stop, tempo, swing, metronome.

use super::{bank, make, say};
use crate::jam::effect::Effect;
use crate::jam::limits;
use crate::jam::message::Tone;
use crate::jam::quantise::Quantise;
use crate::jam::state::{Launch, State};
use crate::jam::track::{self, Voice};

pub(super) fn play(state: &mut State) -> Vec<Effect> {
    if state.playing {
        return say(state, Tone::Hint, "Already playing. {play} stops");
    }
    let ours = |launch: &&Launch| !launch.script;
    let ready = (0..track::MOST).find_map(|at| state.sounding_on(at).filter(ours).map(|launch| launch.place));
    let place = state.sounding().filter(ours).map(|launch| launch.place).or(ready);
    if place.is_none() && (0..track::MOST).any(|at| state.sounding_on(at).is_some()) {
        state.playing = true;
        state.say(Tone::Good, "The script plays on. {play} stops");
        return vec![Effect::Play];
    }
    if let Some(place) = place {
        state.playing = true;
        state.say(
            Tone::Good,
            format!("{place} plays. {{launch}} brings in the selected pattern, {{play}} stops"),
        );
        return vec![begin(state)];
    }
    if state.selected().is_some() {
        return bank::launch(state, state.cursor);
    }
    let first = state.edit.bank.filled().map(|(place, _)| place).next();
    if let Some(place) = first {
        state.cursor = place;
        return bank::launch(state, place);
    }
    make::begin(state)
}

/// The transport is to run: at once, or counted in where the player wants that.
pub(super) fn begin(state: &State) -> Effect {
    // A clock outside counts in its own way.
    match state.count_in {
        bars if bars > 0 && !state.following => Effect::CountIn(4 * bars),
        _ => Effect::Play,
    }
}

pub(super) fn count_in(state: &mut State, bars: u8) -> Vec<Effect> {
    state.count_in = bars.clamp(*limits::COUNT_IN.start(), *limits::COUNT_IN.end());
    let text = match state.count_in {
        0 => "No count-in: the music starts at once".to_owned(),
        bars => {
            format!("{bars} {} counted in before the music starts", if bars == 1 { "bar" } else { "bars" })
        }
    };
    say(state, Tone::Said, text)
}

pub(super) fn next_count_in(state: &mut State) -> Vec<Effect> {
    let next = (state.count_in + 1) % (limits::COUNT_IN.end() + 1);
    count_in(state, next)
}

pub(super) fn stop(state: &mut State) -> Vec<Effect> {
    // A beat that is still being made must not start the music after the player has stopped it.
    for pending in &mut state.pending {
        pending.launch = None;
    }
    let chained = state.chain.is_running();
    super::chain::end(state);
    let was = std::mem::replace(&mut state.playing, false);
    state.say(
        Tone::Said,
        match (was, chained) {
            (true, false) => "Stopped. {play} plays from the top",
            (true, true) => {
                "Stopped, and the chain with it. {play} plays from the top, {chain} begins the chain anew"
            }
            (false, _) => "Stopped already. {play} plays",
        },
    );
    let mut effects = vec![Effect::Stop];
    // What waited for a boundary that will not come is ready for the next start.
    for track in 0..track::MOST {
        if let Some(waiting) = state.queued_on(track).cloned() {
            let still = |voice: &Voice| state.queued[usize::from(voice.track)] == Some(waiting.id);
            let voices = waiting.voices.iter().copied().filter(still).collect();
            effects.push(bank::start(state, waiting.place, waiting.slot, Quantise::Now, voices));
        }
    }
    effects
}

pub(super) fn tempo(state: &mut State, bpm: f64) -> Vec<Effect> {
    let bpm = limits::on_grid(bpm, &limits::BPM, 0.1);
    if bpm == state.edit.bpm {
        let end = bpm == *limits::BPM.start() || bpm == *limits::BPM.end();
        let how = if end { "is as far as it goes" } else { "it is already" };
        return say(state, Tone::Hint, format!("{} BPM {how}", plain(bpm)));
    }
    state.say(Tone::Said, format!("{} BPM", plain(bpm)));
    set_tempo(state, bpm)
}

fn set_tempo(state: &mut State, bpm: f64) -> Vec<Effect> {
    state.history.record_nudge("tempo", state.edit.clone());
    state.edit.bpm = bpm;
    vec![Effect::Tempo(bpm)]
}

/// Longest pause between two taps of one tempo, in seconds: 30 BPM.
const TAP_PAUSE: f64 = 2.0;
/// Taps that count.
const TAPS: usize = 8;

pub(super) fn tap(state: &mut State, at: f64) -> Vec<Effect> {
    if state.taps.last().is_some_and(|&last| !(0.05..=TAP_PAUSE).contains(&(at - last))) {
        state.taps.clear();
    }
    if state.taps.len() >= TAPS {
        state.taps.remove(0);
    }
    state.taps.push(at);
    let beats = state.taps.len() - 1;
    match (state.taps.first(), beats) {
        (Some(first), 1..) => {
            let bpm = limits::on_grid(60.0 * beats as f64 / (at - first), &limits::BPM, 0.1);
            let effects = if bpm == state.edit.bpm { Vec::new() } else { set_tempo(state, bpm) };
            state.say(Tone::Said, format!("{} BPM from {} taps", plain(state.edit.bpm), beats + 1));
            effects
        }
        _ => say(state, Tone::Said, "Tap. {tap} again in time sets the tempo"),
    }
}

/// Longest time between the two presses that end a jam, in seconds.
const INTERRUPT_PAUSE: f64 = 3.0;

pub(super) fn interrupt(state: &mut State, at: f64) -> Vec<Effect> {
    let before = state.interrupted.replace(at);
    let again = before.is_some_and(|before| (0.0..=INTERRUPT_PAUSE).contains(&(at - before)));
    if again || !state.playing {
        return vec![Effect::Quit];
    }
    say(state, Tone::Hint, "{interrupt} once more ends the jam, as {quit} does at once")
}

pub(super) fn swing(state: &mut State, swing: f32) -> Vec<Effect> {
    let swing = limits::hundredths(swing, &limits::SWING);
    if swing == state.edit.swing {
        return say(
            state,
            Tone::Hint,
            format!("Swing stays at {:.0} %: it goes from 50 to 75", swing * 100.0),
        );
    }
    state.history.record_nudge("swing", state.edit.clone());
    state.edit.swing = swing;
    let feel = match swing {
        s if s <= 0.5 => "straight",
        s if s < 0.6 => "a little",
        s if s < 0.65 => "easy",
        s if s < 0.69 => "triplets",
        _ => "hard",
    };
    state.say(Tone::Said, format!("Swing {:.0} % ({feel})", swing * 100.0));
    vec![Effect::Swing(swing)]
}

pub(super) fn metronome(state: &mut State) -> Vec<Effect> {
    state.metronome = !state.metronome;
    let on = state.metronome;
    state.say(Tone::Said, if on { "Metronome on. {metronome} again: off" } else { "Metronome off" });
    vec![Effect::Metronome(on)]
}

pub(super) fn quantise(state: &mut State) -> Vec<Effect> {
    state.quantise = state.quantise.next();
    let phrase = state.quantise.phrase();
    say(state, Tone::Said, format!("Launches take effect {phrase}"))
}

pub(super) fn panic(state: &mut State) -> Vec<Effect> {
    state.say(Tone::Said, "Every sounding note silenced. {play} stops the music too");
    vec![Effect::Panic]
}

/// `120`, `93.5`: no zero that says nothing.
pub(crate) fn plain(bpm: f64) -> String {
    let text = format!("{bpm:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
