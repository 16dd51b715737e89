//! How patterns are drawn, and what a model is told beside z.

use super::GenerateError;
use crate::codec::Tokens;
use crate::codec::chords;
use crate::model::{Controls, MusicVae};

/// The longest pattern anybody may ask for: 256 bars.
pub(super) const MOST_STEPS: usize = 4096;

/// How patterns are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// How many patterns.
    pub n: usize,
    /// Softmax temperature: 0 takes the likeliest token, 1 draws as trained, above is wilder.
    pub temperature: f32,
    /// Seed of all draws.
    pub seed: u64,
    /// Length in steps, a multiple of the model's own; 0 for the model's own. Hierarchical models make only that.
    pub steps: usize,
    /// Chords or hits of every step, for models that are conditioned on them and for no others.
    pub controls: Option<Controls>,
}

impl Default for Sampling {
    /// One pattern of the model's own length at temperature 1 from seed 0.
    fn default() -> Self {
        Self { n: 1, temperature: 1.0, seed: 0, steps: 0, controls: None }
    }
}

/// What a model is conditioned on beside z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conditioned {
    /// On nothing: all models but those below.
    Nothing,
    /// On the chord of every step (`cat-mel_2bar_med_chords`).
    Chords,
    /// On the hits of every step (`groovae_2bar_hits_control_tfds`).
    Hits,
}

/// What `model` is conditioned on.
pub fn conditioned(model: &MusicVae) -> Conditioned {
    match model.settings().catalogue().map_or(0, |config| config.control_depth) {
        0 => Conditioned::Nothing,
        chords::CLASSES => Conditioned::Chords,
        _ => Conditioned::Hits,
    }
}

/// The steps that `asked` for mean, 0 being the model's own.
///
/// # Errors
/// [`GenerateError::Length`], [`GenerateError::OwnLength`].
pub fn checked_steps(model: &MusicVae, asked: usize) -> Result<usize, GenerateError> {
    let settings = model.settings();
    let own = settings.steps;
    let steps = if asked == 0 { own } else { asked };
    let model = || settings.name.clone();
    if !settings.decoder_levels.is_empty() && steps != own {
        return Err(GenerateError::OwnLength { model: model(), asked, own });
    }
    let fits = steps.is_multiple_of(own) && steps <= MOST_STEPS;
    if fits { Ok(steps) } else { Err(GenerateError::Length { model: model(), asked, own }) }
}

/// The controls of `steps` steps, as `model` needs them.
///
/// # Errors
/// [`GenerateError::NeedsChords`], [`GenerateError::NeedsHits`], [`GenerateError::TakesNoControls`].
pub(super) fn checked_controls(
    model: &MusicVae,
    controls: Option<&Controls>,
) -> Result<Option<Controls>, GenerateError> {
    let name = || model.settings().name.clone();
    match (conditioned(model), controls) {
        (Conditioned::Nothing, None) => Ok(None),
        (Conditioned::Chords, Some(Controls::Chords(_))) | (Conditioned::Hits, Some(Controls::Hits(_))) => {
            Ok(controls.cloned())
        }
        (Conditioned::Chords, _) => Err(GenerateError::NeedsChords { model: name() }),
        (Conditioned::Hits, _) => Err(GenerateError::NeedsHits { model: name() }),
        (Conditioned::Nothing, Some(_)) => Err(GenerateError::TakesNoControls { model: name() }),
    }
}

/// The hits of a groove as the controls of a model that is conditioned on them; nothing for other models.
pub(super) fn own_hits(model: &MusicVae, tokens: &Tokens) -> Option<Controls> {
    match (conditioned(model), tokens) {
        (Conditioned::Hits, Tokens::Groove(steps)) => {
            let mask = |step: &[f32; 27]| (0..9).filter(|&c| step[c] > 0.5).fold(0u16, |m, c| m | 1 << c);
            Some(Controls::Hits(steps.iter().map(mask).collect()))
        }
        _ => None,
    }
}
