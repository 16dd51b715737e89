//! Computing the vectors of a model from music, and measuring what they do.

use std::collections::BTreeMap;

use super::file::FORMAT;
use super::vectors::{Means, trained};
use super::{Attribute, AttributeError, Attributes, Quartile, Table, VectorRecord};
use crate::latent::generate::{self, Sampling};
use crate::latent::recipe::{Purpose, noise};
use crate::model::{Controls, Example, MusicVae, Source};
use crate::music::pattern::Pattern;

/// Fewer examples than these have no quarters worth the name.
const LEAST: usize = 32;
/// Fewer examples than these on either side make no vector.
const LEAST_SIDE: usize = 8;

/// What vectors are computed from and how their effect is measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Measuring {
    /// What the examples were taken from.
    pub data: Vec<Source>,
    /// Files they came from.
    pub files: usize,
    /// Points of the prior that the effects are measured on; the paper takes 256.
    pub samples: usize,
    /// Softmax temperature of their decoding.
    pub temperature: f32,
    /// Seed of all draws.
    pub seed: u64,
    /// Chords or hits of these decodings, for models that are conditioned on them.
    pub controls: Option<Controls>,
}

/// The vectors of every attribute of the model's kind, with their effect. `progress` gets a share of the work, 0..=1.
///
/// # Errors
/// [`AttributeError::TooFew`]; the model's own.
pub fn compute(
    model: &MusicVae,
    examples: &[Example<'_>],
    how: &Measuring,
    progress: impl Fn(f64),
) -> Result<Attributes, AttributeError> {
    if examples.len() < LEAST {
        return Err(AttributeError::TooFew { found: examples.len(), need: LEAST });
    }
    let settings = model.settings();
    let attributes = Attribute::of(settings.kind);
    let mut means: Vec<Vec<f32>> = Vec::with_capacity(examples.len());
    for part in examples.chunks(256) {
        means.extend(generate::means(model, part)?);
        progress(0.5 * means.len() as f64 / examples.len() as f64);
    }
    let converter = generate::converter(model)?;
    let patterns: Vec<Pattern> = examples.iter().map(|e| converter.pattern(e.tokens)).collect();

    let (mut vectors, mut records, mut without) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
    for &attribute in attributes {
        let values: Vec<(usize, f64)> = (0..patterns.len())
            .filter_map(|i| attribute.measure(&patterns[i]).map(|value| (i, value)))
            .collect();
        match quartiles(&values) {
            Err(why) => _ = without.insert(attribute, why),
            Ok((bottom, top)) => {
                let vector = difference(&means, &bottom, &top);
                let norm = vector.iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt();
                let (bottom, top) = (quartile(&bottom), quartile(&top));
                let (added, subtracted) = (Means::new(), Means::new());
                records.push(VectorRecord { attribute, bottom, top, norm, added, subtracted });
                vectors.insert(attribute, vector);
            }
        }
    }

    let points: Vec<Vec<f32>> = (0..u32::try_from(how.samples).unwrap_or(u32::MAX))
        .map(|i| noise(how.seed, i, Purpose::Prior).prior(model.z_size()))
        .collect();
    let decoded = |shift: Option<(&[f32], f32)>| decoded_means(model, &points, shift, how);
    let base = decoded(None)?;
    let count = records.len().max(1) as f64;
    for (done, record) in records.iter_mut().enumerate() {
        if let Some(vector) = vectors.get(&record.attribute) {
            record.added = decoded(Some((vector, 1.0)))?;
            record.subtracted = decoded(Some((vector, -1.0)))?;
        }
        progress(0.5 + 0.5 * (done + 1) as f64 / count);
    }
    let (model_steps, model_examples) = trained(settings);
    let table = Table {
        format: FORMAT,
        model: settings.name.clone(),
        config: settings.config.clone(),
        z_size: settings.z_size,
        model_steps,
        model_examples,
        data: how.data.clone(),
        files: how.files,
        examples: examples.len(),
        effect_samples: points.len(),
        temperature: how.temperature,
        seed: how.seed,
        base,
        vectors: records,
        without,
    };
    Ok(Attributes::new(table, vectors))
}

/// Indices into the examples with their values.
type Side = Vec<(usize, f64)>;

/// The quarter with the smallest values and the quarter with the largest. Equal values stay together: all that are as
/// small as the first quartile's are below, all that are as large as the third's above.
fn quartiles(values: &[(usize, f64)]) -> Result<(Side, Side), String> {
    if values.len() < LEAST {
        return Err(format!("only {} examples have anything to measure it on", values.len()));
    }
    let mut sorted: Vec<f64> = values.iter().map(|v| v.1).collect();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted[sorted.len() / 4], sorted[sorted.len() - 1 - sorted.len() / 4]);
    let pick =
        |keep: &dyn Fn(f64) -> bool| -> Side { values.iter().copied().filter(|v| keep(v.1)).collect() };
    // More than half may be alike, as the beats without an open hat: then what differs from them is the other side.
    let (bottom, top) = match () {
        _ if low < high => (pick(&|x| x <= low), pick(&|x| x >= high)),
        _ if low == sorted[0] => (pick(&|x| x <= low), pick(&|x| x > high)),
        _ => (pick(&|x| x < low), pick(&|x| x >= high)),
    };
    if bottom.len().min(top.len()) < LEAST_SIDE {
        return Err("it hardly differs between the examples".to_owned());
    }
    Ok((bottom, top))
}

fn quartile(side: &Side) -> Quartile {
    let sum: f64 = side.iter().map(|v| v.1).sum();
    Quartile { examples: side.len(), mean: sum / side.len().max(1) as f64 }
}

/// Mean z of `top` less mean z of `bottom`.
fn difference(means: &[Vec<f32>], bottom: &Side, top: &Side) -> Vec<f32> {
    let size = means.first().map_or(0, Vec::len);
    let mut sum = vec![0.0f64; size];
    for (side, sign) in [(bottom, -1.0), (top, 1.0)] {
        let weight = sign / side.len().max(1) as f64;
        for &(i, _) in side {
            sum.iter_mut().zip(&means[i]).for_each(|(sum, x)| *sum += weight * f64::from(*x));
        }
    }
    sum.into_iter().map(|x| x as f32).collect()
}

/// Means of all attributes over the decodings of `points`, moved by `shift`. Each point keeps its own draws, so that
/// what changes is z alone.
fn decoded_means(
    model: &MusicVae,
    points: &[Vec<f32>],
    shift: Option<(&[f32], f32)>,
    how: &Measuring,
) -> Result<Means, AttributeError> {
    let moved = points.iter().map(|z| match shift {
        Some((vector, by)) => z.iter().zip(vector).map(|(x, v)| x + by * v).collect(),
        None => z.clone(),
    });
    let moved: Vec<Vec<f32>> = moved.collect();
    let sampling = Sampling {
        temperature: how.temperature,
        seed: how.seed,
        controls: how.controls.clone(),
        ..Sampling::default()
    };
    let made = generate::decode(model, &moved, &sampling)?;
    let mut all = Means::new();
    for &attribute in Attribute::of(model.settings().kind) {
        let values: Vec<f64> = made.iter().filter_map(|g| attribute.measure(&g.pattern)).collect();
        if !values.is_empty() {
            all.insert(attribute, values.iter().sum::<f64>() / values.len() as f64);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(list: &[f64]) -> Vec<(usize, f64)> {
        list.iter().copied().enumerate().collect()
    }

    #[test]
    fn quarters_are_quarters_and_equal_values_stay_together() {
        let ramp: Vec<f64> = (0..40).map(f64::from).collect();
        let (bottom, top) = quartiles(&values(&ramp)).unwrap();
        assert_eq!((bottom.len(), top.len()), (11, 11));
        assert_eq!((quartile(&bottom).mean, quartile(&top).mean), (5.0, 34.0));
        let mut mostly_none = vec![0.0; 80];
        mostly_none.extend([0.5; 20]);
        let (bottom, top) = quartiles(&values(&mostly_none)).unwrap();
        assert_eq!((bottom.len(), top.len()), (80, 20));
        let mut mostly_all = vec![1.0; 80];
        mostly_all.extend([0.5; 20]);
        assert_eq!(quartiles(&values(&mostly_all)).unwrap().0.len(), 20);
        assert!(quartiles(&values(&[1.0; 100])).is_err() && quartiles(&values(&[1.0, 2.0])).is_err());
    }

    #[test]
    fn a_vector_leads_from_the_bottom_to_the_top() {
        let means = vec![vec![0.0, 1.0], vec![2.0, 1.0], vec![4.0, 3.0]];
        assert_eq!(difference(&means, &vec![(0, 0.0), (1, 0.0)], &vec![(2, 1.0)]), [3.0, 2.0]);
    }
}
