//! Trios: lead, bass and drums in step over 16 bars (spec section 13).

use super::Tokens;
use super::drum_map::DrumMap;
use super::drums::{self, Kit};
use super::melody;
use crate::music::pattern::STEPS_PER_BAR;
use crate::music::quantize::{Grid, GridNote};
use std::collections::BTreeMap;

/// Programs of a lead: pianos, chromatic percussion, organs, guitars.
pub const LEAD_PROGRAMS: std::ops::RangeInclusive<u8> = 0..=31;
/// Programs of a bass.
pub const BASS_PROGRAMS: std::ops::RangeInclusive<u8> = 32..=39;
/// Bars of silence that are bridged, and how near the ends a part may rest.
const GAP_BARS: usize = 2;
/// Longest stretch that is looked at, in bars.
const MOST_BARS: usize = 1024;
/// Instruments above this number are passed over.
const LAST_INSTRUMENT: u32 = 127;

/// Most trios of one stretch: far above any piece, and a bound for files made to flood the memory.
const MOST_TRIOS: usize = 1 << 15;

/// The part that an instrument can play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// [`LEAD_PROGRAMS`].
    Lead,
    /// [`BASS_PROGRAMS`].
    Bass,
    /// Channel 10.
    Drums,
}

impl Role {
    /// The part that a program can play.
    pub fn of(program: u8, is_drum: bool) -> Option<Self> {
        match program {
            _ if is_drum => Some(Self::Drums),
            p if LEAD_PROGRAMS.contains(&p) => Some(Self::Lead),
            p if BASS_PROGRAMS.contains(&p) => Some(Self::Bass),
            _ => None,
        }
    }
}

/// One instrument of a stretch: its bars in which it plays, and its events over the whole stretch.
struct Player {
    covered: Vec<bool>,
    events: Vec<u16>,
}

/// All trios of a stretch, 16 bars each (`steps`), with their first steps: every combination of a lead, a bass and a
/// drum instrument, bar after bar, wherever all three play with rests of at most two bars.
pub fn windows(grid: &Grid, map: DrumMap, steps: usize) -> Vec<(u32, Tokens)> {
    let bar = STEPS_PER_BAR as usize;
    let bars = (grid.total_steps as usize).div_ceil(bar).min(MOST_BARS);
    let window = steps / bar;
    let mut found = Vec::new();
    if window == 0 || bars < window {
        return found;
    }
    let by_role = players(grid, bars, map);
    let of = |role| by_role.get(&role).map(Vec::as_slice).unwrap_or_default();
    for lead in of(Role::Lead) {
        for bass in of(Role::Bass) {
            for kit in of(Role::Drums) {
                let covered = together(bars, [lead, bass, kit]);
                for first in (0..=bars - window).filter(|&b| covered[b..b + window].iter().all(|&c| c)) {
                    let range = first * bar..first * bar + steps;
                    let narrow = |p: &Player| p.events[range.clone()].iter().map(|&e| e as u8).collect();
                    let (lead, bass) = (narrow(lead), narrow(bass));
                    let drums = kit.events[range.clone()].to_vec();
                    found.push((range.start as u32, Tokens::Trio { lead, bass, drums }));
                    if found.len() == MOST_TRIOS {
                        return found;
                    }
                }
            }
        }
    }
    found
}

/// Bars in which three players count as playing together. Near the ends one of them is enough.
fn together(bars: usize, trio: [&Player; 3]) -> Vec<bool> {
    let mut all: Vec<bool> = (0..bars).map(|b| trio.iter().all(|p| p.covered[b])).collect();
    let tail = bars.saturating_sub(GAP_BARS);
    let any = |range: std::ops::Range<usize>| trio.iter().any(|p| p.covered[range.clone()].contains(&true));
    let (head_covered, tail_covered) = (any(0..GAP_BARS.min(bars)), any(tail..bars));
    all.iter_mut().take(GAP_BARS).for_each(|c| *c = head_covered);
    all[tail..].fill(tail_covered);
    all
}

fn players(grid: &Grid, bars: usize, map: DrumMap) -> BTreeMap<Role, Vec<Player>> {
    let mut instruments: BTreeMap<u32, Vec<&GridNote>> = BTreeMap::new();
    for n in grid.notes.iter().filter(|n| n.note.instrument <= LAST_INSTRUMENT) {
        instruments.entry(n.note.instrument).or_default().push(n);
    }
    let steps = bars * STEPS_PER_BAR as usize;
    let mut players: BTreeMap<Role, Vec<Player>> = BTreeMap::new();
    for notes in instruments.values() {
        let mut roles = notes.iter().map(|n| Role::of(n.note.program, n.note.is_drum));
        let Some(Some(role)) = roles.next() else { continue };
        if roles.any(|r| r != Some(role)) {
            continue;
        }
        let notes = || notes.iter().copied();
        let events = match role {
            Role::Drums => drum_events(notes(), map, steps),
            Role::Lead | Role::Bass => line_events(notes(), steps),
        };
        // An instrument that says nothing never covers a bar, so no trio has it.
        if let Some(events) = events {
            let covered = spread(&coverage(notes(), bars));
            players.entry(role).or_default().push(Player { covered, events });
        }
    }
    players
}

fn line_events<'a>(notes: impl Iterator<Item = &'a GridNote>, steps: usize) -> Option<Vec<u16>> {
    let voices = melody::voices(notes);
    let voice = voices.values().next()?;
    Some(melody::whole(voice, steps).into_iter().map(u16::from).collect())
}

fn drum_events<'a>(
    notes: impl Iterator<Item = &'a GridNote>,
    map: DrumMap,
    steps: usize,
) -> Option<Vec<u16>> {
    let hits = drums::hits(notes, Kit { map, full: false });
    let mut events = vec![0; steps];
    for (&step, &mask) in &hits {
        if let Some(event) = events.get_mut(step as usize) {
            *event = mask as u16;
        }
    }
    (!hits.is_empty()).then_some(events)
}

/// The bars in which any note sounds, whatever its pitch.
fn coverage<'a>(notes: impl Iterator<Item = &'a GridNote>, bars: usize) -> Vec<bool> {
    let mut covered = vec![false; bars];
    for n in notes {
        let (first, end) = (n.start / STEPS_PER_BAR, n.end.div_ceil(STEPS_PER_BAR));
        if let Some(bars) = covered.get_mut(first as usize..(end as usize).min(bars)) {
            bars.fill(true);
        }
    }
    covered
}

/// Rests of up to two bars on either side count as played.
fn spread(covered: &[bool]) -> Vec<bool> {
    let near = |b: usize| b.saturating_sub(GAP_BARS)..(b + GAP_BARS + 1).min(covered.len());
    (0..covered.len()).map(|b| covered[near(b)].contains(&true)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::score::Note;

    fn bar_of(instrument: u32, program: u8, is_drum: bool, bar: u32) -> GridNote {
        let pitch = if is_drum { 36 } else { 48 };
        let note = Note { pitch, velocity: 80, start: 0.0, end: 0.0, instrument, program, is_drum };
        GridNote { note, start: bar * 16, end: bar * 16 + 4 }
    }

    fn trio(bass_bars: impl IntoIterator<Item = u32>) -> Grid {
        let mut notes: Vec<GridNote> =
            (0..16).flat_map(|b| [bar_of(0, 0, false, b), bar_of(2, 0, true, b)]).collect();
        notes.extend(bass_bars.into_iter().map(|b| bar_of(1, 33, false, b)));
        Grid { notes, total_steps: 256, steps_per_bar: 16.0, qpm: 120.0 }
    }

    #[test]
    fn sixteen_bars_of_three_parts_make_one_trio() {
        assert_eq!(windows(&trio(0..16), DrumMap::default(), 256).len(), 1);
    }

    #[test]
    fn a_rest_of_four_bars_is_bridged_from_both_sides_five_are_not() {
        let rest = |bars: std::ops::Range<u32>| trio((0..16).filter(move |b| !bars.contains(b)));
        assert_eq!(windows(&rest(5..9), DrumMap::default(), 256).len(), 1);
        assert!(windows(&rest(5..10), DrumMap::default(), 256).is_empty());
    }

    #[test]
    fn a_program_that_is_neither_lead_nor_bass_plays_in_no_trio() {
        assert_eq!(Role::of(40, false), None);
        assert_eq!(Role::of(40, true), Some(Role::Drums));
    }
}
