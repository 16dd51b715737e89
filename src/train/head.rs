//! From a core's projection to a distribution, its loss and the way back (spec section 4).

use super::activate::{logistic, softmax};
use super::decoder::Scores;
use super::parameters::{Gradients, Id, Parameters, Start};
use crate::latent::noise::Noise;

/// How the numbers of a projection are read.
#[derive(Debug, Clone)]
pub enum Head {
    /// One softmax a part, side by side.
    Categorical {
        /// Categories of each part.
        parts: Vec<usize>,
    },
    /// Bits, each conditioned on the ones before it; the projection is [hidden bias; output bias].
    Nade {
        /// Hidden units.
        hidden: usize,
        /// Bits.
        bits: usize,
        /// `[bits, 1, hidden]`.
        encode: Id,
        /// `[bits, hidden, 1]`.
        decode: Id,
    },
}

impl Head {
    /// Declares a NADE under `<core>/nade`.
    pub fn nade(parameters: &mut Parameters, core: &str, hidden: usize, bits: usize) -> Self {
        let start = Start::TruncatedNormal(1.0 / (bits as f32).sqrt());
        let encode = parameters.add(format!("{core}/nade/w_enc"), &[bits, 1, hidden], start);
        let decode = parameters.add(format!("{core}/nade/w_dec_t"), &[bits, hidden, 1], start);
        Self::Nade { hidden, bits, encode, decode }
    }

    /// The most values of an output row that can be one.
    pub fn most_ones(&self) -> usize {
        match self {
            Self::Categorical { parts } => parts.len(),
            Self::Nade { bits, .. } => *bits,
        }
    }

    /// Turns the projection `row` into what [`Head::draw`] and [`Head::backward`] need, in place.
    pub fn prepare(&self, row: &mut [f32]) {
        if let Self::Categorical { parts } = self {
            let mut rest = row;
            for &categories in parts {
                let (part, after) = rest.split_at_mut(categories);
                softmax(part);
                rest = after;
            }
        }
    }

    /// Adds loss and hits of one prepared row: each part by itself, as the evaluation counts them, and the bits of
    /// NADE as the one set that they are.
    pub fn score(&self, parameters: &Parameters, row: &[f32], target: &[u16], scores: &mut Scores) {
        match self {
            Self::Categorical { parts } => {
                let mut offset = 0;
                for (&categories, &target) in parts.iter().zip(target) {
                    let chosen = row[usize::from(target)];
                    scores.loss -= f64::from(chosen.max(1e-30)).ln();
                    let right = row[offset..offset + categories].iter().all(|&p| p <= chosen);
                    scores.steps += 1;
                    scores.right += u64::from(right);
                    offset += categories;
                }
            }
            Self::Nade { hidden, bits, encode, decode } => {
                let (encode, decode) = (parameters.value(*encode), parameters.value(*decode));
                let mut sums = row[..*hidden].to_vec();
                let mut right = true;
                for bit in 0..*bits {
                    let p = logistic(conditional(&sums, &decode[bit * hidden..], row[hidden + bit]));
                    let is_one = target.contains(&(bit as u16));
                    let likelihood = if is_one { p } else { 1.0 - p };
                    scores.loss -= f64::from(1e-6 + likelihood).ln();
                    right &= (p >= 0.5) == is_one;
                    if is_one {
                        add(&mut sums, &encode[bit * hidden..]);
                    }
                }
                scores.steps += 1;
                scores.right += u64::from(right);
            }
        }
    }

    /// Writes the ones of the model's own output to `ones`, returns how many: a draw of each part at temperature 1;
    /// for NADE the deterministic threshold, as the reference trains (spec section 7).
    pub fn draw(
        &self,
        parameters: &Parameters,
        row: &[f32],
        noise: Noise,
        draw: u64,
        ones: &mut [u16],
    ) -> usize {
        match self {
            Self::Categorical { parts } => {
                let mut offset = 0;
                for (part, &categories) in parts.iter().enumerate() {
                    let p = &row[offset..offset + categories];
                    ones[part] = (offset + draw_category(p, noise.uniform(draw + part as u64))) as u16;
                    offset += categories;
                }
                parts.len()
            }
            Self::Nade { hidden, bits, encode, decode } => {
                let (encode, decode) = (parameters.value(*encode), parameters.value(*decode));
                let mut sums = row[..*hidden].to_vec();
                let mut count = 0;
                for bit in 0..*bits {
                    if conditional(&sums, &decode[bit * hidden..], row[hidden + bit]) >= 0.0 {
                        ones[count] = bit as u16;
                        count += 1;
                        add(&mut sums, &encode[bit * hidden..]);
                    }
                }
                count
            }
        }
    }

    /// Replaces a prepared row by the gradient of its projection, times `weight`; adds the head's own gradients.
    pub fn backward(
        &self,
        parameters: &Parameters,
        row: &mut [f32],
        target: &[u16],
        weight: f32,
        gradients: &mut Gradients,
    ) {
        match self {
            Self::Categorical { .. } => {
                for &one in target {
                    row[usize::from(one)] -= 1.0;
                }
                row.iter_mut().for_each(|x| *x *= weight);
            }
            Self::Nade { hidden, bits, encode, decode } => {
                let (hidden, bits) = (*hidden, *bits);
                let (w_encode, w_decode) = (parameters.value(*encode), parameters.value(*decode));
                // Forward once more, keeping the hidden units before each bit.
                let mut units = vec![0.0; bits * hidden];
                let mut sums = row[..hidden].to_vec();
                for bit in 0..bits {
                    let here = &mut units[bit * hidden..][..hidden];
                    here.iter_mut().zip(&sums).for_each(|(h, &a)| *h = logistic(a));
                    let is_one = target.contains(&(bit as u16));
                    let logit = row[hidden + bit] + dot(here, &w_decode[bit * hidden..]);
                    let p = logistic(logit);
                    // The 1e-6 inside the reference's logarithms stands in the gradient too.
                    let slope = p * (1.0 - p);
                    let d = if is_one { -slope / (1e-6 + p) } else { slope / (1e-6 + 1.0 - p) };
                    row[hidden + bit] = d * weight;
                    if is_one {
                        add(&mut sums, &w_encode[bit * hidden..]);
                    }
                }
                let mut dsums = vec![0.0; hidden];
                for bit in (0..bits).rev() {
                    let d = row[hidden + bit];
                    if target.contains(&(bit as u16)) {
                        add(&mut gradients[encode.0][bit * hidden..][..hidden], &dsums);
                    }
                    let here = &units[bit * hidden..][..hidden];
                    let w = &w_decode[bit * hidden..][..hidden];
                    let dw = &mut gradients[decode.0][bit * hidden..][..hidden];
                    for (((dw, ds), &h), &w) in dw.iter_mut().zip(&mut dsums).zip(here).zip(w) {
                        *dw += d * h;
                        *ds += d * w * h * (1.0 - h);
                    }
                }
                row[..hidden].copy_from_slice(&dsums);
            }
        }
    }
}

fn add(sums: &mut [f32], values: &[f32]) {
    sums.iter_mut().zip(values).for_each(|(sum, x)| *sum += x);
}

fn dot(units: &[f32], weights: &[f32]) -> f32 {
    units.iter().zip(weights).map(|(h, w)| h * w).sum()
}

/// A bit's logit given the hidden sums.
fn conditional(sums: &[f32], weights: &[f32], bias: f32) -> f32 {
    bias + sums.iter().zip(weights).map(|(&a, w)| logistic(a) * w).sum::<f32>()
}

/// The category in whose share of [0, 1) the uniform draw falls.
fn draw_category(probabilities: &[f32], uniform: f64) -> usize {
    let mut left = uniform as f32;
    for (category, &p) in probabilities.iter().enumerate() {
        left -= p;
        if left < 0.0 {
            return category;
        }
    }
    probabilities.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_step_is_right_or_wrong_by_itself() {
        let head = Head::Categorical { parts: vec![2, 3] };
        let mut row = [0.0, 1.0, 2.0, 0.0, 1.0];
        head.prepare(&mut row);
        let mut scores = Scores::default();
        // Targets are columns of the whole row.
        head.score(&Parameters::default(), &row, &[1, 3], &mut scores);
        assert_eq!((scores.right, scores.steps), (1, 2));
    }
}
