//! The first start: what this is, and three keys that make music.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::overlay::frame;
use super::paint::{Pen, width_of, wrap};
use crate::tui::app::App;

/// The three keys, and what each does.
const KEYS: [(&str, &str); 3] = [
    ("{right}", "choose another beat"),
    ("{launch}", "bring it in at the next bar"),
    ("{vary}", "let the model vary it, as often as you like"),
];

/// Widest that the words may run.
const WIDEST: u16 = 62;

/// Draws the welcome in the middle of `area`.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let ground = app.theme.style("ui.overlay");
    let on = |scope| app.theme.style(scope).patch(Style { bg: ground.bg, ..Style::default() });
    let width = WIDEST.min(area.width.saturating_sub(6));
    let has_first = app.jam.sounding().is_some();
    let first = match (has_first, app.jam.playing) {
        (true, true) => {
            "A neural network has made the beat that plays, and seven more beside it. Three keys make music:"
        }
        _ => "A neural network is making a beat: it plays in a moment. Three keys make music:",
    };
    let rest = app.keymap.fill_in(
        "Then {sample} makes new beats, {interpolate} on one and on another fills the way between them, {next-track} goes \
         to melodies and bass, {palette} and {sliders} move through what lies between. {undo} takes back what changes the set.",
    );
    let last = app
        .keymap
        .fill_in("{help} shows all keys, {commands} finds any of them, {quit} leaves and keeps your set.");
    let mut lines: Vec<(String, String, &str)> = Vec::new();
    let mut say = |text: &str, scope: &'static str| {
        lines.extend(wrap(text, width).into_iter().map(|line| (String::new(), line, scope)));
    };
    say(first, "ui.overlay");
    say("", "ui.overlay");
    let widest = KEYS.iter().map(|(key, _)| width_of(&app.keymap.fill_in(key))).max().unwrap_or(0);
    for (key, does) in KEYS {
        let key = app.keymap.fill_in(key);
        lines.push((format!("{key:>0$}", usize::from(widest) + 2), format!("  {does}"), "ui.overlay"));
    }
    let mut say = |text: &str, scope: &'static str| {
        lines.extend(wrap(text, width).into_iter().map(|line| (String::new(), line, scope)));
    };
    say("", "ui.overlay");
    say(&rest, "ui.faint");
    say("", "ui.overlay");
    say(&last, "ui.faint");
    let (width, height) = (width + 4, (lines.len() as u16 + 2).min(area.height));
    // Below the header, so that the music is seen to play.
    let top = area.y + 2 + area.height.saturating_sub(height + 4) / 2;
    let top = top.min(area.bottom().saturating_sub(height));
    let outer = Rect { x: area.x + (area.width - width) / 2, y: top, width, height };
    let foot = app.keymap.fill_in("any key begins, {welcome} shows this again");
    let inner = frame(app, outer, "welcome to mvae-tui", &foot, buffer);
    for (row, (key, text, scope)) in lines.iter().enumerate().take(usize::from(inner.height)) {
        let line = Rect { y: inner.y + row as u16, height: 1, ..inner };
        Pen::new(buffer, line).write(key, on("ui.key")).write(text, on(scope));
    }
}
