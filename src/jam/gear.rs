//! How a track is played on gear outside: channel, bank, program, and which keys of a kit its drums strike.

use super::kit;

/// How a track is told to gear outside. What is `None` is the track's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gear {
    /// MIDI channel, 0..=15.
    pub channel: Option<u8>,
    /// Bank, 0..=16383, sent before the program: controllers 0 (the upper seven bits) and 32.
    pub bank: Option<u16>,
    /// Program, 0..=127, instead of the one that the built-in sounds play with.
    pub program: Option<u8>,
    /// The keys that its drums strike, in the order of the classes; General MIDI's where there are none.
    pub keys: Option<Keys>,
}

/// A key for each of the nine drum classes.
pub type Keys = [u8; kit::CLASSES as usize];

/// A kit that numbers its drums otherwise than General MIDI does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kit {
    /// Its name, as chosen and shown.
    pub name: String,
    /// Its keys.
    pub keys: Keys,
}

/// Highest bank.
pub const HIGHEST_BANK: u16 = 128 * 128 - 1;
/// The name of the kit that is none: keys as they are.
pub const GENERAL_MIDI: &str = "gm";

/// Kits that everybody has: pads that count up from C1 (samplers, drum racks), two drum machines.
const COMMON: [(&str, Keys); 3] = [
    ("pads", [36, 37, 38, 39, 40, 41, 42, 43, 44]),
    ("tr-8", [36, 38, 42, 46, 43, 47, 50, 49, 51]),
    // It has two toms and no ride: the middle one and the ride go to what is nearest.
    ("volca-beats", [36, 38, 42, 46, 43, 50, 50, 49, 49]),
];

/// The kits there are where nobody has added one.
pub fn common() -> Vec<Kit> {
    COMMON.iter().map(|(name, keys)| Kit { name: (*name).to_owned(), keys: *keys }).collect()
}

/// The key of `class` where no kit says otherwise.
pub fn general_midi() -> Keys {
    std::array::from_fn(|class| kit::key_of(class as u8).unwrap_or(0))
}

/// One change of a track's gear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The channel, 1 to 16; 0 is the track's own.
    Channel(u8),
    /// So many channels on, around the ends; the track's own lies between 16 and 1.
    NudgeChannel(i8),
    /// The bank; `None` sends none.
    Bank(Option<u16>),
    /// So many banks on, around the ends; none at all lies between the last and the first.
    NudgeBank(i16),
    /// The program, 1 to 128; 0 is that of the built-in sounds.
    Program(u8),
    /// So many programs on, around the ends; the track's own lies between 128 and 1.
    NudgeProgram(i8),
    /// The kit of this name, or of which this is a part.
    Kit(String),
    /// The next kit.
    NextKit(i8),
    /// The key that a drum class strikes.
    Key {
        /// 0 (kick) to 8 (ride).
        class: u8,
        /// 0..=127.
        key: u8,
    },
}

impl Gear {
    /// The bank as gear counts it: upper and lower seven bits.
    pub fn bank_bytes(&self) -> Option<[u8; 2]> {
        self.bank.map(|bank| [(bank >> 7 & 127) as u8, (bank & 127) as u8])
    }

    /// The name of its kit among `kits`: `gm`, a name, or `own` for keys that were chosen one by one.
    pub fn kit<'a>(&self, kits: &'a [Kit]) -> &'a str {
        match self.keys {
            None => GENERAL_MIDI,
            Some(keys) => kits.iter().find(|kit| kit.keys == keys).map_or("own", |kit| &kit.name),
        }
    }

    /// Our key and the kit's for every key of the nine classes; nothing where keys stay as they are.
    pub fn drum_map(&self) -> Vec<[u8; 2]> {
        let Some(keys) = self.keys else { return Vec::new() };
        (0..128).filter_map(|key| Some([key, keys[usize::from(kit::class_of(key)?)]])).collect()
    }
}

/// Reads a bank as people write it: `3 12` or `3/12` (upper and lower byte), or `396`. `None` for what is none.
pub fn parse_bank(text: &str) -> Option<u16> {
    let mut parts = text.split(['/', ' ', ':']).filter(|part| !part.is_empty());
    let first: u16 = parts.next()?.parse().ok()?;
    let bank = match parts.next() {
        None => first,
        Some(low) => {
            let low: u16 = low.parse().ok().filter(|low| *low < 128)?;
            if first > 127 {
                return None;
            }
            first << 7 | low
        }
    };
    (parts.next().is_none() && bank <= HIGHEST_BANK).then_some(bank)
}

/// Reads a drum and its key: `kick 48`, `closed hat 42`. `None` for what is none.
pub fn parse_key(text: &str) -> Option<(u8, u8)> {
    let (drum, key) = text.trim().rsplit_once(' ')?;
    let key: u8 = key.parse().ok().filter(|key| *key < 128)?;
    let drum = drum.trim().replace('-', " ").to_lowercase();
    let called = |class: &u8| kit::name(*class).is_some_and(|name| name.starts_with(&drum));
    let class = (0..kit::CLASSES).find(called).filter(|_| !drum.is_empty())?;
    Some((class, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_is_read_as_people_write_it() {
        for (text, bank) in [("3 12", Some(396)), ("3/12", Some(396)), ("396", Some(396)), ("0", Some(0))] {
            assert_eq!(parse_bank(text), bank, "{text}");
        }
        for text in ["", "x", "128/0", "0/128", "1 2 3", "16384", "-1"] {
            assert_eq!(parse_bank(text), None, "{text}");
        }
        assert_eq!(Gear { bank: Some(396), ..Gear::default() }.bank_bytes(), Some([3, 12]));
    }

    #[test]
    fn a_drum_and_its_key_are_read_and_nonsense_is_none() {
        assert_eq!(parse_key("kick 48"), Some((0, 48)));
        assert_eq!(parse_key("closed-hat 60"), Some((2, 60)));
        assert_eq!(parse_key("open 61"), Some((3, 61)));
        for text in ["kick", "kick 128", "cowbell 3", " 3", "kick x"] {
            assert_eq!(parse_key(text), None, "{text}");
        }
    }

    #[test]
    fn a_kit_has_a_key_for_every_key_that_is_a_drum_and_touches_no_other() {
        let kits = common();
        let gear = Gear { keys: Some(kits[0].keys), ..Gear::default() };
        let map = gear.drum_map();
        assert_eq!(map.len(), 63);
        assert!(map.contains(&[35, 36]) && map.contains(&[36, 36]) && map.contains(&[51, 44]));
        assert_eq!((gear.kit(&kits), Gear::default().kit(&kits)), ("pads", GENERAL_MIDI));
        let own = Gear { keys: Some([1; 9]), ..Gear::default() };
        assert_eq!(own.kit(&kits), "own");
        assert!(Gear::default().drum_map().is_empty());
        assert_eq!(general_midi(), [36, 38, 42, 46, 45, 48, 50, 49, 51]);
    }
}
