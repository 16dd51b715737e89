//! The roll: what sounded, sounds and comes on one track or all of them, under a playhead.

pub mod bands;
pub mod cursor;
pub mod lanes;
pub mod notes;
mod window;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Layout;
use super::paint::{Pen, cut, width_of};
use crate::jam::{Slot, SlotId};
use crate::music::pattern::Part;
use crate::tui::app::App;

pub use window::Window;

/// Draws the roll pane.
pub fn draw(app: &App, layout: &Layout, buffer: &mut Buffer) {
    if layout.roll.height < 3 {
        return;
    }
    let window = Window::new(app, layout);
    title(app, layout, buffer);
    window::ruler(app, layout, window, buffer);
    for band in bands::bands(app, layout) {
        match band.part {
            Part::Drums => lanes::draw(app, layout, &band, window, buffer),
            Part::Lead | Part::Bass => notes::draw(app, layout, &band, window, buffer),
        }
        cursor::draw(app, layout, &band, window, buffer);
    }
}

fn title(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let jam = &app.jam;
    let line = Rect { height: 1, ..layout.roll };
    let waiting = jam.playing.then(|| jam.queued()).flatten().map(|launch| {
        let left = app.queued_at(jam.track).map_or(0.0, |at| (at - app.meter.beat).max(0.0)).ceil();
        let beats = if left == 1.0 { "beat" } else { "beats" };
        let place = if launch.script { "script".to_owned() } else { launch.place.to_string() };
        format!(" next {place} {} in {left} {beats} ", launch.slot.name)
    });
    let right = waiting.as_ref().map_or(0, |text| width_of(text) + 2);
    let mut pen = Pen::new(buffer, line);
    pen.write("\u{2500} ", style("ui.border"));
    let room = pen.room().saturating_sub(right + 4);
    if let Some(editor) = &app.editor {
        let slot = jam.edit.bank.get(editor.place);
        let name = slot.map_or("", |slot| slot.name.as_str());
        let place = slot.map_or_else(String::new, |slot| {
            editor.where_is(slot.pattern(), bands::edited(app, editor.part))
        });
        pen.write("\u{270e} ", style("header.beat"));
        pen.write(&format!("{} {name}  ", editor.place), style("ui.title.accent"));
        let room = pen.room().saturating_sub(right + 2);
        pen.write(&cut(&place, room), style("ui.title"));
        pen.write(" ", style("ui.border")).fill_to(0, "\u{2500}", style("ui.border"));
        return;
    }
    match (shown(app), jam.playing) {
        (Some((_, slot)), true) if jam.sounding().is_some_and(|launch| launch.script) => {
            pen.write("\u{25ba} ", style("header.beat"));
            pen.write(
                &cut(&format!("{} from {}", slot.name, app.code.name()), room),
                style("ui.title.accent"),
            );
        }
        (Some((place, slot)), true) => {
            pen.write("\u{25ba} ", style("header.beat"));
            for word in signs(app) {
                pen.write(&word, style("header.warning")).skip(1);
            }
            pen.write(&cut(&called(app, place, slot), room), style("ui.title.accent"));
        }
        (Some((place, slot)), false) => {
            pen.write(&cut(&called(app, place, slot), room), style("ui.title.accent"));
        }
        (None, true) if app.strokes.on(jam.track).next().is_some() => {
            pen.write("\u{25ba} ", style("header.beat"));
            let text = format!("notes on {} from {}", jam.track().name, app.code.name());
            pen.write(&cut(&text, room), style("ui.title.accent"));
        }
        (None, true) => {
            pen.write(&format!("nothing on {} yet", jam.track().name), style("ui.title"));
        }
        (None, false) => {
            pen.write("nothing here yet", style("ui.title"));
        }
    }
    pen.write(" ", style("ui.border")).fill_to(right, "\u{2500}", style("ui.border"));
    if let Some(text) = waiting {
        pen.write(&text, style("bank.slot.queued")).fill_to(0, "\u{2500}", style("ui.border"));
    }
}

/// What is special about the selected track at this moment: a fill, a frozen loop, a length of its own.
fn signs(app: &App) -> Vec<String> {
    let track = app.jam.track();
    let fill = app.meter.tracks.get(app.jam.track).and_then(|track| track.fill);
    let fill = fill.map(|(from, _)| if app.meter.beat < from { "fill next" } else { "fill" }.to_owned());
    let frozen = track.frozen.is_some().then(|| "frozen".to_owned());
    let steps = track.steps.map(|steps| format!("{steps} steps"));
    [fill, frozen, steps].into_iter().flatten().collect()
}

/// A pattern by its place and name; by its name first where the place holds nothing any more.
fn called(app: &App, place: SlotId, slot: &Slot) -> String {
    match app.jam.edit.bank.get(place) {
        Some(_) => format!("{place} {}", slot.name),
        None => format!("{} sounds on, {place} is empty", slot.name),
    }
}

/// The pattern in view: what sounds, or the selected one while the transport stands still.
fn shown(app: &App) -> Option<(SlotId, &Slot)> {
    let jam = &app.jam;
    let sounding = jam.sounding().map(|launch| (launch.place, &*launch.slot));
    if jam.playing {
        return sounding;
    }
    jam.selected().map(|slot| (jam.cursor, &**slot)).or(sounding)
}
