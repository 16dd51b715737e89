//! What is done on a stage, by keys and by the mouse: scenes, fills, chains, count-in, places, outputs, frozen tracks.

use super::*;
use crate::jam::fixtures::{at, with_all_kinds};
use crate::jam::learn::Knob;
use crate::jam::scene::Line;
use crate::jam::{Intent, Output, Quantise};
use crate::music::pattern::Part;
use crate::tui::view::Target;

pub(super) const WIDE: Rect = Rect::new(0, 0, 120, 40);

/// A beat, a melody and a bass line in the first two columns.
fn band() -> App {
    let mut app = app(with_all_kinds());
    press(&mut app, "s right s down tab s left s down tab s right s left");
    app
}

/// The first cell of the screen that means `wanted`.
pub(super) fn find(app: &App, area: Rect, wanted: Target) -> (u16, u16) {
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

pub(super) fn wheel(app: &mut App, target: Target, up: bool) -> Vec<Effect> {
    let spot = find(app, WIDE, target);
    let kind = if up { MouseEventKind::ScrollUp } else { MouseEventKind::ScrollDown };
    mouse(app, WIDE, spot, kind, 0.0)
}

#[test]
fn a_fill_comes_by_key_and_by_a_click_on_what_sounds() {
    let mut app = playing(1.0);
    let fills = |effects: &[Effect]| effects.iter().filter(|e| matches!(e, Effect::Fill { .. })).count();
    assert!(matches!(press(&mut app, "b")[..], [Effect::Fill { at: Quantise::Bar, .. }, ..]));
    assert_eq!(fills(&press(&mut app, "alt-b")), 1);
    let spot = find(&app, WIDE, Target::Slot(at("A1")));
    let effects = mouse(&mut app, WIDE, spot, MouseEventKind::Down(MouseButton::Right), 0.0);
    assert_eq!(fills(&effects), 1, "{effects:?}");
    // While the fill plays the roll shows it.
    let mut shot = app.meter;
    shot.beat = 5.0;
    shot.tracks[0].fill = Some((4.0, 8.0));
    app.observe(shot);
    let mut buffer = ratatui::buffer::Buffer::empty(WIDE);
    crate::tui::view::draw(&app, WIDE, &mut buffer);
    let title: String = (0..WIDE.width).map(|x| buffer[(x, 2)].symbol()).collect();
    assert!(title.contains("fill"), "{title}");
}

#[test]
fn the_mixer_places_routes_loops_and_freezes_by_keys_and_by_the_mouse() {
    let mut app = playing(1.0);
    app.intent(Intent::Ports(vec!["volca".into()]));
    press(&mut app, "X T < T < T >");
    assert_eq!(app.jam.edit.tracks[0].pan, -0.1);
    wheel(&mut app, Target::Pan(1), true);
    assert_eq!(app.jam.edit.tracks[1].pan, 0.1);
    let spot = find(&app, WIDE, Target::Pan(1));
    click(&mut app, WIDE, spot, 0.0);
    assert_eq!(app.jam.edit.tracks[1].pan, 0.0);
    press(&mut app, "T o T o T c");
    let drums = &app.jam.edit.tracks[0];
    assert_eq!((&drums.output, drums.gear.channel), (&Output::Port("volca".into()), Some(0)));
    let spot = find(&app, WIDE, Target::Output(0));
    click(&mut app, WIDE, spot, 0.0);
    wheel(&mut app, Target::Output(0), true);
    let drums = &app.jam.edit.tracks[0];
    assert_eq!((&drums.output, drums.gear.channel), (&Output::Everywhere, Some(1)));
    press(&mut app, "T [ T [");
    wheel(&mut app, Target::Loop(0), true);
    assert_eq!(app.jam.edit.tracks[0].steps, Some(31));
    press(&mut app, "T 0 T f");
    assert!(app.jam.edit.tracks[0].frozen.is_some() && app.jam.edit.tracks[0].steps.is_none());
    let spot = find(&app, WIDE, Target::Freeze(0));
    click(&mut app, WIDE, spot, 0.0);
    assert!(app.jam.edit.tracks[0].frozen.is_none());
    press(&mut app, ": l e n g t h space 1 2 enter : p a n space - 5 0 enter");
    assert_eq!((app.jam.edit.tracks[0].steps, app.jam.edit.tracks[0].pan), (Some(12), -0.5));
}

#[test]
fn a_chain_is_played_by_key_in_its_pane_and_by_the_mouse() {
    let mut app = playing(1.0);
    press(&mut app, "J I");
    assert_eq!((app.jam.chain.places.len(), app.jam.chain.from), (8, 8));
    let spot = find(&app, WIDE, Target::Point(at("A3")));
    let effects = click(&mut app, WIDE, spot, 0.0);
    assert!(matches!(effects[..], [Effect::Launch { at: Quantise::At(8), .. }]), "{effects:?}");
    assert_eq!(app.jam.chain.places.len(), 6);
    wheel(&mut app, Target::ChainRounds, true);
    assert_eq!(app.jam.edit.rounds, 2);
    press(&mut app, "u");
    assert_eq!(app.jam.edit.rounds, 1);
    press(&mut app, "U");
    assert_eq!(app.jam.edit.rounds, 2);
    press(&mut app, "alt-, alt-i I");
    assert!(app.jam.edit.rounds == 1 && app.jam.edit.around && !app.jam.chain.is_running());
    press(&mut app, "u");
    assert!(app.jam.edit.rounds == 1 && !app.jam.edit.around);
    press(&mut app, "U");
    assert!(app.jam.edit.around);
    let spot = find(&app, WIDE, Target::Scene(Line::Row(Some(0))));
    mouse(&mut app, WIDE, spot, MouseEventKind::Down(MouseButton::Right), 0.0);
    assert!(app.jam.chain.is_running());
    // The engine's clock drives it.
    let first = app.jam.queued[0];
    app.observe(snapshot(8.1, first, None));
    assert_eq!(app.jam.chain.next, Some((1, 16)));
    assert_eq!(app.jam.queued_on(0).map(|launch| launch.place), Some(at("A2")));
}

#[test]
fn an_edit_of_no_note_is_answered() {
    let mut app = playing(1.0);
    press(&mut app, "e");
    press(&mut app, "ctrl-a");
    let said = |app: &App| app.jam.log.last().map(|message| message.text.clone()).unwrap_or_default();
    // All notes are gone: whatever the cursor is on, it is on none.
    press(&mut app, "x");
    for key in ["+", "%", "x"] {
        press(&mut app, key);
        assert!(said(&app).starts_with("No note here"), "{key}: {}", said(&app));
    }
    press(&mut app, ")");
    assert_eq!(said(&app), "Notes written from now on are 3 steps long");
    press(&mut app, "s");
    assert!(said(&app).starts_with("Drums have no scale"), "{}", said(&app));
}

#[test]
fn notes_are_given_a_chance_by_keys_and_by_a_click_and_the_roll_tells_them_apart() {
    let mut app = playing(1.0);
    press(&mut app, "e [ [ ]");
    let chance = |app: &App| {
        let pattern = app.jam.selected().unwrap().pattern();
        crate::jam::notes::at(pattern, Part::Drums, 0, 36).unwrap().chance
    };
    assert_eq!(chance(&app), 90);
    let spot = find(&app, WIDE, Target::Cell { part: Part::Drums, step: 0, key: 36 });
    for wanted in [75, 50, 25, 100, 75] {
        mouse(&mut app, WIDE, spot, MouseEventKind::Down(MouseButton::Right), 0.0);
        assert_eq!(chance(&app), wanted);
    }
    let mut buffer = ratatui::buffer::Buffer::empty(WIDE);
    crate::tui::view::draw(&app, WIDE, &mut buffer);
    assert_eq!(buffer[spot].symbol(), "\u{25c6}");
    // One walk of keys is one step of undo.
    press(&mut app, "u");
    assert_eq!(chance(&app), 100);
}

#[test]
fn keys_of_a_midi_input_are_written_step_by_step_while_notes_are_entered() {
    let mut app = app(with_all_kinds());
    let strike = |app: &mut App, key: u8, velocity: u8| {
        let effects = app.news(Intent::Key { beat: None, key, velocity });
        effects.iter().filter(|effect| matches!(effect, Effect::Generate(_))).count()
    };
    press(&mut app, "tab s");
    assert_eq!(strike(&mut app, 60, 90), 0, "without the editor a key plays and writes nothing");
    press(&mut app, "e ctrl-a x");
    app.editor.as_mut().unwrap().step = 0;
    press(&mut app, "i");
    for (key, velocity) in [(64, 90), (67, 101), (72, 127)] {
        assert_eq!(strike(&mut app, key, velocity), 1);
    }
    let notes = |app: &App| -> Vec<(u32, u8, u8)> {
        let pattern = app.jam.selected().unwrap().pattern();
        pattern.notes.iter().map(|note| (note.start, note.pitch, note.velocity)).collect()
    };
    assert_eq!(notes(&app), [(0, 64, 90), (2, 67, 101), (4, 72, 127)]);
    // A scale holds for MIDI as well; a learned pad keeps what it does.
    press(&mut app, "esc s S S i");
    assert_eq!(strike(&mut app, 65, 80), 1);
    assert_eq!(notes(&app).last(), Some(&(6, 64, 80)), "F is not in D major: E is");
    app.jam.learned.learn(Knob::Key { channel: 0, key: 65 }, crate::jam::learn::Target::Play);
    assert_eq!(
        (strike(&mut app, 65, 80), strike(&mut app, 72, 0)),
        (0, 0),
        "nor does letting go write anything"
    );
}

#[test]
fn a_note_is_drawn_moved_and_taken_away_with_the_mouse_alone() {
    let mut app = app(with_all_kinds());
    press(&mut app, "tab s e ctrl-a x");
    let cell = |app: &App, step: u32, key: u8| find(app, WIDE, Target::Cell { part: Part::Lead, step, key });
    let notes = |app: &App| -> Vec<(u32, u32, u8)> {
        let pattern = app.jam.selected().unwrap().pattern();
        pattern.notes.iter().map(|note| (note.start, note.length, note.pitch)).collect()
    };
    let key = app.editor.as_ref().unwrap().key;
    app.editor.as_mut().unwrap().step = 0;
    let act = |app: &mut App, step: u32, key: u8, kind: MouseEventKind| {
        let spot = cell(app, step, key);
        mouse(app, WIDE, spot, kind, 0.0);
    };
    let (down, up) = (MouseEventKind::Down(MouseButton::Left), MouseEventKind::Up(MouseButton::Left));
    let drag = MouseEventKind::Drag(MouseButton::Left);
    act(&mut app, 4, key, down);
    act(&mut app, 6, key, drag);
    act(&mut app, 6, key, up);
    assert_eq!(notes(&app), [(4, 4, key)], "two steps as always, and two more");
    // Taken anywhere it moves, in one step of undo, and stays.
    act(&mut app, 6, key, down);
    act(&mut app, 7, key, drag);
    act(&mut app, 9, key - 1, drag);
    act(&mut app, 9, key - 1, up);
    assert_eq!(notes(&app), [(7, 4, key - 1)]);
    press(&mut app, "u");
    assert_eq!(notes(&app), [(4, 4, key)]);
    act(&mut app, 5, key, down);
    assert_eq!(notes(&app).len(), 1);
    act(&mut app, 5, key, up);
    assert_eq!(notes(&app), []);
}
