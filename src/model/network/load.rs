//! Variables of a weights file by their published names.

use crate::model::{cpu::Dense, error::ModelError, weights::Weights};

/// Hands out variables of checked weights.
pub struct Loader<'a> {
    weights: &'a Weights,
    name: &'a str,
}

impl<'a> Loader<'a> {
    /// Variables of `weights`; `name` stands in messages.
    pub fn new(weights: &'a Weights, name: &'a str) -> Self {
        Self { weights, name }
    }

    /// The values of the variable `name`, row-major.
    pub fn variable(&self, name: &str) -> Result<&'a [f32], ModelError> {
        self.weights.get(name).map(|(_, data)| data).ok_or_else(|| ModelError::Format {
            name: self.name.to_owned(),
            cause: format!("{name} is missing"),
            remedy: "fetch or make the file again".to_owned(),
        })
    }

    /// Kernel and bias at `path`.
    pub fn dense(&self, path: &str) -> Result<(&'a [f32], &'a [f32]), ModelError> {
        Ok((self.variable(&format!("{path}/kernel"))?, self.variable(&format!("{path}/bias"))?))
    }

    /// The dense layer at `path`.
    pub fn layer(&self, path: &str) -> Result<Dense, ModelError> {
        let (kernel, bias) = self.dense(path)?;
        Ok(Dense::new(kernel, bias))
    }
}
