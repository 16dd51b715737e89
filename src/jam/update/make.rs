//! Making patterns: sampling, varying, interpolating.

use std::sync::Arc;

use super::{palette, say, sliders};
use crate::jam::effect::Effect;
use crate::jam::limits;
use crate::jam::message::Tone;
use crate::jam::names;
use crate::jam::progress::Progress;
use crate::jam::request::{Job, Request};
use crate::jam::slot::{Slot, SlotId};
use crate::jam::state::{Opening, Pending, State};
use crate::jam::track::{Known, nouns, plural};

/// Sends `job` to the worker; `names` has one name a place. `ends` go into the bank together with the answer.
pub(super) fn order(
    state: &mut State,
    job: Job,
    slots: Vec<SlotId>,
    names: Vec<String>,
    ends: Vec<End>,
    label: String,
) -> Vec<Effect> {
    let ticket = state.next_ticket;
    state.next_ticket += 1;
    let request = Request { ticket, job, slots };
    let slots = request.slots.clone();
    for place in slots.iter().chain(ends.iter().map(|(place, _)| place)) {
        state.stamps[place.index()] = ticket;
    }
    // A place waits for its newest request only, and so does the wish to launch it; whoever waits for nothing any
    // more is forgotten.
    let launch = state.pending.iter_mut().find_map(|p| p.launch.take_if(|place| slots.contains(place)));
    let stamps = state.stamps;
    state.pending.retain(|p| p.slots.iter().any(|place| stamps[place.index()] <= p.ticket));
    // A key that is held before and after is not one change: this came between.
    // A walk over the palette is one change however many patterns it asks for.
    if label != palette::LABEL && !sliders::is(&label) {
        state.history.seal();
    }
    let position = state.history.position();
    state.pending.push(Pending {
        ticket,
        slots,
        names,
        ends,
        label,
        launch,
        opening: None,
        encodes: false,
        progress: Progress::default(),
        position,
    });
    vec![Effect::Generate(request)]
}

/// Asks for the point of the pattern at `place`, which was written by hand.
pub(super) fn encode(state: &mut State, place: SlotId, slot: &Slot) -> Vec<Effect> {
    let ticket = state.next_ticket;
    state.next_ticket += 1;
    // Only the newest version of a pattern needs its point.
    state.pending.retain(|pending| !(pending.encodes && pending.slots == [place]));
    state.stamps[place.index()] = ticket;
    let position = state.history.position();
    state.pending.push(Pending {
        ticket,
        slots: vec![place],
        names: Vec::new(),
        ends: Vec::new(),
        label: format!("bring {place} to its point"),
        launch: None,
        opening: None,
        encodes: true,
        progress: Progress::default(),
        position,
    });
    vec![Effect::Generate(Request { ticket, job: Job::Encode { of: slot.made.clone() }, slots: vec![place] })]
}

fn next_seed(state: &mut State) -> u64 {
    let seed = state.seed;
    state.seed = state.seed.wrapping_add(1);
    seed
}

fn sample_into(state: &mut State, slots: Vec<SlotId>, label: String) -> Vec<Effect> {
    sample_by(state, state.known(state.model()), slots, label)
}

/// As [`sample_into`], by another model than the selected track's.
fn sample_by(state: &mut State, known: Known, slots: Vec<SlotId>, label: String) -> Vec<Effect> {
    let seed = next_seed(state);
    let names = (0..slots.len() as u32).map(|index| names::of_seed(seed, index)).collect();
    let job =
        Job::Sample { model: known.name, seed, temperature: state.edit.temperature, steps: known.steps };
    order(state, job, slots, names, Vec::new(), label)
}

pub(super) fn begin(state: &mut State) -> Vec<Effect> {
    let place = state.cursor;
    let own = state.model().to_owned();
    let by = state.stand_in.take().unwrap_or_else(|| own.clone());
    let known = state.known(&by);
    let noun = known.noun();
    let effects = sample_by(state, known, vec![place], format!("sample {place}"));
    let opening = state.history.is_empty().then_some(Opening::Beat);
    if let Some(pending) = state.pending.last_mut() {
        (pending.launch, pending.opening) = (Some(place), opening);
    }
    let meanwhile =
        if by == own { String::new() } else { format!(", while {own} is read: what it makes follows") };
    state.say(
        Tone::Said,
        format!("Making a first {noun} with {by}: it plays as soon as it is there{meanwhile}"),
    );
    effects
}

pub(super) fn sample(state: &mut State, place: SlotId) -> Vec<Effect> {
    // Another first beat, before the first one was there, is the first beat.
    let opening = state.pending.iter().find(|p| p.slots == [place]).and_then(|p| p.opening);
    let effects = sample_into(state, vec![place], format!("sample {place}"));
    if let Some(pending) = state.pending.last_mut() {
        pending.opening = opening;
    }
    let temperature = state.edit.temperature;
    state.say(Tone::Said, format!("Sampling into {place} at temperature {temperature:.2}"));
    effects
}

/// A new pattern into the selected place; where a pattern stands there that the track does not make, such as a beat
/// while melodies are made, into the next empty one: what was found for another track is not to be lost by the way.
pub(super) fn sample_here(state: &mut State) -> Vec<Effect> {
    let place = state.cursor;
    let Some(many) = foreign(state, place) else { return sample(state, place) };
    let Some(target) = next_free(state, place) else {
        let text = format!(
            "{place} holds {many} and no place is empty. {{clear}} empties this one, {{previous-track}} selects another track"
        );
        return say(state, Tone::Hint, text);
    };
    state.cursor = target;
    let effects = sample(state, target);
    let noun = state.known(state.model()).noun();
    state.say(Tone::Said, format!("{place} holds {many}: a {noun} comes into {target} instead"));
    effects
}

/// What patterns like that at `place` are called, where the selected track's model makes others.
fn foreign(state: &State, place: SlotId) -> Option<&'static str> {
    let (one, many) = nouns(&state.edit.bank.get(place)?.made.tokens);
    (one != state.known(state.model()).noun()).then_some(many)
}

/// The first empty place behind `place`, around the end of the bank, that nothing is being made for.
fn next_free(state: &State, place: SlotId) -> Option<SlotId> {
    let mut behind = SlotId::all().skip(place.index() + 1).chain(SlotId::all().take(place.index()));
    behind.find(|&p| state.edit.bank.get(p).is_none() && !state.is_pending(p))
}

pub(super) fn sample_row(state: &mut State, place: SlotId) -> Vec<Effect> {
    let mut row: Vec<SlotId> = SlotId::of_row(place.row()).collect();
    let full = row.iter().all(|place| state.edit.bank.get(*place).is_some());
    let mut place = place;
    if full && let Some(many) = row.iter().find_map(|place| foreign(state, *place)) {
        let free = |p: SlotId| state.edit.bank.get(p).is_none() && !state.is_pending(p);
        let letter = char::from(b'A' + place.row());
        let Some(found) = state.edit.bank.row_where(place.row(), free) else {
            let text = format!("Row {letter} holds {many} and no row is empty. {{clear}} empties places");
            return say(state, Tone::Hint, text);
        };
        row = SlotId::of_row(found).collect();
        place = row.first().copied().unwrap_or(place);
        state.cursor = place;
    }
    let slots = if full { row } else { free_of_row(state, place) };
    if slots.is_empty() {
        return say(state, Tone::Hint, "The rest of the row is still being made: again in a moment");
    }
    let letter = char::from(b'A' + place.row());
    let count = slots.len();
    let effects = sample_into(state, slots, format!("sample row {letter}"));
    let nouns = plural(state.known(state.model()).noun());
    state.say(Tone::Said, format!("Sampling {count} {nouns} into row {letter}"));
    effects
}

/// The places of the row of `place` that are empty and that nothing is being made for.
fn free_of_row(state: &State, place: SlotId) -> Vec<SlotId> {
    let free = |place: &SlotId| state.edit.bank.get(*place).is_none() && !state.is_pending(*place);
    SlotId::of_row(place.row()).filter(free).collect()
}

/// Fills the row behind the first beat, which stands at `place`.
pub(super) fn open_row(state: &mut State, place: SlotId) -> Vec<Effect> {
    let slots = free_of_row(state, place);
    if slots.is_empty() {
        return Vec::new();
    }
    let effects = sample_into(state, slots, "the opening".to_owned());
    if let Some(pending) = state.pending.last_mut() {
        pending.opening = Some(Opening::Row);
    }
    effects
}

pub(super) fn vary(state: &mut State, place: SlotId) -> Vec<Effect> {
    vary_into(state, place, place)
}

pub(super) fn vary_aside(state: &mut State, place: SlotId) -> Vec<Effect> {
    if state.edit.bank.get(place).is_none() {
        return vary_into(state, place, place);
    }
    match next_free(state, place) {
        Some(target) => {
            state.cursor = target;
            vary_into(state, place, target)
        }
        None => say(state, Tone::Hint, "No empty place left. {clear} empties one, {vary} varies in place"),
    }
}

fn vary_into(state: &mut State, source: SlotId, target: SlotId) -> Vec<Effect> {
    let Some(slot) = state.edit.bank.get(source).cloned() else {
        if state.is_pending(source) {
            return say(state, Tone::Hint, format!("{source} is still being made: again in a moment"));
        }
        return say(
            state,
            Tone::Hint,
            format!(
                "{source} is empty: nothing to vary. {{sample}} makes a {} here",
                state.known(state.model()).noun()
            ),
        );
    };
    let job = Job::Vary {
        of: slot.made.clone(),
        amount: limits::VARY_AMOUNT,
        seed: next_seed(state),
        temperature: state.edit.temperature,
    };
    let name = names::of_variation(&slot.name);
    let label = format!("vary {source}");
    let effects = order(state, job, vec![target], vec![name], Vec::new(), label);
    let into = if source == target { String::new() } else { format!(" into {target}") };
    state.say(Tone::Said, format!("Varying {source}{into}"));
    effects
}

pub(super) fn interpolate(state: &mut State, place: SlotId) -> Vec<Effect> {
    let Some(end) = state.edit.bank.get(place).cloned() else {
        if state.is_pending(place) {
            return say(state, Tone::Hint, format!("{place} is still being made: again in a moment"));
        }
        return say(state, Tone::Hint, format!("{place} is empty: an end of the way must hold a pattern"));
    };
    let Some(mark) = state.mark.take() else {
        state.mark = Some(place);
        return say(
            state,
            Tone::Said,
            format!("{place} marked. Go to another pattern and press {{interpolate}} again"),
        );
    };
    if mark == place {
        return say(state, Tone::Said, format!("Mark at {place} taken away"));
    }
    let Some(start) = state.edit.bank.get(mark).cloned() else {
        return say(state, Tone::Hint, format!("{mark} is empty by now. {{interpolate}} marks a new start"));
    };
    let kinds = (start.made.tokens.kind(), end.made.tokens.kind());
    let steps = (start.pattern().steps, end.pattern().steps);
    if kinds.0 != kinds.1 || steps.0 != steps.1 {
        state.mark = Some(mark);
        let what = |at: usize| {
            let (kind, steps) = if at == 0 { (kinds.0, steps.0) } else { (kinds.1, steps.1) };
            format!("a {kind} pattern of {} bars", steps.div_ceil(crate::music::pattern::STEPS_PER_BAR))
        };
        return say(
            state,
            Tone::Hint,
            format!(
                "{mark} is {} and {place} {}: nothing lies between them. Take an end of the same kind",
                what(0),
                what(1)
            ),
        );
    }
    let between: Vec<SlotId> =
        SlotId::of_row(mark.row()).filter(|p| (mark.min(place) < *p) && (*p < mark.max(place))).collect();
    if mark.row() == place.row() && !between.is_empty() {
        // Left to right on the screen is from the mark to the other end, or the way back.
        let slots = if mark < place { between } else { between.into_iter().rev().collect() };
        return fill(state, (mark, start), (place, end), slots, Vec::new());
    }
    let free = |p: SlotId| state.edit.bank.get(p).is_none() && !state.is_pending(p);
    let Some(row) = state.edit.bank.row_where(place.row(), free) else {
        state.mark = Some(mark);
        return say(
            state,
            Tone::Hint,
            "Ends in two rows need an empty row for the way between them. {clear} empties places",
        );
    };
    let places: Vec<SlotId> = SlotId::of_row(row).collect();
    let (&[first, .., last], inner) = (&places[..], &places[1..places.len() - 1]) else {
        return Vec::new();
    };
    let ends = vec![(first, start.clone()), (last, end.clone())];
    fill(state, (mark, start), (place, end), inner.to_vec(), ends)
}

type End = (SlotId, Arc<Slot>);

/// Asks for the points between two ends; `copies` of the ends go into the bank with them.
fn fill(state: &mut State, from: End, to: End, slots: Vec<SlotId>, copies: Vec<End>) -> Vec<Effect> {
    let label = format!("interpolate {} to {}", from.0, to.0);
    let points = slots.len() + 1;
    let name = |i: usize| names::of_point(100.0 * i as f64 / points as f64, &to.1.name);
    let names = (1..points).map(name).collect();
    let (first, last) = (slots.iter().min().copied(), slots.iter().max().copied());
    let job = Job::Interpolate {
        from: from.1.made.clone(),
        to: to.1.made.clone(),
        model: common_model(state, &from.1),
        seed: next_seed(state),
        temperature: state.edit.temperature,
    };
    let effects = order(state, job, slots, names, copies, label);
    if let (Some(first), Some(last)) = (first, last) {
        let text = match points - 1 {
            1 => format!("From {} to {}: what lies between them into {first}", from.0, to.0),
            n => format!("From {} to {}: {n} patterns between them into {first} to {last}", from.0, to.0),
        };
        state.say(Tone::Said, text);
    }
    effects
}

/// The model for ends that come from different ones: the selected track's where it makes such patterns, otherwise
/// that of the first end.
fn common_model(state: &State, end: &Slot) -> String {
    let (mine, theirs) = (state.known(state.model()), state.known(&end.recipe().model));
    let same = mine.kind == theirs.kind && mine.steps == theirs.steps;
    if same { mine.name } else { theirs.name }
}

pub(super) fn dismiss(state: &mut State) -> Vec<Effect> {
    match state.mark.take() {
        Some(mark) => say(state, Tone::Said, format!("Mark at {mark} taken away")),
        None => Vec::new(),
    }
}

pub(super) fn temperature(state: &mut State, to: f32) -> Vec<Effect> {
    let to = limits::hundredths(to, &limits::TEMPERATURE);
    if to == state.edit.temperature {
        return say(state, Tone::Hint, format!("Temperature {to:.2} is as far as it goes"));
    }
    state.history.record_nudge("temperature", state.edit.clone());
    state.edit.temperature = to;
    let mood = match to {
        t if t < 0.35 => "sure of itself",
        t if t < 0.75 => "calm",
        t if t < 1.15 => "lively",
        t if t < 1.55 => "wild",
        _ => "reckless",
    };
    say(
        state,
        Tone::Said,
        format!("Temperature {to:.2} ({mood}): {{sample}} and {{vary}} use it from now on"),
    )
}

pub(super) fn next_model(state: &mut State) -> Vec<Effect> {
    let (part, name) = (state.track().part, state.track().name.clone());
    let suited: Vec<&str> =
        state.models.iter().filter(|known| known.suits(part)).map(|known| known.name.as_str()).collect();
    let at = suited.iter().position(|model| *model == state.model());
    let next = at.map_or(0, |at| (at + 1) % suited.len().max(1));
    match suited.get(next) {
        Some(model) if *model != state.model() => {
            let (model, noun) = ((*model).to_owned(), plural(state.known(model).noun()));
            state.history.record("model", state.edit.clone());
            let track = state.track;
            if let Some(track) = state.edit.tracks.get_mut(track) {
                track.model.clone_from(&model);
            }
            say(state, Tone::Said, format!("{model} makes {noun} for {name} from now on"))
        }
        _ => say(
            state,
            Tone::Hint,
            format!(
                "There is one model only for {name}. `mvae-tui models list` says where others are looked for"
            ),
        ),
    }
}
