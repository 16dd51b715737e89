//! A dense layer with its packed weights and its gradients.

use super::activate;
use super::kernel::{Packed, add_transposed_product};
use super::parameters::{Gradients, Id, Parameters, Start};

/// `y = x @ kernel + bias`.
#[derive(Debug, Clone)]
pub struct Linear {
    kernel: Id,
    bias: Id,
    /// Width of `x`.
    pub inputs: usize,
    /// Width of `y`.
    pub outputs: usize,
    forward: Packed,
    backward: Packed,
}

impl Linear {
    /// Declares `<name>/kernel` and `<name>/bias` (zero at the start).
    pub fn new(parameters: &mut Parameters, name: &str, inputs: usize, outputs: usize, start: Start) -> Self {
        let kernel = parameters.add(format!("{name}/kernel"), &[inputs, outputs], start);
        let bias = parameters.add(format!("{name}/bias"), &[outputs], Start::Zeros);
        Self { kernel, bias, inputs, outputs, forward: Packed::default(), backward: Packed::default() }
    }

    /// Takes over new weights.
    pub fn pack(&mut self, parameters: &Parameters) {
        let kernel = parameters.value(self.kernel);
        self.forward.pack(kernel, self.inputs, self.outputs);
        self.backward.pack_transposed(kernel, self.outputs, self.inputs);
    }

    /// `y[m, outputs] = x @ kernel + bias`; rows of `x` are `stride` apart.
    pub fn forward(&self, parameters: &Parameters, x: &[f32], stride: usize, m: usize, y: &mut [f32]) {
        for row in y[..m * self.outputs].chunks_exact_mut(self.outputs) {
            row.copy_from_slice(parameters.value(self.bias));
        }
        self.forward.multiply_add(x, stride, m, y, self.outputs);
    }

    /// `dx += dy @ kernel^T`; rows of `dx` are `stride` apart.
    pub fn backward_input(&self, dy: &[f32], m: usize, dx: &mut [f32], stride: usize) {
        self.backward.multiply_add(dy, self.outputs, m, dx, stride);
    }

    /// Adds the gradients of kernel and bias over `m` rows; rows of `x` are `stride` apart.
    pub fn backward_weights(
        &self,
        x: &[f32],
        stride: usize,
        dy: &[f32],
        m: usize,
        gradients: &mut Gradients,
    ) {
        let dy = &dy[..m * self.outputs];
        add_transposed_product(x, stride, dy, m, self.inputs, self.outputs, &mut gradients[self.kernel.0]);
        for row in dy.chunks_exact(self.outputs) {
            activate::add(&mut gradients[self.bias.0], row);
        }
    }
}
