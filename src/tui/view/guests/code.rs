//! The script pane: numbered lines in colour, what plays, what is wrong, and how the function being written is called.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::inside;
use crate::jam::Tone;
use crate::tui::app::App;
use crate::tui::arrangement::Pane;
use crate::tui::code::Code;
use crate::tui::code::colour::inks;
use crate::tui::view::layout::{Layout, Target};
use crate::tui::view::paint::{Pen, cut, wrap};

/// Lines of an error's words at most.
const WORDS: u16 = 3;
/// Lines of what was said at most.
const SAID: u16 = 12;
/// The same where the text is longer than the pane, and nobody writes in it.
const SAID_BESIDE: u16 = 4;

/// Columns of the line numbers with a mark and a blank behind them.
fn margin(code: &Code) -> u16 {
    (code.area.lines().len().max(10).ilog10() + 3) as u16
}

/// What is said below the text: what is wrong, the names that fit, or the line of a function.
fn foot(app: &App, width: u16) -> Vec<(String, &'static str)> {
    let code = &app.code;
    if let Some(fault) = &code.fault {
        let mut lines = wrap(&fault.text, width);
        lines.truncate(usize::from(WORDS));
        return lines.into_iter().map(|line| (line, "header.warning")).collect();
    }
    if !code.focused {
        return Vec::new();
    }
    if let Some((names, at)) = code.choices().filter(|(names, _)| names.len() > 1) {
        let shown = names.iter().cycle().skip(at).take(names.len().min(12));
        return vec![(cut(&shown.cloned().collect::<Vec<_>>().join("  "), width), "ui.key")];
    }
    match code.hint() {
        Some((signature, doc)) => {
            vec![(cut(signature, width), "ui.key"), (cut(doc, width), "ui.faint")]
        }
        None => vec![(String::new(), "ui"), (String::new(), "ui")],
    }
}

/// The text's own room on a screen of `area`; `None` where the pane is not shown.
pub fn room(app: &App, area: Rect) -> Option<Rect> {
    let (_, pane) = Layout::of(app, area)?.guest.filter(|(pane, _)| *pane == Pane::Code)?;
    Some(text_room(app, inside(pane)))
}

/// The room of the text: what is said has the last lines of a longer text as long as nobody writes in it.
fn text_room(app: &App, area: Rect) -> Rect {
    let whole = whole_room(app, area);
    Rect { height: whole.height - beside(app, whole.height), ..whole }
}

/// Lines that what was said takes from a text that is longer than the pane, the rule above it included.
fn beside(app: &App, height: u16) -> u16 {
    let lines = app.code.area.lines().len().saturating_sub(app.code.top.0);
    if app.code.focused || lines + 2 < usize::from(height) || app.jam.log.last().is_none() {
        return 0;
    }
    // Three quarters are the text's.
    match height / 4 {
        0 | 1 => 0,
        lines => lines.min(SAID_BESIDE + 1),
    }
}

/// The room of the text and of what is said.
fn whole_room(app: &App, area: Rect) -> Rect {
    let foot = foot(app, area.width).len() as u16;
    let margin = margin(&app.code).min(area.width);
    Rect {
        x: area.x + margin,
        width: area.width - margin,
        height: area.height.saturating_sub(foot.min(area.height.saturating_sub(1))),
        ..area
    }
}

/// Draws the pane on `area`.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let code = &app.code;
    title(app, area, buffer);
    let room = text_room(app, area);
    let margin = margin(code);
    let (cursor_line, cursor_column) = code.cursor();
    let fault = code.fault.as_ref().and_then(|fault| fault.line.map(|line| (line, fault.column)));
    let chosen = code.area.selection_range();
    for row in 0..room.height {
        let at = code.top.0 + usize::from(row);
        let Some(line) = code.area.lines().get(at) else { break };
        let y = room.y + row;
        let wrong = fault.filter(|(line, _)| *line == at + 1);
        let lit = code.lit.is_some_and(|(from, to)| (from..to).contains(&at));
        let (mark, scope) = match (wrong.is_some(), lit) {
            (true, _) => ("!", "header.warning"),
            (_, true) => ("\u{258e}", "header.beat"),
            _ => (" ", "ui.faint"),
        };
        let number = Rect { x: area.x, y, width: margin, height: 1 };
        let number_style = if at == cursor_line && code.focused { "ui.title.accent" } else { scope };
        Pen::new(buffer, number)
            .write(&format!("{:>w$}", at + 1, w = usize::from(margin - 2)), style(number_style))
            .write(mark, style(scope));
        let inks = inks(line);
        for (column, letter) in line.chars().chain([' ']).enumerate().skip(code.top.1) {
            let x = room.x + (column - code.top.1) as u16;
            if x >= room.right() {
                break;
            }
            let mut look = inks.get(column).map_or_else(Style::default, |ink| style(ink.scope()));
            if wrong.is_some_and(|(_, place)| place.is_none_or(|place| place == column + 1)) {
                look = look.patch(style("header.warning")).add_modifier(Modifier::UNDERLINED);
            }
            if chosen.is_some_and(|(from, to)| (from..to).contains(&(at, column))) {
                look = look.patch(style("bank.cursor"));
            }
            if code.focused && !code.console.open && (at, column) == (cursor_line, cursor_column) {
                look = look.add_modifier(Modifier::REVERSED);
            }
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.set_char(letter).set_style(look);
            }
        }
    }
    said(app, whole_room(app, area), buffer);
    let foot = foot(app, area.width);
    for (index, (text, scope)) in foot.iter().enumerate() {
        let y = area.bottom().saturating_sub(foot.len() as u16) + index as u16;
        if y >= area.y {
            Pen::new(buffer, Rect { y, height: 1, ..area }).write(text, style(scope));
        }
    }
}

/// What scripts and the jam have said, where the text leaves room for it: printed values are read beside the code.
fn said(app: &App, room: Rect, buffer: &mut Buffer) {
    let text = app.code.area.lines().len().saturating_sub(app.code.top.0) as u16;
    // A blank line, the rule, and the words.
    let free = room.height.saturating_sub(text.min(room.height) + 2).min(SAID);
    let free = free.max(beside(app, room.height).saturating_sub(1));
    if free == 0 {
        return;
    }
    let mut lines: Vec<(String, Tone)> = Vec::new();
    for message in app.jam.log.lines().rev() {
        let text = app.keymap.fill_in(&message.text);
        let mut words: Vec<_> =
            wrap(&text, room.width).into_iter().map(|line| (line, message.tone)).collect();
        words.extend(lines);
        lines = words;
        if lines.len() >= usize::from(free) {
            break;
        }
    }
    let lines = &lines[lines.len().saturating_sub(usize::from(free))..];
    if lines.is_empty() {
        return;
    }
    let top = room.bottom() - lines.len() as u16;
    let rule = Rect { y: top - 1, height: 1, ..room };
    Pen::new(buffer, rule).write("\u{2500} said ", app.theme.style("ui.faint")).fill_to(
        0,
        "\u{2500}",
        app.theme.style("ui.border"),
    );
    for (y, (line, tone)) in (top..).zip(lines) {
        let scope = match tone {
            Tone::Error | Tone::Hint => "header.warning",
            Tone::Said | Tone::Good => "ui.faint",
        };
        Pen::new(buffer, Rect { y, height: 1, ..room }).write(line, app.theme.style(scope));
    }
}

/// The name of the script in the pane's title line, and what it is up to.
fn title(app: &App, area: Rect, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let code = &app.code;
    let line =
        Rect { x: area.x.saturating_sub(1), y: area.y.saturating_sub(1), width: area.width + 2, height: 1 };
    let mut pen = Pen::new(buffer, line);
    let (name, mark) = (code.name(), if code.dirty { " \u{2022}" } else { "" });
    pen.write("\u{2500} script ", style("ui.border"));
    let scope = if code.focused { "header.name" } else { "ui.title.accent" };
    pen.write(name, style(scope)).write(mark, style("header.warning")).write(" ", style("ui"));
    if !code.focused
        && let Some(key) = app.keymap.key("code")
    {
        pen.write(&format!("{key} writes "), style("ui.faint"));
    }
    let (cursor, column) = code.cursor();
    let place = format!(" {}:{} ", cursor + 1, column + 1);
    pen.fill_to(place.len() as u16 + 2, "\u{2500}", style("ui.border"))
        .write(&place, style("ui.faint"))
        .fill_to(0, "\u{2500}", style("ui.border"));
}

/// What lies under the pointer.
pub fn target(app: &App, area: Rect, x: u16, y: u16) -> Option<Target> {
    if y + 1 == area.y {
        return Some(Target::Script);
    }
    let room = text_room(app, area);
    if y < room.y || y >= room.bottom() {
        return None;
    }
    let last = app.code.area.lines().len().saturating_sub(1);
    let line = (app.code.top.0 + usize::from(y - room.y)).min(last);
    Some(Target::Text { line, column: app.code.top.1 + usize::from(x.saturating_sub(room.x)) })
}
