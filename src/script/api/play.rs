//! What is heard: patterns, notes, tempo, the bank.

use rhai::plugin::*;
use rhai::{Array, Dynamic};

use super::super::chain::{Chain, Stop, beats};
use super::super::context::{Body, LoopPlan, here};
use super::super::error::{OrFail, Outcome, fail};
use super::super::runtime::{end_chain, start_loop};
use super::super::stage::Act;
use super::super::value::{Model, Point, Tune};
use super::models::functions::encode;
use super::models::home;
use crate::engine::Order;
use crate::jam::SlotId;
use crate::latent::generate::{self, Generated};
use crate::latent::recipe::{Origin, Recipe};
use crate::music::pattern::Pattern;

/// The bank of the jam, `bank["A1"]`.
#[derive(Debug, Clone, Copy)]
pub struct Bank;

/// What is heard: patterns, notes, tempo, the bank.
#[export_module]
pub mod functions {
    use std::sync::Arc;

    use rhai::{Array, Dynamic, INT, NativeCallContext};

    use super::super::number::{key, whole, within};
    use super::super::rhythm::drum;
    use super::Bank;
    use super::{by_hand, order, place, start_chain, stops, track_of};
    use crate::engine::{Command, Order};
    use crate::jam::scene::Line;
    use crate::jam::slot::{COLUMNS, ROWS};
    use crate::jam::{Intent, Slot, Tone, limits, register};
    use crate::music::pattern::Part;
    use crate::script::chain::Chain;
    use crate::script::context::here;
    use crate::script::error::{Outcome, fail};
    use crate::script::runtime::end_chain;
    use crate::script::stage::{Act, Stage};
    use crate::script::value::{Tune, Way};

    /// Plays a pattern on a track from now on, over and over, in the place of the one before. A track is `drums`, `lead`,
    /// `bass`, a number from 1 to 8, or any other name, which takes a free one.
    #[rhai_fn(return_raw, name = "play")]
    pub fn play(track: Dynamic, pattern: Tune) -> Outcome<()> {
        let track = track_of(&track)?;
        end_chain(track)?;
        here()?.act(Act::Play { track, tune: pattern })
    }

    /// Travels a way on a track: `play("drums", path([a, b, c]).over(bars(16)))`. Each pattern plays once while those
    /// after it are still being decoded; the last one goes round.
    #[rhai_fn(return_raw, name = "play")]
    pub fn play_way(ctx: NativeCallContext, track: Dynamic, way: Way) -> Outcome<()> {
        let Some((beats, _)) = way.time else {
            return fail("a path is played in so many beats: play(track, path([a, b]).over(bars(8)))");
        };
        start_chain(&track, Chain::along(&way, beats)?, ctx.call_position())
    }

    /// Plays points or patterns of a list one after the other, each once: `play("drums", grid(a, b, 13))`. Those further
    /// on are decoded while the first ones play; the last one goes round.
    #[rhai_fn(return_raw, name = "play")]
    pub fn play_list(ctx: NativeCallContext, track: Dynamic, list: Array) -> Outcome<()> {
        start_chain(&track, stops(list)?, ctx.call_position())
    }

    /// A pattern that follows what plays on a track when its round is over; several wait for each other.
    #[rhai_fn(return_raw, name = "queue")]
    pub fn queue(track: Dynamic, pattern: Tune) -> Outcome<()> {
        let track = track_of(&track)?;
        end_chain(track)?;
        here()?.act(Act::Queue { track, tune: pattern })
    }

    /// The same with the pattern that a script has put into a place of the bank, on the track of its kind: `queue("A1")`.
    #[rhai_fn(return_raw, name = "queue")]
    pub fn queue_place(name: &str) -> Outcome<()> {
        let tune = bank_get(&mut Bank, name)?;
        let track = match tune.pattern().notes.first().map(|note| note.part) {
            None | Some(Part::Drums) => "drums",
            Some(Part::Lead) => "lead",
            Some(Part::Bass) => "bass",
        };
        queue(Dynamic::from(track.to_owned()), tune)
    }

    /// Takes the pattern off a track.
    #[rhai_fn(return_raw)]
    pub fn halt(track: Dynamic) -> Outcome<()> {
        let track = track_of(&track)?;
        end_chain(track)?;
        here()?.act(Act::Halt(track))
    }

    /// Strikes a drum on the track `drums`: `hit("snare")`.
    #[rhai_fn(return_raw, name = "hit")]
    pub fn hit(sound: Dynamic) -> Outcome<()> {
        hit_with(sound, Dynamic::from(96 as INT))
    }

    /// Strikes a drum with a velocity, 1 to 127.
    #[rhai_fn(return_raw, name = "hit")]
    pub fn hit_with(sound: Dynamic, velocity: Dynamic) -> Outcome<()> {
        let velocity = within(&velocity, "a velocity", 1.0, 127.0)? as u8;
        let what = Order::Note { channel: 9, key: drum(&sound)?, velocity, length: 0.25 };
        order(0, what)
    }

    /// Plays a note on a track for so many beats: `note("lead", "c4", 0.5)`.
    #[rhai_fn(return_raw, name = "note")]
    pub fn note(track: Dynamic, pitch: Dynamic, beats: Dynamic) -> Outcome<()> {
        note_with(track, pitch, beats, Dynamic::from(92 as INT))
    }

    /// Plays a note on a track for so many beats with a velocity, 1 to 127.
    #[rhai_fn(return_raw, name = "note")]
    pub fn note_with(track: Dynamic, pitch: Dynamic, beats: Dynamic, velocity: Dynamic) -> Outcome<()> {
        let track = track_of(&track)?;
        let length = within(&beats, "a length in beats", 0.01, 1024.0)?;
        let velocity = within(&velocity, "a velocity", 1.0, 127.0)? as u8;
        let channel = Stage::channel(track, Part::Lead);
        order(track, Order::Note { channel, key: key(&pitch)?, velocity, length })
    }

    /// Sets the tempo in beats a minute, 20 to 300.
    #[rhai_fn(return_raw)]
    pub fn tempo(bpm: Dynamic) -> Outcome<()> {
        order(0, Order::Tempo(within(&bpm, "a tempo", 20.0, 300.0)?))
    }

    /// Sets the swing: 0.5 straight, 0.667 triplets, at most 0.75.
    #[rhai_fn(return_raw)]
    pub fn swing(share: Dynamic) -> Outcome<()> {
        order(0, Order::Swing(within(&share, "a swing", 0.5, 0.75)? as f32))
    }

    /// Counts so many bars in, 0 to 2, whenever the music starts from now on; a render has no use for it and begins at
    /// once.
    #[rhai_fn(return_raw)]
    pub fn count_in(bars: INT) -> Outcome<()> {
        let bars = whole(bars, "bars to count in", 0, INT::from(*limits::COUNT_IN.end()))? as u8;
        let context = here()?;
        if context.stage.settings.strict {
            return Ok(());
        }
        context.act(Act::Intent(Intent::CountIn(bars)))
    }

    /// Clicks on every beat, or no more.
    #[rhai_fn(return_raw)]
    pub fn metronome(on: bool) -> Outcome<()> {
        here()?.act(Act::Intent(Intent::Perform(Command::Metronome(on))))
    }

    /// Stops the music: the end of a set.
    #[rhai_fn(return_raw)]
    pub fn stop() -> Outcome<()> {
        here()?.act(Act::Stop)
    }

    /// Says something to the player.
    #[rhai_fn(return_raw)]
    pub fn say(text: Dynamic) -> Outcome<()> {
        here()?.stage.say(Tone::Said, text.to_string());
        Ok(())
    }

    /// The bank of the jam, as `bank` is: `bank["A1"] = p`, `bank["A1"]`. Functions have to write `bank()`.
    pub fn bank() -> Bank {
        Bank
    }

    /// The pattern that a script has put into a place of the bank.
    #[rhai_fn(return_raw, index_get, pure)]
    pub fn bank_get(_bank: &mut Bank, name: &str) -> Outcome<Tune> {
        match here()?.stage.bank(place(name)?) {
            Some(tune) => Ok(tune),
            None => fail(format!("{name}: no script has put a pattern there")),
        }
    }

    /// Puts a pattern into a place of the bank. One made by hand is given the point that the drum or melody model of the
    /// program finds for it.
    #[rhai_fn(return_raw, index_set)]
    pub fn bank_set(_bank: &mut Bank, name: &str, pattern: Tune) -> Outcome<()> {
        let place = place(name)?;
        let context = here()?;
        let made = match pattern.origin() {
            Some((made, _)) => made.clone(),
            None => Arc::new(by_hand(&pattern)?.0),
        };
        context.stage.put(place, pattern);
        let low = register::octaves(&made.pattern);
        let slot = Arc::new(Slot { name: format!("script {place}"), made, low });
        context.act(Act::Intent(Intent::Put { place, slot }))
    }

    /// Launches a place of the bank, as the jam does: at the next bar.
    #[rhai_fn(return_raw)]
    pub fn launch(name: &str) -> Outcome<()> {
        let place = place(name)?;
        here()?.act(Act::Intent(Intent::Launch(Some(place))))
    }

    /// Launches a column of the bank, 1 to 8, as the jam does: its patterns at the next bar, each on a track of its own;
    /// what else plays falls silent.
    #[rhai_fn(return_raw, name = "scene")]
    pub fn scene(column: INT) -> Outcome<()> {
        let column = whole(column, "a scene", 1, INT::from(COLUMNS))? as u8 - 1;
        here()?.act(Act::Intent(Intent::Scene(Line::Column(Some(column)))))
    }

    /// The same with a row, `A` to `H`: `scene("B")`.
    #[rhai_fn(return_raw, name = "scene")]
    pub fn scene_row(row: &str) -> Outcome<()> {
        let at = match row.as_bytes() {
            [letter] => letter.to_ascii_uppercase().checked_sub(b'A').filter(|at| *at < ROWS),
            _ => None,
        };
        match at {
            Some(at) => here()?.act(Act::Intent(Intent::Scene(Line::Row(Some(at))))),
            None => fail(format!("scene(\"{row}\"): rows go from A to H, columns from 1 to 8")),
        }
    }
}

/// The stops of a list: points, and patterns.
fn stops(list: Array) -> Outcome<Vec<Stop>> {
    let stop =
        |value: Dynamic| match (value.read_lock::<Tune>().map(|t| t.clone()), value.read_lock::<Point>()) {
            (Some(tune), _) => Ok(Stop::Tune(tune)),
            (None, Some(point)) => Ok(Stop::Point(point.clone())),
            (None, None) => fail("a list to play is made of points and patterns"),
        };
    list.into_iter().map(stop).collect()
}

/// The first of `stops` plays from now on, and the others after it.
fn start_chain(track: &Dynamic, stops: Vec<Stop>, place: Position) -> Outcome<()> {
    let track = track_of(track)?;
    end_chain(track)?;
    let (first, chain) = Chain::new(track, stops)?;
    let after = Some(beats(&first));
    here()?.act(Act::Play { track, tune: first })?;
    if chain.is_over() {
        return Ok(());
    }
    start_loop(LoopPlan { name: Chain::name(track), body: Body::Chain(chain), place, after, seed: None })
}

/// The track that a value names.
///
/// # Errors
/// All tracks are taken.
pub fn track_of(name: &Dynamic) -> Outcome<u8> {
    let context = here()?;
    // A line joins what plays: it takes no track away from it.
    let version = if context.script.part { 0 } else { context.script.generation };
    context.stage.track(&name.to_string(), version)
}

/// Something for the engine at the task's beat.
///
/// # Errors
/// More things at once than a task may do.
pub fn order(track: u8, what: Order) -> Outcome<()> {
    here()?.act(Act::Order { track, after: 0.0, what })
}

fn place(name: &str) -> Outcome<SlotId> {
    match SlotId::parse(name) {
        Some(place) => Ok(place),
        None => fail(format!("\"{name}\" is no place of the bank; they go from A1 to H8")),
    }
}

/// The pattern with the point that the model of its kind finds for it, and that model.
///
/// # Errors
/// A pattern that the model does not take.
pub fn by_hand(pattern: &Tune) -> Outcome<(Generated, Model)> {
    let model = home(pattern)?;
    let point = encode(&mut model.clone(), pattern.clone())?;
    let converter = generate::converter(&model.0).or_fail()?;
    let times = converter.steps() as u32 / pattern.pattern().steps.max(1);
    let whole = vec![pattern.pattern().clone(); times.max(1) as usize];
    let notes = Pattern::concatenate(&whole);
    let recipe = Recipe {
        model: model.name().to_owned(),
        seed: 0,
        index: 0,
        temperature: 0.0,
        steps: notes.steps,
        origin: Origin::Reconstruct,
        controls: None,
    };
    let tokens = converter.tokens(&notes).or_fail()?;
    Ok((Generated { pattern: notes, tokens, z: point.z.to_vec(), recipe }, model))
}
