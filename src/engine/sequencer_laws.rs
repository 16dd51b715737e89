//! What holds whatever is played and ordered: nothing is lost, doubled or left sounding.

use std::sync::Arc;

use super::sequencer_tests::{Bench, clip, note};
use super::{Clip, Command, Event, Message, Order, Quantise, Sequencer};
use crate::music::pattern::{Part, PatternNote};

mod nothing_is_lost_or_doubled {
    use proptest::prelude::*;

    use super::*;

    /// A clip of one bar whose notes have a key each, swing and tempo.
    fn music() -> impl Strategy<Value = (Arc<Clip>, f32, f64)> {
        (proptest::collection::vec((0u32..16, -0.5f32..0.5), 1..12), 0.5f32..0.75, 60.0f64..200.0).prop_map(
            |(places, swing, bpm)| {
                let notes: Vec<_> =
                    places.iter().zip(30..).map(|((step, off), key)| note(*step, key, *off)).collect();
                (clip(16, &notes), swing, bpm)
            },
        )
    }

    fn begun(rate: f64, swing: f32, bpm: f64) -> Bench {
        let mut bench = Bench::new();
        bench.sequencer = Sequencer::new(rate);
        bench.send(Command::Tempo(bpm)).send(Command::Swing(swing));
        bench
    }

    fn strikes(bench: &Bench) -> Vec<(u64, u8)> {
        let key = |e: &Event| match e.message {
            Message::NoteOn { key, .. } => Some((e.frame, key)),
            _ => None,
        };
        bench.events.iter().filter_map(key).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn a_launch_now_plays_from_there_on_what_a_clip_that_ran_all_along_plays(
            (clip, swing, bpm) in music(), at in 0u64..200_000, usual in any::<bool>()
        ) {
            // At 44.1 kHz and 120 bpm every other 16th falls exactly between two frames.
            let (rate, bpm) = if usual { (44_100.0, 120.0) } else { (48_000.0, bpm) };
            let end = at + 200_000;
            let mut all_along = begun(rate, swing, bpm);
            all_along.launch(0, &clip, Quantise::Now).send(Command::Play).until(end);
            let mut late = begun(rate, swing, bpm);
            late.send(Command::Play).until(at).launch(0, &clip, Quantise::Now).until(end);
            let expected: Vec<_> =
                strikes(&all_along).into_iter().filter(|(frame, _)| *frame >= at).collect();
            prop_assert_eq!(strikes(&late), expected);
        }

        #[test]
        fn another_rate_or_a_pause_on_the_way_leaves_the_same_notes_in_the_same_order(
            (clip, swing, bpm) in music(), at in 0u64..200_000, stop in any::<bool>()
        ) {
            let mut straight = begun(48_000.0, swing, bpm);
            straight.launch(0, &clip, Quantise::Now).send(Command::Play).until(400_000);
            let mut broken = begun(48_000.0, swing, bpm);
            broken.launch(0, &clip, Quantise::Now).send(Command::Play).until(at);
            if stop {
                broken.send(Command::Stop).send(Command::Play);
            } else {
                broken.sequencer.set_rate(44_100.0, &mut broken.events);
            }
            broken.until(400_000);
            let keys = |bench: &Bench| strikes(bench).into_iter().map(|(_, key)| key).collect::<Vec<_>>();
            let (expected, heard) = (keys(&straight), keys(&broken));
            // Fewer frames a second: the second run is further on by the end.
            prop_assert!(heard.len() >= expected.len());
            prop_assert_eq!(&heard[..expected.len()], &expected[..]);
        }

        #[test]
        fn another_rate_while_a_clip_waits_does_not_strike_its_early_notes_twice(
            (clip, swing, bpm) in music(), at in 1u64..200_000
        ) {
            let run = |change: bool| {
                let mut bench = begun(48_000.0, swing, bpm);
                bench.send(Command::Play).until(1).launch(0, &clip, Quantise::TwoBars).until(at);
                if change {
                    bench.sequencer.set_rate(44_100.0, &mut bench.events);
                }
                bench.until(600_000);
                strikes(&bench).into_iter().map(|(_, key)| key).collect::<Vec<_>>()
            };
            let (expected, heard) = (run(false), run(true));
            prop_assert!(heard.len() >= expected.len());
            prop_assert_eq!(&heard[..expected.len()], &expected[..]);
        }
    }
}

mod anything_goes {
    use proptest::prelude::*;

    use super::*;

    fn command() -> impl Strategy<Value = (u8, u8, u32)> {
        (0u8..17, 0u8..8, 0u32..1000)
    }

    fn order(kind: u8, track: u8, n: u32) -> Command {
        let at = [Quantise::Now, Quantise::Beat, Quantise::Bar, Quantise::TwoBars][(n % 4) as usize];
        let notes: Vec<PatternNote> = (0..n % 9)
            .map(|i| PatternNote {
                length: 1 + i * 3,
                part: [Part::Drums, Part::Lead][(i % 2) as usize],
                ..note((i * 5 + n) % 16, 36 + (i % 4) as u8, (n % 11) as f32 / 10.0 - 0.5)
            })
            .collect();
        match kind {
            0..=4 => Command::Launch { track, slot: n, clip: clip(16 + n % 5, &notes), at },
            5 => Command::Halt { track, at },
            6 => Command::Tempo(20.0 + f64::from(n % 380)),
            7 => Command::Swing(0.5 + n as f32 / 4000.0),
            8 => Command::MuteTrack { track, on: n.is_multiple_of(2) },
            9 => Command::MuteKeys { track, keys: u128::from(n) << 34 },
            10 => Command::Locate(f64::from(n) / 16.0),
            11 => Command::Stop,
            12 => Command::Audition { channel: 9, key: 36 + track, velocity: 90 },
            13..=15 => {
                let what = match n % 5 {
                    0 => Order::Mute(n.is_multiple_of(2)),
                    1 => Order::Tempo(20.0 + f64::from(n % 380)),
                    2 => Order::Swing(0.5 + n as f32 / 4000.0),
                    _ => {
                        let length = f64::from(n % 13) / 4.0;
                        Order::Note { channel: 9, key: 36 + (n % 3) as u8, velocity: 90, length }
                    }
                };
                Command::At { beat: f64::from(n) / 32.0, track, what }
            }
            _ => Command::Play,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        #[test]
        fn whatever_is_ordered_every_note_on_has_its_note_off(
            orders in proptest::collection::vec((command(), 1u64..30_000), 1..60)
        ) {
            let mut bench = Bench::new();
            bench.send(Command::Play);
            let mut frame = 0;
            let mut sent = 0;
            for ((kind, track, n), pause) in orders {
                sent += usize::from(kind <= 4);
                bench.send(order(kind, track, n));
                frame += pause;
                bench.until(frame);
            }
            bench.send(Command::Stop);
            bench.check_ledger();
            for track in 0..8 {
                bench.send(Command::Halt { track, at: Quantise::Now });
            }
            prop_assert_eq!(bench.done.len(), sent, "every clip comes back");
        }
    }
}
