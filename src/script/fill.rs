//! Fills of scripts: made as the jam makes its own, by the model that made the pattern or the one of its kind, at once.

use std::sync::Arc;

use super::api::by_hand;
use super::error::{Outcome, fail};
use super::value::{Model, Tune};
use crate::jam::fill::{self, rule, tries};
use crate::latent::attributes::Attributes;
use crate::latent::generate::Generated;
use crate::music::pattern::{Part, Pattern, STEPS_PER_BAR};

/// The parts that a pattern may have.
const PARTS: [Part; 3] = [Part::Drums, Part::Lead, Part::Bass];

/// A bar of fill over `playing`, which is `tune` as it goes round, in a bar in which it comes to step `from`. `number` is
/// that of the bar: each has a fill of its own, the same one every time. Where the model has none, a rule makes it.
///
/// # Errors
/// A pattern without notes.
pub fn of(tune: &Tune, playing: &Pattern, from: u32, number: u64) -> Outcome<Tune> {
    if playing.notes.is_empty() {
        return fail("a fill is made of notes, and this pattern has none");
    }
    let moved = moved(tune, number).map(|moved| moved.looped(playing.steps));
    let own = |part: &Part| playing.notes.iter().any(|note| note.part == *part);
    let bar = |part: Part| {
        let by_model = moved.as_ref().and_then(|moved| fill::of(playing, moved, part, from));
        by_model.unwrap_or_else(|| rule::of(playing, part, from, number))
    };
    let notes = PARTS.into_iter().filter(own).flat_map(|part| bar(part).notes);
    Tune::new(Pattern::new(STEPS_PER_BAR, notes.collect()))
}

/// The step at which the last bar of a pattern begins.
pub fn last_bar(pattern: &Pattern) -> u32 {
    (pattern.bars().max(1) - 1) * STEPS_PER_BAR
}

/// The pattern as a model has it with more notes; `None` where none can take it, or has a vector for that.
fn moved(tune: &Tune, number: u64) -> Option<Pattern> {
    let (of, model) = source(tune)?;
    let vectors = Attributes::beside(model.name(), model.0.settings()).ok()?;
    if !tries::can(vectors.table()) {
        return None;
    }
    let seed = of.recipe.seed.wrapping_add(number);
    // All of the tries, however long they take: what stands in a script sounds the same every time.
    tries::best(&model.0, &vectors, &of, seed, &mut |_| true).ok().map(|made| made.pattern)
}

/// What the model knows of a pattern: how it made it, or what it finds for one that was changed by hand.
fn source(tune: &Tune) -> Option<(Arc<Generated>, Model)> {
    if let Some((made, model)) = tune.origin() {
        return Some((made.clone(), model.clone()));
    }
    by_hand(tune).ok().map(|(made, model)| (Arc::new(made), model))
}
