//! What stands where in the text of a script: blocks, words, calls. Columns are letters, counted from 0.

use std::ops::Range;

/// Lines of the block around line `row`: what stands between blank lines, and whole pairs of braces.
///
/// A line that opens braces is a block with everything up to where they close, so that a loop with blank lines in it is
/// still one.
pub fn block(lines: &[String], row: usize) -> Range<usize> {
    let mut start = 0;
    let mut depth = 0i32;
    for (at, line) in lines.iter().enumerate() {
        if line.trim().is_empty() && depth <= 0 {
            if at >= row && at > start {
                return start..at;
            }
            start = at + 1;
        }
        depth = (depth + balance(line)).max(0);
    }
    start.min(lines.len())..lines.len()
}

/// Brackets opened in a line less those closed, strings and comments left out.
pub fn balance(line: &str) -> i32 {
    let mut depth = 0;
    for (_, letter) in code(line) {
        match letter {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
    }
    depth
}

/// The letters of a line that are no string and no comment, with their columns.
fn code(line: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut escaped = false;
    let mut before = ' ';
    let mut over = false;
    line.chars().enumerate().filter(move |(_, letter)| {
        let letter = *letter;
        if over {
            return false;
        }
        if let Some(end) = quote {
            if !escaped && letter == end {
                quote = None;
            }
            escaped = letter == '\\' && !escaped;
            return false;
        }
        if letter == '"' || letter == '`' {
            quote = Some(letter);
            escaped = false;
            return false;
        }
        over = letter == '/' && before == '/';
        before = letter;
        !over
    })
}

/// True for letters of names.
fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The column at which the name that ends at `column` begins, and the name with its module (`chords::ch`); empty where
/// there is none.
pub fn word_before(line: &str, column: usize) -> (usize, String) {
    let letters: Vec<char> = line.chars().take(column).collect();
    let begin =
        |end: usize| letters[..end].iter().rposition(|letter| !is_word(*letter)).map_or(0, |at| at + 1);
    let mut start = begin(letters.len());
    if letters[..start].ends_with(&[':', ':']) && begin(start - 2) < start - 2 {
        start = begin(start - 2);
    }
    (start, letters[start..].iter().collect())
}

/// The name of the function whose arguments are written at `column`, or the name that ends there.
pub fn call_at(line: &str, column: usize) -> Option<String> {
    let letters: Vec<(usize, char)> = code(line).filter(|(at, _)| *at < column).collect();
    let mut closed = 0;
    for (at, letter) in letters.iter().rev() {
        match letter {
            ')' | ']' | '}' => closed += 1,
            '(' if closed == 0 => {
                let (_, name) = word_before(line, *at);
                return Some(name).filter(|name| !name.is_empty());
            }
            '(' | '[' | '{' => closed -= i32::from(closed > 0),
            _ => {}
        }
    }
    let (_, name) = word_before(line, column);
    Some(name).filter(|name| !name.is_empty() && !name.starts_with(|letter: char| letter.is_ascii_digit()))
}

/// Blanks that the line after `line` begins with: as many as it has, four more where it opens braces.
pub fn indent(line: &str) -> usize {
    let own = line.chars().take_while(|letter| *letter == ' ').count();
    own + if balance(line) > 0 { 4 } else { 0 }
}

/// The lines with `//` before each, or without where every one of them has it. Blank lines stay.
pub fn comment(lines: &[String]) -> Vec<String> {
    let all =
        lines.iter().filter(|line| !line.trim().is_empty()).all(|line| line.trim_start().starts_with("//"));
    let change = |line: &String| {
        let blanks = line.len() - line.trim_start().len();
        let (before, rest) = line.split_at(blanks);
        match rest.strip_prefix("// ").or(rest.strip_prefix("//")).filter(|_| all) {
            Some(bare) => format!("{before}{bare}"),
            None if rest.is_empty() || all => line.clone(),
            None => format!("{before}// {rest}"),
        }
    };
    lines.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_block_is_what_stands_between_blank_lines_and_braces_hold_together() {
        let text = lines(
            "let a = 1;\nlet b = 2;\n\nlive_loop(\"x\", || {\n    hit(\"kick {\");\n\n    wait(1);\n});\nwait(4);\n\nstop();",
        );
        assert_eq!([0, 1].map(|row| block(&text, row)), [0..2, 0..2]);
        assert_eq!([3, 5, 8].map(|row| block(&text, row)), [3..9, 3..9, 3..9]);
        assert_eq!(block(&text, 10), 10..11);
        assert_eq!(block(&text, 2), 0..2, "a blank line belongs to what stands above it");
    }

    #[test]
    fn the_call_being_written_is_found_inside_of_others_and_not_in_strings() {
        assert_eq!(call_at("play(\"drums\", slerp(a, b", 23).as_deref(), Some("slerp"));
        assert_eq!(call_at("play(\"drums\", slerp(a, b, 0.5), ", 32).as_deref(), Some("play"));
        assert_eq!(call_at("note(\"(\", c4", 12).as_deref(), Some("note"));
        assert_eq!(call_at("let a = eucl", 12).as_deref(), Some("eucl"));
        assert_eq!(call_at("let a = 12", 10), None);
        assert_eq!(call_at("", 0), None);
    }

    #[test]
    fn comments_come_and_go() {
        let text = lines("a();\n\n    b();");
        let with = comment(&text);
        assert_eq!(with, ["// a();", "", "    // b();"]);
        assert_eq!(comment(&with), text);
    }

    #[test]
    fn what_is_opened_is_indented() {
        assert_eq!((indent("    loop {"), indent("  a();"), indent("// {")), (8, 2, 0));
    }
}
