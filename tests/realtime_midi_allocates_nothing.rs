//! The MIDI thread, the clock it gives, the clock it follows and the keys it hears: no allocation, no free, under an
//! allocator that aborts at the first.

use std::sync::Arc;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use mvae_tui::engine::{self, Clip, Command, Driver, Lock, Player, Quantise, Silence, Sync, host};
use mvae_tui::midi::{
    Ear, Hub, HubEnds, News, Order, OutputSettings, Packet, Route, Sent, Tape, ear, hub_channel,
};
use mvae_tui::music::pattern::{Part, Pattern, PatternNote};
use rtrb::Consumer;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// A block of 96 frames at 48 kHz, nanoseconds.
const BLOCK: u64 = 2_000_000;

/// Engine and MIDI thread on one virtual clock.
struct Bench {
    player: Player,
    driver: Driver,
    hub: Hub,
    ends: HubEnds,
    now: u64,
}

impl Bench {
    fn new() -> Self {
        let (mut player, driver) = engine::channel(48_000.0);
        let (ends, theirs) = hub_channel();
        let hub = Hub::new(theirs, player.take_wire().expect("the first taker"));
        let mut bench = Self { player, driver, hub, ends, now: host::now() };
        for order in [Command::Feed(true), Command::Clock(true), Command::Tempo(174.0)] {
            bench.player.send(order);
        }
        bench
    }

    fn output(&mut self, number: u8) -> Consumer<Sent> {
        let (tape, end) = Tape::new(1 << 16);
        assert!(self.ends.send(Order::Output(number, Box::new(tape), OutputSettings::new("x").switches())));
        end
    }

    fn input(&mut self, leads: bool) -> Ear {
        let (ear, ring) = ear(None);
        assert!(self.ends.send(Order::Input(0, ring, leads, true)));
        ear
    }

    /// One block of the engine and one turn of the MIDI thread, both under the allocator's eye.
    fn turn(&mut self) {
        let (now, driver, hub) = (self.now, &mut self.driver, &mut self.hub);
        let goes_on = assert_no_alloc(|| {
            driver.set_moment(now, now + 8_000_000);
            driver.process(96, &mut Silence, |_| {});
            hub.turn(now + BLOCK).is_some()
        });
        assert!(goes_on);
        self.now += BLOCK;
    }
}

fn clip(seed: u32) -> Arc<Clip> {
    let note = |i: u32| PatternNote {
        start: (i * 7 + seed) % 16,
        length: 1 + i % 3,
        pitch: 36 + ((i * 5 + seed) % 40) as u8,
        velocity: 60 + (i % 60) as u8,
        part: [Part::Drums, Part::Lead, Part::Bass][(i % 3) as usize],
        offset: (i % 5) as f32 * 0.2 - 0.4,
        chance: 100,
    };
    Arc::new(Clip::from_pattern(&Pattern::new(16, (0..24).map(note).collect())))
}

#[test]
fn ports_routes_keys_and_a_panic_cost_the_midi_thread_no_allocation() {
    let mut bench = Bench::new();
    let (mut tape, mut other) = (bench.output(0), bench.output(1));
    let mut ear = bench.input(false);
    let (mut ticks, mut notes) = (0, 0);
    for round in 0..1500_u32 {
        let track = (round % 8) as u8;
        match round % 13 {
            0 => {
                let at = Quantise::Beat;
                bench.player.send(Command::Launch { track, slot: round, clip: clip(round), at });
                bench.player.send(Command::Play);
            }
            3 => ear.hear(bench.now, &[0x90, 60 + track, 100]),
            5 => ear.hear(bench.now, &[0x80, 60 + track, 0]),
            6 => ear.hear(bench.now, &[0xB0, 7, track]),
            7 => {
                let route = Route { channel: Some(track), bank: Some((1, 2)), ..Route::default() };
                assert!(bench.ends.send(Order::Route(track, track, Box::new(route))));
                assert!(bench.ends.send(Order::Live(track, track, 0)));
            }
            9 if round % 4 == 0 => bench.player.send(Command::Locate(f64::from(round % 32))),
            11 => assert!(bench.ends.send(Order::Send(Packet::control(1, 74, track)))),
            12 if round % 5 == 0 => assert!(bench.ends.send(Order::Panic)),
            _ => {}
        }
        // A cable that is pulled: the port refuses, and goes back to be freed elsewhere.
        if round % 300 == 299 {
            other = bench.output(1);
        }
        bench.turn();
        bench.player.snapshot();
        while bench.ends.news.pop().is_ok() {}
        while other.pop().is_ok() {}
        while let Ok(sent) = tape.pop() {
            match sent.packet.bytes() {
                [0xF8] => ticks += 1,
                [0x90..=0x9F, ..] => notes += 1,
                _ => {}
            }
        }
    }
    assert!(ticks > 180 && notes > 100, "{ticks} ticks, {notes} notes");
    drop(other);
    for _ in 0..100 {
        bench.turn();
    }
    assert!(std::iter::from_fn(|| bench.ends.news.pop().ok()).any(|news| news == News::Gone(1)));
    let hub = &mut bench.hub;
    assert!(bench.ends.send(Order::Quit));
    assert_no_alloc(|| assert!(hub.turn(host::now()).is_none()));
}

#[test]
fn following_a_clock_through_noise_silence_and_a_locate_allocates_nothing() {
    let mut bench = Bench::new();
    bench.player.send(Command::Launch { track: 0, slot: 1, clip: clip(1), at: Quantise::Now });
    bench.player.send(Command::Follow(true));
    let mut ear = bench.input(true);
    let period = 60_000_000_000 / (24 * 133);
    let (begin, mut tick, mut dice) = (bench.now, 0_u64, 9_u64);
    let (mut locked, mut lost) = (0, 0);
    for _ in 0..9_000 {
        while begin + tick * period <= bench.now {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = begin + tick * period + (dice >> 33) % 2_000_000;
            let first = match tick {
                48 => Some(Sync::Start),
                700 => Some(Sync::Position(64)),
                800 => Some(Sync::Stop),
                802 => Some(Sync::Continue),
                _ => None,
            };
            if let Some(sync) = first {
                ear.hear(at, Packet::sync(sync).bytes());
            }
            // A cable is out for a while.
            if !(300..400).contains(&tick) {
                ear.hear(at, &[0xF8]);
            }
            tick += 1;
        }
        bench.turn();
        let shown = bench.player.snapshot();
        locked += u32::from(shown.sync.lock == Lock::Locked);
        lost += u32::from(shown.sync.lock == Lock::Lost);
    }
    assert!(locked > 5000 && lost > 300, "locked {locked}, lost {lost} of 9000 blocks");
}
