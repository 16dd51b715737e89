//! Names for patterns: short, easy to say, the same for the same seed.

use crate::latent::noise::Noise;

const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
const VOWELS: &[u8; 5] = b"aeiou";

/// The name of pattern number `index` of `seed`, such as `kubo`: easier to call across a stage than a number.
pub fn of_seed(seed: u64, index: u32) -> String {
    let noise = Noise::new(seed, u64::from(index));
    let pick =
        |at: u64, letters: &[u8]| char::from(letters[(noise.bits(at) % letters.len() as u64) as usize]);
    [pick(0, CONSONANTS), pick(1, VOWELS), pick(2, CONSONANTS), pick(3, VOWELS)].into_iter().collect()
}

/// The name of a variation: `kubo`, `kubo.2`, `kubo.3`.
pub fn of_variation(name: &str) -> String {
    match name.rsplit_once('.').and_then(|(root, number)| Some((root, number.parse::<u32>().ok()?))) {
        Some((root, number)) => format!("{root}.{}", number.saturating_add(1)),
        None => format!("{name}.2"),
    }
}

/// The name of the point at `percent` of the way to the pattern called `to`: `33% kubo`.
pub fn of_point(percent: f64, to: &str) -> String {
    // A point on the way to a point would pile up percents.
    let to = to.rsplit_once("% ").map_or(to, |(_, to)| to);
    format!("{percent:.0}% {to}")
}

#[cfg(test)]
mod tests {
    use super::{of_point, of_seed, of_variation};

    #[test]
    fn a_seed_has_one_name_and_neighbours_have_others() {
        assert_eq!(of_seed(7, 0), of_seed(7, 0));
        let names: std::collections::HashSet<String> = (0..8).map(|index| of_seed(7, index)).collect();
        assert_eq!(names.len(), 8);
        assert!(names.iter().all(|name| name.len() == 4));
    }

    #[test]
    fn families_stay_together() {
        assert_eq!((of_variation("kubo"), of_variation("kubo.2")), ("kubo.2".into(), "kubo.3".into()));
        assert_eq!(
            (of_point(33.3, "kubo"), of_point(50.0, "33% kubo")),
            ("33% kubo".into(), "50% kubo".into())
        );
    }
}
