//! The MIDI thread's work on a clock of its own: what leaves, when, and that nothing hangs.

use super::double::{Sent, Tape};
use super::order::{HubEnds, Order, hub_channel};
use super::ports::ear;
use super::settings::{OutputSettings, Switches};
use super::{Hub, Packet, Route};
use crate::engine::{self, Clip, Command, Driver, Player, Quantise, host};
use crate::music::pattern::{Part, Pattern, PatternNote};
use rtrb::Consumer;
use std::sync::Arc;

pub(super) struct Bench {
    pub(super) hub: Hub,
    pub(super) ends: HubEnds,
    pub(super) player: Player,
    pub(super) driver: Driver,
    pub(super) now: u64,
}

pub(super) fn switches() -> Switches {
    OutputSettings::new("x").switches()
}

pub(super) fn clip() -> Arc<Clip> {
    let note = |start| PatternNote {
        start,
        length: 8,
        pitch: 36,
        velocity: 90,
        part: Part::Drums,
        offset: 0.0,
        chance: 100,
    };
    Arc::new(Clip::from_pattern(&Pattern::new(16, (0..16).step_by(4).map(note).collect())))
}

impl Bench {
    pub(super) fn new() -> Self {
        let (mut player, driver) = engine::channel(48_000.0);
        let (ends, theirs) = hub_channel();
        let wire = player.take_wire().expect("the first taker");
        player.send(Command::Feed(true));
        player.send(Command::Clock(true));
        Self { hub: Hub::new(theirs, wire), ends, player, driver, now: host::now() }
    }

    pub(super) fn output(&mut self, number: u8, switches: Switches) -> Consumer<Sent> {
        let (tape, end) = Tape::new(100_000);
        assert!(self.ends.send(Order::Output(number, Box::new(tape), switches)));
        end
    }

    /// Lets time pass: blocks of 2 ms heard 8 ms later, as in a silent engine. Virtual time never is ahead of the
    /// clock by more than that.
    pub(super) fn pass(&mut self, ms: u64) {
        for _ in 0..ms / 2 {
            self.driver.set_moment(self.now, self.now + 8_000_000);
            self.driver.process(96, &mut engine::Silence, |_| {});
            self.now += 2_000_000;
            assert!(self.hub.turn(self.now).is_some());
        }
    }
}

pub(super) fn read(tape: &mut Consumer<Sent>) -> Vec<Sent> {
    std::iter::from_fn(|| tape.pop().ok()).collect()
}

pub(super) fn held(sent: &[Sent]) -> i32 {
    let weigh = |s: &Sent| match s.packet.bytes() {
        [0x90..=0x9F, ..] => 1,
        [0x80..=0x8F, ..] => -1,
        _ => 0,
    };
    sent.iter().map(weigh).sum()
}

#[test]
fn notes_and_clock_leave_at_the_time_they_are_heard() {
    let mut bench = Bench::new();
    let mut tape = bench.output(0, switches());
    bench.player.send(Command::Launch { track: 0, slot: 1, clip: clip(), at: Quantise::Now });
    bench.player.send(Command::Play);
    let start = bench.now + 8_000_000;
    bench.pass(4_000);
    let sent = read(&mut tape);
    let at = |wanted: &[u8]| -> Vec<u64> {
        sent.iter().filter(|s| s.packet.bytes() == wanted).map(|s| s.due - start).collect()
    };
    let ticks = at(&[0xF8]);
    assert!(ticks.len() > 180, "{} ticks", ticks.len());
    for (i, tick) in ticks.iter().enumerate() {
        // 1/48 of a second each, to the frame.
        assert!(tick.abs_diff(i as u64 * 1_000_000_000 / 48) < 21_000, "tick {i} at {tick}");
    }
    let notes = at(&[0x99, 36, 90]);
    assert_eq!(notes.len(), 8);
    for (i, note) in notes.iter().enumerate() {
        assert!(note.abs_diff(i as u64 * 500_000_000) < 21_000);
    }
    assert_eq!(sent.iter().find(|s| s.packet.bytes()[0] >= 0xF8).map(|s| s.packet.bytes()[0]), Some(0xFA));
}

#[test]
fn each_kind_of_clock_message_can_be_switched_off_and_an_output_shifted() {
    let mut bench = Bench::new();
    let mut plain = bench.output(0, switches());
    let off = Switches { clock: false, transport: false, position: false, offset: 50_000_000, notes: true };
    let mut quiet = bench.output(1, off);
    bench.player.send(Command::Launch { track: 0, slot: 1, clip: clip(), at: Quantise::Now });
    bench.player.send(Command::Locate(4.0));
    bench.player.send(Command::Play);
    bench.pass(1_000);
    let (plain, quiet) = (read(&mut plain), read(&mut quiet));
    for status in [0xF8, 0xFB, 0xF2] {
        assert!(plain.iter().any(|s| s.packet.bytes()[0] == status), "{status:x}");
    }
    assert!(!quiet.is_empty() && quiet.iter().all(|s| s.packet.bytes()[0] < 0xF0));
    let first = |sent: &[Sent]| sent.iter().find(|s| s.packet.bytes()[0] == 0x99).map(|s| s.due);
    assert_eq!(first(&quiet), first(&plain).map(|due| due + 50_000_000));
}

#[test]
fn an_output_that_must_be_early_gets_its_messages_in_time_and_all_others_wait_for_it() {
    let mut bench = Bench::new();
    let mut plain = bench.output(0, switches());
    let mut early = bench.output(1, Switches { offset: -120_000_000, ..switches() });
    bench.player.send(Command::Launch { track: 0, slot: 1, clip: clip(), at: Quantise::Now });
    bench.player.send(Command::Play);
    bench.pass(2_000);
    let notes = |sent: &[Sent]| -> Vec<Sent> {
        sent.iter().filter(|s| s.packet.bytes() == [0x99, 36, 90]).copied().collect()
    };
    let (plain, early) = (notes(&read(&mut plain)), notes(&read(&mut early)));
    assert!(early.len() >= 3);
    for (plain, early) in plain.iter().zip(&early) {
        assert_eq!(plain.due - early.due, 120_000_000);
    }
    // The engine's own sound, and what is shown of it, waits for them as well.
    let shown = bench.player.snapshot();
    assert_eq!(bench.driver.lead(), 114_000_000);
    assert!(shown.host > bench.now + 114_000_000, "{} after {}", shown.host, bench.now);
}

#[test]
fn what_is_played_early_and_what_swings_leaves_at_its_time() {
    let note = |start, offset| PatternNote {
        start,
        length: 1,
        pitch: 40 + start as u8,
        velocity: 90,
        part: Part::Drums,
        offset,
        chance: 100,
    };
    let pattern = Pattern::new(16, vec![note(0, -0.4), note(5, -0.5), note(7, 0.3), note(11, 0.0)]);
    let mut bench = Bench::new();
    let mut tape = bench.output(0, switches());
    bench.player.send(Command::Swing(0.66));
    let clip = Arc::new(Clip::from_pattern(&pattern));
    bench.player.send(Command::Launch { track: 0, slot: 1, clip, at: Quantise::Now });
    let start = bench.now + 8_000_000;
    bench.player.send(Command::Play);
    bench.pass(5_000);
    let sent = read(&mut tape);
    // The second round, in which nothing is cut off at the start: 120 BPM, a 16th is 125 ms before swing.
    let swing = engine::Swing::new(0.66);
    for (key, step) in [(40, 15.6), (45, 20.5), (47, 23.3), (51, 27.0)] {
        let due = (swing.bend(step / 4.0) * 500e6) as u64;
        let found = sent.iter().filter(|s| s.packet.bytes() == [0x99, key, 90]);
        let off = found.map(|s| (s.due - start).abs_diff(due)).min();
        assert!(off.is_some_and(|off| off < 21_000), "key {key} is off by {off:?} ns");
    }
}

#[test]
fn stop_mute_panic_a_new_route_a_closed_port_and_the_end_leave_nothing_sounding() {
    type Act = fn(&mut Bench);
    let acts: [(&str, Act); 7] = [
        ("stop", |b| b.player.send(Command::Stop)),
        ("mute", |b| b.player.send(Command::MuteTrack { track: 0, on: true })),
        ("halt", |b| b.player.send(Command::Halt { track: 0, at: Quantise::Now })),
        ("panic", |b| {
            b.player.send(Command::Panic);
            b.player.send(Command::Stop);
        }),
        ("route", |b| {
            let elsewhere = Route { outputs: 0b10, ..Route::default() };
            assert!(b.ends.send(Order::Route(0, 9, Box::new(elsewhere))));
        }),
        ("close", |b| assert!(b.ends.send(Order::CloseOutput(0)))),
        ("quit", |b| {
            assert!(b.ends.send(Order::Quit));
            assert_eq!(b.hub.turn(b.now), None);
        }),
    ];
    for (name, act) in acts {
        let mut bench = Bench::new();
        let mut tape = bench.output(0, switches());
        bench.player.send(Command::Launch { track: 0, slot: 1, clip: clip(), at: Quantise::Now });
        bench.player.send(Command::Play);
        bench.pass(700);
        let before = read(&mut tape);
        assert_eq!(held(&before), 1, "{name}: one note sounds");
        act(&mut bench);
        if name != "quit" {
            bench.pass(100);
        }
        assert_eq!(held(&before) + held(&read(&mut tape)), 0, "{name}: it still sounds");
    }
}

#[test]
fn a_key_goes_out_at_once_on_the_selected_track_and_to_the_engine() {
    let mut bench = Bench::new();
    let mut tape = bench.output(0, switches());
    let route = Route { channel: Some(4), ..Route::default() };
    assert!(bench.ends.send(Order::Route(2, 1, Box::new(route))));
    assert!(bench.ends.send(Order::Live(2, 1, -1)));
    let (mut ear, ring) = ear(None);
    assert!(bench.ends.send(Order::Input(0, ring, false, true)));
    bench.pass(2);
    read(&mut tape);
    ear.hear_now(&[0x90, 72, 99]);
    bench.pass(10);
    let sent = read(&mut tape);
    assert_eq!(
        sent.iter().find(|s| s.packet.bytes()[0] == 0x94).map(|s| s.packet),
        Some(Packet::note_on(4, 60, 99))
    );
    assert_eq!(bench.player.snapshot().sounding, 1);
    ear.hear_now(&[0x80, 72, 0]);
    bench.pass(10);
    assert_eq!((bench.player.snapshot().sounding, held(&sent) + held(&read(&mut tape))), (0, 0));
    assert!(bench.ends.news.pop().is_ok());
}

#[test]
fn a_port_that_vanishes_is_told_of_once_and_the_others_go_on() {
    let mut bench = Bench::new();
    let gone = bench.output(0, switches());
    let mut stays = bench.output(1, switches());
    bench.player.send(Command::Play);
    bench.pass(200);
    drop(gone);
    bench.pass(200);
    let news: Vec<_> = std::iter::from_fn(|| bench.ends.news.pop().ok()).collect();
    assert_eq!(news, [super::order::News::Gone(0)]);
    assert!(read(&mut stays).iter().filter(|s| s.packet.bytes() == [0xF8]).count() > 15);
}

#[test]
fn the_engine_follows_a_clock_that_an_input_hears() {
    let mut bench = Bench::new();
    bench.player.send(Command::Follow(true));
    let (mut ear, ring) = ear(None);
    assert!(bench.ends.send(Order::Input(0, ring, true, true)));
    let period = 60_000_000_000 / (24 * 150);
    let begin = bench.now;
    let (mut tick, mut start) = (0_u64, None);
    let mut worst = 0.0_f64;
    for _ in 0..6_000 {
        while begin + tick * period <= bench.now {
            if tick == 48 {
                ear.hear(begin + tick * period - 1_000_000, &[0xFA]);
                start = Some(begin + tick * period);
            }
            ear.hear(begin + tick * period, &[0xF8]);
            tick += 1;
        }
        bench.pass(2);
        let shown = bench.player.snapshot();
        if let Some(start) = start.filter(|start| bench.now > start + 2_000_000_000) {
            let truth = (shown.host as f64 - start as f64) / (24.0 * period as f64);
            assert!(shown.playing);
            worst = worst.max((shown.beat - truth).abs() * 400.0);
        }
    }
    let sync = bench.player.snapshot().sync;
    assert!(worst < 0.5, "off by {worst} ms");
    assert!((sync.bpm - 150.0).abs() < 0.05 && sync.lock == engine::Lock::Locked, "{sync:?}");
    ear.hear(bench.now, &[0xFC]);
    bench.pass(20);
    assert!(!bench.player.snapshot().playing);
    bench.pass(1_000);
    assert_eq!(bench.player.snapshot().sync.lock, engine::Lock::Lost);
}

#[test]
fn a_tracks_place_goes_out_as_controller_ten_and_to_outputs_that_come_later() {
    let mut bench = Bench::new();
    let mut first = bench.output(0, switches());
    bench.player.send(Command::Pan { track: 0, channel: 9, pan: -1.0 });
    bench.pass(40);
    let pans = |sent: &[Sent]| -> Vec<Vec<u8>> {
        let bytes = sent.iter().map(|one| one.packet.bytes().to_vec());
        bytes.filter(|bytes| bytes.first() == Some(&0xB9) && bytes.get(1) == Some(&10)).collect()
    };
    assert_eq!(pans(&read(&mut first)), [[0xB9, 10, 0]]);
    let mut second = bench.output(1, switches());
    bench.player.send(Command::Pan { track: 0, channel: 9, pan: 0.0 });
    bench.pass(40);
    assert_eq!(pans(&read(&mut second)), [[0xB9, 10, 0], [0xB9, 10, 64]]);
    assert_eq!(pans(&read(&mut first)), [[0xB9, 10, 64]]);
}
