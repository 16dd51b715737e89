//! What is called and is not there: the calls that would fit, or the names that look like it.

use super::reference::{self, Entry};
use crate::model::like;

/// Calls told at most.
const MOST: usize = 4;

/// Why nothing answers the call `call`, as rhai writes one: `play (i64, &str | ImmutableString | String)`.
pub fn function(call: &str) -> String {
    let (name, kinds) = call.split_once(" (").unwrap_or((call, ")"));
    let kinds: Vec<&str> = kinds.trim_end_matches(')').split(", ").map(kind).collect();
    let called = format!("{name}({})", kinds.join(", "));
    let known = reference::known();
    let signatures: Vec<&str> =
        known.iter().filter(|entry| entry.name == name).map(|entry| entry.signature.as_str()).collect();
    match &signatures[..] {
        [] => match &like(name, known.iter().filter(callable).map(|e| e.name.as_str()))[..] {
            [] => format!("there is no function {called}; `mvae-tui help script` shows all"),
            names => format!("there is no function {called}; did you mean {}?", either(names)),
        },
        some if some.len() <= MOST => {
            format!("{called} fits no function of that name: it takes {}", either(some))
        }
        [first, ..] => format!(
            "{called} fits none of {} functions of that name, such as {first}; `mvae-tui help script {name}` shows them",
            signatures.len()
        ),
    }
}

/// Why there is no variable `name`.
pub fn variable(name: &str) -> String {
    // Who leaves out the parentheses means the function.
    let call = reference::known().iter().find(|entry| entry.name == name && callable(entry));
    match call {
        Some(entry) => format!("there is no variable {name}; the function is called {}", entry.signature),
        None => format!("there is no variable {name} here; `let {name} = ...;` before this makes one"),
    }
}

fn callable(entry: &&Entry) -> bool {
    entry.signature.starts_with(&format!("{}(", entry.name))
}

/// A type of rhai in the words of the reference.
fn kind(name: &str) -> &str {
    match name {
        "i64" => "int",
        "f64" => "float",
        "Fn" => "closure",
        "()" => "nothing",
        text if text.contains("ImmutableString") => "string",
        other => other,
    }
}

/// `a`, `a or b`, `a, b or c`.
fn either(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::{function, variable};

    #[test]
    fn a_call_that_does_not_fit_is_told_how_it_would() {
        let told = function("tempo (&str | ImmutableString | String)");
        assert!(told.starts_with("tempo(string) fits no function of that name: it takes tempo("), "{told}");
        let told = function("play (i64, &str | ImmutableString | String)");
        assert!(told.starts_with("play(int, string) fits no"), "{told}");
        for call in
            ["play(track, list: array)", "play(track, pattern: Pattern)", " or play(track, way: Path)"]
        {
            assert!(told.contains(call), "{told}");
        }
    }

    #[test]
    fn a_mistyped_name_is_told_the_near_ones_and_a_strange_one_where_to_look() {
        let told = function("priro (Model, i64)");
        assert!(told.starts_with("there is no function priro(Model, int); did you mean "), "{told}");
        assert!(told.contains("prior"), "{told}");
        let told = function("qqqqqqqqqqqqqqqq ()");
        assert_eq!(told, "there is no function qqqqqqqqqqqqqqqq(); `mvae-tui help script` shows all");
    }

    #[test]
    fn a_variable_that_is_none_is_told_how_to_make_one_or_that_it_is_a_function() {
        assert_eq!(variable("x"), "there is no variable x here; `let x = ...;` before this makes one");
        assert!(variable("stop").contains("the function is called stop()"), "{}", variable("stop"));
    }
}
