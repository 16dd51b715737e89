//! What is called and is not there: the calls that would fit, or the names that look like it.

use super::reference::{self, Entry};
use crate::model::like;

/// Calls told at most.
const MOST: usize = 4;

/// Why nothing answers the call `call`, as rhai writes one: `play (i64, &str | ImmutableString | String)`. What is said
/// is true of a script's own functions and of rhai's as well, of which nothing is known here.
pub fn function(call: &str) -> String {
    let (name, kinds) = call.split_once(" (").unwrap_or((call, ")"));
    let kinds = kinds.strip_suffix(')').unwrap_or(kinds);
    let kinds: Vec<&str> = kinds.split(", ").filter(|kind| !kind.is_empty()).map(kind).collect();
    if name.starts_with("anon$") {
        let given = kinds.len();
        let values = if given == 1 { "value" } else { "values" };
        return format!("a closure is handed {given} {values} here and takes another number of them");
    }
    if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        return match &kinds[..] {
            [one] => format!("`{name}` does not go before {one}"),
            many => format!("`{name}` does not go between {}", many.join(" and ")),
        };
    }
    let called = format!("{name}({})", kinds.join(", "));
    let known = reference::known();
    let signatures: Vec<&str> =
        known.iter().filter(|entry| entry.name == name).map(|entry| entry.signature.as_str()).collect();
    match &signatures[..] {
        [] => {
            let names = like(name, known.iter().filter(callable).map(|entry| entry.name.as_str()));
            let more = if names.is_empty() {
                "`mvae-tui help script` shows what is built in".to_owned()
            } else {
                format!("did you mean {}?", either(&names))
            };
            format!("nothing called {name} takes ({}); {more}", kinds.join(", "))
        }
        some if some.len() <= MOST => format!("{called} fits nothing of that name, such as {}", either(some)),
        [first, ..] => format!(
            "{called} fits nothing of that name, such as {first}; `mvae-tui help script {name}` shows all {}",
            signatures.len()
        ),
    }
}

/// Why there is no variable `name`.
pub fn variable(name: &str) -> String {
    // Who leaves out the parentheses means the function.
    let call = reference::known().iter().find(|entry| entry.name == name && callable(entry));
    let function =
        call.map_or(String::new(), |entry| format!("; the function is called {}", entry.signature));
    format!(
        "there is no variable {name} here: `let {name} = ...;` makes one for what comes after it in the same braces, \
         and a `fn` sees only what it is handed{function}"
    )
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
        assert!(told.starts_with("tempo(string) fits nothing of that name, such as tempo("), "{told}");
        let told = function("play (i64, ())");
        assert!(told.starts_with("play(int, nothing) fits nothing"), "{told}");
        for call in
            ["play(track, list: array)", "play(track, pattern: Pattern)", " or play(track, way: Path)"]
        {
            assert!(told.contains(call), "{told}");
        }
    }

    #[test]
    fn a_mistyped_name_is_told_the_near_ones_and_a_strange_one_where_to_look() {
        let told = function("priro (Model, i64)");
        assert_eq!(told, "nothing called priro takes (Model, int); did you mean prior?");
        let told = function("qqqqqqqqqqqqqqqq ()");
        assert!(told.starts_with("nothing called qqqqqqqqqqqqqqqq takes (); `mvae-tui help"), "{told}");
    }

    #[test]
    fn operators_and_closures_are_told_as_people_write_them() {
        assert_eq!(function("- (i64, ImmutableString)"), "`-` does not go between int and string");
        assert_eq!(function("! (i64)"), "`!` does not go before int");
        assert!(function("anon$9e82117842a878ea ()").starts_with("a closure is handed 0 values"));
    }

    #[test]
    fn a_variable_that_is_none_is_told_what_sees_which_or_that_it_is_a_function() {
        assert!(variable("x").ends_with("a `fn` sees only what it is handed"), "{}", variable("x"));
        assert!(variable("stop").ends_with("the function is called stop()"), "{}", variable("stop"));
    }
}
