//! Fills of scripts: a bar that begins as what plays does and ends with more strokes, for any pattern, at once.

use super::api::likeliest;
use super::error::{Outcome, fail};
use super::value::{Point, Tune};
use crate::jam::fill::rule;
use crate::latent::attributes::{Attribute, Attributes};
use crate::music::pattern::{Part, Pattern, PatternNote, STEPS_PER_BAR};

/// How many lengths of the vector of density a fill lies away from its pattern: the nearest that is one is taken.
const FARTHER: [f64; 2] = [1.5, 2.5];
/// The step of its bar at which a fill leaves the pattern.
const BREAK: u32 = 8;

/// The parts that a pattern may have.
const PARTS: [Part; 3] = [Part::Drums, Part::Lead, Part::Bass];

/// A bar of fill for a pattern: its last bar, the second half of which its model makes denser; by rule, which has another
/// for each `seed`, where no model made the pattern or its vector of density leads nowhere.
///
/// # Errors
/// A pattern without notes.
pub fn of(tune: &Tune, seed: u64) -> Outcome<Tune> {
    let pattern = tune.pattern();
    if pattern.notes.is_empty() {
        return fail("a fill is made of notes, and this pattern has none");
    }
    if let Some(made) = by_model(tune) {
        return Tune::new(made);
    }
    let own = |part: &Part| pattern.notes.iter().any(|note| note.part == *part);
    let bars = PARTS.iter().filter(|part| own(part));
    let bars = bars.map(|part| rule::of(pattern, *part, last_bar(pattern), seed));
    Tune::new(Pattern::new(STEPS_PER_BAR, bars.flat_map(|bar| bar.notes).collect()))
}

/// The step at which the last bar of a pattern begins.
fn last_bar(pattern: &Pattern) -> u32 {
    (pattern.bars().max(1) - 1) * STEPS_PER_BAR
}

/// The notes of the last bar of a pattern.
fn end(pattern: &Pattern) -> Vec<PatternNote> {
    let from = last_bar(pattern);
    let within = pattern.notes.iter().filter(|note| note.start >= from);
    within
        .map(|note| {
            let start = note.start - from;
            PatternNote { start, length: note.length.min(STEPS_PER_BAR - start).max(1), ..*note }
        })
        .collect()
}

/// The bar as the pattern's model has it farther along its vector of density; `None` where it is no denser there.
fn by_model(tune: &Tune) -> Option<Pattern> {
    let (made, model) = tune.origin()?;
    let vectors = Attributes::beside(model.name(), model.0.settings()).ok()?;
    let density = Attribute::find("density").ok()?;
    let vector = Point::new(model, vectors.vector(density.name())?.to_vec()).ok()?;
    let here = Point::new(model, made.z.clone()).ok()?;
    let bar = end(tune.pattern());
    let late = |notes: &[PatternNote]| notes.iter().filter(|note| note.start >= BREAK).count();
    FARTHER.iter().find_map(|by| {
        let there = here.zip(&vector, |z, v| z + by * v).ok()?;
        let end = end(likeliest(&there).ok()?.pattern());
        let head = bar.iter().filter(|note| note.start < BREAK);
        let head = head.map(|note| PatternNote { length: note.length.min(BREAK - note.start), ..*note });
        let strokes = late(&end);
        let tail = end.iter().filter(|note| note.start >= BREAK).enumerate();
        // It grows: the model says where, the fill how loud.
        let tail = tail.map(|(at, note)| {
            let velocity = 78 + (42 * at / strokes.max(1)) as u8;
            PatternNote { velocity, ..*note }
        });
        (strokes > late(&bar)).then(|| Pattern::new(STEPS_PER_BAR, head.chain(tail).collect()))
    })
}
