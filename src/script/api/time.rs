//! Beats, waiting, loops.

use rhai::plugin::*;

/// Beats, waiting, loops.
#[export_module]
pub mod functions {
    use rhai::{Dynamic, FLOAT, FnPtr, INT, NativeCallContext};

    use super::super::number::{number, within};
    use crate::script::context::{Body, LoopPlan, here};
    use crate::script::error::{Outcome, fail};
    use crate::script::runtime;
    use crate::script::task::BAR;

    /// So many 4/4 bars in beats: `wait(bars(2))`.
    #[rhai_fn(return_raw)]
    pub fn bars(count: Dynamic) -> Outcome<FLOAT> {
        Ok(number(&count, "a number of bars")? * BAR)
    }

    /// So many 16ths in beats: `wait(steps(3))`.
    #[rhai_fn(return_raw)]
    pub fn steps(count: Dynamic) -> Outcome<FLOAT> {
        Ok(number(&count, "a number of steps")? / 4.0)
    }

    /// The beat for which everything is meant that is played now, counted from 0.
    #[rhai_fn(return_raw)]
    pub fn beat() -> Outcome<FLOAT> {
        Ok(here()?.beat())
    }

    /// The bar of the beat, counted from 0.
    #[rhai_fn(return_raw)]
    pub fn bar() -> Outcome<INT> {
        Ok((here()?.beat() / BAR + 1e-6).floor() as INT)
    }

    /// Goes on so many beats later, on the beat of the music, however long the script computes: `wait(0.5)`.
    #[rhai_fn(return_raw)]
    pub fn wait(beats: Dynamic) -> Outcome<()> {
        runtime::wait(within(&beats, "a number of beats to wait", 0.0, 65_536.0)?)
    }

    /// Goes on at the next multiple of so many beats: `wait_for(bars(4))` waits for the next group of four bars.
    #[rhai_fn(return_raw)]
    pub fn wait_for(grid: Dynamic) -> Outcome<()> {
        let grid = within(&grid, "a grid of beats", 0.0625, 65_536.0)?;
        let beat = here()?.beat();
        let next = ((beat + 1e-6) / grid).floor() * grid + grid;
        runtime::wait(next - beat)
    }

    /// Calls the closure again and again, from the next bar on; it has to `wait`. A loop of the same name takes the
    /// place of its forerunner at the bar. The closure may take the beat: `live_loop("hats", |beat| { ... })`.
    #[rhai_fn(return_raw)]
    pub fn live_loop(ctx: NativeCallContext, name: &str, body: FnPtr) -> Outcome<()> {
        let place = ctx.call_position();
        let body = Body::Loop(body, None);
        runtime::start_loop(LoopPlan { name: name.to_owned(), body, place, after: None, seed: None })
    }

    /// Calls the closure every so many beats, with the beat: `every(bars(4), |beat| ...)`. The name that it goes by, for
    /// `stop_loop`, is given back.
    #[rhai_fn(return_raw)]
    pub fn every(ctx: NativeCallContext, beats: Dynamic, body: FnPtr) -> Outcome<String> {
        let period = within(&beats, "the beats between two calls", 0.0625, 65_536.0)?;
        let context = here()?;
        let defined = context.setup.borrow().as_ref().map_or(0, |setup| setup.loops.len());
        let name = format!("every {period} #{}", defined + 1);
        runtime::start_loop(LoopPlan {
            name: name.clone(),
            body: Body::Loop(body, Some(period)),
            place: ctx.call_position(),
            after: None,
            seed: None,
        })?;
        Ok(name)
    }

    /// Calls the closure at every bar, with the beat it begins at.
    #[rhai_fn(return_raw)]
    pub fn on_bar(ctx: NativeCallContext, body: FnPtr) -> Outcome<String> {
        every(ctx, Dynamic::from(BAR), body)
    }

    /// Ends the live loop of that name at the task's beat.
    #[rhai_fn(return_raw)]
    pub fn stop_loop(name: &str) -> Outcome<()> {
        let context = here()?;
        let me = context.task();
        if let Some(setup) = &mut *context.setup.borrow_mut() {
            setup.loops.retain(|plan| plan.name != name);
        }
        context.stage.conductor.retire(context.beat(), |id, other, _| other == name && id != me);
        if context.name == name {
            return fail(
                "a loop that ends itself: leave its closure with `return` and let another loop stop it",
            );
        }
        Ok(())
    }
}
