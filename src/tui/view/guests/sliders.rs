//! The attribute sliders: what the selected pattern has more or less of, and what that was measured to do.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::window::Window;
use crate::jam::limits;
use crate::jam::sliders::Board;
use crate::latent::attributes::Attribute;
use crate::tui::app::App;
use crate::tui::view::Target;
use crate::tui::view::paint::{Pen, cut, wrap};

/// Columns of an attribute's name and of what stands right of the slider.
const NAME: u16 = 17;
const NUMBERS: u16 = 20;
/// Lines below the sliders that say what the chosen one does.
const FOOT: u16 = 5;

/// Where everything is drawn.
struct Plan {
    rows: Rect,
    foot: Rect,
    /// Lines of a slider: where there are two, the second is the slider's own.
    height: u16,
    /// First column of the slider itself, and its columns.
    track: (u16, u16),
}

fn plan(area: Rect, count: u16) -> Plan {
    let room = area.height.saturating_sub(1);
    let beside = area.width.saturating_sub(NAME + NUMBERS);
    let height = if beside < 21 && room >= 2 * count + FOOT { 2 } else { 1 };
    let rows = Rect { y: area.y + 1, height: (height * count).min(room), ..area };
    let foot = Rect { y: rows.bottom(), height: area.bottom().saturating_sub(rows.bottom()), ..area };
    let (left, width) = match height {
        2 => (area.x + 1, area.width.saturating_sub(2)),
        _ => (area.x + NAME, beside),
    };
    // An odd number of columns has a middle.
    let width = width.clamp(1, 41);
    Plan { rows, foot, height, track: (left, width - u16::from(width.is_multiple_of(2))) }
}

/// The sliders in view.
fn window(app: &App, count: usize, plan: &Plan) -> Window {
    Window::new(count, app.jam.sliders.chosen.min(count - 1), usize::from(plan.rows.height / plan.height))
}

/// Draws the sliders on `area`.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let Some(board) = app.jam.board().filter(|board| !board.by.is_empty()) else {
        return absent(app, area, buffer);
    };
    let style = |scope| app.theme.style(scope);
    let plan = plan(area, board.by.len() as u16);
    let mut pen = Pen::new(buffer, Rect { height: 1, ..area });
    pen.write(&board.place.to_string(), style("ui.title.accent")).write(" ", style("ui"));
    pen.write(&cut(&board.slot.name, 12), style("ui.title")).write("  ", style("ui"));
    let room = pen.room();
    let making = if board.making { "making\u{2026}" } else { board.table.model.as_str() };
    pen.write(&cut(making, room), style("ui.faint"));
    let chosen = app.jam.sliders.chosen.min(board.by.len() - 1);
    let window = window(app, board.by.len(), &plan);
    for (row, at) in window.rows() {
        let y = plan.rows.y + row as u16 * plan.height;
        slider(
            app,
            &board,
            board.by[at],
            (window.mark(at, at == chosen), at == chosen),
            y,
            &plan,
            area,
            buffer,
        );
    }
    if let Some(&(attribute, _)) = board.by.get(chosen) {
        foot(app, &board, attribute, plan.foot, buffer);
    }
}

/// What there is to do where no slider can be shown.
fn absent(app: &App, area: Rect, buffer: &mut Buffer) {
    let jam = &app.jam;
    let slot = jam.slider_place().and_then(|place| jam.edit.bank.get(place));
    let text = match slot {
        Some(slot) => format!(
            "{} has no attribute vectors. `mvae-tui attributes compute --model {0} --data MUSIC` makes them",
            slot.recipe().model
        ),
        None => format!("{} is empty: {{sample}} makes a pattern to move", jam.cursor),
    };
    lines(app, &app.keymap.fill_in(&text), area, buffer);
}

fn lines(app: &App, text: &str, area: Rect, buffer: &mut Buffer) {
    for (line, text) in wrap(text, area.width).iter().enumerate().take(usize::from(area.height)) {
        let line = Rect { y: area.y + line as u16, height: 1, ..area };
        Pen::new(buffer, line).write(text, app.theme.style("ui.faint"));
    }
}

#[allow(clippy::too_many_arguments, reason = "one line of a table, drawn in one place")]
fn slider(
    app: &App,
    board: &Board,
    (attribute, by): (Attribute, f32),
    (mark, chosen): (&str, bool),
    y: u16,
    plan: &Plan,
    area: Rect,
    buffer: &mut Buffer,
) {
    let style = |scope| app.theme.style(scope);
    let mut pen = Pen::new(buffer, Rect { y, height: 1, ..area });
    pen.write(mark, style("ui.key"));
    let name = attribute.name().replace('_', " ");
    pen.write(&format!("{:<16}", cut(&name, 15)), style(if chosen { "track.on" } else { "track" }));
    let (left, width) = plan.track;
    let mut line = match plan.height {
        2 => Pen::new(buffer, Rect { x: left, y: y + 1, width, height: 1 }),
        _ => pen,
    };
    let (low, high) = (*limits::SLIDER.start(), *limits::SLIDER.end());
    let knob = ((by - low) / (high - low) * f32::from(width - 1)).round() as u16;
    let middle = width / 2;
    for column in 0..width {
        let (glyph, scope) = match column {
            c if c == knob => ("\u{25cf}", if by == 0.0 { "ui.faint" } else { "header.value" }),
            c if c == middle => ("\u{253c}", "ui.border"),
            c if (knob.min(middle)..knob.max(middle)).contains(&c) => ("\u{2501}", "header.beat"),
            _ => ("\u{2500}", "ui.border"),
        };
        line.write(glyph, style(scope));
    }
    let mut pen = match plan.height {
        2 => {
            Pen::new(buffer, Rect { x: area.x + NAME, y, width: area.width.saturating_sub(NAME), height: 1 })
        }
        _ => line,
    };
    let amount = if by == 0.0 { "0".to_owned() } else { format!("{by:+.2}") };
    pen.write(&format!(" {amount:>5} "), style(if by == 0.0 { "ui.faint" } else { "header.value" }));
    let (was, is) = (attribute.measure(board.from.pattern()), attribute.measure(board.slot.pattern()));
    let measured = match (was, is) {
        (Some(was), Some(is)) if (was - is).abs() >= 0.005 => format!("{was:.2}\u{2192}{is:.2}"),
        (_, Some(is)) => format!("{is:.2}"),
        _ => "\u{b7}".to_owned(),
    };
    let room = pen.room();
    pen.write(&cut(&measured, room), style("header.label"));
}

/// What the chosen slider measures, and what its vector was measured to do.
fn foot(app: &App, board: &Board, attribute: Attribute, area: Rect, buffer: &mut Buffer) {
    let Some(record) = board.table.vectors.iter().find(|record| record.attribute == attribute) else {
        return;
    };
    let percent = |of: Attribute| -> Option<(f64, f64)> {
        let effect = board.table.effect(record, of)?;
        Some((effect.added_percent?, effect.subtracted_percent?))
    };
    let own = percent(attribute)
        .map_or_else(String::new, |(more, less)| format!("One more: {more:+.0} %, one less: {less:+.0} %"));
    let mut others: Vec<(Attribute, f64)> = board
        .by
        .iter()
        .filter(|(other, _)| *other != attribute)
        .filter_map(|(other, _)| Some((*other, percent(*other)?.0)))
        .filter(|(_, more)| more.abs() >= 1.0)
        .collect();
    others.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let others: Vec<String> = others
        .iter()
        .take(2)
        .map(|(other, more)| format!("{} {more:+.0} %", other.name().replace('_', " ")))
        .collect();
    let with = if others.is_empty() { String::new() } else { format!(", and {}", others.join(", ")) };
    let keys = app
        .keymap
        .fill_in("{dot-left} {dot-right} move, {dot-up} {dot-down} choose, {slider-home} to the middle");
    // What matters most stands first, and what does not fit is left out from below.
    let texts = [
        (format!("{own}{with}."), "header.label"),
        (keys, "hint"),
        (attribute.about().to_owned(), "ui.faint"),
    ];
    let mut y = area.y + u16::from(area.height > 4);
    for (text, scope) in texts {
        for line in wrap(&text, area.width) {
            if y < area.bottom() {
                Pen::new(buffer, Rect { y, height: 1, ..area }).write(&line, app.theme.style(scope));
                y += 1;
            }
        }
    }
}

/// The slider under the pointer, and where on it.
pub fn target(app: &App, area: Rect, x: u16, y: u16) -> Option<Target> {
    let board = app.jam.board().filter(|board| !board.by.is_empty())?;
    let plan = plan(area, board.by.len() as u16);
    if !plan.rows.contains(Position { x, y }) {
        return None;
    }
    let row = usize::from((y - plan.rows.y) / plan.height);
    let (_, at) = window(app, board.by.len(), &plan).rows().nth(row)?;
    let (attribute, _) = board.by[at];
    let (left, width) = plan.track;
    let at = (left..left + width).contains(&x).then(|| {
        let share = f32::from(x - left) / f32::from(width.max(2) - 1);
        ((share * 4.0 - 2.0) * 100.0).round() as i16
    });
    Some(Target::Slider { attribute, at })
}
