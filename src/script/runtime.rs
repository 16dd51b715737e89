//! Scripts as a host holds them: load, evaluate, let them play up to a beat.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rhai::{AST, Dynamic, Engine, Scope};

use super::api::Bank;
use super::chain::Chain;
use super::conductor::Patience;
use super::context::{Body, Context, LoopPlan, Script, Setup, here};
use super::ear::Heard;
use super::error::{Outcome, ScriptError, fail};
use super::stage::{Act, Settings, Stage};
use super::task::{self, bar_line};
use super::{engine, limits};
use crate::jam::{Intent, ScriptNews, Tone};

/// How long a task may keep the others waiting while there is sound.
const PATIENCE: Duration = Duration::from_millis(80);
/// Beats that a first version plays before the transport runs, so that its first notes are on time as well.
const HEAD_START: f64 = 0.25;
/// How long that may take.
const HURRY: Duration = Duration::from_millis(100);
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
            let strict = self.stage.settings.strict;
            let patience = if strict { Patience::Endless } else { Patience::Each(PATIENCE) };
            self.stage.conductor.advance(beat + ahead, patience);
        }
    }

    /// Something came from outside: whoever listens to it is woken with the next [`Runtime::advance`].
    pub fn hear(&self, heard: &Heard) {
        self.stage.hear(heard);
    }

    /// The jam has tracks of these names; scripts call them so.
    pub fn know_tracks(&self, names: &[String]) {
        self.stage.know_tracks(names);
    }

    /// The keys of the computer that scripts listen to.
    pub fn keys(&self) -> Vec<String> {
        self.stage.keys()
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
        stage.fail(&error, ". What played before plays on");
        let _ = done.send(Err(error));
    };
    let mut known =
        if part { scope.lock().unwrap_or_else(PoisonError::into_inner).clone() } else { Scope::new() };
    if !known.contains("bank") {
        known.push("bank", Bank);
    }
    // A line that is one expression has a value to show; statements leave variables behind instead.
    let worth = part && engine.compile_expression_with_scope(&known, &text).is_ok();
    let mut ast = match engine.compile_with_scope(&known, &text) {
        Ok(ast) => ast,
        Err(error) => return refuse(ScriptError::from_parse(&name, &error)),
    };
    if part {
        let before = seen.lock().unwrap_or_else(PoisonError::into_inner).clone_functions_only();
        ast = before.merge(&ast);
    }
    let generation = stage.next_generation();
    let lines = if part { written(&text) } else { None };
    let script = Script {
        name: name.as_str().into(),
        folder: folder.map(Arc::new),
        generation,
        ast: Arc::new(ast),
        part,
        lines,
    };
    let context = Context::new(stage, script, "main", 0, Arc::default()).enter();
    *context.setup.borrow_mut() = Some(Setup::default());
    context.begin(if stage.is_playing() { bar_line(stage.now() + NOTICE) } else { stage.now() });
    REPORT.with(|report| *report.borrow_mut() = Some((engine.clone(), done.clone())));
    let outcome = match worth {
        true => engine.eval_ast_with_scope::<Dynamic>(&mut known, &context.script.ast),
        false => engine.run_ast_with_scope(&mut known, &context.script.ast).map(|()| Dynamic::UNIT),
    };
    let began = context.setup.borrow().is_none();
    match outcome {
        Ok(value) => {
            if !value.is_unit() {
                stage.say(Tone::Said, shown(engine, value));
            }
            // Before the word goes out: whoever sends the next line at once finds what this one leaves.
            *scope.lock().unwrap_or_else(PoisonError::into_inner) = known;
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = context.script.ast.clone_functions_only();
            if !began && let Err(error) = take_over(&context, None) {
                refuse(ScriptError::from_eval(&name, &context.script.ast, &error));
            }
        }
        Err(_) if began && context.is_stopped() => {}
        Err(error) if began => {
            stage.fail(&ScriptError::from_eval(&name, &context.script.ast, &error), ". Its loops play on");
        }
        Err(error) => refuse(ScriptError::from_eval(&name, &context.script.ast, &error)),
    }
    if context.task() != 0 {
        stage.conductor.end(context.task());
    }
}

/// First and last line of `text`, from 1, that are not empty: a part of a script stands at its own lines.
fn written(text: &str) -> Option<(usize, usize)> {
    let mut full =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(row, _)| row + 1);
    let first = full.next()?;
    Some((first, full.last().unwrap_or(first)))
}

/// The value of a line as the player reads it.
fn shown(engine: &Engine, value: Dynamic) -> String {
    let plain = value.to_string();
    let mut scope = Scope::new();
    scope.push_dynamic("it", value);
    engine.eval_with_scope::<String>(&mut scope, "it.to_string()").unwrap_or(plain)
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
        // What the old version left going round ends with it; what the new one plays on its first beat takes its place.
        stage.busy().into_iter().for_each(|track| stage.perform(start, Act::Halt(track)));
    }
    for act in acts {
        stage.perform(start, act);
    }
    for plan in loops {
        let begin = start + plan.after.unwrap_or(0.0);
        task::start(stage, &engine, script, plan, begin)?;
    }
    // Before the word goes out: a host that waits for every task has to know of this one.
    if let Some(wait) = wait {
        let name = if script.part { format!("line {}", script.generation) } else { "main".to_owned() };
        let (id, stop) = stage.conductor.add(&name, script.generation, start + wait);
        context.becomes(id, stop);
    }
    keep_engine(engine);
    if !stage.is_playing() && !stage.settings.strict {
        // Up to what this very text does next, which nobody can wait for here.
        let ahead = wait.map_or(HEAD_START, |wait| HEAD_START.min(wait - 1e-6));
        stage.conductor.advance(start + ahead, Patience::Until(Instant::now() + HURRY));
    }
    stage.send(Intent::Run);
    stage.send(Intent::ScriptSays(ScriptNews::Took { name: script.name.to_string(), lines: script.lines }));
    let _ = done.send(Ok(()));
    Ok(start)
}

/// The engine of this thread's task, for what it starts itself.
pub fn keep_engine(engine: Arc<Engine>) {
    ENGINE.with(|kept| *kept.borrow_mut() = Some(engine));
}

/// The chain on a track gives way to something else.
///
/// # Errors
/// On a thread that runs no script.
pub fn end_chain(track: u8) -> Outcome<()> {
    let context = here()?;
    let name = Chain::name(track);
    if let Some(setup) = &mut *context.setup.borrow_mut() {
        setup.loops.retain(|plan| plan.name != name);
    }
    // What a version does before it takes over concerns nobody yet.
    if context.setup.borrow().is_none() {
        context.stage.conductor.retire(context.beat(), |_, other, _| other == name);
    }
    Ok(())
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
        Some(beat) => context.resume(beat),
        None => Err(rhai::EvalAltResult::ErrorTerminated("stopped".into(), rhai::Position::NONE).into()),
    }
}

/// Starts a loop: with its version where that has not taken over yet, else at the next bar.
///
/// # Errors
/// As [`task::start`].
pub fn start_loop(plan: LoopPlan) -> Outcome<()> {
    let context = here()?;
    let plan = LoopPlan { seed: Some(context.seed()), ..plan };
    if let Some(setup) = &mut *context.setup.borrow_mut() {
        setup.loops.retain(|other| other.name != plan.name);
        setup.loops.push(plan);
        return Ok(());
    }
    let chain = matches!(plan.body, Body::Chain(_));
    let Some(engine) = ENGINE.with(|kept| kept.borrow().clone()).filter(|_| chain || !context.is_loop())
    else {
        return fail("live_loop(...) within a loop: define it outside, and let the loop set what it plays");
    };
    let begin = plan.after.map_or_else(|| bar_line(context.beat()), |after| context.beat() + after);
    task::start(&context.stage, &engine, &context.script, plan, begin)
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn a_part_is_told_by_its_own_lines() {
        assert_eq!(written("\n\n\nplay(1, p);\n"), Some((4, 4)));
        assert_eq!(written("\nlet a = 1;\n\nlet b = 2;\n\n"), Some((2, 4)));
        assert_eq!(written("\n \n"), None);
    }
}
