//! Swing: the off-beat 16ths are moved by bending each 8th, so that notes keep their order and micro-timing.

/// Where the off-beat 16th of an 8th falls: 0.5 straight, 0.667 triplets, 0.75 dotted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swing(f64);

/// Beats (quarters) in an 8th.
const EIGHTH: f64 = 0.5;

impl Swing {
    /// No swing.
    pub const STRAIGHT: Self = Self(0.5);

    /// Swing with the off-beat at `share` of the 8th, held to 0.5..=0.75; not a number means straight.
    pub fn new(share: f32) -> Self {
        if share.is_nan() { Self::STRAIGHT } else { Self(f64::from(share).clamp(0.5, 0.75)) }
    }

    /// The share given, after limits.
    pub fn share(self) -> f32 {
        self.0 as f32
    }

    /// The beat at which what is written at `beat` sounds: rising, and fixed at every 8th.
    pub fn bend(self, beat: f64) -> f64 {
        if self == Self::STRAIGHT {
            return beat;
        }
        let start = (beat / EIGHTH).floor() * EIGHTH;
        let phase = (beat - start) / EIGHTH;
        let bent =
            if phase < 0.5 { phase * 2.0 * self.0 } else { self.0 + (phase - 0.5) * 2.0 * (1.0 - self.0) };
        start + bent * EIGHTH
    }

    /// The written beat of what sounds at `beat`: the way back of [`Swing::bend`].
    pub fn straighten(self, beat: f64) -> f64 {
        if self == Self::STRAIGHT {
            return beat;
        }
        let start = (beat / EIGHTH).floor() * EIGHTH;
        let phase = (beat - start) / EIGHTH;
        let straight = if phase < self.0 {
            phase / (2.0 * self.0)
        } else {
            0.5 + (phase - self.0) / (2.0 * (1.0 - self.0))
        };
        start + straight * EIGHTH
    }
}

#[cfg(test)]
mod tests {
    use super::Swing;

    #[test]
    fn swing_moves_the_off_beat_sixteenth_and_nothing_on_the_eighths() {
        let swing = Swing::new(2.0 / 3.0);
        assert!((swing.bend(0.25) - 1.0 / 3.0).abs() < 1e-7);
        for eighth in 0..32 {
            assert_eq!(swing.bend(f64::from(eighth) * 0.5), f64::from(eighth) * 0.5);
        }
    }

    #[test]
    fn swing_keeps_the_order_of_notes() {
        let swing = Swing::new(0.75);
        let mut last = -1.0;
        for tick in 0..4000 {
            let bent = swing.bend(f64::from(tick) / 480.0);
            assert!(bent > last);
            last = bent;
        }
    }

    #[test]
    fn what_is_bent_is_straightened_again() {
        for share in [0.5, 0.6, 0.667, 0.75] {
            let swing = Swing::new(share);
            for tick in 0..1000 {
                let beat = f64::from(tick) / 97.0;
                assert!((swing.straighten(swing.bend(beat)) - beat).abs() < 1e-9, "{share} {beat}");
            }
        }
    }

    #[test]
    fn foolish_shares_are_held_to_the_range() {
        assert_eq!(Swing::new(f32::NAN), Swing::STRAIGHT);
        assert_eq!(Swing::new(9.0).share(), 0.75);
        assert_eq!(Swing::new(0.0), Swing::STRAIGHT);
    }
}
