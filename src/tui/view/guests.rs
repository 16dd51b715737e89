//! Panes that come when they are asked for: one row of a table each. A new pane is a row here, a name in
//! [`Pane`], and a file that draws it.

mod chain;
pub mod code;
mod machine;
pub mod midi;
mod mixer;
mod palette;
mod said;
mod sliders;
mod window;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Target;
use super::paint::Pen;
use crate::tui::app::App;
use crate::tui::arrangement::Pane;

/// How a guest is drawn inside its frame, and what the pointer means there.
struct Guest {
    pane: Pane,
    draw: fn(&App, Rect, &mut Buffer),
    target: fn(&App, Rect, u16, u16) -> Option<Target>,
}

const GUESTS: &[Guest] = &[
    Guest { pane: Pane::Code, draw: code::draw, target: code::target },
    Guest { pane: Pane::Mixer, draw: mixer::draw, target: mixer::target },
    Guest { pane: Pane::Palette, draw: palette::draw, target: palette::target },
    Guest { pane: Pane::Chain, draw: chain::draw, target: chain::target },
    Guest { pane: Pane::Sliders, draw: sliders::draw, target: sliders::target },
    Guest { pane: Pane::Midi, draw: midi::draw, target: midi::target },
    Guest { pane: Pane::Machine, draw: machine::draw, target: |_, _, _, _| None },
    Guest { pane: Pane::Log, draw: said::draw, target: |_, _, _, _| None },
];

/// The room below a pane's title line.
pub fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(1),
    }
}

/// Draws `pane` with its title on `area`.
pub fn draw(app: &App, pane: Pane, area: Rect, buffer: &mut Buffer) {
    if area.height < 2 {
        return;
    }
    let style = |scope| app.theme.style(scope);
    Pen::new(buffer, Rect { height: 1, ..area })
        .write("\u{2500} ", style("ui.border"))
        .write(pane.title(), style("ui.title.accent"))
        .write(" ", style("ui"))
        .fill_to(0, "\u{2500}", style("ui.border"));
    if let Some(guest) = GUESTS.iter().find(|guest| guest.pane == pane) {
        (guest.draw)(app, inside(area), buffer);
    }
}

/// What lies under the pointer in `pane` on `area`.
pub fn target(app: &App, pane: Pane, area: Rect, x: u16, y: u16) -> Option<Target> {
    let guest = GUESTS.iter().find(|guest| guest.pane == pane)?;
    (guest.target)(app, inside(area), x, y)
}
