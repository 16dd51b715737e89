//! Fills of scripts: as the jam's are made, for any pattern, at once.

use super::api::likeliest;
use super::error::{Outcome, fail};
use super::value::{Point, Tune};
use crate::jam::fill;
use crate::latent::attributes::{Attribute, Attributes};
use crate::music::pattern::{Part, Pattern, STEPS_PER_BAR};

/// How many lengths of the vector of density a fill lies away from its pattern: the nearest that is one is taken.
const FARTHER: [f64; 2] = [1.5, 2.5];

/// The parts that a pattern may have.
const PARTS: [Part; 3] = [Part::Drums, Part::Lead, Part::Bass];

/// A bar of fill for a pattern that has come to step `from`: it begins as the pattern does there, and its model makes the
/// end of it denser; a rule does, with another end for each `seed`, where no model made the pattern or its vector of
/// density leads to nothing that is a fill.
///
/// # Errors
/// A pattern without notes.
pub fn of(tune: &Tune, from: u32, seed: u64) -> Outcome<Tune> {
    let pattern = tune.pattern();
    let parts: Vec<Part> =
        PARTS.into_iter().filter(|part| pattern.notes.iter().any(|note| note.part == *part)).collect();
    if parts.is_empty() {
        return fail("a fill is made of notes, and this pattern has none");
    }
    let moved = FARTHER.iter().find_map(|by| {
        let moved = moved(tune, *by)?;
        let bars: Option<Vec<Pattern>> =
            parts.iter().map(|part| fill::of(pattern, moved.pattern(), *part, from)).collect();
        bars
    });
    let bars =
        moved.unwrap_or_else(|| parts.iter().map(|part| fill::rule::of(pattern, *part, from, seed)).collect());
    Tune::new(Pattern::new(STEPS_PER_BAR, bars.into_iter().flat_map(|bar| bar.notes).collect()))
}

/// The step at which the last bar of a pattern begins.
pub fn last_bar(pattern: &Pattern) -> u32 {
    (pattern.bars().max(1) - 1) * STEPS_PER_BAR
}

/// The pattern as its model has it so many lengths of the vector of density away.
fn moved(tune: &Tune, by: f64) -> Option<Tune> {
    let (made, model) = tune.origin()?;
    let vectors = Attributes::beside(model.name(), model.0.settings()).ok()?;
    let density = Attribute::find("density").ok()?;
    let vector = Point::new(model, vectors.vector(density.name())?.to_vec()).ok()?;
    let here = Point::new(model, made.z.clone()).ok()?;
    likeliest(&here.zip(&vector, |z, v| z + by * v).ok()?).ok()
}
