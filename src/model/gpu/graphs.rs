//! The graphs of a model: each for [`ROWS`] rows at once, states going in and coming out.

use super::{
    builder::{Builder, Kernel, Program, Refused, Tensor},
    pad::{self, up},
};
use crate::model::onnx::Element;
use std::ops::Range;

/// Rows that run together: wonnx multiplies blocks of 4 x 4.
pub const ROWS: usize = 4;

/// A row-major kernel and its bias.
pub type Dense<'a> = (&'a [f32], &'a [f32]);

/// Kernels of one cell in a graph.
struct Cell {
    units: usize,
    state: Kernel,
}

/// A layer's state.
#[derive(Clone)]
struct State {
    c: Tensor,
    h: Tensor,
}

fn state_in(b: &mut Builder, layers: &[usize]) -> Vec<State> {
    let mut input = |name: String, units: usize| b.input(&name, Element::F32, &[ROWS, up(units)]);
    let layer = |(k, units): (usize, &usize)| State {
        c: input(format!("c{k}"), *units),
        h: input(format!("h{k}"), *units),
    };
    layers.iter().enumerate().map(layer).collect()
}

fn state_out(b: &mut Builder, states: &[State]) {
    for state in states {
        b.output(&state.c);
        b.output(&state.h);
    }
}

impl Cell {
    /// The cell whose state's kernel rows are the last.
    fn new(b: &mut Builder, name: &str, kernel: &[f32], units: usize) -> Result<Self, Refused> {
        let input = kernel.len() / (4 * units) - units;
        let state = pad::gates(kernel, units, input..input + units);
        Ok(Self { units, state: b.kernel(name, 4 * up(units), state)? })
    }

    /// One step from the sums of everything but the state (spec section 2). Gates are activated before anything else
    /// reads them: wonnx may not feed two parts of a Split to one node.
    fn step(&self, b: &mut Builder, sums: &Tensor, before: &State) -> Result<State, Refused> {
        let sums = b.gemm(&before.h, &self.state, sums)?;
        let gates = b.split(&sums, 4)?;
        let [i, j, f, o] = &gates[..] else { return Err(format!("{} units have no gates", self.units)) };
        let i = b.map("Sigmoid", i)?;
        let j = b.map("Tanh", j)?;
        let f = b.map("Sigmoid", f)?;
        let o = b.map("Sigmoid", o)?;
        let kept = b.binary("Mul", &f, &before.c)?;
        let added = b.binary("Mul", &i, &j)?;
        let c = b.binary("Add", &kept, &added)?;
        let seen = b.map("Tanh", &c)?;
        let h = b.binary("Mul", &o, &seen)?;
        Ok(State { c, h })
    }
}

/// The upper layers of a stack: each with its input's kernel and bias.
struct Upper(Vec<(Kernel, Tensor, Cell)>);

impl Upper {
    fn new(b: &mut Builder, cells: &[Dense<'_>], units: &[usize]) -> Result<Self, Refused> {
        let mut all = Vec::new();
        for (k, (kernel, bias)) in cells.iter().enumerate().skip(1) {
            let (below, own) = (units[k - 1], units[k]);
            let input = b.kernel(&format!("x{k}"), 4 * up(own), pad::gates(kernel, own, 0..below))?;
            let bias = b.floats(&format!("b{k}"), &[1, 4 * up(own)], pad::gate_bias(bias, own))?;
            all.push((input, bias, Cell::new(b, &format!("s{k}"), kernel, own)?));
        }
        Ok(Self(all))
    }

    /// The step of all layers, the first from `sums`.
    fn step(
        &self,
        b: &mut Builder,
        first: &Cell,
        sums: &Tensor,
        states: &mut [State],
    ) -> Result<Tensor, Refused> {
        states[0] = first.step(b, sums, &states[0])?;
        for (k, (input, bias, cell)) in self.0.iter().enumerate() {
            let below = states[k].h.clone();
            let sums = b.gemm(&below, input, bias)?;
            states[k + 1] = cell.step(b, &sums, &states[k + 1])?;
        }
        states.last().map(|top| top.h.clone()).ok_or_else(|| "a stack without layers".to_owned())
    }
}

/// `latent -> c0, h0, c1, h1, ...` and, where the first layer is fed the latent vector at each step, its share of
/// the sums with the bias: `tanh(x W + b)` cut by layers (spec section 4).
pub fn start(
    name: &str,
    (kernel, bias): Dense<'_>,
    units: &[usize],
    fed: Option<(Dense<'_>, Range<usize>)>,
) -> Result<Program, Refused> {
    let mut b = Builder::new(name);
    let width = kernel.len() / bias.len();
    let latent = b.input("latent", Element::F32, &[ROWS, up(width)]);
    let mut from = 0;
    for (i, units) in units.iter().flat_map(|n| [*n, *n]).enumerate() {
        let columns = from..from + units;
        let part = pad::part(kernel, bias.len(), 0..width, columns.clone());
        let part = b.kernel(&format!("w{i}"), up(units), part)?;
        let own = b.floats(&format!("b{i}"), &[1, up(units)], pad::rows(&[&bias[columns]], up(units), 1))?;
        let sums = b.gemm(&latent, &part, &own)?;
        let state = b.map("Tanh", &sums)?;
        b.output(&state);
        from += units;
    }
    if let Some(((kernel, bias), rows)) = fed {
        let own = units[0];
        let z = b.kernel("z", 4 * up(own), pad::gates(kernel, own, rows))?;
        let bias = b.floats("first_bias", &[1, 4 * up(own)], pad::gate_bias(bias, own))?;
        let base = b.gemm(&latent, &z, &bias)?;
        b.output(&base);
    }
    b.finish()
}

/// `base, c0, h0, ... -> c0, h0, ...`: a conductor's step, which is fed nothing; the top h is the embedding. Its first
/// bias comes in as `base`: with it a constant, wonnx would compute the first product twice.
pub fn conductor(name: &str, cells: &[Dense<'_>], units: &[usize]) -> Result<Program, Refused> {
    let mut b = Builder::new(name);
    let base = b.input("base", Element::F32, &[ROWS, 4 * up(units[0])]);
    let mut states = state_in(&mut b, units);
    let (kernel, _) = cells[0];
    let first = Cell::new(&mut b, "s0", kernel, units[0])?;
    let upper = Upper::new(&mut b, cells, units)?;
    upper.step(&mut b, &first, &base, &mut states)?;
    state_out(&mut b, &states);
    b.finish()
}

/// Weights of a core decoder.
pub struct Core<'a> {
    /// Its cells, the first fed outputs, latent vector and controls.
    pub cells: Vec<Dense<'a>>,
    /// Units of its layers.
    pub units: &'a [usize],
    /// Widths of the parts of an output row.
    pub parts: &'a [usize],
    /// Numbers of the latent vector.
    pub latent: usize,
    /// Numbers of a control row.
    pub controls: usize,
    /// Its projection.
    pub projection: Dense<'a>,
}

impl Core<'_> {
    fn depth(&self) -> usize {
        self.parts.iter().sum()
    }

    fn first(&self, b: &mut Builder) -> Result<(Cell, Upper), Refused> {
        let first = Cell::new(b, "s0", self.cells[0].0, self.units[0])?;
        Ok((first, Upper::new(b, &self.cells, self.units)?))
    }
}

/// One step that is fed rows and gives logits: `base, c0, h0, ..., previous(, controls) -> logits, c0, h0, ...`.
pub fn step(name: &str, core: &Core<'_>) -> Result<Program, Refused> {
    let mut b = Builder::new(name);
    let own = core.units[0];
    let base = b.input("base", Element::F32, &[ROWS, 4 * up(own)]);
    let mut states = state_in(&mut b, core.units);
    let depth = core.depth();
    let previous = b.input("previous", Element::F32, &[ROWS, up(depth)]);
    let table = b.kernel("outputs", 4 * up(own), pad::gates(core.cells[0].0, own, 0..depth))?;
    let mut sums = b.gemm(&previous, &table, &base)?;
    if core.controls > 0 {
        let controls = b.input("controls", Element::F32, &[ROWS, up(core.controls)]);
        let after = depth + core.latent;
        let rows = pad::gates(core.cells[0].0, own, after..after + core.controls);
        let kernel = b.kernel("control_rows", 4 * up(own), rows)?;
        sums = b.gemm(&controls, &kernel, &sums)?;
    }
    let (first, upper) = core.first(&mut b)?;
    let top = upper.step(&mut b, &first, &sums, &mut states)?;
    let (kernel, bias) = core.projection;
    let width = bias.len();
    let inputs = kernel.len() / width;
    let projection = b.kernel("projection", up(width), pad::matrix(kernel, width, 0..inputs))?;
    let bias = b.floats("projection_bias", &[1, up(width)], pad::rows(&[bias], up(width), 1))?;
    let logits = b.gemm(&top, &projection, &bias)?;
    b.output(&logits);
    state_out(&mut b, &states);
    b.finish()
}

/// Logits of padding: no noise makes them win.
const NEVER: f32 = -1e30;

/// One part of an output row: what draws it, and what it feeds back.
struct Part {
    projection: Kernel,
    bias: Tensor,
    /// `count - k` for category k: its greatest number over the winners is that of the first of them.
    order: Tensor,
    /// First layer's kernel rows, and a row of zeros after them for "nothing yet".
    table: Tensor,
    count: Tensor,
}

/// `steps` unrolled steps that draw by Gumbel-max and feed themselves: `base, temperature, c0, h0, ..., previous and
/// count of each part, noise of each step and part -> category of each step and part (as floats), c0, h0, ...`.
///
/// `s = logits / temperature + noise; winners = sign(s - max s) + 1; k = count - max(winners * (count - k))`: among
/// equal winners the first, as the processor takes it, and with numbers that are none category 0: never out of range.
/// `count` comes in as an input so that what follows is computed once: wonnx copies chains of nodes that have a single
/// changing input for each of their users.
pub fn chunk(name: &str, core: &Core<'_>, steps: usize) -> Result<Program, Refused> {
    let mut b = Builder::new(name);
    let own = core.units[0];
    let wide = 4 * up(own);
    let base = b.input("base", Element::F32, &[ROWS, wide]);
    let temperature = b.input("temperature", Element::F32, &[1, 1]);
    let mut states = state_in(&mut b, core.units);
    let (kernel, bias) = core.projection;
    let (inputs, width) = (kernel.len() / bias.len(), bias.len());
    let mut parts = Vec::new();
    let mut fed = Vec::new();
    let mut from = 0;
    for (p, n) in core.parts.iter().enumerate() {
        let name = |what: &str| format!("{what}{p}");
        let columns = from..from + n;
        let mut biases = vec![NEVER; up(*n)];
        biases[..*n].copy_from_slice(&bias[columns.clone()]);
        let order = (0..up(*n)).map(|k| n.saturating_sub(k) as f32).collect();
        let mut table = pad::gates(core.cells[0].0, own, columns.clone());
        table.truncate(n * wide);
        table.resize((n + 1) * wide, 0.0);
        fed.push(b.input(&name("previous"), Element::I32, &[ROWS]));
        let count = b.input(&name("count"), Element::F32, &[1]);
        parts.push(Part {
            projection: b.kernel(
                &name("projection"),
                up(*n),
                pad::part(kernel, width, 0..inputs, columns),
            )?,
            bias: b.floats(&name("projection_bias"), &[1, up(*n)], biases)?,
            order: b.floats(&name("order"), &[1, up(*n)], order)?,
            table: b.floats(&name("table"), &[n + 1, wide], table)?,
            count,
        });
        from += n;
    }
    let one = b.floats("one", &[1, 1], vec![1.0])?;
    let (first, upper) = core.first(&mut b)?;
    for t in 0..steps {
        let mut sums = base.clone();
        for (part, index) in parts.iter().zip(&fed) {
            let rows = b.gather(&part.table, index)?;
            sums = b.binary("Add", &rows, &sums)?;
        }
        let top = upper.step(&mut b, &first, &sums, &mut states)?;
        for (p, part) in parts.iter().enumerate() {
            let noise = b.input(&format!("noise{t}_{p}"), Element::F32, &[ROWS, up(core.parts[p])]);
            let logits = b.gemm(&top, &part.projection, &part.bias)?;
            let scaled = b.binary("Div", &logits, &temperature)?;
            let scores = b.binary("Add", &scaled, &noise)?;
            let best = b.row_max(&scores, true)?;
            let behind = b.binary("Sub", &scores, &best)?;
            let sign = b.map("Sign", &behind)?;
            let winners = b.binary("Add", &sign, &one)?;
            let ranked = b.binary("Mul", &winners, &part.order)?;
            let rank = b.row_max(&ranked, false)?;
            let index = b.binary("Sub", &part.count, &rank)?;
            b.output(&index);
            fed[p] = b.integers(&index)?;
        }
    }
    state_out(&mut b, &states);
    b.finish()
}

/// `steps` steps of one direction of an encoder's layer: `c, h, x of each step -> h of each step, c of the last`.
pub fn lstm(name: &str, (kernel, bias): Dense<'_>, units: usize, steps: usize) -> Result<Program, Refused> {
    let mut b = Builder::new(name);
    let mut states = state_in(&mut b, &[units]);
    let input = kernel.len() / (4 * units) - units;
    let wide = 4 * up(units);
    let inputs = b.kernel("x", wide, pad::gates(kernel, units, 0..input))?;
    let bias = b.floats("b", &[1, wide], pad::gate_bias(bias, units))?;
    let cell = Cell::new(&mut b, "s", kernel, units)?;
    for t in 0..steps {
        let x = b.input(&format!("x{t}"), Element::F32, &[ROWS, up(input)]);
        let sums = b.gemm(&x, &inputs, &bias)?;
        states[0] = cell.step(&mut b, &sums, &states[0])?;
        let h = states[0].h.clone();
        b.output(&h);
    }
    let c = states[0].c.clone();
    b.output(&c);
    b.finish()
}

/// `forward, backward -> mu, sigma before its softplus`, from the last states of both directions.
pub fn posterior(name: &str, units: usize, mu: Dense<'_>, sigma: Dense<'_>) -> Result<Program, Refused> {
    let mut b = Builder::new(name);
    let [fw, bw] = ["forward", "backward"].map(|way| b.input(way, Element::F32, &[ROWS, up(units)]));
    for (name, (kernel, bias)) in [("mu", mu), ("sigma", sigma)] {
        let n = bias.len();
        let mut sums = b.floats(&format!("{name}_bias"), &[1, up(n)], pad::rows(&[bias], up(n), 1))?;
        for (x, rows) in [(&fw, 0..units), (&bw, units..2 * units)] {
            let part = pad::matrix(kernel, n, rows.clone());
            let part = b.kernel(&format!("{name}_{}", rows.start), up(n), part)?;
            sums = b.gemm(x, &part, &sums)?;
        }
        b.output(&sums);
    }
    b.finish()
}
