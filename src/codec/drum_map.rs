//! Which drum of which key: the tables of spec sections 12 and 14.

/// Number of classes of the reduced kit.
pub const CLASSES: usize = 9;
/// Number of classes of the full kit.
pub const FULL_CLASSES: usize = 61;

/// Names of the nine classes.
pub const CLASS_NAMES: [&str; CLASSES] =
    ["kick", "snare", "closed hi-hat", "open hi-hat", "low tom", "mid tom", "high tom", "crash", "ride"];

/// A table of drum keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DrumMap {
    /// The General MIDI table of the reference (spec section 12): for files of any origin.
    #[default]
    GeneralMidi,
    /// Keys of a Roland TD kit (spec section 14): for the recordings of the Groove data set.
    Roland,
}

const GENERAL_MIDI: [&[u8]; CLASSES] = [
    &[36, 35],
    &[38, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85],
    &[42, 44, 54, 68, 69, 70, 71, 73, 78, 80, 22],
    &[46, 67, 72, 74, 79, 81, 26],
    &[45, 29, 41, 43, 61, 64, 84],
    &[48, 47, 60, 63, 77, 86, 87],
    &[50, 30, 62, 76, 83],
    &[49, 52, 55, 57, 58],
    &[51, 53, 59, 82],
];

const ROLAND: [&[u8]; CLASSES] = [
    &[36],
    &[38, 37, 40],
    &[42, 22, 44],
    &[46, 26],
    &[43, 58],
    &[47, 45],
    &[50, 48],
    &[49, 52, 55, 57],
    &[51, 53, 59],
];

/// The full kit, class by class. Its order goes back to an older table of the nine.
const FULL: [u8; FULL_CLASSES] = [
    36, 35, 38, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85, 42, 44, 54, 68, 69, 70, 71, 73, 78,
    80, 46, 67, 72, 74, 79, 81, 45, 29, 41, 61, 64, 84, 48, 47, 60, 63, 77, 86, 87, 50, 30, 43, 62, 76, 83,
    49, 55, 57, 58, 51, 52, 53, 59, 82,
];

const NONE: u8 = u8::MAX;

/// Key to class; [`NONE`] where the table has no such key.
type Lookup = [u8; 128];

const fn invert(table: [&[u8]; CLASSES]) -> Lookup {
    let mut lookup = [NONE; 128];
    let mut class = 0;
    while class < CLASSES {
        let mut i = 0;
        while i < table[class].len() {
            lookup[table[class][i] as usize] = class as u8;
            i += 1;
        }
        class += 1;
    }
    lookup
}

const fn invert_full() -> Lookup {
    let mut lookup = [NONE; 128];
    let mut class = 0;
    while class < FULL_CLASSES {
        lookup[FULL[class] as usize] = class as u8;
        class += 1;
    }
    lookup
}

static GENERAL_MIDI_CLASS: Lookup = invert(GENERAL_MIDI);
static ROLAND_CLASS: Lookup = invert(ROLAND);
static FULL_CLASS: Lookup = invert_full();

impl DrumMap {
    /// The class, 0..9, of a MIDI key.
    pub fn class(self, key: u8) -> Option<u8> {
        let lookup = match self {
            Self::GeneralMidi => &GENERAL_MIDI_CLASS,
            Self::Roland => &ROLAND_CLASS,
        };
        lookup.get(usize::from(key)).copied().filter(|&c| c != NONE)
    }

    /// The class, 0..61, of a MIDI key in the full kit.
    ///
    /// With the Roland map the hi-hat edge keys 22 and 26 count as 42 and 46, for the full kit lacks them.
    pub fn full_class(self, key: u8) -> Option<u8> {
        let key = match (self, key) {
            (Self::Roland, 22) => 42,
            (Self::Roland, 26) => 46,
            _ => key,
        };
        FULL_CLASS.get(usize::from(key)).copied().filter(|&c| c != NONE)
    }

    /// All keys of a class of the nine; the first is the one written. Empty from class 9 on.
    pub fn keys(self, class: u8) -> &'static [u8] {
        let table = match self {
            Self::GeneralMidi => &GENERAL_MIDI,
            Self::Roland => &ROLAND,
        };
        table.get(usize::from(class)).copied().unwrap_or_default()
    }

    /// The key that stands for a class of the nine.
    pub fn key(self, class: u8) -> Option<u8> {
        self.keys(class).first().copied()
    }

    /// The key of a class of the full kit.
    pub fn full_key(class: u8) -> Option<u8> {
        FULL.get(usize::from(class)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_table_leads_back_to_its_class() {
        for map in [DrumMap::GeneralMidi, DrumMap::Roland] {
            for class in 0..CLASSES as u8 {
                assert!(map.keys(class).iter().all(|&k| map.class(k) == Some(class)));
            }
        }
        for class in 0..FULL_CLASSES as u8 {
            assert_eq!(
                DrumMap::full_key(class).and_then(|k| DrumMap::GeneralMidi.full_class(k)),
                Some(class)
            );
        }
    }

    #[test]
    fn the_roland_map_hears_a_floor_tom_where_general_midi_hears_a_crash() {
        assert_eq!((DrumMap::Roland.class(58), DrumMap::GeneralMidi.class(58)), (Some(4), Some(7)));
        assert_eq!(DrumMap::Roland.full_class(22), DrumMap::Roland.full_class(42));
        assert_eq!(DrumMap::GeneralMidi.full_class(22), None);
    }
}
