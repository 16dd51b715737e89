//! Where followers of our clock stand, so that one who comes late can be told.

use crate::engine::Sync;

/// Ticks a sixteenth: places are counted in sixteenths.
const SIXTEENTH: u32 = 6;
/// Sixteenths after which places begin anew.
const PLACES: u32 = 16_384;

/// The run of the transport as the clock messages tell it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry {
    running: bool,
    /// Number of the tick to come, from the beginning of the song.
    tick: u32,
}

impl Entry {
    /// The transport runs.
    pub fn runs(self) -> bool {
        self.running
    }

    /// Takes in what followers are told. Where it is a tick at which one can join, gives back what is to be said to that
    /// one before it: the place, and to go on from there.
    pub fn hear(&mut self, sync: Sync) -> Option<[Sync; 2]> {
        match sync {
            Sync::Position(place) => self.tick = u32::from(place) * SIXTEENTH,
            Sync::Start => (self.running, self.tick) = (true, 0),
            Sync::Continue => self.running = true,
            Sync::Stop => self.running = false,
            Sync::Tick if self.running => {
                let tick = self.tick;
                self.tick = (tick + 1) % (PLACES * SIXTEENTH);
                let place = (tick / SIXTEENTH) as u16;
                return tick.is_multiple_of(SIXTEENTH).then_some([Sync::Position(place), Sync::Continue]);
            }
            Sync::Tick => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_can_join_on_every_sixteenth_of_a_transport_that_runs() {
        let mut entry = Entry::default();
        assert_eq!(entry.hear(Sync::Tick), None, "it stands");
        entry.hear(Sync::Start);
        let said: Vec<_> = (0..14).map(|_| entry.hear(Sync::Tick)).collect();
        for (tick, said) in said.iter().enumerate() {
            let wanted = (tick % 6 == 0).then_some([Sync::Position(tick as u16 / 6), Sync::Continue]);
            assert_eq!(*said, wanted, "tick {tick}");
        }
        entry.hear(Sync::Stop);
        assert!(!entry.runs() && entry.hear(Sync::Tick).is_none());
        entry.hear(Sync::Position(16_383));
        entry.hear(Sync::Continue);
        assert_eq!(entry.hear(Sync::Tick), Some([Sync::Position(16_383), Sync::Continue]));
        let next = (0..6).filter_map(|_| entry.hear(Sync::Tick)).next();
        assert_eq!(next, Some([Sync::Position(0), Sync::Continue]), "places begin anew");
    }
}
