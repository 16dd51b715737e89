//! The hands of the jam: effects become engine commands, requests and files.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

use super::app::DRUM_TRACK;
use super::run::Event;
use crate::audio;
use crate::engine::{self, Clip, Command, Snapshot};
use crate::jam::worker::Worker;
use crate::jam::{Effect, Intent, Quantise, kit, save};

/// Everything outside the jam that effects reach.
pub struct Host {
    session: audio::Session,
    worker: Worker,
    events: Sender<Event>,
    folder: PathBuf,
}

impl Host {
    /// A host that plays on `session`, asks `worker` and saves into `folder`; news go to `events`.
    pub fn new(session: audio::Session, worker: Worker, events: Sender<Event>, folder: PathBuf) -> Self {
        Self { session, worker, events, folder }
    }

    /// Carries out the effects in order; true when one of them is to leave.
    pub fn carry_out(&mut self, effects: Vec<Effect>) -> bool {
        let mut leave = false;
        for effect in effects {
            match effect {
                Effect::Quit => leave = true,
                Effect::Generate(request) => self.worker.submit(request),
                Effect::Cancel(ticket) => self.worker.cancel(ticket),
                Effect::Save { bpm, slots } => self.save(bpm, slots),
                sound => self.sound(sound),
            }
        }
        leave
    }

    fn sound(&mut self, effect: Effect) {
        let player = &mut self.session.player;
        match effect {
            Effect::Play => player.send(Command::Play),
            Effect::Stop => {
                player.send(Command::Stop);
                player.send(Command::Locate(0.0));
            }
            Effect::Tempo(bpm) => player.send(Command::Tempo(bpm)),
            Effect::Swing(share) => player.send(Command::Swing(share)),
            Effect::Metronome(on) => player.send(Command::Metronome(on)),
            Effect::MuteClasses(classes) => {
                player.send(Command::MuteKeys { track: DRUM_TRACK, keys: kit::keys(classes) });
            }
            Effect::Launch { launch, slot, at } => player.send(Command::Launch {
                track: DRUM_TRACK,
                slot: launch,
                clip: Arc::new(Clip::from_pattern(slot.pattern())),
                at: boundary(at),
            }),
            Effect::Panic => player.send(Command::Panic),
            Effect::Generate(_) | Effect::Cancel(_) | Effect::Save { .. } | Effect::Quit => {}
        }
    }

    /// A disk may be slow: the set is written on a thread of its own.
    fn save(&self, bpm: f64, slots: Vec<(crate::jam::SlotId, Arc<crate::jam::Slot>)>) {
        let (events, folder) = (self.events.clone(), self.folder.clone());
        let work = move || {
            let outcome = save::save(&folder, bpm, &slots).map_err(|error| error.to_string());
            // Nobody listens any more when the jam is over.
            let _ = events.send(Event::News(Intent::Saved(outcome)));
        };
        if let Err(error) = thread::Builder::new().name("save".into()).spawn(work) {
            let outcome = Err(format!("the system gives no thread to write with ({error})"));
            let _ = self.events.send(Event::News(Intent::Saved(outcome)));
        }
    }

    /// The engine's latest state.
    pub fn snapshot(&mut self) -> Snapshot {
        self.session.player.snapshot()
    }

    /// Silences everything that sounds; for the way out after a panic.
    pub fn silence(&mut self) {
        self.session.player.send(Command::Stop);
        self.session.player.send(Command::Panic);
    }
}

fn boundary(at: Quantise) -> engine::Quantise {
    match at {
        Quantise::Now => engine::Quantise::Now,
        Quantise::Beat => engine::Quantise::Beat,
        Quantise::Bar => engine::Quantise::Bar,
        Quantise::TwoBars => engine::Quantise::TwoBars,
    }
}
