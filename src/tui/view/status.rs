//! The last two lines: what happened, and a few keys.

use ratatui::buffer::Buffer;

use super::Layout;
use super::paint::{Pen, cut, width_of};
use crate::jam::Tone;
use crate::tui::app::App;

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

/// Draws the key hints: the commands of the table that ask for a place here, as many as fit.
pub fn hints(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let mut pen = Pen::new(buffer, layout.hints);
    pen.skip(1);
    // `?` comes first in what must fit, and last in what is written.
    let hinted = app.keymap.commands().iter().filter_map(|command| Some((command, command.hint?)));
    let texts: Vec<(String, &str, bool)> = hinted
        .filter_map(|(command, hint)| Some((app.keymap.key(&command.name)?, hint, command.name == "help")))
        .collect();
    let width = |key: &str, hint: &str| width_of(key) + width_of(hint) + 3;
    let mut room = pen.room().saturating_sub(
        texts.iter().filter(|(_, _, keep)| *keep).map(|(key, hint, _)| width(key, hint)).sum(),
    );
    for (key, hint, keep) in &texts {
        if !keep {
            if width(key, hint) > room {
                continue;
            }
            room -= width(key, hint);
        }
        pen.write(key, style("ui.key")).write(" ", style("hint")).write(hint, style("hint")).skip(2);
    }
}
