//! A live loop on a thread of its own.

use std::sync::Arc;
use std::thread;

use rhai::{AST, Dynamic, Engine, FnPtr};

use super::context::{Context, LoopPlan, Script};
use super::error::{Outcome, ScriptError, fail};
use super::limits;
use super::stage::Stage;
use crate::jam::Tone;

/// Beats of a bar.
pub const BAR: f64 = 4.0;

/// The first bar line not before `beat`.
pub fn bar_line(beat: f64) -> f64 {
    ((beat - 1e-6) / BAR).ceil() * BAR
}

/// Calls a closure with the beat, where it takes one.
pub fn call(engine: &Engine, ast: &AST, body: &FnPtr, beat: f64) -> Outcome<Dynamic> {
    let own = ast.iter_functions().find(|function| function.name == body.fn_name());
    let takes = own.map(|function| function.params.len().saturating_sub(body.curry().len()));
    match takes {
        Some(0) => body.call(engine, ast, ()),
        _ => body.call(engine, ast, (beat,)),
    }
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
    let (stage_of, engine, script) = (stage.clone(), engine.clone(), script.clone());
    let run = move || {
        let context = Context::new(&stage_of, script, &plan.name, id, stop).enter();
        play(&context, &engine, &plan);
        stage_of.conductor.end(id);
    };
    let spawned = thread::Builder::new().name("script".into()).stack_size(limits::STACK).spawn(run);
    if let Err(cause) = spawned {
        stage.conductor.end(id);
        return fail(format!("no thread for another loop ({cause}); stop one with stop_loop(name)"));
    }
    Ok(())
}

fn play(context: &Context, engine: &Engine, plan: &LoopPlan) {
    let conductor = &context.stage.conductor;
    let Some(mut beat) = conductor.first(context.task()) else { return };
    let mut failures = 0;
    loop {
        context.begin(beat);
        let outcome = call(engine, &context.script.ast, &plan.body, beat);
        if context.is_stopped() {
            return;
        }
        let next = match outcome {
            Ok(_) if plan.period.is_none() && !context.has_waited() => {
                let what = "it has no wait(...) in it, so it would run without end";
                let error = ScriptError::new(&*context.script.name, what).or_at(plan.place);
                report(context, error, "stopped");
                return;
            }
            Ok(_) => {
                failures = 0;
                plan.period.map(|period| (beat + period).max(context.beat()))
            }
            Err(error) => {
                failures += 1;
                let again =
                    if failures < limits::FAILURES { "once more at the next bar" } else { "given up" };
                let error = ScriptError::from_eval(&context.script.name, &error).or_at(plan.place);
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
    let text = format!("{error} (loop \"{}\": {then}; the music goes on)", context.name);
    context.stage.say(Tone::Error, text);
}
