//! A graph of operators: typed values, constants, nodes, and the bytes of its file.

use super::proto::Message;
use std::borrow::Cow;

/// Version of the file format.
const IR_VERSION: i64 = 8;

/// Length of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Always so many.
    Fixed(usize),
    /// Whatever comes in, equal wherever the name is equal.
    Named(&'static str),
}

/// What the numbers of a tensor are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// 32-bit floats.
    F32,
    /// 32-bit integers.
    I32,
    /// 64-bit integers.
    I64,
}

impl Element {
    /// The format's number for it.
    fn code(self) -> i64 {
        match self {
            Self::F32 => 1,
            Self::I32 => 6,
            Self::I64 => 7,
        }
    }
}

/// An input, an output or an intermediate result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Its name, unique in the graph.
    pub name: String,
    /// What its numbers are.
    pub element: Element,
    /// Its shape.
    pub shape: Vec<Axis>,
}

/// Numbers of a constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Data<'a> {
    /// 32-bit floats.
    F32(Cow<'a, [f32]>),
    /// 32-bit integers.
    I32(Vec<i32>),
    /// 64-bit integers.
    I64(Vec<i64>),
}

/// A constant tensor: weights, or what a node needs to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant<'a> {
    /// Its name, unique in the graph.
    pub name: String,
    /// Its shape; none: a single number.
    pub shape: Vec<usize>,
    /// Its numbers, row-major.
    pub data: Data<'a>,
}

/// Something a node is told beside its inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// A number.
    Int(i64),
    /// A list of numbers.
    Ints(Vec<i64>),
    /// A word.
    Text(&'static str),
}

/// One operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its ONNX name: `Gemm`.
    pub op: &'static str,
    /// Names of what it takes; empty ones are left out.
    pub inputs: Vec<String>,
    /// Names of what it gives; empty ones are not wanted.
    pub outputs: Vec<String>,
    /// What it is told.
    pub attributes: Vec<(&'static str, Attribute)>,
}

/// A whole graph. Nodes stand in an order in which they can run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph<'a> {
    /// Its name: `decoder_step`.
    pub name: String,
    /// What it is for, to be read by people.
    pub description: String,
    /// Version of the operators.
    pub opset: i64,
    /// What it takes.
    pub inputs: Vec<Value>,
    /// What it gives.
    pub outputs: Vec<Value>,
    /// Intermediate results whose shapes are declared.
    pub values: Vec<Value>,
    /// Weights and other constants.
    pub constants: Vec<Constant<'a>>,
    /// Operators.
    pub nodes: Vec<Node>,
    /// Keys and values for machines.
    pub metadata: Vec<(String, String)>,
}

impl Graph<'_> {
    /// The bytes of the `.onnx` file; the same graph gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut graph = Message::new();
        for node in &self.nodes {
            graph = graph.message(1, &self.node(node));
        }
        graph = graph.text(2, &self.name);
        for constant in &self.constants {
            graph = graph.message(5, &constant.message());
        }
        graph = graph.text(10, &self.description);
        for (field, values) in [(11, &self.inputs), (12, &self.outputs), (13, &self.values)] {
            for value in values {
                graph = graph.message(field, &value.message());
            }
        }
        let mut model = Message::new()
            .number(1, IR_VERSION)
            .text(2, "mvae-tui")
            .text(3, env!("CARGO_PKG_VERSION"))
            .text(6, &self.description)
            .message(7, &graph)
            .message(8, &Message::new().text(1, "").number(2, self.opset));
        for (key, value) in &self.metadata {
            model = model.message(14, &Message::new().text(1, key).text(2, value));
        }
        model.into_bytes()
    }

    fn node(&self, node: &Node) -> Message {
        let mut message = Message::new();
        for input in &node.inputs {
            message = message.text(1, input);
        }
        for output in &node.outputs {
            message = message.text(2, output);
        }
        // Nodes are named after what they make, so that messages of other programs point somewhere.
        let name = node.outputs.iter().find(|output| !output.is_empty());
        message = message.text(3, name.map_or("", String::as_str)).text(4, node.op);
        for (name, attribute) in &node.attributes {
            let field = Message::new().text(1, name);
            let field = match attribute {
                Attribute::Int(n) => field.number(3, *n).number(20, 2),
                Attribute::Text(word) => field.text(4, word).number(20, 3),
                Attribute::Ints(all) => all.iter().fold(field, |m, n| m.number(8, *n)).number(20, 7),
            };
            message = message.message(5, &field);
        }
        message
    }
}

impl Value {
    fn message(&self) -> Message {
        let mut shape = Message::new();
        for axis in &self.shape {
            shape = shape.message(
                1,
                &match axis {
                    Axis::Fixed(n) => Message::new().number(1, *n as i64),
                    Axis::Named(name) => Message::new().text(2, name),
                },
            );
        }
        let tensor = Message::new().number(1, self.element.code()).message(2, &shape);
        Message::new().text(1, &self.name).message(2, &Message::new().message(1, &tensor))
    }
}

impl Constant<'_> {
    fn message(&self) -> Message {
        let message = self.shape.iter().fold(Message::new(), |m, n| m.number(1, *n as i64));
        let message = match &self.data {
            Data::F32(values) => message.number(2, Element::F32.code()).floats(9, values),
            Data::I32(values) => {
                let bytes: Vec<u8> = values.iter().flat_map(|n| n.to_le_bytes()).collect();
                message.number(2, Element::I32.code()).bytes(9, &bytes)
            }
            Data::I64(values) => {
                let bytes: Vec<u8> = values.iter().flat_map(|n| n.to_le_bytes()).collect();
                message.number(2, Element::I64.code()).bytes(9, &bytes)
            }
        };
        message.text(8, &self.name)
    }
}
