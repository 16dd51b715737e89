//! A chain of patterns on a track: each plays for its length while those after it are still being decoded.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use super::context::Context;
use super::error::{Outcome, fail};
use super::limits;
use super::stage::Act;
use super::task::bar_line;
use super::value::{Point, Tune, Way};
use crate::music::pattern::STEPS_PER_QUARTER;

/// Patterns decoded ahead of the one that plays.
const AHEAD: usize = 2;

/// One pattern of a chain.
#[derive(Clone)]
pub enum Stop {
    /// A point whose likeliest pattern is to be made.
    Point(Point),
    /// A pattern that is there.
    Tune(Tune),
}

impl Stop {
    fn made(&self) -> Outcome<Tune> {
        match self {
            Self::Point(point) => super::api::likeliest(point),
            Self::Tune(tune) => Ok(tune.clone()),
        }
    }
}

/// What is to come on a track.
#[derive(Clone)]
pub struct Chain {
    /// The track.
    pub track: u8,
    stops: Arc<[Stop]>,
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chain({} stops on track {})", self.stops.len(), self.track + 1)
    }
}

impl Chain {
    /// What the chain of a track is called among the tasks.
    pub fn name(track: u8) -> String {
        format!("chain {}", track + 1)
    }

    /// A chain of `stops`: the first pattern, made at once, and what comes behind it.
    ///
    /// # Errors
    /// No stops, too many, a model that fails.
    pub fn new(track: u8, stops: Vec<Stop>) -> Outcome<(Tune, Self)> {
        if stops.len() > limits::PATTERNS {
            return fail(format!("{} patterns in a row: {} are the most", stops.len(), limits::PATTERNS));
        }
        let Some((first, rest)) = stops.split_first() else {
            return fail("there is nothing in it to play");
        };
        Ok((first.made()?, Self { track, stops: rest.into() }))
    }

    /// The stops of a way that is travelled in `beats`: one for each pattern that fits, and the end.
    ///
    /// # Errors
    /// More patterns than a chain may have.
    pub fn along(way: &Way, beats: f64) -> Outcome<Vec<Stop>> {
        let Some(first) = way.points.first() else { return fail("a path needs one point at least") };
        let each = first.model.0.settings().steps as f64 / f64::from(STEPS_PER_QUARTER);
        let count = (beats / each - 1e-6).ceil().max(1.0);
        if count > limits::PATTERNS as f64 {
            return fail(format!("{beats} beats are more patterns than a chain may have"));
        }
        let at = |index: usize| way.at((index as f64 * each / beats).min(1.0)).map(Stop::Point);
        (0..=count as usize).map(at).collect()
    }

    /// True where nothing comes behind the first.
    pub fn is_over(&self) -> bool {
        self.stops.is_empty()
    }
}

/// Beats of a pattern.
pub fn beats(tune: &Tune) -> f64 {
    f64::from(tune.pattern().steps) / f64::from(STEPS_PER_QUARTER)
}

/// Makes the stops one after the other, a few ahead of the music, until nobody wants them any more.
fn decode(stops: Arc<[Stop]>) -> Receiver<Outcome<Tune>> {
    let (send, made) = sync_channel(AHEAD);
    let work = move || {
        for stop in stops.iter() {
            if send.send(stop.made()).is_err() {
                return;
            }
        }
    };
    // Without a thread the channel is closed, and the chain ends where it is.
    drop(thread::Builder::new().name("chain".into()).stack_size(limits::STACK).spawn(work));
    made
}

/// Plays a chain from the beat on for which the task is woken first.
///
/// # Errors
/// A model that fails.
pub fn play(context: &Context, chain: &Chain) -> Outcome<()> {
    let made = decode(chain.stops.clone());
    let conductor = &context.stage.conductor;
    let Some(mut beat) = conductor.first(context.task()) else { return Ok(()) };
    loop {
        context.begin(beat);
        let next = if context.stage.settings.strict {
            made.recv().ok()
        } else {
            match made.try_recv() {
                Ok(next) => Some(next),
                Err(TryRecvError::Disconnected) => None,
                Err(TryRecvError::Empty) => {
                    // What plays goes round once more, and the next one comes at a bar.
                    let name = &context.script.name;
                    context.stage.hint(format!(
                        "{name}: the next pattern of {} is not ready and comes a bar later",
                        context.name
                    ));
                    match conductor.sleep(context.task(), bar_line(beat + 0.1)) {
                        Some(later) => beat = later,
                        None => return Ok(()),
                    }
                    continue;
                }
            }
        };
        let Some(next) = next else { return Ok(()) };
        let tune = next?;
        let length = beats(&tune);
        context.stage.perform(beat, Act::Play { track: chain.track, tune });
        match conductor.sleep(context.task(), beat + length) {
            Some(later) => beat = later,
            None => return Ok(()),
        }
    }
}
