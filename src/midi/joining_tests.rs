//! Who comes late to our clock, or is let go of it while it runs.

use super::double::Sent;
use super::hub_tests::{Bench, read, switches};
use super::order::Order;
use super::settings::Switches;
use crate::engine::Command;

/// The clock messages among `sent`, by their status, ticks that come after the first other one counted as one.
fn said(sent: &[Sent]) -> Vec<Vec<u8>> {
    let bytes = sent.iter().map(|sent| sent.packet.bytes().to_vec()).filter(|bytes| bytes[0] >= 0xF0);
    let mut said: Vec<Vec<u8>> = bytes.collect();
    said.dedup();
    said
}

fn joins(sent: &[Sent], ticks: u64) {
    let lines = said(sent);
    let at = lines.iter().position(|bytes| bytes[0] == 0xFB).expect("it is told to go on");
    assert_eq!(
        (lines[at - 1][0], lines[at + 1][0]),
        (0xF2, 0xF8),
        "the place before it, a tick after it: {lines:?}"
    );
    assert!(
        !lines.iter().any(|bytes| bytes[0] == 0xFA) && lines.iter().filter(|b| b[0] == 0xFB).count() == 1
    );
    let place = u64::from(lines[at - 1][1]) + 128 * u64::from(lines[at - 1][2]);
    // Its ticks from there on are those of the song.
    let from = sent.iter().position(|sent| sent.packet.bytes() == [0xFB]).expect("is there");
    let after = sent[from..].iter().filter(|sent| sent.packet.bytes() == [0xF8]).count() as u64;
    assert_eq!(place * 6 + after, ticks, "in step with the one that was there from the start");
}

#[test]
fn an_output_that_comes_while_the_music_plays_is_told_where_it_is_and_to_go_on() {
    let mut bench = Bench::new();
    let mut first = bench.output(0, switches());
    bench.player.send(Command::Play);
    bench.pass(1_111);
    let mut second = bench.output(1, switches());
    bench.pass(1_000);
    let all = read(&mut first);
    let ticks = all.iter().filter(|sent| sent.packet.bytes() == [0xF8]).count() as u64;
    joins(&read(&mut second), ticks);
    assert_eq!(said(&all).len(), 2, "the first one hears of it nothing: {:?}", said(&all));
}

#[test]
fn transport_or_clock_switched_on_while_the_music_plays_joins_and_switched_off_stops() {
    for off in [Switches { transport: false, ..switches() }, Switches { clock: false, ..switches() }] {
        let mut bench = Bench::new();
        let mut first = bench.output(0, switches());
        let mut second = bench.output(1, off);
        bench.player.send(Command::Play);
        bench.pass(1_111);
        read(&mut second);
        assert!(bench.ends.send(Order::Switches(1, switches())));
        bench.pass(1_000);
        let ticks = read(&mut first).iter().filter(|sent| sent.packet.bytes() == [0xF8]).count() as u64;
        joins(&read(&mut second), ticks);
        assert!(bench.ends.send(Order::Switches(1, Switches { transport: false, ..switches() })));
        bench.pass(300);
        let stops = read(&mut second).iter().filter(|sent| sent.packet.bytes() == [0xFC]).count();
        assert_eq!(stops, 1, "it is not left running");
    }
}

#[test]
fn an_output_that_comes_while_the_music_stands_waits_for_its_start() {
    let mut bench = Bench::new();
    let mut tape = bench.output(0, switches());
    bench.pass(300);
    bench.player.send(Command::Play);
    bench.pass(300);
    let lines = said(&read(&mut tape));
    assert_eq!(lines.iter().filter(|bytes| bytes[0] == 0xFA).count(), 1);
    assert!(!lines.iter().any(|bytes| bytes[0] == 0xFB), "{lines:?}");
}
