//! Fills: a clip over a track's own for the rest of a bar.

use std::sync::Arc;

use super::{LIVE, Retire, Sequencer};
use crate::engine::cursor::Cursor;
use crate::engine::track::{Fill, Voice};
use crate::engine::{Clip, Output, Quantise, TRACKS};

impl Sequencer {
    /// Lets `clip` play over what plays on `track`, from the boundary to the end of its bar.
    pub(super) fn fill(
        &mut self,
        track: u8,
        clip: Arc<Clip>,
        at: Quantise,
        out: &mut impl Output,
        done: &mut impl Retire,
    ) {
        let beat = self.beat();
        let place = usize::from(track);
        if place >= TRACKS || !self.playing {
            return done.retire(clip);
        }
        if let Some(fill) = self.tracks[place].fill.as_mut().filter(|fill| fill.begun) {
            fill.to += Quantise::Bar.beats();
            return done.retire(clip);
        }
        self.launches = self.launches.wrapping_add(1);
        let from = at.boundary(beat);
        // A bar that has just begun is filled whole.
        let to = Quantise::Bar.boundary(from + 1e-3);
        let cursor = match at {
            Quantise::Now => Cursor::after(&clip, beat, self.past()),
            _ => Cursor::seek(&clip, from - 1e-9),
        };
        let voice = Voice { slot: 0, clip, launch: self.launches, cursor, announced: false };
        if let Some(old) = self.tracks[place].fill.replace(Fill { voice, from, to, begun: false }) {
            // What it has struck early ends with it.
            self.release(out, |held| held.track == track && held.launch == old.voice.launch);
            done.retire(old.voice.clip);
        }
    }

    /// A fill begins or ends at `frame`: what sounded until then falls silent.
    pub(super) fn turn_fill(
        &mut self,
        frame: u64,
        track: usize,
        out: &mut impl Output,
        done: &mut impl Retire,
    ) {
        let Some(fill) = self.tracks[track].fill.as_mut() else { return };
        let (launch, ends) = (fill.voice.launch, fill.begun);
        fill.begun = true;
        while let Some(held) = self.ledger.take_first(|held| {
            let ours = held.launch == launch;
            usize::from(held.track) == track && held.launch != LIVE && ours == ends
        }) {
            self.note_off(frame, held, out);
        }
        if ends && let Some(fill) = self.tracks[track].fill.take() {
            done.retire(fill.voice.clip);
        }
    }

    /// No track has a fill any more.
    pub(super) fn end_fills(&mut self, out: &mut impl Output, done: &mut impl Retire) {
        for track in 0..TRACKS {
            if let Some(fill) = self.tracks[track].fill.take() {
                let launch = fill.voice.launch;
                self.release(out, |held| usize::from(held.track) == track && held.launch == launch);
                done.retire(fill.voice.clip);
            }
        }
    }
}
