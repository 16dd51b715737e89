//! The hands of the jam: effects become engine commands, requests and files.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::code::drive::Drive;
use super::outside::Outside;
use super::run::Event;
use super::sounds::Sounds;
use crate::audio::{self, wav};
use crate::engine::{Command, Snapshot};
use crate::jam::learn::Knob;
use crate::jam::progress::{self, Progress};
use crate::jam::save::{self, Saved, Set};
use crate::jam::session::seen::Seen;
use crate::jam::session::store::{self, Autosave};
use crate::jam::session::{Session, SessionError};
use crate::jam::worker::Worker;
use crate::jam::{Argument, Effect, Intent, ScriptOrder, State, Tone, orders};
use crate::midi::Panel;
use crate::script::Heard;

/// Everything outside the jam that effects reach.
pub struct Host {
    /// Dropped first: what sounds outside ends before the fade.
    outside: Outside,
    session: audio::Session,
    worker: Worker,
    events: Sender<Event>,
    folder: PathBuf,
    side: Handle,
    saving: Option<JoinHandle<Result<Saved, String>>>,
    saving_session: Option<JoinHandle<Result<Saved, String>>>,
    /// Saves of the session whose end was not told yet.
    untold: usize,
    state: Option<PathBuf>,
    /// The sessions on disk as this jam knows them.
    seen: Seen,
    /// Seed of the chance of scripts.
    seed: u64,
    autosave: Option<Autosave>,
    before: Snapshot,
    /// The number of the last rendering, and whether it is called off.
    rendering: Option<(u64, Arc<AtomicBool>)>,
    /// Scripts, once there is one.
    scripts: Option<Drive>,
    /// What the jam's tracks are called.
    tracks: Vec<String>,
    /// It was said that nobody hears OSC.
    unheard: bool,
    sounds: Sounds,
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
        outside: Outside,
        seed: u64,
    ) -> Self {
        Self {
            session,
            worker,
            events,
            folder,
            side,
            saving: None,
            saving_session: None,
            untold: 0,
            state: None,
            seen: Seen::default(),
            seed,
            autosave: None,
            outside,
            before: Snapshot::default(),
            rendering: None,
            scripts: None,
            tracks: Vec::new(),
            unheard: false,
            sounds: Sounds::default(),
        }
    }

    /// Carries out the effects in order; true when one of them is to leave.
    pub fn carry_out(&mut self, effects: Vec<Effect>) -> bool {
        let mut leave = false;
        let mut commands = Vec::new();
        for effect in effects {
            match effect {
                Effect::Quit => leave = true,
                Effect::Generate(request) => self.worker.submit(request),
                Effect::Cancel(ticket) => {
                    self.worker.cancel(ticket);
                    if let Some((_, called_off)) = self.rendering.as_ref().filter(|(at, _)| *at == ticket) {
                        called_off.store(true, Ordering::Relaxed);
                    }
                }
                Effect::Save { set, last } => self.save(set, last),
                Effect::Render { ticket, set } => self.render(ticket, set),
                Effect::SaveSession { session, path } => {
                    let (seen, turn) = (self.seen.clone(), self.seen.turn());
                    self.save_session(move |folder| seen.save(turn, folder, path.as_deref(), &session));
                }
                Effect::SaveSessionAs { session, path } => {
                    let (seen, turn) = (self.seen.clone(), self.seen.turn());
                    self.save_session(move |folder| seen.save_as(turn, folder, &path, &session));
                }
                Effect::Open(path) => self.open(path),
                Effect::Wire(wiring) => self.outside.rewire(&wiring, &mut self.session.player, &self.side),
                Effect::KeepMap(map) => self.outside.keep(&map, &self.side),
                Effect::Script(order) => self.script(order),
                Effect::Tell { address, arguments } => self.tell(&address, &arguments),
                sound => {
                    if sound == Effect::Panic {
                        self.outside.panic();
                    }
                    commands.extend(orders(sound));
                }
            }
        }
        if !commands.is_empty() {
            self.session.player.send_all(commands);
        }
        leave
    }

    /// Hands an order to the scripts, which begin with the first one.
    fn script(&mut self, order: ScriptOrder) {
        if self.scripts.is_none() {
            let events = self.events.clone();
            // Nobody listens any more when the jam is over.
            let (beat, bpm) = (self.before.beat, self.before.bpm);
            let now = (beat, if bpm > 0.0 { bpm } else { 120.0 }, self.before.playing);
            match Drive::start(self.seed, now, move |intent| drop(events.send(Event::News(intent)))) {
                Ok(drive) => {
                    drive.know_tracks(&self.tracks);
                    self.scripts = Some(drive);
                }
                Err(error) => {
                    let text = format!("Scripts cannot run: the system gives no thread ({error})");
                    let _ = self.events.send(Event::News(Intent::Say(Tone::Error, text)));
                }
            }
        }
        if let Some(scripts) = &mut self.scripts {
            scripts.order(order);
        }
    }

    /// Scripts hear what controllers do, besides what they have learned.
    pub fn overhear(&self, intent: &Intent) {
        let Some(scripts) = &self.scripts else { return };
        match *intent {
            Intent::Knob { knob: Knob::Control { number, .. }, value } => {
                scripts.hear(&Heard::Control { number, value });
            }
            Intent::Key { key, velocity, .. } if velocity > 0 => {
                scripts.hear(&Heard::Note { key, velocity });
            }
            _ => {}
        }
    }

    /// An OSC message of a script.
    fn tell(&mut self, address: &str, arguments: &[Argument]) {
        if !self.outside.send(address, arguments) && !std::mem::replace(&mut self.unheard, true) {
            let text = "osc(...) is heard by nobody: start with --osc-out PORT".to_owned();
            let _ = self.events.send(Event::News(Intent::Say(Tone::Hint, text)));
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

    /// Tells the result of `work`, done beside the music and the screen.
    fn aside(&self, work: impl FnOnce() -> Intent + Send + 'static) {
        let events = self.events.clone();
        // Nobody listens any more when the jam is over.
        self.side.spawn_blocking(move || drop(events.send(Event::News(work()))));
    }

    fn render(&mut self, ticket: u64, set: Set) {
        let called_off = Arc::new(AtomicBool::new(false));
        self.rendering = Some((ticket, called_off.clone()));
        let (folder, events) = (self.folder.clone(), self.events.clone());
        let begun = Instant::now();
        let mut told = None;
        let mut watch = move |share: f64| {
            // A hundred steps are as many as anybody sees.
            let step = (share * 100.0) as u32;
            if told.replace(step) != Some(step) {
                let left = progress::left(share, begun.elapsed().as_secs_f64());
                let progress = Progress { share, left, loading: false };
                let _ = events.send(Event::News(Intent::Progress { ticket, progress }));
            }
            !called_off.load(Ordering::Relaxed)
        };
        self.aside(move || {
            let beside = save::beside(&folder);
            let options = wav::Options { soundfont: None, rate: 48_000, format: wav::Format::Int16 };
            let outcome = wav::render_watched(&set.score(), options, &beside, &mut watch)
                .map_err(|error| error.to_string())
                .and_then(|_| save::name(&folder, &beside, "wav").map_err(|error| error.to_string()));
            // What is left beside a name, or beside none after a failure, is of no use to anybody.
            let _ = std::fs::remove_file(&beside);
            Intent::Rendered { ticket, outcome }
        });
    }

    fn save_session(&mut self, write: impl FnOnce(&Path) -> Result<PathBuf, SessionError> + Send + 'static) {
        let (events, folder, state) = (self.events.clone(), self.folder.clone(), self.state.clone());
        let work = move || {
            let outcome = write(&folder).map_err(|error| error.to_string());
            if let (Ok(path), Some(state)) = (&outcome, &state)
                && let Err(error) = store::remember(state, path)
            {
                tracing::warn!("the session is not among the recent ones: {error}");
            }
            let _ = events.send(Event::News(Intent::SessionSaved(outcome.clone())));
            outcome.map(|path| Saved { path, fresh: true })
        };
        self.saving_session = Some(self.side.spawn_blocking(work));
        self.untold += 1;
    }

    fn open(&self, path: PathBuf) {
        let (state, seen, events) = (self.state.clone(), self.seen.clone(), self.events.clone());
        self.side.spawn_blocking(move || {
            // Nobody listens any more when the jam is over.
            let news = |intent| drop(events.send(Event::News(intent)));
            let (session, warnings) = match seen.load(&path) {
                Ok(opened) => opened,
                Err(error) => return news(Intent::Say(Tone::Error, error.to_string())),
            };
            // What was recovered has no file of its own: saving gives it one.
            let ours = state.as_deref().is_some_and(|state| path.starts_with(state));
            let recovered = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("jam-"));
            if ours && recovered {
                store::settle(&path);
            } else if let Some(Err(error)) = state.as_deref().map(|state| store::remember(state, &path)) {
                tracing::warn!("the session is not among the recent ones: {error}");
            }
            let own = (!ours).then(|| path.clone());
            let lost = session.unreadable_models();
            news(Intent::Opened { path: own, session: Box::new(session), told: warnings, lost });
        });
    }

    /// Begins to save the jam by itself into `folder`; `seen` are the session files that were read already.
    pub fn begin_keeping(&mut self, folder: Option<&Path>, seen: Seen) {
        self.seen = seen;
        self.state = folder.map(Path::to_owned);
        match folder.map(Autosave::begin) {
            Some(Ok(autosave)) => self.autosave = Some(autosave),
            Some(Err(error)) => tracing::warn!("the jam does not save itself: {error}"),
            None => {}
        }
    }

    /// Saves the jam aside, so that it can be brought back after a crash.
    pub fn keep_aside(&self, jam: &State) {
        let Some(path) = self.autosave.as_ref().map(|autosave| autosave.path().to_owned()) else { return };
        let session = Session::of(jam);
        self.side.spawn_blocking(move || {
            if let Err(error) = store::write(&path, &session.to_toml()) {
                tracing::warn!("the jam was not saved aside: {error}");
            }
        });
    }

    /// The jam ends in good order: nothing needs to be brought back.
    pub fn end_keeping(&mut self) {
        if let Some(autosave) = self.autosave.take() {
            autosave.end();
        }
    }

    /// What the player was told he need not be told when he leaves.
    pub fn count_told(&mut self, news: &Intent) {
        if matches!(news, Intent::SessionSaved(_)) {
            self.untold = self.untold.saturating_sub(1);
        }
    }

    /// The end of a session's save that was begun and not told; `None` where there is none.
    pub fn take_session_save(&mut self) -> Option<JoinHandle<Result<Saved, String>>> {
        self.saving_session.take().filter(|_| self.untold > 0)
    }

    /// The end of a save that was begun; `None` where none was.
    pub fn take_save(&mut self) -> Option<JoinHandle<Result<Saved, String>>> {
        self.saving.take()
    }

    /// The engine's latest state.
    pub fn snapshot(&mut self) -> Snapshot {
        self.session.player.snapshot()
    }

    /// Tells the world outside what is new, and what there is to see of it.
    pub fn tend(&mut self, jam: &State, now: &Snapshot) -> Option<Panel> {
        let before = std::mem::replace(&mut self.before, *now);
        if !self.tracks.iter().eq(jam.edit.tracks.iter().map(|track| &track.name)) {
            self.tracks = jam.edit.tracks.iter().map(|track| track.name.clone()).collect();
            if let Some(scripts) = &self.scripts {
                scripts.know_tracks(&self.tracks);
            }
        }
        if let Some(scripts) = &mut self.scripts {
            scripts.tick(now.beat, now.bpm, now.playing);
        }
        self.sounds.tell(jam, &mut self.session.player);
        self.outside.tend(jam, &mut self.session.player, &before, now);
        self.outside.panel()
    }

    /// Silences everything that sounds; for the way out after a panic.
    pub fn silence(&mut self) {
        self.session.player.send(Command::Stop);
        self.session.player.send(Command::Panic);
        self.outside.panic();
    }
}
