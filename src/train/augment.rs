//! Variations of examples made while training, so that the encoder learns what a pattern is and not which ones the
//! data holds.
//!
//! Drums: instruments of two patterns are recombined, bars exchanged, beats rotated, a class dropped or moved to
//! a related one. Melodies: transposed, as the published configurations do (spec section 1). Trios: lead and bass
//! transposed by the same amount.

use crate::codec::Tokens;
use crate::latent::noise::Noise;

/// Draws of one example's variation, taken in order.
#[derive(Debug)]
pub struct Draws {
    noise: Noise,
    next: u64,
}

impl Draws {
    /// The draws of a key.
    pub fn new(noise: Noise) -> Self {
        Self { noise, next: 0 }
    }

    /// Uniform in (0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.next += 1;
        self.noise.uniform(self.next)
    }

    /// Uniform in `0..n`.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.uniform() * n as f64) as usize).min(n.saturating_sub(1))
    }

    fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }
}

/// A variation of `example`; `other` is another example of the set; `amount` (0..=1) is the share of examples that
/// change at all, `transpose` the most semitones a melody, or a trio's lead and bass, move either way.
pub fn vary(example: &Tokens, other: &Tokens, amount: f64, transpose: u8, draws: &mut Draws) -> Tokens {
    match (example, other) {
        (Tokens::Drums(masks), Tokens::Drums(others)) if draws.chance(amount) => {
            Tokens::Drums(drums(masks, others, draws))
        }
        (Tokens::Melody(events), _) if transpose > 0 => {
            Tokens::Melody(transposed(events, interval(transpose, draws)))
        }
        (Tokens::Trio { lead, bass, drums }, _) if transpose > 0 => {
            let by = interval(transpose, draws);
            Tokens::Trio { lead: transposed(lead, by), bass: transposed(bass, by), drums: drums.clone() }
        }
        _ => example.clone(),
    }
}

/// Classes that stand in for one another: the cymbals that keep time, and the toms.
const RELATED: [&[u16]; 2] = [&[2, 3, 8], &[4, 5, 6]];

fn drums(masks: &[u16], others: &[u16], draws: &mut Draws) -> Vec<u16> {
    let mut out = masks.to_vec();
    if draws.chance(0.5) {
        let kept = draws.below(512) as u16;
        for (mask, other) in out.iter_mut().zip(others) {
            *mask = (*mask & kept) | (other & !kept);
        }
    }
    if draws.chance(0.25) {
        let half = out.len() / 2;
        let first = draws.below(2) * half;
        out[first..first + half].copy_from_slice(&others[draws.below(2) * half..][..half]);
    }
    if draws.chance(0.2) {
        let beats = out.len() / 4;
        out.rotate_left(4 * draws.below(beats));
    }
    if draws.chance(0.2) {
        let dropped = 1 << draws.below(9);
        out.iter_mut().for_each(|mask| *mask &= !dropped);
    }
    if draws.chance(0.2) {
        let group = RELATED[draws.below(2)];
        let (a, b) = (group[draws.below(3)], group[draws.below(3)]);
        for mask in &mut out {
            let (bit_a, bit_b) = (*mask >> a & 1, *mask >> b & 1);
            *mask = (*mask & !(1 << a) & !(1 << b)) | (bit_a << b) | (bit_b << a);
        }
    }
    out
}

/// Semitones from `-most` to `most`.
fn interval(most: u8, draws: &mut Draws) -> i32 {
    draws.below(2 * usize::from(most) + 1) as i32 - i32::from(most)
}

/// Moves every note; notes that leave the range 21..=108 fall silent (spec section 1).
fn transposed(events: &[u8], semitones: i32) -> Vec<u8> {
    let moved = |&event: &u8| match event {
        0 | 1 => event,
        note => u8::try_from(i32::from(note) + semitones).ok().filter(|n| (2..90).contains(n)).unwrap_or(1),
    };
    events.iter().map(moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drum_variations_keep_length_and_nine_classes() {
        let masks: Vec<u16> = (0..32).map(|i| (i * 37) % 512).collect();
        let others: Vec<u16> = (0..32).map(|i| (i * 91) % 512).collect();
        let (a, b) = (Tokens::Drums(masks), Tokens::Drums(others));
        let mut changed = 0;
        for i in 0..200 {
            let out = vary(&a, &b, 1.0, 0, &mut Draws::new(Noise::new(1, i)));
            let Tokens::Drums(out_masks) = &out else { unreachable!() };
            assert!(out_masks.len() == 32 && out_masks.iter().all(|&m| m < 512));
            changed += usize::from(out != a);
        }
        assert!(changed > 120);
    }

    #[test]
    fn lead_and_bass_move_together_and_the_drums_stay() {
        let trio = Tokens::Trio { lead: vec![40, 0, 1], bass: vec![20, 1, 22], drums: vec![1, 0, 5] };
        let mut seen = std::collections::BTreeSet::new();
        for i in 0..100 {
            let out = vary(&trio, &trio, 1.0, 3, &mut Draws::new(Noise::new(1, i)));
            let Tokens::Trio { lead, bass, drums } = out else { unreachable!() };
            let by = i32::from(lead[0]) - 40;
            let at = |note: i32| (note + by) as u8;
            assert_eq!((lead, bass, drums), (vec![at(40), 0, 1], vec![at(20), 1, at(22)], vec![1, 0, 5]));
            seen.insert(by);
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), (-3..=3).collect::<Vec<_>>());
    }

    #[test]
    fn transposition_moves_notes_and_leaves_rests() {
        assert_eq!(transposed(&[0, 1, 41, 89, 2], 3), [0, 1, 44, 1, 5]);
        assert_eq!(transposed(&[41, 2], -3), [38, 1]);
    }
}
