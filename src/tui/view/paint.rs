//! Small strokes shared by the panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Columns of `text` on the screen.
pub fn width_of(text: &str) -> u16 {
    ratatui::text::Span::raw(text).width() as u16
}

/// A pen that writes from left to right on one line and stops at its end.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
}

impl<'a> Pen<'a> {
    /// A pen at the start of the first line of `area`. An empty area takes nothing.
    pub fn new(buffer: &'a mut Buffer, area: Rect) -> Self {
        let area = area.intersection(buffer.area);
        let end = if area.height == 0 { area.x } else { area.right() };
        Self { buffer, x: area.x, y: area.y, end }
    }

    /// Columns left.
    pub fn room(&self) -> u16 {
        self.end.saturating_sub(self.x)
    }

    /// Writes as much of `text` as fits.
    pub fn write(&mut self, text: &str, style: Style) -> &mut Self {
        if self.room() > 0 {
            (self.x, _) = self.buffer.set_stringn(self.x, self.y, text, usize::from(self.room()), style);
        }
        self
    }

    /// Writes `text` where all of it fits; true when it did.
    pub fn write_whole(&mut self, text: &str, style: Style) -> bool {
        let fits = width_of(text) <= self.room();
        if fits {
            self.write(text, style);
        }
        fits
    }

    /// Moves on without writing.
    pub fn skip(&mut self, columns: u16) -> &mut Self {
        self.x = (self.x + columns).min(self.end);
        self
    }

    /// Fills the line up to `columns` before its end.
    pub fn fill_to(&mut self, columns: u16, glyph: &str, style: Style) -> &mut Self {
        while self.room() > columns {
            self.write(glyph, style);
        }
        self
    }
}

/// `text` cut to `width` columns, with an ellipsis where something was cut.
pub fn cut(text: &str, width: u16) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for letter in text.chars() {
        if width_of(&out) + 2 > width {
            break;
        }
        out.push(letter);
    }
    if width > 0 {
        out.push('\u{2026}');
    }
    out
}

/// `text` in lines of at most `width` columns, broken at blanks; a word longer than a line is cut. At least one line.
pub fn wrap(text: &str, width: u16) -> Vec<String> {
    wrap_from(text, width, width)
}

/// As [`wrap`], with `first` columns for the first line.
pub fn wrap_from(text: &str, first: u16, width: u16) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut rest = word;
        while !rest.is_empty() {
            let width = if lines.len() == 1 { first } else { width };
            let Some(line) = lines.last_mut() else { break };
            let gap = u16::from(!line.is_empty());
            if width_of(line) + gap + width_of(rest) <= width {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(rest);
                break;
            }
            if gap == 1 {
                lines.push(String::new());
                continue;
            }
            // A word that no line holds, such as a path: it is broken where the line ends.
            let fits = |(at, letter): (usize, char)| {
                (width_of(&rest[..at + letter.len_utf8()]) > width).then_some(at)
            };
            let at = rest.char_indices().find_map(fits).unwrap_or(rest.len());
            let at = if at == 0 { rest.chars().next().map_or(rest.len(), char::len_utf8) } else { at };
            let (head, tail) = rest.split_at(at);
            line.push_str(head);
            rest = tail;
            if !rest.is_empty() {
                lines.push(String::new());
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{wrap, wrap_from};

    #[test]
    fn words_stay_whole_where_a_line_holds_them() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a /very/long/path b", 6), ["a", "/very/", "long/p", "ath b"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("ab", 0), ["a", "b"]);
        assert_eq!(wrap_from("one two three four", 4, 10), ["one", "two three", "four"]);
    }
}
