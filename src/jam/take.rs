//! A recording under way: keys with their beats become notes of a pattern that goes round. Pure.

use std::sync::Arc;

use super::kit;
use super::slot::SlotId;
use super::track::Known;
use crate::codec::Tokens;
use crate::latent::generate::Generated;
use crate::latent::recipe::{Origin, Recipe};
use crate::model::Kind;
use crate::music::pattern::{ALWAYS, Part, Pattern, PatternNote, STEPS_PER_QUARTER};

/// Steps behind its place after which a note comes into the pattern: what is put on the grid a little later than it was
/// played would otherwise sound twice.
const BEHIND: f64 = 0.25;

/// A note so many steps ahead is none to wait for: the song has gone back to an earlier place.
const GONE_BACK: f64 = 16.0;

/// A key that is down.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Down {
    key: u8,
    velocity: u8,
    /// In steps of the song.
    step: f64,
}

/// A note of the computer's keyboard that sounds: its end goes where it began, whatever was selected meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Struck {
    /// The key as it was played.
    pub key: u8,
    /// The track it sounds on.
    pub track: u8,
    /// Its MIDI channel.
    pub channel: u8,
    /// The key that sounds: with the track's octaves.
    pub sounds: u8,
}

/// A recording into one place of the bank.
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// The place.
    pub place: SlotId,
    /// The voice of the pattern that is played.
    pub part: Part,
    /// What stands there while nothing does: a pattern without notes.
    pub blank: Arc<Generated>,
    /// Notes written so far.
    pub written: u32,
    /// The latest beat of the song that was heard of, swing taken out.
    pub heard: f64,
    /// Length of the pattern in steps.
    steps: u32,
    down: Vec<Down>,
    /// Notes, and the step of the song at which they come in.
    waiting: Vec<(f64, PatternNote)>,
}

impl Take {
    /// A recording of `part` into `place`, over a pattern of as many steps as `blank`.
    pub fn new(place: SlotId, part: Part, blank: Arc<Generated>) -> Self {
        let steps = blank.pattern.steps.max(1);
        Self { place, part, blank, written: 0, heard: 0.0, steps, down: Vec::new(), waiting: Vec::new() }
    }

    /// A key goes down at `beat` (quarters of the song, swing taken out). Off the grid only where `free`. False for a key
    /// that is no drum of the nine on a track of drums.
    pub fn press(&mut self, beat: f64, key: u8, velocity: u8, free: bool) -> bool {
        let down = Down { key, velocity, step: beat * f64::from(STEPS_PER_QUARTER) };
        if self.part != Part::Drums {
            self.down.push(down);
            return true;
        }
        if kit::class_of(key).is_none() {
            return false;
        }
        self.wait(down, 1, free);
        true
    }

    /// The key goes up.
    pub fn release(&mut self, beat: f64, key: u8, free: bool) {
        let Some(at) = self.down.iter().rposition(|down| down.key == key) else { return };
        let down = self.down.remove(at);
        let length = (beat * f64::from(STEPS_PER_QUARTER) - down.step).round().max(1.0);
        self.wait(down, length.min(f64::from(self.steps)) as u32, free);
    }

    fn wait(&mut self, down: Down, length: u32, free: bool) {
        let grid = down.step.round();
        let start = (grid as i64).rem_euclid(i64::from(self.steps)) as u32;
        let offset = if free { (down.step - grid) as f32 } else { 0.0 };
        let (pitch, velocity) = (down.key, down.velocity);
        self.waiting.push((
            grid,
            PatternNote { start, length, pitch, velocity, part: self.part, offset, chance: ALWAYS },
        ));
    }

    /// The notes whose place lies behind `beat` by now; all of them where the song has gone back.
    pub fn ripe(&mut self, beat: f64) -> Vec<PatternNote> {
        let step = beat * f64::from(STEPS_PER_QUARTER);
        let again = self.waiting.iter().any(|(grid, _)| *grid > step + GONE_BACK);
        let (ripe, rest) =
            self.waiting.drain(..).partition(|(grid, _): &(f64, _)| again || *grid + BEHIND <= step);
        self.waiting = rest;
        let ripe: Vec<(f64, PatternNote)> = ripe;
        ripe.into_iter().map(|(_, note)| note).collect()
    }

    /// True while notes wait to come in.
    pub fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// All notes there are, whatever is still held included: the end of the recording, at `beat`.
    pub fn rest(&mut self, beat: f64, free: bool) -> Vec<PatternNote> {
        while let Some(down) = self.down.first().copied() {
            self.release(beat, down.key, free);
        }
        self.waiting.drain(..).map(|(_, note)| note).collect()
    }
}

/// A pattern without notes as `model` would have it; `None` for a model of several voices or of none on a grid.
pub fn blank(model: &Known, seed: u64) -> Option<Generated> {
    let steps = model.steps.max(1);
    let tokens = match model.kind {
        Kind::Melody => Tokens::Melody(vec![0; steps as usize]),
        Kind::Drums => Tokens::Drums(vec![0; steps as usize]),
        Kind::FullDrums => Tokens::FullDrums(vec![0; steps as usize]),
        Kind::Groove => Tokens::Groove(vec![[0.0; 27]; steps as usize]),
        Kind::Trio | Kind::Performance => return None,
    };
    let recipe = Recipe {
        model: model.name.clone(),
        seed,
        index: 0,
        temperature: 0.0,
        steps,
        controls: None,
        origin: Origin::Reconstruct,
    };
    Some(Generated { pattern: Pattern::new(steps, Vec::new()), tokens, z: Vec::new(), recipe })
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at, models};
    use super::*;

    fn take(part: Part) -> Take {
        let name = if part == Part::Drums { "drums_test" } else { "mel_test" };
        let model = models().into_iter().find(|known| known.name == name).unwrap();
        Take::new(at("A1"), part, Arc::new(blank(&model, 1).unwrap()))
    }

    #[test]
    fn a_hit_a_little_early_or_late_stands_on_its_step_in_every_round() {
        let mut take = take(Part::Drums);
        // The third round of two bars: 64 steps, 16 beats.
        for (beat, step) in [(16.03, 0), (16.96, 4), (23.98, 0), (17.52, 6)] {
            assert!(take.press(beat, 36, 100, false));
            assert!(take.ripe(beat).is_empty(), "its place is not behind yet");
            let [note] = take.ripe(beat + 0.25)[..] else { panic!("one note") };
            assert_eq!((note.start, note.length, note.offset), (step, 1, 0.0));
        }
        assert!(!take.press(1.0, 100, 100, false), "no drum is up there");
    }

    #[test]
    fn without_the_grid_timing_is_kept() {
        let mut take = take(Part::Drums);
        take.press(16.05, 38, 90, true);
        take.press(16.95, 38, 90, true);
        let notes = take.rest(17.0, true);
        assert_eq!(notes.iter().map(|note| note.start).collect::<Vec<_>>(), [0, 4]);
        assert!((notes[0].offset - 0.2).abs() < 1e-3 && (notes[1].offset + 0.2).abs() < 1e-3, "{notes:?}");
    }

    #[test]
    fn a_note_is_as_long_as_its_key_is_held() {
        let mut take = take(Part::Lead);
        take.press(2.0, 60, 80, false);
        take.release(3.01, 60, false);
        take.press(3.0, 64, 80, false);
        assert!(take.waits());
        let notes = take.rest(3.5, false);
        let seen: Vec<_> = notes.iter().map(|note| (note.start, note.length, note.pitch)).collect();
        assert_eq!(seen, [(8, 4, 60), (12, 2, 64)]);
        take.release(4.0, 60, false);
        assert!(take.rest(4.0, false).is_empty(), "a key that was never pressed is none");
    }

    #[test]
    fn a_song_that_goes_back_loses_nothing() {
        let mut take = take(Part::Drums);
        take.press(30.0, 36, 100, false);
        assert_eq!(take.ripe(0.1).len(), 1);
    }

    #[test]
    fn every_model_of_one_voice_has_a_blank_pattern_that_its_codec_knows() {
        for known in models() {
            match blank(&known, 3) {
                Some(made) => assert_eq!(made.tokens.len(), known.steps as usize),
                None => assert_eq!(known.kind, Kind::Trio),
            }
        }
    }
}
