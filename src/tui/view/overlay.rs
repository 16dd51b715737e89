//! What lies on top: all keys, and how a begun key sequence can go on.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::paint::{Pen, cut, width_of, wrap};
use crate::tui::app::App;
use crate::tui::chord::Chord;
use crate::tui::command::{Command, Group};

/// One line of the help.
enum Line {
    Blank,
    Heading(&'static str),
    /// Keys, what they do, and the number of the command where it is but one.
    Keys(String, String, Option<usize>),
}

/// The room inside of a frame on `area`.
pub fn inside(area: Rect) -> Rect {
    Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    }
}

/// Clears `area`, draws a frame with `title` around it and gives back what is inside.
pub fn frame(app: &App, area: Rect, title: &str, foot: &str, buffer: &mut Buffer) -> Rect {
    let (ground, border) =
        (app.theme.style("ui.overlay"), app.theme.style("ui.overlay").patch(app.theme.style("ui.border")));
    let border = border.patch(ratatui::style::Style { bg: ground.bg, ..Default::default() });
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
                let glyph = match (
                    x == area.left(),
                    x + 1 == area.right(),
                    y == area.top(),
                    y + 1 == area.bottom(),
                ) {
                    (true, _, true, _) => "\u{256d}",
                    (_, true, true, _) => "\u{256e}",
                    (true, _, _, true) => "\u{2570}",
                    (_, true, _, true) => "\u{256f}",
                    (true, ..) | (_, true, ..) => "\u{2502}",
                    (_, _, true, _) | (_, _, _, true) => "\u{2500}",
                    _ => " ",
                };
                cell.set_symbol(glyph).set_style(border);
            }
        }
    }
    let line = |y: u16| Rect { x: area.x + 2, y, width: area.width.saturating_sub(4), height: 1 };
    let strong = app
        .theme
        .style("ui.title.accent")
        .patch(ratatui::style::Style { bg: ground.bg, ..Default::default() });
    Pen::new(buffer, line(area.y)).write(&format!(" {title} "), strong);
    if !foot.is_empty() {
        Pen::new(buffer, line(area.bottom().saturating_sub(1))).write(&format!(" {foot} "), ground);
    }
    inside(area)
}

/// Keys of a command, as people read them, at most `most` of them.
fn keys(app: &App, command: &Command, most: usize) -> String {
    let spelled = command
        .keys
        .iter()
        .filter_map(|keys| Chord::sequence(keys))
        .map(|sequence| app.keymap.spell(&sequence));
    spelled.take(most).collect::<Vec<_>>().join("  ")
}

/// The keys of a member of a family that say which one it is: a prefix and its letter, where it has such.
fn by_letter(app: &App, command: &Command) -> String {
    let spelled: Vec<String> = command
        .keys
        .iter()
        .filter_map(|keys| Chord::sequence(keys))
        .map(|sequence| app.keymap.spell(&sequence))
        .collect();
    spelled.iter().find(|keys| keys.contains(' ')).or(spelled.first()).cloned().unwrap_or_default()
}

/// The help's lines, from the keymap itself. Families (one command a drum class) take one line.
fn lines(app: &App) -> Vec<Line> {
    let mut out = Vec::new();
    // What the keys mean at this moment comes first.
    let first = match (app.code.focused, &app.editor) {
        (true, _) => Some(Group::Code),
        (false, Some(_)) => Some(Group::Notes),
        (false, None) => None,
    };
    let rest = Group::ALL.into_iter().filter(|group| Some(*group) != first);
    for group in first.into_iter().chain(rest) {
        if !out.is_empty() {
            out.push(Line::Blank);
        }
        out.push(Line::Heading(group.title()));
        let of_group = |command: &&Command| command.group == group;
        let numbered = app.keymap.commands().iter().enumerate();
        for (number, command) in numbered.filter(|(_, command)| of_group(command) && command.family.is_none())
        {
            out.push(Line::Keys(keys(app, command, 2), command.help.clone(), Some(number)));
        }
        let mut seen: Vec<&str> = Vec::new();
        for command in app.keymap.commands().iter().filter(of_group) {
            let Some(family) = command.family.filter(|family| !seen.contains(family)) else { continue };
            seen.push(family);
            let members = app.keymap.commands().iter().filter(|other| other.family == Some(family));
            let members: Vec<&Command> = members.collect();
            if let (Some(first), Some(last)) = (members.first(), members.last()) {
                let (from, to) = (by_letter(app, first), by_letter(app, last));
                out.push(Line::Keys(format!("{from} \u{2026} {to}"), family.to_owned(), None));
                if keys(app, first, 1) != from {
                    let range = format!("{} \u{2026} {}", keys(app, first, 1), keys(app, last, 1));
                    let told = "the same, by the number of its lane".to_owned();
                    out.push(Line::Keys(range, told, None));
                }
            }
            // What sets none apart but its number needs no list.
            let told = members.iter().filter(|member| !member.short.is_empty());
            let more: Vec<String> =
                told.map(|member| format!("{} {}", by_letter(app, member), member.short)).collect();
            for part in more.chunks(3) {
                out.push(Line::Keys(String::new(), part.join("  "), None));
            }
        }
    }
    out
}

/// Columns of a line of help.
const COLUMN: u16 = 56;
/// Columns of the keys in it.
const KEYS: u16 = 17;

/// Where the help of so many lines stands on `area`: its frame, and how many columns of lines are in it.
fn sheet(count: u16, area: Rect) -> (Rect, u16) {
    let room = Rect { x: area.x + 1, y: area.y, width: area.width - 2, height: area.height };
    let columns = (room.width.saturating_sub(4) / COLUMN).clamp(1, 3);
    let wanted = count.div_ceil(columns) + 2;
    let width = (columns * COLUMN.max(if columns == 1 { 64 } else { 0 }) + 4).min(room.width);
    let outer = Rect { width, height: wanted.min(room.height), ..room };
    let outer = Rect {
        x: area.x + (area.width - outer.width) / 2,
        y: area.y + (area.height - outer.height) / 2,
        ..outer
    };
    (outer, columns)
}

/// The number of the command whose line of the help, shown from line `scroll` on, is at a cell of the screen.
pub fn help_at(app: &App, area: Rect, scroll: u16, x: u16, y: u16) -> Option<usize> {
    let lines = lines(app);
    let (outer, columns) = sheet(lines.len() as u16, area);
    let inner = inside(outer);
    if !inner.contains(Position { x, y }) {
        return None;
    }
    let most = (lines.len() as u16).saturating_sub(inner.height * columns);
    let column = ((x - inner.x) / (inner.width / columns).max(1)).min(columns - 1);
    let index = scroll.min(most) + column * inner.height + y - inner.y;
    match lines.get(usize::from(index)) {
        Some(Line::Keys(.., number)) => *number,
        _ => None,
    }
}

/// How far the help can be scrolled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// The last line that the sheet may begin with.
    pub end: u16,
    /// Lines on a sheet, in all its columns: a page on, no line is seen twice in another column.
    pub page: u16,
}

/// Draws all keys over `area`, from line `scroll` on; gives back how far it can be scrolled.
pub fn help(app: &App, area: Rect, scroll: u16, buffer: &mut Buffer) -> Reach {
    let lines = lines(app);
    let (outer, columns) = sheet(lines.len() as u16, area);
    let height = outer.height - 2;
    let most = (lines.len() as u16).saturating_sub(height * columns);
    let scroll = scroll.min(most);
    let foot = match (most, app.theme.is_ascii()) {
        (0, _) => "esc closes",
        (_, false) => "\u{2191} \u{2193} more, esc closes",
        (_, true) => "up, down: more, esc closes",
    };
    let inner = frame(app, outer, "keys", foot, buffer);
    let on = |scope: &str| {
        app.theme
            .style(scope)
            .patch(ratatui::style::Style { bg: app.theme.style("ui.overlay").bg, ..Default::default() })
    };
    let width = inner.width / columns;
    for (index, line) in
        lines.iter().skip(usize::from(scroll)).take(usize::from(height * columns)).enumerate()
    {
        let (column, row) = (index as u16 / height, index as u16 % height);
        let area = Rect { x: inner.x + column * width, y: inner.y + row, width, height: 1 };
        let mut pen = Pen::new(buffer, area);
        match line {
            Line::Blank => {}
            Line::Heading(title) => {
                pen.write(title, on("ui.title.accent"));
            }
            Line::Keys(keys, help, _) => {
                pen.write(&format!("{keys:>w$}  ", w = usize::from(KEYS - 2)), on("ui.key"));
                let room = pen.room().saturating_sub(1);
                pen.write(&cut(help, room), on("ui.overlay"));
            }
        }
    }
    Reach { end: most, page: height * columns }
}

/// Where the ways of a begun key sequence stand: the frame, and the columns of one way.
fn board(ways: &[(String, &Command)], area: Rect) -> (Rect, u16) {
    let widest = ways
        .iter()
        .map(|(key, command)| width_of(key) + width_of(&command.help) + 4)
        .max()
        .unwrap_or(0)
        .max(1);
    let room = area.width.saturating_sub(6);
    // Where they are more than the screen has lines they stand closer, and their words are cut: none is left out.
    let least = (ways.len() as u16).div_ceil(area.height.saturating_sub(4).max(1));
    let columns = (room / widest).clamp(1, 5).max(least);
    let widest = widest.min(room / columns).max(1);
    let rows = (ways.len() as u16).div_ceil(columns);
    let height = (rows + 2).min(area.height);
    let width = (widest * columns + 4).min(area.width);
    let outer = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.bottom().saturating_sub(height + 2).max(area.y),
        width,
        height,
    };
    (outer, widest)
}

/// The columns of ways that stand beside each other in the frame.
fn beside(outer: Rect, widest: u16) -> u16 {
    (outer.width.saturating_sub(4) / widest).max(1)
}

/// The name of the command whose way is at a cell of the screen.
pub fn way_at(app: &App, area: Rect, x: u16, y: u16) -> Option<String> {
    let (_, ways) = app.keymap.waiting()?;
    let (outer, widest) = board(&ways, area);
    let inner = inside(outer);
    if !inner.contains(Position { x, y }) {
        return None;
    }
    let columns = beside(outer, widest);
    let column = ((x - inner.x) / widest).min(columns - 1);
    let (_, command) = ways.get(usize::from((y - inner.y) * columns + column))?;
    Some(command.name.clone())
}

/// Draws how the begun key sequence can go on, above the status line.
pub fn ways(app: &App, area: Rect, buffer: &mut Buffer) {
    let Some((begun, ways)) = app.keymap.waiting() else { return };
    let (outer, widest) = board(&ways, area);
    let columns = beside(outer, widest);
    let inner = frame(app, outer, &begun, "esc: not now", buffer);
    let on = |scope: &str| {
        app.theme
            .style(scope)
            .patch(ratatui::style::Style { bg: app.theme.style("ui.overlay").bg, ..Default::default() })
    };
    for (index, (key, command)) in ways.iter().enumerate() {
        let (column, row) = (index as u16 % columns, index as u16 / columns);
        let area = Rect { x: inner.x + column * widest, y: inner.y + row, width: widest, height: 1 };
        if row < inner.height {
            let mut pen = Pen::new(buffer, area);
            pen.write(key, on("ui.key")).write("  ", on("ui.overlay"));
            let room = pen.room().saturating_sub(1);
            pen.write(&cut(&command.help, room), on("ui.overlay"));
        }
    }
}

/// Draws what is to be done about a screen that is too small.
pub fn too_small(app: &App, area: Rect, buffer: &mut Buffer) {
    let (width, height) = super::layout::SMALLEST;
    let texts = [
        format!("This screen is {} x {}.", area.width, area.height),
        format!("mvae-tui needs {width} x {height}:"),
        "make the window larger.".to_owned(),
        String::new(),
        app.keymap.fill_in(if app.jam.playing {
            "The music plays on. {play} stops,"
        } else {
            "{play} plays,"
        }),
        app.keymap.fill_in("{quit} quits."),
    ];
    let scope = |index| if index < 3 { "ui.title.accent" } else { "ui.faint" };
    let lines: Vec<(String, &str)> = texts
        .iter()
        .enumerate()
        .flat_map(|(index, text)| wrap(text, area.width).into_iter().map(move |line| (line, scope(index))))
        .collect();
    let top = area.y + area.height.saturating_sub(lines.len() as u16) / 2;
    for (line, (text, scope)) in lines.iter().enumerate() {
        let y = top + line as u16;
        if y >= area.bottom() {
            break;
        }
        let text = cut(text, area.width);
        let x = area.x + (area.width - width_of(&text)) / 2;
        Pen::new(buffer, Rect { x, y, width: area.right() - x, height: 1 })
            .write(&text, app.theme.style(scope));
    }
}
