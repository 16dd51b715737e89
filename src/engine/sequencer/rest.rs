//! When nothing is to be done: whoever runs the sequencer may sleep.

use super::Sequencer;

impl Sequencer {
    /// True where nothing will happen until somebody gives an order: the transport stands, no note is held, nothing is
    /// counted in, and no clock goes out.
    pub fn is_resting(&self) -> bool {
        !self.playing && self.beats_to_go().is_none() && !self.pulse.on && self.is_quiet()
    }
}
