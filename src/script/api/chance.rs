//! Chance that comes out the same every time.

use rhai::plugin::*;

/// Chance that comes out the same every time.
#[export_module]
pub mod functions {
    use rhai::{Array, Dynamic, FLOAT, INT};

    use super::super::number::within;
    use crate::script::context::here;
    use crate::script::error::{Outcome, fail};

    /// A number from 0 up to 1. Every loop has its own chance, which follows from the seed (see `seed`) and its name.
    #[rhai_fn(return_raw)]
    pub fn random() -> Outcome<FLOAT> {
        Ok(here()?.uniform())
    }

    /// A whole number from `least` to `most`, both included.
    #[rhai_fn(return_raw, name = "random")]
    pub fn random_whole(least: INT, most: INT) -> Outcome<INT> {
        if most < least {
            return fail(format!("random({least}, {most}): the first has to be the smaller one"));
        }
        let span = (most as i128 - least as i128 + 1) as u128;
        Ok((i128::from(least) + (u128::from(here()?.draw()) % span) as i128) as INT)
    }

    /// A number from `least` up to `most`.
    #[rhai_fn(return_raw, name = "random")]
    pub fn random_between(least: FLOAT, most: FLOAT) -> Outcome<FLOAT> {
        Ok(least + (most - least) * here()?.uniform())
    }

    /// True with this probability, 0 to 1: `if chance(0.25) { ... }`.
    #[rhai_fn(return_raw)]
    pub fn chance(probability: Dynamic) -> Outcome<bool> {
        let probability = within(&probability, "a probability", 0.0, 1.0)?;
        Ok(here()?.uniform() < probability)
    }

    /// One of the elements of an array.
    #[rhai_fn(return_raw)]
    pub fn choose(array: Array) -> Outcome<Dynamic> {
        if array.is_empty() {
            return fail("choose([]): there is nothing to choose from");
        }
        let at = here()?.draw() % array.len() as u64;
        Ok(array[at as usize].clone())
    }

    /// The elements of an array in another order.
    #[rhai_fn(return_raw)]
    pub fn shuffle(array: Array) -> Outcome<Array> {
        let context = here()?;
        let mut array = array;
        for at in (1..array.len()).rev() {
            array.swap(at, (context.draw() % (at as u64 + 1)) as usize);
        }
        Ok(array)
    }

    /// Begins chance anew from another seed: in the text of a script for that and for all loops that are defined after it,
    /// in a loop for that loop alone.
    #[rhai_fn(return_raw)]
    pub fn seed(number: INT) -> Outcome<()> {
        here()?.reseed(number as u64);
        Ok(())
    }
}
