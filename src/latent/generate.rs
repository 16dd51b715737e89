//! Patterns out of latent points, and latent points out of patterns.
//!
//! Everything here repeats: the same model, seed and settings give the same tokens, and the first n patterns of a
//! seed do not change when more are asked for.

use super::noise::Noise;
use super::path;
use super::recipe::{Origin, Purpose, Recipe, noise};
use super::slerp::slerp;
use crate::codec::{CodecError, Converter, Tokens};
use crate::model::{Decoding, ModelError, MusicVae};
use crate::music::pattern::Pattern;

/// Rows decoded together: enough to share the weights' way through memory, few enough to keep little of it.
const BATCH: usize = 32;
/// The longest pattern anybody may ask for: 256 bars.
const MOST_STEPS: usize = 4096;

/// How patterns are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// How many patterns.
    pub n: usize,
    /// Softmax temperature: 0 takes the likeliest token, 1 draws as trained, above is wilder.
    pub temperature: f32,
    /// Seed of all draws.
    pub seed: u64,
    /// Length in steps, a multiple of the model's own; 0 for the model's own.
    pub steps: usize,
}

impl Default for Sampling {
    /// One pattern of the model's own length at temperature 1 from seed 0.
    fn default() -> Self {
        Self { n: 1, temperature: 1.0, seed: 0, steps: 0 }
    }
}

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

/// Why no pattern was made.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The model said no.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The tokens or notes do not fit.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// No codec speaks the language of this model.
    #[error(
        "{model}: no converter for its configuration {config} yet. Pick another model: `mvae-tui models list`"
    )]
    NoConverter {
        /// The model's name.
        model: String,
        /// Its configuration.
        config: String,
    },
    /// A temperature below zero, or no number.
    #[error(
        "temperature {0} is out of range. It takes a number from 0 (the likeliest notes) up; 0.5 to 1.2 is usual"
    )]
    Temperature(f32),
    /// A length the model cannot make.
    #[error(
        "a length of {asked} steps does not fit {model}. Its patterns have {own} steps; take a multiple of that, at most {MOST_STEPS}"
    )]
    Length {
        /// The model's name.
        model: String,
        /// Steps asked for.
        asked: usize,
        /// Steps of the model.
        own: usize,
    },
    /// A latent point of the wrong size.
    #[error(
        "a z of {got} numbers does not fit {model}, which takes {need}. Encode the pattern with this model, or decode with the model it came from"
    )]
    ZSize {
        /// The model's name.
        model: String,
        /// Numbers given.
        got: usize,
        /// Numbers needed.
        need: usize,
    },
    /// A latent point with NaN or infinity in it.
    #[error("number {index} of this z is {value}. Encode the pattern again: every number has to be finite")]
    ZValue {
        /// 1-based.
        index: usize,
        /// The value.
        value: f32,
    },
    /// A share outside 0..=1.
    #[error("an amount of {0} is out of range. It goes from 0 (no change) to 1 (all new)")]
    Amount(f32),
    /// Nothing to interpolate between or to average.
    #[error("no pattern was given. Name one file at least")]
    Nothing,
}

/// Draws `how.n` patterns from the prior.
///
/// # Errors
/// [`GenerateError`], as everywhere here: an unfit temperature, length or z, or the model's own.
pub fn sample(model: &MusicVae, how: &Sampling) -> Result<Vec<Generated>, GenerateError> {
    let point = |i| (noise(how.seed, i, Purpose::Prior).prior(model.z_size()), i, Origin::Sample);
    decode_rows(model, (0..count(how.n)).map(point).collect(), how)
}

/// Takes a pattern through the latent space: `how.n` decodings of the mean of its posterior.
///
/// # Errors
/// As [`sample`].
pub fn reconstruct(
    model: &MusicVae,
    tokens: &Tokens,
    how: &Sampling,
) -> Result<Vec<Generated>, GenerateError> {
    let z = means(model, std::slice::from_ref(tokens))?.concat();
    let rows = (0..count(how.n)).map(|i| (z.clone(), i, Origin::Reconstruct));
    decode_rows(model, rows.collect(), how)
}

/// `points` patterns evenly spaced on the path through the means of `patterns`, both ends included; `how.n` is
/// not used.
///
/// # Errors
/// As [`sample`].
pub fn interpolate(
    model: &MusicVae,
    patterns: &[Tokens],
    points: usize,
    how: &Sampling,
) -> Result<Vec<Generated>, GenerateError> {
    between(model, &means(model, patterns)?, points, how)
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
    if ends.is_empty() {
        return Err(GenerateError::Nothing);
    }
    let path = path::through(ends, points).into_iter().enumerate();
    let rows = path.map(|(i, z)| (z, 0, Origin::Interpolate { share: path::share(i, points) }));
    decode_rows(model, rows.collect(), how)
}

/// `how.n` decodings of the middle of the means of `patterns`.
///
/// # Errors
/// As [`sample`].
pub fn mean(model: &MusicVae, patterns: &[Tokens], how: &Sampling) -> Result<Vec<Generated>, GenerateError> {
    if patterns.is_empty() {
        return Err(GenerateError::Nothing);
    }
    let z = path::middle(&means(model, patterns)?);
    let rows = (0..count(how.n)).map(|i| (z.clone(), i, Origin::Mean { of: patterns.len() }));
    decode_rows(model, rows.collect(), how)
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

/// Makes a pattern again from its z and recipe, note for note.
///
/// # Errors
/// As [`sample`].
pub fn again(model: &MusicVae, z: &[f32], recipe: &Recipe) -> Result<Option<Generated>, GenerateError> {
    let how =
        Sampling { n: 1, temperature: recipe.temperature, seed: recipe.seed, steps: recipe.steps as usize };
    Ok(decode_rows(model, vec![(z.to_vec(), recipe.index, recipe.origin.clone())], &how)?.pop())
}

/// The means of the posteriors of `patterns`.
///
/// # Errors
/// [`GenerateError::Model`]: a pattern of another kind or length than the model's.
pub fn means(model: &MusicVae, patterns: &[Tokens]) -> Result<Vec<Vec<f32>>, GenerateError> {
    let mut all = Vec::with_capacity(patterns.len());
    for batch in patterns.chunks(BATCH) {
        all.extend(model.encode(batch)?.into_iter().map(|p| p.mu));
    }
    Ok(all)
}

/// The converter of a model.
///
/// # Errors
/// [`GenerateError::NoConverter`].
pub fn converter(model: &MusicVae) -> Result<Converter, GenerateError> {
    let settings = model.settings();
    Converter::for_config(&settings.config).ok_or_else(|| GenerateError::NoConverter {
        model: settings.name.clone(),
        config: settings.config.clone(),
    })
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
    let converter = converter(model)?;
    for (z, ..) in &rows {
        check_z(model, z)?;
    }
    let name = &model.settings().name;
    let mut all = Vec::with_capacity(rows.len());
    for batch in rows.chunks(BATCH) {
        let z: Vec<Vec<f32>> = batch.iter().map(|r| r.0.clone()).collect();
        let draws: Vec<Noise> = batch.iter().map(|r| noise(how.seed, r.1, Purpose::Decoding)).collect();
        let decoding = Decoding { steps, ..Decoding::new(how.temperature, draws) };
        let decoded = model.decode(&z, &decoding)?;
        for ((z, (_, index, origin)), tokens) in z.into_iter().zip(batch).zip(decoded) {
            let recipe = Recipe {
                model: name.clone(),
                seed: how.seed,
                index: *index,
                temperature: how.temperature,
                steps: steps as u32,
                origin: origin.clone(),
            };
            all.push(Generated { pattern: converter.pattern(&tokens), tokens, z, recipe });
        }
    }
    Ok(all)
}

fn checked_steps(model: &MusicVae, asked: usize) -> Result<usize, GenerateError> {
    let settings = model.settings();
    let own = settings.steps;
    let steps = if asked == 0 { own } else { asked };
    let fits = steps.is_multiple_of(own) && steps <= MOST_STEPS;
    if fits { Ok(steps) } else { Err(GenerateError::Length { model: settings.name.clone(), asked, own }) }
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
