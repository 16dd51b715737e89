//! Scripts in a jam: a thread that lets them play ahead of the music, and files that are followed.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use notify::RecommendedWatcher;

use crate::jam::session::store;
use crate::jam::{Fault, Intent, ScriptNews, ScriptOrder, Tone};
use crate::script::watch::{SETTLED, watch};
use crate::script::{Heard, Runtime, ScriptError, Settings, Source, reference};

/// Seconds that scripts are ahead of the music: a frame of the screen and a slow evaluation fit in.
const AHEAD: f64 = 0.25;

/// The transport as last seen.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Tick {
    beat: f64,
    bpm: f64,
    playing: bool,
}

#[derive(Debug, Default)]
struct Inbox {
    tick: Tick,
    fresh: bool,
    over: bool,
}

#[derive(Debug, Default)]
struct Shared {
    inbox: Mutex<Inbox>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that is followed.
struct Followed {
    path: PathBuf,
    /// What it held when we read or wrote it last.
    text: Arc<Mutex<String>>,
    _watcher: RecommendedWatcher,
}

/// The scripts of a jam. Dropping it ends them.
pub struct Drive {
    runtime: Arc<Runtime>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    followed: Option<Followed>,
    tell: Arc<dyn Fn(Intent) + Send + Sync>,
    last: Tick,
}

impl Drop for Drive {
    fn drop(&mut self) {
        self.runtime.stop();
        self.shared.lock().over = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It evaluates nothing itself, and ends at the latest when a task has used up its patience.
            let _ = thread.join();
        }
    }
}

impl Drive {
    /// No scripts yet, with chance from `seed` and the transport where it is; `tell` is told what they do.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        seed: u64,
        (beat, bpm, playing): (f64, f64, bool),
        tell: impl Fn(Intent) + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let tell: Arc<dyn Fn(Intent) + Send + Sync> = Arc::new(tell);
        let sink = tell.clone();
        let runtime = Arc::new(Runtime::new(Settings { seed, strict: false }, move |intent| sink(intent)));
        // Before the first script: it begins at the bar that comes, not at the beginning of time.
        runtime.advance(beat, 0.0, playing);
        let shared = Arc::new(Shared::default());
        let (of_thread, plays) = (shared.clone(), runtime.clone());
        let run = move || {
            // The words of the language are looked up at every key: they are made before the first.
            reference::known();
            loop {
                let mut inbox = of_thread.lock();
                while !inbox.fresh && !inbox.over {
                    inbox = of_thread.changed.wait(inbox).unwrap_or_else(PoisonError::into_inner);
                }
                if inbox.over {
                    return;
                }
                inbox.fresh = false;
                let tick = inbox.tick;
                drop(inbox);
                plays.advance(tick.beat, AHEAD * tick.bpm / 60.0, tick.playing);
            }
        };
        let thread = thread::Builder::new().name("scripts".into()).spawn(run)?;
        Ok(Self {
            runtime,
            shared,
            thread: Some(thread),
            followed: None,
            tell,
            last: Tick { beat, bpm, playing },
        })
    }

    /// The transport is here now. Never waits.
    pub fn tick(&mut self, beat: f64, bpm: f64, playing: bool) {
        let tick = Tick { beat, bpm, playing };
        if tick != self.last {
            self.last = tick;
            self.wake(|inbox| inbox.tick = tick);
        }
    }

    /// The jam has tracks of these names: scripts know them.
    pub fn know_tracks(&self, names: &[String]) {
        self.runtime.know_tracks(names);
    }

    fn wake(&self, change: impl FnOnce(&mut Inbox)) {
        let mut inbox = self.shared.lock();
        change(&mut inbox);
        inbox.fresh = true;
        drop(inbox);
        self.shared.changed.notify_all();
    }

    /// Carries an order out; what comes of it is told.
    pub fn order(&mut self, order: ScriptOrder) {
        match order {
            ScriptOrder::Evaluate { name, folder, text, part } => {
                // What becomes of it is told by the runtime.
                drop(self.runtime.load(Source { name, text, folder, part }));
            }
            ScriptOrder::Open { path, play } => self.open(path, play),
            ScriptOrder::Save { path, text } => self.save(path, text),
            ScriptOrder::Key(key) => self.hear(&Heard::Key(key)),
            ScriptOrder::Stop => {
                self.runtime.stop();
                (self.tell)(Intent::Say(
                    Tone::Said,
                    "Scripts have ended; what they launched plays on. {halt} ends a track".into(),
                ));
            }
        }
    }

    /// Something came from outside: whoever listens answers at once.
    pub fn hear(&self, heard: &Heard) {
        self.runtime.hear(heard);
        self.wake(|_| ());
    }

    /// Does something with files beside the music and the screen: a disk may be slow.
    fn aside(&self, work: impl FnOnce(&Runtime, &dyn Fn(Intent)) + Send + 'static) {
        let (runtime, tell) = (self.runtime.clone(), self.tell.clone());
        let run = move || work(&runtime, &*tell);
        if let Err(error) = thread::Builder::new().name("script-file".into()).spawn(run) {
            let text = format!("The script's file is left alone: the system gives no thread ({error})");
            (self.tell)(Intent::Say(Tone::Error, text));
        }
    }

    fn open(&mut self, path: PathBuf, play: bool) {
        let known = self.follow(&path);
        self.aside(move |runtime, tell| match Source::read(&path) {
            Ok(source) => {
                known.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&source.text);
                tell(Intent::ScriptSays(ScriptNews::Opened { path, text: source.text.clone() }));
                if play {
                    drop(runtime.load(source));
                }
            }
            Err(error) => tell(failed(&error)),
        });
    }

    fn save(&mut self, path: PathBuf, text: String) {
        // First, so that the watcher knows the text: what we wrote ourselves is no news.
        let known = self.follow(&path);
        known.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&text);
        self.aside(move |runtime, tell| {
            if let Err(error) = store::write(&path, &text) {
                tell(Intent::Say(Tone::Error, format!("The script is not saved: {error}")));
                return;
            }
            tell(Intent::ScriptSays(ScriptNews::Saved { path: path.clone(), text }));
            match Source::read(&path) {
                Ok(source) => drop(runtime.load(source)),
                Err(error) => tell(failed(&error)),
            }
        });
    }

    /// From now on what other programs save at `path` plays. Gives the text that is known of it.
    fn follow(&mut self, path: &Path) -> Arc<Mutex<String>> {
        if let Some(followed) = self.followed.as_ref().filter(|followed| followed.path == path) {
            return followed.text.clone();
        }
        self.followed = None;
        let known = Arc::new(Mutex::new(String::new()));
        let outcome = watch(path).map_err(|error| error.to_string()).and_then(|(watcher, changes)| {
            let work = Following {
                path: path.to_owned(),
                text: known.clone(),
                runtime: self.runtime.clone(),
                tell: self.tell.clone(),
            };
            let run = move || work.run(&changes);
            thread::Builder::new()
                .name("script-watch".into())
                .spawn(run)
                .map_err(|error| error.to_string())?;
            Ok(watcher)
        });
        match outcome {
            Ok(watcher) => {
                let text = known.clone();
                self.followed = Some(Followed { path: path.to_owned(), text, _watcher: watcher });
            }
            Err(error) => {
                let text = format!("{}: what other programs save is not followed ({error})", path.display());
                (self.tell)(Intent::Say(Tone::Hint, text));
            }
        }
        known
    }
}

fn failed(error: &ScriptError) -> Intent {
    Intent::ScriptSays(ScriptNews::Failed(Fault {
        source: error.source.clone(),
        line: error.line,
        column: error.column,
        text: format!("{error}. What played before plays on"),
    }))
}

/// The thread that reads a followed file anew; it ends with its watcher.
struct Following {
    path: PathBuf,
    text: Arc<Mutex<String>>,
    runtime: Arc<Runtime>,
    tell: Arc<dyn Fn(Intent) + Send + Sync>,
}

impl Following {
    fn run(&self, changes: &Receiver<()>) {
        while changes.recv().is_ok() {
            // Until it has been left alone for a moment.
            loop {
                match changes.recv_timeout(SETTLED) {
                    Ok(()) => {}
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            self.read();
        }
    }

    fn read(&self) {
        match Source::read(&self.path) {
            Ok(source) => {
                let mut known = self.text.lock().unwrap_or_else(PoisonError::into_inner);
                if *known == source.text {
                    return;
                }
                known.clone_from(&source.text);
                drop(known);
                let news = ScriptNews::Changed { path: self.path.clone(), text: source.text.clone() };
                (self.tell)(Intent::ScriptSays(news));
                drop(self.runtime.load(source));
            }
            // An editor that renames leaves a moment without the file.
            Err(_) if !self.path.exists() => {}
            Err(error) => (self.tell)(failed(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Command;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    /// Whatever takes longer is broken.
    const LONG: Duration = Duration::from_secs(60);

    fn until(told: &Receiver<Intent>, wanted: impl Fn(&Intent) -> bool) -> Intent {
        loop {
            let intent = told.recv_timeout(LONG).expect("it is told");
            if wanted(&intent) {
                return intent;
            }
        }
    }

    #[test]
    fn a_file_is_opened_played_saved_and_followed_and_a_broken_version_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set.rhai");
        std::fs::write(&path, "hit(\"kick\");\n").unwrap();
        let (send, told) = channel();
        let stopped = (0.0, 120.0, false);
        let mut drive = Drive::start(0, stopped, move |intent| drop(send.send(intent))).unwrap();
        drive.order(ScriptOrder::Open { path: path.clone(), play: true });
        until(&told, |intent| matches!(intent, Intent::ScriptSays(ScriptNews::Opened { .. })));
        until(&told, |intent| matches!(intent, Intent::Perform(_)));
        until(&told, |intent| matches!(intent, Intent::ScriptSays(ScriptNews::Took { .. })));
        // Another editor.
        std::fs::write(&path, "let a = 1;\nlet = 2;\n").unwrap();
        until(&told, |intent| matches!(intent, Intent::ScriptSays(ScriptNews::Changed { .. })));
        let broken = until(&told, |intent| matches!(intent, Intent::ScriptSays(ScriptNews::Failed(_))));
        let Intent::ScriptSays(ScriptNews::Failed(fault)) = broken else { unreachable!() };
        assert_eq!(
            (fault.source.as_str(), fault.line, fault.column),
            ("set.rhai", Some(2), Some(5)),
            "{fault}"
        );
        // Our own.
        let text = "hit(\"snare\");\n".to_owned();
        drive.order(ScriptOrder::Save { path: path.clone(), text: text.clone() });
        let next = until(&told, |intent| {
            matches!(intent, Intent::ScriptSays(ScriptNews::Took { .. } | ScriptNews::Changed { .. }))
        });
        assert_eq!(next, Intent::ScriptSays(ScriptNews::Took { name: "set.rhai".into(), lines: None }));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn loops_play_as_the_transport_goes_and_a_file_that_is_not_there_is_told() {
        let (send, told) = channel();
        let going = (57.3, 120.0, true);
        let mut drive = Drive::start(0, going, move |intent| drop(send.send(intent))).unwrap();
        let text = "live_loop(\"x\", || { hit(\"kick\"); wait(1); });".to_owned();
        drive.order(ScriptOrder::Evaluate { name: "a".into(), folder: None, text, part: false });
        until(&told, |intent| *intent == Intent::Run);
        let due = |intent: Intent| match intent {
            Intent::Perform(Command::At { beat, .. }) => beat,
            other => panic!("{other:?}"),
        };
        drive.tick(59.9, 120.0, true);
        assert_eq!(due(until(&told, |intent| matches!(intent, Intent::Perform(_)))), 60.0);
        drive.tick(60.6, 120.0, true);
        assert_eq!(due(until(&told, |intent| matches!(intent, Intent::Perform(_)))), 61.0);
        drive.order(ScriptOrder::Open { path: "nowhere.rhai".into(), play: false });
        until(&told, |intent| matches!(intent, Intent::ScriptSays(ScriptNews::Failed(_))));
        drive.order(ScriptOrder::Stop);
        until(&told, |intent| matches!(intent, Intent::Say(Tone::Said, _)));
    }
}
