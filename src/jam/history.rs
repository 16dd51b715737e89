//! Undo: whole editable states, which are cheap because slots are shared.

use std::collections::VecDeque;

use super::bank::Bank;
use super::limits;
use super::palette::Field;
use super::track::Track;
use crate::music::pattern::Part;

/// Everything that undo brings back.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// The patterns.
    pub bank: Bank,
    /// Tempo in quarters a minute, [`limits::BPM`].
    pub bpm: f64,
    /// Swing, [`limits::SWING`].
    pub swing: f32,
    /// Sampling temperature, [`limits::TEMPERATURE`].
    pub temperature: f32,
    /// Muted drum classes (bit = class).
    pub muted: u16,
    /// Loops of each point of a chain, [`limits::ROUNDS`].
    pub rounds: u8,
    /// A chain begins anew at its end.
    pub around: bool,
    /// The latent palette.
    pub palette: Field,
    /// The tracks, at least one and at most [`super::track::MOST`].
    pub tracks: Vec<Track>,
}

impl Edit {
    /// An empty bank at 120 quarters a minute, straight; drums, lead and bass are made by `model` until better is known.
    pub fn new(model: impl Into<String>) -> Self {
        let model = model.into();
        Self {
            bank: Bank::default(),
            bpm: 120.0,
            swing: *limits::SWING.start(),
            temperature: 0.9,
            muted: 0,
            rounds: *limits::ROUNDS.start(),
            around: false,
            palette: Field::default(),
            tracks: vec![
                Track::new("drums", Part::Drums, model.clone()),
                Track::new("lead", Part::Lead, model.clone()),
                Track::new("bass", Part::Bass, model),
            ],
        }
    }
}

/// One step of the history.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    label: String,
    state: Edit,
}

/// What was before, and what was taken back. Bounded by [`History::KEPT`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    past: VecDeque<Step>,
    future: Vec<Step>,
    /// The last recorded step may swallow an equal one: a held key is one step.
    open: bool,
    /// How many changes lie before now, forgotten ones included.
    position: u64,
}

impl History {
    /// How many steps can be taken back.
    pub const KEPT: usize = 256;

    /// Remembers `before`, the state that the change called `label` starts from; what was taken back is gone.
    pub fn record(&mut self, label: impl Into<String>, before: Edit) {
        self.future.clear();
        self.open = false;
        if self.past.len() >= Self::KEPT {
            self.past.pop_front();
        }
        self.past.push_back(Step { label: label.into(), state: before });
        self.position += 1;
    }

    /// As [`History::record`], but nudges of one kind in a row count as one change.
    pub fn record_nudge(&mut self, label: &str, before: Edit) {
        if self.open && self.past.back().is_some_and(|step| step.label == label) {
            self.future.clear();
            return;
        }
        self.record(label, before);
        self.open = true;
    }

    /// The state before the last change and its label; `now` can be done again.
    pub fn undo(&mut self, now: Edit) -> Option<(String, Edit)> {
        self.open = false;
        let Step { label, state } = self.past.pop_back()?;
        self.future.push(Step { label: label.clone(), state: now });
        self.position = self.position.saturating_sub(1);
        Some((label, state))
    }

    /// The state after the change that was last taken back, and its label.
    pub fn redo(&mut self, now: Edit) -> Option<(String, Edit)> {
        self.open = false;
        let Step { label, state } = self.future.pop()?;
        self.past.push_back(Step { label: label.clone(), state: now });
        self.position += 1;
        Some((label, state))
    }

    /// How many changes lie before now: what was ordered at a position is the last thing done while this is the same.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// True when there is nothing to take back and nothing to do again.
    pub fn is_empty(&self) -> bool {
        self.past.is_empty() && self.future.is_empty()
    }

    /// The next nudge is a change of its own: something else was done in between.
    pub fn seal(&mut self) {
        self.open = false;
    }

    /// Makes a change that is no step part of every remembered state, so that no way back leads before it.
    pub fn amend(&mut self, change: impl Fn(&mut Edit)) {
        self.past.iter_mut().chain(&mut self.future).for_each(|step| change(&mut step.state));
    }
}

#[cfg(test)]
mod tests {
    use super::{Edit, History};

    fn at(bpm: f64) -> Edit {
        Edit { bpm, ..Edit::new("m") }
    }

    #[test]
    fn undo_and_redo_walk_the_same_way_back_and_forth() {
        let mut history = History::default();
        history.record("a", at(1.0));
        history.record("b", at(2.0));
        assert_eq!(history.undo(at(3.0)), Some(("b".into(), at(2.0))));
        assert_eq!(history.undo(at(2.0)), Some(("a".into(), at(1.0))));
        assert_eq!(history.undo(at(1.0)), None);
        assert_eq!(history.redo(at(1.0)), Some(("a".into(), at(2.0))));
        assert_eq!(history.redo(at(2.0)), Some(("b".into(), at(3.0))));
        assert_eq!(history.redo(at(3.0)), None);
    }

    #[test]
    fn a_new_change_forgets_what_was_taken_back() {
        let mut history = History::default();
        history.record("a", at(1.0));
        let _ = history.undo(at(2.0));
        history.record("c", at(1.0));
        assert_eq!(history.redo(at(5.0)), None);
    }

    #[test]
    fn what_is_amended_is_part_of_every_state() {
        let mut history = History::default();
        history.record("a", at(1.0));
        history.record("b", at(2.0));
        let _ = history.undo(at(3.0));
        history.amend(|edit| edit.muted = 5);
        assert_eq!(history.redo(at(2.0)).map(|(_, edit)| (edit.bpm, edit.muted)), Some((3.0, 5)));
        let _ = history.undo(at(3.0));
        assert_eq!(history.undo(at(2.0)).map(|(_, edit)| (edit.bpm, edit.muted)), Some((1.0, 5)));
        assert_eq!(history.position(), 0);
    }

    #[test]
    fn a_held_key_is_one_step_and_the_history_is_bounded() {
        let mut history = History::default();
        for bpm in 0..10 {
            history.record_nudge("tempo", at(f64::from(bpm)));
        }
        assert_eq!(history.undo(at(10.0)).map(|(_, edit)| edit.bpm), Some(0.0));
        for bpm in 0..2 * History::KEPT {
            history.record("x", at(bpm as f64));
        }
        let mut steps = 0;
        while history.undo(at(0.0)).is_some() {
            steps += 1;
        }
        assert_eq!(steps, History::KEPT);
    }
}
