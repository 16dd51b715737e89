//! A script without a clock: as fast as the machine can, the same notes every time.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::ear::Heard;
use super::error::ScriptError;
use super::host::Headless;
use super::runtime::Source;
use super::stage::Settings;
use crate::audio::Rack;
use crate::audio::wav::{self, Options, Rendered, WavError};
use crate::engine::{Clip, Command, Event, Message, Order, Output, Sequencer, Setting};
use crate::jam::Tone;
use crate::music::score::{ControlChange, Note, Score, Tempo, TimeSignature};

/// Beats that scripts are ahead of the music.
const AHEAD: f64 = 0.5;
/// Frames of a block of a silent render.
const BLOCK: usize = 256;
/// A peak below it is no sound: -100 dBFS.
const SILENCE: f32 = 1e-5;
/// Bars after which a script that does not stop is stopped.
pub const LONGEST: u32 = 512;

/// Why nothing was rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The script does not begin.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The sound cannot be written.
    #[error(transparent)]
    Wav(#[from] WavError),
    /// Not one note was played.
    #[error("{0} played not one note; does it play(...) a pattern, or note(...) within a live_loop?")]
    Silent(String),
}

/// A performance of a script on a sequencer of its own.
pub struct Take {
    headless: Headless,
    sequencer: Sequencer,
    retired: Vec<Arc<Clip>>,
    end: f64,
    /// Where it ends was not asked for.
    cut: bool,
    /// Beat and tempo of each change.
    tempos: Vec<(f64, f64)>,
    /// What was said, in order.
    pub said: Vec<(Tone, String)>,
}

impl Take {
    /// Evaluates a script up to its first wait. It plays `bars` bars, or until it stops ([`LONGEST`] at most).
    ///
    /// # Errors
    /// The script is broken.
    pub fn begin(source: Source, seed: u64, bars: Option<u32>, rate: u32) -> Result<Self, ScriptError> {
        let headless = Headless::new(Settings { seed, strict: true });
        let name = source.name.clone();
        match headless.runtime.load(source).recv() {
            Ok(outcome) => outcome?,
            Err(_) => return Err(ScriptError::new(name, "the script broke off; please report this")),
        }
        Ok(Self {
            headless,
            sequencer: Sequencer::new(f64::from(rate)),
            retired: Vec::new(),
            end: f64::from(bars.unwrap_or(LONGEST)) * 4.0,
            cut: bars.is_none(),
            tempos: vec![(0.0, 120.0)],
            said: Vec::new(),
        })
    }

    /// Renders up to `frames` frames into `out`; false once the music has ended.
    pub fn block(&mut self, frames: usize, out: &mut impl Output) -> bool {
        let beat = self.sequencer.beat();
        self.headless.runtime.advance(beat, AHEAD, true);
        let Self { headless, sequencer, retired, tempos, said, .. } = self;
        let shot = sequencer.snapshot();
        headless.observe(&shot, |command| sequencer.apply(command, out, retired));
        let order = |command: Command| {
            if let Command::At { beat, what: Order::Tempo(bpm), .. } = command {
                tempos.push((beat, bpm));
            }
            sequencer.apply(command, out, retired);
        };
        let mut more = headless.carry_out(order, |tone, text| said.push((tone, text.to_owned())));
        let last = self.sequencer.timeline().frame_of(self.end);
        let now = self.sequencer.snapshot().frames;
        let left = last.saturating_sub(now).min(frames as u64) as usize;
        if more && left == 0 && self.cut {
            let text =
                format!("it does not stop by itself: cut after {LONGEST} bars. `--bars N` renders so many");
            self.said.push((Tone::Hint, text));
        }
        more &= left > 0;
        // Where no task is left nobody wakes what rests.
        more &= !self.cut || self.headless.runtime.tasks() > 0 || !self.sequencer.is_idle();
        if more {
            self.sequencer.render(left, out, &mut self.retired);
        } else {
            self.sequencer.apply(Command::Stop, out, &mut self.retired);
            self.headless.runtime.stop();
        }
        self.retired.clear();
        more
    }

    /// Seconds at a beat.
    fn seconds(&self, beat: f64) -> f64 {
        let mut sum = 0.0;
        for (at, (from, bpm)) in self.tempos.iter().enumerate() {
            let to = self.tempos.get(at + 1).map_or(f64::INFINITY, |(next, _)| *next).min(beat);
            if to > *from {
                sum += (to - from) * 60.0 / bpm;
            }
        }
        sum
    }
}

/// What sounded.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// All events in order.
    pub events: Vec<Event>,
    /// What was said, in order.
    pub said: Vec<(Tone, String)>,
    /// Beat at which it ended.
    pub beats: f64,
    tempos: Vec<Tempo>,
    rate: f64,
}

/// Plays a script into a recording, without sound.
///
/// # Errors
/// The script is broken.
pub fn record(source: Source, seed: u64, bars: Option<u32>) -> Result<Recording, ScriptError> {
    record_heard(source, seed, bars, &[])
}

/// The same while somebody plays a keyboard or turns knobs: what comes at which beat, in order.
///
/// # Errors
/// The script is broken.
pub fn record_heard(
    source: Source,
    seed: u64,
    bars: Option<u32>,
    heard: &[(f64, Heard)],
) -> Result<Recording, ScriptError> {
    let rate = 48_000;
    let mut take = Take::begin(source, seed, bars, rate)?;
    let mut events: Vec<Event> = Vec::new();
    let mut beats = 0.0;
    let mut coming = heard.iter().peekable();
    while take.block(BLOCK, &mut events) {
        beats = take.sequencer.beat();
        while let Some((_, heard)) = coming.next_if(|(beat, _)| *beat <= beats) {
            take.headless.runtime.hear(heard);
        }
    }
    take.tempos.sort_by(|a, b| a.0.total_cmp(&b.0));
    let tempos = take.tempos.iter().map(|&(beat, qpm)| Tempo { time: take.seconds(beat), qpm }).collect();
    Ok(Recording { events, said: std::mem::take(&mut take.said), beats, tempos, rate: f64::from(rate) })
}

impl Recording {
    /// Number of notes.
    pub fn notes(&self) -> usize {
        self.events.iter().filter(|event| matches!(event.message, Message::NoteOn { .. })).count()
    }

    /// The recording as a score: an instrument for each channel of each track.
    pub fn score(&self) -> Score {
        let mut tempos: Vec<Tempo> = Vec::new();
        for tempo in &self.tempos {
            // Of several at one moment the last holds.
            tempos.retain(|other| other.time < tempo.time - 1e-9);
            tempos.push(*tempo);
        }
        let mut score = Score {
            ticks_per_quarter: Score::TICKS_PER_QUARTER,
            tempos,
            time_signatures: vec![TimeSignature::COMMON],
            ..Score::default()
        };
        let mut programs: BTreeMap<(u8, u8), u8> = BTreeMap::new();
        let mut held: BTreeMap<(u8, u8, u8), (f64, u8, u8)> = BTreeMap::new();
        let instrument = |track: u8, channel: u8| u32::from(track) * 16 + u32::from(channel);
        for event in &self.events {
            let (time, track) = (event.frame as f64 / self.rate, event.track);
            match event.message {
                Message::Set(Setting::Program { channel, program }) => {
                    programs.insert((track, channel), program);
                }
                Message::NoteOn { channel, key, velocity } => {
                    let program = programs.get(&(track, channel)).copied().unwrap_or(0);
                    held.insert((track, channel, key), (time, velocity, program));
                }
                Message::NoteOff { channel, key } => {
                    let Some((start, velocity, program)) = held.remove(&(track, channel, key)) else {
                        continue;
                    };
                    let is_drum = channel == crate::engine::DRUM_CHANNEL;
                    let program = if is_drum { 0 } else { program };
                    let instrument = instrument(track, channel);
                    let note = Note { pitch: key, velocity, start, end: time, instrument, program, is_drum };
                    score.notes.push(note);
                    score.total_time = score.total_time.max(time);
                }
                Message::Set(Setting::Control { channel, number, value }) => {
                    let is_drum = channel == crate::engine::DRUM_CHANNEL;
                    let program = programs.get(&(track, channel)).copied().unwrap_or(0);
                    let program = if is_drum { 0 } else { program };
                    let instrument = instrument(track, channel);
                    score.control_changes.push(ControlChange {
                        time,
                        number,
                        value,
                        instrument,
                        program,
                        is_drum,
                    });
                }
                Message::Pan { channel, pan } => {
                    let value = (64.0 + f64::from(pan) * 63.0).round() as u8;
                    score.control_changes.push(ControlChange {
                        time,
                        number: 10,
                        value,
                        instrument: instrument(track, channel),
                        program: programs.get(&(track, channel)).copied().unwrap_or(0),
                        is_drum: channel == crate::engine::DRUM_CHANNEL,
                    });
                }
                Message::Bend { .. } | Message::Gain(_) | Message::Cut | Message::Sync(_) => {}
            }
        }
        let mut names: Vec<(u32, String)> = Vec::new();
        for note in &score.notes {
            if !names.iter().any(|(instrument, _)| *instrument == note.instrument) {
                names.push((note.instrument, format!("Track {}", note.instrument / 16 + 1)));
            }
        }
        score.instrument_names = names;
        score
    }

    /// One line a bar: the strokes of each track and a checksum of all of them, for comparing performances.
    pub fn digest(&self) -> Vec<String> {
        let mut bars: BTreeMap<u64, (BTreeMap<u8, u32>, u64)> = BTreeMap::new();
        for event in &self.events {
            if let Message::NoteOn { channel, key, velocity } = event.message {
                let (beat, fine) = self.beat(event.frame as f64 / self.rate);
                let (tracks, sum) = bars.entry(beat / 4).or_default();
                *tracks.entry(event.track).or_default() += 1;
                for value in [beat, fine, event.track.into(), channel.into(), key.into(), velocity.into()] {
                    *sum = (*sum ^ value).wrapping_mul(0x0100_0000_01b3).rotate_left(7);
                }
            }
        }
        let line = |(bar, (tracks, sum)): (&u64, &(BTreeMap<u8, u32>, u64))| {
            let strokes: Vec<String> = tracks.iter().map(|(track, n)| format!("{}:{n}", track + 1)).collect();
            format!("{bar:>3}  {:<28} {sum:016x}", strokes.join(" "))
        };
        bars.iter().map(line).collect()
    }

    /// The beat at a moment, and its 48ths.
    fn beat(&self, time: f64) -> (u64, u64) {
        let mut beats = 0.0;
        for (at, tempo) in self.tempos.iter().enumerate() {
            let end = self.tempos.get(at + 1).map_or(f64::INFINITY, |next| next.time).min(time);
            if end > tempo.time {
                beats += (end - tempo.time) * tempo.qpm / 60.0;
            }
        }
        let fine = (beats * 48.0).round() as u64;
        (fine / 48, fine % 48)
    }
}

/// Plays a script into a WAV file.
///
/// # Errors
/// The script is broken, plays nothing, or the file cannot be written.
pub fn render_wav(
    source: Source,
    seed: u64,
    bars: Option<u32>,
    options: Options,
    out: &Path,
    mut say: impl FnMut(Tone, &str),
) -> Result<Rendered, RenderError> {
    let name = source.name.clone();
    let mut take = Take::begin(source, seed, bars, options.rate)?;
    let mut playing = true;
    let rendered = wav::render_live(options, out, |_, frames, rack: &mut Rack| {
        playing = playing && take.block(frames, rack);
        for (tone, text) in take.said.drain(..) {
            say(tone, &text);
        }
        playing
    })?;
    // Of the file nothing is kept: nobody asked for silence.
    if rendered.peak < SILENCE {
        return Err(RenderError::Silent(name));
    }
    Ok(rendered)
}
