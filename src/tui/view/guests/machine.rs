//! Clock and load: what keeps time, and how much of it the machine has left.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::Lock;
use crate::jam::plain;
use crate::tui::app::App;
use crate::tui::view::header;
use crate::tui::view::paint::{Pen, cut};

/// Draws the panel on `area`.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let style = |scope| app.theme.style(scope);
    let meter = &app.meter;
    let load = f64::from(meter.load.clamp(0.0, 1.0));
    let making: usize = app.jam.pending.iter().map(|pending| pending.slots.len()).sum();
    let late = if meter.xruns == 0 { "none".to_owned() } else { format!("{} blocks", meter.xruns) };
    let db = 20.0 * meter.peak[0].max(meter.peak[1]).max(1e-6).log10();
    let peak = if db < -90.0 { "silence".to_owned() } else { format!("{db:.0} dB") };
    let mut rows: Vec<(String, String, Option<f64>)> = vec![
        ("position".into(), header::position(if app.jam.playing { meter.beat } else { 0.0 }), None),
        ("clock".into(), clock(app), None),
    ];
    rows.extend(rig(app).into_iter().map(|(label, value)| (label, value, None)));
    rows.extend([
        ("sound".into(), app.sound.clone(), None),
        ("rate".into(), format!("{} frames a second", meter.rate), None),
        ("load".into(), format!("{:.0}%", load * 100.0), Some(load)),
        ("late".into(), late, None),
        ("peak".into(), peak, Some(f64::from((db + 60.0) / 60.0))),
        (
            "making".into(),
            if making == 0 { "nothing".to_owned() } else { format!("{making} patterns") },
            None,
        ),
    ]);
    for (at, (label, value, share)) in rows.iter().enumerate().take(usize::from(area.height)) {
        let line = Rect { y: area.y + at as u16, height: 1, ..area };
        let mut pen = Pen::new(buffer, line);
        pen.write(&format!("{label:>9}  "), style("header.label"));
        if let Some(share) = share {
            let width = pen.room().saturating_sub(10).min(24);
            let full = (share.clamp(0.0, 1.0) * f64::from(width)).round() as u16;
            let scope = if *share > 0.7 && label == "load" { "header.warning" } else { "header.beat" };
            for column in 0..width {
                let (glyph, scope) =
                    if column < full { ("\u{2501}", scope) } else { ("\u{2500}", "ui.border") };
                pen.write(glyph, style(scope));
            }
            pen.write(" ", style("ui"));
        }
        let warn = label == "late" && meter.xruns > 0
            || label == "sound" && app.silent
            || value.starts_with(MISSING);
        let room = pen.room();
        pen.write(&cut(value, room), style(if warn { "header.warning" } else { "header.value" }));
    }
}

/// What stands before a port that is waited for.
const MISSING: &str = "missing: ";

/// Who leads the time.
fn clock(app: &App) -> String {
    let sync = app.meter.sync;
    let bpm = plain(sync.bpm);
    match sync.lock {
        _ if !app.jam.following => format!("its own, {} BPM", plain(app.jam.edit.bpm)),
        Lock::Internal | Lock::Waiting => "external: nothing is heard of it".into(),
        Lock::Locking => "external: ticks come".into(),
        Lock::Locked => format!("external, in step, {bpm} BPM, its ticks off by {:.0} us", sync.jitter_us),
        Lock::Lost => format!("external, lost: going on at {bpm} BPM"),
    }
}

/// Lateness and drift of what leaves, and every port.
fn rig(app: &App) -> Vec<(String, String)> {
    let Some(rig) = &app.rig else { return Vec::new() };
    let out = rig.out;
    let timing = match out.count {
        0 => "nothing left in the last minute".to_owned(),
        _ => format!("p50 {:.0}  p99 {:.0}  max {:.0} us late", out.p50_us, out.p99_us, out.max_us),
    };
    let rights = if rig.real_time { "" } else { ", no real-time priority" };
    let drift = app.drift.ticks.map_or("not known yet".to_owned(), |ticks| format!("{ticks} ticks"));
    let mut rows = vec![("midi".to_owned(), format!("{timing}{rights}")), ("drift".to_owned(), drift)];
    for (word, ports) in [("out", &rig.outputs), ("in", &rig.inputs)] {
        rows.extend(ports.iter().enumerate().map(|(at, port)| {
            let mark = if port.open { "" } else { MISSING };
            (format!("{word} {}", at + 1), format!("{mark}{} ({})", port.name, port.note))
        }));
    }
    rows
}
