//! The nine drum classes as a player meets them: names and keys.

use crate::codec::{DrumMap, drum_map};

/// Number of classes.
pub const CLASSES: u8 = drum_map::CLASSES as u8;
/// All classes as a mask (bit = class).
pub const ALL: u16 = (1 << CLASSES) - 1;

/// Names in class order, short enough for a lane.
const NAMES: [&str; CLASSES as usize] =
    ["kick", "snare", "closed hat", "open hat", "low tom", "mid tom", "high tom", "crash", "ride"];

/// Two letters a class, as drum machines print them.
const SHORT: [&str; CLASSES as usize] = ["BD", "SD", "CH", "OH", "LT", "MT", "HT", "CY", "RD"];

/// The name of `class`, 0 to 8.
pub fn name(class: u8) -> Option<&'static str> {
    NAMES.get(usize::from(class)).copied()
}

/// The two letters of `class`, 0 to 8; blank beyond.
pub fn short(class: u8) -> &'static str {
    SHORT.get(usize::from(class)).copied().unwrap_or("  ")
}

/// The class a MIDI key of the drum channel belongs to (spec section 12); `None` for keys outside the table.
pub fn class_of(key: u8) -> Option<u8> {
    DrumMap::GeneralMidi.class(key)
}

/// The MIDI key that `class`, 0 to 8, is written with.
pub fn key_of(class: u8) -> Option<u8> {
    DrumMap::GeneralMidi.key(class)
}

/// The MIDI keys of the classes in `muted` (bit = class) as a mask (bit = key).
pub fn keys(muted: u16) -> u128 {
    (0..CLASSES)
        .filter(|class| muted >> class & 1 == 1)
        .flat_map(|class| DrumMap::GeneralMidi.keys(class))
        .fold(0, |mask, key| mask | 1 << key)
}

#[cfg(test)]
mod tests {
    use super::{ALL, CLASSES, class_of, keys, name};

    #[test]
    fn the_keys_of_all_classes_are_the_63_of_the_table() {
        assert_eq!(keys(ALL).count_ones(), 63);
        assert_eq!(keys(0), 0);
        assert_eq!(keys(1), 1 << 35 | 1 << 36);
    }

    #[test]
    fn the_first_key_of_each_class_comes_back_as_its_class() {
        for (class, key) in [36, 38, 42, 46, 45, 48, 50, 49, 51].into_iter().enumerate() {
            assert_eq!(class_of(key), Some(class as u8));
        }
        assert!(name(CLASSES).is_none());
    }
}
