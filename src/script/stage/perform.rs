//! What becomes of the things that scripts do: orders with their beats, intents, and what waits.

use std::sync::Arc;

use super::super::strip::{Round, Wish};
use super::super::task::BAR;
use super::super::{clip, fill};
use super::{Act, Stage, Waiting};
use crate::engine::{Command, Quantise, TRACKS};
use crate::jam::Intent;
use crate::music::pattern::STEPS_PER_QUARTER;

/// Launches of scripts are numbered from here, so that the jam does not take them for its own.
const FIRST_LAUNCH: u32 = 0x8000_0000;

/// Beats after its place from which a launch has begun for certain.
const BEGUN: f64 = 0.005;

impl Stage {
    /// Does something at `beat`. What the engine can do on time by itself goes ahead at once.
    pub fn perform(&self, beat: f64, act: Act) {
        match act {
            Act::Play { track, tune } => self.wish(beat, track, Wish::Play(Round { from: beat, tune })),
            Act::Halt(track) => self.wish(beat, track, Wish::Halt),
            Act::Order { track, after, what } => {
                self.send(Intent::Perform(Command::At { beat: beat + after, track, what }));
            }
            Act::Intent(intent) => self.send(intent),
            Act::Timed(intent) => self.later(beat, intent),
            Act::Queue { track, tune } => {
                let at = self.lock().strips[usize::from(track)].end(beat);
                self.wish(at, track, Wish::Play(Round { from: at, tune }));
            }
            Act::Fill(track) => self.fill(beat, track),
            Act::Length { track, steps } => self.set_length(beat, track, steps),
            Act::Freeze(track) => self.freeze(beat, track),
            Act::Thaw(track) => self.thaw(beat, track),
            Act::Stop => self.later(beat, Intent::Stop),
        }
    }

    /// The host hears of it when the transport comes to `beat`.
    fn later(&self, beat: f64, intent: Intent) {
        self.lock().waiting.push(Waiting { beat, intent });
    }

    /// A wish for a track comes true at `beat`, or waits for the track to be thawed.
    fn wish(&self, beat: f64, track: u8, wish: Wish) {
        let wish = self.lock().strips[usize::from(track)].allow(beat, wish);
        match wish {
            Some(Wish::Play(round)) => self.launch(beat, track, round),
            Some(Wish::Halt) => {
                self.lock().strips[usize::from(track)].round = None;
                self.send(Intent::Perform(Command::Halt { track, at: Quantise::at(beat) }));
            }
            None => {}
        }
    }

    fn launch(&self, beat: f64, track: u8, round: Round) {
        let mut inner = self.lock();
        inner.launches = inner.launches.wrapping_add(1) & (FIRST_LAUNCH - 1);
        let slot = FIRST_LAUNCH + inner.launches;
        let at = usize::from(track);
        let name = inner.name(track);
        let strip = &mut inner.strips[at];
        // A length that makes too many notes of it leaves it as it is.
        let tune = strip.fitted(&round.tune).unwrap_or_else(|_| round.tune.clone());
        let (seen, part) = clip::seen(name, &tune, round.from);
        let clip = Arc::new(clip::clip(track, &tune, round.from, strip.programs, seen.luck()));
        strip.round = Some(round);
        let command = Command::Launch { track, slot, clip, at: Quantise::at(beat) };
        let intent = Intent::Plays { command, slot: Arc::new(seen), part };
        // The engine keeps one launch a track in waiting: a second one is told when the first has begun.
        let before = strip.launched.replace(beat);
        if let Some(before) = before.filter(|before| *before > self.now() + 1e-9 && *before < beat) {
            // On its very beat the first one may not have begun yet.
            inner.waiting.push(Waiting { beat: before + BEGUN, intent });
            return;
        }
        drop(inner);
        self.send(intent);
    }

    /// A bar of fill over what goes round on a track, or on all of them.
    fn fill(&self, beat: f64, track: Option<u8>) {
        let tracks: Vec<u8> = track.map_or_else(|| (0..TRACKS as u8).collect(), |track| vec![track]);
        let mut none = true;
        // A bar that has just begun is filled whole.
        let bar = (beat / BAR + 1e-6).floor().max(0.0);
        for track in tracks {
            let (name, round, playing) = {
                let inner = self.lock();
                let strip = &inner.strips[usize::from(track)];
                let round = strip.round.clone().filter(|_| !strip.is_frozen());
                let playing = round.as_ref().and_then(|round| strip.fitted(&round.tune).ok());
                (inner.name(track), round, playing)
            };
            let (Some(round), Some(playing)) = (round, playing) else { continue };
            let playing = playing.pattern();
            // Where in its loop the pattern is when the bar begins.
            let steps = f64::from(playing.steps.max(1));
            let from = ((bar * BAR - round.from) * f64::from(STEPS_PER_QUARTER)).round().rem_euclid(steps);
            let Ok(fill) = fill::of(&round.tune, playing, from as u32, bar as u64) else { continue };
            none = false;
            let programs = self.lock().strips[usize::from(track)].programs;
            let (seen, part) = clip::seen(format!("{name} fill"), &fill, 0.0);
            let clip = Arc::new(clip::clip(track, &fill, 0.0, programs, seen.luck()));
            let command = Command::Fill { track, clip, at: Quantise::at(beat) };
            self.send(Intent::Plays { command, slot: Arc::new(seen), part });
        }
        if none {
            // What the player launched is the jam's to fill, which says it where nothing plays either.
            self.later(beat, track.map_or(Intent::FillAll, |track| Intent::Fill(Some(track.into()))));
        }
    }

    /// What goes round on a track, and all that comes, is so many steps long; 0 is each pattern's own length.
    fn set_length(&self, beat: f64, track: u8, steps: u32) {
        let round = {
            let mut inner = self.lock();
            let strip = &mut inner.strips[usize::from(track)];
            strip.steps = steps;
            strip.round.clone()
        };
        if let Some(round) = round {
            self.wish(beat, track, Wish::Play(Round { from: beat, ..round }));
        }
        self.later(beat, Intent::Steps { track: Some(track.into()), steps });
    }

    fn freeze(&self, beat: f64, track: u8) {
        let printed = {
            let mut inner = self.lock();
            let name = inner.name(track);
            let strip = &mut inner.strips[usize::from(track)];
            let luck = strip.round.as_ref().map(|round| clip::seen(name, &round.tune, round.from).0.luck());
            strip.freeze(beat, luck.unwrap_or(0))
        };
        if let Some(round) = printed {
            self.launch(beat, track, round);
        }
        self.later(beat, Intent::Hold { track: track.into(), on: true });
    }

    fn thaw(&self, beat: f64, track: u8) {
        let wish = self.lock().strips[usize::from(track)].thaw();
        // Ahead of its beat, so that what comes on it is let through.
        self.send(Intent::Hold { track: track.into(), on: false });
        if let Some(wish) = wish {
            self.wish(beat, track, wish);
        }
    }
}
