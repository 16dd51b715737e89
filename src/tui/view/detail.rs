//! The selected pattern at large, its recipe and its point; and the last messages.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Layout;
use super::grid;
use super::paint::{Pen, cut, wrap};
use super::status::words;
use super::thumbnail;
use crate::jam::{Slot, Tone, kit, track};
use crate::music::pattern::Part;
use crate::tui::app::App;

/// Draws the detail pane, where there is one.
pub fn draw(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let area = layout.detail;
    if area.height < 2 {
        return;
    }
    let style = |scope| app.theme.style(scope);
    let jam = &app.jam;
    let mut pen = Pen::new(buffer, Rect { height: 1, ..area });
    pen.write("\u{2500} ", style("ui.border")).write(&jam.cursor.to_string(), style("ui.title.accent"));
    if let Some(slot) = jam.selected() {
        let room = pen.room().saturating_sub(3);
        pen.write(" ", style("ui")).write(&cut(&slot.name, room), style("ui.title"));
    }
    pen.write(" ", style("ui")).fill_to(0, "\u{2500}", style("ui.border"));
    let inner = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 1, height: area.height - 1 };
    match jam.selected() {
        Some(slot) => {
            picture(app, slot, inner, buffer);
            let below = u16::from(kit::CLASSES) + 1;
            if inner.height > below {
                facts(app, slot, Rect { y: inner.y + below, height: inner.height - below, ..inner }, buffer);
            }
        }
        None => {
            let text = if jam.is_pending(jam.cursor) {
                "is being made".to_owned()
            } else {
                app.keymap
                    .fill_in(&format!("empty: {{sample}} samples a {} here", jam.known(jam.model()).noun()))
            };
            Pen::new(buffer, Rect { y: inner.y + 1, height: 1, ..inner }).write(&text, style("ui.faint"));
        }
    }
}

/// It has melodies, though there may be no note in it yet.
fn is_tuned(slot: &Slot) -> bool {
    track::parts(&slot.made.tokens).iter().any(|part| *part != Part::Drums)
}

fn picture(app: &App, slot: &Slot, area: Rect, buffer: &mut Buffer) {
    if is_tuned(slot) {
        let area =
            Rect { height: area.height.min(u16::from(kit::CLASSES)), width: area.width.min(64), ..area };
        thumbnail::draw(slot.pattern(), app.jam.edit.muted, area, app.theme.style("note.lead"), buffer);
        return;
    }
    let steps = grid::hits(slot.pattern());
    for class in 0..kit::CLASSES {
        let y = area.y + u16::from(kit::CLASSES - 1 - class);
        if y >= area.bottom() {
            continue;
        }
        let muted = app.jam.is_muted(class);
        let scope = grid::DRUM_SCOPES[usize::from(class)];
        let mut pen = Pen::new(buffer, Rect { y, height: 1, ..area });
        pen.write(kit::short(class), app.theme.style(if muted { "roll.muted" } else { "ui.faint" })).skip(1);
        for (step, hits) in steps.iter().enumerate().take(usize::from(pen.room())) {
            let velocity = hits[usize::from(class)];
            let (glyph, style) = match velocity {
                0 if step % 16 == 0 => ("\u{2502}", app.theme.style("roll.grid")),
                0 if step % 4 == 0 => ("\u{250a}", app.theme.style("roll.grid")),
                0 => ("\u{b7}", app.theme.style("roll.grid")),
                _ if muted => ("\u{25ab}", app.theme.style("roll.muted")),
                _ => ("\u{25a0}", app.theme.shade(scope, "roll.lane", grid::strength(velocity))),
            };
            pen.write(glyph, style);
        }
    }
}

fn facts(app: &App, slot: &Slot, area: Rect, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let recipe = slot.recipe();
    let how = recipe.describe();
    let how = how.split(',').next().unwrap_or_default();
    let norm = slot.made.z.iter().map(|x| x * x).sum::<f32>().sqrt();
    let far = app
        .jam
        .sounding()
        .filter(|launch| !launch.script)
        .filter(|launch| launch.slot.made.z.len() == slot.made.z.len() && launch.slot.made.z != slot.made.z)
        .map(|launch| {
            let squares = launch.slot.made.z.iter().zip(&slot.made.z).map(|(a, b)| (a - b) * (a - b));
            format!(", {:.1} from {}", squares.sum::<f32>().sqrt(), launch.place)
        })
        .unwrap_or_default();
    let tuned = is_tuned(slot);
    let lines = [
        format!("{how}, temperature {:.2}, seed {}.{}", recipe.temperature, recipe.seed, recipe.index + 1),
        recipe.model.clone(),
        format!(
            "{} {}, |z| {norm:.1}{far}",
            slot.pattern().notes.len(),
            if tuned { "notes" } else { "hits" }
        ),
    ];
    for (line, text) in lines.iter().enumerate().take(usize::from(area.height)) {
        let area = Rect { y: area.y + line as u16, height: 1, ..area };
        Pen::new(buffer, area).write(&cut(text, area.width), style("ui.faint"));
    }
    if area.height > 3 {
        let area = Rect { y: area.y + 3, height: 1, ..area };
        Pen::new(buffer, area).write("z ", style("ui.faint")).write(
            &spark(&slot.made.z, usize::from(area.width - 3)),
            style("bank.slot.pending").bg(style("ui").bg.unwrap_or_default()),
        );
    }
}

/// The first dimensions of a point, from -2 (low) to 2 (high).
fn spark(z: &[f32], width: usize) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    z.iter().take(width).map(|x| BARS[(((x + 2.0) / 4.0 * 8.0).floor().clamp(0.0, 7.0)) as usize]).collect()
}

/// Draws the last messages, the newest at the bottom, where there is room for them.
pub fn log(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let area = layout.log;
    if area.height < 2 {
        return;
    }
    let style = |scope| app.theme.style(scope);
    Pen::new(buffer, Rect { height: 1, ..area })
        .write("\u{2500} ", style("ui.border"))
        .write("what happened ", style("ui.title"))
        .fill_to(0, "\u{2500}", style("ui.border"));
    let mut bottom = area.bottom();
    for (index, message) in app.jam.log.lines().rev().enumerate() {
        let scope = match (index, message.tone) {
            (_, Tone::Error) => "header.warning",
            (0, _) => "log.new",
            _ => "log",
        };
        let text = words(app, message);
        let text = match message.tone {
            Tone::Error => text.as_str(),
            // What happened, without what to do next: that is for the status line.
            _ => text.split(". ").next().unwrap_or_default(),
        };
        for line in wrap(text, area.width - 1).iter().rev() {
            bottom -= 1;
            if bottom == area.y {
                return;
            }
            let area = Rect { x: area.x + 1, y: bottom, width: area.width - 1, height: 1 };
            Pen::new(buffer, area).write(line, style(scope));
        }
    }
}
