//! The sequencer against a virtual clock: every event on its exact frame.

use std::sync::Arc;

use super::{Clip, Command, Event, HOUSE, Message, Quantise, Sequencer};
use crate::music::pattern::{Part, Pattern, PatternNote};

pub(super) const RATE: f64 = 48_000.0;

/// A sequencer with everything it says and every clip it gives back.
pub(super) struct Bench {
    pub sequencer: Sequencer,
    pub events: Vec<Event>,
    pub done: Vec<Arc<Clip>>,
}

impl Bench {
    pub fn new() -> Self {
        Self { sequencer: Sequencer::new(RATE), events: Vec::new(), done: Vec::new() }
    }

    pub fn send(&mut self, command: Command) -> &mut Self {
        self.sequencer.apply(command, &mut self.events, &mut self.done);
        self
    }

    pub fn launch(&mut self, track: u8, clip: &Arc<Clip>, at: Quantise) -> &mut Self {
        self.send(Command::Launch { track, slot: u32::from(track), clip: Arc::clone(clip), at })
    }

    /// Renders up to `frame`, in blocks of uneven sizes.
    pub fn until(&mut self, frame: u64) -> &mut Self {
        let mut size = 1;
        while self.sequencer.snapshot().frames < frame {
            let left = (frame - self.sequencer.snapshot().frames) as usize;
            size = (size * 7 + 3) % 509 + 1;
            self.sequencer.render(size.min(left), &mut self.events, &mut self.done);
        }
        self
    }

    pub fn starts(&self, key: u8) -> Vec<u64> {
        self.events
            .iter()
            .filter(|e| matches!(e.message, Message::NoteOn { key: k, .. } if k == key))
            .map(|e| e.frame)
            .collect()
    }

    /// Every note-on has had its note-off, none came twice, and time never ran backwards.
    pub fn check_ledger(&self) {
        let mut held = std::collections::BTreeMap::new();
        let mut last = 0;
        for event in &self.events {
            assert!(event.frame >= last, "time runs backwards at {event:?}");
            last = event.frame;
            match event.message {
                Message::NoteOn { channel, key, .. } => {
                    assert_eq!(held.insert((event.track, channel, key), ()), None, "struck twice: {event:?}");
                }
                Message::NoteOff { channel, key } => {
                    assert!(held.remove(&(event.track, channel, key)).is_some(), "never struck: {event:?}");
                }
                _ => {}
            }
        }
        assert!(held.is_empty(), "still sounding: {held:?}");
    }
}

pub(super) fn note(start: u32, pitch: u8, offset: f32) -> PatternNote {
    PatternNote { start, length: 1, pitch, velocity: 80, part: Part::Drums, offset, chance: 100 }
}

pub(super) fn clip(steps: u32, notes: &[PatternNote]) -> Arc<Clip> {
    Arc::new(Clip::from_pattern(&Pattern::new(steps, notes.to_vec())))
}

pub(super) fn every_step(steps: u32, pitch: u8) -> Arc<Clip> {
    clip(steps, &(0..steps).map(|s| note(s, pitch, 0.0)).collect::<Vec<_>>())
}

#[test]
fn every_sixteenth_falls_on_its_rounded_frame() {
    for bpm in [61.7, 120.0, 174.0] {
        let mut bench = Bench::new();
        bench.send(Command::Tempo(bpm)).launch(0, &every_step(16, 36), Quantise::Bar);
        bench.send(Command::Play).until(400_000);
        let starts = bench.starts(36);
        assert!(starts.len() > 30);
        for (i, start) in starts.iter().enumerate() {
            assert_eq!(*start, (i as f64 / 4.0 * RATE * 60.0 / bpm).round() as u64, "{bpm} bpm, step {i}");
        }
    }
}

#[test]
fn after_an_hour_the_loop_is_still_on_its_frame() {
    let mut bench = Bench::new();
    bench.send(Command::Tempo(133.33)).launch(0, &clip(32, &[note(5, 36, 0.0)]), Quantise::Now);
    bench.send(Command::Play);
    // An hour in big blocks; only the last bars are looked at.
    let mut silence = super::Silence;
    while bench.sequencer.snapshot().frames < 3600 * 48_000 {
        bench.sequencer.render(4096, &mut silence, &mut bench.done);
    }
    let end = bench.sequencer.snapshot().frames + 48_000 * 8;
    bench.until(end);
    for start in bench.starts(36) {
        let per_beat = RATE * 60.0 / 133.33;
        let round = ((start as f64 / per_beat - 1.25) / 8.0).round();
        assert_eq!(start, ((round * 8.0 + 1.25) * per_beat).round() as u64);
    }
}

#[test]
fn block_sizes_change_nothing() {
    let run = |size: usize| {
        let mut bench = Bench::new();
        let notes = [note(0, 36, -0.3), note(3, 38, 0.2), note(7, 42, 0.45), note(15, 46, -0.5)];
        bench.launch(0, &clip(16, &notes), Quantise::Now).send(Command::Swing(0.6));
        bench.send(Command::Metronome(true)).send(Command::Play);
        while bench.sequencer.snapshot().frames < 480_000 {
            bench.sequencer.render(size, &mut bench.events, &mut bench.done);
        }
        bench.events.iter().map(|e| (e.frame, e.track, e.message)).collect::<Vec<_>>()
    };
    let whole = run(480_000);
    for size in [1, 64, 100, 160] {
        assert!(run(size) == whole, "blocks of {size}");
    }
}

#[test]
fn a_tempo_change_moves_what_is_to_come_and_nothing_else() {
    let mut bench = Bench::new();
    bench.launch(0, &every_step(4, 36), Quantise::Now).send(Command::Play).until(24_000 + 1);
    // One beat at 120 has gone; from frame 24001 on the tempo is 60.
    bench.send(Command::Tempo(60.0)).until(120_000);
    let starts = bench.starts(36);
    assert_eq!(&starts[..5], [0, 6000, 12_000, 18_000, 24_000]);
    // Beat 1.25 is a quarter beat at 60 less the one frame already played at 120.
    assert_eq!(starts[5], 24_001 + (12_000.0_f64 - 2.0).round() as u64);
}

#[test]
fn a_tempo_ramp_with_a_change_every_block_loses_and_doubles_no_note() {
    let mut bench = Bench::new();
    bench.launch(0, &every_step(16, 36), Quantise::Now).send(Command::Play);
    for block in 0..6000u32 {
        bench.send(Command::Tempo(90.0 + 60.0 * f64::from(block % 1000) / 1000.0));
        bench.sequencer.render(97, &mut bench.events, &mut bench.done);
    }
    let beats = bench.sequencer.beat();
    assert_eq!(bench.starts(36).len() as f64, (beats * 4.0).floor() + 1.0);
}

#[test]
fn a_launch_at_the_bar_starts_there_and_the_old_clip_plays_until_then() {
    let mut bench = Bench::new();
    bench.launch(0, &every_step(16, 36), Quantise::Now).send(Command::Play).until(30_000);
    bench.launch(0, &every_step(16, 38), Quantise::Bar).until(200_000);
    assert_eq!(bench.starts(36).len(), 16);
    assert_eq!(bench.starts(38)[0], 96_000);
    assert_eq!(bench.done.len(), 1);
}

#[test]
fn two_bars_wait_for_an_even_bar_and_a_beat_for_the_next_beat() {
    let mut bench = Bench::new();
    bench.send(Command::Play).until(100_000);
    bench.launch(0, &every_step(32, 36), Quantise::TwoBars).launch(1, &every_step(32, 38), Quantise::Beat);
    bench.until(300_000);
    assert_eq!(bench.starts(36)[0], 192_000);
    assert_eq!(bench.starts(38)[0], 120_000);
}

#[test]
fn an_early_note_of_a_waiting_clip_sounds_before_its_bar() {
    let mut bench = Bench::new();
    bench.launch(0, &clip(16, &[note(0, 36, -0.4), note(8, 36, 0.0)]), Quantise::Now);
    bench.send(Command::Play).until(10_000);
    bench.launch(0, &clip(16, &[note(0, 38, -0.4)]), Quantise::Bar).until(140_000);
    // 0.4 steps of 6000 frames before frame 96000; the old clip's own early note for that bar is left out.
    assert_eq!(bench.starts(38), [93_600]);
    assert_eq!(bench.starts(36), [0, 48_000]);
}

#[test]
fn swing_delays_the_off_beats_by_its_share() {
    let mut bench = Bench::new();
    bench.send(Command::Swing(0.75)).launch(0, &every_step(4, 36), Quantise::Now);
    bench.send(Command::Play).until(24_000);
    assert_eq!(bench.starts(36), [0, 9000, 12_000, 21_000]);
}

#[test]
fn muting_ends_what_sounds_and_unmuting_comes_back_in_phase() {
    let mut bench = Bench::new();
    bench.launch(0, &every_step(16, 36), Quantise::Now).send(Command::Play).until(6001);
    bench.send(Command::MuteTrack { track: 0, on: true });
    let ended = bench
        .events
        .last()
        .is_some_and(|e| e.frame == 6001 && matches!(e.message, Message::NoteOff { key: 36, .. }));
    assert!(ended);
    bench.until(20_000).send(Command::MuteTrack { track: 0, on: false }).until(30_001);
    assert_eq!(bench.starts(36), [0, 6000, 24_000, 30_000]);
}

#[test]
fn muted_keys_are_silent_and_the_others_are_not() {
    let mut bench = Bench::new();
    bench.launch(0, &clip(4, &[note(0, 36, 0.0), note(0, 38, 0.0)]), Quantise::Now);
    bench.send(Command::MuteKeys { track: 0, keys: 1 << 38 }).send(Command::Play).until(24_001);
    assert_eq!((bench.starts(36).len(), bench.starts(38).len()), (2, 0));
}

#[test]
fn locating_while_playing_goes_on_from_there() {
    let mut bench = Bench::new();
    bench.launch(0, &clip(16, &[note(8, 36, 0.0)]), Quantise::Now).send(Command::Play).until(10_000);
    bench.send(Command::Locate(1.0)).until(40_000);
    // Beat 2 is one beat after frame 10000.
    assert_eq!(bench.starts(36), [34_000]);
}

#[test]
fn stopping_and_playing_goes_on_without_losing_or_doubling_a_step() {
    let mut bench = Bench::new();
    bench.launch(0, &every_step(16, 36), Quantise::Now).send(Command::Play);
    let mut frame = 0;
    for pause in [6000, 5999, 12_001, 777, 1, 6000] {
        frame += pause;
        bench.until(frame).send(Command::Stop);
        bench.check_ledger();
        frame += 1234;
        bench.until(frame).send(Command::Play);
    }
    let beat = bench.sequencer.beat();
    bench.until(frame + 1);
    assert_eq!(bench.starts(36).len() as f64, (beat * 4.0).floor() + 1.0);
}

#[test]
fn an_audition_sounds_while_the_transport_stands_still_and_ends() {
    let mut bench = Bench::new();
    bench.send(Command::Audition { channel: 9, key: 38, velocity: 100 }).until(48_000);
    assert_eq!(bench.events[0].track, HOUSE);
    assert_eq!(bench.starts(38), [0]);
    bench.check_ledger();
}

#[test]
fn the_metronome_clicks_on_every_beat_and_marks_the_bar() {
    let mut bench = Bench::new();
    bench.send(Command::Metronome(true)).send(Command::Play).until(120_000);
    assert_eq!(bench.starts(76), [0, 96_000]);
    assert_eq!(bench.starts(77), [24_000, 48_000, 72_000]);
}

#[test]
fn nothing_foolish_stops_the_engine() {
    let mut bench = Bench::new();
    bench.send(Command::Tempo(f64::NAN)).send(Command::Locate(f64::INFINITY)).send(Command::Locate(-3.0));
    bench.send(Command::Gain { track: 200, gain: 1.0 }).send(Command::Gain { track: 0, gain: f32::NAN });
    bench.launch(99, &every_step(4, 36), Quantise::Now).launch(0, &clip(0, &[]), Quantise::Now);
    bench.send(Command::Audition { channel: 99, key: 255, velocity: 255 });
    bench.send(Command::Play).until(48_000).send(Command::Panic);
    bench.check_ledger();
    assert_eq!(bench.sequencer.snapshot().bpm, 120.0);
    assert_eq!(bench.done.len(), 1, "a clip for no track comes straight back");
}

#[test]
fn an_early_downbeat_sounds_at_once_where_the_transport_is_put_but_not_again_where_it_goes_on() {
    let mut bench = Bench::new();
    bench.launch(0, &clip(16, &[note(0, 36, -0.4), note(8, 38, -0.4)]), Quantise::Now);
    bench.send(Command::Locate(2.0)).send(Command::Play).until(500);
    assert_eq!((bench.starts(38), bench.starts(36)), (vec![0], vec![]));
    // Frame 45600 has struck the next downbeat early; stopped and started behind it, it is not struck again.
    bench.until(46_000).send(Command::Stop).until(50_000).send(Command::Play).until(60_000);
    assert_eq!(bench.starts(36), [45_600]);
}
