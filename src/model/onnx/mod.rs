//! ONNX files: a graph in memory and its bytes, written without any protocol-buffer library.
//!
//! Only what this program's graphs need: float, 32-bit and 64-bit integer tensors, attributes that are integers,
//! lists of them or text. The format is that of onnx.ai (`onnx.proto3`).

mod graph;
mod proto;

pub use graph::{Attribute, Axis, Constant, Data, Element, Graph, Node, Value};
