//! The picture itself: panels in a grid under one title.

use super::band::Rows;
use super::colour::Theme;
use super::draw::Draw;
use super::font;
use super::measure::{LINE_GAP, MARGIN, Measure, PANEL_GAP, columns_for};
use super::roll::Roll;
use super::svg::{Pen, Svg};

/// Height of the capitals of a title, and of one that would not fit otherwise.
const TITLE: [f64; 2] = [15.0, 11.0];
/// Width in pixels that title and note may take above a narrow roll.
const LEAST_ROOM: f64 = 420.0;

/// One roll with its caption.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Stands above the roll; may be empty.
    pub label: String,
    /// What is drawn.
    pub roll: Roll,
}

/// How a picture looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Style {
    /// Dark or light.
    pub theme: Theme,
    /// In large letters at the top; empty for none.
    pub title: String,
    /// Below the title, smaller; empty for none.
    pub note: String,
    /// Panels beside each other; none: a grid about as wide as a page.
    pub columns: Option<usize>,
}

/// The panels as an SVG document. The same panels and style give the same bytes.
///
/// All panels share their rows and sizes, so that they can be compared at a glance.
pub fn svg(panels: &[Panel], style: &Style) -> String {
    let palette = style.theme.palette();
    let rolls: Vec<&Roll> = panels.iter().map(|p| &p.roll).collect();
    let bands = Rows::shared(&rolls);
    let longest = rolls.iter().map(|r| r.length).fold(1.0, f64::max);
    let columns = style.columns.unwrap_or_else(|| columns_for(panels.len(), longest));
    let columns = columns.clamp(1, panels.len().max(1));
    let m = Measure::new(longest, columns, panels.len(), &bands);

    let captioned = panels.iter().any(|p| !p.label.is_empty());
    let caption = if captioned { m.caption + 9.0 } else { 0.0 };
    let title = if style.title.is_empty() { 0.0 } else { 34.0 };
    let note = if style.note.is_empty() { 0.0 } else { 24.0 };
    let numbers = if m.roomy && !captioned { 18.0 } else { 0.0 };
    let panel = numbers + caption + m.bands(&bands);
    let lines = panels.len().div_ceil(columns);
    let top = MARGIN + title + note;

    let wide = columns as f64 * longest * m.quarter + (columns - 1) as f64 * PANEL_GAP;
    // Words have the room that the music takes, some at least; they never make the picture wider than a page.
    let drawn = m.gutter + wide;
    let room = drawn.max(LEAST_ROOM);
    let size = TITLE.into_iter().find(|&size| font::width(&style.title, size) <= room).unwrap_or(TITLE[1]);
    let (large, small) = (font::fit(&style.title, size, room), font::fit(&style.note, 9.0, room));
    let width = MARGIN * 2.0 + drawn.max(font::width(&large, size)).max(font::width(&small, 9.0));
    let height = top + lines as f64 * (panel + LINE_GAP) - LINE_GAP.min(LINE_GAP * lines as f64) + MARGIN;

    let mut out = Svg::new(width.ceil(), height.ceil(), palette.ground);
    if title > 0.0 {
        out.text(MARGIN, MARGIN + 15.0, Pen { weight: 1.25, ..Pen::new(size, palette.ink) }, &large);
    }
    if note > 0.0 {
        out.text(MARGIN, MARGIN + title + 8.0, Pen::new(9.0, palette.faint), &small);
    }
    let mut draw = Draw { out: &mut out, m, palette };
    for (i, each) in panels.iter().enumerate() {
        let (column, line) = (i % columns, i / columns);
        let x = MARGIN + m.gutter + column as f64 * (longest * m.quarter + PANEL_GAP);
        let y = top + line as f64 * (panel + LINE_GAP);
        if captioned {
            let label = font::fit(&each.label, m.caption, longest * m.quarter);
            draw.out.text(x, y + m.caption, Pen::new(m.caption, palette.ink), &label);
        }
        if numbers > 0.0 {
            draw.bar_numbers(&each.roll, x, y + numbers - 7.0);
        }
        draw.bands(&bands, &each.roll, (x, y + numbers + caption), column == 0);
    }
    out.finish(if style.title.is_empty() { "Patterns" } else { &style.title })
}
