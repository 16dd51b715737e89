//! A script with sound and without a screen; its file is watched, and a new version takes over at the next bar.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use notify::{RecursiveMode, Watcher};

use super::error::ScriptError;
use super::host::Headless;
use super::runtime::Source;
use super::stage::Settings;
use crate::audio::{self, AudioOptions, FontError};
use crate::engine::Command;
use crate::jam::Tone;

/// How often the scripts are asked for what comes next.
const TURN: Duration = Duration::from_millis(4);
/// Seconds that scripts are ahead of the music.
const AHEAD: f64 = 0.25;
/// An editor may write a file in several goes: it is read when it has been left alone for so long.
const SETTLED: Duration = Duration::from_millis(40);
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
}

/// Watches a script: a message comes whenever its file has changed.
///
/// The folder is watched, not the file: many editors write a new file and rename it.
fn watch(path: &Path) -> Result<(notify::RecommendedWatcher, Receiver<()>), notify::Error> {
    let (changed, changes) = channel();
    let name = path.file_name().map(ToOwned::to_owned);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let ours = |event: &notify::Event| {
            !event.kind.is_access() && event.paths.iter().any(|path| path.file_name() == name.as_deref())
        };
        if event.is_ok_and(|event| ours(&event)) {
            let _ = changed.send(());
        }
    })?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    Ok((watcher, changes))
}

/// Plays the script at `path` until it stops itself, `leave` is set, or its bars are over. `say` is told what the player
/// is to read.
///
/// # Errors
/// [`LiveError`] where it does not begin; errors of later versions are said, and the music goes on.
pub fn play(
    path: &Path,
    options: Options,
    leave: &AtomicBool,
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
    let sound =
        AudioOptions { soundfont: options.soundfont, silent: options.silent, ..AudioOptions::default() };
    let mut session = audio::start(sound, hear)?;
    let mut headless = Headless::new(Settings { seed: options.seed, strict: false });
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
        let shot = session.player.snapshot();
        headless.runtime.advance(shot.beat, AHEAD * shot.bpm / 60.0, shot.playing);
        let player = &mut session.player;
        let more = headless.carry_out(|command| player.send(command), &say);
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
            // What is wrong with a later version has been said, and the one before plays on.
            waiting = None;
            if !shot.playing {
                outcome?;
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
                Ok(source) => {
                    say(Tone::Said, &format!("{}: the new version takes over at the next bar", source.name));
                    waiting = Some(headless.runtime.load(source));
                }
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
