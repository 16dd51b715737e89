//! Numbers as players write them: 2 and 2.0 are one.

use rhai::{Dynamic, FLOAT, INT, Map};

use crate::script::error::{Outcome, fail};

/// A number, whole or not.
///
/// # Errors
/// Something else, or no finite number; `what` names it.
pub fn number(value: &Dynamic, what: &str) -> Outcome<f64> {
    let number = value.as_float().or_else(|_| value.as_int().map(|whole| whole as FLOAT));
    match number {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(number) => fail(format!("{what} is {number}: it takes a number")),
        Err(kind) => fail(format!("{what} is a {kind}: it takes a number")),
    }
}

/// A number brought into a range.
///
/// # Errors
/// As [`number`].
pub fn within(value: &Dynamic, what: &str, least: f64, most: f64) -> Outcome<f64> {
    let number = number(value, what)?;
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    fail(format!("{what} is {number}: it goes from {least} to {most}"))
}

/// A probability, 0 to 1, in percent.
///
/// # Errors
/// As [`number`].
pub fn percent(value: &Dynamic) -> Outcome<u8> {
    Ok((within(value, "a probability", 0.0, 1.0)? * 100.0).round() as u8)
}

/// A whole number of a range.
///
/// # Errors
/// As [`number`].
pub fn whole(value: INT, what: &str, least: INT, most: INT) -> Outcome<INT> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    fail(format!("{what} is {value}: it goes from {least} to {most}"))
}

/// The number that a map has under `key`, or `usual`.
///
/// # Errors
/// As [`number`].
pub fn option(map: &Map, key: &str, usual: f64) -> Outcome<f64> {
    map.get(key).map_or(Ok(usual), |value| number(value, key))
}

/// An error where a map has a key that means nothing.
///
/// # Errors
/// Names the key and those that there are.
pub fn only(map: &Map, keys: &[&str]) -> Outcome<()> {
    match map.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => fail(format!("\"{key}\" means nothing here; there are {}", keys.join(", "))),
        None => Ok(()),
    }
}

/// A number as people read it: four digits behind the point, and no zeros at its end.
pub fn shown(number: FLOAT) -> String {
    let size = number.abs();
    if !number.is_finite() || size >= 1e15 || (size < 5e-4 && size > 0.0) {
        return format!("{number:.4e}");
    }
    let text = format!("{number:.4}");
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

/// A MIDI key: a number, or a name such as `c4`, `f#3`, `eb5`.
///
/// # Errors
/// Neither.
pub fn key(value: &Dynamic) -> Outcome<u8> {
    if let Ok(text) = value.clone().into_immutable_string() {
        return named(&text).map_or_else(|| fail(format!("\"{text}\" is no note; c4, f#3, eb5 are")), Ok);
    }
    Ok(within(value, "a note", 0.0, 127.0)?.round() as u8)
}

/// The MIDI key of a name, C4 being 60.
pub fn named(name: &str) -> Option<u8> {
    let mut letters = name.chars();
    let tone = match letters.next()?.to_ascii_lowercase() {
        'c' => 0,
        'd' => 2,
        'e' => 4,
        'f' => 5,
        'g' => 7,
        'a' => 9,
        'b' => 11,
        _ => return None,
    };
    let rest = letters.as_str();
    let (shift, octave) = match rest.chars().next()? {
        '#' => (1, &rest[1..]),
        'b' => (-1, &rest[1..]),
        _ => (0, rest),
    };
    let octave: i32 = octave.parse().ok()?;
    u8::try_from((octave + 1) * 12 + tone + shift).ok().filter(|key| *key < 128)
}

#[cfg(test)]
mod tests {
    use super::{named, shown};

    #[test]
    fn numbers_are_short() {
        let all = [0.0, 1.0, -2.5, 0.16109127, 7.0906894, 120.0, 1e-7, -0.00012].map(shown);
        assert_eq!(all, ["0.0", "1.0", "-2.5", "0.1611", "7.0907", "120.0", "1.0000e-7", "-1.2000e-4"]);
    }

    #[test]
    fn notes_have_names() {
        let keys = ["c4", "a0", "f#3", "Eb5", "b-1", "c9"].map(named);
        assert_eq!(keys, [Some(60), Some(21), Some(54), Some(75), Some(11), Some(120)]);
        assert!(["h4", "c", "c#", "c44", "4"].map(named).iter().all(Option::is_none));
    }
}
