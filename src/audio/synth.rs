//! The rack: one SoundFont synthesiser a track, mixed and limited. Renders in real time without allocating.

use rustysynth::{Synthesizer, SynthesizerSettings};

use crate::engine::{Event, Message, Output, Setting, TRACKS};

use super::font::{Font, FontError};
use super::guard::survives;
use super::limiter::Limiter;
use super::place::Place;

/// Longest block the rack renders at once, frames.
pub const BLOCK: usize = 256;
/// Frames at whose edges the synthesiser begins a note: 0.17 ms at 48 kHz, far below what an ear tells.
const GRAIN: usize = 8;
/// Notes of one track at once.
const POLYPHONY: usize = 40;
/// The same where nobody waits for it.
const OFFLINE: usize = 128;
/// Events of one track in one block.
const EVENTS: usize = 256;
/// The mix as a whole: a kit at velocity 80 stays clear of the limiter.
const MASTER: f32 = 1.7;
/// The controller of the sustain pedal.
const PEDAL: i32 = 64;
/// Quieter than this counts as silence (-96 dB).
const SILENCE: f32 = 1.6e-5;

/// One synthesiser for each track and one for the metronome and auditioned notes.
///
/// Tracks do not share channels, so every track may use all 16, and its loudness is its own.
pub struct Rack {
    strips: Vec<Strip>,
    left: [f32; BLOCK],
    right: [f32; BLOCK],
    mix: [[f32; 2]; BLOCK],
    limiter: Limiter,
    peak: [f32; 2],
    fall: f32,
}

impl std::fmt::Debug for Rack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rack").field("strips", &self.strips.len()).finish_non_exhaustive()
    }
}

struct Strip {
    synth: Synthesizer,
    events: Vec<Event>,
    /// Gain at the end of the last block, and where it goes.
    gain: f32,
    target: f32,
    place: Place,
    /// Frames of silence since the last event or sound.
    silent: usize,
    /// It panicked in a damaged SoundFont and is left alone from then on.
    broken: bool,
}

impl Rack {
    /// A silent rack that plays `font` at `rate` frames a second.
    pub fn new(font: &Font, rate: u32) -> Result<Self, FontError> {
        Self::with(font, rate, POLYPHONY)
    }

    /// A silent rack for rendering files: as [`Rack::new`], with more notes at once.
    ///
    /// # Errors
    /// As [`Rack::new`].
    pub fn offline(font: &Font, rate: u32) -> Result<Self, FontError> {
        Self::with(font, rate, OFFLINE)
    }

    fn with(font: &Font, rate: u32, notes: usize) -> Result<Self, FontError> {
        let mut settings = SynthesizerSettings::new(rate as i32);
        settings.block_size = GRAIN;
        settings.maximum_polyphony = notes;
        // Each strip would pay for its own room.
        settings.enable_reverb_and_chorus = false;
        let strips = (0..=TRACKS)
            .map(|_| {
                let mut synth = Synthesizer::new(&font.data, &settings)
                    .map_err(|e| FontError::Settings { rate, cause: e.to_string() })?;
                synth.set_master_volume(1.0);
                Ok(Strip {
                    synth,
                    events: Vec::with_capacity(EVENTS),
                    gain: 1.0,
                    target: 1.0,
                    place: Place::default(),
                    silent: usize::MAX / 2,
                    broken: false,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            strips,
            left: [0.0; BLOCK],
            right: [0.0; BLOCK],
            mix: [[0.0; 2]; BLOCK],
            limiter: Limiter::new(rate as f32),
            peak: [0.0; 2],
            fall: (-1.0 / (0.3 * rate as f32)).exp(),
        })
    }

    /// Loudest sample of left and right lately, falling to 1/e in 0.3 s.
    pub fn peak(&self) -> [f32; 2] {
        self.peak
    }

    /// True where a damaged SoundFont has stopped at least one track's voice.
    pub fn is_broken(&self) -> bool {
        self.strips.iter().any(|strip| strip.broken)
    }

    /// True where nothing sounds any more, tails included.
    pub fn is_silent(&self, rate: u32) -> bool {
        self.strips.iter().all(|strip| strip.is_asleep(rate))
    }

    /// Renders the next `frames` frames, [`BLOCK`] at most, with the events taken since the last call.
    pub fn render(&mut self, frames: usize) -> &[[f32; 2]] {
        let frames = frames.min(BLOCK);
        let rate = self.strips.first().map_or(48_000, |strip| strip.synth.get_sample_rate() as u32);
        self.mix[..frames].fill([0.0; 2]);
        for strip in self.strips.iter_mut().filter(|strip| !strip.is_asleep(rate)) {
            let (left, right) = (&mut self.left[..frames], &mut self.right[..frames]);
            strip.render(left, right);
            let step = (strip.target - strip.gain) / frames.max(1) as f32;
            for (i, out) in self.mix[..frames].iter_mut().enumerate() {
                let gain = (strip.gain + step * (i + 1) as f32) * MASTER;
                let share = (i + 1) as f32 / frames.max(1) as f32;
                let [l, r] = strip.place.put(left[i], right[i], share);
                out[0] += l * gain;
                out[1] += r * gain;
            }
            strip.gain = strip.target;
            strip.place.arrive();
        }
        for frame in &mut self.mix[..frames] {
            *frame = self.limiter.run(*frame);
            for (peak, value) in self.peak.iter_mut().zip(*frame) {
                *peak = (*peak * self.fall).max(value.abs());
            }
        }
        &self.mix[..frames]
    }
}

impl Output for Rack {
    fn event(&mut self, event: Event) {
        let Some(strip) = self.strips.get_mut(usize::from(event.track)) else { return };
        if strip.broken {
            return;
        }
        if strip.events.len() == strip.events.capacity() {
            // More than a block can hold: early by a few milliseconds, but nothing is lost.
            strip.flush();
            if strip.broken {
                return;
            }
        }
        strip.events.push(event);
        strip.silent = 0;
    }
}

impl Strip {
    /// Half a second of silence, and nothing on its way.
    fn is_asleep(&self, rate: u32) -> bool {
        self.events.is_empty() && self.silent > rate as usize / 2
    }

    /// Obeys at once all that waits.
    fn flush(&mut self) {
        let done = survives(|| {
            for i in 0..self.events.len() {
                self.obey(self.events[i].message);
            }
        });
        self.broken |= !done;
        self.events.clear();
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.broken {
            self.events.clear();
            left.fill(0.0);
            right.fill(0.0);
            self.silent = usize::MAX / 2;
            return;
        }
        if !survives(|| self.render_events(left, right)) {
            self.broken = true;
            left.fill(0.0);
            right.fill(0.0);
        }
        self.events.clear();
        let loudest = left.iter().chain(right.iter()).fold(0.0_f32, |m, v| m.max(v.abs()));
        self.silent = if loudest > SILENCE { 0 } else { self.silent.saturating_add(left.len()) };
    }

    /// Renders from event to event.
    fn render_events(&mut self, left: &mut [f32], right: &mut [f32]) {
        let mut from = 0;
        for i in 0..self.events.len() {
            let event = self.events[i];
            let to = event.offset.clamp(from, left.len());
            if to > from {
                self.synth.render(&mut left[from..to], &mut right[from..to]);
            }
            self.obey(event.message);
            from = to;
        }
        self.synth.render(&mut left[from..], &mut right[from..]);
    }

    fn obey(&mut self, message: Message) {
        let synth = &mut self.synth;
        match message {
            Message::NoteOn { channel, key, velocity } => {
                synth.note_on(channel.into(), key.into(), velocity.into());
            }
            Message::NoteOff { channel, key } => synth.note_off(channel.into(), key.into()),
            Message::Set(Setting::Program { channel, program }) => {
                synth.process_midi_message(channel.into(), 0xC0, program.into(), 0);
            }
            Message::Set(Setting::Control { channel, number, value }) => {
                synth.process_midi_message(channel.into(), 0xB0, number.into(), value.into());
            }
            Message::Bend { channel, bend } => {
                let wheel = i32::from(bend.clamp(-8192, 8191)) + 8192;
                synth.process_midi_message(channel.into(), 0xE0, wheel & 0x7F, wheel >> 7);
            }
            Message::Gain(gain) => self.target = gain,
            Message::Pan { pan, .. } => self.place.go(pan),
            Message::Cut => {
                synth.note_off_all(true);
                // A pedal that stays down would hold every note to come.
                for channel in 0..16 {
                    synth.process_midi_message(channel, 0xB0, PEDAL, 0);
                }
            }
            Message::Sync(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(track: u8, offset: usize, key: u8) -> Event {
        let message = Message::NoteOn { channel: 9, key, velocity: 100 };
        Event { frame: offset as u64, offset, track, message }
    }

    fn rack() -> Rack {
        Rack::new(&Font::built_in().expect("loads"), 48_000).expect("starts")
    }

    fn first_sound(offset: usize) -> Option<usize> {
        let mut rack = rack();
        rack.event(note(0, offset, 36));
        rack.render(BLOCK).iter().position(|f| f[0].abs() > 1e-4)
    }

    #[test]
    fn a_note_begins_within_a_grain_of_its_offset() {
        let start = first_sound(0).expect("sounds");
        for offset in [1, 7, 50, 100] {
            let late = first_sound(offset).expect("sounds") - start;
            assert!((offset..offset + GRAIN).contains(&late), "offset {offset}: {late}");
        }
    }

    #[test]
    fn a_silent_rack_is_exactly_silent_and_asleep() {
        let mut rack = rack();
        assert!(rack.is_silent(48_000));
        assert!(rack.render(BLOCK).iter().all(|f| *f == [0.0, 0.0]));
    }

    #[test]
    fn the_gain_of_one_track_leaves_the_others_alone() {
        let mut loudness = [0.0_f32; 2];
        for (track, loud) in loudness.iter_mut().enumerate() {
            let mut rack = rack();
            rack.event(Event { message: Message::Gain(0.0), ..note(0, 0, 0) });
            rack.render(BLOCK);
            rack.event(note(track as u8, 0, 38));
            for _ in 0..10 {
                *loud = rack.render(BLOCK).iter().fold(*loud, |m, f| m.max(f[0].abs()));
            }
        }
        assert!(loudness[0] < 1e-6 && loudness[1] > 0.1, "{loudness:?}");
    }

    #[test]
    fn a_cut_lifts_the_pedal_and_what_is_played_after_it_ends() {
        let mut rack = rack();
        let say = |rack: &mut Rack, message| rack.event(Event { message, ..note(0, 0, 0) });
        let organ = Message::NoteOn { channel: 3, key: 60, velocity: 100 };
        rack.strips[0].synth.process_midi_message(3, 0xC0, 16, 0);
        rack.strips[0].synth.process_midi_message(3, 0xB0, PEDAL, 127);
        say(&mut rack, organ);
        rack.render(BLOCK);
        say(&mut rack, Message::Cut);
        rack.render(BLOCK);
        say(&mut rack, organ);
        rack.render(BLOCK);
        say(&mut rack, Message::NoteOff { channel: 3, key: 60 });
        for _ in 0..4 * 48_000 / BLOCK {
            rack.render(BLOCK);
        }
        assert!(rack.is_silent(48_000), "the organ sounds on");
    }

    #[test]
    fn a_strip_whose_voice_panics_is_left_alone_and_the_others_play_on() {
        let mut rack = rack();
        rack.event(note(0, 0, 36));
        // Sides of unequal length stand for the tables of a damaged SoundFont: the voice reaches out of bounds.
        rack.strips[0].render(&mut [0.0; 64], &mut [0.0; 32]);
        assert!(rack.is_broken());
        for _ in 0..2 * EVENTS {
            rack.event(note(0, 0, 38));
        }
        assert!(rack.strips[0].events.is_empty() && rack.strips[0].events.capacity() >= EVENTS);
        assert!(rack.render(BLOCK).iter().all(|f| *f == [0.0, 0.0]));
        rack.event(note(1, 0, 36));
        assert!(rack.render(BLOCK).iter().any(|f| f[0].abs() > 1e-4));
    }

    #[test]
    fn a_full_kit_at_full_velocity_stays_below_full_scale() {
        let mut rack = rack();
        for track in 0..8 {
            for key in [36, 38, 42, 46, 45, 48, 50, 49, 51] {
                let message = Message::NoteOn { channel: 9, key, velocity: 127 };
                rack.event(Event { message, ..note(track, 0, key) });
            }
        }
        for _ in 0..200 {
            assert!(rack.render(BLOCK).iter().flatten().all(|v| v.abs() < 1.0));
        }
    }
}
