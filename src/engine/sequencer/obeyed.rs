//! Commands, obeyed at the first frame of the next block.

use super::{LOUDEST, Retire, Sequencer};
use crate::engine::{Command, FASTEST_BPM, HOUSE, Message, Output, SLOWEST_BPM, Swing, Sync};

impl Sequencer {
    /// Obeys `command` at the first frame of the next block.
    pub fn apply(&mut self, command: Command, out: &mut impl Output, done: &mut impl Retire) {
        match command {
            Command::Play => self.play(out),
            Command::CountIn(beats) => self.count_in(beats, out),
            Command::Stop => self.stop(out, done),
            Command::Tempo(bpm) if bpm.is_finite() => {
                let bpm = bpm.clamp(SLOWEST_BPM, FASTEST_BPM);
                self.timeline = self.timeline.with_tempo(self.frame, bpm);
                self.pulse.tempo(self.frame, bpm);
            }
            Command::Swing(share) => self.swing = Swing::new(share),
            Command::Launch { track, slot, clip, at } => self.launch(track, slot, clip, at, out, done),
            Command::Halt { track, at } => self.halt(track, at, out, done),
            Command::MuteTrack { track, on } => {
                let Some(state) = self.tracks.get_mut(usize::from(track)) else { return };
                state.muted = on;
                if on {
                    self.release(out, |held| held.track == track);
                }
            }
            Command::MuteKeys { track, keys } => {
                let Some(state) = self.tracks.get_mut(usize::from(track)) else { return };
                state.muted_keys = keys;
                self.release(out, |held| held.track == track && keys >> held.key & 1 == 1);
            }
            Command::Gain { track, gain } if gain.is_finite() => {
                let Some(state) = self.tracks.get_mut(usize::from(track)) else { return };
                state.gain = gain.clamp(0.0, LOUDEST);
                let message = Message::Gain(state.gain);
                self.emit(self.frame, track, message, out);
            }
            Command::Fill { track, clip, at } => self.fill(track, clip, at, out, done),
            Command::Pan { track, channel, pan } if pan.is_finite() => {
                let Some(state) = self.tracks.get_mut(usize::from(track)) else { return };
                let (channel, pan) = (channel.min(15), pan.clamp(-1.0, 1.0));
                state.pan = Some((channel, pan));
                self.emit(self.frame, track, Message::Pan { channel, pan }, out);
            }
            Command::Set { track, setting } => self.set(self.frame, track, setting, out),
            Command::Audition { channel, key, velocity } => self.audition(channel, key, velocity, out),
            Command::Live { track, channel, key, velocity } => self.live(track, channel, key, velocity, out),
            Command::At { beat, track, what } => self.remember(beat, track, what),
            Command::Metronome(on) => self.metronome.on = on,
            Command::Clock(on) => self.clock(on, out),
            // The driver's business.
            Command::Feed(_) | Command::Follow(_) => {}
            Command::Locate(beat) if beat.is_finite() => {
                self.release(out, |held| held.track != HOUSE);
                self.agenda.clear();
                self.end_fills(out, done);
                self.fresh = true;
                if self.playing {
                    self.sync(Sync::Stop, out);
                }
                self.relocate(beat.max(0.0));
                if self.playing {
                    self.join(out);
                }
                self.count_anew();
            }
            Command::Panic => {
                self.release(out, |_| true);
                self.lift_pedals(out);
                for track in 0..=HOUSE {
                    self.emit(self.frame, track, Message::Cut, out);
                }
            }
            // Not-a-number tempi, gains and places are no orders at all.
            Command::Tempo(_) | Command::Gain { .. } | Command::Pan { .. } | Command::Locate(_) => {}
        }
    }
}
