//! MIDI: what each port is sent and when, who leads, and how every track is played on gear outside.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::jam::gear::GENERAL_MIDI;
use crate::jam::wiring::Sent;
use crate::jam::{Output, kit, plain};
use crate::music::pattern::Part;
use crate::tui::app::App;
use crate::tui::view::Target;
use crate::tui::view::paint::{Pen, cut, width_of};

/// What of an output lies under the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// Its name.
    Name,
    /// Whether it is sent this.
    Sends(Sent),
    /// How much later or earlier it sounds.
    Offset,
}

/// What of a track's gear lies under the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dial {
    /// Its channel.
    Channel,
    /// Its bank.
    Bank,
    /// Its program.
    Program,
    /// Its kit.
    Kit,
    /// The key of a drum class.
    Key(u8),
}

/// A line of the pane.
#[derive(Debug, Clone, Copy)]
enum Row {
    /// What the columns below mean.
    Head(bool),
    Output(usize),
    Input(usize),
    Track(usize),
    /// Keys of the selected kit, from a class on.
    Keys(u8),
    /// No port is open.
    Nothing,
}

/// A piece of a line: text of a fixed width, its scope, what it is for the pointer.
type Cell = (String, &'static str, Option<Target>);

/// What an output may be sent, in a word, and as the letter of its key where there is little room.
const SENDS: [(Sent, &str, &str); 4] = [
    (Sent::Notes, "notes", "n"),
    (Sent::Clock, "clock", "c"),
    (Sent::Transport, "start", "s"),
    (Sent::Position, "position", "p"),
];
/// From so many columns on there are words.
const WORDS: u16 = 64;
/// Columns of a drum and its key.
const KEY: u16 = 7;

/// Draws the pane on `area`.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    for (row, y) in rows(app, area).into_iter().zip(area.y..area.bottom()) {
        let mut pen = Pen::new(buffer, Rect { y, height: 1, ..area });
        for (text, scope, _) in cells(app, row, area.width) {
            pen.write(&text, app.theme.style(scope));
        }
    }
}

/// What lies under the pointer.
pub fn target(app: &App, area: Rect, x: u16, y: u16) -> Option<Target> {
    if !area.contains(Position { x, y }) {
        return None;
    }
    let row = rows(app, area).into_iter().nth(usize::from(y - area.y))?;
    let mut end = area.x;
    cells(app, row, area.width).into_iter().find_map(|(text, _, target)| {
        end += width_of(&text);
        (x < end).then_some(target)
    })?
}

/// The lines, from above; headings go first where there is no room for all.
fn rows(app: &App, area: Rect) -> Vec<Row> {
    let (outputs, inputs) = app.rig.as_ref().map_or((0, 0), |rig| (rig.outputs.len(), rig.inputs.len()));
    let mut rows = Vec::new();
    if outputs > 0 {
        rows.push(Row::Head(true));
    }
    rows.extend((0..outputs).map(Row::Output));
    rows.extend((0..inputs).map(Row::Input));
    if outputs + inputs == 0 {
        rows.push(Row::Nothing);
    }
    rows.push(Row::Head(false));
    rows.extend((0..app.jam.edit.tracks.len()).map(Row::Track));
    if app.jam.track().part == Part::Drums {
        let in_a_line = in_a_line(area.width);
        rows.extend((0..kit::CLASSES).step_by(usize::from(in_a_line)).map(Row::Keys));
    }
    if rows.len() > usize::from(area.height) {
        rows.retain(|row| !matches!(row, Row::Head(_)));
    }
    rows
}

/// Drums and keys in a line.
fn in_a_line(width: u16) -> u8 {
    (width.saturating_sub(3) / KEY).clamp(1, u16::from(kit::CLASSES)) as u8
}

fn cells(app: &App, row: Row, width: u16) -> Vec<Cell> {
    match row {
        Row::Head(true) => {
            let (name, _) = widths(width);
            let sent = padded("sent", sends(width) - 1);
            vec![(format!("{} {sent}{:>9}", padded("   out", name + 3), "heard"), "ui.faint", None)]
        }
        Row::Head(false) => {
            let (_, output) = widths(width);
            let text =
                format!("   {:<8}{:<o$}chan bank    prog kit", "track", "output", o = usize::from(output));
            vec![(text, "ui.faint", None)]
        }
        Row::Nothing => {
            let text = app.keymap.fill_in("   no port is open: {ports} lists all there are");
            vec![(text, "ui.faint", None)]
        }
        Row::Output(at) => output(app, at, width),
        Row::Input(at) => input(app, at, width),
        Row::Track(at) => track(app, at, width),
        Row::Keys(from) => keys(app, from, width),
    }
}

/// Columns of a port's name, and of a track's output.
fn widths(width: u16) -> (u16, u16) {
    (width.saturating_sub(3 + sends(width) + 9).clamp(8, 32), width.saturating_sub(11 + 18 + 9).clamp(8, 20))
}

/// Columns of what an output may be sent, each with a blank before it.
fn sends(width: u16) -> u16 {
    SENDS.iter().map(|(_, word, letter)| 1 + width_of(if width < WORDS { letter } else { word })).sum()
}

/// `text` in exactly `width` columns.
fn padded(text: &str, width: u16) -> String {
    let mut text = cut(text, width);
    text.extend(std::iter::repeat_n(' ', usize::from(width.saturating_sub(width_of(&text)))));
    text
}

fn output(app: &App, at: usize, width: u16) -> Vec<Cell> {
    let Some((port, chosen)) =
        app.rig.as_ref().and_then(|rig| Some((rig.outputs.get(at)?, rig.chosen == at)))
    else {
        return Vec::new();
    };
    let wire = |what| Some(Target::Wire(at, what));
    let name = if port.open { port.name.clone() } else { format!("missing: {}", port.name) };
    let scope = match (port.open, chosen) {
        (false, _) => "header.warning",
        (true, true) => "track.on",
        (true, false) => "track",
    };
    let mark = if chosen { "\u{25b8}" } else { " " };
    let mut cells = vec![
        (format!("{mark}{} ", at + 1), "ui.key", wire(Wire::Name)),
        (padded(&name, widths(width).0), scope, wire(Wire::Name)),
    ];
    let switches = port.switches;
    for (sent, word, letter) in SENDS {
        let word = if width < WORDS { letter } else { word };
        let on = switches.is_some_and(|switches| match sent {
            Sent::Notes => switches.notes,
            Sent::Clock => switches.clock,
            Sent::Transport => switches.transport,
            Sent::Position => switches.position,
        });
        // Without colours a line tells what is not sent.
        let text = if on { word.to_owned() } else { "\u{2500}".repeat(word.len()) };
        cells.push((" ".to_owned(), "ui", None));
        cells.push((text, if on { "header.value" } else { "ui.faint" }, wire(Wire::Sends(sent))));
    }
    let ms = switches.map_or(0.0, |switches| switches.offset as f64 / 1e6);
    let scope = if ms == 0.0 { "ui.faint" } else { "header.value" };
    cells.push((format!(" {:>6}ms", signed(ms)), scope, wire(Wire::Offset)));
    cells
}

/// `+8`, `-12.5`, `0`.
fn signed(ms: f64) -> String {
    let text = plain((ms * 10.0).round() / 10.0);
    if ms > 0.0 { format!("+{text}") } else { text }
}

fn input(app: &App, at: usize, width: u16) -> Vec<Cell> {
    let Some(port) = app.rig.as_ref().and_then(|rig| rig.inputs.get(at)) else { return Vec::new() };
    let name = if port.open { port.name.clone() } else { format!("missing: {}", port.name) };
    let target = Some(Target::Input(at));
    vec![
        (format!("\u{25c2}{} ", at + 1), "ui.key", target),
        (padded(&name, widths(width).0), if port.open { "track" } else { "header.warning" }, target),
        (format!(" {}", port.note), "header.label", target),
    ]
}

fn track(app: &App, at: usize, width: u16) -> Vec<Cell> {
    let Some(track) = app.jam.edit.tracks.get(at) else { return Vec::new() };
    let gear = &track.gear;
    let selected = at == app.jam.track;
    let dial = |what| Some(Target::Gear(at, what));
    let scope = |chosen: bool| if chosen { "header.value" } else { "ui.faint" };
    let missing = matches!(&track.output, Output::Port(name) if !app.jam.ports.contains(name));
    let output = if missing { format!("{}?", track.output.word()) } else { track.output.word().to_owned() };
    let output_scope = if missing { "header.warning" } else { scope(track.output != Output::Everywhere) };
    let channel = gear.channel.map_or("own".to_owned(), |channel| (channel + 1).to_string());
    let bank = gear.bank_bytes().map_or("\u{2500}".to_owned(), |[upper, lower]| format!("{upper}/{lower}"));
    let program = gear.program.map_or("own".to_owned(), |program| (program + 1).to_string());
    let mut cells = vec![
        (
            format!("{}{} ", if selected { "\u{25b8}" } else { " " }, at + 1),
            "ui.key",
            Some(Target::Track(at)),
        ),
        (padded(&track.name, 8), if selected { "track.on" } else { "track" }, Some(Target::Track(at))),
        (padded(&cut(&output, widths(width).1 - 1), widths(width).1), output_scope, Some(Target::Output(at))),
        (padded(&channel, 5), scope(gear.channel.is_some()), dial(Dial::Channel)),
        (padded(&bank, 8), scope(gear.bank.is_some()), dial(Dial::Bank)),
        (padded(&program, 5), scope(gear.program.is_some()), dial(Dial::Program)),
    ];
    if track.part == Part::Drums {
        let name = gear.kit(&app.jam.kits);
        cells.push((name.to_owned(), scope(name != GENERAL_MIDI), dial(Dial::Kit)));
    }
    cells
}

fn keys(app: &App, from: u8, width: u16) -> Vec<Cell> {
    let gear = &app.jam.track().gear;
    let keys = gear.keys.unwrap_or_else(crate::jam::gear::general_midi);
    let mut cells = vec![("   ".to_owned(), "ui", None)];
    for class in (from..kit::CLASSES).take(usize::from(in_a_line(width))) {
        let target = Some(Target::Gear(app.jam.track, Dial::Key(class)));
        let key = keys[usize::from(class)];
        let scope = if Some(key) == kit::key_of(class) { "ui.faint" } else { "header.value" };
        cells.push((format!("{} ", kit::short(class)), "header.label", target));
        cells.push((format!("{key:<w$}", w = usize::from(KEY) - 3), scope, target));
    }
    cells
}
