//! Messages that wait for their time: fixed size, in order of time, of equal times in the order they came.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::packet::Packet;

/// Messages that can wait.
const CAPACITY: usize = 8192;

/// A message for one output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// When it is to be handed to the port, host nanoseconds.
    pub due: u64,
    /// When it is to leave the port, host nanoseconds.
    pub at: u64,
    /// Which output.
    pub output: u8,
    /// Whose it is: a track, or [`crate::engine::HOUSE`].
    pub track: u8,
    /// What.
    pub packet: Packet,
    order: u64,
}

impl Waiting {
    fn key(&self) -> (u64, u64) {
        (self.due, self.order)
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The queue. Allocates at its making only.
#[derive(Debug)]
pub struct Queue {
    heap: BinaryHeap<Reverse<Waiting>>,
    order: u64,
}

impl Default for Queue {
    fn default() -> Self {
        Self { heap: BinaryHeap::with_capacity(CAPACITY), order: 0 }
    }
}

impl Queue {
    /// Lets a message wait; false where there is no room.
    pub fn push(&mut self, due: u64, at: u64, output: u8, track: u8, packet: Packet) -> bool {
        if self.heap.len() >= CAPACITY {
            return false;
        }
        self.order += 1;
        self.heap.push(Reverse(Waiting { due, at, output, track, packet, order: self.order }));
        true
    }

    /// When the next message is due.
    pub fn next(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse(waiting)| waiting.due)
    }

    /// Takes the next message that is due at `now`.
    pub fn pop(&mut self, now: u64) -> Option<Waiting> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(waiting)| waiting)
    }

    /// Forgets the messages that `which` chooses.
    pub fn forget(&mut self, which: impl Fn(&Waiting) -> bool) {
        self.heap.retain(|Reverse(waiting)| !which(waiting));
    }
}
