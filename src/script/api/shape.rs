//! What a pattern is: its notes and measures.

use rhai::plugin::*;

/// What a pattern is: its notes and measures.
#[export_module]
pub mod functions {
    use rhai::{Array, Dynamic, FLOAT, INT, Map};

    use crate::jam::kit;
    use crate::music::pattern::{Part, STEPS_PER_BAR};
    use crate::script::context::here;
    use crate::script::error::Outcome;
    use crate::script::value::Tune;

    /// Length in steps.
    #[rhai_fn(get = "steps", pure)]
    pub fn steps(pattern: &mut Tune) -> INT {
        INT::from(pattern.pattern().steps)
    }

    /// Length in beats.
    #[rhai_fn(get = "beats", pure)]
    pub fn beats(pattern: &mut Tune) -> FLOAT {
        FLOAT::from(pattern.pattern().steps) / 4.0
    }

    /// Number of notes.
    #[rhai_fn(get = "count", name = "len", pure)]
    pub fn count(pattern: &mut Tune) -> INT {
        pattern.pattern().notes.len() as INT
    }

    /// The notes as maps: start and length in steps, pitch, velocity, part, offset, chance.
    #[rhai_fn(get = "notes", pure)]
    pub fn notes(pattern: &mut Tune) -> Array {
        let map = |note: &crate::music::pattern::PatternNote| {
            let part = match note.part {
                Part::Lead => "lead",
                Part::Bass => "bass",
                Part::Drums => "drums",
            };
            let mut map = Map::new();
            map.insert("start".into(), INT::from(note.start).into());
            map.insert("length".into(), INT::from(note.length).into());
            map.insert("pitch".into(), INT::from(note.pitch).into());
            map.insert("velocity".into(), INT::from(note.velocity).into());
            map.insert("part".into(), part.into());
            map.insert("offset".into(), FLOAT::from(note.offset).into());
            map.insert("chance".into(), (FLOAT::from(note.chance) / 100.0).into());
            Dynamic::from(map)
        };
        pattern.pattern().notes.iter().map(map).collect()
    }

    /// Share of the steps on which something begins, 0 to 1.
    #[rhai_fn(get = "density", pure)]
    pub fn density(pattern: &mut Tune) -> FLOAT {
        let mut starts: Vec<u32> = pattern.pattern().notes.iter().map(|note| note.start).collect();
        starts.dedup();
        starts.len() as FLOAT / FLOAT::from(pattern.pattern().steps.max(1))
    }

    /// True where two patterns have the same notes in as many steps.
    #[rhai_fn(name = "==")]
    pub fn same(a: Tune, b: Tune) -> bool {
        a.pattern() == b.pattern()
    }

    /// True where two patterns differ.
    #[rhai_fn(name = "!=")]
    pub fn differs(a: Tune, b: Tune) -> bool {
        !same(a, b)
    }

    /// The pattern in a line.
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn pattern_to_string(pattern: &mut Tune) -> String {
        pattern.to_string()
    }

    /// Shows a pattern: a line a drum or part, a letter a step, `X` loud, `o` soft; bars apart. The first four bars of it.
    #[rhai_fn(return_raw)]
    pub fn show(pattern: Tune) -> Outcome<()> {
        let context = here()?;
        let steps = pattern.pattern().steps.min(4 * STEPS_PER_BAR) as usize;
        let mut lines: Vec<(&str, Vec<u8>)> = Vec::new();
        for note in pattern.pattern().notes.iter().filter(|note| (note.start as usize) < steps) {
            let name = match note.part {
                Part::Lead => "lead",
                Part::Bass => "bass",
                Part::Drums => kit::class_of(note.pitch).and_then(kit::name).unwrap_or("drum"),
            };
            if !lines.iter().any(|(other, _)| *other == name) {
                lines.push((name, vec![b'.'; steps]));
            }
            if let Some((_, line)) = lines.iter_mut().find(|(other, _)| *other == name) {
                line[note.start as usize] = match note.velocity {
                    0..64 => b'o',
                    64..108 => b'x',
                    _ => b'X',
                };
            }
        }
        for (name, line) in lines {
            // The name comes last, so that the steps stand under each other wherever the lines are shown.
            let bars = line.chunks(STEPS_PER_BAR as usize).map(String::from_utf8_lossy);
            let text = format!("|{}| {name}", bars.collect::<Vec<_>>().join("|"));
            context.stage.say(crate::jam::Tone::Said, text);
        }
        Ok(())
    }
}
