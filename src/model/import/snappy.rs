//! Decompression of the raw Snappy format (a public description: github.com/google/snappy, format_description.txt).

use super::bytes::Bytes;

/// The longest block that is unpacked: index blocks of checkpoints have some kilobytes.
const LONGEST: usize = 64 << 20;

/// Unpacks one block.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, String> {
    let mut input = Bytes(packed);
    let length = input.length()?;
    if length > LONGEST {
        return Err(format!("a compressed block claims {length} bytes"));
    }
    let mut out: Vec<u8> = Vec::new();
    while !input.is_empty() {
        let tag = input.byte()?;
        let high = usize::from(tag >> 2);
        match tag & 3 {
            0 => {
                // Up to 60 the length stands in the tag, beyond in the next 1 to 4 bytes.
                let n = if high < 60 { high } else { number(input.take(high - 59)?) };
                let literal = n.checked_add(1).ok_or("a literal is beyond memory")?;
                out.extend_from_slice(input.take(literal)?);
            }
            1 => {
                let offset = (high >> 3) << 8 | usize::from(input.byte()?);
                copy(&mut out, offset, (high & 7) + 4)?;
            }
            kind => {
                let offset = number(input.take(if kind == 2 { 2 } else { 4 })?);
                copy(&mut out, offset, high + 1)?;
            }
        }
        if out.len() > length {
            break;
        }
    }
    if out.len() == length {
        Ok(out)
    } else {
        Err("a compressed block has not the length it claims".to_owned())
    }
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |n, byte| n << 8 | usize::from(*byte))
}

/// Repeats `length` bytes from `offset` back, which may overlap what is being written.
fn copy(out: &mut Vec<u8>, offset: usize, length: usize) -> Result<(), String> {
    let from =
        out.len().checked_sub(offset).filter(|_| offset > 0).ok_or("a copy reaches before the start")?;
    for i in from..from + length {
        out.push(out[i]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::unpack;

    #[test]
    fn literals_and_overlapping_copies_are_unpacked() {
        // "abc", then 7 bytes from 3 back (1-byte offset), then 5 bytes from 10 back (2-byte offset).
        let packed = [15, 2 << 2, b'a', b'b', b'c', 3 << 2 | 1, 3, 4 << 2 | 2, 10, 0];
        assert_eq!(unpack(&packed).unwrap(), b"abcabcabcaabcab");
    }

    #[test]
    fn a_long_literal_has_its_length_in_further_bytes() {
        let mut packed = vec![0xC8, 0x01, 60 << 2, 199];
        packed.extend([7; 200]);
        assert_eq!(unpack(&packed).unwrap(), [7; 200]);
    }

    #[test]
    fn hostile_blocks_are_refused() {
        for packed in [
            &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F][..], // claims 4 GiB
            &[4, 3 << 2 | 1, 1],                 // copies before the start
            &[9, 2 << 2, 1, 2, 3],               // shorter than it claims
            &[1, 2 << 2, 1, 2, 3],               // longer than it claims
            &[200, 1, 63 << 2, 255, 255, 255, 255],
            &[3, 2 << 2, 1],
        ] {
            assert!(unpack(packed).is_err(), "{packed:?}");
        }
    }
}
