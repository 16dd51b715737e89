//! What is done on a stage: scenes, count-in, by keys and by the mouse.

use super::*;
use crate::jam::Quantise;
use crate::jam::fixtures::{at, with_all_kinds};
use crate::jam::scene::Line;
use crate::tui::view::Target;

const WIDE: Rect = Rect::new(0, 0, 120, 40);

/// A beat, a melody and a bass line in the first two columns.
fn band() -> App {
    let mut app = app(with_all_kinds());
    press(&mut app, "s right s down tab s left s down tab s right s left");
    app
}

/// The first cell of the screen that means `wanted`.
fn find(app: &App, area: Rect, wanted: Target) -> (u16, u16) {
    (0..area.height)
        .flat_map(|y| (0..area.width).map(move |x| (x, y)))
        .find(|&(x, y)| crate::tui::view::target(app, area, x, y) == Some(wanted))
        .unwrap_or_else(|| panic!("{wanted:?} is nowhere"))
}

fn launches(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Launch { .. })).count()
}

#[test]
fn a_key_plays_a_scene_and_the_same_key_the_next_one() {
    let mut app = band();
    assert_eq!(app.jam.cursor, at("C1"));
    let effects = press(&mut app, "n");
    assert_eq!((launches(&effects), effects.last()), (3, Some(&Effect::Play)));
    assert_eq!(app.jam.cursor, at("C2"));
    let effects = press(&mut app, "n");
    assert!(effects.iter().all(|effect| matches!(effect, Effect::Launch { at: Quantise::Bar, .. })));
    assert_eq!((launches(&effects), app.jam.cursor), (3, at("C1")));
}

#[test]
fn a_click_on_a_number_plays_its_column_and_on_a_letter_its_row() {
    let mut app = band();
    let spot = find(&app, WIDE, Target::Scene(Line::Column(Some(1))));
    assert_eq!(launches(&click(&mut app, WIDE, spot, 0.0)), 3);
    let spot = find(&app, WIDE, Target::Scene(Line::Row(Some(1))));
    // Two melodies: one on the lead, one on the bass.
    assert_eq!(launches(&click(&mut app, WIDE, spot, 1.0)), 2);
    let spot = find(&app, WIDE, Target::Scene(Line::Row(Some(7))));
    assert_eq!(click(&mut app, WIDE, spot, 2.0), []);
}

#[test]
fn the_count_in_is_set_by_key_by_mouse_and_by_its_name_and_shown_while_it_runs() {
    let mut app = band();
    press(&mut app, "G");
    assert_eq!(app.jam.count_in, 1);
    let spot = find(&app, WIDE, Target::CountIn);
    click(&mut app, WIDE, spot, 0.0);
    assert_eq!(app.jam.count_in, 2);
    let spot = find(&app, WIDE, Target::Play);
    mouse(&mut app, WIDE, spot, MouseEventKind::Down(MouseButton::Right), 0.0);
    assert_eq!(app.jam.count_in, 0);
    press(&mut app, ": c o u n t - i n space 1 enter");
    assert_eq!(press(&mut app, "space").last(), Some(&Effect::CountIn(4)));
    app.observe(Snapshot { counting: Some(3), ..Snapshot::default() });
    let mut buffer = ratatui::buffer::Buffer::empty(WIDE);
    crate::tui::view::draw(&app, WIDE, &mut buffer);
    let top: String = (0..WIDE.width).map(|x| buffer[(x, 0)].symbol()).collect();
    assert!(top.contains("\u{25ba} IN 3"), "{top}");
}

#[test]
fn the_header_is_turned_by_clicks_as_well() {
    let mut app = band();
    let spot = find(&app, WIDE, Target::Quantise);
    click(&mut app, WIDE, spot, 0.0);
    assert_eq!(app.jam.quantise, Quantise::TwoBars);
    let tempo = find(&app, WIDE, Target::Tempo);
    click(&mut app, WIDE, tempo, 1.0);
    click(&mut app, WIDE, tempo, 1.4);
    assert_eq!(app.jam.edit.bpm, 150.0);
    mouse(&mut app, WIDE, tempo, MouseEventKind::Down(MouseButton::Right), 2.0);
    assert!(app.jam.metronome);
}
