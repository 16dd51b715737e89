//! The sorted table that a checkpoint's `.index` file is: LevelDB's format, keys in order, prefixes shared.

use super::{bytes::Bytes, crc, snappy};

/// Last eight bytes of every table.
const MAGIC: u64 = 0xDB47_7524_8B80_FB57;
/// Two block handles, padded, and the magic number.
const FOOTER: usize = 48;
/// Type byte and CRC after each block.
const TRAILER: usize = 5;
/// More entries than any checkpoint of these models has.
const MOST_ENTRIES: usize = 100_000;

/// Keys and values, in order.
type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// Every entry of a table: key and value.
pub fn entries(file: &[u8]) -> Result<Pairs, String> {
    let footer = file.len().checked_sub(FOOTER).ok_or("it is too short for an index")?;
    let mut footer = Bytes(&file[footer..]);
    let magic = Bytes(&footer.0[FOOTER - 8..]).u64()?;
    if magic != MAGIC {
        return Err("it does not end as a TensorFlow index does".to_owned());
    }
    // The metaindex holds nothing that is needed here.
    handle(&mut footer)?;
    let index = block(file, handle(&mut footer)?)?;
    let mut all = Vec::new();
    for (_, value) in pairs(&index)? {
        all.extend(pairs(&block(file, handle(&mut Bytes(&value))?)?)?);
        if all.len() > MOST_ENTRIES {
            return Err(format!("it holds more than {MOST_ENTRIES} entries"));
        }
    }
    Ok(all)
}

/// Offset and size of a block.
fn handle(bytes: &mut Bytes<'_>) -> Result<(usize, usize), String> {
    Ok((bytes.length()?, bytes.length()?))
}

/// The block at `offset`, its CRC checked, unpacked.
fn block(file: &[u8], (offset, size): (usize, usize)) -> Result<Vec<u8>, String> {
    let end = offset.checked_add(size).and_then(|end| end.checked_add(TRAILER));
    let whole =
        end.and_then(|end| file.get(offset..end)).ok_or("a block reaches beyond the end of the index")?;
    let (data, mut trailer) = (&whole[..size], Bytes(&whole[size..]));
    let kind = trailer.byte()?;
    if trailer.u32()? != crc::masked(&[&whole[..=size]]) {
        return Err("a block of the index fails its checksum".to_owned());
    }
    match kind {
        0 => Ok(data.to_vec()),
        1 => snappy::unpack(data),
        other => Err(format!("a block of the index is compressed in an unknown way ({other})")),
    }
}

/// The entries of an unpacked block: each key shares its first bytes with the one before.
fn pairs(block: &[u8]) -> Result<Pairs, String> {
    let broken = || "a block of the index is cut short".to_owned();
    let (body, count) = block.split_at_checked(block.len().wrapping_sub(4)).ok_or_else(broken)?;
    let restarts = Bytes(count).u32()? as usize;
    let end = restarts.checked_mul(4).and_then(|n| body.len().checked_sub(n)).ok_or_else(broken)?;
    let mut bytes = Bytes(&body[..end]);
    let mut key: Vec<u8> = Vec::new();
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (shared, own, value) = (bytes.length()?, bytes.length()?, bytes.length()?);
        if shared > key.len() {
            return Err("a key of the index shares more than there is".to_owned());
        }
        key.truncate(shared);
        key.extend_from_slice(bytes.take(own)?);
        all.push((key.clone(), bytes.take(value)?.to_vec()));
        if all.len() > MOST_ENTRIES {
            return Err(format!("it holds more than {MOST_ENTRIES} entries"));
        }
    }
    Ok(all)
}
