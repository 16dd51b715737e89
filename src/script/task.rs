//! A live loop on a thread of its own.

use std::sync::Arc;
use std::thread;

use rhai::{AST, Dynamic, Engine, FnPtr};

use super::chain;
use super::context::{Body, Context, LoopPlan, Script};
use super::error::{Outcome, ScriptError, fail};
use super::limits;
use super::runtime;
use super::stage::Stage;

/// Beats of a bar.
pub const BAR: f64 = 4.0;

/// The first bar line not before `beat`.
pub fn bar_line(beat: f64) -> f64 {
    ((beat - 1e-6) / BAR).ceil() * BAR
}

/// Calls a closure with as many of `arguments` as it takes.
pub fn call(engine: &Engine, ast: &AST, body: &FnPtr, mut arguments: Vec<Dynamic>) -> Outcome<Dynamic> {
    let own = ast.iter_functions().find(|function| function.name == body.fn_name());
    let takes = own.map(|function| function.params.len().saturating_sub(body.curry().len()));
    if let Some(takes) = takes {
        if takes > arguments.len() {
            let most = arguments.len();
            return fail(format!("the closure takes {takes} values and is given {most} at most; take fewer"));
        }
        arguments.truncate(takes);
    }
    body.call(engine, ast, arguments)
}

/// Starts a loop at `beat`, in the place of those of its name.
///
/// # Errors
/// Too many tasks; the system gives no more threads.
pub fn start(
    stage: &Arc<Stage>,
    engine: &Arc<Engine>,
    script: &Script,
    plan: LoopPlan,
    beat: f64,
) -> Outcome<()> {
    if stage.conductor.len() >= limits::TASKS {
        let most = limits::TASKS;
        return fail(format!("more than {most} loops at once; give a loop the name of one to replace it"));
    }
    stage.conductor.retire(beat, |_, name, _| name == plan.name);
    let (id, stop) = stage.conductor.add(&plan.name, script.generation, beat);
    if let Body::Hear(ear, _) = &plan.body {
        // Here and not on its thread, so that nothing is missed that comes from now on.
        stage.listen(id, ear.clone());
    }
    let (stage_of, engine, script) = (stage.clone(), engine.clone(), script.clone());
    let run = move || {
        let context = Context::new(&stage_of, script, &plan.name, id, stop).looping().enter();
        if let Some(seed) = plan.seed {
            context.reseed(seed);
        }
        runtime::keep_engine(engine.clone());
        match &plan.body {
            Body::Loop(closure, period) => play(&context, &engine, &plan, closure, *period),
            Body::Hear(_, closure) => {
                answer(&context, &engine, &plan, closure);
                stage_of.unlisten(id);
            }
            Body::Chain(chain) => {
                if let Err(error) = chain::play(&context, chain) {
                    let error = ScriptError::from_eval(&context.script.name, &context.script.ast, &error)
                        .or_at(plan.place);
                    report(&context, error, "ends here");
                }
            }
        }
        stage_of.conductor.end(id);
    };
    let spawned = thread::Builder::new().name("script".into()).stack_size(limits::STACK).spawn(run);
    if let Err(cause) = spawned {
        stage.unlisten(id);
        stage.conductor.end(id);
        return fail(format!("no thread for another loop ({cause}); stop one with stop_loop(name)"));
    }
    Ok(())
}

/// Calls the closure for everything that is heard.
fn answer(context: &Context, engine: &Engine, plan: &LoopPlan, closure: &FnPtr) {
    let stage = &context.stage;
    while let Some(beat) = stage.conductor.sleep(context.task(), f64::INFINITY) {
        context.begin(beat);
        while let Some(heard) = stage.heard(context.task()) {
            let outcome = call(engine, &context.script.ast, closure, heard.arguments());
            if context.is_stopped() {
                return;
            }
            if let Err(error) = outcome {
                let error = ScriptError::from_eval(&context.script.name, &context.script.ast, &error)
                    .or_at(plan.place);
                report(context, error, "listens on");
            }
        }
    }
}

fn play(context: &Context, engine: &Engine, plan: &LoopPlan, closure: &FnPtr, period: Option<f64>) {
    let conductor = &context.stage.conductor;
    let Some(mut beat) = conductor.first(context.task()) else { return };
    let mut failures = 0;
    loop {
        context.begin(beat);
        let outcome = call(engine, &context.script.ast, closure, vec![beat.into()]);
        if context.is_stopped() {
            return;
        }
        let next = match outcome {
            Ok(_) if period.is_none() && !context.has_waited() => {
                let what = "it does not wait(...), or for less than 1/64 of a beat, so it would run without end. \
                            (3 / 4 is 0 and 3.0 / 4 is 0.75)";
                let error = ScriptError::new(&*context.script.name, what).or_at(plan.place);
                report(context, error, "stopped");
                return;
            }
            Ok(_) => {
                failures = 0;
                period.map(|period| (beat + period).max(context.beat()))
            }
            Err(error) => {
                failures += 1;
                let again =
                    if failures < limits::FAILURES { "once more at the next bar" } else { "given up" };
                let error = ScriptError::from_eval(&context.script.name, &context.script.ast, &error)
                    .or_at(plan.place);
                report(context, error, again);
                if failures == limits::FAILURES {
                    return;
                }
                Some(bar_line(context.beat() + 1e-3))
            }
        };
        beat = match next {
            Some(next) => match conductor.sleep(context.task(), next) {
                Some(beat) => beat,
                None => return,
            },
            None => context.beat(),
        };
    }
}

fn report(context: &Context, error: ScriptError, then: &str) {
    context.stage.fail(&error, &format!(" (loop \"{}\": {then}; the music goes on)", context.name));
}
