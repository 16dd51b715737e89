//! The pieces that exported graphs are put together from.

use crate::model::onnx::{Attribute, Axis, Constant, Data, Element, Graph, Node, Value};
use std::{borrow::Cow, ops::Range};

/// The axis that counts examples.
pub const BATCH: Axis = Axis::Named("batch");

/// A graph in the making.
#[derive(Default)]
pub struct Builder<'a> {
    /// What there is of it.
    pub graph: Graph<'a>,
}

impl<'a> Builder<'a> {
    /// A graph called `name`.
    pub fn new(name: &str, description: &str) -> Self {
        let graph = Graph { name: name.to_owned(), description: description.to_owned(), ..Graph::default() };
        Self { graph }
    }

    /// An input of float rows, `width` numbers an example; gives its name.
    pub fn input(&mut self, name: &str, width: usize) -> String {
        self.input_of(name, Element::F32, vec![BATCH, Axis::Fixed(width)])
    }

    /// An input of any type and shape.
    pub fn input_of(&mut self, name: &str, element: Element, shape: Vec<Axis>) -> String {
        self.graph.inputs.push(Value { name: name.to_owned(), element, shape });
        name.to_owned()
    }

    /// Declares that `name` is given, `width` numbers an example.
    pub fn output(&mut self, name: &str, width: usize) {
        let shape = vec![BATCH, Axis::Fixed(width)];
        self.graph.outputs.push(Value { name: name.to_owned(), element: Element::F32, shape });
    }

    /// A constant of floats.
    pub fn floats(&mut self, name: &str, shape: &[usize], data: impl Into<Cow<'a, [f32]>>) -> String {
        let data = Data::F32(data.into());
        self.graph.constants.push(Constant { name: name.to_owned(), shape: shape.to_vec(), data });
        name.to_owned()
    }

    /// A constant list of integers: a shape, or sizes of parts.
    pub fn integers(&mut self, name: &str, data: Vec<i64>) -> String {
        let shape = vec![data.len()];
        self.graph.constants.push(Constant { name: name.to_owned(), shape, data: Data::I64(data) });
        name.to_owned()
    }

    /// An operator that gives the one result `out`; gives its name.
    pub fn node(&mut self, op: &'static str, inputs: &[&str], out: &str) -> String {
        self.node_with(op, inputs, &[out], Vec::new());
        out.to_owned()
    }

    /// An operator with attributes and several results.
    pub fn node_with(
        &mut self,
        op: &'static str,
        inputs: &[&str],
        outputs: &[&str],
        attributes: Vec<(&'static str, Attribute)>,
    ) {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        self.graph.nodes.push(Node { op, inputs: own(inputs), outputs: own(outputs), attributes });
    }

    /// Exchanges axes.
    pub fn transpose(&mut self, x: &str, order: &[i64], out: &str) -> String {
        self.node_with("Transpose", &[x], &[out], vec![("perm", Attribute::Ints(order.to_vec()))]);
        out.to_owned()
    }

    /// Gives `x` the shape `shape`: 0 keeps an axis, -1 is what is left.
    pub fn reshape(&mut self, x: &str, shape: &[i64], out: &str) -> String {
        let shape = self.integers(&format!("{out}_shape"), shape.to_vec());
        self.node("Reshape", &[x, &shape], out)
    }

    /// `x W + b` with a row-major kernel `[inputs, outputs]`.
    pub fn dense(&mut self, x: &str, (kernel, bias): (&'a [f32], &'a [f32]), out: &str) -> String {
        let inputs = kernel.len() / bias.len().max(1);
        let kernel = self.floats(&format!("{out}_kernel"), &[inputs, bias.len()], kernel);
        let bias = self.floats(&format!("{out}_bias"), &[bias.len()], bias);
        self.node("Gemm", &[x, &kernel, &bias], out)
    }

    /// Cuts rows into parts of `widths` numbers called `names`.
    pub fn split(&mut self, x: &str, widths: &[usize], names: &[&str]) {
        let sizes = widths.iter().map(|n| *n as i64).collect();
        let sizes = self.integers(&format!("{x}_sizes"), sizes);
        self.node_with("Split", &[x, &sizes], names, vec![("axis", Attribute::Int(1))]);
    }

    /// One step of an LSTM cell (spec section 2) from plain operators. `inputs` are pairs of a vector's name and its
    /// rows of the kernel; the state's rows come last. Takes `c{k}`, `h{k}`, gives `c{k}_next`, `h{k}_next`, which
    /// become inputs and outputs of the graph.
    pub fn cell(
        &mut self,
        k: usize,
        units: usize,
        (kernel, bias): (&'a [f32], &'a [f32]),
        inputs: &[(&str, Range<usize>)],
    ) -> String {
        let name = |what: &str| format!("layer{k}_{what}");
        let gates = 4 * units;
        let mut first = bias.to_vec();
        first[2 * units..3 * units].iter_mut().for_each(|f| *f += 1.0);
        let mut sum = self.floats(&name("bias"), &[gates], first);
        let c = self.input(&format!("c{k}"), units);
        let h = self.input(&format!("h{k}"), units);
        let after = kernel.len() / gates - units;
        let state = std::iter::once((h.as_str(), after..after + units));
        for (i, (x, rows)) in inputs.iter().cloned().chain(state).enumerate() {
            let part = &kernel[rows.start * gates..rows.end * gates];
            let part = self.floats(&name(&format!("kernel{i}")), &[rows.len(), gates], part);
            sum = self.node("Gemm", &[x, &part, &sum], &name(&format!("sum{i}")));
        }
        let raw = ["i", "j", "f", "o"].map(name);
        self.split(&sum, &[units; 4], &raw.each_ref().map(String::as_str));
        let [i, j, f, o] = raw;
        let i = self.node("Sigmoid", &[&i], &name("input"));
        let j = self.node("Tanh", &[&j], &name("candidate"));
        let f = self.node("Sigmoid", &[&f], &name("forget"));
        let o = self.node("Sigmoid", &[&o], &name("output"));
        let kept = self.node("Mul", &[&f, &c], &name("kept"));
        let added = self.node("Mul", &[&i, &j], &name("added"));
        let c_next = self.node("Add", &[&kept, &added], &format!("c{k}_next"));
        let seen = self.node("Tanh", &[&c_next], &name("seen"));
        self.node("Mul", &[&o, &seen], &format!("h{k}_next"))
    }

    /// Declares the next states of a stack as outputs.
    pub fn states_out(&mut self, units: &[usize], ending: &str) {
        for (k, units) in units.iter().enumerate() {
            self.output(&format!("c{k}{ending}"), *units);
            self.output(&format!("h{k}{ending}"), *units);
        }
    }

    /// A stack's first state: `tanh(x W + b)`, cut into `c0, h0, c1, h1, ...` (spec section 4).
    pub fn start(&mut self, x: &str, layer: (&'a [f32], &'a [f32]), units: &[usize]) {
        let sums = self.dense(x, layer, "sums");
        let state = self.node("Tanh", &[&sums], "state");
        let names: Vec<String> = (0..units.len()).flat_map(|k| [format!("c{k}"), format!("h{k}")]).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let widths: Vec<usize> = units.iter().flat_map(|n| [*n, *n]).collect();
        self.split(&state, &widths, &names);
        self.states_out(units, "");
    }
}
