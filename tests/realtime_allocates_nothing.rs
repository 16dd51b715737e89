//! The real-time side allocates nothing and frees nothing: engine, rack and rings, driven as an audio callback
//! drives them, under an allocator that aborts at the first allocation.

use std::sync::Arc;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use mvae_tui::audio::{Font, Rack};
use mvae_tui::engine::{self, Clip, Command, Player, Quantise, Setting, TRACKS};
use mvae_tui::music::pattern::{Part, Pattern, PatternNote};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const RATE: u32 = 48_000;
const FRAMES: usize = 128;

fn clip(seed: u32) -> Arc<Clip> {
    let notes = (0..48)
        .map(|i| PatternNote {
            start: (i * 7 + seed) % 32,
            length: 1 + i % 4,
            pitch: 36 + ((i * 5 + seed) % 40) as u8,
            velocity: 60 + (i % 60) as u8,
            part: [Part::Drums, Part::Lead, Part::Bass][(i % 3) as usize],
            offset: (i % 5) as f32 * 0.2 - 0.4,
            chance: [100, 100, 60][(i % 3) as usize],
        })
        .collect();
    Arc::new(Clip::from_pattern(&Pattern::new(32, notes)))
}

/// One of every command, changing with `round`.
fn orders(player: &mut Player, round: u32) {
    let track = (round % TRACKS as u32) as u8;
    let at = [Quantise::Now, Quantise::Beat, Quantise::Bar, Quantise::TwoBars][(round % 4) as usize];
    player.send(Command::Launch { track, slot: round, clip: clip(round), at });
    player.send(Command::Tempo(60.0 + f64::from(round % 200)));
    player.send(Command::Swing(0.5 + (round % 25) as f32 * 0.01));
    player.send(Command::MuteTrack { track: (track + 1) % 8, on: round.is_multiple_of(3) });
    player.send(Command::MuteKeys { track: (track + 2) % 8, keys: u128::from(round) << 36 });
    player.send(Command::Gain { track, gain: (round % 5) as f32 * 0.3 });
    player.send(Command::Audition { channel: 9, key: 38, velocity: 100 });
    let program = Setting::Program { channel: 1, program: (round % 128) as u8 };
    player.send(Command::Set { track, setting: program });
    let pedal = Setting::Control { channel: 1, number: 64, value: (round % 2) as u8 * 127 };
    player.send(Command::Set { track, setting: pedal });
    player.send(Command::Metronome(round.is_multiple_of(2)));
    player.send(Command::Pan { track, channel: 9, pan: (round % 9) as f32 / 4.0 - 1.0 });
    player.send(Command::Fill { track: (track + 1) % 8, clip: clip(round + 1), at });
    if round.is_multiple_of(13) {
        player.send(Command::Stop);
        player.send(Command::CountIn(1));
    }
    match round % 11 {
        3 => player.send(Command::Halt { track: (track + 3) % 8, at: Quantise::Beat }),
        5 => player.send(Command::Locate(f64::from(round % 64))),
        7 => player.send(Command::Stop),
        9 => player.send(Command::Panic),
        _ => player.send(Command::Play),
    }
}

#[test]
fn blocks_with_every_command_in_them_allocate_and_free_nothing() {
    let font = Font::built_in().expect("loads");
    let mut rack = Rack::new(&font, RATE).expect("starts");
    let (mut player, mut driver) = engine::channel(f64::from(RATE));
    let mut played = Vec::new();
    let mut loudest = 0.0_f32;
    for round in 0..400 {
        orders(&mut player, round);
        for _ in 0..12 {
            assert_no_alloc(|| {
                driver.process(FRAMES, &mut rack, |shown| shown.load = 0.1);
                loudest = rack.render(FRAMES).iter().flatten().fold(loudest, |m, v| m.max(v.abs()));
            });
        }
        player.played(&mut played);
    }
    assert!(played.len() > 1000, "only {} notes were played", played.len());
    assert!(loudest > 0.1 && loudest < 1.0, "loudest sample {loudest}");
}

#[test]
fn every_clip_that_was_sent_comes_back_to_be_freed_on_the_players_side() {
    let (mut player, mut driver) = engine::channel(f64::from(RATE));
    let clips: Vec<Arc<Clip>> = (0..600).map(clip).collect();
    player.send(Command::Play);
    for (i, clip) in clips.iter().enumerate() {
        let track = (i % 9) as u8;
        player.send(Command::Launch { track, slot: 0, clip: Arc::clone(clip), at: Quantise::Beat });
        if i % 3 == 0 {
            assert_no_alloc(|| driver.process(FRAMES, &mut engine::Silence, |_| {}));
        }
    }
    for track in 0..8 {
        player.send(Command::Halt { track, at: Quantise::Now });
    }
    for _ in 0..4 {
        assert_no_alloc(|| driver.process(FRAMES, &mut engine::Silence, |_| {}));
        player.snapshot();
    }
    assert!(clips.iter().all(|clip| Arc::strong_count(clip) == 1));
}
