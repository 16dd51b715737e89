//! A piece through a groove model, window by window: what is quantised comes back played, what is tapped comes back as
//! drums. Everything that is not touched stays as it was.

use std::collections::BTreeMap;

use crate::codec::groove::Step;
use crate::codec::{Converter, DrumMap, Tokens};
use crate::model::{Kind, MusicVae};
use crate::music::pattern::{Part, PatternNote};
use crate::music::quantize::{Grid, GridNote, quantize};
use crate::music::score::{Note, Score};
use crate::music::split::split;

use super::generate::{self, GenerateError, Sampling};

/// Classes of a groove step.
const CLASSES: usize = 9;
/// The class that a tap stands on (spec section 14).
const TAP: usize = 3;

/// What is asked of a groove model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Performance {
    /// The file's own hits with the model's velocities and timing. A hit that the model would not play stays as it is.
    Humanize,
    /// The beat as the model plays it, hits of its own among them: what the original does.
    HumanizeFreely,
    /// Drums to a tapped rhythm.
    Tap,
}

/// A piece that was played.
#[derive(Debug, Clone, PartialEq)]
pub struct Performed {
    /// The piece.
    pub score: Score,
    /// Windows that the model played.
    pub windows: usize,
    /// Notes that went in.
    pub notes_in: usize,
    /// Notes that came out in their place.
    pub notes_out: usize,
    /// Hits that kept their own velocity and place, for the model would not play them.
    pub kept: usize,
    /// Stretches in another metre than 4/4, left as they were.
    pub other_metres: usize,
}

/// Why nothing was played.
#[derive(Debug, thiserror::Error)]
pub enum GrooveError {
    /// Another kind of model.
    #[error(
        "{model} makes {kind} patterns, and this takes a groove model (configurations groovae_*). Name one with --model, or train one: `mvae-tui train --config {config} --data-roland FOLDER`"
    )]
    NoGroove {
        /// The model.
        model: String,
        /// What it makes.
        kind: Kind,
        /// A configuration that would do.
        config: &'static str,
    },
    /// A groove model that was trained on another task.
    #[error(
        "{model} was trained as {trained}, which hears {hears}. Take a model of {config}, or `mvae-tui {verb}`"
    )]
    OtherTask {
        /// The model.
        model: String,
        /// Its configuration.
        trained: String,
        /// What it hears.
        hears: &'static str,
        /// A configuration that would do.
        config: &'static str,
        /// The verb that it is for.
        verb: &'static str,
    },
    /// Nothing to play.
    #[error("{0}")]
    Nothing(&'static str),
    /// The model said no.
    #[error(transparent)]
    Generate(#[from] GenerateError),
}

/// Plays `score` as `what` asks, in windows of the model's length counted from the start of every stretch of steady
/// tempo and metre. Window `w` has the draws of seed `how.seed + w`; the same seed gives the same piece.
///
/// # Errors
/// [`GrooveError`]: another kind of model, nothing to play.
pub fn perform(
    model: &MusicVae,
    score: &Score,
    what: Performance,
    how: &Sampling,
) -> Result<Performed, GrooveError> {
    check(model, what)?;
    let converter = generate::converter(model)?;
    let chosen = chosen(score, what);
    if !score.notes.iter().any(&chosen) {
        return Err(GrooveError::Nothing(match what {
            Performance::Tap => "there is no note in it to take as a tap",
            _ => "no drums: nothing that a groove model knows plays on MIDI channel 10. Move the drums there",
        }));
    }
    let mut played = Performed {
        score: Score { notes: score.notes.iter().filter(|n| !chosen(n)).copied().collect(), ..score.clone() },
        windows: 0,
        notes_in: 0,
        notes_out: 0,
        kept: 0,
        other_metres: 0,
    };
    let instrument = instrument(score, &chosen);
    for segment in split(score) {
        let notes: Vec<Note> = segment.score.notes.iter().filter(|n| chosen(n)).copied().collect();
        if notes.is_empty() {
            continue;
        }
        let at_home = |note: &Note| Note {
            start: note.start + segment.offset,
            end: note.end + segment.offset,
            ..*note
        };
        let grid = quantize(&segment.score).ok().filter(Grid::is_common_time);
        let Some(grid) = grid else {
            played.other_metres += 1;
            played.score.notes.extend(notes.iter().map(at_home));
            continue;
        };
        played.notes_in += notes.len();
        let made = stretch(model, &converter, &grid, &chosen, what, how, &mut played)?;
        played.notes_out += made.len();
        let seconds = grid.step_seconds();
        played.score.notes.extend(made.into_iter().map(|hit| {
            let start = (segment.offset + hit.step * seconds).max(0.0);
            let note = Note {
                velocity: hit.velocity,
                pitch: hit.pitch,
                start,
                end: start + hit.seconds,
                ..instrument
            };
            hit.own.map_or(note, |own| Note {
                velocity: hit.velocity,
                start,
                end: start + hit.seconds,
                ..own
            })
        }));
    }
    let ends = played.score.notes.iter().map(|n| n.end);
    played.score.total_time = ends.fold(0.0, f64::max);
    Ok(played)
}

/// A hit of the played piece.
struct Hit {
    /// Where it sounds, in steps of its stretch.
    step: f64,
    /// How long, seconds.
    seconds: f64,
    velocity: u8,
    pitch: u8,
    /// The note of the file that it was.
    own: Option<Note>,
}

/// The hits of one stretch.
fn stretch(
    model: &MusicVae,
    converter: &Converter,
    grid: &Grid,
    chosen: &impl Fn(&Note) -> bool,
    what: Performance,
    how: &Sampling,
    played: &mut Performed,
) -> Result<Vec<Hit>, GrooveError> {
    let steps = converter.steps();
    let mut windows: BTreeMap<usize, Vec<&GridNote>> = BTreeMap::new();
    for n in grid.notes.iter().filter(|n| chosen(&n.note)) {
        windows.entry(n.start as usize / steps).or_default().push(n);
    }
    let mut hits = Vec::new();
    for (w, inside) in windows {
        let first = w * steps;
        let mut groove: Vec<Step> = vec![[0.0; 27]; steps];
        for n in &inside {
            let early = 2.0 * (f64::from(n.start) - n.note.start / grid.step_seconds());
            put(&mut groove[n.start as usize - first], class(&n.note, what), n.note.velocity, early as f32);
        }
        let how = Sampling { n: 1, seed: how.seed.wrapping_add(w as u64), ..how.clone() };
        let made = generate::reconstruct(model, &Tokens::Groove(groove), &how)?;
        let Some(made) = made.into_iter().next() else { continue };
        let Tokens::Groove(answer) = &made.tokens else { continue };
        played.windows += 1;
        if what == Performance::Humanize {
            for n in &inside {
                let step = &answer[n.start as usize - first];
                let class = class(&n.note, what);
                let same = |o: &&&GridNote| o.start == n.start && self::class(&o.note, what) == class;
                let heard = inside.iter().filter(same).map(|o| &o.note).reduce(louder).unwrap_or(&n.note);
                let hit = own_hit(&n.note, heard, n.start, step, class, grid);
                played.kept += usize::from(hit.0);
                hits.push(hit.1);
            }
        } else {
            let drums = made.pattern.notes.iter().filter(|n| n.part == Part::Drums);
            hits.extend(drums.map(|n| free_hit(n, first, grid)));
        }
    }
    Ok(hits)
}

/// The louder of two notes of one step and class, which is the one that the model hears; the first of equal ones.
fn louder<'a>(a: &'a Note, b: &'a Note) -> &'a Note {
    if b.velocity > a.velocity { b } else { a }
}

/// A note of the file with the model's velocity and timing; true where the model would not play it. The model knows one
/// hit of a class in a step, the one it `heard`: the grace notes and rolls around that one go along with it, as far
/// from it and as much softer as they were.
fn own_hit(note: &Note, heard: &Note, start: u32, step: &Step, class: usize, grid: &Grid) -> (bool, Hit) {
    let own = |step: f64, velocity: u8| Hit {
        step,
        seconds: note.end - note.start,
        velocity,
        pitch: note.pitch,
        own: Some(*note),
    };
    if step[class] <= 0.5 {
        return (true, own(note.start / grid.step_seconds(), note.velocity));
    }
    let softer = f32::from(note.velocity) / f32::from(heard.velocity.max(1));
    let velocity = (step[CLASSES + class] * 127.0 * softer).round_ties_even().clamp(1.0, 127.0) as u8;
    let late = -f64::from((step[2 * CLASSES + class] / 2.0).clamp(-0.5, 0.5));
    let from_heard = (note.start - heard.start) / grid.step_seconds();
    (false, own(f64::from(start) + late + from_heard, velocity))
}

fn free_hit(n: &PatternNote, first: usize, grid: &Grid) -> Hit {
    Hit {
        step: (first as u32 + n.start) as f64 + f64::from(n.offset),
        seconds: grid.step_seconds(),
        velocity: n.velocity,
        pitch: n.pitch,
        own: None,
    }
}

/// Puts a hit into a step; of several in one class the loudest stays.
fn put(step: &mut Step, class: usize, velocity: u8, early: f32) {
    let velocity = f32::from(velocity) / 127.0;
    if step[class] == 0.0 || velocity > step[CLASSES + class] {
        step[class] = 1.0;
        step[CLASSES + class] = velocity;
        step[2 * CLASSES + class] = early.clamp(-1.0, 1.0);
    }
}

fn class(note: &Note, what: Performance) -> usize {
    match what {
        Performance::Tap => TAP,
        _ => usize::from(DrumMap::GeneralMidi.class(note.pitch).unwrap_or(0)),
    }
}

/// Which notes go through the model: the drums of the kit; for a tap the drums, or all notes where there are none.
fn chosen(score: &Score, what: Performance) -> impl Fn(&Note) -> bool {
    let drums = score.notes.iter().any(|n| n.is_drum);
    move |note: &Note| match what {
        Performance::Tap => note.is_drum || !drums,
        _ => note.is_drum && DrumMap::GeneralMidi.class(note.pitch).is_some(),
    }
}

/// A note of the instrument that new drums belong to: that of the drums that were there, else one of its own.
fn instrument(score: &Score, chosen: &impl Fn(&Note) -> bool) -> Note {
    let of_file = score.notes.iter().find(|n| n.is_drum && chosen(n)).copied();
    of_file.unwrap_or(Note {
        pitch: 36,
        velocity: 80,
        start: 0.0,
        end: 0.0,
        instrument: score.notes.iter().map(|n| n.instrument).max().map_or(9, |i| i.saturating_add(1)),
        program: 0,
        is_drum: true,
    })
}

fn check(model: &MusicVae, what: Performance) -> Result<(), GrooveError> {
    let settings = model.settings();
    let taps = what == Performance::Tap;
    let config = if taps { "groovae_2bar_tap_fixed_velocity" } else { "groovae_2bar_humanize" };
    let name = || settings.name.clone();
    if settings.kind != Kind::Groove {
        return Err(GrooveError::NoGroove { model: name(), kind: settings.kind, config });
    }
    if generate::converter(model)?.groove_input().tapify == taps {
        return Ok(());
    }
    let (hears, verb) = if taps { ("whole beats", "humanize") } else { ("tapped rhythms", "tap") };
    Err(GrooveError::OtherTask { model: name(), trained: settings.config.clone(), hears, config, verb })
}
