//! Cutting a score where tempo or metre changes: what the grid of a pattern needs (spec section 10).

use super::score::{Score, Tempo, TimeSignature};

/// A stretch of a score with one tempo and one metre. Its bars count from its own start.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Where it starts in the score, seconds.
    pub offset: f64,
    /// The notes that start in it, with times from `offset` on, cut at its end.
    pub score: Score,
}

#[derive(Clone, Copy)]
enum Change {
    Metre(TimeSignature),
    Tempo(Tempo),
}

impl Change {
    fn time(&self) -> f64 {
        match self {
            Self::Metre(m) => m.time,
            Self::Tempo(t) => t.time,
        }
    }
}

/// The segments of a score, none where it has no notes.
///
/// A change at the very start never splits; a tempo counts as changed when it differs in its last bit.
/// Controllers, bends and keys, which no codec reads, are left out of the segments.
pub fn split(score: &Score) -> Vec<Segment> {
    let ends = boundaries(score);
    let mut order: Vec<usize> = (0..score.notes.len()).collect();
    order.sort_by(|&a, &b| score.notes[a].start.total_cmp(&score.notes[b].start));
    let mut order = order.into_iter().peekable();
    let mut segments = Vec::with_capacity(ends.len());
    let mut offset = 0.0;
    for end in ends {
        let mut part = Score {
            ticks_per_quarter: score.ticks_per_quarter,
            tempos: in_force(&score.tempos, |t| t.time, offset, end, |t, time| Tempo { time, ..t }),
            time_signatures: in_force(
                &score.time_signatures,
                |m| m.time,
                offset,
                end,
                |m, time| TimeSignature { time, ..m },
            ),
            ..Score::default()
        };
        while let Some(index) = order.next_if(|&i| score.notes[i].start < end) {
            let mut note = score.notes[index];
            note.end = note.end.min(end) - offset;
            note.start -= offset;
            part.total_time = part.total_time.max(note.end);
            part.notes.push(note);
        }
        segments.push(Segment { offset, score: part });
        offset = end;
    }
    segments
}

/// Where segments end, the last one at the end of the score.
fn boundaries(score: &Score) -> Vec<f64> {
    let metres = score.time_signatures.iter().map(|&m| Change::Metre(m));
    let mut changes: Vec<Change> = metres
        .chain(score.tempos.iter().map(|&t| Change::Tempo(t)))
        .filter(|c| c.time() < score.total_time)
        .collect();
    changes.sort_by(|a, b| a.time().total_cmp(&b.time()));
    let (mut metre, mut qpm) = (TimeSignature::COMMON, 120.0);
    let mut ends = Vec::new();
    let mut last = 0.0;
    for change in changes {
        match change {
            Change::Metre(m) if m.same_metre(&metre) => continue,
            Change::Metre(m) => metre = m,
            Change::Tempo(t) if t.qpm == qpm => continue,
            Change::Tempo(t) => qpm = t.qpm,
        }
        if change.time() > last {
            last = change.time();
            ends.push(last);
        }
    }
    if score.total_time > last {
        ends.push(score.total_time);
    }
    ends
}

/// What was last in force at `from`, moved to 0, and what stands between `from` and `to`, moved along.
fn in_force<T: Copy>(
    all: &[T],
    time: impl Fn(&T) -> f64,
    from: f64,
    to: f64,
    at: impl Fn(T, f64) -> T,
) -> Vec<T> {
    let before = all.iter().rfind(|t| time(t) <= from).map(|&t| at(t, 0.0));
    let inside = all.iter().filter(|t| time(t) > from && time(t) < to).map(|&t| at(t, time(&t) - from));
    before.into_iter().chain(inside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::score::Note;

    fn score(tempos: &[(f64, f64)], notes: &[(f64, f64)]) -> Score {
        let note = |&(start, end)| Note {
            pitch: 60,
            velocity: 80,
            start,
            end,
            instrument: 0,
            program: 0,
            is_drum: false,
        };
        Score {
            total_time: notes.iter().map(|n| n.1).fold(0.0, f64::max),
            notes: notes.iter().map(note).collect(),
            tempos: tempos.iter().map(|&(time, qpm)| Tempo { time, qpm }).collect(),
            ..Score::default()
        }
    }

    #[test]
    fn a_note_over_the_border_is_cut_and_times_start_again() {
        let segments = split(&score(&[(0.0, 100.0), (2.0, 140.0)], &[(1.0, 3.0), (2.0, 4.0)]));
        assert_eq!(segments.len(), 2);
        assert_eq!(segments[0].score.notes[0].end, 2.0);
        assert_eq!((segments[1].offset, segments[1].score.notes[0].start), (2.0, 0.0));
        assert_eq!(segments[1].score.tempos, [Tempo { time: 0.0, qpm: 140.0 }]);
    }

    #[test]
    fn a_change_at_the_start_or_behind_the_end_splits_nothing() {
        assert_eq!(split(&score(&[(0.0, 90.0), (9.0, 91.0)], &[(0.0, 3.0)])).len(), 1);
    }

    #[test]
    fn no_notes_give_no_segments() {
        assert!(split(&score(&[(0.0, 90.0)], &[])).is_empty());
    }
}
