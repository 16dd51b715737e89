//! The latent palette: four patterns at the corners of a square, and a dot between them that the music follows.

use std::sync::Arc;

use super::slot::{Slot, SlotId};

/// Points of the way that are remembered.
pub const TRAIL: usize = 24;

/// The palette of a jam. Undo covers it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Field {
    /// Left above, right above, left below, right below.
    pub corners: [Option<Arc<Slot>>; 4],
    /// The dot, 0 at the left to 1 at the right.
    pub x: f64,
    /// 0 at the top to 1 at the bottom.
    pub y: f64,
    /// Where the pattern under the dot stands in the bank.
    pub place: Option<SlotId>,
    /// Where the dot was, oldest first.
    pub trail: Vec<(f64, f64)>,
}

/// The corners in words, in their order.
pub const CORNERS: [&str; 4] = ["left above", "right above", "left below", "right below"];

impl Field {
    /// The four corners; `None` while one is missing.
    pub fn whole(&self) -> Option<[&Arc<Slot>; 4]> {
        match &self.corners {
            [Some(a), Some(b), Some(c), Some(d)] => Some([a, b, c, d]),
            _ => None,
        }
    }

    /// Share of each corner in the dot: how near it is, together 1.
    pub fn shares(&self) -> [f64; 4] {
        let (x, y) = (self.x, self.y);
        [(1.0 - x) * (1.0 - y), x * (1.0 - y), (1.0 - x) * y, x * y]
    }

    /// True where `slot` fits beside the corners there are: only points of one space lie between each other.
    pub fn takes(&self, slot: &Slot) -> bool {
        let same = |other: &Arc<Slot>| {
            other.recipe().model == slot.recipe().model && other.pattern().steps == slot.pattern().steps
        };
        self.corners.iter().flatten().all(same)
    }

    /// Puts the dot at `x` and `y`, held to the square on a grid of hundredths; false where it stands there already.
    pub fn go(&mut self, x: f64, y: f64) -> bool {
        let held = |to: f64| if to.is_finite() { (to.clamp(0.0, 1.0) * 100.0).round() / 100.0 } else { 0.5 };
        let (x, y) = (held(x), held(y));
        if (x, y) == (self.x, self.y) {
            return false;
        }
        self.trail.push((self.x, self.y));
        if self.trail.len() > TRAIL {
            self.trail.remove(0);
        }
        (self.x, self.y) = (x, y);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, TRAIL};

    #[test]
    fn the_dot_stays_in_the_square_and_its_shares_are_one() {
        let mut field = Field::default();
        assert_eq!(field.shares(), [1.0, 0.0, 0.0, 0.0]);
        assert!(field.go(7.0, f64::NAN));
        assert_eq!((field.x, field.y), (1.0, 0.5));
        assert!((field.shares().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(!field.go(1.0, 0.5), "it is there already");
        for step in 0..100 {
            field.go(f64::from(step) / 100.0, 0.25);
        }
        assert_eq!(field.trail.len(), TRAIL);
    }
}
