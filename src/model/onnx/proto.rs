//! Protocol-buffer messages, written field by field.

/// A message being written: fields in the order in which they are added.
#[derive(Debug, Default, Clone)]
pub struct Message(Vec<u8>);

impl Message {
    /// An empty message.
    pub fn new() -> Self {
        Self::default()
    }

    /// A number as a varint; negative ones take ten bytes, as the format has it for `int64`.
    #[must_use]
    pub fn number(mut self, field: u32, value: i64) -> Self {
        varint(u64::from(field) << 3, &mut self.0);
        varint(value as u64, &mut self.0);
        self
    }

    /// Bytes with their length before them.
    #[must_use]
    pub fn bytes(mut self, field: u32, bytes: &[u8]) -> Self {
        self.head(field, bytes.len());
        self.0.extend_from_slice(bytes);
        self
    }

    /// Text.
    #[must_use]
    pub fn text(self, field: u32, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    /// A message within this one.
    #[must_use]
    pub fn message(self, field: u32, message: &Self) -> Self {
        self.bytes(field, &message.0)
    }

    /// Little-endian floats with their length in bytes before them.
    #[must_use]
    pub fn floats(mut self, field: u32, values: &[f32]) -> Self {
        self.head(field, 4 * values.len());
        self.0.extend(values.iter().flat_map(|x| x.to_le_bytes()));
        self
    }

    /// Starts a field that holds `length` bytes.
    fn head(&mut self, field: u32, length: usize) {
        varint(u64::from(field) << 3 | 2, &mut self.0);
        varint(length as u64, &mut self.0);
        self.0.reserve(length);
    }

    /// The bytes of the message.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Appends a number in groups of seven bits, least first.
fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn the_examples_of_the_formats_description_come_out() {
        assert_eq!(Message::new().number(1, 150).into_bytes(), [0x08, 0x96, 0x01]);
        assert_eq!(Message::new().text(2, "testing").into_bytes()[..3], [0x12, 0x07, b't']);
        let inner = Message::new().number(1, 150);
        assert_eq!(Message::new().message(3, &inner).into_bytes(), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        assert_eq!(Message::new().number(1, -1).into_bytes().len(), 11);
        assert_eq!(Message::new().floats(9, &[1.0]).into_bytes(), [0x4a, 4, 0, 0, 0x80, 0x3f]);
    }
}
