//! Orders for the inference worker.

use std::sync::Arc;

use super::slot::SlotId;
use crate::latent::attributes::Attribute;
use crate::latent::generate::Generated;

/// What to make.
#[derive(Debug, Clone, PartialEq)]
pub enum Job {
    /// Draws from the prior, one a place.
    Sample {
        /// Name of the model.
        model: String,
        /// Seed of all draws.
        seed: u64,
        /// Softmax temperature, above 0.
        temperature: f32,
        /// Length in steps.
        steps: u32,
    },
    /// A step away from a pattern, by the model that made it.
    Vary {
        /// The pattern.
        of: Arc<Generated>,
        /// 0 stays, 1 is a new draw.
        amount: f32,
        /// Seed of the direction and of the tokens.
        seed: u64,
        /// Softmax temperature, above 0.
        temperature: f32,
    },
    /// The pattern under the dot of a palette. Its draws are those of the first corner, so that what changes is the
    /// point alone.
    Palette {
        /// Left above, right above, left below, right below; all of one model.
        corners: [Arc<Generated>; 4],
        /// 0 left to 1 right.
        x: f64,
        /// 0 top to 1 bottom.
        y: f64,
        /// Softmax temperature, above 0.
        temperature: f32,
    },
    /// A pattern moved along the attribute vectors of its model. Its draws stay what they were, so that what changes is
    /// the point alone.
    Slide {
        /// The pattern; where its recipe says that it was moved before, that is taken back first.
        of: Arc<Generated>,
        /// How many vectors of each attribute.
        by: Vec<(Attribute, f32)>,
    },
    /// A fill for a pattern that plays, made before anybody wishes for it: whatever else is asked for goes first.
    Fill {
        /// The pattern.
        of: Arc<Generated>,
        /// Seed of its tries: each fill is another.
        seed: u64,
    },
    /// The point of a pattern written by hand; its notes stay as they are.
    Encode {
        /// The pattern.
        of: Arc<Generated>,
    },
    /// The points between two patterns, the ends left out, one a place at equal distances.
    Interpolate {
        /// The end before the first place.
        from: Arc<Generated>,
        /// The end after the last place.
        to: Arc<Generated>,
        /// Model for ends that come from different models; ends of one model stay with theirs.
        model: String,
        /// Seed of the tokens.
        seed: u64,
        /// Softmax temperature, above 0.
        temperature: f32,
    },
}

/// A job, where its patterns go, and the number under which it is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Number of the request, rising.
    pub ticket: u64,
    /// What to make.
    pub job: Job,
    /// One place for each pattern.
    pub slots: Vec<SlotId>,
}

impl Request {
    /// True where it is made ahead of a wish that may never come.
    pub fn is_ahead(&self) -> bool {
        matches!(self.job, Job::Fill { .. })
    }

    /// Name of the model that does it.
    pub fn model(&self) -> &str {
        match &self.job {
            Job::Sample { model, .. } => model,
            Job::Vary { of, .. } | Job::Slide { of, .. } | Job::Fill { of, .. } | Job::Encode { of } => {
                &of.recipe.model
            }
            Job::Palette { corners: [first, ..], .. } => &first.recipe.model,
            // Ends of one model stay in its space.
            Job::Interpolate { from, to, .. } if from.recipe.model == to.recipe.model => &from.recipe.model,
            Job::Interpolate { model, .. } => model,
        }
    }

    /// True when `newer` fills every place of this one, so that nobody would hear its answer. What is made ahead fills
    /// no place.
    pub fn is_superseded_by(&self, newer: &Self) -> bool {
        let ahead = self.is_ahead() || newer.is_ahead();
        !ahead && newer.ticket > self.ticket && self.slots.iter().all(|slot| newer.slots.contains(slot))
    }
}
