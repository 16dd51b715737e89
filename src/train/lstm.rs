//! One LSTM cell run over a whole sequence, forward and backward (spec section 2).
//!
//! ```text
//! kernel rows:   [ sparse | fixed | dense | h ]
//! sparse         one-hot inputs: rows are looked up and added, gradients scattered back
//! fixed          the latent (or the conductor's embedding): one product a sequence, gradients summed over steps first
//! dense, h       the layer below and the state: one packed product a step over [x ; h]
//! ```
//!
//! A [`Tape`] keeps what the way back needs, step by step in the order the cell ran (a backward-running cell sees
//! time from the end). Its memory is kept from one batch to the next.

use super::activate;
use super::dropout::Dropout;
use super::kernel::{Packed, add_transposed_product};
use super::parameters::{Gradients, Id, Parameters, Start};

/// One LSTM cell: where its weights are and how its kernel's rows divide.
#[derive(Debug, Clone)]
pub struct Cell {
    kernel: Id,
    bias: Id,
    sparse: usize,
    fixed: usize,
    dense: usize,
    /// Units.
    pub units: usize,
    step: Packed,
    step_back: Packed,
    fixed_forward: Packed,
    fixed_back: Packed,
}

/// Memory of one cell over one batch of sequences.
#[derive(Debug, Clone, Default)]
pub struct Tape {
    steps: usize,
    rows: usize,
    width: usize,
    /// `[steps + 1, rows, dense + units]`: a step's dense input and the state it starts from.
    xh: Vec<f32>,
    /// `[steps, rows, 4 units]`: activations; on the way back gradients of their sums.
    gates: Vec<f32>,
    /// `[steps + 1, rows, units]`.
    c: Vec<f32>,
    /// `[steps, rows, units]`.
    tanh_c: Vec<f32>,
    /// `[rows, 4 units]`: bias plus the fixed input's product.
    base: Vec<f32>,
    /// `[rows, dense + units]`: gradient of a step's input and of the state before it.
    dxh: Vec<f32>,
    /// `[rows, units]`: gradients of `h` and `c` flowing back through time.
    dh: Vec<f32>,
    dc: Vec<f32>,
    dropout: Dropout,
}

impl Cell {
    /// Declares `<name>/kernel` `[sparse + fixed + dense + units, 4 units]` and `<name>/bias`.
    pub fn new(
        parameters: &mut Parameters,
        name: &str,
        sparse: usize,
        fixed: usize,
        dense: usize,
        units: usize,
    ) -> Self {
        let rows = sparse + fixed + dense + units;
        let kernel = parameters.add(format!("{name}/kernel"), &[rows, 4 * units], Start::Glorot);
        let bias = parameters.add(format!("{name}/bias"), &[4 * units], Start::Zeros);
        let empty = Packed::default;
        Self {
            kernel,
            bias,
            sparse,
            fixed,
            dense,
            units,
            step: empty(),
            step_back: empty(),
            fixed_forward: empty(),
            fixed_back: empty(),
        }
    }

    /// Takes over new weights.
    pub fn pack(&mut self, parameters: &Parameters) {
        let (gates, kernel) = (4 * self.units, parameters.value(self.kernel));
        let (before, step) = kernel.split_at((self.sparse + self.fixed) * gates);
        self.step.pack(step, self.dense + self.units, gates);
        self.step_back.pack_transposed(step, gates, self.dense + self.units);
        let fixed = &before[self.sparse * gates..];
        self.fixed_forward.pack(fixed, self.fixed, gates);
        self.fixed_back.pack_transposed(fixed, gates, self.fixed);
    }

    /// Starts a batch: zero state, and `fixed` `[rows, fixed]` multiplied once.
    pub fn start(&self, parameters: &Parameters, tape: &mut Tape, steps: usize, rows: usize, fixed: &[f32]) {
        tape.resize(steps, rows, self.dense, self.units);
        tape.dropout = Dropout::default();
        let bias = parameters.value(self.bias);
        for row in tape.base.chunks_exact_mut(4 * self.units) {
            row.copy_from_slice(bias);
        }
        if self.fixed > 0 {
            self.fixed_forward.multiply_add(fixed, self.fixed, rows, &mut tape.base, 4 * self.units);
        }
    }

    /// Runs step `s`. `sparse(row)` names the kernel rows that are one at this step; `active(row)` is false where a
    /// sequence has ended (or, backward in time, not begun): its state stays as it is.
    pub fn forward<'a>(
        &self,
        parameters: &Parameters,
        tape: &mut Tape,
        s: usize,
        sparse: impl Fn(usize) -> &'a [u16],
        active: impl Fn(usize) -> bool,
    ) {
        let (rows, units, width, gates_width) = (tape.rows, self.units, tape.width, 4 * self.units);
        let kernel = parameters.value(self.kernel);
        let gates = &mut tape.gates[s * rows * gates_width..][..rows * gates_width];
        for (row, gates) in gates.chunks_exact_mut(gates_width).enumerate() {
            gates.copy_from_slice(&tape.base[row * gates_width..][..gates_width]);
            for &one in sparse(row) {
                activate::add(gates, &kernel[usize::from(one) * gates_width..][..gates_width]);
            }
        }
        let (before, after) = tape.xh.split_at_mut((s + 1) * rows * width);
        let xh = &mut before[s * rows * width..];
        for (row, xh) in xh.chunks_exact_mut(width).enumerate() {
            tape.dropout.apply(&mut xh[..self.dense], s * rows + row);
        }
        self.step.multiply_add(xh, width, rows, gates, gates_width);
        let (c_before, c_after) = tape.c.split_at_mut((s + 1) * rows * units);
        let c_before = &c_before[s * rows * units..];
        for row in 0..rows {
            let c_before = &c_before[row * units..][..units];
            let c = &mut c_after[row * units..][..units];
            let h = &mut after[row * width + self.dense..][..units];
            if active(row) {
                let tanh_c = &mut tape.tanh_c[(s * rows + row) * units..][..units];
                activate::gates_forward(
                    &mut gates[row * gates_width..][..gates_width],
                    c_before,
                    c,
                    tanh_c,
                    h,
                );
            } else {
                c.copy_from_slice(c_before);
                h.copy_from_slice(&xh[row * width + self.dense..][..units]);
            }
        }
    }

    /// Starts the way back: no gradient at the end.
    pub fn start_backward(&self, tape: &mut Tape) {
        tape.dh.fill(0.0);
        tape.dc.fill(0.0);
    }

    /// Goes back through step `s`: takes `tape.dh()` (gradient of the step's output, all sources added) and leaves
    /// there that of the step before; [`Tape::dx`] then holds the gradient of the dense input.
    pub fn backward(&self, tape: &mut Tape, s: usize, active: impl Fn(usize) -> bool) {
        let (rows, units, width, gates_width) = (tape.rows, self.units, tape.width, 4 * self.units);
        let gates = &mut tape.gates[s * rows * gates_width..][..rows * gates_width];
        for row in 0..rows {
            let gates = &mut gates[row * gates_width..][..gates_width];
            if active(row) {
                let c_before = &tape.c[(s * rows + row) * units..][..units];
                let tanh_c = &tape.tanh_c[(s * rows + row) * units..][..units];
                let dh = &tape.dh[row * units..][..units];
                activate::gates_backward(gates, c_before, tanh_c, dh, &mut tape.dc[row * units..][..units]);
            } else {
                gates.fill(0.0);
            }
        }
        tape.dxh.fill(0.0);
        self.step_back.multiply_add(gates, gates_width, rows, &mut tape.dxh, width);
        for row in 0..rows {
            tape.dropout.apply(&mut tape.dxh[row * width..][..self.dense], s * rows + row);
            if active(row) {
                let dh = &tape.dxh[row * width + self.dense..][..units];
                tape.dh[row * units..][..units].copy_from_slice(dh);
            }
        }
    }

    /// After the last step back: adds the gradients of kernel and bias, and those of the fixed input to `dfixed`.
    pub fn finish<'a>(
        &self,
        tape: &mut Tape,
        gradients: &mut Gradients,
        sparse: impl Fn(usize, usize) -> &'a [u16],
        fixed: &[f32],
        dfixed: &mut [f32],
    ) {
        let (rows, steps, gates_width) = (tape.rows, tape.steps, 4 * self.units);
        let kernel = &mut gradients[self.kernel.0];
        let (before, step) = kernel.split_at_mut((self.sparse + self.fixed) * gates_width);
        let k = steps * rows;
        add_transposed_product(&tape.xh, tape.width, &tape.gates, k, tape.width, gates_width, step);
        let (sparse_rows, fixed_rows) = before.split_at_mut(self.sparse * gates_width);
        tape.base.fill(0.0);
        for s in 0..steps {
            for row in 0..rows {
                let gates = &tape.gates[(s * rows + row) * gates_width..][..gates_width];
                activate::add(&mut tape.base[row * gates_width..][..gates_width], gates);
                for &one in sparse(s, row) {
                    activate::add(&mut sparse_rows[usize::from(one) * gates_width..][..gates_width], gates);
                }
            }
        }
        if self.fixed > 0 {
            add_transposed_product(fixed, self.fixed, &tape.base, rows, self.fixed, gates_width, fixed_rows);
            self.fixed_back.multiply_add(&tape.base, gates_width, rows, dfixed, self.fixed);
        }
        for row in tape.base.chunks_exact(gates_width) {
            activate::add(&mut gradients[self.bias.0], row);
        }
    }
}

impl Tape {
    fn resize(&mut self, steps: usize, rows: usize, dense: usize, units: usize) {
        let width = dense + units;
        if (self.steps, self.rows, self.width) != (steps, rows, width) {
            (self.steps, self.rows, self.width) = (steps, rows, width);
            self.xh.resize((steps + 1) * rows * width, 0.0);
            self.gates.resize(steps * rows * 4 * units, 0.0);
            self.c.resize((steps + 1) * rows * units, 0.0);
            self.tanh_c.resize(steps * rows * units, 0.0);
            self.base.resize(rows * 4 * units, 0.0);
            self.dxh.resize(rows * width, 0.0);
            self.dh.resize(rows * units, 0.0);
            self.dc.resize(rows * units, 0.0);
        }
        for row in 0..rows {
            self.xh[row * width + dense..][..units].fill(0.0);
        }
        self.c[..rows * units].fill(0.0);
    }

    /// Sequences run side by side.
    pub fn rows(&self) -> usize {
        self.rows
    }

    fn units(&self) -> usize {
        self.dc.len() / self.rows.max(1)
    }

    /// Sets the state before the first step, `c` and `h` each `[units]`.
    pub fn set_start(&mut self, row: usize, c: &[f32], h: &[f32]) {
        let units = self.units();
        self.c[row * units..][..units].copy_from_slice(c);
        let at = row * self.width + self.width - units;
        self.xh[at..][..units].copy_from_slice(h);
    }

    /// Thins the dense inputs of the sequences just started.
    pub fn thin(&mut self, dropout: Dropout) {
        self.dropout = dropout;
    }

    /// The state after step `s` (0: before the first): `(c, h)` of a row.
    pub fn state(&self, s: usize, row: usize) -> (&[f32], &[f32]) {
        (&self.c[(s * self.rows + row) * self.units()..][..self.units()], self.h(s, row))
    }

    /// The state `h` after `s` steps.
    pub fn h(&self, s: usize, row: usize) -> &[f32] {
        let units = self.units();
        &self.xh[(s * self.rows + row) * self.width + self.width - units..][..units]
    }

    /// All outputs from step `s` on as a strided matrix: (slice, row stride); rows run step by step.
    pub fn outputs(&self, s: usize) -> (&[f32], usize) {
        let dense = self.width - self.units();
        (&self.xh[(s + 1) * self.rows * self.width + dense..], self.width)
    }

    /// The dense input of step `s`, to be filled before it runs.
    pub fn x_mut(&mut self, s: usize, row: usize) -> &mut [f32] {
        let dense = self.width - self.units();
        &mut self.xh[(s * self.rows + row) * self.width..][..dense]
    }

    /// Gradient of the dense input of the step last gone back through.
    pub fn dx(&self, row: usize) -> &[f32] {
        &self.dxh[row * self.width..][..self.width - self.units()]
    }

    /// Gradient of `h` `[rows, units]` at the point reached on the way back.
    pub fn dh_mut(&mut self) -> &mut [f32] {
        &mut self.dh
    }

    /// Gradient of `c` `[rows, units]` at the point reached on the way back.
    pub fn dc_mut(&mut self) -> &mut [f32] {
        &mut self.dc
    }
}
