//! Patterns written by hand, for tests only.

use super::{Effect, Intent, Job, Request, SlotId, State, update};
use crate::codec::Tokens;
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
    let recipe = Recipe { model, seed: which, index: 0, temperature: 0.9, steps: 32, origin };
    Generated { pattern, tokens, z, recipe }
}

/// What a worker would answer.
pub fn answer(request: &Request) -> Intent {
    let seed = match &request.job {
        Job::Sample { seed, .. } | Job::Vary { seed, .. } | Job::Interpolate { seed, .. } => *seed,
    };
    let patterns = (0..request.slots.len() as u64).map(|i| beat(seed + i)).collect();
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
    State::new("drums_test", 0)
}

/// A jam that has begun: A1 plays, row A is full.
pub fn begun() -> State {
    let mut state = fresh();
    give(&mut state, Intent::Begin);
    state
}
