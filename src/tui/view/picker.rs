//! The list to choose from, over everything else.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::overlay::{frame, inside};
use super::paint::{Pen, cut, width_of};
use crate::tui::app::App;
use crate::tui::picker::{List, Picker};

/// Columns of the box at most.
const WIDTH: u16 = 84;
/// Lines of the list at most.
const LINES: u16 = 16;

/// The frame of `picker` on `area`.
fn outer(picker: &Picker, area: Rect) -> Rect {
    let width = WIDTH.min(area.width.saturating_sub(4)).max(20.min(area.width));
    let rows = (picker.lines().0.len() as u16).clamp(1, LINES.min(area.height.saturating_sub(6).max(1)));
    let height = (rows + 3).min(area.height);
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height }
}

/// The first line that is shown inside of the frame, and how many are; what is typed stands above them.
fn window(picker: &Picker, inner: Rect) -> (usize, usize) {
    let (lines, at) = picker.lines();
    let rows = lines.len().min(usize::from(inner.height.saturating_sub(1)));
    (at.saturating_sub(rows / 2).min(lines.len() - rows), rows)
}

/// What lies at a cell of the screen: `None` beside the list, else the number of the line there, where one stands.
pub fn line_at(picker: &Picker, area: Rect, x: u16, y: u16) -> Option<Option<usize>> {
    let outer = outer(picker, area);
    if !outer.contains(Position { x, y }) {
        return None;
    }
    let inner = inside(outer);
    let (first, rows) = window(picker, inner);
    let row = y.checked_sub(inner.y + 1).map(usize::from).filter(|row| *row < rows);
    Some(row.map(|row| first + row))
}

/// Draws `picker` over `area`, a third of the way down.
pub fn draw(app: &App, picker: &Picker, area: Rect, buffer: &mut Buffer) {
    let ground = app.theme.style("ui.overlay");
    let on = |scope: &str| {
        let style = app.theme.style(scope);
        ratatui::style::Style { bg: ground.bg, ..style }
    };
    let (lines, at) = picker.lines();
    let outer = outer(picker, area);
    let (title, foot) = match picker.list {
        List::Commands => ("do", "enter does it, tempo 128 sets it, esc closes"),
        List::Sessions => ("sessions", "enter opens, esc closes"),
        List::Themes => ("themes", "enter takes it, esc goes back"),
        List::Here => ("do here", "enter or a click does it, esc closes"),
        List::Track => ("do with the track", "enter or a click does it, esc closes"),
        List::Ports => ("MIDI ports", "enter opens or closes it, esc closes the list"),
        List::Scripts => ("scripts", "enter opens it; a name that ends in .rhai begins a new one"),
    };
    let inner = frame(app, outer, title, foot, buffer);
    let line = |row: u16| Rect { y: inner.y + row, height: 1, ..inner };
    Pen::new(buffer, line(0))
        .write("\u{203a} ", on("ui.key"))
        .write(&picker.text, on("header.value"))
        .write("\u{258f}", on("ui.key"));
    if lines.is_empty() {
        let text = match picker.list {
            List::Sessions if picker.text.is_empty() => {
                app.keymap.fill_in("no session yet: {save-session} in a jam writes one")
            }
            _ => "nothing is called like that".to_owned(),
        };
        Pen::new(buffer, line(1)).write(&text, on("ui.faint"));
        return;
    }
    let (first, rows) = window(picker, inner);
    for (row, (index, item)) in lines.iter().enumerate().skip(first).take(rows).enumerate() {
        let area = line(row as u16 + 1);
        let chosen = index == at;
        let (text, note) = match chosen {
            true => (app.theme.style("bank.cursor"), app.theme.style("bank.cursor")),
            false => (ground, on("ui.key")),
        };
        if chosen {
            buffer.set_style(area, text);
        }
        let mut pen = Pen::new(buffer, area);
        pen.write(if chosen { "\u{25b8} " } else { "  " }, text);
        let right = width_of(&item.note) + 1;
        let room = pen.room().saturating_sub(right + 1);
        pen.write(&cut(&item.label, room), text);
        pen.fill_to(right, " ", text).write(&item.note, note);
    }
}
