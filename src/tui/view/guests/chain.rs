//! The chain: the points of a row from one end to the other, and how far the music is on its way.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::jam::chain::{Chain, span};
use crate::jam::{Slot, SlotId};
use crate::tui::app::App;
use crate::tui::view::Target;
use crate::tui::view::paint::{Pen, cut};
use crate::tui::view::thumbnail;

/// Columns of a thumbnail.
const PICTURE: u16 = 8;
/// Eighths of a cell, for bars that grow smoothly.
const EIGHTHS: [&str; 8] =
    [" ", "\u{258f}", "\u{258e}", "\u{258d}", "\u{258c}", "\u{258b}", "\u{258a}", "\u{2589}"];

/// The points in view: those of the chain that runs, or those that one from the selected place would have.
fn points(app: &App) -> Vec<SlotId> {
    let chain = &app.jam.chain;
    if chain.is_running() { chain.places.clone() } else { Chain::of(&app.jam.edit.bank, app.jam.cursor) }
}

/// Where the points are drawn: below a line about the whole.
fn list(area: Rect) -> Rect {
    Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area }
}

/// Draws the chain on `area`.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let (jam, points) = (&app.jam, points(app));
    let line = |y: u16| Rect { y: area.y + y, height: 1, ..area };
    let chain = &jam.chain;
    let how = match jam.edit.rounds {
        1 => "each once".to_owned(),
        many => format!("each {many} times"),
    };
    let then = if jam.edit.around { ", then anew" } else { ", then stays" };
    if points.len() < 2 {
        let text = app.keymap.fill_in("No row here: {interpolate} fills one");
        Pen::new(buffer, line(0)).write(&cut(&text, area.width), style("ui.faint"));
        return;
    }
    let share = whole(app, &points);
    let mut pen = Pen::new(buffer, line(0));
    if chain.is_running() {
        pen.write(&format!("{:>3.0}% ", share * 100.0), style("header.value"));
        let room = pen.room();
        bar(&mut pen, share, room, app);
    } else {
        let text = app.keymap.fill_in(&format!("{{chain}} plays {} patterns", points.len()));
        pen.write(&text, style("ui.title"));
    }
    if area.height > 1 {
        let text = format!("{how}{then}");
        Pen::new(buffer, line(1)).write(&cut(&text, area.width), style("ui.faint"));
    }
    let list = list(area);
    for (at, place) in points.iter().enumerate().take(usize::from(list.height)) {
        let Some(slot) = jam.edit.bank.get(*place) else { continue };
        let row = Rect { y: list.y + at as u16, height: 1, ..list };
        point(app, at, *place, slot, row, buffer);
    }
}

/// One point: its state, place, name, picture and progress.
fn point(app: &App, at: usize, place: SlotId, slot: &Slot, row: Rect, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let chain = &app.jam.chain;
    let now = chain.is_running() && at == chain.at;
    let begun = now && app.jam.playing && app.meter.beat + 1e-3 >= f64::from(chain.from);
    let waits = chain.next.is_some_and(|(next, _)| next == at) || now && !begun;
    let (glyph, scope) = match (begun, waits && chain.is_running()) {
        (true, _) => ("\u{25ba}", "header.beat"),
        (_, true) => ("\u{bb}", "bank.slot.queued"),
        _ => (" ", "ui.faint"),
    };
    let name = if begun { "ui.title.accent" } else { "ui.title" };
    let mut pen = Pen::new(buffer, row);
    pen.write(glyph, style(scope)).write(&format!("{place} "), style(name));
    let room = pen.room().saturating_sub(PICTURE + 8).min(12);
    pen.write(&format!("{:<w$} ", cut(&slot.name, room), w = usize::from(room)), style("ui"));
    let picture = Rect { x: row.right() - pen.room(), width: PICTURE.min(pen.room()), ..row };
    pen.skip(PICTURE + 1);
    if chain.is_running() {
        let share = if begun || at < chain.at {
            chain.share(at, span(slot, app.jam.edit.rounds), app.meter.beat)
        } else {
            0.0
        };
        let left = pen.room();
        bar(&mut pen, share, left, app);
    } else if at > 0 {
        // How far it is from the point before: a way of equal steps is an even one.
        let before = points(app).get(at - 1).and_then(|place| app.jam.edit.bank.get(*place));
        if let Some(before) = before.filter(|before| before.made.z.len() == slot.made.z.len()) {
            let squares = before.made.z.iter().zip(&slot.made.z).map(|(a, b)| (a - b) * (a - b));
            pen.write(&format!("{:.1}", squares.sum::<f32>().sqrt()), style("ui.faint"));
        }
    }
    thumbnail::draw(slot.pattern(), app.jam.edit.muted, picture, style("bank.slot.empty"), buffer);
}

/// The share of the chain that has been played, 0 to 1.
fn whole(app: &App, points: &[SlotId]) -> f64 {
    let chain = &app.jam.chain;
    let done = |at: usize, place: &SlotId| {
        app.jam
            .edit
            .bank
            .get(*place)
            .map_or(0.0, |slot| chain.share(at, span(slot, app.jam.edit.rounds), app.meter.beat))
    };
    points.iter().enumerate().map(|(at, place)| done(at, place)).sum::<f64>() / points.len().max(1) as f64
}

/// A bar of `width` columns, filled by `share`.
fn bar(pen: &mut Pen, share: f64, width: u16, app: &App) {
    let filled = (share.clamp(0.0, 1.0) * f64::from(width) * 8.0) as u16;
    for column in 0..width {
        let (glyph, scope) = match filled.saturating_sub(column * 8) {
            8.. => ("\u{2588}", "header.beat"),
            0 => ("\u{b7}", "ui.border"),
            part => (EIGHTHS[usize::from(part)], "header.beat"),
        };
        pen.write(glyph, app.theme.style(scope));
    }
}

/// The point under the pointer.
pub fn target(app: &App, area: Rect, x: u16, y: u16) -> Option<Target> {
    let list = list(area);
    if !list.contains(Position { x, y }) {
        return Some(Target::ChainRounds).filter(|_| area.contains(Position { x, y }));
    }
    points(app).get(usize::from(y - list.y)).copied().map(Target::Point)
}
