//! Frames: what is drawn, what stands on the terminal, and the bytes that make one the other.
//!
//! ratatui's own terminal measures every letter of both buffers for each frame, which at 200x60 was a third of what playing
//! costs, and asks the terminal where its cursor is: the answer would come in by standard input, which belongs to the input
//! thread. Here only letters that have changed are measured, and nothing is asked.

use std::io::{self, Write};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ink::Ink;

/// A terminal that is told what has changed since the last frame.
pub struct Frames<W: Write> {
    out: W,
    ink: Ink,
    /// What stands on the terminal.
    shown: Buffer,
    /// What is being drawn.
    next: Buffer,
}

impl<W: Write> Frames<W> {
    /// Frames for a terminal that is blank.
    pub fn new(out: W) -> Self {
        Self { out, ink: Ink::default(), shown: Buffer::default(), next: Buffer::default() }
    }

    /// Wipes the terminal: the next frame draws everything anew.
    ///
    /// # Errors
    /// Where the terminal will not be written to.
    pub fn clear(&mut self) -> io::Result<()> {
        self.out.write_all(b"\x1b[m\x1b[2J")?;
        self.shown.reset();
        Ok(())
    }

    /// Draws a frame on a terminal of `area`; `paint` has a blank buffer of that size.
    ///
    /// # Errors
    /// As [`Frames::clear`].
    pub fn draw(&mut self, area: Rect, paint: impl FnOnce(&mut Buffer)) -> io::Result<()> {
        if area != self.next.area {
            self.next.resize(area);
            self.shown.resize(area);
            self.clear()?;
        }
        self.next.reset();
        paint(&mut self.next);
        self.out.write_all(self.ink.frame(&self.shown, &self.next))?;
        self.out.flush()?;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Frames;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    /// What a terminal of `columns` shows after the frames of as many lines.
    fn shown(columns: u16, bytes: &[u8]) -> String {
        let mut parser = vt100::Parser::new(2.try_into().unwrap(), columns.try_into().unwrap(), 0);
        parser.process(bytes);
        parser.screen().contents()
    }

    #[test]
    fn only_what_changes_is_told_and_wide_letters_are_neither_cut_nor_left_behind() {
        let all = [
            ["abc", "second"],
            ["aXc", "second"],
            ["\u{65e5}\u{672c}x", "second"],
            ["\u{65e5}bcx", ""],
            ["ab \u{672c}", "\u{25ba} play"],
            ["abcdef", "\u{25ba} plays"],
        ];
        let mut frames = Frames::new(Vec::new());
        for lines in all {
            frames
                .draw(Rect::new(0, 0, 12, 2), |buffer| {
                    (0..).zip(lines).for_each(|(y, line)| buffer.set_string(0, y, line, Style::default()));
                })
                .unwrap();
            assert_eq!(shown(12, &frames.out).trim_end(), lines.join("\n").trim_end());
        }
    }

    #[test]
    fn a_terminal_of_another_size_or_one_that_is_wiped_is_drawn_anew() {
        let mut frames = Frames::new(Vec::new());
        for (columns, wipes) in [(10, false), (12, false), (12, true)] {
            frames.out.clear();
            if wipes {
                frames.clear().unwrap();
            }
            let area = Rect::new(0, 0, columns, 1);
            let text = format!("{columns} columns");
            frames.draw(area, |buffer| buffer.set_string(0, 0, &text, Style::default())).unwrap();
            assert!(String::from_utf8_lossy(&frames.out).contains("\x1b[2J"));
            assert_eq!(shown(columns, &frames.out), text);
            frames.out.clear();
            frames.draw(area, |buffer| buffer.set_string(0, 0, &text, Style::default())).unwrap();
            assert!(frames.out.is_empty(), "the same again is nothing new");
        }
    }
}
