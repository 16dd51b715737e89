//! Patterns out of latent points, and latent points out of patterns.
//!
//! Everything here repeats: the same model, seed and settings give the same tokens, and the first n patterns of a
//! seed do not change when more are asked for.

mod error;
mod hear;
mod sampling;

pub use error::GenerateError;
pub use hear::{controls_of, means, posteriors};
pub use sampling::{Conditioned, Sampling, checked_steps, conditioned};

use std::ops::Range;

use super::noise::Noise;
use super::path;
use super::recipe::{Origin, Purpose, Recipe, noise};
use super::slerp::slerp;
use crate::codec::{Converter, Tokens};
use crate::model::{Decoding, Example, MusicVae};
use crate::music::pattern::{Pattern, STEPS_PER_BAR};
use hear::with_own_controls;
use sampling::checked_controls;

/// Rows decoded together: enough to share the weights' way through memory, few enough to keep little of it.
const BATCH: usize = 32;

/// A pattern that a model made, with all it takes to make it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// The notes.
    pub pattern: Pattern,
    /// The tokens that the model said.
    pub tokens: Tokens,
    /// The latent point it was decoded from.
    pub z: Vec<f32>,
    /// How it was made.
    pub recipe: Recipe,
}

/// Draws `how.n` patterns from the prior.
///
/// # Errors
/// [`GenerateError`], as everywhere here: an unfit temperature, length or z, or the model's own.
pub fn sample(model: &MusicVae, how: &Sampling) -> Result<Vec<Generated>, GenerateError> {
    draw(model, how, 0..count(how.n))
}

/// Those of [`sample`]'s patterns whose numbers are `which`, from 0; `how.n` is not used. However a row is parted, its
/// patterns are the same.
///
/// # Errors
/// As [`sample`].
pub fn draw(model: &MusicVae, how: &Sampling, which: Range<u32>) -> Result<Vec<Generated>, GenerateError> {
    let point = |i| (noise(how.seed, i, Purpose::Prior).prior(model.z_size()), i, Origin::Sample);
    decode_rows(model, which.map(point).collect(), how)
}

/// Takes a pattern (tokens, or an [`Example`] with its controls) through the latent space: `how.n` decodings of the
/// mean of its posterior.
///
/// # Errors
/// As [`sample`].
pub fn reconstruct<'a, P>(
    model: &MusicVae,
    pattern: &'a P,
    how: &Sampling,
) -> Result<Vec<Generated>, GenerateError>
where
    Example<'a>: From<&'a P>,
{
    let z = means(model, std::slice::from_ref(pattern))?.concat();
    let how = with_own_controls(model, Some(Example::from(pattern)), how);
    let rows = (0..count(how.n)).map(|i| (z.clone(), i, Origin::Reconstruct));
    decode_rows(model, rows.collect(), &how)
}

/// `points` patterns evenly spaced on the path through the means of `patterns`, both ends included; `how.n` is
/// not used.
///
/// # Errors
/// As [`sample`].
pub fn interpolate<'a, P>(
    model: &MusicVae,
    patterns: &'a [P],
    points: usize,
    how: &Sampling,
) -> Result<Vec<Generated>, GenerateError>
where
    Example<'a>: From<&'a P>,
{
    let how = with_own_controls(model, patterns.first().map(Example::from), how);
    between(model, &means(model, patterns)?, points, &how)
}

/// The same between latent points. All decodings share their draws, so that what changes is z alone.
///
/// # Errors
/// As [`sample`].
pub fn between(
    model: &MusicVae,
    ends: &[Vec<f32>],
    points: usize,
    how: &Sampling,
) -> Result<Vec<Generated>, GenerateError> {
    at(model, way(ends, points)?, how)
}

/// The points of [`between`], for [`at`].
///
/// # Errors
/// [`GenerateError::Nothing`].
pub fn way(ends: &[Vec<f32>], points: usize) -> Result<Vec<(Vec<f32>, Origin)>, GenerateError> {
    if ends.is_empty() {
        return Err(GenerateError::Nothing);
    }
    let path = path::through(ends, points).into_iter().enumerate();
    Ok(path.map(|(i, z)| (z, Origin::Interpolate { share: path::share(i, points) })).collect())
}

/// `how.n` decodings of the middle of the means of `patterns`.
///
/// # Errors
/// As [`sample`].
pub fn mean<'a, P>(
    model: &MusicVae,
    patterns: &'a [P],
    how: &Sampling,
) -> Result<Vec<Generated>, GenerateError>
where
    Example<'a>: From<&'a P>,
{
    if patterns.is_empty() {
        return Err(GenerateError::Nothing);
    }
    let how = with_own_controls(model, patterns.first().map(Example::from), how);
    let z = path::middle(&means(model, patterns)?);
    let rows = (0..count(how.n)).map(|i| (z.clone(), i, Origin::Mean { of: patterns.len() }));
    decode_rows(model, rows.collect(), &how)
}

/// `how.n` variations of a latent point: each a step of `amount` (0..=1) towards its own draw from the prior.
///
/// # Errors
/// As [`sample`]; [`GenerateError::Amount`].
pub fn vary(
    model: &MusicVae,
    z: &[f32],
    amount: f32,
    how: &Sampling,
) -> Result<Vec<Generated>, GenerateError> {
    if !(0.0..=1.0).contains(&amount) {
        return Err(GenerateError::Amount(amount));
    }
    check_z(model, z)?;
    let rows = (0..count(how.n)).map(|i| {
        let towards = noise(how.seed, i, Purpose::Variation).prior(model.z_size());
        (slerp(z, &towards, f64::from(amount)), i, Origin::Vary { amount })
    });
    decode_rows(model, rows.collect(), how)
}

/// Decodes given latent points, one pattern each; `how.n` is not used.
///
/// # Errors
/// As [`sample`].
pub fn decode(model: &MusicVae, z: &[Vec<f32>], how: &Sampling) -> Result<Vec<Generated>, GenerateError> {
    decode_rows(model, (0..count(z.len())).zip(z).map(|(i, z)| (z.clone(), i, Origin::Decode)).collect(), how)
}

/// Decodes given latent points whose origins the caller knows: a walk, a palette, an attribute. `how.n` is not used;
/// all of them share their draws, so that what differs is z alone.
///
/// # Errors
/// As [`sample`].
pub fn at(
    model: &MusicVae,
    points: Vec<(Vec<f32>, Origin)>,
    how: &Sampling,
) -> Result<Vec<Generated>, GenerateError> {
    decode_rows(model, points.into_iter().map(|(z, origin)| (z, 0, origin)).collect(), how)
}

/// Makes a pattern again from its z and recipe, note for note.
///
/// # Errors
/// As [`sample`].
pub fn again(model: &MusicVae, z: &[f32], recipe: &Recipe) -> Result<Option<Generated>, GenerateError> {
    let how = Sampling {
        n: 1,
        temperature: recipe.temperature,
        seed: recipe.seed,
        steps: recipe.steps as usize,
        controls: recipe.controls.clone(),
    };
    Ok(decode_rows(model, vec![(z.to_vec(), recipe.index, recipe.origin.clone())], &how)?.pop())
}

/// The converter of a model.
///
/// # Errors
/// [`GenerateError::NoConverter`].
pub fn converter(model: &MusicVae) -> Result<Converter, GenerateError> {
    let settings = model.settings();
    let of_config = Converter::for_config(&settings.config).ok_or_else(|| GenerateError::NoConverter {
        model: settings.name.clone(),
        config: settings.config.clone(),
    })?;
    // A model may be of other bars than its configuration (`train --bars`).
    let bars = settings.steps as u32 / STEPS_PER_BAR;
    Ok(if bars > 0 { of_config.with_bars(bars) } else { of_config })
}

fn decode_rows(
    model: &MusicVae,
    rows: Vec<(Vec<f32>, u32, Origin)>,
    how: &Sampling,
) -> Result<Vec<Generated>, GenerateError> {
    if !how.temperature.is_finite() || how.temperature < 0.0 {
        return Err(GenerateError::Temperature(how.temperature));
    }
    let steps = checked_steps(model, how.steps)?;
    let controls = checked_controls(model, how.controls.as_ref())?;
    let converter = converter(model)?;
    for (z, ..) in &rows {
        check_z(model, z)?;
    }
    let name = &model.settings().name;
    let mut all = Vec::with_capacity(rows.len());
    for batch in rows.chunks(BATCH) {
        let z: Vec<Vec<f32>> = batch.iter().map(|r| r.0.clone()).collect();
        let draws: Vec<Noise> = batch.iter().map(|r| noise(how.seed, r.1, Purpose::Decoding)).collect();
        let decoding =
            Decoding { steps, controls: controls.clone(), ..Decoding::new(how.temperature, draws) };
        let decoded = model.decode(&z, &decoding)?;
        for ((z, (_, index, origin)), tokens) in z.into_iter().zip(batch).zip(decoded) {
            let recipe = Recipe {
                model: name.clone(),
                seed: how.seed,
                index: *index,
                temperature: how.temperature,
                steps: steps as u32,
                controls: controls.clone(),
                origin: origin.clone(),
            };
            all.push(Generated { pattern: converter.pattern(&tokens), tokens, z, recipe });
        }
    }
    Ok(all)
}

fn check_z(model: &MusicVae, z: &[f32]) -> Result<(), GenerateError> {
    if z.len() != model.z_size() {
        let model_name = model.settings().name.clone();
        return Err(GenerateError::ZSize { model: model_name, got: z.len(), need: model.z_size() });
    }
    match z.iter().position(|x| !x.is_finite()) {
        Some(i) => Err(GenerateError::ZValue { index: i + 1, value: z[i] }),
        None => Ok(()),
    }
}

/// Numbers of patterns are 32 bits in a recipe; nobody has the patience for more.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
