//! Patterns that are not there when they were to come in: the old one goes on, and the player sees why.

use crate::jam::{Pending, Quantise, SlotId, State};

/// When each request under way would have come in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dues(Vec<Due>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Due {
    ticket: u64,
    beat: f64,
    late: bool,
}

/// The first boundary after `beat` (quarters) at which a launch would take over.
fn boundary(beat: f64, quantise: Quantise) -> f64 {
    let grid = match quantise {
        Quantise::Now | Quantise::Beat => 1.0,
        Quantise::Bar => 4.0,
        Quantise::TwoBars => 8.0,
        Quantise::At(due) => return f64::from(due),
    };
    (beat.max(0.0) / grid).floor() * grid + grid
}

impl Dues {
    /// Looks at `jam` at `beat`. Gives the places that have just become late.
    pub fn observe(&mut self, jam: &State, beat: f64) -> Vec<SlotId> {
        if !jam.playing {
            self.0.clear();
            return Vec::new();
        }
        self.0.retain(|due| jam.pending.iter().any(|pending| pending.ticket == due.ticket));
        let mut fresh = Vec::new();
        for pending in &jam.pending {
            let Some(place) = awaited(jam, pending) else { continue };
            match self.0.iter_mut().find(|due| due.ticket == pending.ticket) {
                None => self.0.push(Due {
                    ticket: pending.ticket,
                    beat: boundary(beat, jam.quantise),
                    late: false,
                }),
                Some(due) if !due.late && beat >= due.beat => {
                    due.late = true;
                    fresh.push(place);
                }
                Some(_) => {}
            }
        }
        fresh
    }

    /// True where the pattern for `place` should sound by now.
    pub fn is_late(&self, jam: &State, place: SlotId) -> bool {
        let late = |ticket: u64| self.0.iter().any(|due| due.ticket == ticket && due.late);
        jam.pending.iter().any(|pending| late(pending.ticket) && awaited(jam, pending) == Some(place))
    }
}

/// The place whose music waits for `pending`: it is to be launched, or what sounds there is to change.
fn awaited(jam: &State, pending: &Pending) -> Option<SlotId> {
    if pending.encodes {
        return None;
    }
    pending.launch.or_else(|| pending.slots.iter().copied().find(|place| jam.is_sounding(*place)))
}

#[cfg(test)]
mod tests {
    use super::{Dues, boundary};
    use crate::jam::fixtures::{at, begun};
    use crate::jam::{Intent, Quantise, update};

    #[test]
    fn a_pattern_is_late_from_its_boundary_on_and_is_told_once() {
        let mut jam = begun();
        let mut dues = Dues::default();
        update(&mut jam, Intent::Vary(None));
        assert!(dues.observe(&jam, 2.5).is_empty());
        assert!(dues.observe(&jam, 3.9).is_empty() && !dues.is_late(&jam, at("A1")));
        assert_eq!(dues.observe(&jam, 4.0), [at("A1")]);
        assert!(dues.observe(&jam, 4.1).is_empty() && dues.is_late(&jam, at("A1")));
        assert!(!dues.is_late(&jam, at("A2")));
        jam.pending.clear();
        dues.observe(&jam, 4.2);
        assert!(!dues.is_late(&jam, at("A1")));
    }

    #[test]
    fn what_is_made_beside_the_music_is_never_late() {
        let mut jam = begun();
        let mut dues = Dues::default();
        update(&mut jam, Intent::Sample(Some(at("C3"))));
        dues.observe(&jam, 0.5);
        assert!(dues.observe(&jam, 400.0).is_empty());
        assert_eq!(boundary(8.0, Quantise::TwoBars), 16.0);
    }
}
