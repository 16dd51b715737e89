//! Orders for a beat against a virtual clock: on their exact frame, beside the clips.

use super::sequencer_tests::{Bench, clip, every_step, note};
use super::{Command, Event, Message, Order, Quantise};

fn stroke(key: u8, length: f64) -> Order {
    Order::Note { channel: 9, key, velocity: 90, length }
}

#[test]
fn an_order_for_a_beat_happens_on_its_very_frame_and_a_late_one_at_once() {
    let mut bench = Bench::new();
    bench.send(Command::at(0.75, 2, stroke(40, 0.5))).send(Command::at(0.5, 2, Order::Tempo(60.0)));
    bench.send(Command::Play).until(40_000).send(Command::at(0.25, 2, stroke(41, 0.1))).until(100_000);
    // Half a beat at 120, then a quarter of one at 60.
    assert_eq!(bench.starts(40), [12_000 + 12_000]);
    assert_eq!(bench.starts(41), [40_000]);
    bench.check_ledger();
}

#[test]
fn swing_moves_ordered_notes_as_it_moves_those_of_clips() {
    let mut bench = Bench::new();
    bench.send(Command::Swing(0.75)).launch(0, &clip(4, &[note(1, 36, 0.0)]), Quantise::Now);
    bench.send(Command::at(0.25, 1, stroke(40, 0.1))).send(Command::Play).until(20_000);
    assert_eq!(bench.starts(40), bench.starts(36));
}

#[test]
fn a_muted_track_plays_no_ordered_note_and_stopping_forgets_what_waits() {
    let mut bench = Bench::new();
    bench.send(Command::at(0.5, 1, Order::Mute(true))).send(Command::at(1.0, 1, stroke(40, 0.1)));
    bench.send(Command::at(4.0, 3, stroke(41, 0.1))).send(Command::Play).until(30_000);
    bench.send(Command::Stop).send(Command::Play).until(300_000);
    assert!(bench.starts(40).is_empty() && bench.starts(41).is_empty());
}

#[test]
fn a_clip_launched_for_a_tick_takes_over_there_and_leaves_ordered_notes_sounding() {
    let mut bench = Bench::new();
    bench.launch(0, &every_step(4, 36), Quantise::Now).send(Command::at(0.5, 0, stroke(50, 4.0)));
    bench.send(Command::Play).launch(0, &every_step(4, 38), Quantise::at(1.5)).until(60_000);
    assert_eq!((bench.starts(36).len(), bench.starts(38)[0]), (6, 36_000));
    let ends = |e: &&Event| matches!(e.message, Message::NoteOff { key: 50, .. });
    assert!(!bench.events.iter().any(|e| ends(&e)), "the ordered note ended with the clip");
}
