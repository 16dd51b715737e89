//! The bands of one panel: ground, names, hits, notes.

use super::band::Rows;
use super::colour::{Colour, Palette};
use super::font;
use super::lane;
use super::measure::{BAND_GAP, Measure};
use super::roll::{Band, Mark, Roll};
use super::svg::{Pen, Svg};
use crate::music::gm;

/// Height of the capitals of a voice's name.
const NAME: f64 = 7.0;

/// A picture in the making with its sizes and colours.
pub struct Draw<'a> {
    /// Where it is drawn.
    pub out: &'a mut Svg,
    /// The sizes.
    pub m: Measure,
    /// The colours.
    pub palette: Palette,
}

impl Draw<'_> {
    /// The numbers of the bars above a roll, their baseline at `y`.
    pub fn bar_numbers(&mut self, roll: &Roll, x: f64, y: f64) {
        for (i, bar) in roll.bars.iter().enumerate() {
            let number = (roll.first_bar + i).to_string();
            self.out.text(x + bar * self.m.quarter + 2.0, y, Pen::new(7.5, self.palette.faint), &number);
        }
    }

    /// All bands of a roll, the top left corner of the first at `at`; `names` also draws those of the rows.
    pub fn bands(&mut self, bands: &[Rows], roll: &Roll, at: (f64, f64), names: bool) {
        let (x, mut y) = at;
        let mut pitched = 0;
        for rows in bands {
            let height = self.m.row(rows);
            let head = self.m.head(rows);
            if names && head > 0.0 {
                let name = font::fit(&rows.name, NAME, roll.length * self.m.quarter);
                self.out.text(x + 2.0, y + head - 5.0, Pen::new(NAME, self.palette.faint), &name);
            }
            y += head;
            let colour = self.palette.voices[pitched % self.palette.voices.len()];
            if rows.band == Band::Drums {
                self.drum_ground(rows, roll, x, y);
            } else {
                pitched += 1;
                self.piano_ground(rows, roll, x, y);
            }
            self.bar_lines(roll, x, y, rows.rows.len() as f64 * height);
            if names {
                self.names(rows, x, y);
            }
            let voice = roll.voices.iter().find(|v| v.band == rows.band);
            for mark in voice.map_or(&[][..], |v| &v.marks) {
                let Some(row) = rows.row(mark.pitch) else { continue };
                let top = y + row as f64 * height;
                if rows.band == Band::Drums {
                    self.hit(mark, x, top);
                } else {
                    self.note(mark, x, top, colour);
                }
            }
            y += rows.rows.len() as f64 * height + BAND_GAP;
        }
    }

    /// Beats as columns of two shades, lanes and steps cut out of them by thin lines of the ground.
    fn drum_ground(&mut self, rows: &Rows, roll: &Roll, x: f64, y: f64) {
        let (quarter, lane) = (self.m.quarter, self.m.lane);
        let height = rows.rows.len() as f64 * lane;
        for (k, (from, to)) in beats(roll).into_iter().enumerate() {
            let fill = if k % 2 == 0 { self.palette.cell } else { self.palette.cell_dim };
            self.out.rect(x + from * quarter, y, (to - from) * quarter, height, 0.0, fill);
        }
        let thick = if self.m.roomy { 2.0 } else { 1.0 };
        for k in 1..rows.rows.len() {
            let line = y + k as f64 * lane;
            self.out.line((x, line), (x + roll.length * quarter, line), thick, self.palette.ground);
        }
        if self.m.roomy {
            for step in 1..(roll.length * 4.0).round() as usize {
                let line = x + step as f64 * quarter / 4.0;
                self.out.line((line, y), (line, y + height), thick, self.palette.ground);
            }
        }
    }

    /// Rows in two shades like the keys of a piano, beats cut out of them by thin lines of the ground.
    fn piano_ground(&mut self, rows: &Rows, roll: &Roll, x: f64, y: f64) {
        let row = self.m.semitone;
        let seam = if self.m.roomy { 1.0 } else { 0.0 };
        for (k, key) in rows.rows.iter().enumerate() {
            let fill = if lane::is_black(key.key) { self.palette.cell_dim } else { self.palette.cell };
            self.out.rect(x, y + k as f64 * row, roll.length * self.m.quarter, row - seam, 0.0, fill);
        }
        for (from, _) in beats(roll).into_iter().skip(1) {
            let line = x + from * self.m.quarter;
            self.out.line((line, y), (line, y + rows.rows.len() as f64 * row), 1.5, self.palette.ground);
        }
    }

    fn bar_lines(&mut self, roll: &Roll, x: f64, y: f64, height: f64) {
        let thick = if self.m.roomy { 2.0 } else { 1.2 };
        for bar in roll.bars.iter().skip(1) {
            let line = x + bar * self.m.quarter;
            self.out.line((line, y), (line, y + height), thick, self.palette.bar);
        }
    }

    /// Names of lanes, or a keyboard with its octaves, left of `x`.
    fn names(&mut self, rows: &Rows, x: f64, y: f64) {
        let height = self.m.row(rows);
        let pen = Pen::new(self.m.label, self.palette.faint).to_the_left();
        for (k, row) in rows.rows.iter().enumerate() {
            let top = y + k as f64 * height;
            let baseline = top + height / 2.0 + self.m.label / 2.0;
            if rows.band == Band::Drums {
                self.out.text(x - 9.0, baseline, pen, &row.label);
                continue;
            }
            // White keys meet at a line only where no black one lies between them.
            let seam = if matches!(row.key % 12, 0 | 5) { 0.8 } else { 0.0 };
            self.out.rect(x - 17.0, top, 14.0, height - seam, 0.0, self.palette.keys[0]);
            if lane::is_black(row.key) {
                self.out.rect(x - 17.0, top, 9.0, height, 0.0, self.palette.keys[1]);
            }
            if !row.label.is_empty() {
                self.out.text(x - 22.0, baseline, pen, &row.label);
            }
        }
    }

    /// How far from the ground towards its colour a note stands: soft ones are paler but never vanish.
    fn shade(&self, velocity: u8) -> f64 {
        let floor = self.palette.softest;
        floor + (1.0 - floor) * f64::from(velocity.min(127)) / 127.0
    }

    fn hit(&mut self, mark: &Mark, x: f64, y: f64) {
        if !mark.begins {
            return;
        }
        let (gap, round) = if self.m.roomy { (1.0, 3.0) } else { (0.5, 1.2) };
        let fill =
            self.palette.cell.mix(self.palette.drums[lane::group(mark.pitch)], self.shade(mark.velocity));
        let (width, height) = (self.m.quarter / 4.0 - 2.0 * gap, self.m.lane - 2.0 * gap);
        self.out.rect(x + mark.start * self.m.quarter + gap, y + gap, width, height, round, fill);
    }

    fn note(&mut self, mark: &Mark, x: f64, y: f64, colour: Colour) {
        let left = x + mark.start * self.m.quarter;
        let width = ((mark.end - mark.start) * self.m.quarter - 1.5).max(2.0);
        let fill = self.palette.cell.mix(colour, self.shade(mark.velocity));
        let (seam, round) = if self.m.roomy { (1.0, 3.0) } else { (0.0, 1.0) };
        self.out.rect(left, y, width, self.m.semitone - seam, round, fill);
        let name = gm::note_name(mark.pitch);
        let height = self.m.semitone * 0.56;
        if self.m.roomy && height >= 6.0 && font::width(&name, height) + 8.0 <= width {
            let baseline = y + (self.m.semitone + height) / 2.0 - 0.5;
            self.out.text(left + 5.0, baseline, Pen::new(height, fill.ink()), &name);
        }
    }
}

/// From and to of every beat (a quarter, the last of a bar maybe shorter).
fn beats(roll: &Roll) -> Vec<(f64, f64)> {
    let mut all = Vec::new();
    for (i, &bar) in roll.bars.iter().enumerate() {
        let end = roll.bars.get(i + 1).copied().unwrap_or(roll.length);
        let mut from = bar;
        while from < end - 1e-6 {
            all.push((from, (from + 1.0).min(end)));
            from += 1.0;
        }
    }
    all
}
