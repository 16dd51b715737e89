//! Drawing: a screen is a function of the app and its size.

mod ascii;
mod bank;
mod console;
mod detail;
mod grid;
pub mod guests;
mod header;
mod layout;
pub mod overlay;
mod paint;
pub mod picker;
pub mod roll;
mod status;
mod thumbnail;
mod welcome;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::app::App;
use crate::jam::plain;
use crate::music::pattern::Part;

pub use layout::{Layout, SMALLEST, Target};
pub use overlay::Reach;

/// Draws the whole screen. Returns how far the help can be scrolled (not at all where it is not shown).
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) -> Reach {
    buffer.set_style(area, app.theme.style("ui"));
    let Some(layout) = Layout::of(app, area) else {
        overlay::too_small(app, area, buffer);
        if app.theme.is_ascii() {
            ascii::fold(area, buffer);
        }
        return Reach::default();
    };
    header::draw(app, &layout, buffer);
    roll::draw(app, &layout, buffer);
    bank::draw(app, &layout, buffer);
    detail::draw(app, &layout, buffer);
    detail::log(app, &layout, buffer);
    if let Some((pane, area)) = layout.guest {
        guests::draw(app, pane, area, buffer);
    }
    status::draw(app, &layout, buffer);
    if app.code.console.open {
        console::draw(app, &layout, buffer);
    }
    if let Some(list) = &app.picker {
        picker::draw(app, list, area, buffer);
    }
    let reach = match app.help {
        Some(scroll) => overlay::help(app, area, scroll, buffer),
        None => {
            overlay::ways(app, area, buffer);
            Reach::default()
        }
    };
    if app.welcome {
        welcome::draw(app, area, buffer);
    }
    if app.theme.is_ascii() {
        ascii::fold(area, buffer);
    }
    reach
}

/// What lies under the pointer at a cell of a screen of `area`.
pub fn target(app: &App, area: Rect, x: u16, y: u16) -> Option<Target> {
    let layout = Layout::of(app, area)?;
    let at = ratatui::layout::Position { x, y };
    if let Some((pane, area)) = layout.guest.filter(|(_, area)| area.contains(at)) {
        return guests::target(app, pane, area, x, y);
    }
    if app.piano.is_some() && layout.hints.contains(at) {
        return status::target(app, &layout, x);
    }
    if layout.hints.contains(at) {
        return status::hint_at(app, &layout, x).map(Target::Hint);
    }
    if layout.roll.contains(at) {
        if x >= layout.roll.x + layout.label_width {
            return roll::cursor::target(app, &layout, x, y);
        }
        let drums = roll::bands::bands(app, &layout).into_iter().filter(|band| band.part == Part::Drums);
        let lane = drums.flat_map(|band| roll::lanes::lanes(&band)).find(|lane| lane.area.contains(at))?;
        return lane.classes.first().copied().map(Target::Lane);
    }
    match layout.target(x, y, app.jam.cursor)? {
        Target::Header if y == area.y => header::target(app, x),
        Target::Header => header::track_target(app, x),
        other => Some(other),
    }
}

/// What the moving parts of the screen show; while it is the same, nothing needs to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    position: String,
    tempo: String,
    window: Option<roll::Window>,
    waits: u64,
    load: u32,
    late: u32,
    level: u32,
}

impl Face {
    /// The face of `app` on a screen of `area`.
    pub fn of(app: &App, area: Rect) -> Self {
        let meter = &app.meter;
        let waits = app.queued_at(app.jam.track).map_or(0, |at| (at - meter.beat).max(0.0).ceil() as u64);
        Self {
            position: match (app.jam.playing, meter.counting) {
                (true, Some(left)) => left.to_string(),
                (true, None) => header::position(meter.beat),
                (false, _) => String::new(),
            },
            tempo: plain(app.jam.edit.bpm),
            window: Layout::of(app, area).map(|layout| roll::Window::new(app, &layout)),
            waits,
            load: (meter.load * 100.0) as u32,
            late: meter.xruns,
            // Steps of 3 dB: a meter that flickers by less is no news.
            level: (20.0 * meter.peak[0].max(meter.peak[1]).max(1e-3).log10() / 3.0 + 20.0) as u32,
        }
    }
}
