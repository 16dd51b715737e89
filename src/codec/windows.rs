//! Cutting long sequences into the windows that a model takes: one starts at every bar.

use crate::music::pattern::STEPS_PER_BAR;
use std::collections::HashSet;
use std::hash::Hash;

/// Longest sequence that is cut up: 100 bars, what follows is dropped (spec section 11).
pub const LONGEST: usize = 1600;

/// A sequence on the grid; `start` is the step of its first event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track<T> {
    /// Step of the first event.
    pub start: u32,
    /// One event a step.
    pub events: Vec<T>,
}

/// A window: its first step in the segment and its events.
pub type Window<T> = (u32, Vec<T>);

/// All windows of `steps` steps of a track, one a bar.
pub fn cut<T: Clone>(track: &Track<T>, steps: usize) -> impl Iterator<Item = Window<T>> {
    let last = track.events.len().checked_sub(steps);
    let starts = last.into_iter().flat_map(|last| (0..=last).step_by(STEPS_PER_BAR as usize));
    starts.map(move |at| (track.start + at as u32, track.events[at..at + steps].to_vec()))
}

/// Orders windows by their first step and keeps of equal ones the first.
pub fn unique<T: Clone + Eq + Hash>(mut windows: Vec<Window<T>>) -> Vec<Window<T>> {
    windows.sort_by_key(|w| w.0);
    let mut seen = HashSet::with_capacity(windows.len());
    windows.retain(|w| seen.insert(w.1.clone()));
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_step_by_a_bar_and_must_be_full() {
        let track = Track { start: 16, events: (0..63).collect() };
        let starts: Vec<u32> = cut(&track, 32).map(|w| w.0).collect();
        assert_eq!(starts, [16, 32]);
        assert_eq!(cut(&track, 64).count(), 0);
    }

    #[test]
    fn of_equal_windows_the_first_in_time_stays() {
        let windows = unique(vec![(32, vec![1]), (16, vec![1]), (0, vec![2])]);
        assert_eq!(windows, [(0, vec![2]), (16, vec![1])]);
    }
}
