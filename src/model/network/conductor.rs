//! One level of conductors: it makes the embedding of each segment below it (spec section 5).

use super::{
    core::initial_state,
    load::Loader,
    lstm::{self, Cell, LayerState, Stack, Start},
};
use crate::model::{
    cpu::{Activations, Dense, Matrix},
    error::ModelError,
    names,
};

/// The weights of a level.
pub struct Conductor {
    /// Segments it conducts.
    pub segments: usize,
    initial: Dense,
    stack: Stack,
    bias: Activations,
    /// Kernel rows of `[previous lower-level vector]` and `[x]`; nothing where the level is not autoregressive,
    /// its one input being a constant zero.
    inputs: Option<(Matrix, Matrix)>,
    embedding: usize,
}

/// A conductor in the middle of its segments.
pub struct ConductorState {
    layers: Vec<LayerState>,
    base: Activations,
}

impl Conductor {
    /// Level `level` of `segments` segments, fed `x` numbers from above; `units` are those of all stacks.
    pub fn load(
        loader: &Loader<'_>,
        level: usize,
        segments: usize,
        x: usize,
        autoregressive: bool,
        units: &[usize],
    ) -> Result<Self, ModelError> {
        let path = names::conductor(level);
        let lower = names::state_width(units);
        let first_units = units[0];
        let (kernel, bias) = loader.dense(&names::conductor_cell(&path, 0))?;
        let input = if autoregressive { lower + x } else { 1 };
        let (stride, columns) = (4 * first_units, lstm::columns(first_units));
        let inputs = autoregressive.then(|| {
            let pack = |rows| Matrix::pack(kernel, stride, &[rows], columns);
            (pack(0..lower), pack(lower..input))
        });
        let first = Cell::new(kernel, first_units, 0..0, input..input + first_units);
        let bias = lstm::bias(bias, first_units);
        let mut rest = Vec::new();
        for (k, pair) in units.windows(2).enumerate() {
            let (kernel, bias) = loader.dense(&names::conductor_cell(&path, k + 1))?;
            let (below, units) = (pair[0], pair[1]);
            rest.push((Cell::new(kernel, units, 0..below, below..below + units), lstm::bias(bias, units)));
        }
        Ok(Self {
            segments,
            initial: loader.layer(&format!("{path}/initial_state"))?,
            stack: Stack::new(first, rest),
            bias,
            inputs,
            embedding: units[units.len() - 1],
        })
    }

    /// Bytes of weights that one step reads.
    pub fn bytes(&self) -> usize {
        self.stack.bytes()
    }

    /// The state before the first segment, made from `x`: z or the embedding from above.
    pub fn start(&self, x: &Activations) -> ConductorState {
        let layers = self.stack.state(&initial_state(&self.initial, x));
        let base = match &self.inputs {
            Some((_, from_above)) => from_above.product(x, &self.bias),
            None => self.bias.clone(),
        };
        ConductorState { layers, base }
    }

    /// The next segment's embedding; `lower` is the whole state that the last segment ended on (empty: none yet).
    pub fn step(&self, lower: &[Vec<f32>], state: &mut ConductorState) -> Activations {
        let base = match (&self.inputs, lower.first()) {
            (Some((from_below, _)), Some(first)) => {
                Some(from_below.product(&Activations::from_rows(lower, first.len()), &state.base))
            }
            _ => None,
        };
        let start = Start { base: base.as_ref().unwrap_or(&state.base), offset: 0, lookup: None };
        self.stack.step(None, &start, &mut state.layers);
        state.layers.last().map_or_else(|| Activations::zeros(0, self.embedding), |top| top.h.clone())
    }

    /// True where the level is fed what its segments ended on.
    pub fn is_autoregressive(&self) -> bool {
        self.inputs.is_some()
    }

    /// Every row's whole state, for the level above.
    pub fn state_rows(&self, state: &ConductorState) -> Vec<Vec<f32>> {
        let rows = state.layers.first().map_or(0, |layer| layer.c.rows());
        (0..rows).map(|r| self.stack.state_row(&state.layers, r)).collect()
    }
}
