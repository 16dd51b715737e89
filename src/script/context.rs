//! Which task is running on this thread: its beat, its chance, and what it has used.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rhai::{AST, FnPtr, Position};

use super::chain::Chain;
use super::ear::Ear;
use super::error::{Outcome, fail};
use super::limits;
use super::stage::{Act, Stage};
use crate::latent::noise::Noise;

/// What all tasks of one version of a script share.
#[derive(Debug, Clone)]
pub struct Script {
    /// Its name in messages.
    pub name: Arc<str>,
    /// The folder it may read and write in.
    pub folder: Option<Arc<PathBuf>>,
    /// Number of the version, rising.
    pub generation: u64,
    /// The whole program, for calling closures.
    pub ast: Arc<AST>,
    /// A line of a console or an editor: its loops join those that play instead of replacing them all.
    pub part: bool,
    /// First and last line of such a part in its text, from 1.
    pub lines: Option<(usize, usize)>,
}

/// What a task beside the text of a script does.
#[derive(Debug, Clone)]
pub enum Body {
    /// Is called again and again, every so many beats where it does not wait itself.
    Loop(FnPtr, Option<f64>),
    /// Is called when something is heard.
    Hear(Ear, FnPtr),
    /// Plays one pattern after the other.
    Chain(Chain),
}

/// A live loop that a script has asked for.
#[derive(Debug, Clone)]
pub struct LoopPlan {
    /// Its name.
    pub name: String,
    /// What it does.
    pub body: Body,
    /// Beats from now to its begin; `None` begins at the bar.
    pub after: Option<f64>,
    /// Seed of its chance; `None` is that of whoever starts it.
    pub seed: Option<u64>,
    /// Where the script defines it.
    pub place: Position,
}

/// What a version of a script does when it takes over: it begins with the first wait, or the end, of its text.
#[derive(Debug, Default)]
pub struct Setup {
    /// What is played.
    pub acts: Vec<Act>,
    /// The loops.
    pub loops: Vec<LoopPlan>,
}

/// A running task.
pub struct Context {
    /// What it plays on.
    pub stage: Arc<Stage>,
    /// What it is a part of.
    pub script: Script,
    /// Its name: `main`, or the name of the loop.
    pub name: String,
    /// Filled until the version has taken over.
    pub setup: RefCell<Option<Setup>>,
    looping: bool,
    task: Cell<u64>,
    stop: RefCell<Arc<AtomicBool>>,
    beat: Cell<f64>,
    seed: Cell<u64>,
    noise: Cell<Noise>,
    draws: Cell<u64>,
    operations: Cell<u64>,
    base: Cell<u64>,
    orders: Cell<usize>,
    waited: Cell<bool>,
    /// The beat from which the waits are added up, and how many there were since.
    rested: Cell<f64>,
    naps: Cell<usize>,
    said_late: Cell<f64>,
}

thread_local! {
    static HERE: RefCell<Option<Rc<Context>>> = const { RefCell::new(None) };
}

/// The task of this thread.
///
/// # Errors
/// On a thread that runs no script.
pub fn here() -> Outcome<Rc<Context>> {
    match HERE.with(|here| here.borrow().clone()) {
        Some(context) => Ok(context),
        None => fail("this function works within a running script only"),
    }
}

/// A number for a name, for noise of its own (FNV-1a).
fn hash(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Context {
    /// A task called `name`, asleep as `task`.
    pub fn new(stage: &Arc<Stage>, script: Script, name: &str, task: u64, stop: Arc<AtomicBool>) -> Self {
        Self {
            seed: Cell::new(stage.settings.seed),
            noise: Cell::new(Noise::new(stage.settings.seed, hash(name))),
            stage: stage.clone(),
            script,
            name: name.to_owned(),
            setup: RefCell::new(None),
            looping: false,
            task: Cell::new(task),
            stop: RefCell::new(stop),
            beat: Cell::new(0.0),
            draws: Cell::new(0),
            operations: Cell::new(0),
            base: Cell::new(0),
            orders: Cell::new(0),
            waited: Cell::new(false),
            rested: Cell::new(0.0),
            naps: Cell::new(0),
            said_late: Cell::new(f64::NEG_INFINITY),
        }
    }

    /// Makes this the task of the thread.
    pub fn enter(self) -> Rc<Self> {
        let context = Rc::new(self);
        HERE.with(|here| *here.borrow_mut() = Some(context.clone()));
        context
    }

    /// The beat for which everything is meant that is played now.
    pub fn beat(&self) -> f64 {
        self.beat.get()
    }

    /// Number of the task; 0 before it has taken over.
    pub fn task(&self) -> u64 {
        self.task.get()
    }

    /// From here on it is task `task`.
    pub fn becomes(&self, task: u64, stop: Arc<AtomicBool>) {
        self.task.set(task);
        *self.stop.borrow_mut() = stop;
    }

    /// A new round begins at `beat`.
    pub fn begin(&self, beat: f64) {
        self.beat.set(beat);
        self.base.set(0);
        self.operations.set(0);
        self.orders.set(0);
        self.waited.set(false);
        self.rested.set(beat);
        self.naps.set(0);
    }

    /// The task goes on at `beat` after a wait. Waits that add up to less than [`limits::REST`] are none: a loop with no
    /// other would keep everything else from going on.
    ///
    /// # Errors
    /// More than [`limits::NAPS`] of those.
    pub fn resume(&self, beat: f64) -> Outcome<()> {
        self.beat.set(beat);
        self.naps.set(self.naps.get() + 1);
        if beat - self.rested.get() >= limits::REST {
            self.rested.set(beat);
            self.naps.set(0);
            self.base.set(self.operations.get());
            self.orders.set(0);
            self.waited.set(true);
        }
        let late = self.stage.now() - beat;
        if late > 0.02 && !self.stage.settings.strict && beat - self.said_late.get() > 16.0 {
            self.said_late.set(beat);
            self.stage.hint(format!(
                "{}: {} is {late:.2} beats late and skips nothing; make less between two waits",
                self.script.name, self.name
            ));
        }
        if self.naps.get() > limits::NAPS {
            let most = limits::NAPS;
            return fail(format!(
                "more than {most} waits that come to less than 1/64 of a beat. (3 / 4 is 0 and 3.0 / 4 is 0.75)"
            ));
        }
        Ok(())
    }

    /// True where the task has waited since its round began.
    pub fn has_waited(&self) -> bool {
        self.waited.get()
    }

    /// True for a live loop or a listener, false for the text of a script itself.
    pub fn is_loop(&self) -> bool {
        self.looping
    }

    /// The same task as a loop.
    #[must_use]
    pub fn looping(self) -> Self {
        Self { looping: true, ..self }
    }

    /// True where the task is to end.
    pub fn is_stopped(&self) -> bool {
        self.stop.borrow().load(Ordering::Relaxed)
    }

    /// Counts operations; gives the reason why the task may not go on.
    fn progress(&self, operations: u64) -> Option<&'static str> {
        self.operations.set(operations);
        if self.is_stopped() {
            return Some("stopped");
        }
        // Another evaluation within this one counts from 0 again.
        let base = self.base.get().min(operations);
        self.base.set(base);
        (operations - base > limits::OPERATIONS).then_some(
            "stopped: too much work without a wait. An endless loop? Put wait(...) into it; the music goes on",
        )
    }

    /// Another draw of the task's own chance, 64 bits.
    pub fn draw(&self) -> u64 {
        let index = self.draws.get();
        self.draws.set(index + 1);
        self.noise.get().bits(index)
    }

    /// Uniform in 0..1.
    pub fn uniform(&self) -> f64 {
        (self.draw() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// The seed from which chance follows, here and in what is started from here.
    pub fn seed(&self) -> u64 {
        self.seed.get()
    }

    /// From here on chance follows from `seed`.
    pub fn reseed(&self, seed: u64) {
        self.seed.set(seed);
        self.noise.set(Noise::new(seed, hash(&self.name)));
        self.draws.set(0);
    }

    /// Does something at the task's beat, or when its version takes over.
    ///
    /// # Errors
    /// More things at once than a task may do.
    pub fn act(&self, act: Act) -> Outcome<()> {
        self.orders.set(self.orders.get() + 1);
        if self.orders.get() > limits::ORDERS {
            let most = limits::ORDERS;
            return fail(format!("more than {most} things at one time; put wait(...) between them"));
        }
        match &mut *self.setup.borrow_mut() {
            Some(setup) => setup.acts.push(act),
            None => self.stage.perform(self.beat(), act),
        }
        Ok(())
    }
}

/// What rhai asks after every operation: a reason to break off.
pub fn progress(operations: u64) -> Option<&'static str> {
    HERE.with(|here| here.borrow().as_ref().and_then(|context| context.progress(operations)))
}
