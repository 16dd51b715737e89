//! Patterns written by hand: rhythms, melodies, notes.

use rhai::Dynamic;
use rhai::plugin::*;

use super::super::error::{Outcome, fail};
use super::number::key;
use crate::jam::kit;

/// Patterns written by hand: rhythms, melodies, notes.
#[export_module]
pub mod functions {
    use rhai::{Array, Dynamic, INT, Map};

    use super::super::number::{key, number, only, option, percent, whole};
    use super::drum;
    use crate::music::pattern::{ALWAYS, Part, Pattern, PatternNote};
    use crate::script::error::{Outcome, fail};
    use crate::script::limits;
    use crate::script::value::Tune;

    fn hit(start: u32, pitch: u8, velocity: u8) -> PatternNote {
        PatternNote { start, length: 1, pitch, velocity, part: Part::Drums, offset: 0.0, chance: ALWAYS }
    }

    /// A rhythm drawn as text, a letter a step: `x` a stroke, `X` a loud one, `o` a soft one, anything else a rest;
    /// blanks do not count: `hits("kick", "x... x... x... x...")`.
    #[rhai_fn(return_raw)]
    pub fn hits(sound: Dynamic, drawing: &str) -> Outcome<Tune> {
        let pitch = drum(&sound)?;
        let mut notes = Vec::new();
        let mut steps = 0;
        for letter in drawing.chars().filter(|letter| !letter.is_whitespace() && *letter != '|') {
            let velocity = match letter {
                'x' => 96,
                'X' => 120,
                'o' => 56,
                _ => 0,
            };
            if velocity > 0 {
                notes.push(hit(steps, pitch, velocity));
            }
            steps += 1;
        }
        Tune::new(Pattern::new(steps, notes))
    }

    /// `strokes` spread over `steps` as evenly as can be: `euclid(5, 8, "rim")`.
    #[rhai_fn(return_raw, name = "euclid")]
    pub fn euclid(strokes: INT, steps: INT, sound: Dynamic) -> Outcome<Tune> {
        let steps = whole(steps, "steps", 1, INT::from(limits::STEPS))?;
        let strokes = whole(strokes, "strokes", 0, steps)?;
        let pitch = drum(&sound)?;
        let struck = (0..steps).filter(|step| (step * strokes).rem_euclid(steps) < strokes);
        Tune::new(Pattern::new(steps as u32, struck.map(|step| hit(step as u32, pitch, 92)).collect()))
    }

    /// `strokes` spread over `steps`, on the kick.
    #[rhai_fn(return_raw, name = "euclid")]
    pub fn euclid_kick(strokes: INT, steps: INT) -> Outcome<Tune> {
        euclid(strokes, steps, Dynamic::from(36 as INT))
    }

    /// A melody as text, a word a step: a note (`c4`, `f#3`), `-` holds on, `.` rests: `melody("c4 - e4 . g4 - - .")`.
    #[rhai_fn(return_raw)]
    pub fn melody(line: &str) -> Outcome<Tune> {
        voice(line, Part::Lead)
    }

    /// The same for a bass.
    #[rhai_fn(return_raw)]
    pub fn bassline(line: &str) -> Outcome<Tune> {
        voice(line, Part::Bass)
    }

    fn voice(line: &str, part: Part) -> Outcome<Tune> {
        let mut notes: Vec<PatternNote> = Vec::new();
        let (mut steps, mut sounding) = (0, false);
        for word in line.split_whitespace().filter(|word| *word != "|") {
            match word {
                "-" | "_" => {
                    if let Some(last) = notes.last_mut().filter(|_| sounding) {
                        last.length += 1;
                    }
                }
                "." => sounding = false,
                name => {
                    let pitch = key(&Dynamic::from(name.to_owned()))?;
                    notes.push(PatternNote {
                        start: steps,
                        length: 1,
                        pitch,
                        velocity: 92,
                        part,
                        offset: 0.0,
                        chance: ALWAYS,
                    });
                    sounding = true;
                }
            }
            steps += 1;
        }
        Tune::new(Pattern::new(steps, notes))
    }

    /// A pattern of `steps` steps out of notes: maps such as `#{start: 0, length: 4, pitch: "c4", velocity: 90, part:
    /// "lead"}`; start and pitch are needed, a part is `lead`, `bass` or `drums`, an offset -0.5 to 0.5 steps, a chance
    /// the share of the rounds in which the note sounds, 0 to 1.
    #[rhai_fn(return_raw)]
    pub fn pattern(steps: INT, notes: Array) -> Outcome<Tune> {
        let steps = whole(steps, "steps", 1, INT::from(limits::STEPS))?;
        let mut made = Vec::with_capacity(notes.len());
        for note in notes {
            let Some(map) = note.read_lock::<Map>() else {
                return fail("a note is a map such as #{start: 0, pitch: \"c4\"}");
            };
            only(&map, &["start", "length", "pitch", "velocity", "part", "offset", "chance"])?;
            let (Some(start), Some(pitch)) = (map.get("start"), map.get("pitch")) else {
                return fail("a note needs a start (in steps) and a pitch");
            };
            let part = match map.get("part").map(ToString::to_string).as_deref() {
                None | Some("lead") => Part::Lead,
                Some("bass") => Part::Bass,
                Some("drums") => Part::Drums,
                Some(other) => return fail(format!("\"{other}\" is no part; lead, bass and drums are")),
            };
            let pitch = if part == Part::Drums { drum(pitch)? } else { key(pitch)? };
            let start = number(start, "start")?;
            if !(0.0..steps as f64).contains(&start) {
                return fail(format!("a note at step {start} lies outside of {steps} steps"));
            }
            made.push(PatternNote {
                start: start as u32,
                length: option(&map, "length", 1.0)?.clamp(1.0, f64::from(limits::STEPS)) as u32,
                pitch,
                velocity: option(&map, "velocity", 90.0)?.clamp(1.0, 127.0) as u8,
                part,
                offset: option(&map, "offset", start.fract())?.clamp(-0.5, 0.5) as f32,
                chance: map.get("chance").map_or(Ok(ALWAYS), percent)?,
            });
        }
        Tune::new(Pattern::new(steps as u32, made))
    }

    /// A pattern of `steps` steps without a note.
    #[rhai_fn(return_raw)]
    pub fn rest(steps: INT) -> Outcome<Tune> {
        pattern(steps, Array::new())
    }

    /// The MIDI key of a note: `pitch("c4")` is 60.
    #[rhai_fn(return_raw)]
    pub fn pitch(name: Dynamic) -> Outcome<INT> {
        Ok(INT::from(key(&name)?))
    }
}

/// The keys of the nine classes, from the kick to the ride.
const KEYS: [u8; 9] = [36, 38, 42, 46, 45, 48, 50, 49, 51];

/// The MIDI key of a drum: its class by name, or a key.
pub fn drum(sound: &Dynamic) -> Outcome<u8> {
    let Ok(name) = sound.clone().into_immutable_string() else { return key(sound) };
    let name = match name.as_str() {
        "hat" | "hats" | "hihat" => "closed hat",
        "clap" => return Ok(39),
        "rim" => return Ok(37),
        "cowbell" => return Ok(56),
        "shaker" => return Ok(82),
        "clave" => return Ok(75),
        "tom" => "mid tom",
        other => other,
    };
    let class =
        (0..kit::CLASSES).find(|class| kit::name(*class).is_some_and(|n| n == name.replace('_', " ")));
    match class {
        Some(class) => Ok(KEYS[usize::from(class)]),
        None => fail(format!(
            "\"{name}\" is no drum; there are kick, snare, hat, open hat, low tom, mid tom, high tom, crash, ride, clap, rim, cowbell, shaker, clave, and MIDI keys"
        )),
    }
}
