//! The roll: nine lanes of what sounded, sounds and comes, under a playhead.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::Layout;
use super::grid::{self, Hits};
use super::paint::{Pen, cut, width_of};
use crate::jam::{Launch, Slot, SlotId, kit};
use crate::music::pattern::{STEPS_PER_BAR, STEPS_PER_QUARTER};
use crate::tui::app::{App, Follow};

/// One visible step.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    hits: Hits,
    /// The step belongs to a pattern.
    known: bool,
    /// The step belongs to the pattern that waits.
    queued: bool,
}

/// Which part of time is shown. Columns count from the start of the transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    origin: i64,
    playhead: i64,
}

impl Window {
    /// The part of time that `app` shows on `layout`.
    pub fn new(app: &App, layout: &Layout) -> Self {
        let cell = i64::from(layout.cell);
        let width = i64::from(layout.roll_width());
        if !app.jam.playing {
            return Self { origin: 0, playhead: 0 };
        }
        let now = app.meter.beat * f64::from(STEPS_PER_QUARTER);
        let bar = i64::from(STEPS_PER_BAR);
        let page = ((width / cell) / bar * bar).max(bar.min(width / cell).max(1));
        let (column, step) = ((now * cell as f64 + 1e-6).floor() as i64, (now + 1e-6).floor() as i64);
        match app.follow {
            Follow::Scroll => Self { origin: column - width / 4 / cell * cell, playhead: column },
            Follow::Page => Self { origin: step.div_euclid(page) * page * cell, playhead: column },
        }
    }
}

/// Draws the roll pane.
pub fn draw(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let window = Window::new(app, layout);
    title(app, layout, buffer);
    ruler(app, layout, window, buffer);
    let steps = steps(app, layout, window);
    for class in 0..kit::CLASSES {
        if let Some(area) = layout.lane(class) {
            name(app, layout, class, area, buffer);
            lane(app, layout, class, area, window, &steps, buffer);
        }
    }
}

fn title(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let jam = &app.jam;
    let line = Rect { height: 1, ..layout.roll };
    let waiting = jam.playing.then(|| jam.queued()).flatten().map(|launch| {
        let left = app.queued_at(app.jam.track).map_or(0.0, |at| (at - app.meter.beat).max(0.0));
        {
            let beats = left.ceil();
            format!(
                " next {} {} in {beats} {} ",
                launch.place,
                launch.slot.name,
                if beats == 1.0 { "beat" } else { "beats" }
            )
        }
    });
    let right = waiting.as_ref().map_or(0, |text| width_of(text) + 2);
    let mut pen = Pen::new(buffer, line);
    pen.write("\u{2500} ", style("ui.border"));
    let room = pen.room().saturating_sub(right + 4);
    match (shown(app), jam.playing) {
        (Some((place, slot)), true) => {
            pen.write("\u{25ba} ", style("header.beat"));
            pen.write(&cut(&called(app, place, slot), room), style("ui.title.accent"));
        }
        (Some((place, slot)), false) => {
            pen.write(&cut(&called(app, place, slot), room), style("ui.title.accent"));
        }
        (None, _) => {
            pen.write("nothing here yet", style("ui.title"));
        }
    }
    pen.write(" ", style("ui.border")).fill_to(right, "\u{2500}", style("ui.border"));
    if let Some(text) = waiting {
        pen.write(&text, style("bank.slot.queued")).fill_to(0, "\u{2500}", style("ui.border"));
    }
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

/// The visible steps, from the one at the left edge on.
fn steps(app: &App, layout: &Layout, window: Window) -> Vec<Step> {
    let cell = i64::from(layout.cell);
    let first = window.origin.div_euclid(cell);
    let count = i64::from(layout.roll_width()) / cell + 2;
    if !app.jam.playing {
        let Some((_, slot)) = shown(app) else { return vec![Step::default(); count as usize] };
        let loops = grid::hits(slot.pattern());
        let step = |at: i64| usize::try_from(at).ok().and_then(|at| loops.get(at));
        return (first..first + count)
            .map(|at| {
                step(at).map_or(Step::default(), |hits| Step { hits: *hits, known: true, queued: false })
            })
            .collect();
    }
    let queued = app.jam.queued().zip(app.queued_at(app.jam.track));
    let mut loops: Vec<(u32, Vec<Hits>)> = Vec::new();
    (first..first + count)
        .map(|at| {
            let beat = at as f64 / f64::from(STEPS_PER_QUARTER);
            let comes = queued.filter(|(_, from)| beat + 1e-3 >= *from).map(|(launch, _)| launch);
            let past = || app.tapes[app.jam.track].at(beat).and_then(|id| app.jam.launch(Some(id)));
            let Some(launch) = comes.or_else(past) else { return Step::default() };
            Step { hits: look_up(&mut loops, launch, at), known: true, queued: comes.is_some() }
        })
        .collect()
}

/// The hits of `launch` at a step of the transport: clips run in phase with it.
fn look_up(loops: &mut Vec<(u32, Vec<Hits>)>, launch: &Launch, at: i64) -> Hits {
    let index = loops.iter().position(|(id, _)| *id == launch.id).unwrap_or_else(|| {
        loops.push((launch.id, grid::hits(launch.slot.pattern())));
        loops.len() - 1
    });
    let Some((_, hits)) = loops.get(index) else { return Hits::default() };
    let within = at.rem_euclid(hits.len().max(1) as i64) as usize;
    hits.get(within).copied().unwrap_or_default()
}

fn ruler(app: &App, layout: &Layout, window: Window, buffer: &mut Buffer) {
    let cell = i64::from(layout.cell);
    let left = layout.roll.x + layout.label_width;
    let y = layout.roll.y + 1;
    for x in 0..layout.roll_width() {
        let column = window.origin + i64::from(x);
        let (step, within) = (column.div_euclid(cell), column.rem_euclid(cell));
        let quarter = i64::from(STEPS_PER_QUARTER);
        if within != 0 || step < 0 || step % quarter != 0 {
            continue;
        }
        let (bar, beat) = (step / i64::from(STEPS_PER_BAR) + 1, step / quarter % 4 + 1);
        let (text, scope) = match beat {
            1 => (bar.to_string(), "roll.ruler.bar"),
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

fn name(app: &App, layout: &Layout, class: u8, area: Rect, buffer: &mut Buffer) {
    let muted = app.jam.is_muted(class);
    let scope = if muted { "roll.muted" } else { grid::DRUM_SCOPES[usize::from(class)] };
    let mut pen = Pen::new(buffer, Rect { width: layout.label_width - 1, ..area });
    pen.write(&format!(" {} ", class + 1), app.theme.style("ui.faint"));
    let text = if layout.label_width < 10 { kit::short(class) } else { kit::name(class).unwrap_or_default() };
    if muted {
        // The stroke is for eyes, the x for terminals without one.
        pen.write(&cut(text, layout.label_width - 4), app.theme.style(scope));
        if layout.label_width >= 10 {
            pen.fill_to(1, " ", Style::default()).write("x", app.theme.style("header.warning"));
        }
    } else {
        pen.write(text, app.theme.style(scope));
    }
}

fn lane(
    app: &App,
    layout: &Layout,
    class: u8,
    area: Rect,
    window: Window,
    steps: &[Step],
    buffer: &mut Buffer,
) {
    let cell = i64::from(layout.cell);
    let ground = if class % 2 == 1 { "roll.lane.odd" } else { "roll.lane" };
    let first = window.origin.div_euclid(cell);
    let muted = app.jam.is_muted(class);
    let left = area.x + layout.label_width;
    let playhead = app.jam.playing.then(|| window.playhead.div_euclid(cell));
    for x in 0..layout.roll_width() {
        let column = window.origin + i64::from(x);
        let (step, within) = (column.div_euclid(cell), column.rem_euclid(cell) as u16);
        let Some(shown) = steps.get((step - first) as usize) else { continue };
        let velocity = shown.hits[usize::from(class)];
        let here = playhead == Some(step);
        let past = playhead.is_some_and(|head| step < head);
        let (glyph, style) = if velocity == 0 {
            let (glyph, scope) = mark(step, within, shown, layout.cell);
            (glyph, app.theme.style(ground).patch(app.theme.style(scope)))
        } else {
            let mut share = grid::strength(velocity);
            if muted {
                share = 0.18;
            } else if past {
                share *= 0.45;
            }
            let scope = grid::DRUM_SCOPES[usize::from(class)];
            // Where there are no shades, a muted hit is told by its glyph and the colour of what is muted.
            let style = match muted && app.theme.is_coarse() {
                true => app.theme.style("roll.muted").remove_modifier(Modifier::CROSSED_OUT),
                false => app.theme.shade(scope, ground, share),
            };
            (hit(within, layout.cell, app.theme.is_coarse(), velocity, muted), style)
        };
        let style = match (here, velocity) {
            (true, 0) => style.patch(app.theme.style("roll.playhead")),
            (true, _) if !muted => app.theme.style("roll.playhead").patch(Style::default()),
            _ => style,
        };
        for y in area.top()..area.bottom() {
            // Where lanes are two lines high, the lower line is half: lanes stay apart.
            let glyph =
                if y > area.top() && velocity > 0 && glyph == "\u{2588}" { "\u{2580}" } else { glyph };
            let glyph =
                if y > area.top() && velocity > 0 && glyph == "\u{258c}" { "\u{2598}" } else { glyph };
            if let Some(target) = buffer.cell_mut((left + x, y)) {
                target.set_symbol(glyph).set_style(style);
            }
        }
    }
}

/// The glyph of an empty place: bars and beats marked at their first column.
fn mark(step: i64, within: u16, shown: &Step, cell: u16) -> (&'static str, &'static str) {
    if step < 0 || !shown.known {
        return (" ", "roll.grid");
    }
    let quarter = i64::from(STEPS_PER_QUARTER);
    match (step % i64::from(STEPS_PER_BAR), within) {
        (0, 0) => ("\u{2502}", if shown.queued { "roll.queued" } else { "roll.bar" }),
        (s, 0) if s % quarter == 0 => ("\u{250a}", if shown.queued { "roll.queued" } else { "roll.beat" }),
        (_, 0) => ("\u{b7}", "roll.grid"),
        (_, w) if cell >= 6 && w == cell / 2 => (" ", "roll.grid"),
        _ => (" ", "roll.grid"),
    }
}

/// The glyph of a hit at a column of its step: a block with a gap behind it, so that neighbours stay apart.
fn hit(within: u16, cell: u16, coarse: bool, velocity: u8, muted: bool) -> &'static str {
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
