//! What sounded when: the past of the roll.

/// Launches with the beat each began at, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tape {
    takes: Vec<(f64, u32)>,
}

/// Launches remembered; older ones are off the screen.
const KEPT: usize = 16;

impl Tape {
    /// Launch `id` sounds from `beat` (quarters) on.
    pub fn begin(&mut self, beat: f64, id: u32) {
        self.takes.retain(|(began, _)| *began < beat);
        if self.takes.len() >= KEPT {
            self.takes.remove(0);
        }
        self.takes.push((beat, id));
    }

    /// The transport went back: the past is another one now, and what sounds sounds from its start.
    pub fn rewind(&mut self) {
        self.takes = self.takes.last().map(|(_, id)| (0.0, *id)).into_iter().collect();
    }

    /// The launch that sounds, or sounded, at `beat`.
    pub fn at(&self, beat: f64) -> Option<u32> {
        self.takes.iter().rev().find(|(began, _)| *began <= beat + 1e-3).map(|(_, id)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::Tape;

    #[test]
    fn the_past_keeps_what_sounded_then() {
        let mut tape = Tape::default();
        tape.begin(0.0, 1);
        tape.begin(8.0, 2);
        assert_eq!(
            (tape.at(7.9), tape.at(8.0), tape.at(100.0), tape.at(-1.0)),
            (Some(1), Some(2), Some(2), None)
        );
        tape.begin(8.0, 3);
        assert_eq!(tape.at(9.0), Some(3));
        tape.rewind();
        assert_eq!((tape.at(0.0), tape.at(9.0)), (Some(3), Some(3)));
    }
}
