//! The clock we give: ticks, start, stop, continue and song position, on the frames of the transport.

use super::Timeline;
use super::sync::{POSITIONS, Sync, TICKS, TICKS_A_SIXTEENTH};

/// Which tick comes next, and what is to be said before it.
///
/// A tick's place is computed from its number, never as "the last one and a bit", so a clock cannot drift. While the
/// transport stands still ticks go on in the tempo, so that a follower knows it before the music starts.
#[derive(Debug, Clone, Default)]
pub struct Pulse {
    /// Clock messages are made at all.
    pub on: bool,
    next: i64,
    /// The map of the ticks while the transport stands still.
    free: Option<Timeline>,
    /// The tick before which the follower is told to go on.
    entry: Option<i64>,
}

impl Pulse {
    /// The transport begins to run at `beat`, of which everything from `unplayed` on is still to come. Gives back the
    /// song position to be told at once.
    ///
    /// Followers count from whole 16ths only: they join at the next one, on its tick.
    pub fn run(&mut self, beat: f64, unplayed: f64) -> Option<Sync> {
        self.free = None;
        self.next = (unplayed * TICKS as f64).ceil() as i64;
        let sixteenth = (beat * (TICKS / TICKS_A_SIXTEENTH) as f64 - 1e-6).ceil() as i64;
        self.entry = Some(sixteenth * TICKS_A_SIXTEENTH);
        (sixteenth > 0).then(|| Sync::Position(sixteenth.rem_euclid(POSITIONS) as u16))
    }

    /// The transport halts: ticks go on along `timeline`.
    pub fn halt(&mut self, timeline: Timeline) {
        self.free = Some(timeline);
        self.entry = None;
    }

    /// Begins with the first tick after beat `unplayed` of `timeline`, along which nothing runs.
    pub fn idle(&mut self, timeline: Timeline, unplayed: f64) {
        self.halt(timeline);
        self.next = (unplayed * TICKS as f64).ceil() as i64;
    }

    /// The tempo of the ticks that go on while nothing runs.
    pub fn tempo(&mut self, frame: u64, bpm: f64) {
        self.free = self.free.map(|free| free.with_tempo(frame, bpm));
    }

    /// The frame of the tick to come; `timeline` is that of the running transport.
    pub fn frame(&self, timeline: &Timeline) -> u64 {
        self.free.as_ref().unwrap_or(timeline).frame_of(self.next as f64 / TICKS as f64)
    }

    /// Steps to the tick after, and tells what comes before this one.
    pub fn advance(&mut self) -> Option<Sync> {
        let tick = self.next;
        self.next += 1;
        if self.entry.is_none_or(|entry| tick < entry) {
            return None;
        }
        self.entry = None;
        Some(if tick == 0 { Sync::Start } else { Sync::Continue })
    }
}
