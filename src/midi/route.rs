//! Where a track's notes go: outputs, channel, sound, and a drum map for kits that number their pads otherwise.

use super::packet::Packet;

/// Controllers set with a route.
pub const CONTROLS: usize = 8;

/// The route of one track. Copied to the MIDI thread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Route {
    /// Bit `n`: output `n` gets the track.
    pub outputs: u8,
    /// Channel, 0..16; `None` is the track's own (drums on 9, the others in their order).
    pub channel: Option<u8>,
    /// Bank, most and least significant byte.
    pub bank: Option<(u8, u8)>,
    /// Program instead of the track's own.
    pub program: Option<u8>,
    /// Controllers and their values, told with the route.
    pub controls: [Option<(u8, u8)>; CONTROLS],
    /// Key to key, for drums.
    pub map: [u8; 128],
}

impl Default for Route {
    fn default() -> Self {
        Self {
            outputs: u8::MAX,
            channel: None,
            bank: None,
            program: None,
            controls: [None; CONTROLS],
            map: std::array::from_fn(|key| key as u8),
        }
    }
}

impl Route {
    /// The channel for what the engine plays on `channel`.
    pub fn channel(&self, channel: u8) -> u8 {
        self.channel.unwrap_or(channel).min(15)
    }

    /// The key for what the engine plays: drums (`channel` 9) through the map.
    pub fn key(&self, channel: u8, key: u8) -> u8 {
        let key = key.min(127);
        if channel == crate::engine::DRUM_CHANNEL { self.map[usize::from(key)] } else { key }
    }

    /// What an output has to know before the first note on `channel`: bank, program, controllers, in this order.
    pub fn preamble(&self, channel: u8, program: Option<u8>) -> impl Iterator<Item = Packet> + use<> {
        let channel = self.channel(channel);
        let bank =
            self.bank.map(|(msb, lsb)| [Packet::control(channel, 0, msb), Packet::control(channel, 32, lsb)]);
        let program = self.program.or(program).map(|program| Packet::program(channel, program));
        let controls = self.controls.into_iter().flatten();
        bank.into_iter()
            .flatten()
            .chain(program)
            .chain(controls.map(move |(number, value)| Packet::control(channel, number, value)))
    }
}
