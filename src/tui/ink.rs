//! Ink: the bytes that make a terminal show what has changed.
//!
//! A command that moves the cursor to line and column for every run of changed cells, and one that sets both colours
//! wherever one differs, made 23 kB of a frame in which the roll moves on: every dot of its grid is a run. Here the few
//! cells between two runs are written once more where that is shorter, only what differs is set, and nobody asks which
//! colour a blank would have.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// Most unchanged cells that are written once more: a move over them takes four bytes.
const GAP: usize = 4;

/// Modifiers that show on a blank, in its letter's colour.
const SEEN_ON_BLANKS: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::CROSSED_OUT);

/// How the terminal would draw the next letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    /// As it is after a reset.
    const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    /// True where `cell` looks as it should when it is written as things are.
    fn suits(&self, cell: &Cell) -> bool {
        self.bg == cell.bg
            && self.modifier == cell.modifier
            && (self.fg == cell.fg || cell.symbol() == " " && !self.modifier.intersects(SEEN_ON_BLANKS))
    }
}

/// Writes frames as bytes; keeps its buffer from frame to frame.
#[derive(Debug, Default)]
pub struct Ink {
    bytes: Vec<u8>,
}

impl Ink {
    /// What makes a terminal that shows `shown` show `next`, a buffer of the same size; nothing where they are the same.
    /// Expects the terminal's colours reset, and leaves them so.
    pub fn frame(&mut self, shown: &Buffer, next: &Buffer) -> &[u8] {
        self.bytes.clear();
        let mut pen = Pen::PLAIN;
        let columns = usize::from(next.area.width.max(1));
        let lines = next.content.chunks(columns).zip(shown.content.chunks(columns));
        for (y, (new, old)) in (0..).zip(lines) {
            self.line(y, old, new, &mut pen);
        }
        if pen != Pen::PLAIN {
            self.bytes.extend_from_slice(b"\x1b[m");
        }
        &self.bytes
    }

    /// Writes the cells of line `y` that differ. What lies under the second half of a wide letter is not written: it
    /// would cut the letter in two; and what lay under one that is gone is written anew.
    fn line(&mut self, y: u16, old: &[Cell], new: &[Cell], pen: &mut Pen) {
        // Columns that follow under the second half of a wide letter, now and before, and those that one leaves bare.
        let (mut covered, mut hidden, mut bared) = (0usize, 0usize, 0usize);
        let mut at = None;
        for (x, (now, before)) in new.iter().zip(old).enumerate() {
            let (under, was_under, fresh) = (covered > 0, hidden > 0, bared > 0);
            covered = covered.saturating_sub(1);
            hidden = hidden.saturating_sub(1);
            bared = bared.saturating_sub(1);
            let changed = differ(now, before);
            // Narrow on both sides: nearly all cells end here.
            if !(is_narrow(now.symbol()) && is_narrow(before.symbol())) {
                if !under {
                    covered = width(now) - 1;
                }
                if !was_under {
                    hidden = width(before) - 1;
                    if changed || under {
                        bared = bared.max(hidden);
                    }
                }
            }
            if under || !(changed || fresh) {
                continue;
            }
            self.go(y, at, x, *pen, new);
            self.dip(pen, now);
            self.bytes.extend_from_slice(now.symbol().as_bytes());
            // Behind the last column terminals differ in where the cursor is.
            at = Some(x + 1 + covered).filter(|end| *end < new.len());
        }
    }

    /// Brings the cursor from column `at` of line `y` (`None`: from elsewhere) to column `to`.
    fn go(&mut self, y: u16, at: Option<usize>, to: usize, pen: Pen, line: &[Cell]) {
        let Some(between) = at.and_then(|from| line.get(from..to)) else {
            self.bytes.extend_from_slice(b"\x1b[");
            self.number(y + 1);
            self.bytes.push(b';');
            self.number(to as u16 + 1);
            self.bytes.push(b'H');
            return;
        };
        // A letter that may be wide is no filling: the cell behind it is not to be written.
        let filling = |cell: &Cell| is_narrow(cell.symbol()) && pen.suits(cell);
        if between.len() <= GAP && between.iter().all(filling) {
            between.iter().for_each(|cell| self.bytes.extend_from_slice(cell.symbol().as_bytes()));
            return;
        }
        self.bytes.extend_from_slice(b"\x1b[");
        if between.len() > 1 {
            self.number(between.len() as u16);
        }
        self.bytes.push(b'C');
    }

    /// Makes `pen` what `cell` is written with.
    fn dip(&mut self, pen: &mut Pen, cell: &Cell) {
        if pen.suits(cell) {
            return;
        }
        self.bytes.extend_from_slice(b"\x1b[");
        let start = self.bytes.len();
        if pen.modifier != cell.modifier {
            // There is no one sequence for taking one away that all terminals know.
            self.bytes.push(b'0');
            *pen = Pen { modifier: cell.modifier, ..Pen::PLAIN };
            for (bit, code) in (0..9).zip(b'1'..) {
                if cell.modifier.bits() >> bit & 1 == 1 {
                    self.bytes.extend_from_slice(&[b';', code]);
                }
            }
        }
        for (is, wanted, code) in [(&mut pen.fg, cell.fg, 38), (&mut pen.bg, cell.bg, 48)] {
            if *is != wanted {
                *is = wanted;
                if self.bytes.len() > start {
                    self.bytes.push(b';');
                }
                self.colour(wanted, code);
            }
        }
        self.bytes.push(b'm');
    }

    /// A colour as the parameters of a sequence: `code` is 38 for letters, 48 for the ground.
    fn colour(&mut self, colour: Color, code: u16) {
        let index = match colour {
            Color::Reset => return self.number(code + 1),
            Color::Rgb(r, g, b) => {
                self.number(code);
                self.bytes.extend_from_slice(b";2");
                for part in [r, g, b] {
                    self.bytes.push(b';');
                    self.number(u16::from(part));
                }
                return;
            }
            Color::Indexed(index) => index,
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 8,
            Color::LightRed => 9,
            Color::LightGreen => 10,
            Color::LightYellow => 11,
            Color::LightBlue => 12,
            Color::LightMagenta => 13,
            Color::LightCyan => 14,
            Color::White => 15,
        };
        self.number(code);
        self.bytes.extend_from_slice(b";5;");
        self.number(u16::from(index));
    }

    fn number(&mut self, number: u16) {
        if number >= 10 {
            self.number(number / 10);
        }
        self.bytes.push(b'0' + (number % 10) as u8);
    }
}

/// True for letters that are known to take one column without measuring them: ASCII, the signs of Latin-1, and of what
/// the screen is drawn with the box drawing, the blocks (U+2500 to U+25BF) and braille.
fn is_narrow(symbol: &str) -> bool {
    matches!(symbol.as_bytes(), [_] | [0xc2, _] | [0xe2, 0x94..=0x96 | 0xa0..=0xa3, _])
}

/// Columns of a cell's letter.
fn width(cell: &Cell) -> usize {
    let symbol = cell.symbol();
    if is_narrow(symbol) { 1 } else { ratatui::text::Span::raw(symbol).width().max(1) }
}

/// True where two cells do not look the same. Whose colour a blank would have is nobody's concern.
fn differ(one: &Cell, other: &Cell) -> bool {
    one.bg != other.bg
        || one.modifier != other.modifier
        || one.symbol() != other.symbol()
        || one.fg != other.fg && (one.symbol() != " " || one.modifier.intersects(SEEN_ON_BLANKS))
}

#[cfg(test)]
mod tests {
    use super::Ink;
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Modifier, Style};

    /// The colour of a cell as the terminal has it.
    fn seen(colour: vt100::Color) -> Color {
        match colour {
            vt100::Color::Default => Color::Reset,
            vt100::Color::Idx(index) => Color::Indexed(index),
            vt100::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
        }
    }

    /// True where the terminal shows `buffer`, letters, colours and all.
    fn shows(screen: &vt100::Screen, buffer: &Buffer) -> Result<(), String> {
        for y in 0..buffer.area.height {
            let mut covered = 0;
            for x in 0..buffer.area.width {
                let (cell, there) = (&buffer[(x, y)], screen.cell(y, x).unwrap());
                if covered > 0 {
                    covered -= 1;
                    continue;
                }
                covered = super::width(cell) - 1;
                let letter = if there.has_contents() { there.contents() } else { " " };
                let modifier = [
                    (there.bold(), Modifier::BOLD),
                    (there.underline(), Modifier::UNDERLINED),
                    (there.inverse(), Modifier::REVERSED),
                ];
                let modifier = modifier.iter().fold(
                    Modifier::empty(),
                    |all, (on, one)| {
                        if *on { all | *one } else { all }
                    },
                );
                let blank = cell.symbol() == " " && !modifier.intersects(super::SEEN_ON_BLANKS);
                let same = letter == cell.symbol()
                    && modifier == cell.modifier
                    && seen(there.bgcolor()) == cell.bg
                    && (blank || seen(there.fgcolor()) == cell.fg);
                if !same {
                    return Err(format!("{x},{y}: {there:?} is not {cell:?}"));
                }
            }
        }
        Ok(())
    }

    const LETTERS: [&str; 6] = [" ", "a", "b", "\u{b7}", "\u{2588}", "\u{65e5}"];
    const COLOURS: [Color; 4] =
        [Color::Reset, Color::Rgb(7, 100, 255), Color::Indexed(3), Color::Indexed(200)];

    fn look() -> impl Strategy<Value = (usize, Style)> {
        // Mostly the same look, as on a screen: runs are what is to be tried.
        let one_of = |n: usize| prop_oneof![4 => Just(0), 1 => 0..n];
        (0..LETTERS.len(), one_of(4), one_of(4), one_of(4)).prop_map(|(letter, fg, bg, modifier)| {
            let modifiers = [Modifier::empty(), Modifier::BOLD, Modifier::UNDERLINED, Modifier::REVERSED];
            let style = Style::default().fg(COLOURS[fg]).bg(COLOURS[bg]);
            (letter, style.add_modifier(modifiers[modifier]))
        })
    }

    proptest! {
        #[test]
        fn a_terminal_shows_what_was_drawn_whatever_it_showed_before(
            frames in prop::collection::vec(prop::collection::vec(prop::option::weighted(0.6, look()), 24 * 3), 1..5)
        ) {
            let area = Rect::new(0, 0, 24, 3);
            let mut terminal = vt100::Parser::new(3.try_into().unwrap(), 24.try_into().unwrap(), 0);
            let (mut ink, mut shown) = (Ink::default(), Buffer::empty(area));
            for looks in frames {
                let mut next = shown.clone();
                for (at, look) in looks.iter().enumerate() {
                    let (x, y) = (at as u16 % 24, at as u16 / 24);
                    // A wide letter in the last column has no room.
                    if let Some((letter, style)) = look.filter(|look| look.0 < 5 || x < 23) {
                        next.set_string(x, y, LETTERS[letter], style);
                    }
                }
                terminal.process(ink.frame(&shown, &next));
                prop_assert_eq!(shows(terminal.screen(), &next), Ok(()));
                prop_assert!(ink.frame(&next, &next).is_empty());
                shown = next;
            }
        }
    }

    #[test]
    fn letters_that_are_not_measured_take_one_column() {
        let all = (0..0x3000).filter_map(char::from_u32).filter(|letter| !letter.is_control());
        let mut unmeasured = 0;
        for letter in all.map(String::from).filter(|letter| super::is_narrow(letter)) {
            // The soft hyphen is the one that is measured as none.
            assert!(ratatui::text::Span::raw(&letter).width() == 1 || letter == "\u{ad}", "{letter:?}");
            unmeasured += 1;
        }
        assert!(unmeasured > 500);
    }

    #[test]
    fn runs_that_are_near_are_written_as_one_and_a_blank_takes_any_colour() {
        let area = Rect::new(0, 0, 20, 2);
        let (shown, mut next) = (Buffer::empty(area), Buffer::empty(area));
        let style = Style::default().fg(Color::Rgb(1, 2, 3));
        for x in [1, 4, 16] {
            next.set_string(x, 1, "x", style);
        }
        next.set_string(0, 0, "    ", style);
        let bytes = Ink::default().frame(&shown, &next).to_vec();
        assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[2;2H\x1b[38;2;1;2;3mx  x\x1b[11Cx\x1b[m");
    }
}
