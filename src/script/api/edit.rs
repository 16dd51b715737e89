//! Patterns changed: moved, turned, thinned, put together.

use rhai::plugin::*;

use super::super::error::Outcome;
use super::super::value::Tune;
use super::rhythm::drum;
use crate::jam::kit;
use crate::music::pattern::{Part, Pattern, PatternNote};

/// Patterns changed: moved, turned, thinned, put together.
#[export_module]
pub mod functions {
    use rhai::{Array, Dynamic, INT};

    use super::super::number::percent;
    use super::super::number::{number, whole, within};
    use super::{choose, is};
    use crate::music::pattern::{Part, Pattern, PatternNote};
    use crate::script::context::here;
    use crate::script::error::{Outcome, fail};
    use crate::script::value::Tune;
    use crate::script::{fill as fills, limits};

    /// All notes so many semitones higher; drums stay. Keys that leave MIDI's range are folded back by octaves.
    #[rhai_fn(return_raw, pure)]
    pub fn transpose(pattern: &mut Tune, semitones: INT) -> Outcome<Tune> {
        let by = whole(semitones, "semitones", -96, 96)?;
        pattern.map(|note| {
            let mut key = INT::from(note.pitch) + if note.part == Part::Drums { 0 } else { by };
            while key < 0 {
                key += 12;
            }
            while key > 127 {
                key -= 12;
            }
            Some(PatternNote { pitch: key as u8, ..*note })
        })
    }

    /// All notes so many steps later, around the end; earlier where negative.
    #[rhai_fn(return_raw, pure)]
    pub fn rotate(pattern: &mut Tune, steps: INT) -> Outcome<Tune> {
        let size = INT::from(pattern.pattern().steps);
        pattern.map(|note| {
            let start = (INT::from(note.start) + steps % size).rem_euclid(size) as u32;
            Some(PatternNote { start, ..*note })
        })
    }

    /// The pattern so many times as long: 2 is half the speed, 0.5 double.
    #[rhai_fn(return_raw, pure)]
    pub fn stretch(pattern: &mut Tune, factor: Dynamic) -> Outcome<Tune> {
        let factor = within(&factor, "a factor", 0.0625, 16.0)?;
        let old = pattern.pattern();
        let steps = (f64::from(old.steps) * factor).round().max(1.0) as u32;
        let notes = old.notes.iter().map(|note| {
            let place = (f64::from(note.start) + f64::from(note.offset)) * factor;
            let start = (place.round() as u32).min(steps - 1);
            let offset = (place - f64::from(start)).clamp(-0.5, 0.5) as f32;
            let length = (f64::from(note.length) * factor).round().max(1.0) as u32;
            PatternNote { start, length, offset, ..*note }
        });
        Tune::new(Pattern::new(steps, notes.collect()))
    }

    /// The pattern backwards.
    #[rhai_fn(return_raw, pure)]
    pub fn reverse(pattern: &mut Tune) -> Outcome<Tune> {
        let steps = pattern.pattern().steps;
        pattern.map(|note| {
            let last = note.start + if note.part == Part::Drums { 0 } else { note.length.saturating_sub(1) };
            Some(PatternNote { start: steps.saturating_sub(1).saturating_sub(last), ..*note })
        })
    }

    /// Small random shifts of time and loudness: 0 none, 1 a careless player.
    #[rhai_fn(return_raw, pure)]
    pub fn humanize(pattern: &mut Tune, amount: Dynamic) -> Outcome<Tune> {
        let amount = within(&amount, "an amount", 0.0, 1.0)?;
        let context = here()?;
        pattern.map(|note| {
            let (time, force) = (context.uniform() - 0.5, context.uniform() - 0.5);
            let offset = (f64::from(note.offset) + time * 0.5 * amount).clamp(-0.5, 0.5) as f32;
            let velocity = (f64::from(note.velocity) + force * 40.0 * amount).clamp(1.0, 127.0) as u8;
            Some(PatternNote { offset, velocity, ..*note })
        })
    }

    /// Takes micro-timing away: 1 all of it, 0.5 half.
    #[rhai_fn(return_raw, pure)]
    pub fn quantize(pattern: &mut Tune, strength: Dynamic) -> Outcome<Tune> {
        let left = 1.0 - within(&strength, "a strength", 0.0, 1.0)?;
        pattern.map(|note| Some(PatternNote { offset: note.offset * left as f32, ..*note }))
    }

    /// All notes louder or softer by a factor.
    #[rhai_fn(return_raw, pure)]
    pub fn louder(pattern: &mut Tune, factor: Dynamic) -> Outcome<Tune> {
        let factor = within(&factor, "a factor", 0.0, 8.0)?;
        pattern.map(|note| {
            let velocity = (f64::from(note.velocity) * factor).clamp(1.0, 127.0) as u8;
            Some(PatternNote { velocity, ..*note })
        })
    }

    /// Accents: every step that is a multiple of `every` at `loud`, the others at `soft` (velocities 1 to 127).
    #[rhai_fn(return_raw, pure)]
    pub fn accent(pattern: &mut Tune, every: INT, loud: INT, soft: INT) -> Outcome<Tune> {
        let every = whole(every, "a number of steps", 1, 4096)? as u32;
        let (loud, soft) = (whole(loud, "loud", 1, 127)? as u8, whole(soft, "soft", 1, 127)? as u8);
        pattern.map(|note| {
            Some(PatternNote {
                velocity: if note.start.is_multiple_of(every) { loud } else { soft },
                ..*note
            })
        })
    }

    /// A groove: velocities, 1 to 127, by step, over and over: `beat.accent([108, 62, 84, 70])`.
    #[rhai_fn(return_raw, name = "accent", pure)]
    pub fn accent_by_step(pattern: &mut Tune, velocities: Array) -> Outcome<Tune> {
        let read = |value: &Dynamic| Ok(within(value, "a velocity", 1.0, 127.0)? as u8);
        let groove: Vec<u8> = velocities.iter().map(read).collect::<Outcome<_>>()?;
        if groove.is_empty() {
            return fail("accent([]): a groove needs one velocity at least");
        }
        pattern.map(|note| {
            let velocity = groove[note.start as usize % groove.len()];
            Some(PatternNote { velocity, ..*note })
        })
    }

    /// All notes as long as so many steps.
    #[rhai_fn(return_raw, pure)]
    pub fn hold(pattern: &mut Tune, steps: INT) -> Outcome<Tune> {
        let length = whole(steps, "a length", 1, INT::from(limits::STEPS))? as u32;
        pattern.map(|note| Some(PatternNote { length, ..*note }))
    }

    /// Each note stays with this probability.
    #[rhai_fn(return_raw, pure)]
    pub fn thin(pattern: &mut Tune, probability: Dynamic) -> Outcome<Tune> {
        let probability = within(&probability, "a probability", 0.0, 1.0)?;
        let context = here()?;
        pattern.map(|note| (context.uniform() < probability).then_some(*note))
    }

    /// Only the notes of one drum or part: `p.only("snare")`, `p.only("bass")`.
    #[rhai_fn(return_raw, name = "only", pure)]
    pub fn only(pattern: &mut Tune, name: &str) -> Outcome<Tune> {
        choose(pattern, &[Dynamic::from(name.to_owned())], true)
    }

    /// Only the notes of several drums or parts.
    #[rhai_fn(return_raw, name = "only", pure)]
    pub fn only_all(pattern: &mut Tune, names: Array) -> Outcome<Tune> {
        choose(pattern, &names, true)
    }

    /// All notes but those of one drum or part: `p.without("crash")`.
    #[rhai_fn(return_raw, name = "without", pure)]
    pub fn without(pattern: &mut Tune, name: &str) -> Outcome<Tune> {
        choose(pattern, &[Dynamic::from(name.to_owned())], false)
    }

    /// All notes but those of several drums or parts.
    #[rhai_fn(return_raw, name = "without", pure)]
    pub fn without_all(pattern: &mut Tune, names: Array) -> Outcome<Tune> {
        choose(pattern, &names, false)
    }

    /// Every note sounds in this share of the rounds only, 0 to 1; which ones follows from seed and beat.
    #[rhai_fn(return_raw, name = "chance", pure)]
    pub fn chance(pattern: &mut Tune, probability: Dynamic) -> Outcome<Tune> {
        let chance = percent(&probability)?;
        pattern.map(|note| Some(PatternNote { chance, ..*note }))
    }

    /// The same for the notes of one drum or part: `beat.chance("hat", 0.6)`.
    #[rhai_fn(return_raw, name = "chance", pure)]
    pub fn chance_of(pattern: &mut Tune, name: &str, probability: Dynamic) -> Outcome<Tune> {
        let chance = percent(&probability)?;
        let name = Dynamic::from(name.to_owned());
        // A name that means nothing is an error, notes or none.
        let mut notes = Vec::with_capacity(pattern.pattern().notes.len());
        for note in &pattern.pattern().notes {
            notes.push(if is(note, &name)? { PatternNote { chance, ..*note } } else { *note });
        }
        Tune::new(Pattern::new(pattern.pattern().steps, notes))
    }

    /// The pattern cut, or gone round, to so many steps: `tune.looped(12)` plays three beats against four.
    #[rhai_fn(return_raw, pure)]
    pub fn looped(pattern: &mut Tune, steps: INT) -> Outcome<Tune> {
        let steps = whole(steps, "a length in steps", 1, INT::from(limits::STEPS))? as u32;
        Tune::new(pattern.pattern().looped(steps))
    }

    /// A bar of fill for the pattern's last bar: it begins as that does and ends with more, as the model of the pattern
    /// has it, or the one that takes it. Each bar of the music has another.
    #[rhai_fn(return_raw, name = "fill", pure)]
    pub fn fill(pattern: &mut Tune) -> Outcome<Tune> {
        let from = fills::last_bar(pattern.pattern());
        fills::of(pattern, pattern.pattern(), from, (here()?.beat() / 4.0 + 1e-6).max(0.0) as u64)
    }

    /// Both patterns at once; the shorter is repeated until the longer ends.
    #[rhai_fn(return_raw, name = "+")]
    pub fn both(a: Tune, b: Tune) -> Outcome<Tune> {
        let steps = a.pattern().steps.max(b.pattern().steps);
        let mut notes = Vec::new();
        for one in [&a, &b] {
            let size = one.pattern().steps;
            for round in 0..steps.div_ceil(size) {
                let moved =
                    one.pattern().notes.iter().map(|n| PatternNote { start: n.start + round * size, ..*n });
                notes.extend(moved.filter(|n| n.start < steps));
            }
        }
        Tune::new(Pattern::new(steps, notes))
    }

    /// One pattern after the other.
    #[rhai_fn(return_raw)]
    pub fn then(a: Tune, b: Tune) -> Outcome<Tune> {
        Tune::new(Pattern::concatenate(&[a.pattern().clone(), b.pattern().clone()]))
    }

    /// The pattern so many times.
    #[rhai_fn(return_raw, name = "*")]
    pub fn repeat(pattern: Tune, times: INT) -> Outcome<Tune> {
        let times = whole(times, "a number of times", 1, 256)? as usize;
        if pattern.pattern().notes.len() * times > limits::NOTES {
            return fail("that would be too many notes for one pattern");
        }
        Tune::new(Pattern::concatenate(&vec![pattern.pattern().clone(); times]))
    }

    /// `count` steps from step `from` on.
    #[rhai_fn(return_raw, pure)]
    pub fn cut(pattern: &mut Tune, from: INT, count: INT) -> Outcome<Tune> {
        let size = INT::from(pattern.pattern().steps);
        let from = whole(from, "a first step", 0, size - 1)? as u32;
        let count = whole(count, "a number of steps", 1, size - INT::from(from))? as u32;
        let inside = pattern.pattern().notes.iter().filter(|n| (from..from + count).contains(&n.start));
        let notes = inside.map(|n| PatternNote {
            start: n.start - from,
            length: n.length.min(from + count - n.start),
            ..*n
        });
        Tune::new(Pattern::new(count, notes.collect()))
    }

    /// Every pitched note moved to the nearest of a scale: pitch classes (0 is c) or keys, such as `[0, 2, 4, 7, 9]`.
    #[rhai_fn(return_raw, pure)]
    pub fn snap(pattern: &mut Tune, scale: Array) -> Outcome<Tune> {
        let mut tones = [false; 12];
        for tone in &scale {
            tones[(number(tone, "a tone")?.round() as i64).rem_euclid(12) as usize] = true;
        }
        if scale.is_empty() {
            return fail("snap([]): a scale needs one tone at least");
        }
        pattern.map(|note| {
            if note.part == Part::Drums {
                return Some(*note);
            }
            let near = [0i32, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5, 6];
            let key = near
                .iter()
                .map(|by| i32::from(note.pitch) + by)
                .find(|key| tones[key.rem_euclid(12) as usize]);
            Some(PatternNote { pitch: key.unwrap_or(0).clamp(0, 127) as u8, ..*note })
        })
    }

    /// Lead notes as bass notes, or the other way: `p.as_part("bass")`.
    #[rhai_fn(return_raw, pure)]
    pub fn as_part(pattern: &mut Tune, part: &str) -> Outcome<Tune> {
        let part = match part {
            "lead" => Part::Lead,
            "bass" => Part::Bass,
            other => return fail(format!("\"{other}\": notes can be lead or bass")),
        };
        pattern.map(|note| Some(if note.part == Part::Drums { *note } else { PatternNote { part, ..*note } }))
    }
}

/// True where a note is of a drum (by the name of its class or a key) or a part that the name means.
fn is(note: &PatternNote, name: &Dynamic) -> Outcome<bool> {
    let part = match name.to_string().as_str() {
        "lead" => Some(Part::Lead),
        "bass" => Some(Part::Bass),
        "drums" => Some(Part::Drums),
        _ => None,
    };
    if let Some(part) = part {
        return Ok(note.part == part);
    }
    let class = kit::class_of(drum(name)?);
    Ok(note.part == Part::Drums && kit::class_of(note.pitch) == class)
}

/// The notes that are of one of the names, or all the others.
fn choose(pattern: &Tune, names: &[Dynamic], keep: bool) -> Outcome<Tune> {
    let mut notes = Vec::new();
    for note in &pattern.pattern().notes {
        let mut meant = false;
        for name in names {
            meant |= is(note, name)?;
        }
        if meant == keep {
            notes.push(*note);
        }
    }
    Tune::new(Pattern::new(pattern.pattern().steps, notes))
}
