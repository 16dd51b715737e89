//! Patterns written by hand, for tests only.

use super::{Effect, Intent, Job, Request, SlotId, State, update};
use crate::codec::Tokens;
use crate::latent::attributes::{Attribute, Quartile, Table, VectorRecord};
use crate::latent::generate::Generated;
use crate::latent::recipe::{Origin, Recipe};
use crate::music::pattern::{Part, Pattern, PatternNote};

/// A two-bar beat drawn as text: one line a class from the kick up, `x` loud, `o` soft, 16 steps twice over.
fn drawn(lines: &[&str]) -> Pattern {
    let keys = [36, 38, 42, 46, 45, 48, 50, 49, 51];
    let mut notes = Vec::new();
    for (line, key) in lines.iter().zip(keys) {
        for (step, mark) in line.chars().cycle().take(32).enumerate() {
            let velocity = match mark {
                'x' => 100,
                'o' => 55,
                _ => continue,
            };
            let start = step as u32;
            notes.push(PatternNote {
                start,
                length: 1,
                pitch: key,
                velocity,
                part: Part::Drums,
                offset: 0.0,
                chance: 100,
            });
        }
    }
    Pattern::new(32, notes)
}

/// Beat number `which`; there are five, then they come again.
pub fn beat(which: u64) -> Generated {
    let lines: &[&str] = match which % 5 {
        0 => &["x...x...x...x...", "....x.......x...", "x.o.x.o.x.o.x.o."],
        1 => &["x.....x...x.....", "....x.......x..o", "xoxoxoxoxoxoxoxo", "..............x."],
        2 => &[
            "x..x..x...x.x...",
            "....x..o.o..x...",
            "................",
            "..x...x...x...x.",
            "",
            "",
            "",
            "x...............",
        ],
        3 => &[
            "x.......x.......",
            "....x.......x...",
            "",
            "",
            "....o.......",
            "..o.....",
            "o.....o.",
            "",
            "x..x..x.x..x..x.",
        ],
        _ => &["x...............x...........x..", "........x.......", "x...x...x...x..."],
    };
    let pattern = drawn(lines);
    let tokens = Tokens::Drums(vec![0; 32]);
    let z = (0..64).map(|i| ((i * 37 + which as usize * 11) % 17) as f32 / 4.0 - 2.0).collect();
    let origin = Origin::Sample;
    let model = "drums_test".to_owned();
    let recipe = Recipe { model, seed: which, index: 0, temperature: 0.9, steps: 32, controls: None, origin };
    Generated { pattern, tokens, z, recipe }
}

/// Melody number `which`, two bars: a broken chord that begins on another key each time.
pub fn melody(which: u64) -> Generated {
    let root = 60 + (which % 5) as u8 * 2;
    let notes = [0, 4, 7, 12, 11, 7, 4, 2].iter().enumerate().map(|(at, by)| PatternNote {
        start: 4 * at as u32,
        length: if at % 2 == 0 { 4 } else { 3 },
        pitch: root + by,
        velocity: if at % 4 == 0 { 100 } else { 70 },
        part: Part::Lead,
        offset: 0.0,
        chance: 100,
    });
    let pattern = Pattern::new(32, notes.collect());
    let events = crate::codec::melody::events(&pattern, Part::Lead).unwrap();
    Generated { pattern, tokens: Tokens::Melody(events), ..named(beat(which), "mel_test") }
}

/// Trio number `which`, two bars: melody, bass and drums.
pub fn trio(which: u64) -> Generated {
    let (lead, drums) = (melody(which).pattern, beat(which).pattern);
    let bass = (0..4).map(|at| PatternNote {
        start: 8 * at,
        length: 6,
        pitch: 36 + (which % 5) as u8 * 2,
        velocity: 90,
        part: Part::Bass,
        offset: 0.0,
        chance: 100,
    });
    let notes = lead.notes.iter().chain(&drums.notes).copied().chain(bass).collect();
    let pattern = Pattern::new(32, notes);
    let events = |part| crate::codec::melody::events(&pattern, part).unwrap();
    let tokens = Tokens::Trio { lead: events(Part::Lead), bass: events(Part::Bass), drums: vec![0; 32] };
    Generated { tokens, pattern, ..named(beat(which), "trio_test") }
}

/// Groove number `which`, two bars, with velocities and hits off the grid.
pub fn groove(which: u64) -> Generated {
    let mut made = named(beat(which), "groove_test");
    for (at, note) in made.pattern.notes.iter_mut().enumerate() {
        note.offset = [0.0, 0.3, -0.25, 0.12][at % 4];
        note.velocity = [110, 45, 80, 62][at % 4];
    }
    Generated { tokens: Tokens::Groove(vec![[0.0; 27]; 32]), ..made }
}

fn named(made: Generated, model: &str) -> Generated {
    let recipe = Recipe { model: model.to_owned(), ..made.recipe };
    Generated { recipe, ..made }
}

/// A pattern moved along vectors: a hit more at the end for each whole vector.
fn slid(of: &Generated, by: &[(Attribute, f32)]) -> Generated {
    let total = by.iter().map(|(_, by)| by.abs()).sum::<f32>();
    let mut made = of.clone();
    if total == 0.0 {
        return made;
    }
    for at in 0..(total * 10.0).round() as u32 {
        let note = PatternNote {
            start: at % 32,
            length: 1,
            pitch: 49,
            velocity: 90,
            part: Part::Drums,
            offset: 0.0,
            chance: 100,
        };
        made.pattern.notes.push(note);
    }
    made.pattern = Pattern::new(made.pattern.steps, made.pattern.notes);
    let by = by.iter().filter(|(_, by)| *by != 0.0).map(|(a, by)| (a.name().to_owned(), *by)).collect();
    made.recipe.origin = Origin::Attributes { by };
    made
}

/// A pattern as a model might fill it: snares on every other 16th, tunes in eighths on the keys that they have.
pub fn busier(of: &Generated) -> Generated {
    let mut made = of.clone();
    let own = &of.pattern;
    let mut notes: Vec<PatternNote> =
        own.notes.iter().filter(|note| note.part == Part::Drums).copied().collect();
    for part in [Part::Drums, Part::Lead, Part::Bass] {
        let Some(mut last) = own.notes.iter().find(|note| note.part == part).copied() else { continue };
        for start in 0..own.steps {
            last = own.notes.iter().find(|n| n.part == part && n.start == start).copied().unwrap_or(last);
            let note = PatternNote { start, length: 1, ..last };
            let free = notes.iter().all(|other| (other.start, other.pitch) != (start, 38));
            match part {
                Part::Drums if start % 2 == 1 && free => {
                    notes.push(PatternNote { pitch: 38, velocity: 80, ..note })
                }
                Part::Lead | Part::Bass if start % 2 == 0 => notes.push(note),
                _ => {}
            }
        }
    }
    made.pattern = Pattern::new(own.steps, notes);
    made
}

/// What is known of the vectors of the drum model of the tests.
pub fn vectors() -> std::sync::Arc<Table> {
    let shown = [Attribute::Density, Attribute::Syncopation, Attribute::KickDensity, Attribute::HatDensity];
    let means = |by: f64| shown.iter().map(|a| (*a, 0.5 + by)).collect();
    let quartile = |mean| Quartile { examples: 100, mean };
    let vector = |attribute| VectorRecord {
        attribute,
        bottom: quartile(0.2),
        top: quartile(0.8),
        norm: 2.0,
        added: means(0.1),
        subtracted: means(-0.12),
    };
    std::sync::Arc::new(Table {
        format: 1,
        model: "drums_test".into(),
        config: "cat-drums_2bar_small".into(),
        z_size: 64,
        model_steps: None,
        model_examples: None,
        data: Vec::new(),
        files: 4,
        examples: 400,
        effect_samples: 64,
        temperature: 0.5,
        seed: 0,
        base: means(0.0),
        vectors: shown.map(vector).to_vec(),
        without: Default::default(),
    })
}

/// The models of the tests: one of each kind.
pub fn models() -> Vec<super::Known> {
    use crate::model::Kind;
    let known = |name: &str, kind| super::Known { name: name.to_owned(), kind, steps: 32 };
    vec![
        known("drums_test", Kind::Drums),
        known("mel_test", Kind::Melody),
        known("trio_test", Kind::Trio),
        known("groove_test", Kind::Groove),
    ]
}

/// What a worker would answer.
pub fn answer(request: &Request) -> Intent {
    if let Job::Encode { of } = &request.job {
        // Another point, the same notes.
        let z = of.z.iter().map(|x| x + 1.0).collect();
        return Intent::Generated {
            ticket: request.ticket,
            patterns: vec![Generated { z, ..(**of).clone() }],
        };
    }
    if let Job::Slide { of, by } = &request.job {
        let patterns = vec![slid(of, by)];
        return Intent::Generated { ticket: request.ticket, patterns };
    }
    if let Job::Fill { of, .. } = &request.job {
        return Intent::Generated { ticket: request.ticket, patterns: vec![busier(of)] };
    }
    let seed = match &request.job {
        Job::Sample { seed, .. } | Job::Vary { seed, .. } | Job::Interpolate { seed, .. } => *seed,
        Job::Encode { .. } | Job::Slide { .. } | Job::Fill { .. } => 0,
        Job::Palette { x, .. } => (x * 100.0) as u64,
    };
    let model = match &request.job {
        Job::Sample { model, .. } | Job::Interpolate { model, .. } => model.as_str(),
        Job::Palette { corners, .. } => corners[0].recipe.model.as_str(),
        Job::Vary { of, .. } | Job::Encode { of } | Job::Slide { of, .. } | Job::Fill { of, .. } => {
            of.recipe.model.as_str()
        }
    };
    let make = match model {
        "mel_test" => melody,
        "trio_test" => trio,
        "groove_test" => groove,
        _ => beat,
    };
    let patterns = (0..request.slots.len() as u64).map(|i| make(seed + i)).collect();
    Intent::Generated { ticket: request.ticket, patterns }
}

/// Gives `intent` and answers every request at once; all effects in order.
pub fn give(state: &mut State, intent: Intent) -> Vec<Effect> {
    let mut done = Vec::new();
    let mut todo = update(state, intent);
    while !todo.is_empty() {
        let answers: Vec<Intent> = todo
            .iter()
            .filter_map(|effect| match effect {
                Effect::Generate(request) => Some(answer(request)),
                _ => None,
            })
            .collect();
        done.append(&mut todo);
        for answer in answers {
            todo.extend(update(state, answer));
        }
    }
    done
}

/// A place by its name.
pub fn at(name: &str) -> SlotId {
    SlotId::parse(name).unwrap()
}

/// A stopped, empty jam with seed 0.
pub fn fresh() -> State {
    let mut state = State::new("drums_test", 0);
    state.sliders.tables = vec![vectors()];
    state
}

/// As [`fresh`], with models of every kind.
pub fn with_all_kinds() -> State {
    let mut state = fresh();
    state.know(models());
    state
}

/// A jam that has begun: A1 plays, row A is full.
pub fn begun() -> State {
    let mut state = fresh();
    give(&mut state, Intent::Begin);
    state
}
