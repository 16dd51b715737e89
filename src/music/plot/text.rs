//! A picture of a pattern in plain characters, for terminals and logs.

use std::fmt::Write;

use super::band::Rows;
use super::roll::{Band, Roll};
use crate::music::gm;
use crate::music::pattern::{Part, Pattern, STEPS_PER_BAR, STEPS_PER_QUARTER};

/// Steps of one line: four bars fit a terminal.
const LINE: u32 = 4 * STEPS_PER_BAR;

/// The pattern as lines of text: a lane a drum, a line a sounding pitch, one character a step, a space between
/// beats and a bar between bars. `X` is a loud hit, `x` one of middle strength, `o` a soft one; a held note goes on
/// in `-`. Longer patterns go on below, four bars at a time.
///
/// ```text
/// closed hat |x.x. x.x. x.x. x.x.|
/// snare      |.... x... .... x...|
/// kick       |x... ..x. x... ....|
/// ```
pub fn text(pattern: &Pattern) -> String {
    let roll = Roll::from_pattern(pattern);
    let bands = Rows::shared(&[&roll]);
    let mut lines: Vec<(String, Vec<char>)> = Vec::new();
    for rows in &bands {
        for row in &rows.rows {
            let cells = cells(pattern, rows.band, row.key);
            if rows.band == Band::Drums {
                lines.push((row.label.clone(), cells));
            } else if cells.iter().any(|&c| c != '.') {
                lines.push((gm::note_name(row.key), cells));
            }
        }
    }
    let widest = lines.iter().map(|l| l.0.len()).max().unwrap_or(0);
    let mut out = String::new();
    for from in (0..pattern.steps.max(1)).step_by(LINE as usize) {
        if from > 0 {
            out.push('\n');
        }
        for (name, cells) in &lines {
            let _ = write!(out, "{name:widest$} |");
            for (step, cell) in (from..).zip(cells.iter().skip(from as usize).take(LINE as usize)) {
                if step > from && step.is_multiple_of(STEPS_PER_BAR) {
                    out.push('|');
                } else if step > from && step.is_multiple_of(STEPS_PER_QUARTER) {
                    out.push(' ');
                }
                out.push(*cell);
            }
            out.push_str("|\n");
        }
    }
    out
}

fn cells(pattern: &Pattern, band: Band, key: u8) -> Vec<char> {
    let mut cells = vec!['.'; pattern.steps as usize];
    let part = match band {
        Band::Drums => Part::Drums,
        Band::Pitched(0) => Part::Lead,
        Band::Pitched(_) => Part::Bass,
    };
    for note in pattern.notes.iter().filter(|n| n.part == part && n.pitch == key) {
        let start = note.start as usize;
        if let Some(cell) = cells.get_mut(start) {
            *cell = match note.velocity {
                0..48 => 'o',
                48..104 => 'x',
                _ => 'X',
            };
        }
        if band != Band::Drums {
            for cell in cells.iter_mut().skip(start + 1).take(note.length.saturating_sub(1) as usize) {
                *cell = '-';
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::pattern::PatternNote;

    fn note(start: u32, length: u32, pitch: u8, velocity: u8, part: Part) -> PatternNote {
        PatternNote { start, length, pitch, velocity, part, offset: 0.0, chance: 100 }
    }

    #[test]
    fn a_beat_reads_as_a_drum_tab() {
        let mut notes: Vec<PatternNote> = (0..16).map(|i| note(i * 2, 1, 42, 60, Part::Drums)).collect();
        notes.extend([0, 6, 16, 22].map(|s| note(s, 1, 36, 110, Part::Drums)));
        notes.extend([4, 12, 20, 28].map(|s| note(s, 1, 38, 90, Part::Drums)));
        notes.push(note(31, 1, 38, 20, Part::Drums));
        insta::assert_snapshot!(text(&Pattern::new(32, notes)), @r"
        open hat   |.... .... .... ....|.... .... .... ....|
        closed hat |x.x. x.x. x.x. x.x.|x.x. x.x. x.x. x.x.|
        snare      |.... x... .... x...|.... x... .... x..o|
        kick       |X... ..X. .... ....|X... ..X. .... ....|
        ");
    }

    #[test]
    fn a_melody_has_a_line_for_every_pitch_that_sounds() {
        let notes = vec![
            note(0, 4, 60, 80, Part::Lead),
            note(6, 2, 64, 80, Part::Lead),
            note(8, 8, 67, 80, Part::Lead),
        ];
        insta::assert_snapshot!(text(&Pattern::new(16, notes)), @r"
        G4 |.... .... x--- ----|
        E4 |.... ..x- .... ....|
        C4 |x--- .... .... ....|
        ");
    }

    #[test]
    fn a_long_pattern_goes_on_below() {
        let picture = text(&Pattern::new(256, vec![note(200, 1, 36, 80, Part::Drums)]));
        let lines: Vec<&str> = picture.lines().collect();
        assert_eq!(lines.len(), 4 * 4 + 3);
        assert!(lines.iter().all(|l| l.len() <= 100));
        assert_eq!(
            lines[18],
            "kick       |.... .... x... ....|.... .... .... ....|.... .... .... ....|.... .... .... ....|"
        );
    }

    #[test]
    fn notes_beyond_the_end_are_left_out_without_a_panic() {
        let picture =
            text(&Pattern::new(4, vec![note(2, 9, 60, 80, Part::Lead), note(40, 1, 62, 80, Part::Lead)]));
        assert_eq!(picture, "C4 |..x-|\n");
    }
}
