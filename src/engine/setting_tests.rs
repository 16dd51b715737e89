//! Programs and pedals against a virtual clock: what was set outlives nothing that it should not.

use super::sequencer_tests::Bench;
use super::{Command, Message, Order, Setting};

/// Controllers that were moved: frame, track, channel, number, value.
fn controls(bench: &Bench) -> Vec<(u64, u8, u8, u8, u8)> {
    let control = |event: &super::Event| match event.message {
        Message::Set(Setting::Control { channel, number, value }) => {
            Some((event.frame, event.track, channel, number, value))
        }
        _ => None,
    };
    bench.events.iter().filter_map(control).collect()
}

fn pedal(value: u8) -> Order {
    Order::Set(Setting::Control { channel: 3, number: 64, value })
}

#[test]
fn a_stop_lifts_the_pedals_that_are_down_and_no_others() {
    let mut bench = Bench::new();
    bench.send(Command::At { beat: 0.0, track: 2, what: pedal(127) });
    bench.send(Command::At { beat: 0.25, track: 1, what: pedal(127) });
    bench.send(Command::At { beat: 0.5, track: 1, what: pedal(0) });
    let volume = Order::Set(Setting::Control { channel: 1, number: 7, value: 99 });
    bench.send(Command::At { beat: 0.5, track: 4, what: volume });
    bench.send(Command::Play).until(24_000);
    let before = controls(&bench).len();
    bench.send(Command::Stop).until(25_000);
    assert_eq!(controls(&bench)[before..], [(24_000, 2, 3, 64, 0)]);
    bench.send(Command::Play).until(26_000).send(Command::Stop).until(27_000);
    assert_eq!(controls(&bench).len(), before + 1, "once");
}

#[test]
fn a_program_given_to_a_track_is_sent_at_once_and_to_outputs_that_come_later() {
    let setting = Setting::Program { channel: 4, program: 80 };
    let mut bench = Bench::new();
    bench.until(100).send(Command::Set { track: 5, setting }).until(200);
    let given = |events: &[super::Event]| -> Vec<(u64, u8)> {
        let is = |event: &&super::Event| event.message == Message::Set(setting);
        events.iter().filter(is).map(|event| (event.frame, event.track)).collect()
    };
    assert_eq!(given(&bench.events), [(100, 5)]);
    let mut later = Vec::new();
    bench.sequencer.announce(&mut later);
    assert_eq!(given(&later), [(200, 5)]);
    // A track that does not exist has none.
    bench.send(Command::Set { track: 8, setting }).until(300);
    assert_eq!(given(&bench.events).len(), 1);
}
