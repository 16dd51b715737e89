//! What inputs hear: clocks and notes for the engine, all of it for the player's side.

use super::Hub;
use crate::engine::{Inbound, host};
use crate::midi::keys::Key;
use crate::midi::order::{News, OUTPUTS};
use crate::midi::packet::{Heard, Packet};

impl Hub {
    /// Takes in what an input has heard.
    pub(super) fn listen(&mut self, number: usize) {
        while let Some((at, heard)) = self.inputs[number].as_mut().and_then(|input| input.ring.pop().ok()) {
            let Some(input) = &self.inputs[number] else { return };
            let (leads, notes) = (input.leads, input.notes);
            match heard {
                Heard::Sync(sync) => {
                    if leads {
                        let _ = self.wire.inlet.push(Inbound::Sync { at, sync });
                    }
                    // A player's side that is asked for nothing else need not be woken 48 times a second.
                    continue;
                }
                Heard::NoteOn { key, velocity, .. } if notes => self.strike(number as u8, at, key, velocity),
                Heard::NoteOff { key, .. } if notes => {
                    if let Some(old) = self.keys.lift(number as u8, key) {
                        self.release(&old);
                    }
                }
                _ => {}
            }
            // A full ring: the player's side hangs, and the music matters more.
            let _ = self.ends.news.push(News::Heard(number as u8, at, heard));
        }
    }

    /// A key of the player goes down: it plays on the selected track, at once.
    fn strike(&mut self, input: u8, at: u64, pressed: u8, velocity: u8) {
        let (track, channel, octave) = self.live;
        let moved = i16::from(pressed) + 12 * i16::from(octave);
        let Ok(key) = u8::try_from(moved.clamp(0, 127)) else { return };
        let Some(route) = self.routes.get(usize::from(track)).copied() else { return };
        let outputs = (0..OUTPUTS as u8)
            .filter(|output| route.outputs >> output & 1 == 1 && self.takes_notes(*output))
            .fold(0, |outputs, output| outputs | 1 << output);
        let note = (route.channel(channel), route.key(channel, key));
        let key = Key { track, channel, key, note, outputs };
        if let Some(old) = self.keys.press(input, pressed, key) {
            self.release(&old);
        }
        let _ = self.wire.inlet.push(Inbound::Note { track, channel, key: key.key, velocity });
        for output in key.outputs() {
            self.write(output, track, host::now(), Packet::note_on(note.0, note.1, velocity));
            self.live_meter.note(at, host::now());
        }
    }

    /// Ends what a key began, where it began it.
    fn release(&mut self, key: &Key) {
        let Key { track, channel, key: inside, note, .. } = *key;
        let _ = self.wire.inlet.push(Inbound::Note { track, channel, key: inside, velocity: 0 });
        for output in key.outputs() {
            self.write(output, track, host::now(), Packet::note_off(note.0, note.1));
        }
    }

    /// All keys of an input count as let go.
    pub(super) fn let_go(&mut self, input: u8) {
        while let Some(key) = self.keys.lift_any(input) {
            self.release(&key);
        }
    }
}
