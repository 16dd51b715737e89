//! One track as scripts know it: what goes round on it, since when, and whether it may change.

use super::chain::beats;
use super::error::Outcome;
use super::value::Tune;
use crate::engine::{Clip, chance};
use crate::music::pattern::{ALWAYS, PatternNote, STEPS_PER_QUARTER};

/// A pattern that goes round.
#[derive(Clone)]
pub struct Round {
    /// A beat on which its first step falls.
    pub from: f64,
    /// The pattern, at its own length.
    pub tune: Tune,
}

/// What is to become of a track.
#[derive(Clone)]
pub enum Wish {
    /// This goes round from now on.
    Play(Round),
    /// Nothing does.
    Halt,
}

/// A track that keeps what it plays.
struct Frozen {
    /// Since this beat.
    from: f64,
    /// What would play by now.
    wish: Option<Wish>,
}

/// One track.
#[derive(Default)]
pub struct Strip {
    /// General MIDI programs of lead and bass notes, where they were chosen.
    pub programs: [Option<u8>; 2],
    /// Steps of its loops; 0 is each pattern's own length.
    pub steps: u32,
    /// The version of a script that used this track last, where scripts gave it its name.
    pub used: Option<u64>,
    /// Beat of the last launch.
    pub launched: Option<f64>,
    /// What goes round.
    pub round: Option<Round>,
    frozen: Option<Frozen>,
}

impl Strip {
    /// The first beat from `beat` on at which a round is over; one that has not begun plays once.
    pub fn end(&self, beat: f64) -> f64 {
        let Some(Round { from, tune }) = &self.round else { return beat };
        let length = match self.steps {
            0 => beats(tune),
            steps => f64::from(steps) / f64::from(STEPS_PER_QUARTER),
        };
        let rounds = ((beat - from) / length - 1e-6).ceil().max(1.0);
        from + rounds * length
    }

    /// The pattern at the length that loops of this track have.
    ///
    /// # Errors
    /// A pattern of more notes than a script may have.
    pub fn fitted(&self, tune: &Tune) -> Outcome<Tune> {
        match self.steps {
            steps if steps == 0 || steps == tune.pattern().steps => Ok(tune.clone()),
            steps => Tune::new(tune.pattern().looped(steps)),
        }
    }

    /// `wish` where it may come true at `beat`; a frozen track keeps it for later.
    pub fn allow(&mut self, beat: f64, wish: Wish) -> Option<Wish> {
        match &mut self.frozen {
            Some(frozen) if beat >= frozen.from - 1e-6 => {
                frozen.wish = Some(wish);
                None
            }
            _ => Some(wish),
        }
    }

    /// The transport was moved: nothing has been launched, nothing goes round.
    pub fn rewind(&mut self) {
        (self.launched, self.round) = (None, None);
        if let Some(frozen) = &mut self.frozen {
            frozen.from = 0.0;
        }
    }

    /// From `beat` on the track keeps what it plays. Gives that with its chance drawn, where there is chance in it: the
    /// round in which the beat lies goes on and on.
    pub fn freeze(&mut self, beat: f64, luck: u64) -> Option<Round> {
        if self.frozen.is_some() {
            return None;
        }
        self.frozen = Some(Frozen { from: beat, wish: None });
        let Round { from, tune } = self.round.clone()?;
        let tune = self.fitted(&tune).ok()?;
        if tune.pattern().notes.iter().all(|note| note.chance >= ALWAYS) {
            return None;
        }
        let length = beats(&tune);
        let begins = from + ((beat - from) / length + 1e-6).floor() * length;
        let sounds = |note: &PatternNote| {
            let at = begins + f64::from(note.start) / f64::from(STEPS_PER_QUARTER);
            let key = Clip::moved(note.part, note.pitch, 0);
            chance::sounds(luck, at, key, note.chance).then_some(PatternNote { chance: ALWAYS, ..*note })
        };
        // Fewer notes than it has already always fit.
        let tune = tune.map(sounds).ok()?;
        let printed = Round { from, tune };
        self.round = Some(printed.clone());
        Some(printed)
    }

    /// The track moves again: what it would play by now, where something was asked for meanwhile.
    pub fn thaw(&mut self) -> Option<Wish> {
        self.frozen.take()?.wish
    }

    /// True while it keeps what it plays.
    pub fn is_frozen(&self) -> bool {
        self.frozen.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::tune;
    use super::{Round, Strip, Wish};

    #[test]
    fn a_round_ends_on_its_own_grid_and_plays_once_at_least() {
        let mut strip = Strip::default();
        assert_eq!(strip.end(2.5), 2.5, "where nothing goes round nothing is to be waited for");
        strip.round = Some(Round { from: 4.0, tune: tune(12, 0) });
        assert_eq!([4.0, 4.1, 7.0, 7.1, 1.0].map(|beat| strip.end(beat)), [7.0, 7.0, 7.0, 10.0, 7.0]);
    }

    #[test]
    fn a_frozen_track_keeps_wishes_and_the_last_one_comes_true() {
        let mut strip = Strip::default();
        let wish = |steps| Wish::Play(Round { from: 0.0, tune: tune(steps, 0) });
        assert!(strip.freeze(4.0, 0).is_none() && strip.is_frozen());
        assert!(strip.allow(3.0, wish(4)).is_some(), "what was meant for before still comes");
        assert!(strip.allow(4.0, Wish::Halt).is_none() && strip.allow(5.0, wish(8)).is_none());
        assert!(matches!(strip.thaw(), Some(Wish::Play(round)) if round.tune.pattern().steps == 8));
        assert!(strip.thaw().is_none() && strip.allow(6.0, wish(4)).is_some());
    }

    #[test]
    fn freezing_draws_the_chance_of_the_round_that_sounds() {
        let notes = |strip: &mut Strip, beat: f64| -> Vec<u32> {
            let printed = strip.freeze(beat, 7).unwrap();
            strip.thaw();
            let notes = &printed.tune.pattern().notes;
            assert!(notes.iter().all(|note| note.chance == 100));
            notes.iter().map(|note| note.start).collect()
        };
        let fresh = || {
            let mut all = tune(16, 0).pattern().clone();
            all.notes = (0..16)
                .map(|start| crate::music::pattern::PatternNote { start, chance: 50, ..all.notes[0] })
                .collect();
            let tune = super::Tune::new(all).unwrap();
            Strip { round: Some(Round { from: 0.0, tune }), ..Strip::default() }
        };
        assert_eq!(notes(&mut fresh(), 4.0), notes(&mut fresh(), 7.5), "both in the second round");
        assert_ne!(notes(&mut fresh(), 4.0), notes(&mut fresh(), 8.0));
    }
}
