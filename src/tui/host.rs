//! The hands of the jam: effects become engine commands, requests and files.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::run::Event;
use crate::audio;
use crate::engine::{self, Clip, Command, Snapshot};
use crate::jam::save::{self, Saved, Set};
use crate::jam::worker::Worker;
use crate::jam::{Effect, Intent, Quantise, Voice, kit};

/// Everything outside the jam that effects reach.
pub struct Host {
    session: audio::Session,
    worker: Worker,
    events: Sender<Event>,
    folder: PathBuf,
    side: Handle,
    saving: Option<JoinHandle<Result<Saved, String>>>,
}

impl Host {
    /// A host that plays on `session`, asks `worker` and saves into `folder` by way of `side`, the runtime of slow
    /// work; news go to `events`.
    pub fn new(
        session: audio::Session,
        worker: Worker,
        events: Sender<Event>,
        folder: PathBuf,
        side: Handle,
    ) -> Self {
        Self { session, worker, events, folder, side, saving: None }
    }

    /// Carries out the effects in order; true when one of them is to leave.
    pub fn carry_out(&mut self, effects: Vec<Effect>) -> bool {
        let mut leave = false;
        for effect in effects {
            match effect {
                Effect::Quit => leave = true,
                Effect::Generate(request) => self.worker.submit(request),
                Effect::Cancel(ticket) => self.worker.cancel(ticket),
                Effect::Save { set, last } => self.save(set, last),
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
            Effect::MuteClasses { tracks, classes } => {
                for track in (0..8).filter(|track| tracks >> track & 1 == 1) {
                    player.send(Command::MuteKeys { track, keys: kit::keys(classes) });
                }
            }
            Effect::Launch { launch, slot, at, voices } => {
                for Voice { track, part, channel, program, octave } in voices {
                    player.send(Command::Launch {
                        track,
                        slot: launch,
                        clip: Arc::new(Clip::from_part(slot.pattern(), part, channel, program, octave)),
                        at: boundary(at),
                    });
                }
            }
            Effect::Gain { track, gain } => player.send(Command::Gain { track, gain }),
            Effect::MuteTrack { track, on } => player.send(Command::MuteTrack { track, on }),
            Effect::Halt { track, at } => player.send(Command::Halt { track, at: boundary(at) }),
            Effect::Panic => player.send(Command::Panic),
            Effect::Generate(_) | Effect::Cancel(_) | Effect::Save { .. } | Effect::Quit => {}
        }
    }

    /// A disk may be slow: the set is written beside the music and the screen.
    fn save(&mut self, set: Set, last: Option<PathBuf>) {
        let (events, folder) = (self.events.clone(), self.folder.clone());
        let work = move || {
            let outcome = save::save(&folder, &set, last.as_deref()).map_err(|error| error.to_string());
            // When the jam is over nobody listens here any more: whoever awaits the save learns it.
            let _ = events.send(Event::News(Intent::Saved(outcome.clone())));
            outcome
        };
        self.saving = Some(self.side.spawn_blocking(work));
    }

    /// The end of a save that was begun; `None` where none was.
    pub fn take_save(&mut self) -> Option<JoinHandle<Result<Saved, String>>> {
        self.saving.take()
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
