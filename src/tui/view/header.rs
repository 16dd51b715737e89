//! The header: transport, settings, model, machine.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::{Pen, cut, width_of};
use super::{Layout, Target};
use crate::engine::Lock;
use crate::jam::plain;
use crate::music::pattern::{STEPS_PER_BAR, STEPS_PER_QUARTER};
use crate::tui::app::App;

/// Draws the header pane.
pub fn draw(app: &App, layout: &Layout, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, layout.header);
    for part in parts(app) {
        if !pen.write_whole(&part.text, app.theme.style(part.scope)) {
            break;
        }
    }
    if layout.header.height > 1 {
        machine(app, Rect { y: layout.header.y + 1, height: 1, ..layout.header }, buffer);
    }
}

/// What the wheel or a click at column `x` of the first line means.
pub fn target(app: &App, x: u16) -> Option<Target> {
    let mut end = 0;
    parts(app).into_iter().find_map(|part| {
        end += width_of(&part.text);
        (x < end).then_some(part.target)
    })?
}

/// Bar, beat and step of the transport, each from 1: `3.2.4`.
pub fn position(beat: f64) -> String {
    let step = (beat.max(0.0) * f64::from(STEPS_PER_QUARTER) + 1e-6) as u64;
    let (bar, within) = (step / u64::from(STEPS_PER_BAR), step % u64::from(STEPS_PER_BAR));
    let quarter = u64::from(STEPS_PER_QUARTER);
    format!("{}.{}.{}", bar + 1, within / quarter + 1, within % quarter + 1)
}

/// A piece of the first line.
struct Part {
    text: String,
    scope: &'static str,
    target: Option<Target>,
}

/// The first line, from left to right; what does not fit is left out from the right.
fn parts(app: &App) -> Vec<Part> {
    let (jam, meter) = (&app.jam, &app.meter);
    let mut parts = Vec::with_capacity(32);
    let mut add = |text: String, scope, target| parts.push(Part { text, scope, target });
    let beat = if jam.playing { meter.beat } else { 0.0 };
    add(" mvae ".into(), "header.name", Some(Target::Menu));
    let (badge, scope) = match (jam.playing, meter.counting) {
        (true, Some(left)) => (format!(" \u{25ba} IN {left:<3}"), "header.warning"),
        (true, None) => (" \u{25ba} PLAY ".to_owned(), "header.play"),
        (false, _) => (" \u{25a0} STOP ".to_owned(), "header.stop"),
    };
    add(badge, scope, Some(Target::Play));
    add(" ".into(), "ui", None);
    let quarter = (beat.max(0.0) + 1e-6) as u64 % 4;
    for dot in 0..4 {
        match jam.playing && dot == quarter {
            true => add("\u{25cf}".into(), "header.beat", None),
            false => add("\u{25cb}".into(), "header.beat.off", None),
        }
    }
    add(format!(" {:<7} ", position(beat)), "header.value", None);
    let mut field = |value: String, label: &str, scope, target: Option<Target>| {
        add(value, scope, target);
        add(format!(" {label}  "), "header.label", target);
    };
    field(plain(shown_bpm(app)), "BPM", "header.value", Some(Target::Tempo));
    field(format!("{:.2}", jam.edit.temperature), "temp", "header.value", Some(Target::Temperature));
    let swing = format!("{:.0}%", f64::from(jam.edit.swing) * 100.0);
    field(swing, "swing", "header.value", Some(Target::Swing));
    field(jam.quantise.short().into(), "launch", "header.value", Some(Target::Quantise));
    if jam.count_in > 0 {
        field(format!("{} bar", jam.count_in), "in", "header.warning", Some(Target::CountIn));
    }
    if let Some(take) = &jam.recording {
        let free = if jam.record_free { " free" } else { "" };
        field(format!("\u{25cf} {}{free}", take.place), "rec", "header.warning", Some(Target::Record));
    }
    if jam.metronome {
        field("\u{266a}".into(), "click", "header.warning", None);
    }
    if jam.edit.muted != 0 {
        field(jam.edit.muted.count_ones().to_string(), "muted", "header.warning", None);
    }
    parts
}

/// The tracks, each with its number and, where its pattern sounds, a mark.
fn chips(app: &App) -> Vec<(usize, String)> {
    let jam = &app.jam;
    let many = jam.edit.tracks.len() > 4;
    let chip = |(at, track): (usize, &crate::jam::Track)| {
        let mark = match (jam.playing && jam.sounding_on(at).is_some(), jam.queued_on(at).is_some()) {
            (_, true) => "\u{bb}",
            (true, _) => "\u{25ba}",
            _ => " ",
        };
        let name = if many && at != jam.track { String::new() } else { format!(" {}", cut(&track.name, 8)) };
        (at, format!("{mark}{}{name} ", at + 1))
    };
    jam.edit.tracks.iter().enumerate().map(chip).collect()
}

/// The track at column `x` of the second line.
pub fn track_target(app: &App, x: u16) -> Option<Target> {
    let mut end = 0;
    chips(app).into_iter().find_map(|(at, text)| {
        end += width_of(&text);
        (x < end).then_some(Target::Track(at))
    })
}

/// The tempo that plays: the clock's, where one is followed.
fn shown_bpm(app: &App) -> f64 {
    let sync = app.meter.sync;
    if app.jam.following && sync.bpm > 0.0 { sync.bpm } else { app.jam.edit.bpm }
}

/// Who leads the time, and how late MIDI leaves: `ext locked  midi 9/35/210 us  drift 0`.
fn rig(app: &App) -> Option<String> {
    let source = match app.meter.sync.lock {
        _ if !app.jam.following => None,
        Lock::Internal | Lock::Waiting => Some("ext waits"),
        Lock::Locking => Some("ext locking"),
        Lock::Locked => Some("ext locked"),
        Lock::Lost => Some("clock lost"),
    };
    let midi = app.rig.as_ref().map(|rig| {
        let missing = rig.outputs.iter().chain(&rig.inputs).filter(|port| !port.open).count();
        let timing = match rig.out.count {
            0 => "midi".to_owned(),
            _ => format!("midi {:.0}/{:.0}/{:.0} us", rig.out.p50_us, rig.out.p99_us, rig.out.max_us),
        };
        let drift = app.drift.ticks.map_or(String::new(), |ticks| format!("  drift {ticks}"));
        if missing > 0 { format!("{timing}{drift}, {missing} missing") } else { format!("{timing}{drift}") }
    });
    match (source, midi) {
        (None, None) => None,
        (Some(one), None) => Some(one.to_owned()),
        (None, Some(one)) => Some(one),
        (Some(source), Some(midi)) => Some(format!("{source}  {midi}")),
    }
}

fn machine(app: &App, area: Rect, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let (jam, meter) = (&app.jam, &app.meter);
    let mut right = format!("load {:>2.0}%", f64::from(meter.load.clamp(0.0, 9.99)) * 100.0);
    if meter.xruns > 0 {
        right.push_str(&format!("  {} late", meter.xruns));
    }
    if let Some(rig) = rig(app) {
        right = format!("{rig}  {right}");
    }
    let right_width = width_of(&right) + 1;
    let mut pen = Pen::new(buffer, area);
    for (at, text) in chips(app) {
        let scope = match (at == jam.track, jam.is_silenced(at)) {
            (_, true) => "track.muted",
            (true, _) => "track.on",
            _ => "track",
        };
        pen.write(&text, style(scope));
    }
    pen.skip(1).write(&cut(jam.model(), 30), style("ui.title.accent"));
    pen.write("  ", style("ui"));
    // Where nothing is heard, why that is so takes the room of the level.
    let meters = if app.silent { 0 } else { 9 };
    let room = pen.room().saturating_sub(right_width + meters + 1);
    if app.silent {
        pen.write(&cut(&format!("silent: {}", app.sound), room), style("header.warning"));
    } else {
        pen.write(&cut(&app.sound, room), style("header.label"));
    }
    pen.fill_to(right_width + meters, " ", style("ui"));
    if !app.silent {
        pen.write(&level(meter.peak[0].max(meter.peak[1])), style("header.beat")).skip(1);
    }
    let warn = meter.xruns > 0 || meter.load > 0.7;
    pen.write(&right, style(if warn { "header.warning" } else { "header.label" }));
}

/// Eight cells of a level meter from -42 dB to full scale.
fn level(peak: f32) -> String {
    const EIGHTHS: [char; 8] =
        [' ', '\u{258f}', '\u{258e}', '\u{258d}', '\u{258c}', '\u{258b}', '\u{258a}', '\u{2589}'];
    let db = 20.0 * peak.max(1e-6).log10();
    let filled = ((db + 42.0) / 42.0 * 64.0).clamp(0.0, 64.0) as usize;
    (0..8)
        .map(|cell| match filled.saturating_sub(cell * 8) {
            8.. => '\u{2588}',
            part => EIGHTHS[part],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{level, position};

    #[test]
    fn positions_count_from_one() {
        assert_eq!(position(0.0), "1.1.1");
        assert_eq!(position(4.0 + 1.0 + 0.75), "2.2.4");
        assert_eq!(position(-3.0), "1.1.1");
    }

    #[test]
    fn the_level_is_empty_at_silence_and_full_at_full_scale() {
        assert_eq!((level(0.0).trim(), level(1.0).as_str()), ("", "████████"));
        assert!(level(0.1).starts_with('█') && level(0.1).ends_with(' '));
    }
}
