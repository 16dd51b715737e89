//! How far the ticks that left have drifted from the song: 0 as long as none was lost and none was one too many.

use crate::engine::{Snapshot, TICKS};
use crate::midi::Panel;

/// Beats between two looks that no clock makes: the transport was moved.
const JUMP: f64 = 0.5;
/// Beats after a start from which ticks are counted: those before it may belong to what was before.
const SETTLE: f64 = 0.1;

/// Compares ticks with the song while it runs on.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Drift {
    /// Ticks that have left too many (above 0) or too few since the song has run on; `None` where nothing is known.
    pub ticks: Option<i64>,
    /// Ticks at a place of the song, in ticks.
    base: Option<(u64, i64)>,
    /// The last look: beat and host time; where this run was first seen.
    last: Option<(f64, u64)>,
    from: f64,
    seen: u64,
    /// Outputs that were open then.
    open: usize,
}

impl Drift {
    /// Takes in what MIDI and engine show.
    pub fn observe(&mut self, panel: &Panel, now: &Snapshot) {
        if !now.playing || now.host == 0 {
            *self = Self::default();
            return;
        }
        let expected = self.last.map(|(beat, host)| {
            let seconds = now.host.saturating_sub(host) as f64 * 1e-9;
            beat + seconds * now.bpm / 60.0
        });
        if expected.is_none_or(|expected| (now.beat - expected).abs() > JUMP) {
            *self = Self { from: now.beat + SETTLE, ..Self::default() };
        }
        let open = panel.outputs.iter().filter(|port| port.open).count();
        if open != self.open {
            // Ticks for a port that is away were never to leave.
            *self = Self { from: now.beat + SETTLE, open, ..Self::default() };
        }
        self.last = Some((now.beat, now.host));
        if panel.tick_at == self.seen || panel.tick_at == 0 {
            return;
        }
        self.seen = panel.tick_at;
        let beat = now.beat_at(panel.tick_at);
        let place = (beat * TICKS as f64).round() as i64;
        match self.base {
            Some((ticks, from)) => self.ticks = Some(panel.ticks as i64 - ticks as i64 - (place - from)),
            None if beat > self.from => self.base = Some((panel.ticks, place)),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The song at `beat`, 120 BPM from host time one hour on; `lost` ticks never left.
    fn look(drift: &mut Drift, beat: f64, lost: u64) {
        look_after(drift, beat, lost, 0.0);
    }

    /// The same where the transport was moved on by `moved` beats on the way.
    fn look_after(drift: &mut Drift, beat: f64, lost: u64, moved: f64) {
        let hour = 3_600_000_000_000_u64;
        let at = |beat: f64| hour + ((beat - moved) * 0.5e9) as u64;
        let shown = Snapshot { playing: true, beat, bpm: 120.0, host: at(beat), ..Snapshot::default() };
        let tick = (beat * 24.0).floor();
        let (ticks, tick_at) = (100 + tick as u64 - lost, at(tick / 24.0));
        drift.observe(&Panel { ticks, tick_at, ..Panel::default() }, &shown);
    }

    #[test]
    fn a_clock_that_loses_nothing_does_not_drift_and_lost_ticks_are_counted() {
        let mut drift = Drift::default();
        for step in 1..400 {
            look(&mut drift, f64::from(step) * 0.03, 0);
        }
        assert_eq!(drift.ticks, Some(0));
        look(&mut drift, 12.1, 3);
        assert_eq!(drift.ticks, Some(-3));
    }

    #[test]
    fn ticks_for_a_port_that_was_away_are_no_drift() {
        use crate::midi::PortState;

        let mut drift = Drift::default();
        let mut look = |beat: f64, lost: u64, open: bool| {
            let at = |beat: f64| 3_600_000_000_000 + (beat * 0.5e9) as u64;
            let shown = Snapshot { playing: true, beat, bpm: 120.0, host: at(beat), ..Snapshot::default() };
            let tick = (beat * 24.0).floor();
            let outputs = vec![PortState { open, ..PortState::default() }];
            let (ticks, tick_at) = (100 + tick as u64 - lost, at(tick / 24.0));
            drift.observe(&Panel { ticks, tick_at, outputs, ..Panel::default() }, &shown);
            drift.ticks
        };
        for beat in [1.0, 1.2, 1.4] {
            look(beat, 0, true);
        }
        assert_eq!(look(1.6, 0, true), Some(0));
        assert_eq!(look(1.8, 4, false), None);
        look(2.0, 9, true);
        look(2.2, 9, true);
        assert_eq!(look(2.4, 9, true), Some(0));
        assert_eq!(look(2.6, 10, true), Some(-1), "and a lost one is counted");
    }

    #[test]
    fn a_locate_begins_anew_and_a_stop_forgets() {
        let mut drift = Drift::default();
        for beat in [1.0, 1.2, 1.4, 1.6] {
            look(&mut drift, beat, 0);
        }
        assert_eq!(drift.ticks, Some(0));
        look_after(&mut drift, 40.0, 0, 38.3);
        assert_eq!(drift.ticks, None);
        drift.observe(&Panel::default(), &Snapshot::default());
        assert_eq!(drift, Drift::default());
    }
}
