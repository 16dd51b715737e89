//! The last two lines: what happened, and a few keys.

use ratatui::buffer::Buffer;

use super::Layout;
use super::paint::{Pen, cut, width_of};
use crate::jam::Tone;
use crate::tui::app::App;
use crate::tui::command::HINTS;

/// Draws the status line.
pub fn draw(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    buffer.set_style(layout.status, style("status"));
    let making: usize = app.jam.pending.iter().map(|pending| pending.slots.len()).sum();
    let right = if making > 0 { format!(" \u{25cc} making {making} ") } else { String::new() };
    let mut pen = Pen::new(buffer, layout.status);
    if let Some(message) = app.jam.log.last() {
        let (mark, scope) = match message.tone {
            Tone::Said => (" \u{2022} ", "status"),
            Tone::Good => (" \u{2022} ", "status.good"),
            Tone::Hint => (" \u{2022} ", "status.warning"),
            Tone::Error => (" ! ", "status.error"),
        };
        let text = app.keymap.fill_in(&message.text);
        let room = pen.room().saturating_sub(width_of(&right) + 3);
        pen.write(mark, style(scope)).write(&cut(&text, room), style(scope));
    }
    pen.fill_to(width_of(&right), " ", style("status")).write(&right, style("status"));
}

/// Draws the key hints: as many of [`HINTS`] as fit, the most needed first, `?` at the right end.
pub fn hints(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let mut pen = Pen::new(buffer, layout.hints);
    pen.skip(1);
    let mut room = pen.room();
    let mut shown: Vec<(String, &str)> = Vec::new();
    for (names, word) in HINTS {
        let keys: String = names.iter().filter_map(|name| app.keymap.key(name)).collect::<Vec<_>>().join(" ");
        let width = width_of(&keys) + width_of(word) + 3;
        if width <= room {
            room -= width;
            shown.push((keys, word));
        }
    }
    let first = 1.min(shown.len());
    shown.rotate_left(first);
    for (keys, word) in shown {
        pen.write(&keys, style("ui.key")).write(" ", style("hint")).write(word, style("hint")).skip(2);
    }
}
