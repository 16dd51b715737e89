//! Everything that was said, the newest at the bottom.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::jam::Tone;
use crate::tui::app::App;
use crate::tui::view::paint::{Pen, wrap};
use crate::tui::view::status::words;

/// Draws the log on `area`.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let mut bottom = area.bottom();
    for (index, message) in app.jam.log.lines().rev().enumerate() {
        let (mark, scope) = match (index, message.tone) {
            (_, Tone::Error) => ("! ", "header.warning"),
            (0, _) => ("\u{2022} ", "log.new"),
            _ => ("\u{2022} ", "log"),
        };
        let lines = wrap(&words(app, message), area.width.saturating_sub(2).max(1));
        for (at, line) in lines.iter().enumerate().rev() {
            bottom = bottom.saturating_sub(1);
            if bottom < area.y {
                return;
            }
            let line_area = Rect { y: bottom, height: 1, ..area };
            let mark = if at == 0 { mark } else { "  " };
            Pen::new(buffer, line_area)
                .write(mark, app.theme.style(scope))
                .write(line, app.theme.style(scope));
        }
        if bottom == area.y {
            return;
        }
    }
}
