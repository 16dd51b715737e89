//! Which part of time is to be seen, and the ruler above it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::music::pattern::{STEPS_PER_BAR, STEPS_PER_QUARTER};
use crate::tui::app::{App, Follow};
use crate::tui::theme::Theme;
use crate::tui::view::Layout;
use crate::tui::view::paint::Pen;

/// Most positions that the playhead takes within a step.
const PARTS: i64 = 3;

/// Which part of time is shown. Columns count from the start of the transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Column at the left edge.
    pub origin: i64,
    /// Column of the playhead.
    pub playhead: i64,
    /// Columns of a step.
    pub cell: i64,
}

impl Window {
    /// The part of time that `app` shows on `layout`.
    pub fn new(app: &App, layout: &Layout) -> Self {
        let cell = i64::from(layout.cell);
        let width = i64::from(layout.roll_width());
        let shift = i64::from(app.shift) * i64::from(STEPS_PER_QUARTER) * cell;
        if let Some(editor) = &app.editor {
            // The pattern stands, from the page that the cursor is on; the playhead runs where it sounds.
            let page = (width / cell / 16 * 16).max(16.min(width / cell).max(1));
            let origin = i64::from(editor.step) / page * page * cell;
            let steps = app.jam.edit.bank.get(editor.place).map_or(1, |slot| slot.pattern().steps.max(1));
            let sounds = app.jam.playing && app.jam.is_sounding(editor.place);
            let now = (app.meter.beat.max(0.0) * f64::from(STEPS_PER_QUARTER) + 1e-6) as i64;
            let playhead = if sounds { now.rem_euclid(i64::from(steps)) * cell } else { -cell };
            return Self { origin: (origin + shift).max(0), playhead, cell };
        }
        if !app.jam.playing {
            return Self { origin: shift.max(0), playhead: 0, cell };
        }
        let now = app.meter.beat * f64::from(STEPS_PER_QUARTER);
        let bar = i64::from(STEPS_PER_BAR);
        let page = ((width / cell) / bar * bar).max(bar.min(width / cell).max(1));
        let step = (now + 1e-6).floor() as i64;
        // Where steps are wide the roll moves by thirds of one: every column would redraw the whole roll 40 times a second.
        let parts = cell.min(PARTS);
        let part = ((now + 1e-6 - step as f64) * parts as f64).floor() as i64;
        let column = step * cell + part * cell / parts;
        // With reduced motion the picture stands and the playhead goes.
        let follow = if app.calm { Follow::Page } else { app.follow };
        let origin = match follow {
            Follow::Scroll => column - width / 4 / cell * cell,
            Follow::Page => step.div_euclid(page) * page * cell,
        };
        Self { origin: origin + shift, playhead: column, cell }
    }

    /// Step and column within it at column `x` of the roll.
    pub fn step(&self, x: u16) -> (i64, u16) {
        let column = self.origin + i64::from(x);
        (column.div_euclid(self.cell), column.rem_euclid(self.cell) as u16)
    }

    /// The step under the playhead.
    pub fn head(&self) -> i64 {
        self.playhead.div_euclid(self.cell)
    }
}

/// Draws bars and beats above the lanes.
pub fn ruler(app: &App, layout: &Layout, window: Window, buffer: &mut Buffer) {
    let left = layout.roll.x + layout.label_width;
    let y = layout.roll.y + 1;
    let quarter = i64::from(STEPS_PER_QUARTER);
    for x in 0..layout.roll_width() {
        let (step, within) = window.step(x);
        if within != 0 || step < 0 || step % quarter != 0 {
            continue;
        }
        let (bar, beat) = (step / i64::from(STEPS_PER_BAR) + 1, step / quarter % 4 + 1);
        let (text, scope) = match beat {
            1 => (bar.to_string(), "roll.ruler.bar"),
            // Where a beat has no room for its number, the bars stand alone.
            _ if window.cell * quarter < 4 => continue,
            _ => (format!(".{beat}"), "roll.ruler"),
        };
        let area = Rect { x: left + x, y, width: layout.roll_width() - x, height: 1 };
        Pen::new(buffer, area).write(&text, app.theme.style(scope));
    }
    let head = window.playhead - window.origin;
    if app.jam.playing && (0..i64::from(layout.roll_width())).contains(&head) {
        let area = Rect { x: left + head as u16, y, width: 1, height: 1 };
        Pen::new(buffer, area).write("\u{25bc}", app.theme.style("header.beat"));
    }
}

/// How the empty places of a lane are drawn: looked up once, for there are thousands of them.
pub struct Marks {
    grid: Style,
    bar: Style,
    beat: Style,
    queued: Style,
    playhead: Style,
}

impl Marks {
    /// The marks of `theme` on `ground`, a scope.
    pub fn on(theme: &Theme, ground: &str) -> Self {
        let ground = theme.style(ground);
        let of = |scope| ground.patch(theme.style(scope));
        Self {
            grid: of("roll.grid"),
            bar: of("roll.bar"),
            beat: of("roll.beat"),
            queued: of("roll.queued"),
            playhead: theme.style("roll.playhead"),
        }
    }

    /// The glyph of an empty place and its style: bars and beats are marked at their first column; `here` is where the
    /// playhead stands.
    pub fn at(&self, step: i64, within: u16, known: bool, queued: bool, here: bool) -> (&'static str, Style) {
        let quarter = i64::from(STEPS_PER_QUARTER);
        let (glyph, style) = match (step % i64::from(STEPS_PER_BAR), within) {
            _ if step < 0 || !known => (" ", self.grid),
            (0, 0) => ("\u{2502}", if queued { self.queued } else { self.bar }),
            (s, 0) if s % quarter == 0 => ("\u{250a}", if queued { self.queued } else { self.beat }),
            (_, 0) => ("\u{b7}", self.grid),
            _ => (" ", self.grid),
        };
        (glyph, if here { style.patch(self.playhead) } else { style })
    }
}
