//! Following a source of time without a jump: small distances are made up by tempo, large ones by a locate.

use super::sync::Target;
use super::{FASTEST_BPM, SLOWEST_BPM};

/// A distance of more beats than this is jumped over: a 16th.
const JUMP: f64 = 0.25;
/// Time in which a distance is made up, seconds.
const CATCH_UP: f64 = 0.1;
/// Largest share by which the tempo is bent to make up a distance.
const BEND: f64 = 0.1;

/// What the sequencer has to do to be where its source is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Nothing.
    Stay,
    /// Play from this beat, in this tempo.
    Play(f64, f64),
    /// Halt.
    Stop,
    /// Go to this beat, in this tempo.
    Locate(f64, f64),
    /// Play on in this tempo.
    Tempo(f64),
}

/// Remembers which run of the source it is in.
///
/// The player may still stop and start by hand: only a new run of the source starts or stops the engine by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Chase {
    run: Option<u32>,
    joined: bool,
}

impl Chase {
    /// What to do at the start of a block, where the engine stands at `beat` and its source at `target`.
    pub fn step(&mut self, playing: bool, beat: f64, target: &Target) -> Step {
        if self.run != Some(target.run) {
            if !target.playing {
                let ours = std::mem::take(&mut self.joined) && playing;
                self.run = Some(target.run);
                return if ours { Step::Stop } else { Step::Tempo(held(target.bpm)) };
            }
            // Before its entry the source has not begun; what still plays goes on until then.
            if target.beat < target.entry {
                return if playing { Step::Tempo(held(target.bpm)) } else { Step::Stay };
            }
            self.run = Some(target.run);
            self.joined = true;
            // The first beat is played even where the news of it comes a little late.
            let late = target.beat - target.entry;
            let from = if late <= JUMP { target.entry } else { target.beat };
            let bpm = held(target.bpm);
            return if playing { Step::Locate(from, bpm) } else { Step::Play(from, bpm) };
        }
        if !playing {
            // Stopped by hand: joins again when played by hand, at the source's place.
            self.joined = false;
            return Step::Tempo(held(target.bpm));
        }
        if !target.playing {
            return Step::Tempo(held(target.bpm));
        }
        let distance = target.beat - beat;
        if !self.joined || distance.abs() > JUMP {
            self.joined = true;
            return if distance.abs() > 1e-3 {
                Step::Locate(target.beat, held(target.bpm))
            } else {
                Step::Tempo(held(target.bpm))
            };
        }
        let bend = (distance * 60.0 / CATCH_UP).clamp(-BEND * target.bpm, BEND * target.bpm);
        Step::Tempo(held(target.bpm + bend))
    }
}

fn held(bpm: f64) -> f64 {
    bpm.clamp(SLOWEST_BPM, FASTEST_BPM)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(beat: f64, run: u32) -> Target {
        Target { playing: true, beat, bpm: 120.0, run, entry: 0.0 }
    }

    #[test]
    fn a_late_start_plays_the_first_beat_and_makes_up_for_it() {
        let mut chase = Chase::default();
        assert_eq!(chase.step(false, 0.0, &Target { beat: -0.1, ..target(0.0, 1) }), Step::Stay);
        assert_eq!(chase.step(false, 0.0, &target(0.05, 1)), Step::Play(0.0, 120.0));
        assert_eq!(chase.step(true, 0.0, &target(0.05, 1)), Step::Tempo(132.0));
        assert_eq!(chase.step(true, 0.05, &target(0.05, 1)), Step::Tempo(120.0));
    }

    #[test]
    fn a_distance_is_made_up_by_tempo_within_a_second_and_without_overshoot() {
        let mut chase = Chase { run: Some(1), joined: true };
        let (mut beat, block) = (0.0, 256.0 / 48_000.0);
        for i in 0..190 {
            let there = 0.02 + f64::from(i) * block * 2.0;
            let Step::Tempo(bpm) = chase.step(true, beat, &target(there, 1)) else {
                panic!("a jump at block {i}")
            };
            assert!((108.0..=132.0).contains(&bpm) && there - beat > -1e-9);
            beat += block * bpm / 60.0;
        }
        assert!((0.02 + 190.0 * block * 2.0 - beat).abs() < 1e-4);
    }

    #[test]
    fn stopping_by_hand_holds_until_the_source_begins_anew() {
        let mut chase = Chase { run: Some(1), joined: true };
        assert_eq!(chase.step(false, 0.0, &target(8.0, 1)), Step::Tempo(120.0));
        assert_eq!(chase.step(true, 0.0, &target(8.5, 1)), Step::Locate(8.5, 120.0), "played by hand: joins");
        assert_eq!(chase.step(true, 8.5, &Target { playing: false, ..target(9.0, 2) }), Step::Stop);
        assert_eq!(chase.step(true, 0.0, &Target { playing: false, ..target(9.0, 2) }), Step::Tempo(120.0));
        assert_eq!(chase.step(false, 0.0, &target(0.0, 3)), Step::Play(0.0, 120.0));
    }
}
