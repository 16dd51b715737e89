//! The whole application without a terminal and without sound: keys in, screens and effects out.

mod code;
mod learn;
mod machine;
mod midi;
mod perform;
mod piano;
mod play;
mod pointer;
mod screens;
mod sound;

use ratatui::crossterm::event::{
    KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::Rect;

use super::app::App;
use super::chord::Chord;
use super::command::Moment;
use super::theme::{Depth, Theme};
use crate::audio::SoundNews;
use crate::engine::{Snapshot, TrackState};
use crate::jam::fixtures::{answer, begun, fresh};
use crate::jam::{Effect, Request, State, update};

fn app(jam: State) -> App {
    App::new(jam, Theme::load(None, Depth::True), &SoundNews::Plays("null device, 48000 Hz".into()))
}

/// An app whose jam has begun, as the engine shows it at `beat` of the first pattern.
fn playing(beat: f64) -> App {
    let mut app = app(begun());
    let launch = app.jam.sounding[0];
    // What is decoded ahead of a wish is there.
    for beat in [0.0, beat] {
        let effects = app.observe(snapshot(beat, launch, None));
        for request in effects.into_iter().filter_map(asked) {
            update(&mut app.jam, answer(&request));
        }
    }
    app
}

/// What an effect asks the worker for.
fn asked(effect: Effect) -> Option<Request> {
    if let Effect::Generate(request) = effect { Some(request) } else { None }
}

fn snapshot(beat: f64, sounds: Option<u32>, waits: Option<(u32, f64)>) -> Snapshot {
    let mut shot = Snapshot { playing: true, beat, load: 0.03, peak: [0.3, 0.25], ..Snapshot::default() };
    shot.tracks[0] = TrackState {
        playing: sounds,
        queued: waits.map(|(launch, _)| launch),
        change_at: waits.map(|(_, at)| at),
        ..TrackState::default()
    };
    shot
}

/// Presses keys, written as in the keymap and separated by blanks, and answers every request at once.
fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let mut done = Vec::new();
    for name in keys.split_whitespace() {
        done.extend(press_only(app, name));
        let answers: Vec<_> = done
            .iter()
            .filter_map(|effect| match effect {
                Effect::Generate(request) => Some(answer(request)),
                _ => None,
            })
            .collect();
        for answer in answers {
            done.extend(update(&mut app.jam, answer));
        }
    }
    done
}

/// Presses one key and answers nothing.
fn press_only(app: &mut App, name: &str) -> Vec<Effect> {
    let chord = Chord::parse(name).unwrap_or_else(|| panic!("{name:?} is no key"));
    app.key(KeyEvent::from(chord), &Moment::default())
}

fn click(app: &mut App, area: Rect, at: (u16, u16), seconds: f64) -> Vec<Effect> {
    mouse(app, area, at, MouseEventKind::Down(MouseButton::Left), seconds)
}

fn mouse(
    app: &mut App,
    area: Rect,
    (column, row): (u16, u16),
    kind: MouseEventKind,
    seconds: f64,
) -> Vec<Effect> {
    app.mouse(
        MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE },
        area,
        &Moment { seconds, beat: None },
    )
}
