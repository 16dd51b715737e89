//! The colours of a line of code.

use super::words::{KEYWORDS, is_function};

/// What a stretch of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Names and signs.
    Plain,
    /// Words of rhai.
    Keyword,
    /// Functions of the language.
    Function,
    /// Text in quotes.
    Text,
    /// Numbers.
    Number,
    /// What is for people only.
    Comment,
}

impl Ink {
    /// The scope of the theme that it is drawn with.
    pub fn scope(self) -> &'static str {
        match self {
            Self::Plain => "ui",
            Self::Keyword => "ui.key",
            Self::Function => "header.name",
            Self::Text => "header.beat",
            Self::Number => "note.bass",
            Self::Comment => "ui.faint",
        }
    }
}

/// The ink of every letter of `line`.
pub fn inks(line: &str) -> Vec<Ink> {
    let letters: Vec<char> = line.chars().collect();
    let mut inks = vec![Ink::Plain; letters.len()];
    let mut at = 0;
    while at < letters.len() {
        let start = at;
        let ink = match letters[at] {
            '/' if letters.get(at + 1) == Some(&'/') => {
                at = letters.len();
                Ink::Comment
            }
            quote @ ('"' | '`') => {
                at += 1;
                while at < letters.len() && letters[at] != quote {
                    at += 1 + usize::from(letters[at] == '\\');
                }
                at = (at + 1).min(letters.len());
                Ink::Text
            }
            letter if letter.is_ascii_digit() => {
                let more = |letter: &char| letter.is_ascii_digit() || matches!(letter, '.' | '_');
                while letters.get(at).is_some_and(more) && !letters[at..].starts_with(&['.', '.']) {
                    at += 1;
                }
                at = at.max(start + 1);
                Ink::Number
            }
            letter if letter.is_alphabetic() || letter == '_' => {
                while letters.get(at).is_some_and(|letter| letter.is_alphanumeric() || *letter == '_') {
                    at += 1;
                }
                let word: String = letters[start..at].iter().collect();
                match word.as_str() {
                    word if KEYWORDS.contains(&word) => Ink::Keyword,
                    word if is_function(word) => Ink::Function,
                    _ => Ink::Plain,
                }
            }
            _ => {
                at += 1;
                Ink::Plain
            }
        };
        inks[start..at].fill(ink);
    }
    inks
}

#[cfg(test)]
mod tests {
    use super::{Ink, inks};

    #[test]
    fn every_letter_has_its_ink() {
        let line = "let a = hit(\"x\\\"// y\", 0..8); // loop 1";
        let inks = inks(line);
        assert_eq!(inks.len(), line.chars().count());
        let at = |text: &str| inks[line.find(text).unwrap()];
        assert_eq!(
            (at("let"), at("hit"), at("// y"), at("0.."), at("..8")),
            (Ink::Keyword, Ink::Function, Ink::Text, Ink::Number, Ink::Plain)
        );
        assert_eq!((at("// loop"), at("loop"), at("a =")), (Ink::Comment, Ink::Comment, Ink::Plain));
        assert_eq!(super::inks("\"open").last(), Some(&Ink::Text));
        assert_eq!(super::inks("\"\\").len(), 2);
    }
}
