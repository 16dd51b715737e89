//! Rendering: what comes next in a block, in order of time, until the block is over.

use super::{Retire, Sequencer};
use crate::engine::Output;
use crate::engine::ledger::{End, Held};
use crate::engine::track::Source;

/// What comes next in a block.
#[derive(Debug, Clone, Copy)]
enum Next {
    End(Held),
    Change(usize),
    Fill(usize),
    Order,
    Note(usize, Source),
    Click,
    Count,
    Tick,
}

impl Sequencer {
    /// Renders the next `frames` frames: everything that falls into them goes to `out`, in order of time.
    pub fn render(&mut self, frames: usize, out: &mut impl Output, done: &mut impl Retire) {
        let end = self.frame + frames as u64;
        // The transport begins on its very frame, in the middle of a block as well.
        if let Some(begin) = self.counted().filter(|begin| *begin < end) {
            self.render_to(begin.max(self.frame), out, done);
            self.play(out);
        }
        self.render_to(end, out, done);
        self.origin = end;
    }

    /// Renders up to frame `end`.
    fn render_to(&mut self, end: u64, out: &mut impl Output, done: &mut impl Retire) {
        let mut reached = self.frame;
        while let Some((frame, next)) = self.next(end) {
            // What a tempo or swing change has put into the past happens at once.
            let frame = frame.max(reached);
            reached = frame;
            match next {
                Next::End(held) => {
                    self.ledger.take_first(|other| *other == held);
                    self.note_off(frame, held, out);
                }
                Next::Change(track) => self.change(frame, track, out, done),
                Next::Fill(track) => self.turn_fill(frame, track, out, done),
                Next::Order => self.obey(frame, out),
                Next::Note(track, source) => self.note(frame, track, source, out),
                Next::Click => self.click(frame, out),
                Next::Count => self.count(frame, out),
                Next::Tick => self.tick(frame, out),
            }
        }
        self.fresh &= !self.playing || end == self.frame;
        self.frame = end;
    }

    /// The earliest thing to happen before frame `end`; on the same frame ends come before changes, changes before
    /// orders, orders before notes.
    fn next(&self, end: u64) -> Option<(u64, Next)> {
        let mut best: Option<(u64, Next)> = None;
        let mut offer = |frame: u64, next: Next| {
            if frame < end && best.is_none_or(|(earliest, _)| frame < earliest) {
                best = Some((frame, next));
            }
        };
        let ends = self.ledger.next_end(|end| match end {
            End::Frame(frame) => Some(frame),
            End::Beat(beat) => self.playing.then(|| self.frame_of(beat)),
        });
        if let Some((frame, held)) = ends {
            offer(frame, Next::End(held));
        }
        if self.pulse.on {
            offer(self.pulse.frame(&self.timeline), Next::Tick);
        }
        if !self.playing {
            if let Some(count) = self.count.filter(|count| !count.is_over()) {
                offer(self.timeline.frame_of(count.peek().beat), Next::Count);
            }
            return best;
        }
        for (index, track) in self.tracks.iter().enumerate() {
            if let Some(pending) = &track.pending {
                offer(self.timeline.frame_of(pending.beat), Next::Change(index));
            }
            if let Some(fill) = &track.fill {
                let beat = if fill.begun { fill.to } else { fill.from };
                offer(self.timeline.frame_of(beat), Next::Fill(index));
            }
        }
        if let Some(order) = self.agenda.peek() {
            offer(self.timeline.frame_of(order.beat), Next::Order);
        }
        for (index, track) in self.tracks.iter().enumerate() {
            for source in Source::ALL {
                if let Some(due) = track.peek(source) {
                    offer(self.frame_of(due.sound), Next::Note(index, source));
                }
            }
        }
        offer(self.timeline.frame_of(self.metronome.peek().beat), Next::Click);
        best
    }
}
