//! Thumbnails: a pattern in a few braille cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::grid;
use crate::jam::kit;
use crate::music::pattern::Pattern;

/// Line of dots of each class, from the top, for thumbnails of one, two and three lines of cells.
const LINES: [[u8; kit::CLASSES as usize]; 3] = [
    // kick, snare, closed hat, open hat, low, mid, high tom, crash, ride
    [3, 2, 0, 0, 1, 1, 1, 0, 0],
    [7, 6, 2, 1, 5, 4, 3, 0, 0],
    [10, 9, 4, 3, 8, 7, 6, 1, 2],
];

/// Bits of the dots of a braille cell, by line and column.
const DOTS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// Draws `pattern` over all of `area`, the classes in `muted` left out.
pub fn draw(pattern: &Pattern, muted: u16, area: Rect, style: Style, buffer: &mut Buffer) {
    let height = area.height.min(LINES.len() as u16);
    let Some(lines) = usize::from(height).checked_sub(1).and_then(|at| LINES.get(at)) else { return };
    let columns = usize::from(area.width) * 2;
    let mut cells = vec![0u32; usize::from(area.width) * usize::from(height)];
    let steps = grid::hits(pattern);
    for (step, hits) in steps.iter().enumerate() {
        let column = step * columns / steps.len();
        for (class, _) in hits.iter().enumerate().filter(|&(class, hit)| *hit > 0 && muted >> class & 1 == 0)
        {
            let line = usize::from(lines[class]);
            let cell = line / 4 * usize::from(area.width) + column / 2;
            if let Some(cell) = cells.get_mut(cell) {
                *cell |= DOTS[line % 4][column % 2];
            }
        }
    }
    for (index, bits) in cells.into_iter().enumerate() {
        let (x, y) = (index as u16 % area.width, index as u16 / area.width);
        let glyph = char::from_u32(0x2800 + bits).unwrap_or(' ');
        if let Some(cell) = buffer.cell_mut((area.x + x, area.y + y)) {
            cell.set_char(glyph).set_style(style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::music::pattern::{Part, Pattern, PatternNote};
    use ratatui::{buffer::Buffer, layout::Rect, style::Style};

    fn picture(muted: u16, width: u16, height: u16) -> Vec<String> {
        let note = |start, pitch| PatternNote {
            start,
            length: 1,
            pitch,
            velocity: 80,
            part: Part::Drums,
            offset: 0.0,
        };
        let beat = (0..4).map(|i| note(4 * i, 36)).chain((0..16).map(|i| note(i, 42)));
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        draw(&Pattern::new(16, beat.collect()), muted, area, Style::default(), &mut buffer);
        (0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect()).collect()
    }

    #[test]
    fn the_kick_is_at_the_bottom_and_the_hat_at_the_top() {
        assert_eq!(picture(0, 8, 1), ["⡉⠉⡉⠉⡉⠉⡉⠉"]);
        assert_eq!(picture(0, 4, 1), ["⣉⣉⣉⣉"].map(|_| "⡉⡉⡉⡉"));
    }

    #[test]
    fn a_muted_class_leaves_the_picture() {
        assert_eq!(picture(1 << 2, 8, 1), ["⡀⠀⡀⠀⡀⠀⡀⠀"]);
    }
}
