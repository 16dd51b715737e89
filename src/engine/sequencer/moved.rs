//! The transport: runs, stands, is put elsewhere; and what is past or to come on the way.

use super::{Retire, Sequencer};
use crate::engine::cursor::Due;
use crate::engine::{Output, Sync, TRACKS};

impl Sequencer {
    /// The frame of a written beat, swing applied.
    pub(super) fn frame_of(&self, beat: f64) -> u64 {
        self.timeline.frame_of(self.swing.bend(beat))
    }

    /// The beat half a frame back: everything later has not been rendered yet, everything earlier has.
    pub(super) fn unplayed(&self) -> f64 {
        self.timeline.beat_at(self.frame as f64 - 0.5)
    }

    /// What tells a note that is over from one that is to be played from this frame on.
    ///
    /// By the frame it sounds at, so that a change on the way neither loses nor repeats a note. Where the
    /// transport has just been put down it is the written place that counts: what is played early in the first step
    /// belongs to it and sounds at once.
    pub(super) fn past(&self) -> impl Fn(&Due) -> bool + use<> {
        let (timeline, swing, fresh, frame) = (self.timeline, self.swing, self.fresh, self.frame as f64);
        move |due| {
            let beat = if fresh { due.grid } else { due.sound };
            // Not as a whole number: moments before the first frame are past as well.
            timeline.moment_of(swing.bend(beat)).round() < frame
        }
    }

    pub(super) fn play(&mut self, out: &mut impl Output) {
        self.count = None;
        if !self.playing {
            self.playing = true;
            self.relocate(self.parked);
            self.join(out);
        }
    }

    pub(super) fn stop(&mut self, out: &mut impl Output, done: &mut impl Retire) {
        if self.playing {
            self.pulse.halt(self.timeline);
            self.sync(Sync::Stop, out);
        }
        self.parked = self.beat();
        self.playing = false;
        self.count = None;
        self.agenda.clear();
        self.release(out, |_| true);
        self.lift_pedals(out);
        self.end_fills(out, done);
        for track in 0..TRACKS {
            self.change(self.frame, track, out, done);
        }
    }

    pub(super) fn relocate(&mut self, beat: f64) {
        self.place(beat);
        self.seek(beat, self.past());
    }

    /// Puts the transport at `beat` from this frame on.
    pub(super) fn place(&mut self, beat: f64) {
        self.parked = beat;
        self.timeline = self.timeline.located(self.frame, beat);
    }

    /// Puts every cursor at what is not `past`, at transport position `beat`.
    pub(super) fn seek(&mut self, beat: f64, past: impl Fn(&Due) -> bool) {
        for track in &mut self.tracks {
            if let Some(pending) = &mut track.pending {
                pending.beat = pending.at.boundary(beat);
            }
            track.seek(beat, &past);
        }
        self.metronome.seek(self.unplayed());
    }
}
