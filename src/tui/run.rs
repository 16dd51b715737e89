//! The event loop: one thread owns the jam and the screen, and sleeps until there is news.

use std::io::{self, IsTerminal, Stdout, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{self, Event as Input, MouseEventKind};
use ratatui::layout::Rect;
use thiserror::Error;

use super::app::App;
use super::arrangement::Pane;
use super::choices::Choices;
use super::command::Moment;
use super::frames::Frames;
use super::host::Host;
use super::keep::keep;
use super::opening::{self, Opening, known_models, known_vectors};
use super::options::Options;
use super::outside::Outside;
use super::terminal::{self, Guard};
use super::theme::{self, Depth, Shelf, Theme};
use super::view::{self, Face};
use super::{panics, signals};
use crate::audio::{self, AudioOptions, FontError, SoundNews};
use crate::engine;
use crate::jam::models::Models;
use crate::jam::session::seen::Seen;
use crate::jam::session::{Session, SessionError, store};
use crate::jam::worker::{Worker, reason};
use crate::jam::{Effect, Intent, ScriptOrder, State, Tone, limits};
use crate::midi::Listed;
use crate::model::ModelError;

/// The model that samples when none is asked for.
pub const DEFAULT_MODEL: &str = "drums_2bar_oh_lokl";
/// Shortest time between two drawn frames: 60 a second.
const FRAME: Duration = Duration::from_micros(16_600);
/// The same after a key or the mouse: an answer is not kept waiting for the beat of the frames.
const ANSWER: Duration = Duration::from_millis(6);
/// How long the meters are watched after the last event while the music stands still; then nothing runs at all.
const SETTLE: Duration = Duration::from_secs(2);

/// A pause of this length after a change saves the jam aside.
const QUIET: Duration = Duration::from_secs(1);
/// Without a pause it is saved as often as this.
const LONGEST: Duration = Duration::from_secs(10);

/// What tells that a jam has changed since it was saved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Mark {
    position: u64,
    launch: Option<u32>,
    patterns: usize,
}

impl Mark {
    fn of(jam: &State) -> Self {
        let launch = jam.launches.last().map(|launch| launch.id);
        Self { position: jam.history.position(), launch, patterns: jam.edit.bank.len() }
    }
}

/// Why the jam did not start, or ended early. The messages name the cause and the remedy.
#[derive(Debug, Error)]
pub enum TuiError {
    /// There is no terminal to draw on.
    #[error(
        "the jam needs a terminal, and {what} is none; `mvae-tui sample --help` shows what works without one"
    )]
    NoTerminal {
        /// `standard input` or `standard output`.
        what: &'static str,
    },
    /// The session cannot be opened.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The model is not to be had.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The SoundFont asked for cannot be played.
    #[error(transparent)]
    SoundFont(#[from] FontError),
    /// MIDI settings that cannot be read.
    #[error(transparent)]
    Midi(#[from] crate::midi::SettingsError),
    /// OSC that cannot be opened.
    #[error(transparent)]
    Osc(#[from] crate::osc::OscError),
    /// The terminal or the system refused something.
    #[error("the terminal does not answer ({0}); try another one")]
    Io(io::Error),
    /// The last save was still on its way when the player left, and failed.
    #[error("the set was not saved as a file of its own: {0}")]
    Unsaved(String),
    /// A fault of the program.
    #[error("mvae-tui broke off: {0}. The terminal is as before; please report this")]
    Fault(String),
}

impl From<io::Error> for TuiError {
    fn from(cause: io::Error) -> Self {
        Self::Io(cause)
    }
}

/// Everything that wakes the loop.
#[derive(Debug)]
pub enum Event {
    /// Keys, mouse, size.
    Input(Input),
    /// No more input will come.
    InputEnded,
    /// Answers and messages.
    News(Intent),
    /// The MIDI ports that the machine has.
    Ports(Vec<Listed>),
    /// A MIDI key went down, or up (velocity 0).
    Key {
        /// Host time, nanoseconds.
        at: u64,
        /// MIDI key.
        key: u8,
        /// MIDI velocity.
        velocity: u8,
    },
    /// The sound began, was lost, came back.
    Sound(SoundNews),
    /// The system asks to leave.
    Leave,
}

/// Plays a jam on the terminal until the player quits. Starts playing by itself.
///
/// # Errors
/// [`TuiError`]; the terminal is given back as it was in every case.
pub fn run(options: Options) -> Result<(), TuiError> {
    for (is, what) in
        [(io::stdin().is_terminal(), "standard input"), (io::stdout().is_terminal(), "standard output")]
    {
        if !is {
            return Err(TuiError::NoTerminal { what });
        }
    }
    // A name without a file is a session to be: saving makes it.
    let seen = Seen::default();
    let opened = match &options.session {
        Some(path) if path.exists() => Some(seen.load(path)?),
        _ => None,
    };
    let config = options.config;
    let name = options.model.as_deref().or(config.model.as_deref()).unwrap_or(DEFAULT_MODEL);
    let (sender, events) = mpsc::channel();
    let answers = sender.clone();
    let answer = move |intent| {
        // Nobody listens any more when the jam is over.
        let _ = answers.send(Event::News(intent));
    };
    let engines = sender.clone();
    let mut models = Models::new().telling(move |tone, text| {
        let _ = engines.send(Event::News(Intent::Say(tone, text)));
    });
    let given = name.to_owned();
    let Opening { name, settings, stand_in } = opening::open(&mut models, name)?;
    let worker = Worker::start(models, answer)?;
    let news = sender.clone();
    let hear = move |heard| {
        let _ = news.send(Event::Sound(heard));
    };
    let audio = AudioOptions {
        soundfont: options.soundfont.or(config.soundfont),
        device: options.device,
        rate: options.rate,
        buffer: options.buffer,
        ..AudioOptions::default()
    };
    let mut session = audio::start(audio, hear)?;

    let choices = options.state.as_deref().map(Choices::load).unwrap_or_default();
    let theme = options
        .theme
        .as_deref()
        .or(config.theme.as_deref())
        .or(Some(choices.theme.as_str()).filter(|name| !name.is_empty()));
    let theme_folder = theme::folder();
    let shelf = theme_folder.as_deref().map_or_else(Shelf::default, Shelf::read);
    let theme = Theme::of(&shelf, theme, Depth::detect(|key| std::env::var(key).ok()));
    let mut jam = State::new(&*name, options.seed.unwrap_or_else(seed_of_the_clock));
    jam.know(known_models(&name, &settings));
    jam.stand_in = stand_in;
    // A model of melodies plays on the lead: that is the track to begin with.
    let own = jam.edit.tracks.iter().position(|track| track.model == *name);
    jam.track = own.unwrap_or(0);
    jam.sliders.tables = known_vectors(&given, &settings);
    let temperature = options.temperature.unwrap_or(config.temperature);
    jam.edit.temperature = limits::hundredths(temperature, &limits::TEMPERATURE);
    jam.edit.bpm = limits::on_grid(options.bpm.unwrap_or(config.bpm), &limits::BPM, 0.1);
    jam.edit.swing = limits::hundredths(config.swing, &limits::SWING);
    (jam.quantise, jam.metronome, jam.count_in) = (config.launch, config.metronome, config.count_in);
    let mut app = App::new(jam, theme, &session.status);
    (app.shelf, app.theme_folder) = (shelf, theme_folder);
    for warning in app.theme.warnings().to_vec() {
        app.intent(Intent::Say(Tone::Hint, warning));
    }
    // Slow work on files; one thread is enough to wait on them.
    let side = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("side")
        .enable_all()
        .build()?;
    let folder = std::env::current_dir()?;
    let outside = Outside::start(
        &mut session.player,
        &options.wires,
        options.state.as_deref(),
        side.handle(),
        &sender,
    )?;
    match outside.map() {
        Ok(map) => app.jam.learned = map,
        Err(why) => {
            app.intent(Intent::Say(Tone::Error, why));
        }
    }
    let follows = outside.follows();
    app.intent(Intent::Ports(outside.ports()));
    app.intent(Intent::Kits(outside.kits()));
    let seed = app.jam.seed;
    let mut host = Host::new(session, worker, sender.clone(), folder, side.handle().clone(), outside, seed);
    host.begin_keeping(options.state.as_deref(), seen);
    if follows {
        let effects = app.intent(Intent::FollowClock);
        host.carry_out(effects);
    }
    let bpm = app.jam.edit.bpm;
    host.carry_out(vec![
        Effect::Tempo(bpm),
        Effect::Swing(app.jam.edit.swing),
        Effect::Metronome(app.jam.metronome),
    ]);
    (app.keymap, app.follow, app.calm) = (config.keymap, config.follow, config.reduced_motion);
    for problem in &options.problems {
        app.intent(Intent::Say(Tone::Hint, problem.clone()));
    }
    app.panes = choices.panes.to_begin_with();
    app.welcome = opened.is_none()
        && options.script.is_none()
        && options.state.as_deref().is_some_and(Choices::is_first);
    app.code.console.remember(choices.console.iter().cloned());
    app.state_folder.clone_from(&options.state);
    let effects = match options.script {
        Some(path) => {
            app.panes.side = Pane::Code;
            app.intent(Intent::Script(ScriptOrder::Open { path, play: true }))
        }
        None => begin(&mut app, opened, options.session),
    };
    host.carry_out(effects);
    welcome(&mut app, &options.problems);

    let hook = panics::Hook::install(sender.clone());
    let guard = Guard::take(config.mouse)?;
    signals::watch(sender.clone())?;
    watch_input(sender)?;
    let screen = Frames::new(io::stdout());
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        Loop {
            app: &mut app,
            host: &mut host,
            screen,
            started: Instant::now(),
            kept: (Instant::now(), Mark::default()),
        }
        .turn(&events)
    }));
    if outcome.is_err() {
        // First the sound, then the screen, then the words.
        host.silence();
    }
    let (mut kept_script, mut kept_session) = (None, None);
    if let Some(folder) = options.state.as_deref() {
        let choice = Choices {
            theme: app.kept_theme(&choices.theme),
            console: app.code.console.history().to_vec(),
            panes: app.panes,
        };
        choice.keep(folder);
        if app.code.dirty {
            let last = folder.join("last-script.rhai");
            match store::write(&last, &app.code.text()) {
                Ok(()) => kept_script = Some(last),
                Err(error) => tracing::warn!("the script is not kept: {error}"),
            }
        }
        if !app.jam.edit.bank.is_empty() {
            let last = folder.join("last-session.toml");
            let written = store::write(&last, &Session::of(&app.jam).to_toml());
            match written.and_then(|()| store::remember(folder, &last)) {
                Ok(()) => kept_session = Some(last),
                Err(error) => tracing::warn!("the last session is not kept: {error}"),
            }
        }
    }
    // Before the screen: whoever closes the window may not leave much time.
    let mut words: Vec<String> = keep(options.state.as_deref(), &app.jam).into_iter().collect();
    words.extend(kept_session.map(|path| format!("The whole jam: mvae-tui {}", path.display())));
    words.extend(
        kept_script.map(|path| format!("The script that was not saved is kept as {}", path.display())),
    );
    let saving = if app.jam.saving { host.take_save() } else { None };
    let saving_session = host.take_session_save();
    if outcome.is_ok() {
        host.end_keeping();
    }
    drop(host);
    drop(guard);
    let fault = hook.remove();
    let mut unsaved = None;
    match saving.map(|save| side.block_on(save)) {
        Some(Ok(Ok(saved))) => words.push(format!("Saved {}", saved.path.display())),
        Some(Ok(Err(why))) => unsaved = Some(why),
        Some(Err(broken)) => unsaved = Some(broken.to_string()),
        None => {}
    }
    if let Some(Ok(Err(why))) = saving_session.map(|save| side.block_on(save)) {
        unsaved = Some(why);
    }
    for line in words {
        // A terminal that is gone reads nothing, and that is no reason to fail.
        let _ = writeln!(io::stdout(), "{line}");
    }
    match outcome {
        Ok(Ok(())) => unsaved.map_or(Ok(()), |why| Err(TuiError::Unsaved(why))),
        Ok(result) => result,
        Err(payload) => Err(TuiError::Fault(fault.unwrap_or_else(|| reason(&*payload).to_owned()))),
    }
}

/// How the jam begins: with the session that was asked for, or with a first pattern.
fn begin(app: &mut App, session: Option<(Session, Vec<String>)>, path: Option<PathBuf>) -> Vec<Effect> {
    match session {
        Some((session, warnings)) => {
            let lost = session.unreadable_models();
            app.intent(Intent::Opened { path, session: Box::new(session), told: warnings, lost })
        }
        None => {
            app.jam.file = path;
            app.intent(Intent::Begin)
        }
    }
}

/// What is to be read before the music: it stands until a key is pressed, whatever is said meanwhile.
fn welcome(app: &mut App, problems: &[String]) {
    let mut words = Vec::new();
    if app.state_folder.as_deref().and_then(store::crashed).is_some() {
        words.push("A jam ended without a word: {open} brings it back".to_owned());
    }
    match problems {
        [] => {}
        [one] => words.push(one.clone()),
        [first, rest @ ..] => {
            words.push(format!("{first}, and {} more: `mvae-tui config check` tells them all", rest.len()))
        }
    }
    if !words.is_empty() {
        app.intent(Intent::Say(Tone::Error, words.join(". ")));
    }
}

/// A seed that differs from evening to evening and can still be read out loud.
fn seed_of_the_clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(1, |since| since.as_millis() as u64 % 100_000)
}

fn watch_input(sender: Sender<Event>) -> io::Result<()> {
    let read = move || loop {
        let (news, last) = match event::read() {
            Ok(input) => (Event::Input(input), false),
            Err(_) => (Event::InputEnded, true),
        };
        if sender.send(news).is_err() || last {
            return;
        }
    };
    thread::Builder::new().name("input".into()).spawn(read)?;
    Ok(())
}

struct Loop<'a> {
    app: &'a mut App,
    host: &'a mut Host,
    screen: Frames<Stdout>,
    started: Instant,
    /// When the jam saved itself last, and what it was like then.
    kept: (Instant, Mark),
}

impl Loop<'_> {
    /// Runs until somebody wants to leave.
    fn turn(&mut self, events: &Receiver<Event>) -> Result<(), TuiError> {
        let mut drawn = self.draw()?;
        let mut face = None;
        let mut dirty = false;
        let mut least = FRAME;
        let mut last_event = Instant::now();
        loop {
            let watching = self.app.jam.playing || self.app.jam.following || last_event.elapsed() < SETTLE;
            let next = if watching || dirty {
                events.recv_timeout((drawn + least).saturating_duration_since(Instant::now()))
            } else {
                events.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match next {
                // A pointer that only passes changes nothing.
                Ok(Event::Input(Input::Mouse(mouse))) if mouse.kind == MouseEventKind::Moved => continue,
                Ok(event) => {
                    dirty = true;
                    last_event = Instant::now();
                    if matches!(event, Event::Input(_)) {
                        least = ANSWER;
                    }
                    if self.take(event) {
                        return Ok(());
                    }
                    // More may be waiting: everything that is there goes into one frame.
                    if drawn.elapsed() < least {
                        continue;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            let snapshot = self.host.snapshot();
            let mut effects = self.app.observe(snapshot);
            if self.app.piano.is_some() {
                let moment = self.moment();
                effects.extend(self.app.end_played(&moment));
            }
            terminal::hear_releases(self.app.piano.is_some())?;
            let rig = self.host.tend(&self.app.jam, &snapshot);
            self.app.observe_rig(rig);
            if self.host.carry_out(effects) {
                return Ok(());
            }
            self.keep_aside(last_event);
            let now = Some(Face::of(self.app, self.area()?));
            least = FRAME;
            if dirty || now != face {
                face = now;
                dirty = false;
                drawn = self.draw()?;
            } else {
                drawn = Instant::now();
            }
        }
    }

    /// Now, and where the song is heard.
    fn moment(&mut self) -> Moment {
        let shown = self.host.snapshot();
        let beat = shown.playing.then(|| shown.beat_at(engine::host::now()));
        Moment { seconds: self.started.elapsed().as_secs_f64(), beat }
    }

    /// Saves the jam aside, a moment after a change: whatever happens then, it can be brought back.
    fn keep_aside(&mut self, last_event: Instant) {
        let mark = Mark::of(&self.app.jam);
        let settled = last_event.elapsed() > QUIET || self.kept.0.elapsed() > LONGEST;
        if mark != self.kept.1 && settled && !self.app.jam.edit.bank.is_empty() {
            self.kept = (Instant::now(), mark);
            self.host.keep_aside(&self.app.jam);
        }
    }

    fn area(&self) -> io::Result<Rect> {
        let (width, height) = crossterm::terminal::size()?;
        Ok(Rect::new(0, 0, width, height))
    }

    fn draw(&mut self) -> io::Result<Instant> {
        if std::mem::take(&mut self.app.redraw) {
            self.screen.clear()?;
        }
        let area = self.area()?;
        self.app.resized(area);
        let (app, mut reach) = (&*self.app, view::Reach::default());
        self.screen.draw(area, |buffer| reach = view::draw(app, area, buffer))?;
        self.app.help_reach = reach;
        Ok(Instant::now())
    }

    /// Takes one event in; true when it is time to leave.
    fn take(&mut self, event: Event) -> bool {
        let moment = self.moment();
        let effects = match event {
            Event::Input(Input::Key(key)) => self.app.key(key, &moment),
            Event::Input(Input::Mouse(mouse)) => match self.area() {
                Ok(area) => self.app.mouse(mouse, area, &moment),
                Err(_) => Vec::new(),
            },
            Event::Input(Input::Resize(..)) => {
                self.app.redraw = true;
                Vec::new()
            }
            Event::Input(Input::Paste(text)) => {
                self.app.paste(&text);
                Vec::new()
            }
            Event::Input(_) => Vec::new(),
            Event::News(intent) => {
                self.host.overhear(&intent);
                self.host.count_told(&intent);
                match intent {
                    Intent::Knob { knob, value } => self.app.knob(knob, value, &moment),
                    other => self.app.news(other),
                }
            }
            Event::Key { at, key, velocity } => {
                let shown = self.host.snapshot();
                let beat = shown.playing.then(|| shown.beat_at(at));
                let intent = Intent::Key { beat, key, velocity };
                self.host.overhear(&intent);
                self.app.news(intent)
            }
            Event::Ports(found) => {
                self.app.listed(&found);
                Vec::new()
            }
            Event::Sound(news) => self.app.hear_of_sound(&news),
            Event::InputEnded | Event::Leave => return true,
        };
        self.host.carry_out(effects)
    }
}
