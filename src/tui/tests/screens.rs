use super::*;
use crate::jam::fixtures::at;
use crate::jam::{Intent, Tone};
use crate::tui::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// The sizes the screens are made for.
const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];

fn screen(app: &App, (width, height): (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal
        .draw(|frame| {
            view::draw(app, frame.area(), frame.buffer_mut());
        })
        .unwrap();
    terminal.backend().buffer().clone()
}

fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let line = |y| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..area.height).map(|y| line(y).trim_end().to_owned() + "\n").collect()
}

fn check(name: &str, app: &App) {
    for size in SIZES {
        insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), text(&screen(app, size)));
    }
}

/// A jam with something of everything: a queued slot, one being made, a mark, a mute.
fn busy() -> App {
    let mut app = playing(4.3);
    press(&mut app, "down s right s right V up i right right enter m y");
    let (sounds, waits) = (app.jam.sounding, app.jam.queued.unwrap());
    app.observe(snapshot(4.3, sounds, Some((waits, 8.0))));
    app.intent(Intent::Sample(Some(at("C1"))));
    app
}

#[test]
fn playing_a_fresh_set() {
    check("playing", &playing(1.3));
}

#[test]
fn busy_with_everything_at_once() {
    check("busy", &busy());
}

#[test]
fn stopped_with_an_empty_bank() {
    check("empty", &app(fresh()));
}

#[test]
fn all_keys() {
    let mut app = playing(1.3);
    press(&mut app, "?");
    check("help", &app);
}

#[test]
fn a_prefix_and_its_ways() {
    let mut app = playing(1.3);
    press_only(&mut app, "m");
    check("prefix", &app);
}

#[test]
fn a_failure_in_the_status_line() {
    let mut app = playing(1.3);
    app.intent(Intent::Say(Tone::Error, "models/x.safetensors ends too early: copy it again".into()));
    let screen = screen(&app, (80, 24));
    assert!(text(&screen).contains("! models/x.safetensors ends too early: copy it again"));
    assert_eq!(screen[(1, 22)].style().fg, app.theme.style("status.error").fg);
}

#[test]
fn every_size_from_tiny_to_huge_is_drawn_without_a_fault_in_every_state() {
    let (mut help, mut prefix) = (busy(), busy());
    press(&mut help, "?");
    press_only(&mut prefix, "o");
    for app in [busy(), help, prefix, app(fresh())] {
        for width in [0, 1, 2, 5, 20, 59, 60, 61, 75, 76, 79, 109, 110, 137, 255, 500] {
            for height in [0, 1, 2, 5, 15, 16, 17, 18, 19, 20, 23, 33, 53, 54, 90, 200] {
                screen(&app, (width, height));
            }
        }
    }
}

#[test]
fn the_playhead_column_and_the_hits_are_where_the_beat_says() {
    let app = playing(2.0);
    let size = (80, 24);
    let layout = view::Layout::new(Rect::new(0, 0, size.0, size.1)).unwrap();
    let buffer = screen(&app, size);
    let ruler = layout.roll.y + 1;
    let head = (0..size.0).find(|&x| buffer[(x, ruler)].symbol() == "\u{25bc}").unwrap();
    let kick = layout.lane(0).unwrap().y;
    // Step 8 of the first beat has a kick, step 9 has none.
    assert_eq!(buffer[(head, kick)].symbol(), "\u{2588}");
    assert_eq!(buffer[(head + layout.cell, kick)].symbol(), "\u{b7}");
    // The first bar line of the transport is eight steps to the left.
    assert_eq!(buffer[(head - 8 * layout.cell, ruler)].symbol(), "1");
}

#[test]
fn a_muted_class_keeps_its_lane_and_says_so() {
    let mut app = playing(2.0);
    press(&mut app, "1");
    let buffer = screen(&app, (80, 24));
    let lane = view::Layout::new(buffer.area).unwrap().lane(0).unwrap();
    let line: String = (0..13).map(|x| buffer[(x, lane.y)].symbol()).collect();
    assert!(line.contains("kick") && line.contains('x'), "{line:?}");
}

#[test]
fn states_are_told_without_colours_too() {
    let mut app = busy();
    app.theme = Theme::load(None, Depth::Mono);
    let buffer = screen(&app, (120, 40));
    let picture = text(&buffer);
    for glyph in ["\u{bb}", "\u{25cc}", "\u{25c6}"] {
        assert!(picture.contains(glyph), "{glyph} is missing:\n{picture}");
    }
    let plain = |colour| [ratatui::style::Color::Reset].contains(&colour);
    assert!(buffer.content.iter().all(|cell| plain(cell.fg) && plain(cell.bg)));
}

#[test]
fn building_a_frame_is_reported() {
    let app = busy();
    for size in SIZES {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut times: Vec<_> = (0..60)
            .map(|_| {
                let mut buffer = Buffer::empty(area);
                let begun = std::time::Instant::now();
                view::draw(&app, area, &mut buffer);
                begun.elapsed()
            })
            .collect();
        times.sort_unstable();
        println!("frame of {}x{}: median {:?}, worst {:?}", size.0, size.1, times[30], times[59]);
    }
}
