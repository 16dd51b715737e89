//! Thumbnails: a pattern in a few braille cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::grid;
use crate::jam::kit;
use crate::music::pattern::{Part, Pattern};

/// Line of dots of each class, from the top, for thumbnails of one, two and three lines of cells.
const LINES: [[u8; kit::CLASSES as usize]; 3] = [
    // kick, snare, closed hat, open hat, low, mid, high tom, crash, ride
    [3, 2, 0, 0, 1, 1, 1, 0, 0],
    [7, 6, 2, 1, 5, 4, 3, 0, 0],
    [10, 9, 4, 3, 8, 7, 6, 1, 2],
];

/// Bits of the dots of a braille cell, by line and column.
const DOTS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// Dots on cells of two columns and four lines each.
struct Dots {
    width: u16,
    cells: Vec<u32>,
}

impl Dots {
    fn new(area: Rect) -> Self {
        Self { width: area.width, cells: vec![0; usize::from(area.width) * usize::from(area.height)] }
    }

    fn set(&mut self, column: usize, line: usize) {
        let cell = line / 4 * usize::from(self.width) + column / 2;
        if let Some(cell) = self.cells.get_mut(cell) {
            *cell |= DOTS[line % 4][column % 2];
        }
    }

    fn draw(self, area: Rect, style: Style, buffer: &mut Buffer) {
        for (index, bits) in self.cells.into_iter().enumerate() {
            let (x, y) = (index as u16 % self.width, index as u16 / self.width);
            let glyph = char::from_u32(0x2800 + bits).unwrap_or(' ');
            if let Some(cell) = buffer.cell_mut((area.x + x, area.y + y)) {
                cell.set_char(glyph).set_style(style);
            }
        }
    }
}

/// Draws `pattern` over all of `area`, the drum classes in `muted` left out: notes by their height, drums by their
/// class, below the notes where there are both.
pub fn draw(pattern: &Pattern, muted: u16, area: Rect, style: Style, buffer: &mut Buffer) {
    if area.width == 0 || area.height == 0 || pattern.steps == 0 {
        return;
    }
    let tuned = pattern.notes.iter().any(|note| note.part != Part::Drums);
    let mut dots = Dots::new(area);
    if !tuned {
        let height = area.height.min(LINES.len() as u16);
        drums(pattern, muted, usize::from(height), 0, &mut dots);
        return dots.draw(area, style, buffer);
    }
    let beaten = pattern.notes.iter().any(|note| note.part == Part::Drums) && area.height > 1;
    let lines = usize::from(area.height) - usize::from(beaten);
    notes(pattern, lines * 4, &mut dots);
    if beaten {
        drums(pattern, muted, 1, lines * 4, &mut dots);
    }
    dots.draw(area, style, buffer);
}

/// Sets the dots of the drums on `height` lines of cells from line `top` of dots on.
fn drums(pattern: &Pattern, muted: u16, height: usize, top: usize, dots: &mut Dots) {
    let Some(lines) = height.checked_sub(1).and_then(|at| LINES.get(at)) else { return };
    let steps = grid::hits(pattern);
    let columns = usize::from(dots.width) * 2;
    for (step, hits) in steps.iter().enumerate() {
        let column = step * columns / steps.len();
        for (class, _) in hits.iter().enumerate().filter(|&(class, hit)| *hit > 0 && muted >> class & 1 == 0)
        {
            dots.set(column, top + usize::from(lines[class]));
        }
    }
}

/// Sets the dots of everything but drums on `lines` lines of dots.
fn notes(pattern: &Pattern, lines: usize, dots: &mut Dots) {
    let tuned = || pattern.notes.iter().filter(|note| note.part != Part::Drums);
    let (Some(low), Some(high)) = (tuned().map(|n| n.pitch).min(), tuned().map(|n| n.pitch).max()) else {
        return;
    };
    // A small range stays small: a trill must not look like leaps.
    let keys = usize::from(high - low).max(lines.saturating_sub(1));
    let columns = usize::from(dots.width) * 2;
    let column = |step: u32| (step as usize * columns / pattern.steps as usize).min(columns - 1);
    for note in tuned() {
        let height = usize::from(note.pitch - low) + (keys - usize::from(high - low)) / 2;
        let line = (keys - height) * (lines - 1) / keys.max(1);
        let end = column((note.start + note.length.max(1) - 1).min(pattern.steps - 1));
        for at in column(note.start)..=end {
            dots.set(at, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::music::pattern::{Part, Pattern, PatternNote};
    use ratatui::{buffer::Buffer, layout::Rect, style::Style};

    fn note(part: Part, start: u32, length: u32, pitch: u8) -> PatternNote {
        PatternNote { start, length, pitch, velocity: 80, part, offset: 0.0, chance: 100 }
    }

    fn drawn(pattern: &Pattern, muted: u16, width: u16, height: u16) -> Vec<String> {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        draw(pattern, muted, area, Style::default(), &mut buffer);
        (0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect()).collect()
    }

    fn picture(muted: u16, width: u16, height: u16) -> Vec<String> {
        let note = |start, pitch| note(Part::Drums, start, 1, pitch);
        let beat = (0..4).map(|i| note(4 * i, 36)).chain((0..16).map(|i| note(i, 42)));
        drawn(&Pattern::new(16, beat.collect()), muted, width, height)
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

    #[test]
    fn a_melody_rises_and_falls_and_drums_lie_below_it() {
        let tune = |at: u32, key| note(Part::Lead, 4 * at, 4, key);
        let rising = Pattern::new(16, vec![tune(0, 60), tune(1, 62), tune(2, 64), tune(3, 67)]);
        assert_eq!(drawn(&rising, 0, 4, 1), ["⣀⠤⠤⠉"].map(|_| "⣀⠤⠒⠉"));
        let mut notes = rising.notes.clone();
        notes.push(note(Part::Drums, 0, 1, 36));
        assert_eq!(drawn(&Pattern::new(16, notes), 0, 4, 2), ["⣀⠤⠒⠉", "⡀⠀⠀⠀"]);
    }
}
