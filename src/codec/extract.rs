//! All examples of a score.

use super::converter::{Converter, Kind, narrow};
use super::{CodecError, Tokens, drums, groove, melody, trio, why};
use crate::music::bars::Bars;
use crate::music::pattern::Pattern;
use crate::music::quantize::{Grid, quantize};
use crate::music::score::Score;
use crate::music::split::{Segment, split};

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
    /// Grooves are taken from the whole piece instead, without overlap, and only where tempo and metre never change.
    /// There is no limit of five as in the reference. Where nothing is found the reason is given.
    pub fn extract(&self, score: &Score) -> Extraction {
        let mut examples = Vec::new();
        let bars = Bars::new(score);
        let whole = || vec![Segment { offset: 0.0, score: score.clone() }];
        let segments = if self.kind() == Kind::Groove { whole() } else { split(score) };
        for segment in segments {
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

    /// What a player means by "the patterns in this file": [`Self::extract`] with each pattern once. A file that gives
    /// none so but lasts exactly one example (its tracks end there) is that example: a loop, rests and all.
    pub fn find(&self, score: &Score) -> Extraction {
        let found = self.extract(score).unique();
        if found.examples.is_empty()
            && let Some(tokens) = self.whole_loop(score)
        {
            return Extraction { examples: vec![Example { tokens, bar: 1 }], why_nothing: None };
        }
        found
    }

    fn whole_loop(&self, score: &Score) -> Option<Tokens> {
        if !quantize(score).ok()?.is_common_time() {
            return None;
        }
        let notes = score.notes.iter().filter(|n| self.takes(n.program, n.is_drum)).copied().collect();
        let pattern = Pattern::from_score(&Score { notes, ..score.clone() }).ok()?;
        if pattern.notes.is_empty() { None } else { self.tokens(&pattern).ok() }
    }

    /// The examples of one stretch with their first steps.
    fn windows(&self, grid: &Grid) -> Vec<(u32, Tokens)> {
        let steps = self.steps();
        let beats = || drums::windows(&grid.notes, self.kit(), steps).into_iter();
        match self.kind() {
            Kind::Melody => {
                let lines = melody::windows(&grid.notes, &self.programs(), steps).into_iter();
                lines.map(|(start, events)| (start, Tokens::Melody(events))).collect()
            }
            Kind::Drums => beats().map(|(start, masks)| (start, Tokens::Drums(narrow(masks)))).collect(),
            Kind::FullDrums => beats().map(|(start, masks)| (start, Tokens::FullDrums(masks))).collect(),
            Kind::Trio => trio::windows(grid, self.drum_map(), steps),
            // A key outside the table: none, and `why_nothing` names it.
            Kind::Groove => match groove::windows(grid, self.drum_map(), steps) {
                Ok(all) => all.into_iter().map(|(start, steps)| (start, Tokens::Groove(steps))).collect(),
                Err(_) => Vec::new(),
            },
        }
    }
}
