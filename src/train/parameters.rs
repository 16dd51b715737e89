//! The trainable tensors under their published names, their initial values, and their Adam moments.

use rayon::prelude::*;

use super::activate;
use crate::latent::noise::Noise;

/// How a tensor starts (spec section 7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Start {
    /// All zero.
    Zeros,
    /// Uniform in `+-sqrt(6 / (rows + columns))`.
    Glorot,
    /// Normal with this standard deviation.
    Normal(f32),
    /// Normal with this standard deviation, redrawn beyond two of them.
    TruncatedNormal(f32),
}

/// Where a tensor stands in [`Parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id(pub(super) usize);

/// One trainable tensor with its Adam moments.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The exact checkpoint key (spec section 6).
    pub name: String,
    /// Row-major shape.
    pub shape: Vec<usize>,
    /// Values.
    pub value: Vec<f32>,
    /// Adam's first moment.
    pub m: Vec<f32>,
    /// Adam's second moment.
    pub v: Vec<f32>,
}

/// All trainable tensors of a network, in the order they were declared.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    /// The tensors.
    pub list: Vec<Parameter>,
    seed: u64,
}

/// Gradients, one slice a parameter.
pub type Gradients = Vec<Vec<f32>>;

impl Parameters {
    /// No tensors yet; `seed` decides their initial values.
    pub fn new(seed: u64) -> Self {
        Self { list: Vec::new(), seed }
    }

    /// Declares a tensor.
    pub fn add(&mut self, name: String, shape: &[usize], start: Start) -> Id {
        let n = shape.iter().product();
        let noise = Noise::new(self.seed, 0x5EED_0000 + self.list.len() as u64);
        let value = match start {
            Start::Zeros => vec![0.0; n],
            Start::Glorot => {
                let limit = (6.0 / (shape[0] + shape[shape.len() - 1]) as f64).sqrt();
                (0..n as u64).map(|i| ((2.0 * noise.uniform(i) - 1.0) * limit) as f32).collect()
            }
            Start::Normal(deviation) => (0..n as u64).map(|i| noise.normal(i) * deviation).collect(),
            Start::TruncatedNormal(deviation) => (0..n as u64)
                .map(|i| {
                    let draws = (0..64).map(|again| noise.normal(i + again * n as u64));
                    draws.into_iter().find(|x| x.abs() <= 2.0).unwrap_or(0.0) * deviation
                })
                .collect(),
        };
        let zeros = vec![0.0; n];
        self.list.push(Parameter { name, shape: shape.to_vec(), value, m: zeros.clone(), v: zeros });
        Id(self.list.len() - 1)
    }

    /// The values of a tensor.
    pub fn value(&self, id: Id) -> &[f32] {
        &self.list[id.0].value
    }

    /// Zero gradients of the same shapes.
    pub fn zero_gradients(&self) -> Gradients {
        self.list.iter().map(|p| vec![0.0; p.value.len()]).collect()
    }

    /// The number of trainable values.
    pub fn count(&self) -> usize {
        self.list.iter().map(|p| p.value.len()).sum()
    }

    /// Clips and applies one Adam step (spec section 7); returns the gradients' global norm before clipping.
    ///
    /// `step` is the number of updates made before this one. Below a norm of 10,000 gradients are scaled to at most
    /// norm 1; above it, or where it is not a number, they count as zero and only momentum moves the weights.
    pub fn update(&mut self, gradients: &Gradients, step: u64, rate: f64) -> f64 {
        let squares: Vec<f64> = gradients.par_iter().map(|g| activate::sum_of_squares(g)).collect();
        let norm = squares.iter().sum::<f64>().sqrt();
        let scale = if norm < 10_000.0 { 1.0 / norm.max(1.0) } else { 0.0 };
        let t = (step + 1).min(i32::MAX as u64) as i32;
        let corrected = rate * (1.0 - 0.999f64.powi(t)).sqrt() / (1.0 - 0.9f64.powi(t));
        let zeros: Vec<f32> = if scale == 0.0 {
            vec![0.0; self.list.iter().map(|p| p.value.len()).max().unwrap_or(0)]
        } else {
            Vec::new()
        };
        self.list.par_iter_mut().zip(gradients).for_each(|(p, grad)| {
            let grad = if scale == 0.0 { &zeros[..p.value.len()] } else { grad };
            activate::adam(&mut p.value, grad, &mut p.m, &mut p.v, scale as f32, corrected as f32);
        });
        norm
    }
}
