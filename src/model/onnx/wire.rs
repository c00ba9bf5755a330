//! `Message`: the bytes of a protocol buffers message, written field by field.
//!
//! Of the encoding (protobuf.dev/programming-guides/encoding) what ONNX files need: a field is a tag, number · 8 + wire
//! type, and a value; repeated fields are written once a value. Readers accept fields in any order; ours are written in
//! the order of the calls, so that the same calls give the same bytes.

/// Wire types.
const VARINT: u64 = 0;
const BYTES: u64 = 2;
const FIXED32: u64 = 5;

/// A message so far.
#[derive(Debug, Clone, Default)]
pub struct Message(Vec<u8>);

impl Message {
    /// An empty message.
    pub fn new() -> Self {
        Self::default()
    }

    /// An integer of any signed type or an enumeration: int64 takes the bits of two's complement.
    #[must_use]
    pub fn int(mut self, field: u64, value: i64) -> Self {
        self.varint(field * 8 + VARINT);
        self.varint(value.cast_unsigned());
        self
    }

    /// A float.
    #[must_use]
    pub fn float(mut self, field: u64, value: f32) -> Self {
        self.varint(field * 8 + FIXED32);
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Bytes.
    #[must_use]
    pub fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        self.varint(field * 8 + BYTES);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// A string.
    #[must_use]
    pub fn string(self, field: u64, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    /// A message within this one.
    #[must_use]
    pub fn message(self, field: u64, value: &Self) -> Self {
        self.bytes(field, &value.0)
    }

    /// A repeated field of messages.
    #[must_use]
    pub fn messages(self, field: u64, values: &[Self]) -> Self {
        values.iter().fold(self, |message, value| message.message(field, value))
    }

    /// A repeated field of integers.
    #[must_use]
    pub fn ints(self, field: u64, values: &[i64]) -> Self {
        values.iter().fold(self, |message, value| message.int(field, *value))
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Seven bits a byte, the lowest first; the top bit says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_encodings_description_come_out_byte_for_byte() {
        // Test1 { a: 150 }, Test2 { b: "testing" }, Test3 { c: Test1 }, as the page of protocol buffers prints them
        let test1 = Message::new().int(1, 150);
        assert_eq!(test1.clone().into_bytes(), [0x08, 0x96, 0x01]);
        let test2 = Message::new().string(2, "testing").into_bytes();
        assert_eq!(test2, [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
        assert_eq!(Message::new().message(3, &test1).into_bytes(), [0x1a, 0x03, 0x08, 0x96, 0x01]);
    }

    #[test]
    fn negative_numbers_take_ten_bytes_and_floats_four() {
        let minus_two = Message::new().int(1, -2).into_bytes();
        assert_eq!(minus_two, [0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
        assert_eq!(Message::new().float(2, 1.0).into_bytes(), [0x15, 0, 0, 0x80, 0x3f]);
    }

    #[test]
    fn fields_past_fifteen_have_tags_of_two_bytes_and_repeated_ones_a_tag_each() {
        assert_eq!(Message::new().int(20, 7).into_bytes(), [0xa0, 0x01, 0x07]);
        assert_eq!(Message::new().ints(8, &[0, 2, 1]).into_bytes(), [0x40, 0, 0x40, 2, 0x40, 1]);
        let empty = Message::new();
        assert_eq!(Message::new().messages(1, &[empty.clone(), empty]).into_bytes(), [0x0a, 0, 0x0a, 0]);
    }
}
