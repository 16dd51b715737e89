//! Where a track stands between left and right.

/// A place that glides from block to block, so that nothing clicks.
///
/// A track is in stereo itself (a kit is spread out): towards one side the other moves over with it, so that nothing of
/// it is lost, and what comes from the middle keeps its power.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Place {
    now: f32,
    target: f32,
}

impl Place {
    /// Goes to `pan`, -1 (left) to 1 (right).
    pub fn go(&mut self, pan: f32) {
        self.target = pan.clamp(-1.0, 1.0);
    }

    /// A frame, placed for `share` (0 to 1) of the way from the last place to the next.
    pub fn put(&self, left: f32, right: f32, share: f32) -> [f32; 2] {
        let pan = self.now + (self.target - self.now) * share;
        if pan == 0.0 {
            return [left, right];
        }
        let keep = 1.0 / (1.0 + pan * pan).sqrt();
        match pan < 0.0 {
            true => [(left - pan * right) * keep, (1.0 + pan) * right * keep],
            false => [(1.0 - pan) * left * keep, (right + pan * left) * keep],
        }
    }

    /// The block is over: the next one begins where this one was to go.
    pub fn arrive(&mut self) {
        self.now = self.target;
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    fn at(pan: f32) -> Place {
        let mut place = Place::default();
        place.go(pan);
        place.arrive();
        place
    }

    #[test]
    fn the_middle_keeps_its_power_everywhere_and_nothing_is_lost_at_the_ends() {
        for step in -10..=10 {
            let [left, right] = at(step as f32 / 10.0).put(1.0, 1.0, 1.0);
            assert!((left * left + right * right - 2.0).abs() < 1e-5, "{step}: {left} {right}");
            assert!(if step < 0 { left > right } else { step == 0 || right > left });
        }
        assert_eq!(at(-1.0).put(0.0, 1.0, 1.0)[1], 0.0);
        assert!(at(-1.0).put(0.0, 1.0, 1.0)[0] > 0.7, "what stood at the right is heard at the left");
        assert_eq!(at(0.0).put(0.3, -0.2, 0.5), [0.3, -0.2]);
    }

    #[test]
    fn a_move_glides_over_its_block() {
        let mut place = at(-1.0);
        place.go(1.0);
        assert_eq!(place.put(1.0, 1.0, 0.0)[1], 0.0);
        assert_eq!(place.put(1.0, 1.0, 0.5), [1.0, 1.0]);
        assert_eq!(place.put(1.0, 1.0, 1.0)[0], 0.0);
    }
}
