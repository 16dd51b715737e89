//! Nothing hangs: whatever changes between a note's beginning and its end, it ends, inside and outside.

use super::double::Sent;
use super::hub_tests::{Bench, clip, held, read, switches};
use super::order::Order;
use super::ports::{Ear, ear};
use super::settings::Switches;
use crate::engine::{self, Command, Quantise};
use rtrb::Consumer;

/// A bench with an output, a keyboard on track 2, channel 1, and its key 72 down.
fn pressed() -> (Bench, Consumer<Sent>, Ear) {
    let mut bench = Bench::new();
    let tape = bench.output(0, switches());
    assert!(bench.ends.send(Order::Live(2, 1, 0)));
    let (mut ear, ring) = ear(None);
    assert!(bench.ends.send(Order::Input(0, ring, false, true)));
    bench.pass(2);
    ear.hear_now(&[0x90, 72, 99]);
    bench.pass(10);
    assert_eq!(bench.player.snapshot().sounding, 1);
    (bench, tape, ear)
}

/// Notes that sound inside, and outside.
fn sounding(bench: &mut Bench, tape: &mut Consumer<Sent>) -> (u16, i32) {
    (bench.player.snapshot().sounding, held(&read(tape)))
}

#[test]
fn a_key_let_go_on_another_track_channel_or_octave_ends_the_note_it_began() {
    for (track, channel, octave) in [(3, 2, 0), (2, 5, 0), (2, 1, 2)] {
        let (mut bench, mut tape, mut ear) = pressed();
        assert!(bench.ends.send(Order::Live(track, channel, octave)));
        bench.pass(10);
        assert_eq!(sounding(&mut bench, &mut tape), (1, 1), "it is held as long as the key is");
        ear.hear_now(&[0x80, 72, 0]);
        bench.pass(10);
        assert_eq!(sounding(&mut bench, &mut tape), (0, -1), "track {track}, octave {octave}");
    }
}

#[test]
fn keys_held_on_a_keyboard_that_goes_or_is_not_played_any_more_are_let_go() {
    type Act = fn(&mut Bench);
    let acts: [(&str, Act); 3] = [
        ("unplugged", |b| assert!(b.ends.send(Order::CloseInput(0)))),
        ("its notes off", |b| assert!(b.ends.send(Order::Listen(0, false, false)))),
        ("another one in its place", |b| {
            assert!(b.ends.send(Order::Input(0, ear(None).1, false, true)));
        }),
    ];
    for (name, act) in acts {
        let (mut bench, mut tape, _ear) = pressed();
        act(&mut bench);
        bench.pass(10);
        assert_eq!(sounding(&mut bench, &mut tape), (0, 0), "{name}");
    }
}

#[test]
fn selecting_another_track_leaves_the_music_on_the_old_one_alone() {
    let mut bench = Bench::new();
    let mut late = bench.output(0, Switches { offset: 200_000_000, ..switches() });
    assert!(bench.ends.send(Order::Live(0, 9, 0)));
    bench.player.send(Command::Launch { track: 0, slot: 1, clip: clip(), at: Quantise::Now });
    bench.player.send(Command::Play);
    bench.pass(100);
    // Its first note waits for its time.
    assert!(bench.ends.send(Order::Live(1, 0, 0)));
    bench.pass(300);
    let notes = read(&mut late);
    assert!(notes.iter().any(|sent| sent.packet.bytes() == [0x99, 36, 90]), "{notes:?}");
    assert_eq!(held(&notes), 1, "and sounds on");
}

#[test]
fn a_device_of_another_rate_ends_outside_what_the_engine_ends_inside() {
    let (mut bench, mut tape, _ear) = pressed();
    bench.player.send(Command::Launch { track: 0, slot: 1, clip: clip(), at: Quantise::Now });
    bench.player.send(Command::Play);
    bench.pass(100);
    assert_eq!(sounding(&mut bench, &mut tape), (2, 2));
    bench.driver.set_rate(44_100.0, &mut engine::Silence);
    bench.pass(20);
    assert_eq!(sounding(&mut bench, &mut tape), (0, -2), "what was played, and the key that was held");
    // The same rate again is no other device.
    bench.pass(500);
    let before = sounding(&mut bench, &mut tape);
    bench.driver.set_rate(44_100.0, &mut engine::Silence);
    bench.pass(20);
    assert_eq!((before, sounding(&mut bench, &mut tape)), ((1, 1), (1, 0)));
}

#[test]
fn an_outputs_notes_switched_off_and_its_offset_changed_leave_nothing_sounding() {
    let acts: [(&str, Switches, Switches); 4] = [
        ("notes off", switches(), Switches { notes: false, ..switches() }),
        ("later", switches(), Switches { offset: 50_000_000, ..switches() }),
        ("earlier", Switches { offset: 200_000_000, ..switches() }, switches()),
        (
            "much earlier",
            Switches { offset: 200_000_000, ..switches() },
            Switches { offset: -100_000_000, ..switches() },
        ),
    ];
    for (name, before, after) in acts {
        let mut bench = Bench::new();
        let mut tape = bench.output(0, before);
        bench.player.send(Command::Launch { track: 0, slot: 1, clip: clip(), at: Quantise::Now });
        bench.player.send(Command::Play);
        // The second note (at 500 ms, 1 s long at the most) is on its way or sounds.
        bench.pass(580);
        assert!(bench.ends.send(Order::Switches(0, after)));
        bench.pass(20);
        // The engine ends it in time, and begins none after it.
        bench.player.send(Command::Halt { track: 0, at: Quantise::Now });
        bench.pass(400);
        let sent = read(&mut tape);
        assert!(sent.iter().any(|s| s.packet.bytes() == [0x99, 36, 90]), "{name}: it has sounded");
        let last = sent.iter().rev().find(|s| matches!(s.packet.bytes(), [0x99 | 0x89, 36, _]));
        assert_eq!(
            last.map(|s| s.packet.bytes()[0]),
            Some(0x89),
            "{name}: its end is the last that is heard"
        );
    }
}

#[test]
fn an_output_that_wanted_all_others_to_wait_may_go_while_their_notes_are_on_their_way() {
    let mut bench = Bench::new();
    let mut plain = bench.output(0, switches());
    let _early = bench.output(1, Switches { offset: -200_000_000, ..switches() });
    bench.player.send(Command::Launch { track: 0, slot: 1, clip: clip(), at: Quantise::Now });
    bench.player.send(Command::Play);
    // A note begins at 500 ms, and waits on the plain output for 194 ms.
    bench.pass(560);
    assert!(bench.ends.send(Order::CloseOutput(1)));
    bench.player.send(Command::Halt { track: 0, at: Quantise::Now });
    bench.pass(400);
    let sent = read(&mut plain);
    let last = sent.iter().rev().find(|s| matches!(s.packet.bytes(), [0x99 | 0x89, 36, _]));
    assert_eq!(last.map(|s| s.packet.bytes()[0]), Some(0x89));
}
