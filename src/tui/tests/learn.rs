use super::*;
use crate::jam::learn::{Knob, Target};

const PAD: Knob = Knob::Key { channel: 9, key: 40 };
const NOW: Moment = Moment { seconds: 0.0, beat: None };

fn said(app: &App) -> String {
    app.jam.log.last().map(|message| message.text.clone()).unwrap_or_default()
}

#[test]
fn a_pad_learns_any_command_by_its_key_and_does_it_from_then_on() {
    let mut app = playing(1.0);
    press_only(&mut app, "R");
    press_only(&mut app, "R");
    let before = app.jam.edit.clone();
    press_only(&mut app, ">");
    assert_eq!(app.jam.edit, before, "what is learned is not done");
    assert!(said(&app).contains("the command faster"), "{}", said(&app));
    assert_eq!(app.knob(PAD, 100, &NOW).len(), 1, "the map is kept");
    assert_eq!(app.knob(PAD, 100, &NOW), [Effect::Tempo(121.0)]);
    assert_eq!(app.knob(PAD, 0, &NOW), [], "let go");
    assert_eq!(app.jam.learned.get(PAD), Some(&Target::Command("faster".into())));
}

#[test]
fn a_knob_that_no_input_could_move_is_said_to_be_none() {
    let mut app = playing(1.0);
    press(&mut app, "R t");
    assert!(said(&app).starts_with("No MIDI input is open"), "{}", said(&app));
    press(&mut app, "R t");
    assert!(!said(&app).starts_with("No MIDI input"), "forgotten: {}", said(&app));
}

#[test]
fn a_command_of_the_screen_is_learned_from_the_list() {
    let mut app = playing(1.0);
    for key in ["R", "R", ":", "z", "o", "o", "m", "enter"] {
        press_only(&mut app, key);
    }
    app.knob(PAD, 100, &NOW);
    assert!(app.panes.zoom.is_none());
    app.knob(PAD, 100, &NOW);
    assert!(app.panes.zoom.is_some(), "{}", said(&app));
}

#[test]
fn learning_is_called_off_and_a_command_that_is_gone_is_named() {
    let mut app = playing(1.0);
    for key in ["R", "R", "esc", ">"] {
        press_only(&mut app, key);
    }
    assert_eq!(app.jam.edit.bpm, 121.0);
    app.jam.learned.learn(PAD, Target::Command("polka".into()));
    assert_eq!(app.knob(PAD, 127, &NOW), []);
    assert!(said(&app).contains("polka"));
}

#[test]
fn knobs_move_the_palettes_dot_each_its_own_way() {
    let mut app = playing(1.0);
    press(&mut app, "S alt-p");
    for (key, number) in [("x", 1), ("y", 2)] {
        press_only(&mut app, "R");
        press_only(&mut app, key);
        app.knob(Knob::Control { channel: 0, number }, 3, &NOW);
    }
    app.knob(Knob::Control { channel: 0, number: 1 }, 127, &NOW);
    app.knob(Knob::Control { channel: 0, number: 2 }, 127, &NOW);
    assert_eq!((app.jam.edit.palette.x, app.jam.edit.palette.y), (1.0, 0.0));
}
