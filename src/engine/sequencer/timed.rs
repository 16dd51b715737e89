//! Orders that waited for their beat, obeyed on their very frame.

use super::{LIVE, LOUDEST, Sequencer};
use crate::engine::agenda::{Entry, Order};
use crate::engine::ledger::{End, Held};
use crate::engine::{FASTEST_BPM, Message, Output, SLOWEST_BPM, Setting, Swing, TRACKS};

impl Sequencer {
    /// Takes an order for a beat in; at a track or beat that does not exist it is none.
    pub(super) fn remember(&mut self, beat: f64, track: u8, what: Order) {
        if usize::from(track) < TRACKS {
            self.agenda.put(beat, track, what, self.swing);
        }
    }

    /// Obeys the order that comes first, at `frame`.
    pub(super) fn obey(&mut self, frame: u64, out: &mut impl Output) {
        let Some(Entry { written, track, what, .. }) = self.agenda.pop() else { return };
        let state = &mut self.tracks[usize::from(track)];
        match what {
            Order::Note { channel, key, velocity, length } => {
                let (channel, key) = (channel.min(15), key.min(127));
                if state.muted || state.muted_keys >> key & 1 == 1 {
                    return;
                }
                let length = if length.is_finite() { length.max(1e-3) } else { 1.0 };
                let end = End::Beat(written + length);
                let held = Held { track, launch: LIVE, channel, key, end };
                self.note_on(frame, held, velocity.clamp(1, 127), out);
            }
            Order::Mute(on) => {
                state.muted = on;
                if on {
                    while let Some(held) = self.ledger.take_first(|held| held.track == track) {
                        self.note_off(frame, held, out);
                    }
                }
            }
            Order::Gain(gain) if gain.is_finite() => {
                state.gain = gain.clamp(0.0, LOUDEST);
                let message = Message::Gain(state.gain);
                self.emit(frame, track, message, out);
            }
            Order::Pan { channel, pan } if pan.is_finite() => {
                let (channel, pan) = (channel.min(15), pan.clamp(-1.0, 1.0));
                state.pan = Some((channel, pan));
                self.emit(frame, track, Message::Pan { channel, pan }, out);
            }
            Order::Set(setting) => self.set(frame, track, setting, out),
            Order::Tempo(bpm) if bpm.is_finite() => {
                let bpm = bpm.clamp(SLOWEST_BPM, FASTEST_BPM);
                self.timeline = self.timeline.with_tempo(frame, bpm);
                self.pulse.tempo(frame, bpm);
            }
            Order::Swing(share) => self.swing = Swing::new(share),
            // Not-a-number gains, places and tempi are no orders at all.
            Order::Gain(_) | Order::Pan { .. } | Order::Tempo(_) => {}
        }
    }

    /// Tells an output that is new the programs that were given outside clips.
    pub(super) fn announce_programs(&self, out: &mut impl Output) {
        for (index, track) in self.tracks.iter().enumerate() {
            for (channel, program) in track.programs.iter().enumerate() {
                if let Some(program) = *program {
                    let setting = Setting::Program { channel: channel as u8, program };
                    self.emit(self.frame, index as u8, Message::Set(setting), out);
                }
            }
        }
    }
}
