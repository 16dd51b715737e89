//! What a player does with patterns, against a virtual clock: counting in, all on their exact frames.

use super::sequencer_tests::{Bench, clip, every_step, note};
use super::{Command, Message, Quantise, Sync};

#[test]
fn a_count_in_clicks_its_bar_and_the_music_begins_on_the_frame_after() {
    let mut bench = Bench::new();
    bench.launch(0, &every_step(16, 36), Quantise::Now).until(1000);
    bench.send(Command::CountIn(4));
    assert_eq!((bench.sequencer.is_playing(), bench.sequencer.snapshot().counting), (false, Some(4)));
    bench.until(1000 + 60_000);
    assert_eq!(bench.sequencer.snapshot().counting, Some(2), "in the third beat");
    bench.until(1000 + 96_000 + 24_000);
    assert_eq!(bench.starts(76), [1000], "the first of the bar is marked");
    assert_eq!(bench.starts(77), [25_000, 49_000, 73_000]);
    assert_eq!(bench.starts(36), [97_000, 103_000, 109_000, 115_000]);
    assert_eq!(bench.sequencer.beat(), 1.0);
    assert_eq!(bench.sequencer.snapshot().counting, None);
    bench.send(Command::Stop).check_ledger();
}

#[test]
fn a_count_in_is_the_same_in_blocks_of_every_size_and_offsets_stay_within_them() {
    let run = |size: usize| {
        let mut bench = Bench::new();
        bench.launch(0, &every_step(16, 36), Quantise::Now).send(Command::Tempo(133.7));
        bench.send(Command::Metronome(true)).send(Command::CountIn(4));
        while bench.sequencer.snapshot().frames < 192_000 {
            let from = bench.events.len();
            let block = bench.sequencer.snapshot().frames;
            bench.sequencer.render(size, &mut bench.events, &mut bench.done);
            for event in &bench.events[from..] {
                assert_eq!(event.frame, block + event.offset as u64);
                assert!(event.offset < size);
            }
        }
        bench.events.iter().map(|e| (e.frame, e.track, e.message)).collect::<Vec<_>>()
    };
    let whole = run(192_000);
    for size in [1, 64, 100, 160] {
        assert!(run(size) == whole, "blocks of {size}");
    }
}

#[test]
fn a_count_in_is_called_off_and_nothing_sounds_after() {
    let mut bench = Bench::new();
    bench.launch(0, &every_step(16, 36), Quantise::Now).send(Command::CountIn(4)).until(50_000);
    bench.send(Command::Stop).until(300_000);
    assert!(bench.starts(36).is_empty());
    assert_eq!(bench.starts(77).len(), 2);
    bench.check_ledger();
    // One that is already running counts nothing in.
    bench.send(Command::Play).send(Command::CountIn(4)).until(310_000);
    assert!(bench.sequencer.is_playing() && bench.sequencer.snapshot().counting.is_none());
}

#[test]
fn the_tempo_may_change_while_it_is_counted_and_a_locate_counts_anew() {
    let mut bench = Bench::new();
    bench.launch(0, &clip(16, &[note(8, 36, 0.0)]), Quantise::Now).send(Command::CountIn(2)).until(24_000);
    bench.send(Command::Tempo(60.0)).until(48_000);
    bench.send(Command::Locate(2.0)).until(200_000);
    // Two beats at 60 from the locate on, then beat 2, where the note stands.
    assert_eq!(bench.starts(36), [144_000]);
    assert_eq!(bench.starts(77), [0, 24_000, 48_000, 96_000]);
}

#[test]
fn who_follows_our_clock_starts_when_the_music_does_and_not_when_it_is_counted() {
    let mut bench = Bench::new();
    bench.send(Command::Clock(true)).send(Command::CountIn(4)).until(120_000);
    let starts: Vec<u64> =
        bench.events.iter().filter(|e| e.message == Message::Sync(Sync::Start)).map(|e| e.frame).collect();
    assert_eq!(starts, [96_000]);
    let ticks = bench.events.iter().filter(|e| e.message == Message::Sync(Sync::Tick));
    assert_eq!(ticks.filter(|e| e.frame >= 96_000).count(), 24);
}
