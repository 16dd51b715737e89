//! Is a model file whole? Its tensors, its numbers, and what it makes of a few points.

use super::{
    catalogue::Kind,
    error::ModelError,
    find,
    settings::Settings,
    vae::{Controls, Decoding, Example, MusicVae},
};
use crate::{codec::chords, latent::noise::Noise};

/// Points that the self-test decodes: the origin and draws from the prior.
const POINTS: u64 = 3;

/// A model that is what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// What it is.
    pub settings: Settings,
    /// Its tensors.
    pub tensors: usize,
    /// Weights in all of them.
    pub weights: usize,
    /// Patterns that the self-test made and read back; 0 for models that this program only stores.
    pub patterns: usize,
}

/// Reads the model called `name_or_path` and tries it: names and shapes against the catalogue, every number finite,
/// points decoded twice to the same patterns, their logits and the posteriors of the patterns finite.
///
/// # Errors
/// What is wrong with it, tensors listed by name.
pub fn verify(name_or_path: &str) -> Result<Verified, ModelError> {
    let (settings, weights) = find::open(name_or_path)?;
    let config = settings.catalogue()?;
    let (tensors, count) = (weights.iter().count(), weights.count());
    let mut verified = Verified { settings: settings.clone(), tensors, weights: count, patterns: 0 };
    if config.kind == Kind::Performance {
        return Ok(verified);
    }
    let model = MusicVae::build(settings, &weights)?;
    verified.patterns = try_out(&model).map_err(|error| match error {
        Fault::Model(error) => error,
        Fault::Wrong(cause) => ModelError::Format {
            name: name_or_path.to_owned(),
            cause,
            remedy: "fetch, import or train it again".to_owned(),
        },
    })?;
    Ok(verified)
}

/// What a self-test finds.
enum Fault {
    /// The model refused something.
    Model(ModelError),
    /// It gave something that it must not give.
    Wrong(String),
}

impl From<ModelError> for Fault {
    fn from(error: ModelError) -> Self {
        Self::Model(error)
    }
}

/// Controls that say nothing, as long as a pattern, for models that want some.
pub(super) fn silence(model: &MusicVae) -> Option<Controls> {
    let steps = model.settings().steps;
    match model.config.control_depth {
        0 => None,
        chords::CLASSES => Some(Controls::Chords(vec![0; steps])),
        _ => Some(Controls::Hits(vec![0; steps])),
    }
}

/// Decodes, reads back, and judges some points; gives their number.
fn try_out(model: &MusicVae) -> Result<usize, Fault> {
    let steps = model.settings().steps;
    let controls = silence(model);
    let mut z = vec![vec![0.0; model.z_size()]];
    z.extend((1..POINTS).map(|i| Noise::new(1, i).prior(model.z_size())));
    let noise = (0..POINTS).map(|i| Noise::new(2, i)).collect();
    let how = Decoding { controls: controls.clone(), ..Decoding::new(1.0, noise) };
    let patterns = model.decode(&z, &how)?;
    if patterns != model.decode(&z, &how)? {
        return Err(Fault::Wrong("the same point and seed give two different patterns".to_owned()));
    }
    if let Some(short) = patterns.iter().find(|p| p.len() != steps) {
        return Err(Fault::Wrong(format!("it makes {} steps instead of {steps}", short.len())));
    }
    let example = |tokens| Example { tokens, controls: controls.as_ref(), segments: None };
    let examples: Vec<Example<'_>> = patterns.iter().map(example).collect();
    for posterior in model.encode_examples(&examples)? {
        let finite = posterior.mu.iter().all(|x| x.is_finite());
        if !finite || posterior.sigma.iter().any(|s| !(s.is_finite() && *s > 0.0)) {
            return Err(Fault::Wrong("a pattern of its own gets a place that is not a number".to_owned()));
        }
    }
    for forced in model.teacher_forced(&examples, &z, true)? {
        if !forced.nats.is_finite() || forced.logits.iter().flatten().any(|x| !x.is_finite()) {
            return Err(Fault::Wrong("it gives logits that are not numbers".to_owned()));
        }
    }
    Ok(patterns.len())
}
