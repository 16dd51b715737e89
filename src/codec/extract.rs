//! All examples of a score.

use super::converter::{Converter, Kind};
use super::{CodecError, Tokens, drums, why};
use crate::music::bars::Bars;
use crate::music::quantize::{Grid, quantize};
use crate::music::score::Score;
use crate::music::split::split;

/// One example of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// What the model reads.
    pub tokens: Tokens,
    /// The bar of the piece, counted from 1, where it first stands.
    pub bar: u32,
}

/// What a score gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Extraction {
    /// The examples in the order of the piece, equal ones of one stretch of steady tempo and metre only once. Trios
    /// stand in the order of the reference: combination of instruments by combination (spec section 13).
    pub examples: Vec<Example>,
    /// Where there is no example: the reason, in a musician's words.
    pub why_nothing: Option<String>,
}

impl Extraction {
    /// The same with examples that return after a change of tempo or metre only once.
    pub fn unique(mut self) -> Self {
        let mut kept: Vec<Example> = Vec::with_capacity(self.examples.len());
        for example in self.examples {
            if !kept.iter().any(|k| k.tokens == example.tokens) {
                kept.push(example);
            }
        }
        self.examples = kept;
        self
    }

    /// The only example.
    ///
    /// # Errors
    /// [`CodecError::Nothing`] with the reason, [`CodecError::Several`] with their bars.
    pub fn only(mut self) -> Result<Example, CodecError> {
        match self.examples.len() {
            1 => Ok(self.examples.remove(0)),
            0 => Err(CodecError::Nothing {
                why: self.why_nothing.unwrap_or_else(|| "nothing here fits this model".into()),
            }),
            count => Err(CodecError::Several { count, list: list(&self.examples) }),
        }
    }
}

/// "1: bar 1, 2: bar 3, ..."
fn list(examples: &[Example]) -> String {
    const SHOWN: usize = 12;
    let shown = examples.iter().take(SHOWN).enumerate().map(|(i, e)| format!("{}: bar {}", i + 1, e.bar));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if examples.len() > SHOWN {
        text.push_str(", ...");
    }
    text
}

impl Converter {
    /// All examples of a score: windows that start at every bar of every stretch of steady tempo in 4/4.
    ///
    /// There is no limit of five as in the reference. Where nothing is found the reason is given.
    pub fn extract(&self, score: &Score) -> Extraction {
        let mut examples = Vec::new();
        let bars = Bars::new(score);
        for segment in split(score) {
            let Ok(grid) = quantize(&segment.score) else { continue };
            if !grid.is_common_time() {
                continue;
            }
            let seconds = grid.step_seconds();
            for (step, tokens) in self.windows(&grid) {
                let bar = bars.at(segment.offset + f64::from(step) * seconds);
                examples.push(Example { tokens, bar });
            }
        }
        let why_nothing = examples.is_empty().then(|| why::nothing(self, score));
        Extraction { examples, why_nothing }
    }

    /// The examples of one stretch with their first steps.
    fn windows(&self, grid: &Grid) -> Vec<(u32, Tokens)> {
        let masks = || drums::windows(&grid.notes, self.kit(), self.steps()).into_iter();
        match self.kind() {
            Kind::Drums => {
                masks().map(|(s, m)| (s, Tokens::Drums(m.into_iter().map(|m| m as u16).collect()))).collect()
            }
            Kind::FullDrums => masks().map(|(s, m)| (s, Tokens::FullDrums(m))).collect(),
        }
    }
}
