//! Sizes of everything in a picture.

use super::band::Rows;
use super::font;
use super::roll::Band;

/// Empty border of a picture, in pixels.
pub const MARGIN: f64 = 28.0;
/// Between panels beside each other.
pub const PANEL_GAP: f64 = 26.0;
/// Between panels above each other.
pub const LINE_GAP: f64 = 20.0;
/// Between the bands of a panel.
pub const BAND_GAP: f64 = 10.0;
/// Width of the drawn part of a picture that the cells are sized for: with one column, with several.
const PAGE: [f64; 2] = [1000.0, 1250.0];

/// Sizes that all panels of a picture share, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// Width of a quarter note.
    pub quarter: f64,
    /// Height of a drum lane.
    pub lane: f64,
    /// Height of a semitone.
    pub semitone: f64,
    /// Height of the capitals of a panel's caption.
    pub caption: f64,
    /// Height of the capitals of a lane's name.
    pub label: f64,
    /// Room left of the first column for the names of lanes.
    pub gutter: f64,
    /// Room above each band of notes for the name of its voice; 0 where there are no names.
    pub head: f64,
    /// True where cells are large enough for steps to be told apart.
    pub roomy: bool,
}

impl Measure {
    /// The sizes for `panels` panels in `columns` columns, the longest of `longest` quarters.
    pub fn new(longest: f64, columns: usize, panels: usize, bands: &[Rows]) -> Self {
        let gaps = (columns - 1) as f64 * PANEL_GAP;
        let room = (PAGE[usize::from(columns > 1)] - gaps) / (columns as f64 * longest);
        // Whole pixels a step keep the cells of a bitmap even.
        let quarter = (room.clamp(20.0, 96.0) / 4.0).floor() * 4.0;
        let roomy = columns == 1 && quarter >= 48.0;
        let (lane, semitone) = match (roomy, panels, quarter >= 40.0) {
            (true, 1, _) => (24.0, 13.0),
            (_, _, true) => (16.0, 9.0),
            _ => (10.0, 5.0),
        };
        let label: f64 = if lane >= 16.0 { 8.5 } else { 6.5 };
        let names = bands.iter().flat_map(|b| &b.rows).map(|r| font::width(&r.label, label));
        let piano = bands.iter().any(|b| b.band != Band::Drums);
        let gutter = (names.fold(0.0, f64::max) + 12.0).max(if piano { 52.0 } else { 0.0 });
        // One voice alone needs no name.
        let several = bands.iter().filter(|b| b.band != Band::Drums).count() > 1;
        let head = if several && roomy { 15.0 } else { 0.0 };
        Self { quarter, lane, semitone, caption: 8.5, label, gutter, head, roomy }
    }

    /// Height of one row of a band.
    pub fn row(&self, rows: &Rows) -> f64 {
        if rows.band == Band::Drums { self.lane } else { self.semitone }
    }

    /// Room above a band for its name.
    pub fn head(&self, rows: &Rows) -> f64 {
        if rows.band == Band::Drums { 0.0 } else { self.head }
    }

    /// Height of all bands of a panel.
    pub fn bands(&self, bands: &[Rows]) -> f64 {
        let rows: f64 = bands.iter().map(|b| self.head(b) + b.rows.len() as f64 * self.row(b)).sum();
        rows + bands.len().saturating_sub(1) as f64 * BAND_GAP
    }
}

/// As many columns as make a picture about as wide as a page, the last line as full as may be.
pub fn columns_for(panels: usize, quarters: f64) -> usize {
    if panels <= 1 || quarters > 16.0 {
        return 1;
    }
    let most = (40.0 / quarters).floor().clamp(1.0, 6.0) as usize;
    let lines = panels.div_ceil(most.min(panels));
    panels.div_ceil(lines)
}

#[cfg(test)]
mod tests {
    use super::columns_for;

    #[test]
    fn thirteen_two_bar_patterns_stand_in_three_lines() {
        assert_eq!(columns_for(13, 8.0), 5);
        assert_eq!(columns_for(4, 8.0), 4);
        assert_eq!(columns_for(6, 8.0), 3);
        assert_eq!((columns_for(1, 8.0), columns_for(5, 64.0), columns_for(0, 8.0)), (1, 1, 1));
    }
}
