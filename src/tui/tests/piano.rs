use ratatui::crossterm::event::KeyCode;

use super::perform::{WIDE, find};
use super::screens::{screen, text};
use super::*;
use crate::jam::Intent;
use crate::tui::view::Target;

fn key(app: &mut App, letter: char, kind: KeyEventKind, seconds: f64) -> Vec<Effect> {
    let event = KeyEvent::new_with_kind(KeyCode::Char(letter), KeyModifiers::NONE, kind);
    app.key(event, &Moment { seconds, beat: Some(8.0 + seconds * 2.0) })
}

fn down(app: &mut App, letter: char, seconds: f64) -> Vec<Effect> {
    key(app, letter, KeyEventKind::Press, seconds)
}

fn live(track: u8, channel: u8, key: u8, velocity: u8) -> Effect {
    Effect::Live { track, channel, key, velocity }
}

#[test]
fn letters_play_the_track_and_a_note_ends_by_itself_where_nobody_tells() {
    let mut app = playing(1.0);
    press(&mut app, "y");
    // Drums in the order of their lanes.
    assert_eq!(down(&mut app, 'w', 0.0), [live(0, 9, 38, 100)]);
    let now = |seconds| Moment { seconds, beat: None };
    assert_eq!(app.end_played(&now(0.2)), []);
    assert_eq!(app.end_played(&now(0.31)), [live(0, 9, 38, 0)]);
    // A held key: what the terminal repeats is the same note.
    down(&mut app, 'a', 1.0);
    assert_eq!(down(&mut app, 'a', 1.03), []);
    assert_eq!(app.end_played(&now(1.32)), []);
    assert_eq!(app.end_played(&now(1.34)), [live(0, 9, 36, 0)]);
    // Notes on a track of notes: octave and velocity.
    app.intent(Intent::SelectTrack(1));
    down(&mut app, 'x', 2.0);
    down(&mut app, 'c', 2.0);
    assert_eq!(down(&mut app, 'd', 2.1), [live(1, 0, 76, 90)]);
    // Leaving lets everything go.
    let effects = press_only(&mut app, "esc");
    assert_eq!(effects, [live(1, 0, 76, 0)]);
    assert!(app.piano.is_none());
    assert!(press_only(&mut app, "space").contains(&Effect::Stop));
}

#[test]
fn where_the_terminal_tells_a_note_lasts_as_long_as_its_letter() {
    let mut app = playing(1.0);
    press(&mut app, "y");
    down(&mut app, 'a', 0.0);
    assert_eq!(key(&mut app, 'a', KeyEventKind::Release, 0.1), [live(0, 9, 36, 0)]);
    down(&mut app, 'a', 1.0);
    assert_eq!(key(&mut app, 'a', KeyEventKind::Repeat, 1.6), []);
    assert_eq!(app.end_played(&Moment { seconds: 9.0, beat: None }), []);
    assert_eq!(key(&mut app, 'a', KeyEventKind::Release, 9.0), [live(0, 9, 36, 0)]);
}

#[test]
fn what_letters_play_is_recorded_and_other_keys_mean_what_they_always_do() {
    let mut app = playing(1.0);
    press(&mut app, "y r");
    assert!(app.jam.recording.is_some());
    let before = app.jam.selected().map(|slot| slot.pattern().notes.len());
    down(&mut app, 'g', 0.5);
    down(&mut app, 'q', 0.6);
    assert!(app.jam.log.last().is_some_and(|message| message.text.contains("q plays nothing")));
    press(&mut app, "r");
    assert!(app.jam.recording.is_none());
    let after = app.jam.selected().map(|slot| slot.pattern().notes.len());
    assert_eq!(after, before.map(|count| count + 1));
    assert_eq!(press_only(&mut app, ">"), [Effect::Tempo(121.0)]);
}

#[test]
fn the_last_line_shows_the_letters_and_the_mouse_plays_them() {
    let mut app = playing(1.0);
    let track = find(&app, WIDE, Target::Track(1));
    mouse(&mut app, WIDE, track, MouseEventKind::Down(MouseButton::Middle), 0.0);
    assert_eq!(app.jam.track, 1);
    let shown = text(&screen(&app, (120, 40)));
    assert!(shown.contains("a C w C# s D"), "{shown}");
    assert!(shown.contains("letters play from C4, velocity 100"), "{shown}");
    let letter = find(&app, WIDE, Target::Letter('d'));
    assert_eq!(click(&mut app, WIDE, letter, 0.0), [live(1, 0, 64, 100)]);
    mouse(&mut app, WIDE, letter, MouseEventKind::ScrollUp, 0.5);
    assert_eq!(app.piano.as_ref().map(|piano| piano.octave), Some(5));
    let end = find(&app, WIDE, Target::Letters);
    assert_eq!(click(&mut app, WIDE, end, 1.0), [live(1, 0, 64, 0)]);
    assert!(app.piano.is_none());
}
