use super::screens::{screen, text};
use super::*;
use crate::midi::{Panel, PortState, Timing};

#[test]
fn the_machine_pane_shows_every_port_lateness_and_drift() {
    let mut app = playing(5.0);
    press(&mut app, "K");
    let port = |name: &str, open, note: &str| PortState {
        name: name.into(),
        open,
        note: note.into(),
        ..PortState::default()
    };
    let hour = 3_600_000_000_000;
    app.observe_rig(Some(Panel {
        outputs: vec![port("volca:in", true, "notes, clock; 8 ms earlier"), port("box", false, "clock")],
        inputs: vec![port("keys:out", true, "its keys play")],
        out: Timing { p50_us: 3.0, p99_us: 39.0, max_us: 210.0, count: 900 },
        real_time: true,
        ..Panel::default()
    }));
    // Two looks at a running song, a beat and its 24 ticks apart.
    for beats in 0..8_u64 {
        let host = hour + beats * 250_000_000;
        let shot = Snapshot { host, ..snapshot(6.0 + beats as f64 * 0.5, app.jam.sounding[0], None) };
        app.observe(shot);
        let panel = Panel { ticks: 100 + beats * 12, tick_at: host, ..app.rig.clone().unwrap_or_default() };
        app.observe_rig(Some(panel));
    }
    let shown = text(&screen(&app, (120, 40)));
    for line in [
        "midi  p50 3  p99 39  max 210 us late",
        "drift  0 ticks",
        "out 1  volca:in (notes, clock;",
        "out 2  missing: box",
        "in 1  keys:out (its keys",
        "midi 3/39/210 us  drift 0, 1 missing",
    ] {
        assert!(shown.contains(line), "{line:?} is not in\n{shown}");
    }
}
