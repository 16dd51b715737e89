//! The few protocol-buffer messages of a checkpoint: what a tensor is and where it lies.

use super::bytes::Bytes;

/// A field's value.
enum Value<'a> {
    Number(u64),
    Message(&'a [u8]),
}

/// Every field of a message: its number and value.
fn fields(message: &[u8]) -> Result<Vec<(u64, Value<'_>)>, String> {
    let mut bytes = Bytes(message);
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let tag = bytes.varint()?;
        let value = match tag & 7 {
            0 => Value::Number(bytes.varint()?),
            1 => Value::Number(bytes.u64()?),
            2 => {
                let length = bytes.length()?;
                Value::Message(bytes.take(length)?)
            }
            5 => Value::Number(u64::from(bytes.u32()?)),
            other => return Err(format!("a record has a field of unknown kind {other}")),
        };
        all.push((tag >> 3, value));
    }
    Ok(all)
}

/// What stands under the empty key: how many data files there are.
pub struct Header {
    /// Data files.
    pub shards: u64,
}

impl Header {
    /// Reads the record; big-endian checkpoints are refused.
    pub fn parse(message: &[u8]) -> Result<Self, String> {
        let mut header = Self { shards: 0 };
        for field in fields(message)? {
            match field {
                (1, Value::Number(n)) => header.shards = n,
                (2, Value::Number(n)) if n != 0 => return Err("it is big-endian".to_owned()),
                _ => {}
            }
        }
        if header.shards == 0 || header.shards > 99_999 {
            return Err(format!("it claims {} data files", header.shards));
        }
        Ok(header)
    }
}

/// Where a tensor lies.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// TensorFlow's number for its type.
    pub dtype: u64,
    /// Lengths of its axes.
    pub shape: Vec<usize>,
    /// Number of the data file.
    pub shard: u64,
    /// First byte in it.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
    /// Masked CRC-32C of the bytes.
    pub crc: u32,
}

impl Entry {
    /// Reads the record; tensors stored in slices are refused.
    pub fn parse(message: &[u8]) -> Result<Self, String> {
        let mut entry = Self::default();
        for field in fields(message)? {
            match field {
                (1, Value::Number(n)) => entry.dtype = n,
                (2, Value::Message(shape)) => entry.shape = axes(shape)?,
                (3, Value::Number(n)) => entry.shard = n,
                (4, Value::Number(n)) => entry.offset = n,
                (5, Value::Number(n)) => entry.size = n,
                (6, Value::Number(n)) => entry.crc = n as u32,
                (7, _) => return Err("it is stored in slices".to_owned()),
                _ => {}
            }
        }
        Ok(entry)
    }
}

/// The axes of a shape message.
fn axes(message: &[u8]) -> Result<Vec<usize>, String> {
    let mut shape = Vec::new();
    for field in fields(message)? {
        let (2, Value::Message(axis)) = field else { continue };
        let mut length = 0;
        for field in fields(axis)? {
            if let (1, Value::Number(n)) = field {
                length = usize::try_from(n).map_err(|_| "an axis is beyond memory".to_owned())?;
            }
        }
        shape.push(length);
    }
    Ok(shape)
}
