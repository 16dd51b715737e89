//! The ledger of sounding notes: what was begun is ended, whatever happens in between.

/// Notes that can be held at once; one more ends the oldest.
const CAPACITY: usize = 192;

/// When a held note ends by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    /// At a beat, as written (swing is applied when the time comes).
    Beat(f64),
    /// At a frame, whatever the transport does.
    Frame(u64),
}

/// A held note.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// Track it sounds on.
    pub track: u8,
    /// Number of the launch it belongs to, so that a clip's notes can be told from its successor's.
    pub launch: u32,
    /// MIDI channel.
    pub channel: u8,
    /// MIDI key.
    pub key: u8,
    /// When it ends.
    pub end: End,
}

/// Held notes, oldest first. Fixed size: holding and ending allocate nothing.
#[derive(Debug, Clone)]
pub struct Ledger {
    notes: [Option<Held>; CAPACITY],
    len: usize,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { notes: [None; CAPACITY], len: 0 }
    }
}

impl Ledger {
    /// Notes held.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True where nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Holds a note and gives back the one that must end for it: the same key held before, or the oldest of a
    /// full ledger.
    pub fn hold(&mut self, note: Held) -> Option<Held> {
        let same = |h: &Held| (h.track, h.channel, h.key) == (note.track, note.channel, note.key);
        let ended = match self.take_first(same) {
            None if self.len == CAPACITY => self.remove(0),
            ended => ended,
        };
        self.notes[self.len] = Some(note);
        self.len += 1;
        ended
    }

    /// Takes out the oldest note that `which` chooses.
    pub fn take_first(&mut self, which: impl Fn(&Held) -> bool) -> Option<Held> {
        let index = self.notes[..self.len].iter().position(|n| n.as_ref().is_some_and(&which))?;
        self.remove(index)
    }

    /// The note that ends first, by the frame `frame_of` gives each end, without taking it out.
    pub fn next_end(&self, frame_of: impl Fn(End) -> Option<u64>) -> Option<(u64, Held)> {
        self.notes[..self.len]
            .iter()
            .flatten()
            .filter_map(|held| Some((frame_of(held.end)?, *held)))
            .min_by_key(|(frame, _)| *frame)
    }

    fn remove(&mut self, index: usize) -> Option<Held> {
        let held = self.notes[index].take();
        self.notes.copy_within(index + 1..self.len, index);
        self.len -= 1;
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(key: u8, end: u64) -> Held {
        Held { track: 0, launch: 0, channel: 9, key, end: End::Frame(end) }
    }

    fn frame(end: End) -> Option<u64> {
        match end {
            End::Frame(frame) => Some(frame),
            End::Beat(_) => None,
        }
    }

    #[test]
    fn a_key_struck_again_ends_the_note_that_held_it() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.hold(note(36, 10)), None);
        assert_eq!(ledger.hold(note(36, 20)), Some(note(36, 10)));
        assert_eq!(ledger.len(), 1);
    }

    #[test]
    fn a_full_ledger_ends_the_oldest_note() {
        let mut ledger = Ledger::default();
        let mut ended = 0;
        for i in 0..CAPACITY + 5 {
            let held = Held { track: (i / 128) as u8, key: (i % 128) as u8, ..note(0, 0) };
            ended += usize::from(ledger.hold(held).is_some());
        }
        assert_eq!((ledger.len(), ended), (CAPACITY, 5));
    }

    #[test]
    fn the_next_end_is_the_earliest() {
        let mut ledger = Ledger::default();
        for (key, end) in [(1, 30), (2, 10), (3, 20)] {
            ledger.hold(note(key, end));
        }
        assert_eq!(ledger.next_end(frame).map(|(f, h)| (f, h.key)), Some((10, 2)));
        assert!(ledger.take_first(|h| h.key == 2).is_some());
        assert_eq!(ledger.next_end(frame).map(|(f, h)| (f, h.key)), Some((20, 3)));
    }
}
