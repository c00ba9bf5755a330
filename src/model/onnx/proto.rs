//! `Graph`: an ONNX graph that grows node by node, and the model file around it.
//!
//! Field numbers are those of `onnx.proto` (github.com/onnx/onnx). Every value is named by the node or initialiser that
//! makes it. The graph itself refuses nothing; the names are given out by one caller.

use super::wire::Message;

/// The operator set: the first with layer normalisation as one operator.
const OPSET: i64 = 17;
/// The file format that came with that operator set.
const IR_VERSION: i64 = 8;

/// Element types, by their numbers in `TensorProto.DataType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// f32
    Float = 1,
    /// u8
    Uint8 = 2,
    /// i8
    Int8 = 3,
    /// i64
    Int64 = 7,
    /// f16
    Float16 = 10,
}

/// An attribute of a node.
#[derive(Debug, Clone, Copy)]
pub enum Attribute<'a> {
    /// A float
    Float(&'a str, f32),
    /// An integer
    Int(&'a str, i64),
    /// Integers
    Ints(&'a str, &'a [i64]),
}

/// A dimension of an input or output.
#[derive(Debug, Clone, Copy)]
pub enum Dim<'a> {
    /// Known
    Size(usize),
    /// Known when the model runs
    Named(&'a str),
}

/// A graph so far.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: Vec<Message>,
    initialisers: Vec<Message>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
}

impl Graph {
    /// Adds a constant: `bytes` are its elements, little-endian, row by row.
    pub fn constant(&mut self, name: &str, element: Element, dims: &[usize], bytes: &[u8]) -> String {
        let dims: Vec<i64> = dims.iter().map(|d| size(*d)).collect();
        let tensor = Message::new().ints(1, &dims).int(2, element as i64).string(8, name).bytes(9, bytes);
        self.initialisers.push(tensor);
        name.to_string()
    }

    /// Adds a constant of f32.
    pub fn floats(&mut self, name: &str, dims: &[usize], values: &[f32]) -> String {
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.constant(name, Element::Float, dims, &bytes)
    }

    /// Adds a vector of i64, as shapes, axes and places are given.
    pub fn integers(&mut self, name: &str, values: &[i64]) -> String {
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.constant(name, Element::Int64, &[values.len()], &bytes)
    }

    /// Adds a node whose one output is `name`, and returns that.
    pub fn node(&mut self, op: &str, name: &str, inputs: &[&str], attributes: &[Attribute<'_>]) -> String {
        let mut node = Message::new();
        for input in inputs {
            node = node.string(1, input);
        }
        let attributes: Vec<Message> = attributes.iter().map(attribute).collect();
        self.nodes.push(node.string(2, name).string(3, name).string(4, op).messages(5, &attributes));
        name.to_string()
    }

    /// A node that turns `input` into f32.
    pub fn cast(&mut self, name: &str, input: &str) -> String {
        self.node("Cast", name, &[input], &[Attribute::Int("to", Element::Float as i64)])
    }

    /// Declares an input.
    pub fn input(&mut self, name: &str, element: Element, dims: &[Dim<'_>]) {
        self.inputs.push(value_info(name, element, dims));
    }

    /// Declares the value `name` an output.
    pub fn output(&mut self, name: &str, element: Element, dims: &[Dim<'_>]) {
        self.outputs.push(value_info(name, element, dims));
    }

    /// The model file; `doc` and `properties` are for people and programs that look into it.
    pub fn into_model(self, name: &str, doc: &str, properties: &[(&str, String)]) -> Vec<u8> {
        let graph = Message::new()
            .messages(1, &self.nodes)
            .string(2, name)
            .messages(5, &self.initialisers)
            .messages(11, &self.inputs)
            .messages(12, &self.outputs);
        let opset = Message::new().string(1, "").int(2, OPSET);
        let entries: Vec<Message> =
            properties.iter().map(|(key, value)| Message::new().string(1, key).string(2, value)).collect();
        Message::new()
            .int(1, IR_VERSION)
            .string(2, "nuansa")
            .string(3, env!("CARGO_PKG_VERSION"))
            .string(6, doc)
            .message(7, &graph)
            .message(8, &opset)
            .messages(14, &entries)
            .into_bytes()
    }
}

/// A size as ONNX writes it. No tensor that fits into memory is past the type.
pub fn size(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// `AttributeProto`: name, value, and the number of the value's type.
fn attribute(attribute: &Attribute<'_>) -> Message {
    match attribute {
        Attribute::Float(name, value) => Message::new().string(1, name).float(2, *value).int(20, 1),
        Attribute::Int(name, value) => Message::new().string(1, name).int(3, *value).int(20, 2),
        Attribute::Ints(name, values) => Message::new().string(1, name).ints(8, values).int(20, 7),
    }
}

fn value_info(name: &str, element: Element, dims: &[Dim<'_>]) -> Message {
    let dims: Vec<Message> = dims
        .iter()
        .map(|dim| match dim {
            Dim::Size(n) => Message::new().int(1, size(*n)),
            Dim::Named(name) => Message::new().string(2, name),
        })
        .collect();
    let tensor = Message::new().int(1, element as i64).message(2, &Message::new().messages(1, &dims));
    Message::new().string(1, name).message(2, &Message::new().message(1, &tensor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_of_one_node_is_the_file_that_the_onnx_package_writes() {
        let mut graph = Graph::default();
        graph.input("x", Element::Float, &[Dim::Named("n"), Dim::Size(2)]);
        graph.floats("half", &[], &[0.5]);
        graph.node("Mul", "y", &["x", "half"], &[]);
        graph.output("y", Element::Float, &[Dim::Named("n"), Dim::Size(2)]);
        let got = graph.into_model("g", "d", &[("k", "v".into())]);
        // Made with onnx.helper of onnx 1.23.2 and `SerializeToString(deterministic=True)`
        let version = env!("CARGO_PKG_VERSION").as_bytes();
        let want = [
            &b"\x08\x08\x12\x06nuansa\x1a"[..],
            &[version.len() as u8],
            version,
            b"2\x01d:U\n\x14\n\x01x\n\x04half\x12\x01y\x1a\x01y\"\x03Mul\x12\x01g*\x0e\x10\x01B\x04halfJ\x04\0\0\0?",
            b"Z\x14\n\x01x\x12\x0f\n\r\x08\x01\x12\t\n\x03\x12\x01n\n\x02\x08\x02",
            b"b\x14\n\x01y\x12\x0f\n\r\x08\x01\x12\t\n\x03\x12\x01n\n\x02\x08\x02",
            b"B\x04\n\0\x10\x11r\x06\n\x01k\x12\x01v",
        ]
        .concat();
        assert_eq!(got, want);
    }

    #[test]
    fn attributes_carry_the_number_of_their_type() {
        assert_eq!(attribute(&Attribute::Int("to", 1)).into_bytes(), b"\n\x02to\x18\x01\xa0\x01\x02");
        assert_eq!(attribute(&Attribute::Float("f", 1.0)).into_bytes(), b"\n\x01f\x15\0\0\x80?\xa0\x01\x01");
        assert_eq!(attribute(&Attribute::Ints("p", &[0, 2])).into_bytes(), b"\n\x01p@\0@\x02\xa0\x01\x07");
    }
}
