//! A scene from outside: what the player's side sends together begins on one frame, on every track.

use std::sync::Arc;

use mvae_tui::engine::{self, Clip, Command, Event, Message, Quantise, TRACKS};
use mvae_tui::music::pattern::{Part, Pattern, PatternNote};

const RATE: f64 = 48_000.0;

fn clip(pitch: u8) -> Arc<Clip> {
    let note = |start| PatternNote {
        start,
        length: 1,
        pitch,
        velocity: 90,
        part: Part::Drums,
        offset: 0.0,
        chance: 100,
    };
    Arc::new(Clip::from_pattern(&Pattern::new(16, (0..16).map(note).collect())))
}

#[test]
fn a_scene_begins_on_one_frame_on_every_track() {
    let (mut player, mut driver) = engine::channel(RATE);
    let mut events: Vec<Event> = Vec::new();
    player.send(Command::Play);
    driver.process(90_000, &mut events, |_| {});
    let launch = |track: u8| {
        let clip = clip(36 + track);
        Command::Launch { track, slot: u32::from(track), clip, at: Quantise::Bar }
    };
    player.send_all((0..TRACKS as u8).map(launch).collect());
    driver.process(7_000, &mut events, |_| {});
    let struck = |event: &&Event| matches!(event.message, Message::NoteOn { .. });
    let begun: Vec<(u8, u64)> =
        events.iter().filter(struck).map(|event| (event.track, event.frame)).collect();
    // 120 beats a minute: the second bar begins after two seconds.
    assert_eq!(begun, (0..TRACKS as u8).map(|track| (track, 96_000)).collect::<Vec<_>>());
    let shown = player.snapshot();
    assert!((0..TRACKS).all(|track| shown.tracks[track].playing == Some(track as u32)));
}

#[test]
fn more_orders_than_the_ring_holds_all_arrive_in_their_order() {
    let (mut player, mut driver) = engine::channel(RATE);
    let mut events: Vec<Event> = Vec::new();
    player.send_all((0..1000).map(|step| Command::Tempo(60.0 + f64::from(step) / 10.0)).collect());
    for _ in 0..8 {
        driver.process(64, &mut events, |_| {});
        player.snapshot();
    }
    driver.process(64, &mut events, |_| {});
    assert!((player.snapshot().bpm - 159.9).abs() < 1e-9);
}
