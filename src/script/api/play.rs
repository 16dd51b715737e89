//! What is heard: tracks, notes, levels, tempo, the bank.

use rhai::plugin::*;
use rhai::{Array, Dynamic};

use super::super::chain::{Chain, Stop, beats};
use super::super::context::{Body, LoopPlan, here};
use super::super::error::{OrFail, Outcome, fail};
use super::super::runtime::{end_chain, start_loop};
use super::super::stage::{Act, Stage};
use super::super::value::{Point, Tune};
use super::models::functions::encode;
use crate::engine::Order;
use crate::jam::SlotId;
use crate::latent::generate::{self, Generated};
use crate::latent::recipe::{Origin, Recipe};
use crate::music::pattern::{Part, Pattern};

/// The bank of the jam, `bank["A1"]`.
#[derive(Debug, Clone, Copy)]
pub struct Bank;

/// What is heard: tracks, notes, levels, tempo, the bank.
#[export_module]
pub mod functions {
    use std::sync::Arc;

    use rhai::{Array, Dynamic, INT, NativeCallContext};

    use super::super::number::{key, whole, within};
    use super::super::rhythm::drum;
    use super::Bank;
    use super::{by_hand, controller, order, place, start_chain, stops, track_of};
    use crate::engine::Order;
    use crate::jam::{Intent, Slot, Tone};
    use crate::music::gm;
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

    /// Gives a track a sound: a General MIDI program from 0, or a part of its name: `instrument("lead", "warm pad")`.
    #[rhai_fn(return_raw)]
    pub fn instrument(track: Dynamic, sound: Dynamic) -> Outcome<()> {
        let track = track_of(&track)?;
        let program = match sound.as_int() {
            Ok(number) => whole(number, "a program", 0, 127)? as u8,
            Err(_) => {
                let wanted = sound.to_string().to_lowercase();
                let found = (0..128u8).find(|p| gm::program_name(*p).to_lowercase() == wanted);
                let near = || (0..128u8).find(|p| gm::program_name(*p).to_lowercase().contains(&wanted));
                match found.or_else(near) {
                    Some(program) => program,
                    None => {
                        return fail(format!(
                            "\"{wanted}\" is no General MIDI sound; \"pad\", \"sawtooth\", \"electric piano\" are parts of some"
                        ));
                    }
                }
            }
        };
        let context = here()?;
        for part in [Part::Lead, Part::Bass] {
            context.stage.set_program(track, part, program);
            order(track, Order::Program { channel: Stage::channel(track, part), program })?;
        }
        Ok(())
    }

    /// Level of a track: 1 as it is, 0 silent, at most 4.
    #[rhai_fn(return_raw)]
    pub fn level(track: Dynamic, gain: Dynamic) -> Outcome<()> {
        let gain = within(&gain, "a level", 0.0, 4.0)? as f32;
        order(track_of(&track)?, Order::Gain(gain))
    }

    /// Where a track stands: -1 left, 0 middle, 1 right.
    #[rhai_fn(return_raw)]
    pub fn pan(track: Dynamic, place: Dynamic) -> Outcome<()> {
        let place = within(&place, "a place", -1.0, 1.0)?;
        controller(track, 10, (64.0 + place * 63.0).round() as u8)
    }

    /// Moves a MIDI controller of a track, both 0 to 127: `cc("lead", 11, 90)`.
    #[rhai_fn(return_raw)]
    pub fn cc(track: Dynamic, number: INT, value: Dynamic) -> Outcome<()> {
        let number = whole(number, "a controller", 0, 127)? as u8;
        controller(track, number, within(&value, "a value", 0.0, 127.0)? as u8)
    }

    /// Silences a track; its pattern goes on unheard.
    #[rhai_fn(return_raw)]
    pub fn mute(track: Dynamic) -> Outcome<()> {
        order(track_of(&track)?, Order::Mute(true))
    }

    /// Lets a track be heard again.
    #[rhai_fn(return_raw)]
    pub fn unmute(track: Dynamic) -> Outcome<()> {
        order(track_of(&track)?, Order::Mute(false))
    }

    /// Silences all tracks but one.
    #[rhai_fn(return_raw)]
    pub fn solo(track: Dynamic) -> Outcome<()> {
        let alone = track_of(&track)?;
        (0..8).try_for_each(|track| order(track, Order::Mute(track != alone)))
    }

    /// Lets all tracks be heard again.
    #[rhai_fn(return_raw)]
    pub fn unmute_all() -> Outcome<()> {
        (0..8).try_for_each(|track| order(track, Order::Mute(false)))
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
            None => Arc::new(by_hand(&pattern)?),
        };
        context.stage.put(place, pattern);
        let slot = Arc::new(Slot { name: format!("script {place}"), made });
        context.act(Act::Intent(Intent::Put { place, slot }))
    }

    /// Launches a place of the bank, as the jam does: at the next bar.
    #[rhai_fn(return_raw)]
    pub fn launch(name: &str) -> Outcome<()> {
        let place = place(name)?;
        here()?.act(Act::Intent(Intent::Launch(Some(place))))
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
    start_loop(LoopPlan { name: Chain::name(track), body: Body::Chain(chain), place, after })
}

fn track_of(name: &Dynamic) -> Outcome<u8> {
    here()?.stage.track(&name.to_string())
}

fn order(track: u8, what: Order) -> Outcome<()> {
    here()?.act(Act::Order { track, after: 0.0, what })
}

fn controller(track: Dynamic, number: u8, value: u8) -> Outcome<()> {
    let track = track_of(&track)?;
    for part in [Part::Lead, Part::Bass, Part::Drums] {
        order(track, Order::Control { channel: Stage::channel(track, part), number, value })?;
    }
    Ok(())
}

fn place(name: &str) -> Outcome<SlotId> {
    match SlotId::parse(name) {
        Some(place) => Ok(place),
        None => fail(format!("\"{name}\" is no place of the bank; they go from A1 to H8")),
    }
}

fn by_hand(pattern: &Tune) -> Outcome<Generated> {
    let model = here()?.stage.model("drums_2bar_oh_hikl")?;
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
    Ok(Generated { pattern: notes, tokens, z: point.z.to_vec(), recipe })
}
