//! A port that remembers what it was sent: for tests and for measuring.

use rtrb::{Consumer, Producer, RingBuffer};

use super::packet::Packet;
use super::ports::{Gone, Port};
use crate::engine::host;

/// One message as it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// When it was to leave, host nanoseconds.
    pub due: u64,
    /// When it left.
    pub left: u64,
    /// What.
    pub packet: Packet,
}

/// An output that writes into a ring; allocates nothing, like any port.
#[derive(Debug)]
pub struct Tape(Producer<Sent>);

impl Tape {
    /// A tape for `length` messages, and its reading end. When the reader goes, so does the port.
    pub fn new(length: usize) -> (Self, Consumer<Sent>) {
        let (tape, end) = RingBuffer::new(length);
        (Self(tape), end)
    }
}

impl Port for Tape {
    fn send(&mut self, at: u64, packet: Packet) -> Result<(), Gone> {
        if self.0.is_abandoned() {
            return Err(Gone);
        }
        self.0.push(Sent { due: at, left: host::now(), packet }).map_err(|_| Gone)
    }
}
