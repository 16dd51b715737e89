//! The part of a decoder that makes outputs: LSTM stack, initial state, projection (spec sections 4 and 5).

use super::{
    load::Loader,
    lstm::{self, Cell, LayerState, Stack, Start},
};
use crate::model::{
    cpu::{Activations, Dense, Matrix, Table},
    error::ModelError,
    names,
};

/// One core decoder with its own weights.
pub struct Core {
    initial: Dense,
    /// First layer's kernel rows of the previous output and, after them, of the controls.
    table: Table,
    /// First layer's kernel rows of the latent vector.
    latent: Matrix,
    bias: Activations,
    stack: Stack,
    projection: Dense,
    /// Places of a whole output row that this core makes.
    pub places: std::ops::Range<usize>,
}

/// A core in the middle of a segment.
pub struct CoreState {
    /// States of its layers.
    layers: Vec<LayerState>,
    /// The first layer's sums as far as they stay the same: bias and latent vector.
    base: Activations,
}

impl Core {
    /// The core at `path` that makes `places` of an output row, fed a latent vector of `latent` numbers and
    /// controls of `controls`.
    pub fn load(
        loader: &Loader<'_>,
        path: &str,
        places: std::ops::Range<usize>,
        latent: usize,
        controls: usize,
        units: &[usize],
    ) -> Result<Self, ModelError> {
        let depth = places.len();
        let first_units = units[0];
        let (kernel, bias) = loader.dense(&names::core_cell(path, 0))?;
        let columns = lstm::columns(first_units);
        let stride = 4 * first_units;
        let after = depth + latent;
        let input = after + controls;
        let first = Cell::new(kernel, first_units, 0..0, input..input + first_units);
        let mut rest = Vec::new();
        for (k, pair) in units.windows(2).enumerate() {
            let (kernel, bias) = loader.dense(&names::core_cell(path, k + 1))?;
            let (below, units) = (pair[0], pair[1]);
            rest.push((Cell::new(kernel, units, 0..below, below..below + units), lstm::bias(bias, units)));
        }
        Ok(Self {
            initial: loader.layer(&format!("{path}/z_to_initial_state"))?,
            table: Table::new(kernel, stride, (0..depth).chain(after..input), columns),
            latent: Matrix::pack(kernel, stride, std::slice::from_ref(&(depth..after)), columns),
            bias: lstm::bias(bias, first_units),
            stack: Stack::new(first, rest),
            projection: loader.layer(&format!("{path}/output_projection"))?,
            places,
        })
    }

    /// Numbers of a projected row.
    pub fn width(&self) -> usize {
        self.projection.width()
    }

    /// Bytes of weights that one step reads.
    pub fn bytes(&self) -> usize {
        self.stack.bytes() + self.projection.bytes()
    }

    /// The state at the start of a segment (or of a flat sequence), made from `latent`, one row an example.
    pub fn start(&self, latent: &Activations) -> CoreState {
        CoreState {
            layers: self.stack.state(&initial_state(&self.initial, latent)),
            base: self.latent.product(latent, &self.bias),
        }
    }

    /// One step: `inputs` are each row's previous output and controls, controls after the outputs. Gives the
    /// projected outputs.
    pub fn step(&self, inputs: &[&[(u32, f32)]], state: &mut CoreState) -> Activations {
        let start = Start { base: &state.base, offset: 0, lookup: Some((&self.table, inputs)) };
        self.stack.step(None, &start, &mut state.layers);
        match state.layers.last() {
            Some(top) => self.projection.apply(&top.h),
            None => Activations::zeros(inputs.len(), self.width()),
        }
    }

    /// Every row's whole state, for conductors that are fed it.
    pub fn state_rows(&self, state: &CoreState) -> Vec<Vec<f32>> {
        let rows = state.base.rows();
        (0..rows).map(|r| self.stack.state_row(&state.layers, r)).collect()
    }
}

/// `tanh(x W + b)`, the whole state of a stack: the tanh is applied to the c parts as well (spec section 4).
pub fn initial_state(layer: &Dense, x: &Activations) -> Activations {
    let mut state = layer.apply(x);
    for lane in state.lanes_mut() {
        lane.0.iter_mut().for_each(|s| *s = s.tanh());
    }
    state
}
