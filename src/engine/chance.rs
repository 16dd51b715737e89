//! Chance without memory: whether a note sounds in a round is a hash of a seed, its beat and its key.

use crate::music::pattern::ALWAYS;

/// Places a beat that are told apart: finer than any grid or micro-timing of notes.
const PLACES: f64 = 960.0;

/// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// True where a note on `key`, written at beat `beat` of the transport and sounding in `percent` of its rounds, sounds.
///
/// The same seed, beat and key give the same answer, however the transport came there: a set played again is the same
/// set, and a beat gone back to is the same beat.
pub fn sounds(seed: u64, beat: f64, key: u8, percent: u8) -> bool {
    if percent >= ALWAYS {
        return true;
    }
    let place = (beat * PLACES).round() as i64 as u64;
    let word = mix(mix(seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_add(mix(place << 7 | u64::from(key))));
    word % 100 < u64::from(percent)
}

#[cfg(test)]
mod tests {
    use super::sounds;

    #[test]
    fn a_share_of_rounds_sounds_and_each_key_and_seed_has_its_own() {
        for percent in [5, 25, 50, 90] {
            let hits =
                (0..10_000).filter(|round| sounds(7, f64::from(*round) * 8.0 + 0.25, 36, percent)).count();
            let share = hits as f64 / 100.0;
            assert!((share - f64::from(percent)).abs() < 1.5, "{percent}: {share}");
        }
        let rounds = |seed: u64, key: u8| -> Vec<bool> {
            (0..64).map(|round| sounds(seed, f64::from(round) * 4.0, key, 50)).collect()
        };
        assert_eq!(rounds(7, 36), rounds(7, 36));
        assert_ne!(rounds(7, 36), rounds(7, 38));
        assert_ne!(rounds(7, 36), rounds(8, 36));
        assert!((0..100).all(|round| sounds(1, f64::from(round), 1, 100)));
        assert!((0..100).all(|round| !sounds(1, f64::from(round), 1, 0)));
    }
}
