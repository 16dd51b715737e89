//! Bits one after another, each conditioned on the earlier ones (spec section 4).

use super::load::Loader;
use crate::model::{
    cpu::{self, LANES},
    error::ModelError,
};

/// Weights of a NADE: for every bit one row of `hidden` numbers in and one out.
pub struct Nade {
    hidden: usize,
    encode: Vec<f32>,
    decode: Vec<f32>,
}

impl Nade {
    /// The NADE of the decoder at `path` with `hidden` units.
    pub fn load(loader: &Loader<'_>, path: &str, hidden: usize) -> Result<Self, ModelError> {
        let variable = |name| loader.variable(&format!("{path}/nade/{name}")).map(<[f32]>::to_vec);
        Ok(Self { hidden, encode: variable("w_enc")?, decode: variable("w_dec_t")? })
    }

    /// Walks over the bits of one projected row (hidden biases, then one bias a bit): `decide` gets a bit's number
    /// and its logit and says what the bit is.
    pub fn walk(&self, projected: &[f32], mut decide: impl FnMut(usize, f32) -> bool) {
        let (hidden, biases) = projected.split_at(self.hidden);
        let mut a = hidden.to_vec();
        let mut activated = vec![0.0; self.hidden];
        let rows = self.encode.chunks_exact(self.hidden).zip(self.decode.chunks_exact(self.hidden));
        for (i, ((encode, decode), bias)) in rows.zip(biases).enumerate() {
            cpu::sigmoid_slice(&a, &mut activated);
            if decide(i, bias + dot(&activated, decode)) {
                a.iter_mut().zip(encode).for_each(|(a, w)| *a += w);
            }
        }
    }
}

/// A dot product in 16 partial sums, always in the same order.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    for (a, b) in a.chunks(LANES).zip(b.chunks(LANES)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}
