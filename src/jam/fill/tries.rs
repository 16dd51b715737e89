//! What a model has to say for a fill: a few patterns near the one that plays, with more notes, and which of them is
//! most of a fill.

use super::{bar, kit, meets, parted, pitch_classes};
use crate::latent::attributes::{Attribute as A, Attributes, Table};
use crate::latent::generate::{self, Generated, Sampling};
use crate::latent::recipe::{Origin, Purpose, noise};
use crate::latent::slerp::slerp;
use crate::model::MusicVae;
use crate::music::pattern::{Part, Pattern, STEPS_PER_BAR};

/// How many vectors of what each try of a beat adds.
const BEATS: [&[(A, f32)]; 4] = [
    &[(A::Density, 1.0), (A::SnareDensity, 1.0)],
    &[(A::Density, 1.5)],
    &[(A::SnareDensity, 2.0)],
    &[(A::Density, 1.0), (A::Syncopation, 1.0)],
];
/// The same for a tune.
const TUNES: [&[(A, f32)]; 4] = [
    &[(A::NoteDensity, 1.0)],
    &[(A::NoteDensity, 2.0)],
    &[(A::NoteDensity, 1.5), (A::Syncopation16th, 1.0)],
    &[(A::NoteDensity, 1.5), (A::AverageInterval, 0.5)],
];
/// How far the later tries go towards the prior as well.
const ASIDE: f64 = 0.35;
/// As many notes more in half a bar of a tune are a fill at its best.
const ENOUGH: f32 = 4.0;
/// Patterns decoded together; in between somebody else may want the model.
const PART: u32 = 4;

/// True where a model with the vectors of `table` can make fills: it knows what more notes are.
pub fn can(table: &Table) -> bool {
    table.vectors.iter().any(|vector| matches!(vector.attribute, A::Density | A::NoteDensity))
}

/// The try that is most of a fill over `of`. `watch` is asked between the parts of the work, with the share that is
/// done; where it says false what there is by then has to do.
///
/// # Errors
/// The model's own, in words, and where it has no vector for more notes.
pub fn best(
    model: &MusicVae,
    vectors: &Attributes,
    of: &Generated,
    seed: u64,
    watch: &mut dyn FnMut(f64) -> bool,
) -> Result<Generated, String> {
    // Long patterns take long: two tries of 16 bars are as much work as sixteen of two.
    let count = match of.pattern.steps {
        ..=64 => 8,
        65..=128 => 4,
        _ => 2,
    };
    let mut best: Option<(f32, Generated)> = None;
    for from in (0..count).step_by(PART as usize) {
        if best.is_some() && !watch(f64::from(from) / f64::from(count)) {
            break;
        }
        let numbers = from..count.min(from + PART);
        let points: Result<Vec<(Vec<f32>, Origin)>, String> =
            numbers.map(|number| point(vectors, of, seed, number)).collect();
        for made in draw(model, points?, of, seed.wrapping_add(u64::from(from)))? {
            let worth = worth(&of.pattern, &made.pattern);
            if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                best = Some((worth, made));
            }
        }
    }
    best.map(|(_, made)| made).ok_or_else(|| format!("{} made nothing of its point", of.recipe.model))
}

/// Decodes the points, each with draws of its own.
fn draw(
    model: &MusicVae,
    points: Vec<(Vec<f32>, Origin)>,
    of: &Generated,
    seed: u64,
) -> Result<Vec<Generated>, String> {
    let how = Sampling {
        n: points.len(),
        temperature: of.recipe.temperature,
        seed,
        steps: of.pattern.steps as usize,
        controls: of.recipe.controls.clone(),
    };
    let (z, origins): (Vec<Vec<f32>>, Vec<Origin>) = points.into_iter().unzip();
    let mut made = generate::decode(model, &z, &how).map_err(|error| error.to_string())?;
    for (made, origin) in made.iter_mut().zip(origins) {
        made.recipe.origin = origin;
    }
    Ok(made)
}

/// The point of try `number`, and what was added for it.
fn point(vectors: &Attributes, of: &Generated, seed: u64, number: u32) -> Result<(Vec<f32>, Origin), String> {
    let which = (number % PART) as usize;
    let has = |attribute: A| vectors.names().any(|known| known == attribute);
    let by: Vec<(A, f32)> =
        BEATS[which].iter().chain(TUNES[which]).copied().filter(|(attribute, _)| has(*attribute)).collect();
    let mut z = vectors.apply(&of.z, &by).map_err(|error| error.to_string())?;
    if number >= PART {
        let towards = noise(seed, number, Purpose::Variation).prior(z.len());
        z = slerp(&z, &towards, ASIDE);
    }
    let by = by.into_iter().map(|(attribute, by)| (attribute.name().to_owned(), by)).collect();
    Ok((z, Origin::Attributes { by }))
}

/// How much of a fill `moved` is over `playing`: what is struck in the second halves of its bars and was not before.
/// Snare and toms tell one from a busier beat.
pub fn worth(playing: &Pattern, moved: &Pattern) -> f32 {
    let bars = (0..playing.steps.max(1)).step_by(STEPS_PER_BAR as usize);
    let parts = [Part::Drums, Part::Lead, Part::Bass];
    let pairs = bars.flat_map(|from| parts.map(|part| (from, part)));
    pairs
        .map(|(from, part)| {
            let ((_, own), (_, tail)) = (parted(bar(playing, part, from)), parted(bar(moved, part, from)));
            if part == Part::Drums {
                let fresh = tail.iter().filter(|note| own.iter().all(|other| !meets(note, other)));
                let told = fresh.map(|note| match kit::class_of(note.pitch) {
                    Some(1 | 4..=6) => 2.0,
                    Some(0 | 7) => 1.0,
                    _ => 0.4,
                });
                // Two strokes a step all the way are a wall.
                return told.sum::<f32>() - tail.len().saturating_sub(16) as f32;
            }
            let keys = pitch_classes(playing, part);
            let foreign = tail.iter().filter(|note| !keys[usize::from(note.pitch % 12)]).count();
            // A run is a fill up to a point: from there on each note more takes away from it.
            let more = tail.len() as f32 - own.len() as f32;
            let told = if more <= ENOUGH { more } else { 2.0 * ENOUGH - more };
            told - 0.5 * foreign as f32
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::super::of as fill_of;
    use super::*;
    use crate::latent::generate::sample;
    use crate::model;

    /// Of `count` patterns, how many the model fills itself, and the notes behind the break before and after.
    fn filled(name: &str, part: Part, count: usize) -> (usize, usize, usize) {
        let model = model::find(name).unwrap();
        let vectors = Attributes::beside(name, model.settings()).unwrap();
        assert!(can(vectors.table()), "{name}");
        let how = Sampling { n: count, temperature: 0.9, seed: 5, steps: 32, controls: None };
        let (mut fills, mut before, mut after) = (0, 0, 0);
        for (number, playing) in sample(&model, &how).unwrap().into_iter().enumerate() {
            let moved = best(&model, &vectors, &playing, number as u64, &mut |_| true).unwrap();
            assert_eq!(moved, best(&model, &vectors, &playing, number as u64, &mut |_| true).unwrap());
            for from in [0, 16] {
                let Some(fill) = fill_of(&playing.pattern, &moved.pattern, part, from) else { continue };
                fills += 1;
                before += parted(bar(&playing.pattern, part, from)).1.len();
                after += fill.notes.iter().filter(|note| note.start >= 8).count();
            }
        }
        (fills, before, after)
    }

    #[test]
    fn models_fill_most_of_their_patterns_themselves_and_with_more_notes() {
        let (fills, before, after) = filled("drums_2bar_oh_lokl", Part::Drums, 8);
        println!("beats: {fills} of 16 bars, {before} strokes before, {after} after");
        assert!(fills >= 14 && after > before, "{fills} {before} {after}");
        let (fills, before, after) = filled("mel_2bar", Part::Lead, 8);
        println!("melodies: {fills} of 16 bars, {before} notes before, {after} after");
        assert!(fills >= 10 && after > before, "{fills} {before} {after}");
    }

    #[test]
    fn who_wants_the_model_does_not_wait_for_all_tries() {
        let name = "drums_2bar_oh_lokl";
        let model = model::find(name).unwrap();
        let vectors = Attributes::beside(name, model.settings()).unwrap();
        let how = Sampling { n: 1, temperature: 0.9, seed: 1, steps: 32, controls: None };
        let playing = sample(&model, &how).unwrap().remove(0);
        let mut asked = Vec::new();
        best(&model, &vectors, &playing, 1, &mut |share| {
            asked.push(share);
            false
        })
        .unwrap();
        assert_eq!(asked, [0.5]);
    }
}
