//! Drum lanes: a line a class, or four lines for the whole kit; micro-timing moves a hit off its column.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::bands::{self, Band, Luck};
use super::window::{Marks, Window};
use crate::jam::kit;
use crate::tui::app::App;
use crate::tui::view::Layout;
use crate::tui::view::grid;
use crate::tui::view::paint::{Pen, cut};

/// Classes drawn together where the kit has four lines, from the top, and what they are called.
const GROUPS: [(&[u8], &str, &str); 4] =
    [(&[2, 3, 7, 8], "hats", "HH"), (&[4, 5, 6], "toms", "TM"), (&[1], "snare", "SD"), (&[0], "kick", "BD")];

/// One line of a drum band.
pub struct Lane {
    /// Classes drawn in it.
    pub classes: Vec<u8>,
    /// Its lines.
    pub area: Rect,
}

/// The lanes of a drum band, from the top. The kick lies at the bottom, as in a score.
pub fn lanes(band: &Band) -> Vec<Lane> {
    let classes = u16::from(kit::CLASSES);
    let line = |y: u16, height: u16| Rect { y: band.area.y + y, height, ..band.area };
    if band.area.height < classes {
        let lanes = GROUPS.iter().zip(0..band.area.height);
        return lanes.map(|(group, y)| Lane { classes: group.0.to_vec(), area: line(y, 1) }).collect();
    }
    let height = band.area.height / classes;
    (0..kit::CLASSES)
        .rev()
        .zip(0..)
        .map(|(class, row)| Lane { classes: vec![class], area: line(row * height, height) })
        .collect()
}

/// One visible step of a band.
#[derive(Clone, Copy, Default)]
struct Step {
    hits: grid::Hits,
    offsets: [f32; kit::CLASSES as usize],
    luck: [Luck; kit::CLASSES as usize],
    known: bool,
    queued: bool,
}

/// Draws a drum band.
pub fn draw(app: &App, layout: &Layout, band: &Band, window: Window, buffer: &mut Buffer) {
    let first = window.step(0).0 - 1;
    let count = i64::from(layout.roll_width()) / window.cell + 4;
    let mut known: Vec<(*const crate::jam::Slot, Vec<grid::Step>)> = Vec::new();
    let mut steps: Vec<Step> = (first..first + count)
        .map(|at| {
            let Some(shown) = bands::shown(app, band, at) else { return Step::default() };
            let slot: *const crate::jam::Slot = shown.slot;
            let index = known.iter().position(|(one, _)| *one == slot).unwrap_or_else(|| {
                known.push((slot, grid::steps(shown.slot.pattern())));
                known.len() - 1
            });
            let found = known.get(index).and_then(|(_, steps)| steps.get(shown.within as usize));
            let grid::Step { hits, offsets, chances } = found.copied().unwrap_or_default();
            let luck = chances.map(|(key, percent)| match percent {
                0 => Luck::Always,
                percent => bands::luck(band, &shown, at, key, percent),
            });
            Step { hits, offsets, luck, known: true, queued: shown.queued }
        })
        .collect();
    strike(app, band, first, &mut steps);
    for lane in lanes(band) {
        name(app, layout, &lane, buffer);
        draw_lane(app, layout, &lane, window, (first, &steps), buffer);
    }
}

/// Puts the single notes of a band's track among those of its patterns.
fn strike(app: &App, band: &Band, first: i64, steps: &mut [Step]) {
    let mut any = false;
    for stroke in bands::strokes(app, band) {
        any = true;
        let (at, offset) = stroke.place();
        let step = usize::try_from(at - first).ok().and_then(|index| steps.get_mut(index));
        let (Some(step), Some(class)) = (step, kit::class_of(stroke.key).map(usize::from)) else { continue };
        if stroke.velocity > step.hits[class] {
            (step.hits[class], step.offsets[class]) = (stroke.velocity, offset);
            step.luck[class] = Luck::Always;
        }
    }
    if any {
        (first..).zip(steps).for_each(|(at, step)| step.known |= at >= 0);
    }
}

fn name(app: &App, layout: &Layout, lane: &Lane, buffer: &mut Buffer) {
    let &[class, ..] = &lane.classes[..] else { return };
    let area = Rect { width: layout.label_width - 1, ..lane.area };
    let muted = lane.classes.iter().all(|class| app.jam.is_muted(*class));
    let group = GROUPS.iter().find(|group| lane.classes.len() > 1 && group.0[0] == class);
    let scope = if muted { "roll.muted" } else { grid::DRUM_SCOPES[usize::from(class)] };
    let mut pen = Pen::new(buffer, area);
    match group {
        Some(_) => pen.skip(3),
        None => pen.write(&format!(" {} ", class + 1), app.theme.style("ui.faint")),
    };
    let narrow = layout.label_width < 10;
    let text = match (group, narrow) {
        (Some(group), true) => group.2,
        (Some(group), false) => group.1,
        (None, true) => kit::short(class),
        (None, false) => kit::name(class).unwrap_or_default(),
    };
    if muted {
        // The stroke is for eyes, the x for terminals without one.
        pen.write(&cut(text, layout.label_width - 4), app.theme.style(scope));
        if !narrow {
            pen.fill_to(1, " ", Style::default()).write("x", app.theme.style("header.warning"));
        }
    } else {
        pen.write(text, app.theme.style(scope));
    }
}

/// What stands in a column of a lane.
struct Hit {
    class: u8,
    velocity: u8,
    luck: Luck,
    within: u16,
    step: i64,
}

/// The hit that covers column `within` of step `at`: its own, or a neighbour's that micro-timing moved there.
fn hit_at(lane: &Lane, window: Window, at: i64, within: u16, steps: (i64, &[Step])) -> Option<Hit> {
    let cell = window.cell as i32;
    let mut found: Option<Hit> = None;
    for from in [at, at - 1, at + 1] {
        let Some(step) = usize::try_from(from - steps.0).ok().and_then(|index| steps.1.get(index)) else {
            continue;
        };
        for &class in &lane.classes {
            let velocity = step.hits[usize::from(class)];
            if velocity == 0 {
                continue;
            }
            let moved = (step.offsets[usize::from(class)] * cell as f32).round() as i32;
            let column = i32::from(within) + (at - from) as i32 * cell - moved;
            let louder = found.as_ref().is_none_or(|hit| hit.velocity < velocity);
            if (0..cell).contains(&column) && louder {
                let luck = step.luck[usize::from(class)];
                found = Some(Hit { class, velocity, luck, within: column as u16, step: from });
            }
        }
    }
    found
}

fn draw_lane(
    app: &App,
    layout: &Layout,
    lane: &Lane,
    window: Window,
    steps: (i64, &[Step]),
    buffer: &mut Buffer,
) {
    let odd = lane.classes.first().is_some_and(|class| class % 2 == 1);
    let ground = if odd { "roll.lane.odd" } else { "roll.lane" };
    let left = lane.area.x + layout.label_width;
    let playhead = app.jam.playing.then(|| window.head());
    let coarse = app.theme.is_coarse();
    let marks = Marks::on(&app.theme, ground);
    for x in 0..layout.roll_width() {
        let (at, within) = window.step(x);
        let index = usize::try_from(at - steps.0).ok();
        let Some(shown) = index.and_then(|index| steps.1.get(index)) else { continue };
        let here = playhead == Some(at);
        let hit = hit_at(lane, window, at, within, steps);
        let (glyph, style) = match hit {
            None => marks.at(at, within, shown.known, shown.queued, here),
            Some(hit) => {
                let muted = app.jam.is_muted(hit.class);
                let past = playhead.is_some_and(|head| hit.step < head);
                let share = match (muted, past) {
                    (true, _) => 0.18,
                    (_, true) => 0.45 * grid::strength(hit.velocity),
                    _ if hit.luck == Luck::Silent => 0.4 * grid::strength(hit.velocity),
                    _ => grid::strength(hit.velocity),
                };
                // Where there are no shades, a muted hit is told by its glyph and the colour of what is muted.
                let style = match muted && coarse {
                    true => app.theme.style("roll.muted").remove_modifier(Modifier::CROSSED_OUT),
                    false => app.theme.shade(grid::DRUM_SCOPES[usize::from(hit.class)], ground, share),
                };
                let struck = playhead == Some(hit.step) && !muted && hit.luck != Luck::Silent;
                let style = if struck { app.theme.style("roll.playhead") } else { style };
                let glyph = match (hit.luck, hit.within) {
                    (Luck::Always, within) => block(within, layout.cell, coarse, hit.velocity, muted),
                    (Luck::Sounds, 0) => "\u{25c6}",
                    (Luck::Silent, 0) => "\u{25cc}",
                    _ => " ",
                };
                (glyph, style)
            }
        };
        for y in lane.area.top()..lane.area.bottom() {
            // Where lanes are several lines high, the lowest is half: lanes stay apart.
            let last = lane.area.height > 1 && y + 1 == lane.area.bottom();
            let glyph = match glyph {
                "\u{2588}" if last => "\u{2580}",
                "\u{258c}" if last => "\u{2598}",
                other => other,
            };
            if let Some(target) = buffer.cell_mut((left + x, y)) {
                target.set_symbol(glyph).set_style(style);
            }
        }
    }
}

/// The glyph of a hit at a column of its step: a block with a gap behind it, so that neighbours stay apart.
fn block(within: u16, cell: u16, coarse: bool, velocity: u8, muted: bool) -> &'static str {
    let full = match (coarse, muted, velocity) {
        (true, true, _) => "\u{2591}",
        (true, _, ..=50) => "\u{2592}",
        (true, _, ..=75) => "\u{2593}",
        _ => "\u{2588}",
    };
    match (cell, within) {
        (1, _) => "\u{258c}",
        (cell, within) if within + 1 < cell => full,
        _ if coarse => " ",
        (2, _) => "\u{258c}",
        _ => " ",
    }
}
