//! Damaged SoundFonts make the synthesiser panic: those panics are caught, and are no fault of the program.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// A constant without a destructor: reading it allocates nothing.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; false where it panicked. Costs nothing as long as it does not.
pub fn survives(work: impl FnOnce()) -> bool {
    let before = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work)).is_ok();
    GUARDED.set(before);
    done
}

/// True inside of work whose panic will be caught and told by other means: a panic hook keeps quiet about it.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_and_marked_while_it_lasts() {
        assert!(!is_guarded());
        let mut seen = false;
        assert!(survives(|| seen = is_guarded()));
        assert!(seen && !is_guarded());
        assert!(!survives(|| {
            let nothing: &[u8] = &[];
            assert!(nothing[std::hint::black_box(1)] > 0);
        }));
        assert!(!is_guarded());
    }
}
