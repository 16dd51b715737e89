//! A count-in: clicks that lead up to the beat from which the transport runs.

use super::metronome::Click;

/// Most quarter notes counted.
pub const MOST: u8 = 32;
/// Beats in a bar (4/4).
const BAR: u8 = 4;

/// Which click comes next. Beats lie before the one at which the transport begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CountIn {
    /// Quarter notes counted in all.
    pub beats: u8,
    /// Those whose click is still to come.
    left: u8,
    /// The beat from which the transport runs.
    pub end: f64,
}

impl CountIn {
    /// A count of `beats` quarters up to beat `end`.
    pub fn new(beats: u8, end: f64) -> Self {
        let beats = beats.min(MOST);
        Self { beats, left: beats, end }
    }

    /// The click to come; after the last it is the end, where no click belongs any more.
    pub fn peek(&self) -> Click {
        // Bars are counted back from the end: it is the first beat of one.
        Click::new(self.end - f64::from(self.left), self.left.is_multiple_of(BAR))
    }

    /// Steps to the click after.
    pub fn advance(&mut self) {
        self.left = self.left.saturating_sub(1);
    }

    /// True where every click has been made.
    pub fn is_over(&self) -> bool {
        self.left == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{CountIn, MOST};

    #[test]
    fn the_clicks_lead_up_to_the_end_in_whole_bars() {
        let mut count = CountIn::new(8, 2.0);
        let first = count.peek();
        let mut beats = Vec::new();
        while !count.is_over() {
            beats.push((count.peek().beat, count.peek().key == first.key));
            count.advance();
        }
        assert_eq!(
            beats.iter().map(|beat| beat.0).collect::<Vec<_>>(),
            [-6.0, -5.0, -4.0, -3.0, -2.0, -1.0, 0.0, 1.0]
        );
        assert_eq!(beats.iter().filter(|beat| beat.1).map(|beat| beat.0).collect::<Vec<_>>(), [-6.0, -2.0]);
        assert_eq!(CountIn::new(200, 0.0).beats, MOST);
    }
}
