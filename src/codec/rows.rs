//! Tokens as the networks take them: encoder input rows and decoder targets (spec sections 11 to 14).
//!
//! | tokens | encoder input | decoder target |
//! | --- | --- | --- |
//! | melody | one-hot 90 | index in 90 |
//! | drums, categorical | roll 9 + "nothing hits" | index in 512 |
//! | drums, NADE | roll 9 or 61 + "nothing hits" | roll 9 or 61 |
//! | trio | one-hots 90, 90, 512 side by side | three indices |
//! | groove | 27 values | 27 values |

use super::Tokens;
use super::drum_map::{CLASSES, FULL_CLASSES};

/// Tokens of a melody.
pub const MELODY: usize = 90;
/// Drum masks of nine classes.
pub const DRUM_MASKS: usize = 1 << CLASSES;
/// Width of a trio row.
pub const TRIO: usize = 2 * MELODY + DRUM_MASKS;
/// Width of a groove row.
pub const GROOVE: usize = 3 * CLASSES;

/// Width of an encoder input row.
pub fn input_width(tokens: &Tokens) -> usize {
    match tokens {
        Tokens::Melody(_) => MELODY,
        Tokens::Drums(_) => CLASSES + 1,
        Tokens::FullDrums(_) => FULL_CLASSES + 1,
        Tokens::Trio { .. } => TRIO,
        Tokens::Groove(_) => GROOVE,
    }
}

/// Adds the encoder input rows, step after step, [`input_width`] values each, to `rows`.
///
/// Drums give a roll with one more bit that is set where nothing hits; groove tokens are taken as they are.
pub fn input(tokens: &Tokens, rows: &mut Vec<f32>) {
    let width = input_width(tokens);
    let first = rows.len();
    rows.resize(first + tokens.len() * width, 0.0);
    let rows = rows[first..].chunks_exact_mut(width);
    match tokens {
        Tokens::Melody(events) => {
            for (row, &event) in rows.zip(events) {
                hot(row, 0, usize::from(event));
            }
        }
        Tokens::Drums(masks) => {
            for (row, &mask) in rows.zip(masks) {
                roll(row, u64::from(mask));
            }
        }
        Tokens::FullDrums(masks) => {
            for (row, &mask) in rows.zip(masks) {
                roll(row, mask);
            }
        }
        Tokens::Trio { lead, bass, drums } => {
            for (row, ((&l, &b), &d)) in rows.zip(lead.iter().zip(bass).zip(drums)) {
                hot(row, 0, usize::from(l));
                hot(row, MELODY, usize::from(b));
                hot(row, 2 * MELODY, usize::from(d));
            }
        }
        Tokens::Groove(steps) => {
            for (row, step) in rows.zip(steps) {
                row.copy_from_slice(step);
            }
        }
    }
}

fn hot(row: &mut [f32], base: usize, index: usize) {
    if let Some(x) = row.get_mut(base + index) {
        *x = 1.0;
    }
}

/// One bit a class, the last one set where none is.
fn roll(row: &mut [f32], mask: u64) {
    let Some((nothing, classes)) = row.split_last_mut() else { return };
    for (class, x) in classes.iter_mut().enumerate() {
        *x = (mask >> class & 1) as f32;
    }
    *nothing = if mask == 0 { 1.0 } else { 0.0 };
}

/// Indices of the one-hot targets, one vector a softmax: melody 1, drums 1, trio 3. Empty for kinds without (full
/// kit, groove).
pub fn target_indices(tokens: &Tokens) -> Vec<Vec<u16>> {
    let wide = |events: &[u8]| events.iter().map(|&e| u16::from(e)).collect::<Vec<u16>>();
    match tokens {
        Tokens::Melody(events) => vec![wide(events)],
        Tokens::Drums(masks) => vec![masks.clone()],
        Tokens::Trio { lead, bass, drums } => vec![wide(lead), wide(bass), drums.clone()],
        Tokens::FullDrums(_) | Tokens::Groove(_) => Vec::new(),
    }
}

/// Adds the roll targets of a NADE decoder, 9 or 61 values a step, to `rows`; adds nothing for other kinds.
pub fn target_roll(tokens: &Tokens, rows: &mut Vec<f32>) {
    let mut bits = |mask: u64, classes: usize| rows.extend((0..classes).map(|c| (mask >> c & 1) as f32));
    match tokens {
        Tokens::Drums(masks) => masks.iter().for_each(|&m| bits(u64::from(m), CLASSES)),
        Tokens::FullDrums(masks) => masks.iter().for_each(|&m| bits(m, FULL_CLASSES)),
        _ => {}
    }
}

/// What a groove model is given to play from (spec section 14). Targets stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GrooveInput {
    /// Velocities and offsets become 0: the hits alone.
    pub humanize: bool,
    /// A tapped rhythm: each step's loudest class, moved to class 3, and nothing else.
    pub tapify: bool,
    /// Velocities become 0.
    pub fixed_velocities: bool,
    /// A class that is taken away, for the model to add.
    pub without: Option<u8>,
}

impl GrooveInput {
    /// The input steps for given target steps.
    pub fn apply(self, steps: &[[f32; GROOVE]]) -> Vec<[f32; GROOVE]> {
        steps.iter().map(|step| self.apply_step(step)).collect()
    }

    fn apply_step(self, step: &[f32; GROOVE]) -> [f32; GROOVE] {
        let mut out = if self.tapify { tap(step) } else { *step };
        if self.humanize {
            out[CLASSES..].fill(0.0);
        }
        if self.fixed_velocities {
            out[CLASSES..2 * CLASSES].fill(0.0);
        }
        if let Some(class) = self.without {
            out.iter_mut().skip(usize::from(class)).step_by(CLASSES).for_each(|x| *x = 0.0);
        }
        out
    }
}

/// Class whose place a tapped rhythm takes.
const TAP_CLASS: usize = 3;

/// The loudest class of a step, the first of equally loud ones, as a tap.
fn tap(step: &[f32; GROOVE]) -> [f32; GROOVE] {
    let velocities = &step[CLASSES..2 * CLASSES];
    let mut loudest = 0;
    for class in 1..CLASSES {
        if velocities[class] > velocities[loudest] {
            loudest = class;
        }
    }
    let mut out = [0.0; GROOVE];
    for group in 0..3 {
        out[group * CLASSES + TAP_CLASS] = step[group * CLASSES + loudest];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_drum_step_sets_the_extra_bit() {
        let mut rows = Vec::new();
        input(&Tokens::Drums(vec![0, 0b101]), &mut rows);
        assert_eq!(rows[..10], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(rows[10..], [1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_trio_row_has_three_ones() {
        let mut rows = Vec::new();
        input(&Tokens::Trio { lead: vec![2], bass: vec![89], drums: vec![511] }, &mut rows);
        let ones: Vec<usize> = (0..rows.len()).filter(|&i| rows[i] == 1.0).collect();
        assert_eq!((ones, rows.len()), (vec![2, 90 + 89, 180 + 511], 692));
    }

    #[test]
    fn rolls_of_the_full_kit_have_61_targets_and_62_inputs() {
        let tokens = Tokens::FullDrums(vec![1 << 60]);
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        input(&tokens, &mut inputs);
        target_roll(&tokens, &mut targets);
        assert_eq!((inputs.len(), targets.len(), targets[60]), (62, 61, 1.0));
    }

    #[test]
    fn a_tap_is_the_loudest_class_of_the_step() {
        let mut step = [0.0; GROOVE];
        (step[0], step[9], step[18]) = (1.0, 0.5, 0.1);
        (step[8], step[17], step[26]) = (1.0, 0.9, -0.2);
        let tapped = GrooveInput { tapify: true, ..GrooveInput::default() };
        let tap = tapped.apply(&[step])[0];
        assert_eq!((tap[3], tap[12], tap[21]), (1.0, 0.9, -0.2));
        assert_eq!(tap.iter().filter(|&&x| x != 0.0).count(), 3);
    }
}
