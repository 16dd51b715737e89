//! Counting in: clicks while the transport stands, and its begin on the very frame after the last of them.

use super::{CLICK_BEATS, Sequencer};
use crate::engine::count_in::CountIn;
use crate::engine::ledger::{End, Held};
use crate::engine::{HOUSE, Output};

impl Sequencer {
    /// Begins to count; the transport runs at the end.
    pub(super) fn count_in(&mut self, beats: u8, out: &mut impl Output) {
        if self.playing {
            return;
        }
        if beats == 0 {
            return self.play(out);
        }
        let count = CountIn::new(beats, self.parked);
        // While nothing runs the map of the transport is free to lead up to the beat at which it begins.
        self.timeline = self.timeline.located(self.frame, self.parked - f64::from(count.beats));
        self.count = Some(count);
    }

    /// What was being counted is counted from its beginning again: the transport or the device is another one.
    pub(super) fn count_anew(&mut self) {
        if let Some(count) = self.count.take() {
            let count = CountIn::new(count.beats, self.parked);
            self.timeline = self.timeline.located(self.frame, self.parked - f64::from(count.beats));
            self.count = Some(count);
        }
    }

    /// The frame at which the count is over and the transport begins.
    pub(super) fn counted(&self) -> Option<u64> {
        self.count.map(|count| self.timeline.frame_of(count.end))
    }

    /// Quarter notes left of the count, the one that sounds included.
    pub(super) fn beats_to_go(&self) -> Option<u8> {
        let left = |count: CountIn| count.end - self.timeline.beat_at(self.frame as f64);
        self.count.map(|count| left(count).ceil().clamp(1.0, f64::from(count.beats)) as u8)
    }

    /// Clicks once, at `frame`.
    pub(super) fn count(&mut self, frame: u64, out: &mut impl Output) {
        let Some(count) = self.count.as_mut().filter(|count| !count.is_over()) else { return };
        let click = count.peek();
        count.advance();
        // Beats end nothing while the transport stands: the click is let go by its frame.
        let end = End::Frame(self.timeline.frame_of(click.beat + CLICK_BEATS));
        let held = Held { track: HOUSE, launch: 0, channel: click.channel, key: click.key, end };
        self.note_on(frame, held, click.velocity, out);
    }
}
