//! The editor's cursor and selection over the roll, and what the pointer means there.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::bands::{self, Band};
use super::window::Window;
use super::{lanes, notes};
use crate::jam::kit;
use crate::music::pattern::Part;
use crate::tui::app::App;
use crate::tui::view::{Layout, Target};

/// The lines on which `key` of a band stands.
fn lines(app: &App, band: &Band, key: u8) -> Option<Rect> {
    if band.part == Part::Drums {
        let class = kit::class_of(key)?;
        return lanes::lanes(band)
            .into_iter()
            .find(|lane| lane.classes.contains(&class))
            .map(|lane| lane.area);
    }
    let scale = notes::scale(app, band);
    let key = i16::from(key) + 12 * i16::from(bands::edited(app, band.part));
    let line = (scale.top - key) / scale.per_line;
    let line = u16::try_from(line).ok().filter(|line| *line < band.area.height)?;
    Some(Rect { y: band.area.y + line, height: 1, ..band.area })
}

/// Draws the cursor, and the selection behind it, on its band.
pub fn draw(app: &App, layout: &Layout, band: &Band, window: Window, buffer: &mut Buffer) {
    let Some(editor) = app.editor.as_ref().filter(|editor| editor.part == band.part) else { return };
    let left = band.area.x + layout.label_width;
    let (fg, chosen) = (app.theme.style("bank.cursor"), app.theme.style("bank.slot.marked"));
    let mut paint = |step: u32, area: Rect, style: ratatui::style::Style| {
        let from = i64::from(step) * window.cell - window.origin;
        for column in from..from + window.cell {
            let Some(x) = u16::try_from(column).ok().filter(|x| *x < layout.roll_width()) else { continue };
            for y in area.top()..area.bottom() {
                if let Some(cell) = buffer.cell_mut((left + x, y)) {
                    let blank = [" ", "\u{b7}", "\u{2502}", "\u{250a}"].contains(&cell.symbol());
                    // A note keeps its colour where its ground can tell the cursor.
                    let style = if blank { style } else { ratatui::style::Style { fg: None, ..style } };
                    cell.set_style(style);
                }
            }
        }
    };
    if let (Some((_, key)), Some(slot)) = (editor.anchor, app.jam.edit.bank.get(editor.place)) {
        let span = editor.span(slot.pattern());
        let (low, high) = (editor.key.min(key), editor.key.max(key));
        for key in low..=high {
            let Some(area) = lines(app, band, key) else { continue };
            for at in span.steps.clone().take(4096) {
                paint(at, area, chosen);
            }
        }
    }
    if let Some(area) = lines(app, band, editor.key) {
        paint(editor.step, area, fg);
    }
}

/// The step and key under the pointer while notes are edited.
pub fn target(app: &App, layout: &Layout, x: u16, y: u16) -> Option<Target> {
    app.editor.as_ref()?;
    let window = Window::new(app, layout);
    let step = window.step(x.checked_sub(layout.roll.x + layout.label_width)?).0;
    let step = u32::try_from(step).ok()?;
    let at = Position { x, y };
    let band = bands::bands(app, layout).into_iter().find(|band| band.area.contains(at))?;
    let key = match band.part {
        Part::Drums => {
            let lane = lanes::lanes(&band).into_iter().find(|lane| lane.area.contains(at))?;
            kit::key_of(*lane.classes.first()?)?
        }
        _ => {
            let shown = notes::scale(app, &band).key(y - band.area.y, 0);
            u8::try_from(shown - 12 * i16::from(bands::edited(app, band.part))).ok()?
        }
    };
    Some(Target::Cell { part: band.part, step, key })
}
