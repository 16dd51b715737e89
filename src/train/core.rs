//! A core decoder: stack, projection and head, fed with its last output and its latent (spec sections 4 and 5).

use super::decoder::{Feeding, Scores};
use super::head::Head;
use super::linear::Linear;
use super::parameters::{Gradients, Parameters, Start};
use super::stack::{Plan, Stack, StackTape};
use super::view::View;
use crate::latent::noise::Noise;
use crate::model::names;

/// Stream of the draws of what is hidden.
const HIDDEN: u64 = 8 << 40;

/// One core decoder.
#[derive(Debug, Clone)]
pub struct Core {
    stack: Stack,
    projection: Linear,
    head: Head,
}

/// What a core's way back needs.
#[derive(Debug, Clone, Default)]
pub struct CoreTape {
    stack: StackTape,
    /// `[steps, rows, projection]`: prepared by the head, then gradients.
    outputs: Vec<f32>,
    /// `[steps, rows, most ones]`: what was fed.
    fed: Vec<u16>,
    /// `[steps, rows]`: how many of them.
    fed_ends: Vec<u8>,
}

/// The form of a core's output.
#[derive(Debug, Clone, Copy)]
pub enum Form<'a> {
    /// Categories of each softmax.
    Categorical(&'a [usize]),
    /// Bits, and hidden units of the NADE.
    Nade(usize, usize),
}

impl Core {
    /// Declares a core under `path` whose latent is `latent` wide.
    pub fn new(parameters: &mut Parameters, path: &str, latent: usize, form: Form, units: &[usize]) -> Self {
        let depth = match form {
            Form::Categorical(parts) => parts.iter().sum(),
            Form::Nade(bits, _) => bits,
        };
        let stack = Stack::new(
            parameters,
            &Plan {
                start: &format!("{path}/z_to_initial_state"),
                cells: (0..units.len()).map(|k| names::core_cell(path, k)).collect(),
                latent,
                sparse: depth,
                dense: 0,
                reads_latent: true,
                units,
            },
        );
        let hidden = if let Form::Nade(_, hidden) = form { hidden } else { 0 };
        let name = format!("{path}/output_projection");
        let projection = Linear::new(parameters, &name, stack.outputs(), depth + hidden, Start::Glorot);
        let head = match form {
            Form::Categorical(parts) => Head::Categorical { parts: parts.to_vec() },
            Form::Nade(bits, hidden) => Head::nade(parameters, path, hidden, bits),
        };
        Self { stack, projection, head }
    }

    /// Takes over new weights.
    pub fn pack(&mut self, parameters: &Parameters) {
        self.stack.pack(parameters);
        self.projection.pack(parameters);
    }

    /// Runs all steps from `latent` `[view.rows, latent]` and sums the loss over valid ones.
    ///
    /// A draw of the core's own is fed within a segment; its first step is told the truth, for the segments of a
    /// sequence run side by side.
    pub fn forward(
        &self,
        parameters: &Parameters,
        tape: &mut CoreTape,
        view: View,
        latent: &[f32],
        feeding: Feeding,
    ) -> Scores {
        let (rows, steps, width, most) =
            (view.rows, view.length, self.projection.outputs, self.head.most_ones());
        self.stack.begin(parameters, &mut tape.stack, steps, rows, latent);
        tape.outputs.resize(steps * rows * width, 0.0);
        tape.fed.resize(steps * rows * most, 0);
        tape.fed_ends.resize(steps * rows, 0);
        let mut scores = Scores::default();
        let masks = Noise::new(feeding.seed, HIDDEN);
        for s in 0..steps {
            let (done, outputs) = tape.outputs.split_at_mut(s * rows * width);
            for row in 0..rows {
                let entry = s * rows + row;
                let fed = &mut tape.fed[entry * most..][..most];
                let draw = view.draw(s, row) * (most as u64 + 1);
                let own = s > 0 && feeding.own > 0.0 && feeding.noise.uniform(draw) < feeding.own;
                let hidden = feeding.hidden > 0.0 && masks.uniform(view.draw(s, row)) < feeding.hidden;
                let count = if hidden {
                    0
                } else if own {
                    let last = &done[(entry - rows) * width..][..width];
                    self.head.draw(parameters, last, feeding.noise, draw + 1, fed)
                } else {
                    let previous = view.previous(s, row);
                    fed[..previous.len()].copy_from_slice(previous);
                    previous.len()
                };
                tape.fed_ends[entry] = count as u8;
            }
            let ones = |row| fed_ones(&tape.fed, &tape.fed_ends, s * rows + row, most);
            self.stack.step(parameters, &mut tape.stack, s, ones);
            let (h, stride) = self.stack.top(&tape.stack).outputs(s);
            self.projection.forward(parameters, h, stride, rows, outputs);
            for (row, output) in outputs.chunks_exact_mut(width).take(rows).enumerate() {
                self.head.prepare(output);
                if view.is_valid(s, row) {
                    self.head.score(parameters, output, view.target(s, row), &mut scores);
                }
            }
        }
        scores
    }

    /// Goes back through all steps, the loss counting `weight` times; adds to `dlatent` `[view.rows, latent]`.
    #[allow(clippy::too_many_arguments)] // Weights, memory, data and both gradients are owned by different callers.
    pub fn backward(
        &self,
        parameters: &Parameters,
        tape: &mut CoreTape,
        view: View,
        latent: &[f32],
        weight: f32,
        dlatent: &mut [f32],
        gradients: &mut Gradients,
    ) {
        let (rows, steps, width, most) =
            (view.rows, view.length, self.projection.outputs, self.head.most_ones());
        self.stack.begin_backward(&mut tape.stack);
        for s in (0..steps).rev() {
            let outputs = &mut tape.outputs[s * rows * width..][..rows * width];
            for (row, output) in outputs.chunks_exact_mut(width).enumerate() {
                if view.is_valid(s, row) {
                    self.head.backward(parameters, output, view.target(s, row), weight, gradients);
                } else {
                    output.fill(0.0);
                }
            }
            let dh = self.stack.output_gradient(&mut tape.stack);
            self.projection.backward_input(outputs, rows, dh, self.projection.inputs);
            self.stack.step_backward(&mut tape.stack, s);
        }
        let (h, stride) = self.stack.top(&tape.stack).outputs(0);
        self.projection.backward_weights(h, stride, &tape.outputs, steps * rows, gradients);
        let ones = |s: usize, row: usize| fed_ones(&tape.fed, &tape.fed_ends, s * rows + row, most);
        self.stack.finish(&mut tape.stack, gradients, ones, latent, dlatent);
    }
}

fn fed_ones<'a>(fed: &'a [u16], ends: &[u8], entry: usize, most: usize) -> &'a [u16] {
    &fed[entry * most..][..usize::from(ends[entry])]
}
