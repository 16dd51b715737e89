//! The words of the language while one types: how a function is called, and how a name goes on.

use crate::script::reference::{Entry, known};

/// The line of the function called `name`: how it is called and what it does. Of several the one with the most
/// arguments that is not longer than the others have reason to be: the first of the reference.
pub fn line(name: &str) -> Option<(&'static str, &'static str)> {
    let all = known();
    let callable = |entry: &&Entry| entry.name == name;
    let entry = all.iter().filter(callable).max_by_key(|entry| entry.signature.matches(',').count())?;
    Some((&entry.signature, &entry.doc))
}

/// Names that begin with `start`, in order: functions of the language, words of rhai, and names in `text`.
pub fn completions(start: &str, text: &[String]) -> Vec<String> {
    if start.is_empty() {
        return Vec::new();
    }
    let own =
        text.iter().flat_map(|line| line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')));
    let functions = known().iter().map(|entry| entry.name.as_str());
    let library = ["chords", "scales", "euclid", "arrange"];
    let mut all: Vec<String> = own
        .chain(functions)
        .chain(KEYWORDS.iter().copied())
        .chain(library)
        .filter(|name| name.len() > start.len() && name.starts_with(start))
        .filter(|name| name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_'))
        .map(str::to_owned)
        .collect();
    all.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

/// True for functions of the language.
pub fn is_function(name: &str) -> bool {
    known().iter().any(|entry| entry.name == name)
}

/// Words of rhai itself.
pub const KEYWORDS: &[&str] = &[
    "let", "const", "if", "else", "switch", "for", "in", "while", "loop", "until", "do", "break", "continue",
    "return", "fn", "throw", "try", "catch", "import", "as", "export", "true", "false", "private", "this",
];

#[cfg(test)]
mod tests {
    use super::{completions, line};

    #[test]
    fn a_name_goes_on_as_functions_and_own_names_do() {
        let text = ["let euphoria = 1; // eu".to_owned()];
        let found = completions("eu", &text);
        assert!(found.contains(&"euclid".to_owned()) && found.contains(&"euphoria".to_owned()), "{found:?}");
        assert_eq!(completions("live_l", &[]), ["live_loop"]);
        assert!(completions("", &text).is_empty());
        assert_eq!(completions("chords::ch", &[]), ["chords::chord"]);
        assert!(completions("scales::", &[]).contains(&"scales::degree".to_owned()));
    }

    #[test]
    fn a_function_is_told_in_a_line() {
        let (signature, doc) = line("slerp").unwrap();
        assert!(signature.starts_with("slerp(a: Point") && doc.contains("arc"));
        assert!(line("euclid").unwrap().0.contains("sound"));
        assert!(line("nothing_of_that_name").is_none());
        assert_eq!(line("arrange::turn").unwrap().0, "arrange::turn(now, list, bars)");
    }
}
