//! Names, order and colours of drum lanes: shorter names than General MIDI's, and in the order of a kit.

/// Drum lanes from the top of a picture to its bottom: General MIDI key, name, colour group
/// (0 kick, 1 snare, 2 hats, 3 toms, 4 cymbals, 5 other).
const LANES: [(u8, &str, usize); 49] = [
    (81, "open triangle", 5),
    (80, "mute triangle", 5),
    (79, "open cuica", 5),
    (78, "mute cuica", 5),
    (77, "low block", 5),
    (76, "high block", 5),
    (75, "claves", 5),
    (74, "long guiro", 5),
    (73, "short guiro", 5),
    (72, "long whistle", 5),
    (71, "short whistle", 5),
    (70, "maracas", 5),
    (69, "cabasa", 5),
    (68, "low agogo", 5),
    (67, "high agogo", 5),
    (66, "low timbale", 5),
    (65, "high timbale", 5),
    (64, "low conga", 5),
    (63, "open conga", 5),
    (62, "mute conga", 5),
    (61, "low bongo", 5),
    (60, "high bongo", 5),
    (58, "vibraslap", 5),
    (56, "cowbell", 5),
    (54, "tambourine", 5),
    (55, "splash", 4),
    (52, "china", 4),
    (57, "crash 2", 4),
    (49, "crash", 4),
    (53, "ride bell", 4),
    (59, "ride 2", 4),
    (51, "ride", 4),
    (46, "open hat", 2),
    (26, "open hat edge", 2),
    (44, "pedal hat", 2),
    (22, "closed hat edge", 2),
    (42, "closed hat", 2),
    (50, "high tom", 3),
    (48, "mid tom", 3),
    (47, "mid tom 2", 3),
    (45, "low tom", 3),
    (43, "floor tom", 3),
    (41, "floor tom 2", 3),
    (39, "clap", 1),
    (37, "side stick", 1),
    (40, "snare 2", 1),
    (38, "snare", 1),
    (35, "kick 2", 0),
    (36, "kick", 0),
];

/// Lanes that a drum picture shows even where they are empty: a beat is read against them.
pub const ALWAYS: [u8; 4] = [46, 42, 38, 36];

/// Place from the top; unknown keys stand above all others, high ones first.
pub fn order(key: u8) -> usize {
    LANES.iter().position(|l| l.0 == key).map_or(127 - usize::from(key.min(127)), |p| 128 + p)
}

/// The lane's short name; where it has none, what General MIDI calls it.
pub fn name(key: u8) -> String {
    LANES.iter().find(|l| l.0 == key).map_or_else(
        || crate::music::gm::drum_name(key).map_or_else(|| format!("key {key}"), str::to_lowercase),
        |l| l.1.to_owned(),
    )
}

/// The lane's colour group, an index into [`super::colour::Palette::drums`].
pub fn group(key: u8) -> usize {
    LANES.iter().find(|l| l.0 == key).map_or(5, |l| l.2)
}

/// True for the black keys of a piano.
pub fn is_black(key: u8) -> bool {
    matches!(key % 12, 1 | 3 | 6 | 8 | 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_lanes_and_the_kick_lies_at_the_bottom() {
        let mut keys: Vec<u8> = LANES.iter().map(|l| l.0).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), LANES.len());
        assert!((0..=127).all(|k| order(k) <= order(36)));
        assert_eq!(name(20), "key 20");
    }
}
