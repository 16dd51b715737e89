//! Frames: what is drawn, what stands on the terminal, and the cells that differ.
//!
//! ratatui's own terminal measures every letter of both buffers for each frame, which at 200x60 is a third of what playing
//! costs. Here only letters that have changed are measured.

use ratatui::backend::Backend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};

/// A terminal that is told what has changed since the last frame.
pub struct Frames<B: Backend> {
    backend: B,
    /// What stands on the terminal.
    shown: Buffer,
    /// What is being drawn.
    next: Buffer,
}

impl<B: Backend> Frames<B> {
    /// Frames for a terminal that is blank.
    ///
    /// # Errors
    /// Where the terminal does not say how large it is.
    pub fn new(backend: B) -> Result<Self, B::Error> {
        let area = Rect::from((Position::ORIGIN, backend.size()?));
        Ok(Self { backend, shown: Buffer::empty(area), next: Buffer::empty(area) })
    }

    /// Columns and lines of the terminal.
    ///
    /// # Errors
    /// As [`Frames::new`].
    pub fn size(&self) -> Result<Size, B::Error> {
        self.backend.size()
    }

    /// Wipes the terminal: the next frame draws everything anew.
    ///
    /// # Errors
    /// Where the terminal will not be written to.
    pub fn clear(&mut self) -> Result<(), B::Error> {
        self.backend.clear()?;
        self.shown.reset();
        Ok(())
    }

    /// Draws a frame; `paint` has a blank buffer of the terminal's size.
    ///
    /// # Errors
    /// As [`Frames::clear`].
    pub fn draw(&mut self, paint: impl FnOnce(Rect, &mut Buffer)) -> Result<(), B::Error> {
        let area = Rect::from((Position::ORIGIN, self.size()?));
        if area != self.next.area {
            self.next.resize(area);
            self.shown.resize(area);
            self.clear()?;
        }
        self.next.reset();
        paint(area, &mut self.next);
        self.backend.draw(changes(&self.shown, &self.next))?;
        self.backend.flush()?;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(())
    }
}

/// Columns of a cell's letter.
fn width(cell: &Cell) -> usize {
    let symbol = cell.symbol();
    if symbol.is_ascii() { 1 } else { ratatui::text::Span::raw(symbol).width().max(1) }
}

/// The cells that differ. What lies under the second half of a wide letter is not told: it would cut the letter in two;
/// and what lay under one that is gone is told anew.
fn changes<'a>(shown: &'a Buffer, next: &'a Buffer) -> impl Iterator<Item = (u16, u16, &'a Cell)> {
    let columns = usize::from(next.area.width.max(1));
    let (mut covered, mut bared) = (0, 0);
    next.content.iter().zip(&shown.content).enumerate().filter_map(move |(index, (new, old))| {
        if index % columns == 0 {
            (covered, bared) = (0, 0);
        }
        let (under, fresh) = (covered > 0, bared > 0);
        (covered, bared) = (usize::saturating_sub(covered, 1), usize::saturating_sub(bared, 1));
        let changed = new != old;
        // ASCII on both sides is narrow on both sides: nearly all cells end here.
        let narrow = new.symbol().is_ascii() && old.symbol().is_ascii();
        if !narrow && !under {
            covered = covered.max(width(new) - 1);
            if changed {
                bared = bared.max(width(old) - 1);
            }
        }
        let (x, y) = ((index % columns) as u16, (index / columns) as u16);
        ((changed || fresh) && !under).then_some((x, y, new))
    })
}

#[cfg(test)]
mod tests {
    use super::Frames;
    use ratatui::backend::CrosstermBackend;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

    /// What a terminal of 12 x 2 shows after each of the frames, drawn one over the other.
    fn shown(frames: &[[&str; 2]]) -> Vec<String> {
        let area = Rect::new(0, 0, 12, 2);
        let mut parser = vt100::Parser::new(2.try_into().unwrap(), 12.try_into().unwrap(), 0);
        let mut before = Buffer::empty(area);
        let draw = |lines: &[&str; 2]| {
            let mut next = Buffer::empty(area);
            for (y, line) in (0..).zip(lines) {
                next.set_string(0, y, line, Style::default().fg(Color::Red));
            }
            let mut bytes = Vec::new();
            let mut backend = CrosstermBackend::new(&mut bytes);
            ratatui::backend::Backend::draw(&mut backend, super::changes(&before, &next)).unwrap();
            before = next;
            parser.process(&bytes);
            parser.screen().contents().trim_end().to_owned()
        };
        frames.iter().map(draw).collect()
    }

    #[test]
    fn only_what_changes_is_told_and_wide_letters_are_neither_cut_nor_left_behind() {
        let frames = [
            ["abc", "second"],
            ["aXc", "second"],
            ["\u{65e5}\u{672c}x", "second"],
            ["\u{65e5}bcx", ""],
            ["ab \u{672c}", "\u{25ba} play"],
            ["abcdef", "\u{25ba} plays"],
        ];
        let wanted = frames.map(|[first, second]| format!("{first}\n{second}").trim_end().to_owned());
        assert_eq!(shown(&frames), wanted);
        let area = Rect::new(0, 0, 80, 24);
        let same = Buffer::with_lines(vec!["the same"; 24]);
        assert_eq!(super::changes(&same, &same).count(), 0);
        assert_eq!(super::changes(&Buffer::empty(area), &Buffer::empty(area)).count(), 0);
    }

    #[test]
    fn a_terminal_of_another_size_is_drawn_anew() {
        let backend = ratatui::backend::TestBackend::new(10, 2);
        let mut frames = Frames::new(backend).unwrap();
        let text = |area: Rect, buffer: &mut Buffer| {
            buffer.set_string(0, 0, format!("{} x {}", area.width, area.height), Style::default());
        };
        frames.draw(text).unwrap();
        frames.backend.assert_buffer_lines(["10 x 2    ", "          "]);
        frames.backend.resize(12, 1);
        frames.draw(text).unwrap();
        frames.backend.assert_buffer_lines(["12 x 1      "]);
        frames.clear().unwrap();
        frames.draw(text).unwrap();
        frames.backend.assert_buffer_lines(["12 x 1      "]);
    }
}
