//! A script with sound and without a screen; its file is watched, and a new version takes over at the next bar.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::ear::Heard;
use super::error::ScriptError;
use super::host::Headless;
use super::routes::{self, Routes, routed};
use super::runtime::Source;
use super::watch::{SETTLED, watch};
use crate::audio::{self, AudioOptions, FontError};
use crate::engine::{Command, Player, Setting};
use crate::jam::{Tone, Track};
use crate::midi::{self, InputSettings, OutputSettings, Rig, RigNews, Settings, Wish};
use crate::osc::{self, Osc, OscError};

/// How often the scripts are asked for what comes next.
const TURN: Duration = Duration::from_millis(4);
/// Seconds that scripts are ahead of the music.
const AHEAD: f64 = 0.25;
/// How long the last notes may ring after a script has stopped the music.
const TAIL: Duration = Duration::from_millis(1500);

/// Why a script does not play. The messages name the cause and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The script is broken.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The SoundFont cannot be played.
    #[error(transparent)]
    SoundFont(#[from] FontError),
    /// OSC cannot be sent.
    #[error(transparent)]
    Osc(#[from] OscError),
    /// The system gives no threads.
    #[error("MIDI and OSC cannot run: the system gives no threads ({0})")]
    Threads(std::io::Error),
}

/// How a script is played.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Seed of all chance.
    pub seed: u64,
    /// A SoundFont instead of the built-in one.
    pub soundfont: Option<PathBuf>,
    /// Ends after so many bars.
    pub bars: Option<u32>,
    /// Looks for no sound device.
    pub silent: bool,
    /// Audio device, by part of its name; the system's where none is named.
    pub device: Option<String>,
    /// Frames in a buffer; what is usual where none are given.
    pub buffer: Option<u32>,
    /// MIDI inputs that scripts hear, by part of their names.
    pub midi_in: Vec<String>,
    /// MIDI outputs that are played, by part of their names.
    pub midi_out: Vec<String>,
    /// Where the OSC messages of scripts go: a port, or `ADDRESS:PORT`.
    pub osc_out: Option<String>,
}

/// What somebody at the keyboard of the computer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pressed {
    /// A key that a script may listen to.
    Key(String),
    /// Wants to leave.
    Leave,
}

/// The MIDI ports that were asked for, and where tracks go by the script's choice.
struct Ports {
    rig: Option<Rig>,
    settings: Settings,
    routes: Routes,
}

impl Ports {
    /// Opens the ports; what is heard comes out of the channel.
    fn open(player: &mut Player, options: &Options) -> Result<(Self, Receiver<RigNews>), LiveError> {
        let (tell, told) = channel();
        let settings = Settings {
            inputs: options.midi_in.iter().map(|name| InputSettings::new(name)).collect(),
            outputs: options.midi_out.iter().map(|name| OutputSettings::new(name)).collect(),
            ..Settings::default()
        };
        let mut ports = Self { rig: None, settings, routes: Routes::new() };
        if ports.settings.is_empty() {
            return Ok((ports, told));
        }
        let Some(wire) = player.take_wire() else { return Ok((ports, told)) };
        player.send(Command::Feed(true));
        player.send(Command::Clock(!ports.settings.outputs.is_empty()));
        let hear = move |news| {
            // Nobody listens any more when the script is over.
            let _ = tell.send(news);
        };
        let rig = Rig::start(wire, ports.settings.clone(), midi::backends(), hear);
        ports.rig = Some(rig.map_err(LiveError::Threads)?);
        Ok((ports, told))
    }

    /// The names of the outputs.
    fn outputs(&self) -> Vec<String> {
        self.settings.outputs.iter().map(|output| output.name.clone()).collect()
    }

    /// Tells the rig where `tracks` go by now.
    fn follow(&mut self, tracks: &[Track]) {
        if let Some(rig) = self.rig.as_ref().filter(|_| !routes::are_of(&self.routes, tracks)) {
            self.routes = routes::of(tracks);
            rig.wish(Wish::Settings(routed(&self.settings, &self.routes)));
        }
    }
}

/// Opens what OSC messages go out by, where somebody was named to send to.
fn osc_out(at: Option<&str>) -> Result<Option<Osc>, LiveError> {
    let Some(at) = at else { return Ok(None) };
    // Only listening needs threads of its own.
    let side = tokio::runtime::Builder::new_current_thread().build().map_err(LiveError::Threads)?;
    Ok(Some(osc::open(side.handle(), None, Some(at), |_| ())?))
}

/// What scripts hear of the news of the ports; words are said.
fn means(news: RigNews, say: &impl Fn(Tone, &str)) -> Option<Heard> {
    match news {
        RigNews::Opened(line) => say(Tone::Good, &line),
        RigNews::Missing(line) => say(Tone::Error, &line),
        RigNews::Slow(line) => say(Tone::Hint, &line),
        RigNews::Heard(_, midi::Heard::Set(Setting::Control { number, value, .. })) => {
            return Some(Heard::Control { number, value });
        }
        RigNews::Heard(_, midi::Heard::NoteOn { key, velocity, .. }) => {
            return Some(Heard::Note { key, velocity });
        }
        RigNews::Heard(..) => {}
    }
    None
}

/// Plays the script at `path` until it stops itself, `leave` is set, or its bars are over. `keys` is asked again and again
/// what was pressed, and told whether scripts listen to keys; `say` is told what the player is to read.
///
/// # Errors
/// [`LiveError`] where it does not begin; errors of later versions are said, and the music goes on.
pub fn play(
    path: &Path,
    options: Options,
    leave: &AtomicBool,
    mut keys: impl FnMut(bool) -> Vec<Pressed>,
    say: impl Fn(Tone, &str),
) -> Result<(), LiveError> {
    let source = Source::read(path)?;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hear = {
        let heard = heard.clone();
        move |news: audio::SoundNews| {
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(news.line().to_owned());
        }
    };
    let sound = AudioOptions {
        soundfont: options.soundfont.clone(),
        silent: options.silent,
        device: options.device.clone(),
        buffer: options.buffer,
        ..AudioOptions::default()
    };
    let mut session = audio::start(sound, hear)?;
    let (mut ports, news) = Ports::open(&mut session.player, &options)?;
    let osc = osc_out(options.osc_out.as_deref())?;
    let mut headless = Headless::new(super::stage::Settings { seed: options.seed, strict: false });
    headless.know_ports(ports.outputs());
    let (mut unheard, mut told) = (false, false);
    let watched = watch(path);
    if let Err(error) = &watched {
        say(Tone::Hint, &format!("{}: changes are not followed ({error})", path.display()));
    }
    let begun = headless.runtime.load(source);
    let mut waiting = Some(begun);
    let mut changed: Option<Instant> = None;
    let mut ends: Option<Instant> = None;
    let mut deadline = Instant::now();
    loop {
        for news in news.try_iter() {
            if let Some(heard) = means(news, &say) {
                headless.runtime.hear(&heard);
            }
        }
        for pressed in keys(!headless.runtime.keys().is_empty()) {
            match pressed {
                Pressed::Key(key) => headless.runtime.hear(&Heard::Key(key)),
                Pressed::Leave => leave.store(true, Ordering::Relaxed),
            }
        }
        let shot = session.player.snapshot();
        headless.observe(&shot, |command| session.player.send(command));
        headless.runtime.advance(shot.beat, AHEAD * shot.bpm / 60.0, shot.playing);
        let player = &mut session.player;
        // What starts the music waits until the rig knows where tracks go.
        let mut begins = None;
        let order = |command| match command {
            Command::Play | Command::CountIn(_) => begins = Some(command),
            other => player.send(other),
        };
        let more = headless.carry_out(order, &say);
        ports.follow(headless.tracks());
        if let Some(command) = begins {
            player.send(command);
        }
        for (address, arguments) in headless.told.drain(..) {
            let sent = osc.as_ref().is_some_and(|osc| osc.say(&address, &arguments));
            if !sent && !std::mem::replace(&mut unheard, true) {
                say(Tone::Hint, "osc(...) is heard by nobody: start with --osc-out PORT");
            }
        }
        let over = options.bars.is_some_and(|bars| shot.beat >= f64::from(bars) * 4.0);
        if ends.is_none() && (!more || over || leave.load(Ordering::Relaxed)) {
            player.send(Command::Stop);
            headless.runtime.stop();
            ends = Some(Instant::now() + if more && !over { Duration::ZERO } else { TAIL });
        }
        if ends.is_some_and(|end| Instant::now() >= end) || (ends.is_some() && leave.load(Ordering::Relaxed))
        {
            return Ok(());
        }
        for line in heard.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            say(Tone::Said, &line);
        }
        if let Some(Ok(outcome)) = waiting.as_ref().map(Receiver::try_recv) {
            waiting = None;
            match outcome {
                Ok(()) if !std::mem::replace(&mut told, true) => {
                    let name = path.display();
                    say(
                        Tone::Good,
                        &format!(
                            "{name} plays. Ctrl-C ends it; what is saved to it is heard at the next bar"
                        ),
                    );
                }
                Ok(()) => say(Tone::Said, "The new version takes over at the next bar"),
                // What is wrong with a later version has been said, and the one before plays on.
                Err(_) if shot.playing => {}
                Err(error) => return Err(error.into()),
            }
        }
        if let Ok((_, changes)) = &watched
            && changes.try_iter().count() > 0
        {
            changed = Some(Instant::now());
        }
        if changed.is_some_and(|at| at.elapsed() >= SETTLED) {
            changed = None;
            match Source::read(path) {
                Ok(source) => waiting = Some(headless.runtime.load(source)),
                Err(error) => say(Tone::Error, &format!("{error}. What played before plays on")),
            }
        }
        deadline += TURN;
        let now = Instant::now();
        if deadline > now {
            std::thread::sleep(deadline - now);
        } else {
            deadline = now;
        }
    }
}
