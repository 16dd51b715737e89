//! Scripts as a host holds them: load, evaluate, let them play up to a beat.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rhai::{AST, Engine, Scope};

use super::context::{Context, Script, Setup, here};
use super::error::{Outcome, ScriptError, fail};
use super::stage::{Settings, Stage};
use super::task::{self, bar_line};
use super::{engine, limits};
use crate::jam::{Intent, Tone};

/// How long a task may keep the others waiting while there is sound.
const PATIENCE: Duration = Duration::from_millis(80);
/// A version that is ready less than this many beats before a bar line takes over a bar later.
const NOTICE: f64 = 0.15;

/// A script.
#[derive(Debug, Clone)]
pub struct Source {
    /// What it is called in messages.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The folder it may read and write in; none: no files.
    pub folder: Option<PathBuf>,
    /// A line or a block: it joins what plays instead of replacing it, and sees the variables of those before.
    pub part: bool,
}

impl Source {
    /// Reads a script; its folder is the one it lies in.
    ///
    /// # Errors
    /// A file that cannot be read or is too large.
    pub fn read(path: &Path) -> Result<Self, ScriptError> {
        let shown = path.display().to_string();
        let fail = |cause: String| ScriptError::new(shown.clone(), cause);
        let data = std::fs::metadata(path)
            .map_err(|error| fail(format!("it cannot be read ({error}); check the path")))?;
        if data.len() > limits::FILE {
            return Err(fail(format!("{} bytes are too many for a script", data.len())));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| fail(format!("it cannot be read ({error}); a script is UTF-8 text")))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().map_or(shown.clone(), |name| name.to_string_lossy().into_owned());
        Ok(Self { name, text, folder: Some(folder.to_owned()), part: false })
    }
}

/// All scripts of a host.
pub struct Runtime {
    stage: Arc<Stage>,
    engine: Arc<Engine>,
    /// The variables of the last finished text, for the lines of a console.
    scope: Arc<Mutex<Scope<'static>>>,
    /// The functions seen so far, for the same.
    seen: Arc<Mutex<AST>>,
    last: Mutex<f64>,
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.stage.conductor.stop();
    }
}

impl Runtime {
    /// No scripts yet. `sink` is handed everything that scripts do, in order, on their threads.
    pub fn new(settings: Settings, sink: impl Fn(Intent) + Send + Sync + 'static) -> Self {
        Self {
            stage: Arc::new(Stage::new(settings, sink)),
            engine: Arc::new(engine::build()),
            scope: Arc::default(),
            seen: Arc::new(Mutex::new(AST::empty())),
            last: Mutex::new(0.0),
        }
    }

    /// Begins to evaluate a script on a thread of its own. What is received tells when it has taken over, or why it
    /// does not; then everything plays on as it did.
    pub fn load(&self, source: Source) -> Receiver<Result<(), ScriptError>> {
        let (done, outcome) = channel();
        let (stage, engine) = (self.stage.clone(), self.engine.clone());
        let (scope, seen) = (self.scope.clone(), self.seen.clone());
        let failed = done.clone();
        let run = move || evaluate(&stage, &engine, &scope, &seen, source, done);
        let spawned = thread::Builder::new().name("script".into()).stack_size(limits::STACK).spawn(run);
        if let Err(cause) = spawned {
            let error = ScriptError::new("script", format!("no thread for it ({cause})"));
            let _ = failed.send(Err(error));
        }
        outcome
    }

    /// Lets all scripts play up to `ahead` beats before the transport, which is at `beat`.
    pub fn advance(&self, beat: f64, ahead: f64, playing: bool) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if beat < *last - 0.01 {
            // The transport was moved back: loops go on from the bar they had come to, at the place it is at now.
            self.stage.forget();
            if let Some(first) = self.stage.conductor.earliest() {
                let bars = |beat: f64| (beat / task::BAR).floor() * task::BAR;
                self.stage.conductor.shift(bars(beat) - bars(first));
            }
        }
        *last = beat;
        self.stage.set_now(beat, playing);
        if playing {
            let patience = (!self.stage.settings.strict).then_some(PATIENCE);
            self.stage.conductor.advance(beat + ahead, patience);
        }
    }

    /// Number of tasks that play.
    pub fn tasks(&self) -> usize {
        self.stage.conductor.len()
    }

    /// Names of the tasks that play.
    pub fn task_names(&self) -> Vec<String> {
        self.stage.conductor.names()
    }

    /// Ends all scripts; what they have launched plays on.
    pub fn stop(&self) {
        self.stage.conductor.stop();
    }
}

/// The engine of an evaluation, and who waits for its outcome.
type Report = (Arc<Engine>, Sender<Result<(), ScriptError>>);

thread_local! {
    /// How the evaluation of this thread reports that it has taken over.
    static REPORT: RefCell<Option<Report>> = const { RefCell::new(None) };
}

fn evaluate(
    stage: &Arc<Stage>,
    engine: &Arc<Engine>,
    scope: &Mutex<Scope<'static>>,
    seen: &Mutex<AST>,
    source: Source,
    done: Sender<Result<(), ScriptError>>,
) {
    let Source { name, text, folder, part } = source;
    let refuse = |error: ScriptError| {
        stage.say(Tone::Error, format!("{error}. What played before plays on"));
        let _ = done.send(Err(error));
    };
    let mut known =
        if part { scope.lock().unwrap_or_else(PoisonError::into_inner).clone() } else { Scope::new() };
    let mut ast = match engine.compile_with_scope(&known, &text) {
        Ok(ast) => ast,
        Err(error) => return refuse(ScriptError::from_parse(&name, &error)),
    };
    if part {
        let before = seen.lock().unwrap_or_else(PoisonError::into_inner).clone_functions_only();
        ast = before.merge(&ast);
    }
    let generation = stage.next_generation();
    let script = Script {
        name: name.as_str().into(),
        folder: folder.map(Arc::new),
        generation,
        ast: Arc::new(ast),
        part,
    };
    let context = Context::new(stage, script, "main", 0, Arc::default()).enter();
    *context.setup.borrow_mut() = Some(Setup::default());
    context.begin(if stage.is_playing() { bar_line(stage.now() + NOTICE) } else { stage.now() });
    REPORT.with(|report| *report.borrow_mut() = Some((engine.clone(), done.clone())));
    let outcome = engine.run_ast_with_scope(&mut known, &context.script.ast);
    let began = context.setup.borrow().is_none();
    match outcome {
        Ok(()) => {
            let taken = if began { Ok(()) } else { take_over(&context, None).map(|_| ()) };
            match taken {
                Ok(()) => {
                    *scope.lock().unwrap_or_else(PoisonError::into_inner) = known;
                    *seen.lock().unwrap_or_else(PoisonError::into_inner) =
                        context.script.ast.clone_functions_only();
                }
                Err(error) => refuse(ScriptError::from_eval(&name, &error)),
            }
        }
        Err(_) if began && context.is_stopped() => {}
        Err(error) if began => {
            stage.say(Tone::Error, format!("{}. Its loops play on", ScriptError::from_eval(&name, &error)));
        }
        Err(error) => refuse(ScriptError::from_eval(&name, &error)),
    }
    if context.task() != 0 {
        stage.conductor.end(context.task());
    }
}

/// The version that is being evaluated takes over at the next bar, and its text goes on `wait` beats later where it
/// waits. Gives the beat it goes on at.
fn take_over(context: &Context, wait: Option<f64>) -> Outcome<f64> {
    let Some(Setup { acts, loops }) = context.setup.borrow_mut().take() else { return Ok(context.beat()) };
    let (stage, script) = (&context.stage, &context.script);
    let Some((engine, done)) = REPORT.with(|report| report.borrow_mut().take()) else {
        return fail("a script takes over once only");
    };
    let start = if stage.is_playing() { bar_line(stage.now() + NOTICE) } else { stage.now() };
    if !script.part {
        stage.conductor.retire(start, |_, _, generation| generation < script.generation);
    }
    for act in acts {
        stage.perform(start, act);
    }
    for plan in loops {
        task::start(stage, &engine, script, plan, start)?;
    }
    // Before the word goes out: a host that waits for every task has to know of this one.
    if let Some(wait) = wait {
        let name = if script.part { format!("line {}", script.generation) } else { "main".to_owned() };
        let (id, stop) = stage.conductor.add(&name, script.generation, start + wait);
        context.becomes(id, stop);
    }
    ENGINE.with(|kept| *kept.borrow_mut() = Some(engine));
    stage.send(Intent::Run);
    let _ = done.send(Ok(()));
    Ok(start)
}

thread_local! {
    /// The engine of this thread's text, for loops that it defines after its first wait.
    static ENGINE: RefCell<Option<Arc<Engine>>> = const { RefCell::new(None) };
}

/// The running task sleeps for so many beats of the timeline.
///
/// # Errors
/// A number of beats that is none; the task is to end.
pub fn wait(beats: f64) -> Outcome<()> {
    if !(0.0..=65_536.0).contains(&beats) {
        return fail(format!("wait({beats}): it takes 0 to 65536 beats; a bar is 4"));
    }
    let context = here()?;
    let setting_up = context.setup.borrow().is_some();
    let woken = if setting_up {
        take_over(&context, Some(beats))?;
        context.stage.conductor.first(context.task())
    } else {
        context.stage.conductor.sleep(context.task(), context.beat() + beats)
    };
    match woken {
        Some(beat) => {
            context.resume(beat);
            Ok(())
        }
        None => Err(rhai::EvalAltResult::ErrorTerminated("stopped".into(), rhai::Position::NONE).into()),
    }
}

/// Starts a loop: with its version where that has not taken over yet, else at the next bar.
///
/// # Errors
/// As [`task::start`].
pub fn start_loop(plan: super::context::LoopPlan) -> Outcome<()> {
    let context = here()?;
    if let Some(setup) = &mut *context.setup.borrow_mut() {
        setup.loops.retain(|other| other.name != plan.name);
        setup.loops.push(plan);
        return Ok(());
    }
    let Some(engine) = ENGINE.with(|kept| kept.borrow().clone()) else {
        return fail("live_loop(...) within a loop: define it outside, and let the loop set what it plays");
    };
    task::start(&context.stage, &engine, &context.script, plan, bar_line(context.beat()))
}
