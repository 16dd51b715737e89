//! Effects as the engine's commands: the same for the jam on a terminal and for a script without one.

use std::sync::Arc;

use super::effect::Effect;
use super::kit;
use super::quantise::Quantise;
use super::track::Voice;
use crate::engine::{self, Clip, Command, TRACKS};
use crate::music::pattern::Pattern;

/// What the engine is to do for an effect, in order; nothing for what concerns others.
pub fn orders(effect: Effect) -> Vec<Command> {
    match effect {
        Effect::Play => vec![Command::Play],
        Effect::CountIn(beats) => vec![Command::CountIn(beats)],
        Effect::Stop => vec![Command::Stop, Command::Locate(0.0)],
        Effect::Tempo(bpm) => vec![Command::Tempo(bpm)],
        Effect::Swing(share) => vec![Command::Swing(share)],
        Effect::Metronome(on) => vec![Command::Metronome(on)],
        Effect::MuteClasses { tracks, classes } => (0..TRACKS as u8)
            .filter(|track| tracks >> track & 1 == 1)
            .map(|track| Command::MuteKeys { track, keys: kit::keys(classes) })
            .collect(),
        Effect::Launch { launch, slot, at, voices } => voices
            .into_iter()
            .map(|voice| Command::Launch {
                track: voice.track,
                slot: launch,
                clip: Arc::new(clip(slot.pattern(), voice, slot.luck())),
                at: boundary(at),
            })
            .collect(),
        Effect::Gain { track, gain } => vec![Command::Gain { track, gain }],
        Effect::Pan { track, channel, pan } => vec![Command::Pan { track, channel, pan }],
        Effect::Fill { voice, slot, at } => {
            // A fill is a bar of its own, however long the track's loops are.
            let voice = Voice { steps: 0, ..voice };
            let clip = Arc::new(clip(slot.pattern(), voice, slot.luck()));
            vec![Command::Fill { track: voice.track, clip, at: boundary(at) }]
        }
        Effect::MuteTrack { track, on } => vec![Command::MuteTrack { track, on }],
        Effect::Halt { track, at } => vec![Command::Halt { track, at: boundary(at) }],
        Effect::Live { track, channel, key, velocity } => {
            vec![Command::Live { track, channel, key, velocity }]
        }
        Effect::Perform(command) => vec![command],
        Effect::Panic => vec![Command::Panic],
        Effect::Follow(on) => vec![Command::Follow(on)],
        Effect::Generate(_)
        | Effect::KeepMap(_)
        | Effect::Wire(_)
        | Effect::Cancel(_)
        | Effect::Save { .. }
        | Effect::Render { .. }
        | Effect::SaveSession { .. }
        | Effect::SaveSessionAs { .. }
        | Effect::Open(_)
        | Effect::Script(_)
        | Effect::Tell { .. }
        | Effect::Quit => Vec::new(),
    }
}

/// What `voice` plays of a pattern.
fn clip(pattern: &Pattern, voice: Voice, seed: u64) -> Clip {
    let Voice { part, channel, program, octave, steps, .. } = voice;
    Clip::from_part(&pattern.looped(steps), part, channel, program, octave).with_seed(seed)
}

fn boundary(at: Quantise) -> engine::Quantise {
    match at {
        Quantise::Now => engine::Quantise::Now,
        Quantise::Beat => engine::Quantise::Beat,
        Quantise::Bar => engine::Quantise::Bar,
        Quantise::TwoBars => engine::Quantise::TwoBars,
        Quantise::At(beat) => engine::Quantise::at(f64::from(beat)),
    }
}
