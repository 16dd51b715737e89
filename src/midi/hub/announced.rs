//! What outputs must know of a track before its notes: its place, its program, and what its route has besides.

use super::Hub;
use crate::midi::order::OUTPUTS;
use crate::midi::packet::Packet;
use crate::midi::route::Route;

/// General MIDI's controller of the place between left and right.
const PAN: u8 = 10;

pub(super) fn pan_packet(route: &Route, channel: u8, pan: f32) -> Packet {
    Packet::control(route.channel(channel), PAN, (64.0 + pan * 64.0).round().clamp(0.0, 127.0) as u8)
}

impl Hub {
    /// Tells outputs (bit = number) what they must know of a track before its notes.
    pub(super) fn announce(&mut self, track: u8, outputs: u8, now: u64) {
        self.announce_place(track, outputs, now);
        let Some((channel, program)) = self.programs.get(usize::from(track)).copied().flatten() else {
            return;
        };
        let route = self.routes[usize::from(track)];
        for output in 0..OUTPUTS as u8 {
            if route.outputs & outputs & 1 << output != 0 && self.takes_notes(output) {
                for packet in route.preamble(channel, program) {
                    self.write(output, track, now, packet);
                }
            }
        }
    }

    /// Tells outputs (bit = number) where a track stands, once that was said.
    fn announce_place(&mut self, track: u8, outputs: u8, now: u64) {
        let Some((channel, pan)) = self.pans.get(usize::from(track)).copied().flatten() else { return };
        let route = self.routes[usize::from(track)];
        for output in 0..OUTPUTS as u8 {
            if route.outputs & outputs & 1 << output != 0 && self.takes_notes(output) {
                self.write(output, track, now, pan_packet(&route, channel, pan));
            }
        }
    }
}
