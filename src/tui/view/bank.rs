//! The bank: 8 by 8 places with live thumbnails and their states.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{Pen, cut, width_of};
use super::{Layout, thumbnail};
use crate::jam::slot::{COLUMNS, ROWS};
use crate::jam::{SlotId, State, track};
use crate::tui::app::App;

/// What is to be seen of a place, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Playing,
    /// Plays, and is not heard: its tracks are silenced.
    Muted,
    Queued,
    /// Is made, and should sound by now.
    Late,
    Pending,
    Marked,
    Filled,
    Empty,
}

impl Look {
    fn of(app: &App, place: SlotId) -> Self {
        let jam = &app.jam;
        // What was cleared may sound on, but not from here any more: the roll's title says where it came from.
        let stands = jam.edit.bank.get(place).is_some();
        if jam.playing && stands && jam.is_queued(place) {
            Self::Queued
        } else if app.dues.is_late(jam, place) {
            Self::Late
        } else if jam.is_pending(place) {
            Self::Pending
        } else if jam.playing && stands && jam.is_sounding(place) {
            if is_heard(jam, place) { Self::Playing } else { Self::Muted }
        } else if jam.mark == Some(place) {
            Self::Marked
        } else if stands {
            Self::Filled
        } else {
            Self::Empty
        }
    }

    fn scope(self) -> &'static str {
        match self {
            Self::Playing => "bank.slot.playing",
            Self::Muted => "bank.slot",
            Self::Late => "bank.slot.queued",
            Self::Queued => "bank.slot.queued",
            Self::Pending => "bank.slot.pending",
            Self::Marked => "bank.slot.marked",
            Self::Filled => "bank.slot",
            Self::Empty => "bank.slot.empty",
        }
    }

    /// States are told by glyphs too: colours alone are not for everybody.
    fn glyph(self) -> &'static str {
        match self {
            Self::Playing => "\u{25ba}",
            Self::Muted => "\u{25b7}",
            Self::Late => "!",
            Self::Queued => "\u{bb}",
            Self::Pending => "\u{25cc}",
            Self::Marked => "\u{25c6}",
            Self::Filled | Self::Empty => " ",
        }
    }
}

/// True where a track that plays the pattern of `place` is not silenced.
fn is_heard(jam: &State, place: SlotId) -> bool {
    (0..track::MOST)
        .any(|at| !jam.is_silenced(at) && jam.sounding_on(at).is_some_and(|launch| launch.place == place))
}

/// Draws the bank pane.
pub fn draw(app: &App, layout: &Layout, buffer: &mut Buffer) {
    if layout.bank.height < 2 {
        return;
    }
    let style = |scope| app.theme.style(scope);
    let jam = &app.jam;
    let (width, height) = layout.slot;
    let title = Rect { height: 1, ..layout.bank };
    let mut pen = Pen::new(buffer, title);
    pen.write("\u{2500}\u{2500}\u{2500}", style("ui.border"));
    for column in 0..COLUMNS {
        let on = if column == jam.cursor.column() { "bank.label.on" } else { "bank.label" };
        let before = (width - 1) / 2;
        for _ in 0..before {
            pen.write("\u{2500}", style("ui.border"));
        }
        pen.write(&(column + 1).to_string(), style(on));
        for _ in before + 1..width {
            pen.write("\u{2500}", style("ui.border"));
        }
    }
    pen.fill_to(0, "\u{2500}", style("ui.border"));
    let first = layout.first_row(jam.cursor);
    for row in first..(first + layout.bank_rows).min(ROWS) {
        let y = layout.bank.y + 1 + u16::from(row - first) * height;
        let on = if row == jam.cursor.row() { "bank.label.on" } else { "bank.label" };
        let letter = char::from(b'A' + row).to_string();
        Pen::new(buffer, Rect { x: layout.bank.x + 1, y, width: 1, height: 1 }).write(&letter, style(on));
    }
    for place in SlotId::all() {
        if let Some(area) = layout.place(place, jam.cursor) {
            slot(app, place, area, buffer);
        }
    }
}

fn slot(app: &App, place: SlotId, area: Rect, buffer: &mut Buffer) {
    let jam = &app.jam;
    let look = Look::of(app, place);
    // What sounds may be marked as well: the colour tells one, the glyph the other.
    let glyph = if jam.mark == Some(place) { Look::Marked.glyph() } else { look.glyph() };
    let mut style = app.theme.style(look.scope());
    if place == jam.cursor {
        // The state keeps its colour, the cursor gives the ground.
        let cursor = app.theme.style("bank.cursor");
        style.bg = cursor.bg;
        style = style.add_modifier(cursor.add_modifier);
        if matches!(look, Look::Filled | Look::Empty) {
            style.fg = cursor.fg;
        }
    }
    let slot = jam.edit.bank.get(place);
    let picture = if area.height == 1 {
        // The glyph's column keeps neighbours apart where it is blank.
        let inner = Rect { x: area.x + 1, width: area.width - 1, ..area };
        let whole = if glyph == " " && place != jam.cursor { inner } else { area };
        buffer.set_style(whole, style);
        Pen::new(buffer, area).write(glyph, if whole == area { style } else { app.theme.style("ui") });
        inner
    } else {
        // The last column stays free, and the last line where there are lines enough.
        let inner = Rect { width: area.width - 1, height: area.height - u16::from(area.height > 3), ..area };
        buffer.set_style(inner, style);
        let name = slot.map_or("", |slot| slot.name.as_str());
        // A blank is the first thing to go where a name is too long.
        let room = inner.width - 1;
        let name = if width_of(name) > room { name.replace(' ', "") } else { name.to_owned() };
        Pen::new(buffer, inner).write(glyph, style).write(&cut(&name, room), style);
        Rect { y: inner.y + 1, height: inner.height - 1, ..inner }
    };
    // Whole numbers of steps a dot look even.
    let even = [16, 8].into_iter().find(|even| picture.width >= *even).unwrap_or(picture.width);
    let picture = Rect { width: even, ..picture };
    match slot {
        Some(slot) => thumbnail::draw(slot.pattern(), jam.edit.muted, picture, style, buffer),
        None => {
            let text = match look {
                Look::Late => "late",
                Look::Pending => "making\u{2026}",
                _ => "\u{b7}",
            };
            let middle = Rect { y: picture.y + (picture.height - 1) / 2, height: 1, ..picture };
            let text = cut(text, middle.width);
            let before = (middle.width - width_of(&text)) / 2;
            Pen::new(buffer, middle).skip(before).write(&text, style);
        }
    }
}
