//! The last two lines: what happened, and a few keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{Pen, cut, width_of, wrap_from as wrap};
use super::{Layout, Target};
use crate::jam::progress::Progress;
use crate::jam::{Message, Pending, Tone};
use crate::tui::app::App;
use crate::tui::code::commands as code;
use crate::tui::command::{EDIT_HINTS, HINTS};

/// Most lines of a message that says what went wrong and what to do.
const LONGEST: u16 = 4;

/// Draws the status and, where it leaves the last line free, the key hints.
///
/// A message longer than its line goes on over the hints. One that names a remedy may grow over the pane above as
/// well: nobody can follow half a sentence, and the next message takes it away.
pub fn draw(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let making: usize =
        app.jam.pending.iter().filter(|pending| !pending.encodes).map(|pending| pending.slots.len()).sum();
    let help = match layout.hints.height {
        0 => app.keymap.key("help").map_or_else(String::new, |key| format!(" {key} keys ")),
        _ => String::new(),
    };
    let [long, brief] = work(app, making).map(|work| format!("{work}{help}"));
    let (text, mark, scope, most) = match app.standing() {
        Some(message) => {
            let (mark, scope) = match message.tone {
                Tone::Said => (" \u{2022} ", "status"),
                Tone::Good => (" \u{2022} ", "status.good"),
                Tone::Hint => (" \u{2022} ", "status.warning"),
                Tone::Error => (" ! ", "status.error"),
            };
            let most = match message.tone {
                Tone::Hint | Tone::Error => LONGEST,
                Tone::Said | Tone::Good => 1 + layout.hints.height,
            };
            (words(app, message), mark, scope, most)
        }
        None => (String::new(), "   ", "status", 1),
    };
    // Only the first line is shared with what is under way; a message that needs the room has it.
    let full = layout.status.width.saturating_sub(4);
    let broken = |right: &str| wrap(&text, full.saturating_sub(width_of(right)), full);
    let (right, lines) = match broken(&long) {
        lines if lines.len() <= 1 + usize::from(layout.hints.height) => (long, lines),
        _ => (brief.clone(), broken(&brief)),
    };
    let room = if most == 1 { full.saturating_sub(width_of(&right)) } else { full };
    let lines = shortened(lines, most, room);
    let more = lines.len() as u16 - 1;
    let (down, up) = (more.min(layout.hints.height), more.saturating_sub(layout.hints.height));
    let area = Rect { y: layout.status.y.saturating_sub(up), height: 1 + up + down, ..layout.status };
    for (index, text) in lines.iter().enumerate() {
        let line = Rect { y: area.y + index as u16, height: 1, ..area };
        buffer.set_style(line, style("status"));
        let (mark, right) = if index == 0 { (mark, right.as_str()) } else { ("   ", "") };
        let mut pen = Pen::new(buffer, line);
        pen.write(mark, style(scope)).write(text, style(scope));
        pen.fill_to(width_of(right), " ", style("status")).write(right, style("status"));
    }
    if down == 0 {
        hints(app, layout, buffer);
    }
}

/// What is under way, at length and in brief: `◌ making 8: 43%, 4 s left, ctrl-x stops` and `◌ 43%`.
fn work(app: &App, making: usize) -> [String; 2] {
    let newest = app.jam.pending.iter().rev().find(|pending| !pending.encodes);
    let (what, progress) = match (&app.jam.rendering, newest) {
        (Some((_, progress)), _) => ("rendering".to_owned(), *progress),
        // The one in work tells how far it is; it need not be the newest.
        (None, Some(newest)) => {
            let told = |pending: &&Pending| pending.progress != Progress::default();
            let progress = app.jam.pending.iter().rev().find(told).unwrap_or(newest).progress;
            (format!("making {making}"), progress)
        }
        (None, None) => return Default::default(),
    };
    let words = progress.words();
    let words = if words.is_empty() { words } else { format!(": {words}") };
    let key = app.keymap.key("call-off").filter(|_| progress.is_long());
    let stops = key.map_or_else(String::new, |key| format!(", {key} stops"));
    let brief =
        if progress.share >= 0.01 { format!("{:.0}%", progress.share * 100.0) } else { String::new() };
    [format!(" \u{25cc} {what}{words}{stops} "), format!(" \u{25cc} {brief} ")]
}

/// A message as shown: with the keys in use, and how often it was said in a row.
pub fn words(app: &App, message: &Message) -> String {
    let text = app.keymap.fill_in(&message.text);
    if message.times > 1 { format!("{text} (\u{d7}{})", message.times) } else { text }
}

/// The first `most` of `lines`, with an ellipsis where something is left out.
fn shortened(mut lines: Vec<String>, most: u16, width: u16) -> Vec<String> {
    let most = usize::from(most.max(1));
    if lines.len() > most {
        let rest = lines.split_off(most - 1).join(" ");
        lines.push(cut(&rest, width));
    }
    lines
}

/// The hints while letters play: the letters with their notes, then how they play; what each is for the pointer.
fn letters(app: &App) -> Vec<(String, &'static str, Option<Target>)> {
    let Some(piano) = &app.piano else { return Vec::new() };
    let part = app.jam.track().part;
    let keys = piano.letters(part).into_iter().flat_map(|(letter, word)| {
        let target = Some(Target::Letter(letter));
        [(letter.to_string(), "ui.key", target), (format!(" {word} "), "hint", target)]
    });
    keys.chain([(format!(" {}", piano.title(part)), "header.label", Some(Target::Letters))]).collect()
}

/// What lies under the pointer at column `x` of the hints.
pub fn target(app: &App, layout: &Layout, x: u16) -> Option<Target> {
    let mut end = layout.hints.x + 1;
    letters(app).into_iter().find_map(|(text, _, target)| {
        end += width_of(&text);
        (x < end).then_some(target)
    })?
}

/// A hint: its commands with their keys, and a word for them together.
type Hint = (Vec<(&'static str, String)>, &'static str);

/// Columns between two hints.
const GAP: u16 = 2;

/// As many of [`HINTS`] as fit on the last line, the most needed first, `?` at the right end.
fn shown(app: &App, layout: &Layout) -> Vec<Hint> {
    // The last one needs no gap behind it.
    let mut room = layout.hints.width.saturating_sub(1) + GAP;
    let mut shown: Vec<Hint> = Vec::new();
    let hints = match (app.code.focused, &app.editor) {
        (true, _) => code::HINTS,
        (false, Some(_)) => EDIT_HINTS,
        (false, None) => HINTS,
    };
    for (names, word) in hints {
        let keys: Vec<(&str, String)> =
            names.iter().filter_map(|name| Some((*name, app.keymap.key(name)?))).collect();
        let width = keys.iter().map(|(_, key)| width_of(key) + 1).sum::<u16>() + width_of(word) + GAP;
        if width <= room {
            room -= width;
            shown.push((keys, word));
        }
    }
    let first = 1.min(shown.len());
    shown.rotate_left(first);
    shown
}

/// Draws the key hints.
fn hints(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let mut pen = Pen::new(buffer, layout.hints);
    pen.skip(1);
    if app.piano.is_some() && !app.code.focused {
        for (text, scope, _) in letters(app) {
            if !pen.write_whole(&text, style(scope)) {
                break;
            }
        }
        return;
    }
    for (keys, word) in shown(app, layout) {
        let keys: Vec<String> = keys.into_iter().map(|(_, key)| key).collect();
        pen.write(&keys.join(" "), style("ui.key")).write(" ", style("hint"));
        pen.write(word, style("hint")).skip(GAP);
    }
}

/// The command whose hint is at column `x` of the last line; the word belongs to the last of its keys.
pub fn hint_at(app: &App, layout: &Layout, x: u16) -> Option<&'static str> {
    let mut end = layout.hints.x + 1;
    for (keys, word) in shown(app, layout) {
        let last = keys.len().saturating_sub(1);
        for (at, (name, key)) in keys.iter().enumerate() {
            let from = end;
            end += width_of(key) + 1 + if at == last { width_of(word) } else { 0 };
            if (from..end).contains(&x) {
                return Some(name);
            }
        }
        end += GAP;
    }
    None
}
