//! How channels are set beside what clips bring: programs are remembered for outputs that come later, and a sustain pedal
//! that is down is lifted when the music stops, or nothing would ever end.

use super::{Output, Sequencer};
use crate::engine::{Message, Setting, TRACKS};

/// The controller of the sustain pedal.
const PEDAL: u8 = 64;
/// From this value on it is down.
const DOWN: u8 = 64;

impl Sequencer {
    /// Sets a channel of a track at `frame`; nothing where there is no such track.
    pub(super) fn set(&mut self, frame: u64, track: u8, setting: Setting, out: &mut impl Output) {
        let Some(state) = self.tracks.get_mut(usize::from(track)) else { return };
        let setting = setting.held();
        match setting {
            Setting::Program { channel, program } => state.programs[usize::from(channel)] = Some(program),
            Setting::Control { channel, number: PEDAL, value } => {
                let bit = 1 << channel;
                state.pedals = if value >= DOWN { state.pedals | bit } else { state.pedals & !bit };
            }
            Setting::Control { .. } => {}
        }
        self.emit(frame, track, Message::Set(setting), out);
    }

    /// Lifts every pedal that is down, now.
    pub(super) fn lift_pedals(&mut self, out: &mut impl Output) {
        for track in 0..TRACKS {
            let pedals = std::mem::take(&mut self.tracks[track].pedals);
            for channel in (0..16).filter(|channel| pedals >> channel & 1 == 1) {
                let up = Setting::Control { channel, number: PEDAL, value: 0 };
                self.emit(self.frame, track as u8, Message::Set(up), out);
            }
        }
    }
}
