//! Numbers that people do not read, as text on one line: exact, and the same for the same numbers.

use crate::codec::Tokens;

/// `values` as eight hexadecimal digits each.
pub fn floats(values: &[f32]) -> String {
    values.iter().map(|value| format!("{:08x}", value.to_bits())).collect()
}

/// Reads what [`floats`] writes.
pub fn read_floats(text: &str) -> Option<Vec<f32>> {
    words(text, 8).map(|words| words.into_iter().map(|bits| f32::from_bits(bits as u32)).collect())
}

/// `text` in groups of `digits` hexadecimal digits.
fn words(text: &str, digits: usize) -> Option<Vec<u64>> {
    if !text.is_ascii() || !text.len().is_multiple_of(digits) {
        return None;
    }
    (0..text.len() / digits)
        .map(|at| u64::from_str_radix(&text[at * digits..(at + 1) * digits], 16).ok())
        .collect()
}

fn bytes(values: &[u8]) -> String {
    values.iter().map(|value| format!("{value:02x}")).collect()
}

fn masks(values: &[u16]) -> String {
    values.iter().map(|value| format!("{value:03x}")).collect()
}

/// Kind and digits of tokens.
pub fn tokens(tokens: &Tokens) -> (&'static str, String) {
    match tokens {
        Tokens::Melody(events) => ("melody", bytes(events)),
        Tokens::Drums(hits) => ("drums", masks(hits)),
        Tokens::FullDrums(hits) => ("full-drums", hits.iter().map(|hit| format!("{hit:016x}")).collect()),
        Tokens::Trio { lead, bass, drums } => {
            ("trio", format!("{} {} {}", bytes(lead), bytes(bass), masks(drums)))
        }
        Tokens::Groove(steps) => ("groove", steps.iter().map(|step| floats(step)).collect()),
    }
}

/// Reads what [`tokens`] writes.
pub fn read_tokens(kind: &str, text: &str) -> Option<Tokens> {
    let bytes = |text: &str| -> Option<Vec<u8>> {
        Some(words(text, 2)?.into_iter().map(|word| word as u8).collect())
    };
    let masks = |text: &str| -> Option<Vec<u16>> {
        Some(words(text, 3)?.into_iter().map(|word| word as u16).collect())
    };
    Some(match kind {
        "melody" => Tokens::Melody(bytes(text)?),
        "drums" => Tokens::Drums(masks(text)?),
        "full-drums" => Tokens::FullDrums(words(text, 16)?),
        "trio" => {
            let mut parts = text.split(' ');
            let tokens = Tokens::Trio {
                lead: bytes(parts.next()?)?,
                bass: bytes(parts.next()?)?,
                drums: masks(parts.next()?)?,
            };
            if parts.next().is_some() {
                return None;
            }
            tokens
        }
        "groove" => {
            let values = read_floats(text)?;
            let (steps, rest) = values.as_chunks::<27>();
            if !rest.is_empty() {
                return None;
            }
            Tokens::Groove(steps.to_vec())
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{floats, read_floats, read_tokens, tokens};
    use crate::codec::Tokens;

    #[test]
    fn everything_comes_back_exactly() {
        let values = [0.0, -0.0, 1.5, f32::MIN_POSITIVE, -3.25e-9];
        let again = read_floats(&floats(&values)).unwrap();
        assert_eq!(again.iter().map(|v| v.to_bits()).collect::<Vec<_>>(), values.map(f32::to_bits));
        for one in [
            Tokens::Melody(vec![0, 1, 89]),
            Tokens::Drums(vec![0, 511]),
            Tokens::FullDrums(vec![u64::MAX, 0]),
            Tokens::Trio { lead: vec![2], bass: vec![3], drums: vec![4] },
            Tokens::Groove(vec![[0.25; 27]; 2]),
        ] {
            let (kind, text) = tokens(&one);
            assert_eq!(read_tokens(kind, &text), Some(one));
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for (kind, text) in
            [("melody", "0"), ("drums", "xyz"), ("trio", "00 00"), ("groove", "00000000"), ("x", "")]
        {
            assert_eq!(read_tokens(kind, text), None, "{kind} {text}");
        }
        assert_eq!(read_floats("é"), None);
    }
}
