//! The clock we give, against a virtual clock: ticks and words of the transport on their exact frames.

use super::sequencer_tests::{Bench, RATE, every_step};
use super::{Command, Event, Message, Quantise, Sync};

/// What the clock says, with its frames.
fn said(bench: &Bench) -> Vec<(u64, Sync)> {
    let sync = |e: &Event| match e.message {
        Message::Sync(sync) => Some((e.frame, sync)),
        _ => None,
    };
    bench.events.iter().filter_map(sync).collect()
}

#[test]
fn the_clock_ticks_24_times_a_beat_on_rounded_frames_for_an_hour() {
    let mut bench = Bench::new();
    bench.send(Command::Clock(true)).send(Command::Tempo(133.33)).send(Command::Play);
    bench.until(48_000);
    while bench.sequencer.snapshot().frames < 3600 * 48_000 {
        bench.sequencer.render(4096, &mut bench.events, &mut bench.done);
    }
    let said = said(&bench);
    assert_eq!(said[0], (0, Sync::Start));
    let ticks: Vec<u64> = said.iter().filter(|(_, s)| *s == Sync::Tick).map(|(f, _)| *f).collect();
    let per_tick = RATE * 60.0 / 133.33 / 24.0;
    for (i, frame) in ticks.iter().enumerate() {
        assert_eq!(*frame, (i as f64 * per_tick).round() as u64);
    }
    let frames = bench.sequencer.snapshot().frames as f64;
    assert_eq!(ticks.len(), (frames / per_tick).ceil() as usize, "not a tick too many or too few");
}

#[test]
fn the_clock_says_start_stop_position_and_continue_as_gear_expects_them() {
    let mut bench = Bench::new();
    bench.send(Command::Clock(true)).send(Command::Play).until(24_000).send(Command::Stop);
    // Stopped on beat 1: ticks go on, and the transport from there.
    let at = bench.sequencer.snapshot().frames;
    bench.until(at + 24_000).send(Command::Play).until(at + 30_000);
    let words: Vec<(u64, Sync)> = said(&bench).into_iter().filter(|(_, s)| *s != Sync::Tick).collect();
    let expected =
        [(0, Sync::Start), (at, Sync::Stop), (at + 24_000, Sync::Position(4)), (at + 24_000, Sync::Continue)];
    assert_eq!(words, expected);
    let resting =
        said(&bench).iter().filter(|(f, s)| *s == Sync::Tick && (at..at + 24_000).contains(f)).count();
    assert_eq!(resting, 24);
}

#[test]
fn followers_join_a_place_between_sixteenths_on_the_next_one() {
    let mut bench = Bench::new();
    bench.send(Command::Clock(true)).send(Command::Locate(4.1)).send(Command::Play).until(48_000);
    let said = said(&bench);
    let position = said.iter().position(|(_, s)| *s == Sync::Position(17)).expect("is told");
    let begin = said.iter().position(|(_, s)| *s == Sync::Continue).expect("is told");
    // Beat 4.25 is 0.15 beats on, and the tick of that place comes right after the word.
    assert_eq!((said[begin], said[begin + 1]), ((3_600, Sync::Continue), (3_600, Sync::Tick)));
    assert!(position < begin);
}

#[test]
fn a_locate_while_playing_takes_the_followers_along() {
    let mut bench = Bench::new();
    bench.send(Command::Clock(true)).send(Command::Play).until(30_000).send(Command::Locate(8.0));
    bench.until(60_000).send(Command::Locate(0.0)).until(70_000);
    let words: Vec<Sync> = said(&bench).into_iter().map(|(_, s)| s).filter(|s| *s != Sync::Tick).collect();
    assert_eq!(words, [Sync::Start, Sync::Stop, Sync::Position(32), Sync::Continue, Sync::Stop, Sync::Start]);
}

#[test]
fn a_clock_that_is_switched_off_says_nothing_and_changes_no_note() {
    let run = |clock: bool| {
        let mut bench = Bench::new();
        bench.send(Command::Clock(clock)).launch(0, &every_step(16, 36), Quantise::Bar);
        bench.send(Command::Play).until(100_000).send(Command::Tempo(150.0)).until(200_000);
        bench.send(Command::Stop);
        bench.check_ledger();
        bench
    };
    let (with, without) = (run(true), run(false));
    assert!(said(&without).is_empty() && !said(&with).is_empty());
    assert_eq!(with.starts(36), without.starts(36));
}
