//! A pattern of a script made ready: for the engine, and for the eyes.

use super::stage::Stage;
use super::value::Tune;
use crate::codec::Tokens;
use crate::engine::{Clip, ClipNote};
use crate::jam::Slot;
use crate::latent::generate::Generated;
use crate::latent::recipe::{Origin, Recipe};
use crate::music::pattern::{Part, Pattern, PatternNote, STEPS_PER_QUARTER};

/// The recipe of what no model made.
fn by_hand(steps: u32) -> Recipe {
    Recipe {
        model: "script".to_owned(),
        seed: 0,
        index: 0,
        temperature: 0.0,
        steps,
        origin: Origin::Reconstruct,
        controls: None,
    }
}

/// The part that a pattern is known by: drums where it has any, else that of its first note.
pub fn part(pattern: &Pattern) -> Part {
    let drums = pattern.notes.iter().find(|note| note.part == Part::Drums);
    drums.or(pattern.notes.first()).map_or(Part::Drums, |note| note.part)
}

/// What the screen shows of a pattern whose first step falls on `beat`: its notes in phase with the transport.
pub fn seen(name: String, tune: &Tune, beat: f64) -> (Slot, Part) {
    let old = tune.pattern();
    let turn = (beat * f64::from(STEPS_PER_QUARTER)).round().rem_euclid(f64::from(old.steps)) as u32;
    let moved = |note: &PatternNote| PatternNote { start: (note.start + turn) % old.steps, ..*note };
    let pattern = Pattern::new(old.steps, old.notes.iter().map(moved).collect());
    let part = part(old);
    let tokens = match part {
        Part::Drums => Tokens::Drums(Vec::new()),
        Part::Lead | Part::Bass => Tokens::Melody(Vec::new()),
    };
    let (z, recipe) = match tune.origin() {
        Some((made, _)) => (made.z.clone(), made.recipe.clone()),
        None => (Vec::new(), by_hand(old.steps)),
    };
    (Slot::new(name, Generated { pattern, tokens, z, recipe }), part)
}

/// The loop of a pattern whose first step falls on `beat`: clips stand in phase with the transport, so it is turned by
/// what the beat is off. `programs` are those of lead and bass, `luck` seeds the notes of chance.
pub fn clip(track: u8, tune: &Tune, beat: f64, programs: [Option<u8>; 2], luck: u64) -> Clip {
    let pattern = tune.pattern();
    let beats = |steps: f64| steps / f64::from(STEPS_PER_QUARTER);
    let length = beats(f64::from(pattern.steps));
    let phase = beat.rem_euclid(length);
    let mut of_channel = [None; 16];
    let notes = pattern.notes.iter().map(|note| {
        let channel = Stage::channel(track, note.part);
        of_channel[usize::from(channel)] = Some(match note.part {
            Part::Drums => 0,
            Part::Lead => programs[0].unwrap_or(0),
            Part::Bass => programs[1].unwrap_or(33),
        });
        let mut grid = beats(f64::from(note.start)) + phase;
        if grid >= length - 1e-9 {
            grid = (grid - length).max(0.0);
        }
        let offset = if note.offset.is_finite() { note.offset.clamp(-0.5, 0.5) } else { 0.0 };
        ClipNote {
            sound: grid + beats(f64::from(offset)),
            grid,
            length: beats(f64::from(note.length.max(1))),
            channel,
            key: note.pitch,
            velocity: note.velocity,
            chance: note.chance,
        }
    });
    let notes: Vec<ClipNote> = notes.collect();
    Clip::new(length, notes, of_channel).with_seed(luck)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::tune;
    use super::{clip, seen};

    #[test]
    fn a_pattern_begins_where_it_is_launched_whatever_its_length() {
        // Twelve steps are three beats; launched at beat 4 its first step falls on 4, 7, 10, ...
        let clip = clip(0, &tune(12, 0), 4.0, [None; 2], 0);
        assert_eq!((clip.length(), clip.notes()[0].grid), (3.0, 1.0));
        let (slot, _) = seen("x".into(), &tune(12, 0), 4.0);
        assert_eq!(slot.pattern().notes[0].start, 4);
    }
}
