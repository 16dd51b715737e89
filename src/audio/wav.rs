//! Offline rendering to WAV: the same engine and synthesiser as the live sound, faster than real time, and the
//! same bytes every time.

use std::path::Path;
use std::sync::Arc;

use crate::engine::{Clip, Command, Event, Output, Quantise, Sequencer};
use crate::music::score::Score;

use super::font::{Font, FontError};
use super::limiter::DELAY;
use super::riff::Writer;
use super::schedule;
use super::synth::{BLOCK, Rack};

/// Longest tail after the last note, seconds: a cymbal takes two, a pad's release four.
const LONGEST_TAIL: f64 = 12.0;
/// What is not silent by then, such as a note under a pedal that stays down, fades in the last of these seconds.
const FADE: f64 = 0.05;

/// Why a WAV file was not written.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    /// The SoundFont cannot be played.
    #[error(transparent)]
    Font(#[from] FontError),
    /// The file cannot be written.
    #[error("cannot write {path}: {cause}. Check that the folder exists, may be written to and has room")]
    Unwritable {
        /// The file.
        path: String,
        /// What the system says.
        cause: String,
    },
    /// Whoever watched it wanted no more.
    #[error("stopped: {path} was not written")]
    Stopped {
        /// The file.
        path: String,
    },
    /// There is nothing to hear.
    #[error("there are no notes to render, so {path} was not written")]
    Empty {
        /// The file.
        path: String,
    },
}

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// 16-bit integers: plays everywhere.
    #[default]
    Int16,
    /// 32-bit floats: for further work.
    Float32,
}

/// What to render with.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// SoundFont file; `None` is the built-in one.
    pub soundfont: Option<&'a Path>,
    /// Frames a second, 16000 to 192000.
    pub rate: u32,
    /// How samples are written.
    pub format: Format,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { soundfont: None, rate: 48_000, format: Format::Int16 }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rendered {
    /// Length of the file in seconds, tail included.
    pub seconds: f64,
    /// Loudest sample, 1 is full scale.
    pub peak: f32,
    /// Frames a second.
    pub rate: u32,
}

/// Renders `score` with the SoundFont (the built-in one where `None`) to a 16-bit stereo WAV file at 48 kHz.
pub fn render(score: &Score, soundfont: Option<&Path>, out: &Path) -> Result<Rendered, WavError> {
    render_score(score, Options { soundfont, ..Options::default() }, out)
}

/// Renders `score` with `options`.
pub fn render_score(score: &Score, options: Options, out: &Path) -> Result<Rendered, WavError> {
    render_watched(score, options, out, &mut |_| true)
}

/// As [`render_score`]; `watch` is told how far it is, 0 to 1, about ten times a second of music. Where it says false
/// nothing is written.
///
/// # Errors
/// [`WavError`]: the SoundFont, the file, no notes, or [`WavError::Stopped`].
pub fn render_watched(
    score: &Score,
    options: Options,
    out: &Path,
    watch: &mut dyn FnMut(f64) -> bool,
) -> Result<Rendered, WavError> {
    if score.notes.is_empty() {
        return Err(WavError::Empty { path: out.display().to_string() });
    }
    let events = schedule::events(score, options.rate);
    let end = (score.total_time.max(0.0) * f64::from(options.rate)) as u64;
    let mut next = 0;
    let source = |from: u64, frames: usize, rack: &mut Rack| {
        while let Some(event) = events.get(next).filter(|event| event.frame < from + frames as u64) {
            rack.event(Event { offset: (event.frame - from) as usize, ..*event });
            next += 1;
        }
    };
    let mut source = source;
    let often = (u64::from(options.rate) / 10).max(1);
    let mut told = None;
    render_until(options, out, |from, frames, rack| {
        if told.replace(from / often) != Some(from / often)
            && !watch(from.min(end) as f64 / end.max(1) as f64)
        {
            return Goes::Off;
        }
        source(from, frames, rack);
        if from + (frames as u64) < end { Goes::On } else { Goes::Out }
    })
}

/// Renders `beats` (quarters) of clips looping from beat 0 at `bpm`: (track, clip) pairs.
pub fn render_clips(
    clips: &[(u8, Arc<Clip>)],
    bpm: f64,
    beats: f64,
    options: Options,
    out: &Path,
) -> Result<Rendered, WavError> {
    if clips.iter().all(|(_, clip)| clip.notes().is_empty()) {
        return Err(WavError::Empty { path: out.display().to_string() });
    }
    let mut sequencer = Sequencer::new(f64::from(options.rate));
    let mut done: Vec<Arc<Clip>> = Vec::new();
    let mut orders = vec![Command::Tempo(bpm)];
    orders.extend(clips.iter().map(|(track, clip)| Command::Launch {
        track: *track,
        slot: 0,
        clip: Arc::clone(clip),
        at: Quantise::Now,
    }));
    orders.push(Command::Play);
    for order in orders {
        sequencer.apply(order, &mut crate::engine::Silence, &mut done);
    }
    let end = sequencer.timeline().frame_of(beats.max(0.0));
    let source = |from: u64, frames: usize, rack: &mut Rack| {
        // The clips stop exactly at the end, also within a block.
        let left = end.saturating_sub(from).min(frames as u64) as usize;
        if left > 0 {
            sequencer.render(left, rack, &mut done);
        }
        if left < frames {
            sequencer.apply(Command::Stop, rack, &mut done);
            sequencer.render(frames - left, rack, &mut done);
        }
    };
    write(options, out, end, source)
}

/// Renders what `source` feeds the rack, until frame `end` and then until silence, into the file.
fn write(
    options: Options,
    out: &Path,
    end: u64,
    mut source: impl FnMut(u64, usize, &mut Rack),
) -> Result<Rendered, WavError> {
    render_live(options, out, |from, frames, rack| {
        source(from, frames, rack);
        from + (frames as u64) < end
    })
}

/// Renders whatever `source` plays into the rack, block by block as a sound card would ask for it, until it says false
/// and then until silence. It is given the first frame of the block and the number of its frames, [`BLOCK`] at most.
///
/// The file is written beside its place and moved there when it is whole.
///
/// # Errors
/// [`WavError`]: the SoundFont, the file.
pub fn render_live(
    options: Options,
    out: &Path,
    mut source: impl FnMut(u64, usize, &mut Rack) -> bool,
) -> Result<Rendered, WavError> {
    render_until(options, out, |from, frames, rack| match source(from, frames, rack) {
        true => Goes::On,
        false => Goes::Out,
    })
}

/// How a rendering goes on after a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    /// More is to come.
    On,
    /// Nothing more: until all is silent.
    Out,
    /// Nobody wants it any more.
    Off,
}

fn render_until(
    options: Options,
    out: &Path,
    mut source: impl FnMut(u64, usize, &mut Rack) -> Goes,
) -> Result<Rendered, WavError> {
    let failed = |cause: &dyn std::fmt::Display| WavError::Unwritable {
        path: out.display().to_string(),
        cause: cause.to_string(),
    };
    let font = Font::load(options.soundfont)?;
    let mut rack = Rack::offline(&font, options.rate)?;
    let mut part = out.as_os_str().to_owned();
    part.push(".part");
    let part = Part(part.into());
    let mut writer = Writer::create(&part.0, options.rate, options.format).map_err(|e| failed(&e))?;
    let (mut frame, mut peak) = (0, 0.0_f32);
    // The limiter holds the sound back; those frames are left out so that the file keeps the score's time.
    let mut skip = DELAY;
    let mut left = DELAY as u64;
    let mut longest = (LONGEST_TAIL * f64::from(options.rate)) as u64;
    let fade = (FADE * f64::from(options.rate)) as f32;
    loop {
        let goes = source(frame, BLOCK, &mut rack);
        if goes == Goes::Off {
            return Err(WavError::Stopped { path: out.display().to_string() });
        }
        for (at, sample) in (0..).zip(rack.render(BLOCK)) {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let gain = match goes {
                Goes::Out => (longest.saturating_sub(at) as f32 / fade).min(1.0),
                _ => 1.0,
            };
            let sample = sample.map(|value| value * gain);
            peak = sample.iter().fold(peak, |peak, value| peak.max(value.abs()));
            writer.frame(sample).map_err(|e| failed(&e))?;
        }
        frame += BLOCK as u64;
        if goes == Goes::Out {
            left = left.saturating_sub(BLOCK as u64);
            longest = longest.saturating_sub(BLOCK as u64);
            if (left == 0 && rack.is_silent(options.rate)) || longest == 0 {
                break;
            }
        }
    }
    let seconds = f64::from(writer.frames()) / f64::from(options.rate);
    writer.finish().map_err(|e| failed(&e))?;
    std::fs::rename(&part.0, out).map_err(|e| failed(&e))?;
    Ok(Rendered { seconds, peak, rate: options.rate })
}

/// The unfinished file; gone when it was not moved to its place.
struct Part(std::path::PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // After the move there is nothing to remove, and that is as it should be.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::pattern::{Part as Voice, Pattern, PatternNote};

    fn kicks(steps: &[u32]) -> Arc<Clip> {
        let notes = steps
            .iter()
            .map(|&start| PatternNote {
                start,
                length: 1,
                pitch: 36,
                velocity: 100,
                part: Voice::Drums,
                offset: 0.0,
                chance: 100,
            })
            .collect();
        Arc::new(Clip::from_pattern(&Pattern::new(16, notes)))
    }

    fn read(path: &Path) -> Vec<f32> {
        let reader = hound::WavReader::open(path).expect("opens");
        reader.into_samples::<f32>().step_by(2).map(|s| s.expect("reads")).collect()
    }

    #[test]
    fn kicks_stand_in_the_file_where_the_clip_has_them() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("kick.wav");
        let options = Options { format: Format::Float32, ..Options::default() };
        // 100 beats a minute: a 16th is 7200 frames.
        render_clips(&[(0, kicks(&[0, 6, 12]))], 100.0, 4.0, options, &out).expect("renders");
        let data = read(&out);
        let silent_before = |from: usize, to: usize| data[from..to].iter().all(|v| v.abs() < 2e-3);
        for step in [0_usize, 6, 12] {
            let at = step * 7200;
            assert!(data[at..at + 200].iter().any(|v| v.abs() > 0.02), "no kick at step {step}");
            assert!(step == 0 || silent_before(at - 400, at), "sound before step {step}");
        }
    }

    #[test]
    fn the_same_clips_make_the_same_bytes() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files = ["a.wav", "b.wav"].map(|name| folder.path().join(name));
        for out in &files {
            render_clips(&[(0, kicks(&[0, 4]))], 120.0, 4.0, Options::default(), out).expect("renders");
        }
        assert!(std::fs::read(&files[0]).expect("reads") == std::fs::read(&files[1]).expect("reads"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 2, "no part file is left");
    }

    #[test]
    fn the_file_goes_on_until_the_tail_is_silent() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("crash.wav");
        let crash = PatternNote {
            start: 15,
            length: 1,
            pitch: 49,
            velocity: 110,
            part: Voice::Drums,
            offset: 0.0,
            chance: 100,
        };
        let clip = Arc::new(Clip::from_pattern(&Pattern::new(16, vec![crash])));
        let done = render_clips(&[(0, clip)], 120.0, 4.0, Options::default(), &out).expect("renders");
        assert!(done.seconds > 3.0, "{} s", done.seconds);
        let tail = hound::WavReader::open(&out).expect("opens").into_samples::<i16>();
        let tail: Vec<i16> = tail.map(|s| s.expect("reads")).collect();
        assert!(tail[tail.len() - 2000..].iter().all(|s| s.abs() <= 1));
    }

    #[test]
    fn a_rendering_tells_how_far_it_is_and_what_is_stopped_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("long.wav");
        let note = |start| PatternNote {
            start,
            length: 1,
            pitch: 36,
            velocity: 100,
            part: Voice::Drums,
            offset: 0.0,
            chance: 100,
        };
        let score = Pattern::new(64, (0..16).map(|at| note(4 * at)).collect()).to_score(120.0);
        let mut shares = Vec::new();
        render_watched(&score, Options::default(), &out, &mut |share| {
            shares.push(share);
            true
        })
        .expect("renders");
        assert!(shares.len() > 20 && shares.is_sorted() && shares[0] == 0.0, "{shares:?}");
        assert!(shares.last().is_some_and(|last| *last > 0.95));
        let other = folder.path().join("stopped.wav");
        let stopped = render_watched(&score, Options::default(), &other, &mut |share| share < 0.3);
        assert!(matches!(stopped, Err(WavError::Stopped { .. })));
        assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 1, "the first file alone");
    }

    #[test]
    fn what_a_pedal_holds_for_ever_fades_at_the_end_of_the_file() {
        use crate::music::score::{ControlChange, Note};
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("pedal.wav");
        let note = Note {
            pitch: 60,
            velocity: 100,
            start: 0.0,
            end: 0.5,
            instrument: 0,
            program: 16,
            is_drum: false,
        };
        let pedal =
            ControlChange { time: 0.0, number: 64, value: 127, instrument: 0, program: 16, is_drum: false };
        let score =
            Score { notes: vec![note], control_changes: vec![pedal], total_time: 0.5, ..Score::default() };
        let options = Options { format: Format::Float32, ..Options::default() };
        let done = render_score(&score, options, &out).expect("renders");
        assert!(done.seconds > 12.0, "the organ holds: {} s", done.seconds);
        let data = read(&out);
        let loud = |part: &[f32]| part.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        let (held, last) = (loud(&data[data.len() - 9_600..][..4_800]), loud(&data[data.len() - 100..]));
        assert!(held > 0.02 && last < held * 0.1, "it breaks off at {last} of {held}");
    }

    #[test]
    fn nothing_to_render_and_nowhere_to_write_are_errors_that_name_the_file() {
        let nowhere = Path::new("/nowhere/x.wav");
        let empty = render(&Score::default(), None, nowhere).map_err(|e| e.to_string());
        assert!(empty.is_err_and(|e| e.contains("no notes") && e.contains("/nowhere/x.wav")));
        let unwritable = render_clips(&[(0, kicks(&[0]))], 120.0, 4.0, Options::default(), nowhere);
        assert!(unwritable.is_err_and(|e| e.to_string().contains("/nowhere/x.wav")));
    }
}
