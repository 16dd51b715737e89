//! Launches and halts: what waits for its boundary, and what happens there.

use std::sync::Arc;

use super::{LIVE, Retire, Sequencer};
use crate::engine::cursor::Cursor;
use crate::engine::track::{Change, Pending, Voice};
use crate::engine::{Clip, Output, Quantise, TRACKS};

impl Sequencer {
    pub(super) fn launch(
        &mut self,
        track: u8,
        slot: u32,
        clip: Arc<Clip>,
        at: Quantise,
        out: &mut impl Output,
        done: &mut impl Retire,
    ) {
        if usize::from(track) >= TRACKS {
            done.retire(clip);
            return;
        }
        self.launches = self.launches.wrapping_add(1);
        let beat = at.boundary(self.beat());
        // A boundary is exact; "now" begins with what has not been rendered yet. A transport at rest seeks again
        // when it starts.
        let now = at == Quantise::Now || (matches!(at, Quantise::Tick(_)) && beat <= self.beat());
        let cursor = if now && self.playing {
            Cursor::after(&clip, beat, self.past())
        } else {
            Cursor::seek(&clip, beat - 1e-9)
        };
        let voice = Voice { slot, clip, launch: self.launches, cursor, announced: false };
        self.defer(usize::from(track), Pending { change: Change::Launch(voice), at, beat }, out, done);
    }

    pub(super) fn halt(&mut self, track: u8, at: Quantise, out: &mut impl Output, done: &mut impl Retire) {
        if usize::from(track) < TRACKS {
            let beat = at.boundary(self.beat());
            self.defer(usize::from(track), Pending { change: Change::Halt, at, beat }, out, done);
        }
    }

    /// Puts a change in the place of the one that waits, and makes it at once where nothing is to be waited for.
    fn defer(&mut self, track: usize, pending: Pending, out: &mut impl Output, done: &mut impl Retire) {
        let at_once = pending.at == Quantise::Now || !self.playing;
        if let Some(Pending { change: Change::Launch(voice), .. }) =
            self.tracks[track].pending.replace(pending)
        {
            self.release(out, |held| usize::from(held.track) == track && held.launch == voice.launch);
            done.retire(voice.clip);
        }
        if at_once {
            self.change(self.frame, track, out, done);
        }
    }

    /// Makes the change that waits on `track`: the old clip's notes end, the new one takes over.
    pub(super) fn change(&mut self, frame: u64, track: usize, out: &mut impl Output, done: &mut impl Retire) {
        let Some(pending) = self.tracks[track].pending.take() else { return };
        let next = match pending.change {
            Change::Launch(voice) => Some(voice),
            Change::Halt => None,
        };
        let keep = next.as_ref().map(|voice| voice.launch);
        while let Some(held) = self.ledger.take_first(|held| {
            usize::from(held.track) == track && Some(held.launch) != keep && held.launch != LIVE
        }) {
            self.note_off(frame, held, out);
        }
        if let Some(old) = std::mem::replace(&mut self.tracks[track].playing, next) {
            done.retire(old.clip);
        }
    }
}
