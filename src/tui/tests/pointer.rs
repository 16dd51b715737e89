//! Everything by the mouse alone: menus, hints, the ways of a prefix, the lines of the help.

use super::*;
use crate::jam::fixtures::at;
use crate::jam::{Intent, Quantise};
use crate::tui::picker::List;
use crate::tui::view::{Target, overlay, picker, target};

const WIDE: Rect = Rect::new(0, 0, 120, 40);

fn cells() -> impl Iterator<Item = (u16, u16)> {
    (0..WIDE.height).flat_map(|y| (0..WIDE.width).map(move |x| (x, y)))
}

/// The first cell that means `wanted`.
fn find(app: &App, wanted: Target) -> (u16, u16) {
    cells().find(|&(x, y)| target(app, WIDE, x, y) == Some(wanted)).unwrap_or_else(|| panic!("{wanted:?}"))
}

fn right(app: &mut App, spot: (u16, u16)) -> Vec<Effect> {
    mouse(app, WIDE, spot, MouseEventKind::Down(MouseButton::Right), 0.0)
}

/// A cell of the open list's line that begins with `label`.
fn line(app: &App, label: &str) -> (u16, u16) {
    let list = app.picker.as_ref().unwrap();
    let wanted = list.lines().0.iter().position(|item| item.label.starts_with(label));
    cells()
        .find(|&(x, y)| wanted.is_some() && picker::line_at(list, WIDE, x, y) == Some(wanted))
        .unwrap_or_else(|| panic!("{label} is not seen"))
}

#[test]
fn a_right_click_on_a_slot_offers_what_can_be_done_there_and_a_click_does_it() {
    let mut app = playing(1.0);
    let spot = find(&app, Target::Slot(at("A3")));
    right(&mut app, spot);
    assert_eq!(app.picker.as_ref().map(|picker| picker.list), Some(List::Here));
    assert_eq!(app.jam.cursor, at("A3"));
    let spot = line(&app, "clear");
    click(&mut app, WIDE, spot, 0.0);
    assert!(app.picker.is_none() && app.jam.edit.bank.get(at("A3")).is_none());
    // Beside the list nothing is done.
    let spot = find(&app, Target::Slot(at("A4")));
    right(&mut app, spot);
    let before = app.jam.edit.clone();
    assert_eq!(click(&mut app, WIDE, (0, 0), 0.0), []);
    assert!(app.picker.is_none() && app.jam.edit == before);
}

#[test]
fn a_click_on_the_selected_track_offers_what_can_be_done_with_it() {
    let mut app = playing(1.0);
    let spot = find(&app, Target::Track(1));
    click(&mut app, WIDE, spot, 0.0);
    assert_eq!((app.jam.track, app.picker.is_none()), (1, true), "the first click selects");
    click(&mut app, WIDE, spot, 1.0);
    let spot = line(&app, "mute-track");
    click(&mut app, WIDE, spot, 2.0);
    assert!(app.jam.edit.tracks[1].muted);
}

#[test]
fn every_command_is_found_under_the_name_in_the_header() {
    let mut app = playing(1.0);
    let spot = find(&app, Target::Menu);
    click(&mut app, WIDE, spot, 0.0);
    let count = app.keymap.commands().len() + crate::tui::setting::items().len();
    assert_eq!(app.picker.as_ref().unwrap().lines().0.len(), count);
    for _ in 0..4 {
        mouse(&mut app, WIDE, (60, 20), MouseEventKind::ScrollDown, 0.0);
    }
    let spot = line(&app, "quantise");
    click(&mut app, WIDE, spot, 0.0);
    assert_eq!(app.jam.quantise, Quantise::TwoBars);
}

#[test]
fn hints_ways_of_a_prefix_and_lines_of_the_help_are_buttons() {
    let mut app = playing(1.0);
    let spot = find(&app, Target::Hint("play"));
    assert!(click(&mut app, WIDE, spot, 0.0).contains(&Effect::Stop));
    let (warmer, cooler) = (find(&app, Target::Hint("hotter")), find(&app, Target::Hint("cooler")));
    assert!(cooler.0 < warmer.0, "two keys, two buttons");
    click(&mut app, WIDE, warmer, 0.0);
    assert_eq!(app.jam.edit.temperature, 0.95);
    press_only(&mut app, "m");
    let snare = |&(x, y): &(u16, u16)| overlay::way_at(&app, WIDE, x, y).as_deref() == Some("mute-snare");
    let spot = cells().find(snare).unwrap();
    click(&mut app, WIDE, spot, 0.0);
    assert!(app.jam.is_muted(1) && app.keymap.waiting().is_none());
    press_only(&mut app, "?");
    screens::screen(&app, (120, 40));
    let undo = app.keymap.commands().iter().position(|command| command.name == "metronome");
    let spot = cells().find(|&(x, y)| overlay::help_at(&app, WIDE, 0, x, y) == undo).unwrap();
    click(&mut app, WIDE, spot, 0.0);
    assert!(app.jam.metronome && app.help.is_none());
}

#[test]
fn a_fill_is_still_one_right_click_away() {
    let mut app = playing(1.0);
    let spot = find(&app, Target::Slot(at("A1")));
    assert!(matches!(right(&mut app, spot)[..], [Effect::Fill { .. }, ..]));
    app.intent(Intent::Stop);
}
