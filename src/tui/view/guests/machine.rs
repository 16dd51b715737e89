//! Clock and load: what keeps time, and how much of it the machine has left.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

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
    let rows: [(&str, String, Option<f64>); 8] = [
        ("position", header::position(if app.jam.playing { meter.beat } else { 0.0 }), None),
        ("clock", format!("its own, {} BPM", plain(app.jam.edit.bpm)), None),
        ("sound", app.sound.clone(), None),
        ("rate", format!("{} frames a second", meter.rate), None),
        ("load", format!("{:.0}%", load * 100.0), Some(load)),
        ("late", late, None),
        ("peak", peak, Some(f64::from((db + 60.0) / 60.0))),
        ("making", if making == 0 { "nothing".to_owned() } else { format!("{making} patterns") }, None),
    ];
    for (at, (label, value, share)) in rows.iter().enumerate().take(usize::from(area.height)) {
        let line = Rect { y: area.y + at as u16, height: 1, ..area };
        let mut pen = Pen::new(buffer, line);
        pen.write(&format!("{label:>9}  "), style("header.label"));
        if let Some(share) = share {
            let width = pen.room().saturating_sub(10).min(24);
            let full = (share.clamp(0.0, 1.0) * f64::from(width)).round() as u16;
            let scope = if *share > 0.7 && *label == "load" { "header.warning" } else { "header.beat" };
            for column in 0..width {
                let (glyph, scope) =
                    if column < full { ("\u{2501}", scope) } else { ("\u{2500}", "ui.border") };
                pen.write(glyph, style(scope));
            }
            pen.write(" ", style("ui"));
        }
        let warn = *label == "late" && meter.xruns > 0 || *label == "sound" && app.silent;
        let room = pen.room();
        pen.write(&cut(value, room), style(if warn { "header.warning" } else { "header.value" }));
    }
}
