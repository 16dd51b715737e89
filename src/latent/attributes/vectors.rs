//! The attribute vectors of a model and what they were measured to do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Attribute, AttributeError};
use crate::model::{Settings, Source};

/// Means of attributes over decoded samples.
pub type Means = BTreeMap<Attribute, f64>;

/// One quarter of the examples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Quartile {
    /// Examples in it.
    pub examples: usize,
    /// Mean of the attribute over them.
    pub mean: f64,
}

/// What one vector was made of and does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorRecord {
    /// The attribute.
    pub attribute: Attribute,
    /// The quarter that has least of it.
    pub bottom: Quartile,
    /// The quarter that has most of it.
    pub top: Quartile,
    /// Length of the vector.
    pub norm: f64,
    /// Mean of every attribute with the vector added once to points of the prior.
    pub added: Means,
    /// The same with the vector subtracted once.
    pub subtracted: Means,
}

/// What a vector does to an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Effect {
    /// Change by adding the vector once, in the attribute's own unit.
    pub added: f64,
    /// Change by subtracting it.
    pub subtracted: f64,
    /// Change by adding it in per cent of the mean before; nothing where that is zero.
    pub added_percent: Option<f64>,
    /// Change by subtracting it in per cent.
    pub subtracted_percent: Option<f64>,
}

/// Everything about a model's vectors but their numbers; stands in the header of their file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Version of this layout.
    pub format: u32,
    /// The model.
    pub model: String,
    /// Its configuration.
    pub config: String,
    /// Latent dimensions.
    pub z_size: usize,
    /// Optimiser steps of the model when they were computed, which tells other weights of the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_steps: Option<u64>,
    /// Examples that its training had seen by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_examples: Option<u64>,
    /// What the examples were taken from.
    pub data: Vec<Source>,
    /// Files they came from.
    pub files: usize,
    /// Examples that were encoded.
    pub examples: usize,
    /// Points of the prior on which the effects were measured.
    pub effect_samples: usize,
    /// Softmax temperature of their decoding.
    pub temperature: f32,
    /// Seed of these points and their decoding.
    pub seed: u64,
    /// Mean of every attribute over these points as they are.
    pub base: Means,
    /// The vectors.
    pub vectors: Vec<VectorRecord>,
    /// Attributes that have no vector, and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub without: BTreeMap<Attribute, String>,
}

impl Table {
    /// What the vector of `record` does to `attribute`; nothing where it was never measurable.
    pub fn effect(&self, record: &VectorRecord, attribute: Attribute) -> Option<Effect> {
        let before = *self.base.get(&attribute)?;
        let added = record.added.get(&attribute)? - before;
        let subtracted = record.subtracted.get(&attribute)? - before;
        let percent = |change: f64| (before.abs() > 1e-9).then(|| 100.0 * change / before);
        let (added_percent, subtracted_percent) = (percent(added), percent(subtracted));
        Some(Effect { added, subtracted, added_percent, subtracted_percent })
    }

    /// Refuses vectors of another model, or of other weights of the same one.
    pub(super) fn check(&self, model: &Settings, file: &str) -> Result<(), AttributeError> {
        let (steps, examples) = trained(model);
        let same = self.model == model.name && self.config == model.config && self.z_size == model.z_size;
        if same && self.model_steps == steps && self.model_examples == examples {
            return Ok(());
        }
        let made = match self.model_steps {
            Some(steps) => format!("{} after {steps} steps of training", self.model),
            None => self.model.clone(),
        };
        Err(AttributeError::OtherModel { file: file.to_owned(), made, model: model.name.clone() })
    }
}

/// Optimiser steps and examples that a model has seen.
pub(super) fn trained(model: &Settings) -> (Option<u64>, Option<u64>) {
    let training = model.training.as_ref();
    (training.and_then(|t| t.steps), training.and_then(|t| t.examples))
}

/// The attribute vectors of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    table: Table,
    vectors: BTreeMap<Attribute, Vec<f32>>,
}

impl Attributes {
    pub(super) fn new(table: Table, vectors: BTreeMap<Attribute, Vec<f32>>) -> Self {
        Self { table, vectors }
    }

    /// How they were made and what they do.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The attributes that have a vector, in the order of the table.
    pub fn names(&self) -> impl Iterator<Item = Attribute> {
        self.table.vectors.iter().map(|v| v.attribute)
    }

    /// The vector of the attribute called `name`, as long as z; nothing where this model has none.
    pub fn vector(&self, name: &str) -> Option<&[f32]> {
        self.vectors.get(&Attribute::find(name).ok()?).map(Vec::as_slice)
    }

    /// `z` with `amount` vectors of each attribute added; a negative amount takes the attribute away.
    ///
    /// # Errors
    /// [`AttributeError::NotInModel`], [`AttributeError::Amount`], [`AttributeError::Generate`] for a z of the wrong size.
    pub fn apply(&self, z: &[f32], by: &[(Attribute, f32)]) -> Result<Vec<f32>, AttributeError> {
        let mut moved: Vec<f32> = z.to_vec();
        for &(attribute, amount) in by {
            let vector = self.vectors.get(&attribute).ok_or_else(|| AttributeError::NotInModel {
                model: self.table.model.clone(),
                attribute,
                has: self.names().map(|a| a.name().to_owned()).collect(),
            })?;
            if !amount.is_finite() {
                return Err(AttributeError::Amount(amount));
            }
            if vector.len() != z.len() {
                let (model, got, need) = (self.table.model.clone(), z.len(), vector.len());
                return Err(crate::latent::generate::GenerateError::ZSize { model, got, need }.into());
            }
            moved.iter_mut().zip(vector).for_each(|(x, v)| *x += amount * v);
        }
        Ok(moved)
    }
}
