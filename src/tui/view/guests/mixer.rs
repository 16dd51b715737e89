//! The mixer: a line a track with its fader, sound and model.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::window::Window;
use crate::jam::gear::Gear;
use crate::jam::{Output, limits, plain};
use crate::music::gm;
use crate::music::pattern::Part;
use crate::tui::app::App;
use crate::tui::view::Target;
use crate::tui::view::paint::{Pen, cut, width_of};

/// Columns of a fader.
const FADER: u16 = 20;

/// Lines of a track: two where there is room.
fn height(app: &App, area: Rect) -> u16 {
    if area.height >= 2 * app.jam.edit.tracks.len() as u16 { 2 } else { 1 }
}

/// The tracks in view.
fn window(app: &App, area: Rect) -> Window {
    Window::new(app.jam.edit.tracks.len(), app.jam.track, usize::from(area.height / height(app, area)))
}

/// Draws the mixer on `area`.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let jam = &app.jam;
    let height = height(app, area);
    let window = window(app, area);
    for (row, at) in window.rows() {
        let track = &jam.edit.tracks[at];
        let y = area.y + row as u16 * height;
        let selected = at == jam.track;
        let mut pen = Pen::new(buffer, Rect { y, height: 1, ..area });
        let name = if selected { "track.on" } else { "track" };
        pen.write(window.mark(at, selected), style("ui.key"));
        pen.write(&format!("{} {:<8}", at + 1, cut(&track.name, 8)), style(name));
        let flag = |on: bool| if on { "header.warning" } else { "ui.faint" };
        pen.write(if track.muted { "M" } else { "\u{b7}" }, style(flag(track.muted)));
        pen.write(if track.solo { "S" } else { "\u{b7}" }, style(flag(track.solo))).skip(1);
        let aside = if track.pan == 0.0 { "ui.faint" } else { "header.value" };
        pen.write(&format!("{:<4} ", place(track.pan)), style(aside));
        let (low, high) = (*limits::LEVEL.start(), *limits::LEVEL.end());
        let share = (track.level - low) / (high - low);
        let room = pen.room().saturating_sub(9).min(FADER);
        let knob = (share * f32::from(room.saturating_sub(1))).round() as u16;
        let silent = jam.is_silenced(at);
        for column in 0..room {
            let (glyph, scope) = match column {
                c if c == knob => ("\u{25cf}", if silent { "ui.faint" } else { "header.value" }),
                c if c < knob => ("\u{2501}", if silent { "ui.border" } else { "header.beat" }),
                _ => ("\u{2500}", "ui.border"),
            };
            pen.write(glyph, style(scope));
        }
        let level = if track.level <= low { "off".to_owned() } else { plain(f64::from(track.level)) + " dB" };
        pen.write(&format!(" {level:>8}"), style(if silent { "ui.faint" } else { "header.label" }));
        if height > 1 {
            let mut pen = Pen::new(buffer, Rect { y: y + 1, height: 1, ..area });
            pen.skip(3);
            strip(app, at, &mut pen);
            let sounding = jam.sounding_on(at).map_or_else(String::new, |l| {
                if l.script { "\u{25ba} script ".to_owned() } else { format!("\u{25ba} {} ", l.place) }
            });
            pen.write(&sounding, style("header.beat"));
            let sound = match track.part {
                Part::Drums => "drum kit".to_owned(),
                _ => {
                    let octave =
                        if track.octave == 0 { String::new() } else { format!(" {:+}", track.octave) };
                    format!("{}{octave}", gm::program_name(track.program))
                }
            };
            let text = format!("{sound}, {}", track.model);
            let room = pen.room();
            pen.write(&cut(&text, room), style("ui.faint"));
        }
    }
}

/// Where a track stands: `L30`, `C`, `R100`.
fn place(pan: f32) -> String {
    match (pan * 100.0).round() as i32 {
        0 => "C".to_owned(),
        left @ ..0 => format!("L{}", -left),
        right => format!("R{right}"),
    }
}

/// Columns of what stands on the second line of a track, from its third on: live or frozen, its loop, its output.
const STRIP: [u16; 3] = [7, 6, 12];

/// Whether a track moves, how long its loops are and where it is heard; what is not as usual stands out.
fn strip(app: &App, at: usize, pen: &mut Pen) {
    let style = |scope| app.theme.style(scope);
    let Some(track) = app.jam.edit.tracks.get(at) else { return };
    let scope = |special: bool| if special { "header.value" } else { "ui.faint" };
    let state = if track.frozen.is_some() { "frozen" } else { "live" };
    let length = track.steps.map_or("loop".to_owned(), |steps| format!("{steps}/16"));
    let missing = matches!(&track.output, Output::Port(name) if !app.jam.ports.contains(name));
    let channel = track.gear.channel.map_or(String::new(), |channel| format!(":{}", channel + 1));
    let room = STRIP[2] - 3 - width_of(&channel);
    let output =
        format!("\u{2192}{}{}{channel}", cut(track.output.word(), room), if missing { "?" } else { "" });
    let routed = track.output != Output::Everywhere || track.gear != Gear::default();
    for ((text, scope), width) in [
        (state.to_owned(), scope(track.frozen.is_some())),
        (length, scope(track.steps.is_some())),
        (output, if missing { "header.warning" } else { scope(routed) }),
    ]
    .into_iter()
    .zip(STRIP)
    {
        pen.write(&format!("{text:<w$}", w = usize::from(width)), style(scope));
    }
}

/// The track under the pointer.
pub fn target(app: &App, area: Rect, x: u16, y: u16) -> Option<Target> {
    if !area.contains(Position { x, y }) {
        return None;
    }
    let lines = height(app, area);
    let (row, second) = (usize::from((y - area.y) / lines), !(y - area.y).is_multiple_of(lines));
    let (_, at) = window(app, area).rows().nth(row)?;
    let x = x - area.x;
    if second && x >= 3 {
        let [state, length, output] = STRIP;
        return Some(match x - 3 {
            x if x < state => Target::Freeze(at),
            x if x < state + length => Target::Loop(at),
            x if x < state + length + output => Target::Output(at),
            _ => Target::Track(at),
        });
    }
    // Name, then M and S, the place between left and right, then the fader.
    Some(match x {
        11 => Target::Mute(at),
        12 => Target::Solo(at),
        14..=17 => Target::Pan(at),
        0..=10 => Target::Track(at),
        _ => Target::Fader(at),
    })
}
