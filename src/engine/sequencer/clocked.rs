//! The clock we give: ticks, and what followers are told of the transport.

use super::Sequencer;
use crate::engine::{HOUSE, Message, Output, Sync};

impl Sequencer {
    pub(super) fn clock(&mut self, on: bool, out: &mut impl Output) {
        if on == self.pulse.on {
            return;
        }
        if self.playing && !on {
            self.sync(Sync::Stop, out);
        }
        self.pulse.on = on;
        if self.playing {
            self.join(out);
        } else {
            self.pulse.idle(self.timeline, self.unplayed());
        }
    }

    /// Followers join the transport where it stands.
    pub(super) fn join(&mut self, out: &mut impl Output) {
        if let Some(position) = self.pulse.run(self.beat(), self.unplayed()) {
            self.sync(position, out);
        }
    }

    pub(super) fn tick(&mut self, frame: u64, out: &mut impl Output) {
        if let Some(first) = self.pulse.advance() {
            self.emit(frame, HOUSE, Message::Sync(first), out);
        }
        self.emit(frame, HOUSE, Message::Sync(Sync::Tick), out);
    }

    /// Tells followers of the clock, where there is one.
    pub(super) fn sync(&self, sync: Sync, out: &mut impl Output) {
        if self.pulse.on {
            self.emit(self.frame, HOUSE, Message::Sync(sync), out);
        }
    }
}
