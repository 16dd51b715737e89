//! What sounds on the outputs, so that all of it can be ended: by track, by output, or altogether.

use super::order::OUTPUTS;
use super::packet::Packet;
use crate::engine::HOUSE;

const OWNERS: usize = HOUSE as usize + 1;

/// One bit for every owner, output, channel and key. Fixed size.
#[derive(Debug)]
pub struct Sounding {
    bits: Box<[[[u128; 16]; OUTPUTS]; OWNERS]>,
    /// Channels an output has ever been sent to: those get the last word in a panic.
    used: [u16; OUTPUTS],
}

impl Default for Sounding {
    fn default() -> Self {
        Self { bits: Box::new([[[0; 16]; OUTPUTS]; OWNERS]), used: [0; OUTPUTS] }
    }
}

impl Sounding {
    /// Notes what `packet` does on an output.
    pub fn note(&mut self, track: u8, output: u8, packet: &Packet) {
        let &[status, key, velocity] = packet.bytes() else { return };
        let (track, out) = (usize::from(track).min(OWNERS - 1), usize::from(output).min(OUTPUTS - 1));
        let channel = usize::from(status & 15);
        match status & 0xF0 {
            0x90 if velocity > 0 => {
                self.bits[track][out][channel] |= 1 << key;
                self.used[out] |= 1 << channel;
            }
            0x80 | 0x90 => self.bits[track][out][channel] &= !(1 << key),
            _ => {}
        }
    }

    /// Ends what sounds for the owners and on the outputs given: `end` gets each output and its note-off.
    pub fn end(
        &mut self,
        tracks: std::ops::RangeInclusive<u8>,
        outputs: std::ops::Range<u8>,
        mut end: impl FnMut(u8, Packet),
    ) {
        for track in tracks {
            for output in outputs.clone() {
                for channel in 0..16_u8 {
                    let Some(bits) = self
                        .bits
                        .get_mut(usize::from(track))
                        .and_then(|outs| outs.get_mut(usize::from(output)))
                        .map(|channels| std::mem::take(&mut channels[usize::from(channel)]))
                    else {
                        return;
                    };
                    let mut left = bits;
                    while left != 0 {
                        let key = left.trailing_zeros() as u8;
                        left &= left - 1;
                        end(output, Packet::note_off(channel, key));
                    }
                }
            }
        }
    }

    /// The channels that `output` was sent notes on.
    pub fn used(&self, output: u8) -> impl Iterator<Item = u8> + use<> {
        let used = self.used.get(usize::from(output)).copied().unwrap_or(0);
        (0..16).filter(move |channel| used >> channel & 1 == 1)
    }
}
