//! What a player does with patterns, against a virtual clock: count-ins, chance, lengths, fills, places, all on their
//! exact frames.

use std::sync::Arc;

use super::sequencer_tests::{Bench, clip, every_step, note};
use super::{Clip, Command, Message, Quantise, Sync, chance};
use crate::music::pattern::{Pattern, PatternNote};

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

fn on(round: u32, chance: u8) -> Arc<Clip> {
    let notes = [PatternNote { chance, ..note(2, 36, 0.0) }, note(0, 38, 0.0)];
    Arc::new(Clip::from_pattern(&Pattern::new(16, notes.to_vec())).with_seed(u64::from(round)))
}

#[test]
fn a_note_of_chance_sounds_in_the_rounds_its_seed_says_and_in_no_others() {
    let rounds = 200;
    let end = rounds * 96_000;
    let run = |blocks: usize| {
        let mut bench = Bench::new();
        bench.launch(0, &on(7, 40), Quantise::Now).send(Command::Play);
        while bench.sequencer.snapshot().frames < end {
            bench.sequencer.render(blocks, &mut bench.events, &mut bench.done);
        }
        let within =
            |key: u8| bench.starts(key).into_iter().filter(|frame| *frame < end).collect::<Vec<u64>>();
        assert_eq!(within(38).len(), rounds as usize, "the others sound in every round");
        within(36)
    };
    let heard = run(997);
    let beats = (0..rounds).map(|round| round as f64 * 4.0 + 0.5);
    let wanted: Vec<u64> =
        beats.filter(|beat| chance::sounds(7, *beat, 36, 40)).map(|beat| (beat * 24_000.0) as u64).collect();
    assert_eq!(heard, wanted);
    assert!((60..100).contains(&heard.len()), "{} of {rounds} at 40 percent", heard.len());
    assert_eq!(run(64), heard, "whatever the blocks");
}

#[test]
fn going_back_to_a_beat_draws_the_same_there() {
    let mut bench = Bench::new();
    bench.launch(0, &on(3, 50), Quantise::Now).send(Command::Play).until(960_000);
    let first = bench.starts(36);
    bench.send(Command::Locate(0.0)).until(1_920_000);
    let again: Vec<u64> = bench.starts(36)[first.len()..].iter().map(|frame| frame - 960_000).collect();
    assert_eq!(again, first);
    let mut other = Bench::new();
    other.launch(0, &on(4, 50), Quantise::Now).send(Command::Play).until(960_000);
    assert_ne!(other.starts(36), first, "another seed, another draw");
}

#[test]
fn loops_of_two_lengths_meet_again_where_arithmetic_says() {
    let mut bench = Bench::new();
    bench.launch(0, &clip(12, &[note(0, 36, 0.0)]), Quantise::Now);
    bench.launch(1, &clip(16, &[note(0, 38, 0.0)]), Quantise::Now).send(Command::Play).until(1_200_000);
    // Twelve steps are three beats, sixteen are four: together every twelve beats.
    let (three, four) = (bench.starts(36), bench.starts(38));
    assert!(three.iter().enumerate().all(|(round, frame)| *frame == round as u64 * 72_000));
    let both: Vec<u64> = three.iter().copied().filter(|frame| four.contains(frame)).collect();
    assert_eq!(both, [0, 288_000, 576_000, 864_000, 1_152_000]);
}

#[test]
fn a_fill_has_the_next_bar_and_the_pattern_comes_back_in_phase_after_it() {
    let mut bench = Bench::new();
    let own = clip(32, &(0..32).map(|step| note(step, 36 + (step / 16) as u8, 0.0)).collect::<Vec<_>>());
    bench.launch(0, &own, Quantise::Now).send(Command::Play).until(30_000);
    bench.send(Command::Fill { track: 0, clip: every_step(16, 50), at: Quantise::Bar }).until(40_000);
    assert_eq!(bench.sequencer.snapshot().tracks[0].fill, Some((4.0, 8.0)));
    bench.until(384_000);
    assert_eq!(bench.starts(50).first(), Some(&96_000));
    assert_eq!(bench.starts(50).last(), Some(&(192_000 - 6000)));
    assert_eq!(
        bench.starts(37),
        (48..64).map(|step| step * 6000).collect::<Vec<u64>>(),
        "its second bar of the second round"
    );
    assert_eq!(bench.starts(36).len(), 32, "the first bars sound whole");
    assert_eq!(bench.done.len(), 1);
    assert_eq!(bench.sequencer.snapshot().tracks[0].fill, None);
    bench.send(Command::Stop).check_ledger();
}

#[test]
fn a_fill_asked_for_while_one_plays_lasts_a_bar_longer() {
    let mut bench = Bench::new();
    bench.launch(0, &every_step(16, 36), Quantise::Now).send(Command::Play).until(30_000);
    let fill = || Command::Fill { track: 0, clip: every_step(16, 50), at: Quantise::Bar };
    bench.send(fill()).send(fill()).until(100_000);
    bench.send(fill()).until(400_000);
    assert_eq!(bench.starts(50).len(), 32);
    assert_eq!(bench.starts(36).iter().filter(|frame| (96_000..288_000).contains(*frame)).count(), 0);
    assert_eq!(bench.done.len(), 3, "each clip comes back to be freed");
    bench.send(Command::Stop).check_ledger();
}

#[test]
fn a_launch_under_a_fill_takes_over_beneath_it_and_a_stop_ends_it() {
    let mut bench = Bench::new();
    bench.launch(0, &every_step(16, 36), Quantise::Now).send(Command::Play).until(30_000);
    bench.send(Command::Fill { track: 0, clip: every_step(16, 50), at: Quantise::Bar });
    bench.launch(0, &every_step(16, 38), Quantise::Bar).until(300_000);
    assert_eq!((bench.starts(50).len(), bench.starts(36).len()), (16, 16));
    assert_eq!(bench.starts(38).first(), Some(&192_000));
    bench.send(Command::Fill { track: 0, clip: every_step(16, 52), at: Quantise::Now }).until(330_000);
    assert_eq!(
        bench.sequencer.snapshot().tracks[0].fill,
        Some((12.5, 16.0)),
        "at once, to the end of the bar"
    );
    bench.send(Command::Stop).check_ledger();
    bench.send(Command::Play).until(400_000).send(Command::Stop);
    assert!(bench.starts(52).iter().all(|frame| *frame < 330_000));
    // While nothing runs there is nothing to fill.
    bench.send(Command::Fill { track: 0, clip: every_step(16, 52), at: Quantise::Now });
    bench.send(Command::Fill { track: 99, clip: every_step(16, 52), at: Quantise::Now }).check_ledger();
}

#[test]
fn a_track_says_where_it_stands_and_says_it_again_to_outputs_that_are_new() {
    let mut bench = Bench::new();
    bench.send(Command::Pan { track: 2, channel: 1, pan: -7.0 }).send(Command::Pan {
        track: 2,
        channel: 1,
        pan: f32::NAN,
    });
    let placed = Message::Pan { channel: 1, pan: -1.0 };
    assert_eq!(bench.events.iter().map(|e| (e.track, e.message)).collect::<Vec<_>>(), [(2, placed)]);
    bench.events.clear();
    bench.sequencer.announce(&mut bench.events);
    assert_eq!(bench.events.iter().filter(|e| e.message == placed).count(), 1);
}

#[test]
fn a_players_note_is_held_until_it_is_let_go_whatever_the_transport_does() {
    let mut bench = Bench::new();
    bench.send(Command::Live { track: 1, channel: 0, key: 60, velocity: 100 }).until(10_000);
    bench.send(Command::Play).until(100_000);
    assert_eq!(bench.starts(60), [0]);
    let ended = |bench: &Bench| {
        bench.events.iter().find(|e| matches!(e.message, Message::NoteOff { key: 60, .. })).map(|e| e.frame)
    };
    assert_eq!(ended(&bench), None);
    bench.send(Command::MuteTrack { track: 2, on: true });
    bench.send(Command::Live { track: 1, channel: 0, key: 60, velocity: 0 });
    assert_eq!(ended(&bench), Some(100_000));
    // Its end comes twice, or too late: nothing is ended twice.
    bench.send(Command::Live { track: 1, channel: 0, key: 61, velocity: 100 }).send(Command::Stop);
    bench.send(Command::Live { track: 1, channel: 0, key: 61, velocity: 0 }).check_ledger();
}
