//! The latent palette: a square with a pattern in each corner, and the dot.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::tui::app::App;
use crate::tui::view::Target;
use crate::tui::view::paint::{Pen, cut, width_of};

/// Where the square stands in the pane: a line for the corners' names above and below.
fn square(area: Rect) -> Rect {
    let height = area.height.saturating_sub(3).min(24);
    // Cells are about twice as high as wide.
    let width = (height * 2 + 8).min(area.width);
    Rect { x: area.x + (area.width - width) / 2, y: area.y + 1, width, height }
}

/// Draws the palette on `area`.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let field = &app.jam.edit.palette;
    let square = square(area);
    if square.height < 3 || square.width < 8 {
        return;
    }
    let names: Vec<String> = field
        .corners
        .iter()
        .enumerate()
        .map(|(at, corner)| match corner {
            Some(slot) => slot.name.clone(),
            None => app.keymap.fill_in(&format!("{{corner-{}}}", at + 1)),
        })
        .collect();
    let half = area.width / 2;
    for (y, left, right) in [(area.y, 0, 1), (square.bottom(), 2, 3)] {
        let line = Rect { y, height: 1, ..area };
        let scope = |at: usize| if field.corners[at].is_some() { "ui.title.accent" } else { "ui.faint" };
        Pen::new(buffer, line).write(&cut(&names[left], half - 1), style(scope(left)));
        let name = cut(&names[right], half - 1);
        let skip = area.width - width_of(&name);
        Pen::new(buffer, line).skip(skip).write(&name, style(scope(right)));
    }
    let ground = style("roll.lane.odd");
    buffer.set_style(square, ground);
    for y in 0..square.height {
        for x in 0..square.width {
            let middle = x == square.width / 2 || y == square.height / 2;
            let glyph = if middle { "\u{b7}" } else { " " };
            put(buffer, square, x, y, glyph, ground.patch(style("roll.beat")));
        }
    }
    let spot = |x: f64, y: f64| {
        let along = |share: f64, size: u16| (share * f64::from(size - 1)).round() as u16;
        (along(x, square.width), along(y, square.height))
    };
    // The way the dot came, fainter the longer ago.
    for (at, (x, y)) in field.trail.iter().enumerate() {
        let (x, y) = spot(*x, *y);
        let share = 0.25 + 0.5 * (at + 1) as f32 / field.trail.len() as f32;
        put(buffer, square, x, y, "\u{2022}", app.theme.shade("note.lead", "roll.lane.odd", share));
    }
    let (x, y) = spot(field.x, field.y);
    put(buffer, square, x, y, "\u{25cf}", ground.patch(style("header.beat")));
    let line = Rect { y: (square.bottom() + 1).min(area.bottom() - 1), height: 1, ..area };
    let text = if field.whole().is_some() {
        let [a, b, c, d] = field.shares().map(|share| format!("{:.0}%", share * 100.0));
        let making =
            if field.place.is_some_and(|place| app.jam.is_pending(place)) { "  making\u{2026}" } else { "" };
        let shares = format!("{a} {b} / {c} {d}{making}");
        let keys = app.keymap.fill_in("{dot-left} {dot-right} {dot-up} {dot-down}, mouse");
        let both = format!("{shares}   {keys}");
        if width_of(&both) <= line.width { both } else { shares }
    } else {
        app.keymap.fill_in("{palette-fill} takes four patterns from the bank")
    };
    let room = line.width;
    Pen::new(buffer, line).write(&cut(&text, room), style("ui.faint"));
}

fn put(buffer: &mut Buffer, square: Rect, x: u16, y: u16, glyph: &str, style: ratatui::style::Style) {
    if let Some(cell) = buffer.cell_mut((square.x + x, square.y + y)) {
        cell.set_symbol(glyph).set_style(style);
    }
}

/// The place of the dot under the pointer, in thousandths.
pub fn target(_: &App, area: Rect, x: u16, y: u16) -> Option<Target> {
    let square = square(area);
    if !square.contains(Position { x, y }) || square.width < 2 || square.height < 2 {
        return None;
    }
    let share = |at: u16, from: u16, size: u16| u32::from(at - from) * 1000 / u32::from(size - 1);
    let (x, y) = (share(x, square.x, square.width), share(y, square.y, square.height));
    Some(Target::Dot { x: x as u16, y: y as u16 })
}
