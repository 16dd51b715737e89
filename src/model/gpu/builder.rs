//! A checked graph builder: only what wonnx 0.5.1 computes right can be built (see README.md beside this file).
//!
//! Every value has a declared type and shape. What the library would get silently wrong (sizes that are no multiple of
//! 4, unequal parts of a split, Concat) has no method here, or is refused with an error.

use crate::model::onnx::{Attribute, Axis, Constant, Data, Element, Graph, Node, Value};

/// Version of the operators: the last in which Split and ReduceSum take what they need as attributes.
const OPSET: i64 = 12;
/// The largest buffer that can be bound to a node.
const BINDING: usize = 128 << 20;
/// The most workgroups along one axis.
const WORKGROUPS: usize = 65_535;

/// A value of a graph in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    name: String,
    element: Element,
    shape: Vec<usize>,
}

impl Tensor {
    /// Its numbers.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }
}

/// What a session takes or gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name in the graph.
    pub name: String,
    /// What its numbers are.
    pub element: Element,
    /// How many there are.
    pub len: usize,
}

/// A finished graph: its file, and what goes in and out in which order.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its name: `decoder_chunk`.
    pub name: String,
    /// The `.onnx` file.
    pub bytes: Vec<u8>,
    /// Inputs in order.
    pub inputs: Vec<Port>,
    /// Outputs in order.
    pub outputs: Vec<Port>,
    /// Size of its constants: what it takes of the card's memory, intermediate results apart.
    pub weights: usize,
}

/// A kernel `[k, n]` in parts that each fit a binding.
#[derive(Debug, Clone)]
pub struct Kernel {
    parts: Vec<Tensor>,
    n: usize,
}

/// Builds one graph.
#[derive(Default)]
pub struct Builder {
    graph: Graph<'static>,
    outputs: Vec<Tensor>,
}

/// A graph that cannot be built, in words.
pub type Refused = String;

impl Builder {
    /// A graph called `name`.
    pub fn new(name: &str) -> Self {
        let graph = Graph {
            name: name.to_owned(),
            description: "As run by mvae-tui on a graphics card; sizes are filled with zeros to fours."
                .to_owned(),
            opset: OPSET,
            ..Graph::default()
        };
        Self { graph, outputs: Vec::new() }
    }

    /// An input.
    pub fn input(&mut self, name: &str, element: Element, shape: &[usize]) -> Tensor {
        let tensor = Tensor { name: name.to_owned(), element, shape: shape.to_vec() };
        self.graph.inputs.push(value(&tensor));
        tensor
    }

    /// A constant of floats.
    pub fn floats(&mut self, name: &str, shape: &[usize], data: Vec<f32>) -> Result<Tensor, Refused> {
        let tensor = Tensor { name: name.to_owned(), element: Element::F32, shape: shape.to_vec() };
        if tensor.len() != data.len() || data.is_empty() {
            return Err(format!("{name}: {} numbers do not fill {shape:?}", data.len()));
        }
        if 4 * data.len() > BINDING {
            return Err(format!("{name}: {} bytes are more than a binding takes", 4 * data.len()));
        }
        let data = Data::F32(data.into());
        self.graph.constants.push(Constant { name: name.to_owned(), shape: shape.to_vec(), data });
        Ok(tensor)
    }

    /// A kernel `[k, n]` (both multiples of 4, as [`super::pad`] makes them) for [`Self::gemm`]; one that is larger
    /// than a binding is cut along k.
    pub fn kernel(&mut self, name: &str, n: usize, data: Vec<f32>) -> Result<Kernel, Refused> {
        let k = data.len() / n.max(1);
        if n == 0 || !n.is_multiple_of(4) || k == 0 || !k.is_multiple_of(4) || k * n != data.len() {
            return Err(format!("{name}: a kernel of {k} x {n} is computed wrongly, it has to be in fours"));
        }
        let cuts = (1..=64).find(|cuts| k.is_multiple_of(4 * cuts) && 4 * (k / cuts) * n <= BINDING);
        let cuts = cuts.ok_or_else(|| format!("{name}: {k} x {n} cannot be cut into bindings"))?;
        let parts = data.chunks_exact(k / cuts * n).enumerate();
        let parts = parts.map(|(i, part)| self.floats(&format!("{name}_{i}"), &[k / cuts, n], part.to_vec()));
        Ok(Kernel { parts: parts.collect::<Result<_, _>>()?, n })
    }

    /// `x W + c`: x is `[m, k]` with m of 2 or fours, c is `[m, n]` or `[1, n]`.
    pub fn gemm(&mut self, x: &Tensor, kernel: &Kernel, c: &Tensor) -> Result<Tensor, Refused> {
        let (m, k) = match x.shape[..] {
            [m, k] if m == 2 || m.is_multiple_of(4) => (m, k),
            _ => return Err(format!("{}: a product of {:?} is computed wrongly", x.name, x.shape)),
        };
        let rows: usize = kernel.parts.iter().map(|part| part.shape[0]).sum();
        let start = c.shape == [m, kernel.n] || c.shape == [1, kernel.n];
        if k != rows || !start || x.element != Element::F32 || c.element != Element::F32 {
            let (c, n) = (&c.shape, kernel.n);
            return Err(format!("{}: {m} x {k} does not go with {rows} x {n} and {c:?}", x.name));
        }
        if m * kernel.n / 16 > WORKGROUPS * 256 {
            return Err(format!("{}: a product of {m} x {} is too large", x.name, kernel.n));
        }
        let pieces = self.split(x, kernel.parts.len())?;
        let mut sum = c.clone();
        for (piece, part) in pieces.iter().zip(&kernel.parts) {
            sum = self.node("Gemm", &[piece, part, &sum], Element::F32, &[m, kernel.n], Vec::new());
        }
        Ok(sum)
    }

    /// `x` cut into equal parts along its second axis.
    pub fn split(&mut self, x: &Tensor, parts: usize) -> Result<Vec<Tensor>, Refused> {
        if parts == 1 {
            return Ok(vec![x.clone()]);
        }
        let [m, n] = x.shape[..] else { return Err(format!("{}: it cannot be split", x.name)) };
        // 16 bindings at most, one for what goes in.
        if parts > 15 || !n.is_multiple_of(4 * parts) {
            return Err(format!("{}: {n} columns do not split into {parts} parts of fours", x.name));
        }
        let name = self.fresh();
        let part = |i: usize| Tensor {
            name: format!("{name}_{i}"),
            element: Element::F32,
            shape: vec![m, n / parts],
        };
        let tensors: Vec<Tensor> = (0..parts).map(part).collect();
        self.graph.values.extend(tensors.iter().map(value));
        self.graph.nodes.push(Node {
            op: "Split",
            inputs: vec![x.name.clone()],
            outputs: tensors.iter().map(|t| t.name.clone()).collect(),
            attributes: vec![("axis", Attribute::Int(1))],
        });
        Ok(tensors)
    }

    /// `Sigmoid`, `Tanh`, `Sign` of every number.
    pub fn map(&mut self, op: &'static str, x: &Tensor) -> Result<Tensor, Refused> {
        if !x.len().is_multiple_of(4) || x.element != Element::F32 {
            return Err(format!("{}: {op} of {:?} is computed wrongly", x.name, x.shape));
        }
        Ok(self.node(op, &[x], Element::F32, &x.shape.clone(), Vec::new()))
    }

    /// `Add`, `Sub`, `Mul` or `Div`; axes of length 1 are repeated.
    pub fn binary(&mut self, op: &'static str, a: &Tensor, b: &Tensor) -> Result<Tensor, Refused> {
        let fits = a.shape.len() == b.shape.len()
            && a.shape.iter().zip(&b.shape).all(|(a, b)| a == b || *a == 1 || *b == 1);
        if !fits || a.element != Element::F32 || b.element != Element::F32 {
            return Err(format!("{op} of {} {:?} and {} {:?}", a.name, a.shape, b.name, b.shape));
        }
        let shape: Vec<usize> = a.shape.iter().zip(&b.shape).map(|(a, b)| *a.max(b)).collect();
        let len: usize = shape.iter().product();
        if (a.shape == b.shape && !len.is_multiple_of(4)) || len > WORKGROUPS * 256 {
            return Err(format!("{op} of {len} numbers is computed wrongly"));
        }
        Ok(self.node(op, &[a, b], Element::F32, &shape, Vec::new()))
    }

    /// The greatest number of each row of `[m, n]`: `[m, 1]`, or `[m]` where the axis is not kept.
    pub fn row_max(&mut self, x: &Tensor, keep: bool) -> Result<Tensor, Refused> {
        let [m, _] = x.shape[..] else { return Err(format!("{}: it has no rows", x.name)) };
        let shape: &[usize] = if keep { &[m, 1] } else { &[m] };
        let attributes =
            vec![("axes", Attribute::Ints(vec![1])), ("keepdims", Attribute::Int(i64::from(keep)))];
        Ok(self.node("ReduceMax", &[x], Element::F32, shape, attributes))
    }

    /// Floats as integers.
    pub fn integers(&mut self, x: &Tensor) -> Result<Tensor, Refused> {
        if !x.len().is_multiple_of(4) {
            return Err(format!("{}: a cast of {:?} is computed wrongly", x.name, x.shape));
        }
        Ok(self.node("Cast", &[x], Element::I32, &x.shape.clone(), vec![("to", Attribute::Int(6))]))
    }

    /// The rows of `[rows, n]` that `[m]` integers name: `[m, n]`.
    pub fn gather(&mut self, table: &Tensor, index: &Tensor) -> Result<Tensor, Refused> {
        match (&table.shape[..], &index.shape[..], index.element) {
            ([_, n], [m], Element::I32) if n.is_multiple_of(4) && n / 4 <= WORKGROUPS => {
                let shape = [*m, *n];
                Ok(self.node(
                    "Gather",
                    &[table, index],
                    Element::F32,
                    &shape,
                    vec![("axis", Attribute::Int(0))],
                ))
            }
            _ => Err(format!("rows of {:?} by {:?} are computed wrongly", table.shape, index.shape)),
        }
    }

    /// Makes `x` an output; outputs are numbered in this order.
    pub fn output(&mut self, x: &Tensor) {
        self.outputs.push(x.clone());
    }

    /// The finished graph.
    pub fn finish(mut self) -> Result<Program, Refused> {
        let made = |name: &str| self.graph.nodes.iter().any(|node| node.outputs.iter().any(|o| o == name));
        if let Some(odd) = self.outputs.iter().find(|x| !made(&x.name)) {
            return Err(format!("{}: only what a node makes can be read back", odd.name));
        }
        self.graph.outputs = self.outputs.iter().map(value).collect();
        let names: Vec<&str> = self.outputs.iter().map(|x| x.name.as_str()).collect();
        self.graph.values.retain(|value| !names.contains(&value.name.as_str()));
        let port = |value: &Value| Port {
            name: value.name.clone(),
            element: value.element,
            len: value.shape.iter().map(|axis| if let Axis::Fixed(n) = axis { *n } else { 0 }).product(),
        };
        Ok(Program {
            name: self.graph.name.clone(),
            bytes: self.graph.to_bytes(),
            inputs: self.graph.inputs.iter().map(port).collect(),
            outputs: self.graph.outputs.iter().map(port).collect(),
            weights: self.graph.constants.iter().map(|c| 4 * c.shape.iter().product::<usize>()).sum(),
        })
    }

    /// A name that no value has yet.
    fn fresh(&self) -> String {
        format!("v{}", self.graph.values.len())
    }

    fn node(
        &mut self,
        op: &'static str,
        inputs: &[&Tensor],
        element: Element,
        shape: &[usize],
        attributes: Vec<(&'static str, Attribute)>,
    ) -> Tensor {
        let tensor = Tensor { name: self.fresh(), element, shape: shape.to_vec() };
        self.graph.values.push(value(&tensor));
        self.graph.nodes.push(Node {
            op,
            inputs: inputs.iter().map(|x| x.name.clone()).collect(),
            outputs: vec![tensor.name.clone()],
            attributes,
        });
        tensor
    }
}

fn value(tensor: &Tensor) -> Value {
    let shape = tensor.shape.iter().map(|n| Axis::Fixed(*n)).collect();
    Value { name: tensor.name.clone(), element: tensor.element, shape }
}

#[cfg(test)]
mod tests {
    use super::{Builder, Element};

    #[test]
    fn what_the_library_computes_wrongly_is_refused_at_build_time() {
        let mut b = Builder::new("t");
        assert!(b.kernel("k", 6, vec![0.0; 24]).is_err(), "n is no multiple of 4");
        assert!(b.kernel("k", 4, vec![0.0; 12]).is_err(), "k is no multiple of 4");
        let k = b.kernel("k", 8, vec![0.0; 32]).unwrap();
        let c = b.floats("c", &[1, 8], vec![0.0; 8]).unwrap();
        for (m, width) in [(1, 4), (3, 4), (4, 8)] {
            let x = b.input(&format!("x{m}{width}"), Element::F32, &[m, width]);
            assert!(b.gemm(&x, &k, &c).is_err(), "{m} x {width}");
        }
        let x = b.input("x", Element::F32, &[4, 4]);
        let y = b.gemm(&x, &k, &c).unwrap();
        assert!(b.split(&y, 4).is_err(), "parts of 2 columns");
        assert!(b.split(&y, 2).is_ok());
        let odd = b.input("odd", Element::F32, &[1, 3]);
        assert!(b.map("Tanh", &odd).is_err() && b.binary("Add", &odd, &odd).is_err());
        assert!(b.binary("Add", &y, &x).is_err() && b.gather(&y, &x).is_err() && b.integers(&odd).is_err());
        assert!(b.floats("w", &[2, 2], vec![0.0; 3]).is_err());
        b.output(&x);
        assert!(b.finish().unwrap_err().contains("read back"), "an input as output");
    }

    #[test]
    fn a_kernel_beyond_a_binding_is_cut_along_its_rows_and_chained() {
        let mut b = Builder::new("t");
        let (k, n) = (8192, 8192);
        let kernel = b.kernel("k", n, vec![0.0; k * n]).unwrap();
        assert_eq!(kernel.parts.len(), 2);
        let c = b.floats("c", &[1, n], vec![0.0; n]).unwrap();
        let x = b.input("x", Element::F32, &[4, k]);
        let y = b.gemm(&x, &kernel, &c).unwrap();
        let ops: Vec<&str> = b.graph.nodes.iter().map(|node| node.op).collect();
        assert_eq!((ops, y.shape), (vec!["Split", "Gemm", "Gemm"], vec![4, n]));
    }
}
