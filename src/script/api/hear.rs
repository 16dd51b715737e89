//! What comes from outside: controllers, notes, keys; and words for other programs.

use rhai::FnPtr;
use rhai::plugin::*;

/// What comes from outside: controllers, notes, keys; and words for other programs.
#[export_module]
pub mod functions {
    use rhai::{Array, Dynamic, FnPtr, INT, NativeCallContext};

    use super::super::number::whole;
    use super::listen;
    use crate::jam::{Argument, Intent};
    use crate::script::context::here;
    use crate::script::ear::Ear;
    use crate::script::error::{Outcome, fail};
    use crate::script::stage::Act;

    /// Calls the closure with the value, 0 to 127, when a MIDI controller moves: `on_cc(1, |value| { x = value / 127.0; })`.
    #[rhai_fn(return_raw)]
    pub fn on_cc(ctx: NativeCallContext, number: INT, body: FnPtr) -> Outcome<()> {
        let number = whole(number, "a controller", 0, 127)? as u8;
        listen(format!("on_cc {number}"), Ear::Control(number), body, ctx.call_position())
    }

    /// Calls the closure when a key of a MIDI instrument is struck: `on_note(|key, velocity| note("lead", key + 12, 0.5))`.
    #[rhai_fn(return_raw)]
    pub fn on_note(ctx: NativeCallContext, body: FnPtr) -> Outcome<()> {
        listen("on_note".to_owned(), Ear::Note, body, ctx.call_position())
    }

    /// Calls the closure when a key of the computer is pressed in the jam: `on_key("x", || hit("crash"))`. It then does
    /// this and nothing else as long as the script plays; `q`, `!`, `?`, `:`, `;` and the space bar stay what they are.
    #[rhai_fn(return_raw)]
    pub fn on_key(ctx: NativeCallContext, key: &str, body: FnPtr) -> Outcome<()> {
        let mut letters = key.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None)
                if !letter.is_whitespace() && !letter.is_control() && !"q!?:;\\".contains(letter) =>
            {
                listen(format!("on_key {key}"), Ear::Key(key.to_owned()), body, ctx.call_position())
            }
            _ => {
                fail(format!("on_key(\"{key}\"): it takes one letter, digit or sign other than q ! ? : ; \\"))
            }
        }
    }

    /// Where a MIDI controller was seen last, 0 to 127; 0 before it has moved.
    #[rhai_fn(return_raw, name = "cc")]
    pub fn cc_now(number: INT) -> Outcome<INT> {
        cc_or(number, 0)
    }

    /// Where a MIDI controller was seen last, 0 to 127; `otherwise` before it has moved.
    #[rhai_fn(return_raw, name = "cc")]
    pub fn cc_or(number: INT, otherwise: INT) -> Outcome<INT> {
        let number = whole(number, "a controller", 0, 127)? as u8;
        Ok(here()?.stage.control(number).map_or(otherwise, INT::from))
    }

    /// Sends an OSC message at the task's beat, where `--osc-out` names a receiver: `osc("/light", 0.5)`.
    #[rhai_fn(return_raw, name = "osc")]
    pub fn osc(address: &str, value: Dynamic) -> Outcome<()> {
        match value.clone().try_cast::<Array>() {
            Some(values) => osc_all(address, values),
            None => osc_all(address, vec![value]),
        }
    }

    /// Sends an OSC message without a value.
    #[rhai_fn(return_raw, name = "osc")]
    pub fn osc_bare(address: &str) -> Outcome<()> {
        osc_all(address, Array::new())
    }

    fn osc_all(address: &str, values: Array) -> Outcome<()> {
        if !address.starts_with('/') || address.len() > 256 || address.contains(char::is_whitespace) {
            return fail(format!(
                "osc(\"{address}\"): an address begins with a slash and has no blanks, as \"/light/1\""
            ));
        }
        if values.len() > 64 {
            return fail("osc(...): 64 values are the most of one message");
        }
        let argument = |value: Dynamic| -> Outcome<Argument> {
            Ok(match (value.as_int(), value.as_float(), value.as_bool()) {
                (Ok(whole), ..) => Argument::Int(whole.clamp(i32::MIN.into(), i32::MAX.into()) as i32),
                (_, Ok(number), _) => Argument::Float(number as f32),
                (.., Ok(on)) => Argument::Int(on.into()),
                _ => Argument::Text(value.to_string()),
            })
        };
        let arguments = values.into_iter().map(argument).collect::<Outcome<_>>()?;
        let intent = Intent::Tell { address: address.to_owned(), arguments };
        here()?.act(Act::Timed(intent))
    }
}

fn listen(
    name: String,
    ear: super::super::ear::Ear,
    closure: FnPtr,
    place: Position,
) -> super::super::error::Outcome<()> {
    use super::super::context::{Body, LoopPlan};
    super::super::runtime::start_loop(LoopPlan {
        name,
        body: Body::Hear(ear, closure),
        place,
        after: None,
        seed: None,
    })
}
