//! The mixer: a line a track with its fader, sound and model.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::jam::{limits, plain};
use crate::music::gm;
use crate::music::pattern::Part;
use crate::tui::app::App;
use crate::tui::view::Target;
use crate::tui::view::paint::{Pen, cut};

/// Columns of a fader.
const FADER: u16 = 20;

/// Lines of a track: two where there is room.
fn height(app: &App, area: Rect) -> u16 {
    if area.height >= 2 * app.jam.edit.tracks.len() as u16 { 2 } else { 1 }
}

/// Draws the mixer on `area`.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let jam = &app.jam;
    let height = height(app, area);
    for (at, track) in jam.edit.tracks.iter().enumerate() {
        let y = area.y + at as u16 * height;
        if y + height > area.bottom() {
            return;
        }
        let selected = at == jam.track;
        let mut pen = Pen::new(buffer, Rect { y, height: 1, ..area });
        let name = if selected { "track.on" } else { "track" };
        pen.write(if selected { "\u{25b8}" } else { " " }, style("ui.key"));
        pen.write(&format!("{} {:<8}", at + 1, cut(&track.name, 8)), style(name));
        let flag = |on: bool| if on { "header.warning" } else { "ui.faint" };
        pen.write(if track.muted { "M" } else { "\u{b7}" }, style(flag(track.muted)));
        pen.write(if track.solo { "S" } else { "\u{b7}" }, style(flag(track.solo))).skip(1);
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
            let sounding = jam.sounding_on(at).map_or_else(String::new, |l| format!("\u{25ba} {} ", l.place));
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

/// The track under the pointer.
pub fn target(app: &App, area: Rect, x: u16, y: u16) -> Option<Target> {
    if !area.contains(Position { x, y }) {
        return None;
    }
    let at = usize::from((y - area.y) / height(app, area));
    if at >= app.jam.edit.tracks.len() {
        return None;
    }
    // Name, then M and S, then the fader.
    Some(match x - area.x {
        11 => Target::Mute(at),
        12 => Target::Solo(at),
        0..=10 => Target::Track(at),
        _ => Target::Fader(at),
    })
}
