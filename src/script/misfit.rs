//! What is called and is not there: the calls that would fit, or the names that look like it.

use rhai::AST;

use super::reference;
use crate::model::like;

/// Calls told at most.
const MOST: usize = 4;

/// Why nothing answers the call `call`, as rhai writes one: `play (i64, &str | ImmutableString | String)`. The functions
/// that the script has itself, those of `ast`, come before those that are built in. What is said is true of rhai's own as
/// well, of which nothing is known here.
pub fn function(call: &str, ast: &AST) -> String {
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
    let built_in = reference::known();
    let own: Vec<(&str, String)> = ast
        .iter_functions()
        .filter(|own| !own.name.starts_with("anon$"))
        .map(|own| (own.name, format!("{}({})", own.name, own.params.join(", "))))
        .collect();
    let all = || {
        let built_in = built_in.iter().map(|entry| (entry.name.as_str(), entry.signature.as_str()));
        own.iter().map(|(name, signature)| (*name, signature.as_str())).chain(built_in)
    };
    let signatures: Vec<&str> =
        all().filter(|(known, _)| *known == name).map(|(_, signature)| signature).collect();
    match &signatures[..] {
        [] => {
            let names = like(name, all().filter(callable).map(|(name, _)| name));
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
    let call = reference::known()
        .iter()
        .map(|entry| (entry.name.as_str(), entry.signature.as_str()))
        .find(|entry| entry.0 == name && callable(entry));
    let function =
        call.map_or(String::new(), |(_, signature)| format!("; the function is called {signature}"));
    format!(
        "there is no variable {name} here: `let {name} = ...;` makes one for what comes after it in the same braces, \
         and a `fn` sees only what it is handed{function}"
    )
}

/// Whether a name with its signature is called by that name: properties and operators are not.
fn callable((name, signature): &(&str, &str)) -> bool {
    signature.strip_prefix(name).is_some_and(|rest| rest.starts_with('('))
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
    use rhai::{AST, Engine};

    use super::variable;

    fn function(call: &str) -> String {
        super::function(call, &AST::empty())
    }

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
    fn the_script_s_own_functions_are_among_the_near_ones() {
        let ast = Engine::new().compile("fn verse(bars, level) {} let f = || 1;").unwrap();
        let told = super::function("vrse (i64)", &ast);
        assert_eq!(told, "nothing called vrse takes (int); did you mean verse?");
        let told = super::function("verse (i64)", &ast);
        assert_eq!(told, "verse(int) fits nothing of that name, such as verse(bars, level)");
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
