//! The console at the foot of the screen: a line of code, and above it how the function in it is called.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::Layout;
use super::paint::{Pen, cut};
use crate::tui::app::App;
use crate::tui::code::colour::inks;

/// Draws the console over the status line's neighbour above; what is said stays in view below it.
pub fn draw(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let status = layout.status;
    let style = |scope| app.theme.style(scope);
    let ground = style("status");
    let on = |scope| style(scope).patch(Style { bg: ground.bg, ..Style::default() });
    let y = status.y.saturating_sub(1);
    let area = Rect { y, height: 1, ..status };
    buffer.set_style(area, ground);
    let line = app.code.console.line();
    let cursor = app.code.console.cursor();
    let mut pen = Pen::new(buffer, area);
    pen.write(" > ", on("header.name"));
    // A long line is moved so that the cursor is seen.
    let room = usize::from(pen.room().max(2)) - 1;
    let first = (cursor + 1).saturating_sub(room);
    let inks = inks(&line);
    for (column, letter) in line.chars().chain([' ']).enumerate().skip(first).take(room) {
        let mut look = inks.get(column).map_or(ground, |ink| on(ink.scope()));
        if column == cursor {
            look = look.add_modifier(Modifier::REVERSED);
        }
        pen.write(&letter.to_string(), look);
    }
    pen.fill_to(0, " ", ground);
    let above = Rect { y: y.saturating_sub(1), ..area };
    let told = match (app.code.choices().filter(|(names, _)| names.len() > 1), app.code.hint()) {
        (Some((names, at)), _) => {
            let shown = names.iter().cycle().skip(at).take(names.len().min(12));
            shown.cloned().collect::<Vec<_>>().join("  ")
        }
        (None, Some((signature, doc))) => format!("{signature}   {doc}"),
        (None, None) => return,
    };
    buffer.set_style(above, ground);
    let mut pen = Pen::new(buffer, above);
    pen.write("   ", ground);
    let room = pen.room();
    pen.write(&cut(&told, room), on("ui.key")).fill_to(0, " ", ground);
}
