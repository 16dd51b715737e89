//! Panics of the graphics library and its drivers: caught, told as errors, kept off the screen.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Once,
};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Stack of the threads that sessions are made on: the library walks its graphs recursively, a frame or two a node.
const STACK: usize = 256 << 20;

/// Runs `work`; a panic becomes the error `what: its words`.
pub fn survives<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, String> {
    hush();
    let before = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    done.map_err(|payload| {
        let words = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(text), _) => text,
            (_, Some(text)) => text.as_str(),
            _ => "no reason given",
        };
        // Validation errors run over many lines; the first two say what it is about.
        let words: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).take(2).collect();
        format!("{what}: {}", words.join(" "))
    })
}

/// As [`survives`], on a thread of its own with a stack that graphs of any length fit.
pub fn survives_deep<T: Send>(what: &str, work: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("gpu".to_owned()).stack_size(STACK);
        match builder.spawn_scoped(scope, || survives(what, work)) {
            Ok(thread) => thread.join().unwrap_or_else(|_| Err(format!("{what}: it broke off"))),
            Err(error) => Err(format!("{what}: the system gives no thread ({error})")),
        }
    })
}

/// True inside of work whose panic will be caught and told by other means: a panic hook keeps quiet about it.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Keeps guarded panics off the terminal; all others go where they went before.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !is_guarded() {
                usual(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::{is_guarded, survives, survives_deep};

    #[test]
    fn panics_become_errors_with_their_words_and_deep_work_fits() {
        let wrong = survives("a driver", || -> u8 { panic!("first\n\n  second\nthird") });
        assert_eq!(wrong.unwrap_err(), "a driver: first second");
        fn depth(n: u32) -> u64 {
            let wide = std::hint::black_box([u64::from(n); 64]);
            if n == 0 { wide[0] } else { depth(n - 1) + wide[n as usize % 64] }
        }
        assert!(survives_deep("walk", || depth(100_000)).is_ok());
        assert!(survives_deep("walk", || -> u8 { panic!("no") }).unwrap_err().contains("walk: no"));
        assert!(!is_guarded());
    }
}
