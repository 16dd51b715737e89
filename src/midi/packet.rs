//! Short MIDI messages as bytes: those we send, and those we understand.

use crate::engine::{Setting, Sync};

/// One message of at most three bytes, with its status byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    bytes: [u8; 3],
    len: u8,
}

/// A message that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// A clock speaks.
    Sync(Sync),
    /// A note begins; velocity 1..=127.
    NoteOn {
        /// Channel, 0..16.
        channel: u8,
        /// Key.
        key: u8,
        /// Velocity.
        velocity: u8,
    },
    /// A note ends.
    NoteOff {
        /// Channel, 0..16.
        channel: u8,
        /// Key.
        key: u8,
    },
    /// A controller moves, or a program is chosen.
    Set(Setting),
}

impl Packet {
    fn three(status: u8, channel: u8, a: u8, b: u8) -> Self {
        Self { bytes: [status | channel & 15, a & 127, b & 127], len: 3 }
    }

    /// A note begins.
    pub fn note_on(channel: u8, key: u8, velocity: u8) -> Self {
        Self::three(0x90, channel, key, velocity.clamp(1, 127))
    }

    /// A note ends.
    pub fn note_off(channel: u8, key: u8) -> Self {
        Self::three(0x80, channel, key, 0)
    }

    /// True for the beginning or the end of a note.
    pub fn is_note(&self) -> bool {
        matches!(self.bytes(), [0x80..=0x9F, ..])
    }

    /// A controller moves.
    pub fn control(channel: u8, number: u8, value: u8) -> Self {
        Self::three(0xB0, channel, number, value)
    }

    /// A program is chosen.
    pub fn program(channel: u8, program: u8) -> Self {
        Self { bytes: [0xC0 | channel & 15, program & 127, 0], len: 2 }
    }

    /// The pitch wheel moves: -8192..=8191.
    pub fn bend(channel: u8, bend: i16) -> Self {
        let wheel = (i32::from(bend.clamp(-8192, 8191)) + 8192) as u16;
        Self::three(0xE0, channel, (wheel & 127) as u8, (wheel >> 7) as u8)
    }

    /// A clock speaks.
    pub fn sync(sync: Sync) -> Self {
        let one = |byte| Self { bytes: [byte, 0, 0], len: 1 };
        match sync {
            Sync::Tick => one(0xF8),
            Sync::Start => one(0xFA),
            Sync::Continue => one(0xFB),
            Sync::Stop => one(0xFC),
            Sync::Position(at) => Self { bytes: [0xF2, (at & 127) as u8, (at >> 7 & 127) as u8], len: 3 },
        }
    }

    /// The bytes to be written.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl Heard {
    /// What `bytes`, one whole message, say; `None` for what is of no use here.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (&status, data) = bytes.split_first()?;
        if data.iter().any(|byte| *byte > 127) {
            return None;
        }
        let channel = status & 15;
        Some(match (status, data) {
            (0xF8, []) => Self::Sync(Sync::Tick),
            (0xFA, []) => Self::Sync(Sync::Start),
            (0xFB, []) => Self::Sync(Sync::Continue),
            (0xFC, []) => Self::Sync(Sync::Stop),
            (0xF2, &[low, high]) => Self::Sync(Sync::Position(u16::from(low) | u16::from(high) << 7)),
            (0x90..=0x9F, &[key, velocity]) if velocity > 0 => Self::NoteOn { channel, key, velocity },
            (0x80..=0x9F, &[key, _]) => Self::NoteOff { channel, key },
            (0xB0..=0xBF, &[number, value]) => Self::Set(Setting::Control { channel, number, value }),
            (0xC0..=0xCF, &[program]) => Self::Set(Setting::Program { channel, program }),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_understood_as_it_was_meant() {
        let pairs = [
            (Packet::note_on(3, 60, 100), Heard::NoteOn { channel: 3, key: 60, velocity: 100 }),
            (Packet::note_off(15, 127), Heard::NoteOff { channel: 15, key: 127 }),
            (Packet::control(0, 7, 1), Heard::Set(Setting::Control { channel: 0, number: 7, value: 1 })),
            (Packet::program(9, 5), Heard::Set(Setting::Program { channel: 9, program: 5 })),
            (Packet::sync(Sync::Position(16_383)), Heard::Sync(Sync::Position(16_383))),
        ];
        for (packet, heard) in pairs {
            assert_eq!(Heard::parse(packet.bytes()), Some(heard));
        }
        for sync in [Sync::Tick, Sync::Start, Sync::Continue, Sync::Stop, Sync::Position(300)] {
            assert_eq!(Heard::parse(Packet::sync(sync).bytes()), Some(Heard::Sync(sync)));
        }
        assert_eq!(Heard::parse(&[0x91, 40, 0]), Some(Heard::NoteOff { channel: 1, key: 40 }));
    }

    #[test]
    fn broken_messages_say_nothing() {
        for bytes in [&[][..], &[60], &[0x90], &[0x90, 60], &[0x90, 200, 1], &[0xF2, 1], &[0xF0, 1, 0xF7]] {
            assert_eq!(Heard::parse(bytes), None, "{bytes:?}");
        }
        assert_eq!(Packet::bend(0, 8191).bytes(), [0xE0, 127, 127]);
        assert_eq!(Packet::bend(0, -8192).bytes(), [0xE0, 0, 0]);
    }
}
