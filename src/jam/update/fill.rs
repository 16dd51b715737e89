//! Fills: a bar of more notes, then back. What the model has for one is decoded while the pattern plays.

use std::sync::Arc;

use super::say;
use crate::jam::effect::Effect;
use crate::jam::fill::{self, Ahead, Decoded, rule, tries};
use crate::jam::message::Tone;
use crate::jam::quantise::Quantise;
use crate::jam::request::{Job, Request};
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::{Launch, State};
use crate::jam::track::{MOST, Voice};
use crate::latent::generate::Generated;
use crate::music::pattern::STEPS_PER_BAR;

/// What came of the wish for a fill.
enum Wish {
    /// It plays; where it was decoded, the number of its request.
    Plays(Effect, Option<u64>),
    /// It is being decoded, and plays as soon as it is there; what is to be done for that.
    Waits(Option<Effect>),
}

/// A fill on `track` (the selected one where none is given) from the next boundary to the end of its bar.
pub(super) fn one(state: &mut State, track: Option<usize>) -> Vec<Effect> {
    let at = track.unwrap_or(state.track);
    let Some(name) = state.edit.tracks.get(at).map(|track| track.name.clone()) else {
        return super::tracks::select(state, at);
    };
    match over(state, at) {
        Ok(Wish::Plays(effect, used)) => {
            let when = boundary(state).phrase();
            state.say(Tone::Good, format!("A fill on {name} {when}, then back"));
            let mut effects = vec![effect];
            effects.extend(renew(state, used));
            effects
        }
        Ok(Wish::Waits(effect)) => {
            let text = format!("The fill on {name} is being made: it comes in as soon as it can");
            state.say(Tone::Said, text);
            effect.into_iter().collect()
        }
        Err(why) => say(state, Tone::Hint, why),
    }
}

/// A fill on every track that plays.
pub(super) fn all(state: &mut State) -> Vec<Effect> {
    let (mut effects, mut used, mut waits) = (Vec::new(), Vec::new(), 0);
    for at in 0..state.edit.tracks.len() {
        match over(state, at) {
            Ok(Wish::Plays(effect, of)) => {
                effects.push(effect);
                used.extend(of);
            }
            Ok(Wish::Waits(effect)) => {
                waits += 1;
                effects.extend(effect);
            }
            Err(_) => {}
        }
    }
    let plays = effects.iter().filter(|effect| matches!(effect, Effect::Fill { .. })).count();
    // A trio's fill is of one decoding, which is used up but once.
    effects.extend(renew(state, used));
    let when = boundary(state).phrase();
    let late = if waits > 0 { "; what is still being made comes in as soon as it can" } else { "" };
    let text = match plays {
        0 if waits > 0 => "The fill is being made: it comes in as soon as it can".to_owned(),
        0 => {
            state.say(Tone::Hint, "Nothing plays that a fill could be made of. {launch} brings a pattern in");
            return effects;
        }
        1 => format!("A fill {when}, then back{late}"),
        many => format!("A fill on {many} tracks {when}, then back{late}"),
    };
    state.say(Tone::Good, text);
    effects
}

/// The boundary of a fill: one of two bars is no fill, the next bar has it.
fn boundary(state: &State) -> Quantise {
    match state.quantise {
        Quantise::TwoBars => Quantise::Bar,
        other => other,
    }
}

/// The fill of one track, or why there is none.
fn over(state: &mut State, at: usize) -> Result<Wish, String> {
    let name = state.edit.tracks.get(at).map_or("", |track| track.name.as_str());
    if state.edit.tracks.get(at).is_some_and(|track| track.frozen.is_some()) {
        return Err(format!("{name} is frozen. {{freeze}} thaws it"));
    }
    let playing = state.sounding_on(at).filter(|_| state.playing);
    let Some((launch, voice)) = playing.and_then(|launch| Some((launch.clone(), *launch.voice(at)?))) else {
        return Err(format!(
            "Nothing plays on {name}: a fill is made of what plays. {{launch}} brings a pattern in"
        ));
    };
    let made = &launch.slot.made;
    let next = state.fills.next(made).map(|ahead| (ahead.ticket, ahead.decoded.clone()));
    Ok(match next {
        Some((ticket, Decoded::There(moved))) => {
            Wish::Plays(play(state, &launch, voice, Some(&moved)), Some(ticket))
        }
        Some((_, Decoded::Ordered)) => {
            wish(state, made, at);
            Wish::Waits(None)
        }
        None if can(state, made) => {
            let effect = order(state, launch.place, made.clone());
            wish(state, made, at);
            Wish::Waits(Some(effect))
        }
        Some((_, Decoded::Failed)) | None => Wish::Plays(play(state, &launch, voice, None), None),
    })
}

/// Notes that track `at` waits for the next fill of `made`.
fn wish(state: &mut State, made: &Arc<Generated>, at: usize) {
    if let Some(ahead) = state.fills.next_mut(made) {
        ahead.wished |= 1 << at;
    }
}

/// Hands the bar of a fill to the engine: from `moved` where there is something of a fill in it, else by rule.
fn play(state: &mut State, launch: &Launch, voice: Voice, moved: Option<&Arc<Generated>>) -> Effect {
    let at = boundary(state);
    let bar = match at {
        Quantise::Now | Quantise::At(_) => state.beat / 4,
        Quantise::Beat => (state.beat + 1) / 4,
        Quantise::Bar | Quantise::TwoBars => state.beat / 4 + 1,
    };
    // The loop as it goes round on this track, and where in it the bar lies.
    let playing = launch.slot.pattern().looped(voice.steps);
    let from = (bar * STEPS_PER_BAR) % playing.steps.max(1);
    let of_model = moved.and_then(|moved| {
        let pattern = fill::of(&playing, &moved.pattern.looped(playing.steps), voice.part, from)?;
        Some(Generated { pattern, ..(**moved).clone() })
    });
    let made = of_model.unwrap_or_else(|| {
        let pattern = rule::of(&playing, voice.part, from, state.fills.count);
        state.fills.count = state.fills.count.wrapping_add(1);
        Generated { pattern, ..(*launch.slot.made).clone() }
    });
    let slot = Arc::new(Slot::new(format!("{} fill", launch.slot.name), made));
    if let Some(shown) = state.fills.shown.get_mut(usize::from(voice.track)) {
        *shown = Some(slot.clone());
    }
    Effect::Fill { voice: Voice { steps: 0, ..voice }, slot, at }
}

/// True where the model that made it can make its fills.
fn can(state: &State, made: &Generated) -> bool {
    state.sliders.tables.iter().any(|table| table.model == made.recipe.model && tries::can(table))
}

/// Orders the next fill of what plays from `place`.
fn order(state: &mut State, place: SlotId, of: Arc<Generated>) -> Effect {
    let (ticket, seed) = (state.next_ticket, of.recipe.seed.wrapping_add(state.fills.count));
    state.next_ticket += 1;
    state.fills.count = state.fills.count.wrapping_add(1);
    state.fills.ahead.retain(|ahead| !Arc::ptr_eq(&ahead.of, &of));
    state.fills.ahead.push(Ahead { ticket, of: of.clone(), decoded: Decoded::Ordered, wished: 0 });
    Effect::Generate(Request { ticket, job: Job::Fill { of, seed }, slots: vec![place] })
}

/// The launches that sound on tracks that move, each once.
fn sounding(state: &State) -> Vec<&Launch> {
    let mut launches: Vec<&Launch> = Vec::new();
    for at in 0..MOST {
        let moves = state.edit.tracks.get(at).is_some_and(|track| track.frozen.is_none());
        if let Some(launch) = state.sounding_on(at).filter(|_| moves)
            && launches.iter().all(|known| !Arc::ptr_eq(&known.slot.made, &launch.slot.made))
        {
            launches.push(launch);
        }
    }
    launches
}

/// Another pattern sounds: its fill is decoded ahead, those of what sounds no more are forgotten. Scripts change their
/// patterns too often for that: theirs are made when they are wished for.
pub(super) fn prepare(state: &mut State) -> Vec<Effect> {
    let now: Vec<(SlotId, bool, Arc<Generated>)> = sounding(state)
        .into_iter()
        .map(|launch| (launch.place, launch.script, launch.slot.made.clone()))
        .collect();
    let mut effects = Vec::new();
    state.fills.ahead.retain(|ahead| {
        let stays = now.iter().any(|(.., made)| Arc::ptr_eq(made, &ahead.of));
        if !stays && ahead.decoded == Decoded::Ordered {
            effects.push(Effect::Cancel(ahead.ticket));
        }
        stays
    });
    for (place, script, made) in now {
        if !script && state.fills.next(&made).is_none() && can(state, &made) {
            effects.push(order(state, place, made));
        }
    }
    effects
}

/// The fills of these requests have been played: the next ones are others.
fn renew(state: &mut State, used: impl IntoIterator<Item = u64>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for ticket in used {
        let of = state.fills.ahead.iter().find(|ahead| ahead.ticket == ticket).map(|ahead| ahead.of.clone());
        let Some(of) = of else { continue };
        let launch = sounding(state).into_iter().find(|launch| Arc::ptr_eq(&launch.slot.made, &of));
        if let Some(place) = launch.map(|launch| launch.place) {
            effects.push(order(state, place, of));
        }
    }
    effects
}

/// The answer to request `ticket` is there; `None` where it was none for a fill.
pub(super) fn decoded(state: &mut State, ticket: u64, patterns: &mut Vec<Generated>) -> Option<Vec<Effect>> {
    let ahead = state.fills.ahead.iter_mut().find(|ahead| ahead.ticket == ticket)?;
    ahead.decoded = patterns.pop().map_or(Decoded::Failed, |moved| Decoded::There(Arc::new(moved)));
    let wished = std::mem::take(&mut ahead.wished);
    Some(play_wished(state, ticket, wished))
}

/// Request `ticket` failed; `None` where it was none for a fill.
pub(super) fn failed(state: &mut State, ticket: u64, why: &str) -> Option<Vec<Effect>> {
    let ahead = state.fills.ahead.iter_mut().find(|ahead| ahead.ticket == ticket)?;
    ahead.decoded = Decoded::Failed;
    let wished = std::mem::take(&mut ahead.wished);
    if wished != 0 {
        state.say(Tone::Hint, format!("A fill by rule, the model makes none here: {why}"));
    }
    Some(play_wished(state, ticket, wished))
}

/// Plays what was wished for before it was there, on the tracks that still play its pattern.
fn play_wished(state: &mut State, ticket: u64, wished: u8) -> Vec<Effect> {
    let Some(ahead) = state.fills.ahead.iter().find(|ahead| ahead.ticket == ticket).cloned() else {
        return Vec::new();
    };
    let moved = match &ahead.decoded {
        Decoded::There(moved) => Some(moved.clone()),
        Decoded::Ordered | Decoded::Failed => None,
    };
    let mut effects = Vec::new();
    let waits = if state.playing { wished } else { 0 };
    for at in (0..MOST).filter(|at| waits >> at & 1 == 1) {
        let launch =
            state.sounding_on(at).filter(|launch| Arc::ptr_eq(&launch.slot.made, &ahead.of)).cloned();
        if let Some((launch, voice)) = launch.and_then(|launch| Some((launch.clone(), *launch.voice(at)?))) {
            effects.push(play(state, &launch, voice, moved.as_ref()));
        }
    }
    if moved.is_some() && !effects.is_empty() {
        effects.extend(renew(state, [ticket]));
    }
    effects
}
