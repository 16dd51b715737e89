//! Patterns to latent points: what the encoder is given of each, and where it lies.

use std::borrow::Cow;

use super::sampling::own_hits;
use super::{BATCH, GenerateError, Sampling, converter};
use crate::codec::Tokens;
use crate::model::{Controls, Example, MusicVae, Posterior};

/// The means of the posteriors of `patterns`: tokens, or [`Example`]s with their controls.
///
/// # Errors
/// As [`posteriors`].
pub fn means<'a, P>(model: &MusicVae, patterns: &'a [P]) -> Result<Vec<Vec<f32>>, GenerateError>
where
    Example<'a>: From<&'a P>,
{
    Ok(posteriors(model, patterns)?.into_iter().map(|p| p.mu).collect())
}

/// The posteriors of `patterns`. A groove model hears only what its configuration lets it hear: the hits without their
/// dynamics, or a tapped rhythm (spec section 14).
///
/// # Errors
/// [`GenerateError::Model`]: a pattern of another kind or length than the model's, chords that miss or are too many.
pub fn posteriors<'a, P>(model: &MusicVae, patterns: &'a [P]) -> Result<Vec<Posterior>, GenerateError>
where
    Example<'a>: From<&'a P>,
{
    let given = converter(model)?.groove_input();
    let mut all = Vec::with_capacity(patterns.len());
    for batch in patterns.chunks(BATCH) {
        let heard: Vec<Heard<'_>> = batch
            .iter()
            .map(|pattern| {
                let example = Example::from(pattern);
                let hits = own_hits(model, example.tokens).filter(|_| example.controls.is_none());
                let tokens = match example.tokens {
                    Tokens::Groove(steps) => Cow::Owned(Tokens::Groove(given.apply(steps))),
                    other => Cow::Borrowed(other),
                };
                Heard { example, tokens, hits }
            })
            .collect();
        let examples: Vec<Example<'_>> = heard.iter().map(Heard::example).collect();
        all.extend(model.encode_examples(&examples)?);
    }
    Ok(all)
}

/// An example as the encoder hears it.
struct Heard<'a> {
    example: Example<'a>,
    tokens: Cow<'a, Tokens>,
    hits: Option<Controls>,
}

impl Heard<'_> {
    fn example(&self) -> Example<'_> {
        Example {
            tokens: &self.tokens,
            controls: self.example.controls.or(self.hits.as_ref()),
            segments: self.example.segments,
        }
    }
}

/// What `model` is conditioned on where it plays `pattern`: its chords, or its hits.
pub fn controls_of(model: &MusicVae, pattern: Example<'_>) -> Option<Controls> {
    pattern.controls.cloned().or_else(|| own_hits(model, pattern.tokens))
}

/// `how` with the controls of `pattern` where it has none of its own.
pub(super) fn with_own_controls(model: &MusicVae, pattern: Option<Example<'_>>, how: &Sampling) -> Sampling {
    let own = || controls_of(model, pattern?);
    Sampling { controls: how.controls.clone().or_else(own), ..how.clone() }
}
