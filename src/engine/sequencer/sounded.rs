//! Notes: each one that begins is held in the ledger until it ends.

use super::{CLICK_BEATS, LIVE, Sequencer};
use crate::engine::ledger::{End, Held};
use crate::engine::track::Source;
use crate::engine::{Event, HOUSE, Message, Output, Setting};

/// How long an auditioned note is held, seconds.
const AUDITION_SECONDS: f64 = 0.35;

impl Sequencer {
    pub(super) fn note(&mut self, frame: u64, track: usize, source: Source, out: &mut impl Output) {
        let state = &mut self.tracks[track];
        let Some(due) = state.peek(source) else { return };
        let sounds = state.sounds(source, &due);
        let Some(voice) = state.voice_mut(source) else { return };
        voice.cursor.advance(&voice.clip);
        let launch = voice.launch;
        if !sounds {
            return;
        }
        let programs = (!std::mem::replace(&mut voice.announced, true)).then(|| *voice.clip.programs());
        for (channel, program) in programs.iter().flatten().enumerate() {
            if let Some(program) = *program {
                let setting = Setting::Program { channel: channel as u8, program };
                self.emit(frame, track as u8, Message::Set(setting), out);
            }
        }
        let note = due.note;
        let held = Held {
            track: track as u8,
            launch,
            channel: note.channel,
            key: note.key,
            end: End::Beat(due.sound + note.length),
        };
        self.note_on(frame, held, note.velocity, out);
    }

    pub(super) fn click(&mut self, frame: u64, out: &mut impl Output) {
        let click = self.metronome.peek();
        self.metronome.advance();
        if self.metronome.on {
            let end = End::Beat(click.beat + CLICK_BEATS);
            let held = Held { track: HOUSE, launch: 0, channel: click.channel, key: click.key, end };
            self.note_on(frame, held, click.velocity, out);
        }
    }

    /// A player's note on `track`, held until its end is told; velocity 0 is the end.
    pub fn live(&mut self, track: u8, channel: u8, key: u8, velocity: u8, out: &mut impl Output) {
        let (track, channel, key) = (track.min(HOUSE - 1), channel.min(15), key.min(127));
        if velocity == 0 {
            self.release(out, |held| {
                (held.track, held.launch, held.channel, held.key) == (track, LIVE, channel, key)
            });
        } else {
            let held = Held { track, launch: LIVE, channel, key, end: End::Frame(u64::MAX) };
            self.note_on(self.frame, held, velocity.min(127), out);
        }
    }

    pub(super) fn audition(&mut self, channel: u8, key: u8, velocity: u8, out: &mut impl Output) {
        let (channel, key) = (channel.min(15), key.min(127));
        if velocity == 0 {
            self.release(out, |held| (held.track, held.channel, held.key) == (HOUSE, channel, key));
            return;
        }
        let end = End::Frame(self.frame + (AUDITION_SECONDS * self.timeline.rate()) as u64);
        let held = Held { track: HOUSE, launch: 0, channel, key, end };
        self.note_on(self.frame, held, velocity.min(127), out);
    }

    pub(super) fn note_on(&mut self, frame: u64, held: Held, velocity: u8, out: &mut impl Output) {
        if let Some(ended) = self.ledger.hold(held) {
            self.note_off(frame, ended, out);
        }
        let message = Message::NoteOn { channel: held.channel, key: held.key, velocity };
        self.emit(frame, held.track, message, out);
    }

    pub(super) fn note_off(&self, frame: u64, held: Held, out: &mut impl Output) {
        let message = Message::NoteOff { channel: held.channel, key: held.key };
        self.emit(frame, held.track, message, out);
    }

    /// Ends the held notes that `which` chooses, now.
    pub(super) fn release(&mut self, out: &mut impl Output, which: impl Fn(&Held) -> bool) {
        while let Some(held) = self.ledger.take_first(&which) {
            self.note_off(self.frame, held, out);
        }
    }

    pub(super) fn emit(&self, frame: u64, track: u8, message: Message, out: &mut impl Output) {
        out.event(Event { frame, offset: (frame - self.origin) as usize, track, message });
    }
}
