//! A chain: a row of the bank played point after point, as from one end of an interpolation to the other.

use super::bank::Bank;
use super::slot::{Slot, SlotId};
use crate::music::pattern::STEPS_PER_QUARTER;

/// A chain on its way. It runs while it has places; how often its points go round and what comes after its end stands in
/// [`super::history::Edit`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chain {
    /// The points, in order; empty while no chain runs.
    pub places: Vec<SlotId>,
    /// Which of them plays, or is to play first.
    pub at: usize,
    /// The quarter at which that one begins.
    pub from: u32,
    /// The next one and the quarter at which it takes over, once it waits there.
    pub next: Option<(usize, u32)>,
    /// The track it plays on.
    pub track: usize,
}

impl Chain {
    /// True while it plays.
    pub fn is_running(&self) -> bool {
        !self.places.is_empty()
    }

    /// The place that plays, or is to play first.
    pub fn place(&self) -> Option<SlotId> {
        self.places.get(self.at).copied()
    }

    /// How far point `at` has been played at beat `beat`, 0 to 1, if it plays for `span` quarters; points before the
    /// present one are done.
    pub fn share(&self, at: usize, span: u32, beat: f64) -> f64 {
        match at.cmp(&self.at) {
            std::cmp::Ordering::Less => 1.0,
            std::cmp::Ordering::Greater => 0.0,
            std::cmp::Ordering::Equal => ((beat - f64::from(self.from)) / f64::from(span)).clamp(0.0, 1.0),
        }
    }

    /// The points of a chain that begins at `place`: on from there to the end of its row, as far as patterns of one kind
    /// and length stand there without a gap.
    pub fn of(bank: &Bank, place: SlotId) -> Vec<SlotId> {
        let Some(first) = bank.get(place) else { return Vec::new() };
        let same = |slot: &Slot| {
            let kind = slot.made.tokens.kind() == first.made.tokens.kind();
            kind && slot.pattern().steps == first.pattern().steps
        };
        SlotId::of_row(place.row())
            .skip(usize::from(place.column()))
            .take_while(|place| bank.get(*place).is_some_and(|slot| same(slot)))
            .collect()
    }
}

/// Quarters for which `slot` plays as a point that goes round `rounds` times.
pub fn span(slot: &Slot, rounds: u8) -> u32 {
    loop_of(slot) * u32::from(rounds)
}

/// Quarters of one loop of `slot`, at least one.
pub fn loop_of(slot: &Slot) -> u32 {
    slot.pattern().steps.div_ceil(STEPS_PER_QUARTER).max(1)
}
