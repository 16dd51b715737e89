//! Where things stand on a screen of some size. Drawing and mouse both ask here.

use ratatui::layout::Rect;

use crate::jam::slot::{COLUMNS, ROWS};
use crate::jam::{SlotId, kit};

/// Smallest screen the jam is played on, in columns and lines.
pub const SMALLEST: (u16, u16) = (60, 16);

/// The panes. Empty panes have no height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Transport, and below it model and machine where there is room.
    pub header: Rect,
    /// The roll with its title line and ruler.
    pub roll: Rect,
    /// Lines of a lane.
    pub lane_height: u16,
    /// Columns of a lane's name.
    pub label_width: u16,
    /// Columns of a step.
    pub cell: u16,
    /// The bank with its title line.
    pub bank: Rect,
    /// Columns and lines of a slot.
    pub slot: (u16, u16),
    /// Rows of the bank that fit.
    pub bank_rows: u8,
    /// The selected pattern at large.
    pub detail: Rect,
    /// The last messages.
    pub log: Rect,
    /// The status line.
    pub status: Rect,
    /// The key hints.
    pub hints: Rect,
}

/// What lies under the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A place of the bank.
    Slot(SlotId),
    /// A lane's name.
    Lane(u8),
    /// The header, where no part of it is meant in particular.
    Header,
    /// The transport's badge.
    Play,
    /// The tempo.
    Tempo,
    /// The temperature.
    Temperature,
    /// The swing.
    Swing,
}

impl Layout {
    /// The layout for `area`; `None` where it is smaller than [`SMALLEST`].
    pub fn new(area: Rect) -> Option<Self> {
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            return None;
        }
        let classes = u16::from(kit::CLASSES);
        let (wide, tall) = (area.width >= 110, area.height >= 54);
        let header_height = if area.height < 20 { 1 } else { 2 };
        let hints_height = u16::from(area.height >= 18);
        let lane_height = if tall { 2 } else { 1 };
        let roll_height = 2 + classes * lane_height;
        // What the roll leaves is the bank's; a short screen shows some of its rows.
        let left = area.height - header_height - hints_height - 1;
        let roll_height = roll_height.min(left.saturating_sub(3));
        let left = left - roll_height;
        let slot_height = ((left - 1) / u16::from(ROWS)).clamp(1, 4);
        let bank_rows = ((left - 1) / slot_height).min(u16::from(ROWS));
        let bank_height = 1 + bank_rows * slot_height;

        let detail_width = if wide { 43 + (area.width - 110) / 9 } else { 0 };
        let bank_width = area.width - detail_width;
        let slot_width = ((bank_width - 3) / u16::from(COLUMNS)).min(18);

        let label_width = if area.width < 78 { 6 } else { 14 };
        let cell = ((area.width - label_width) / 32).clamp(1, 6);

        let mut y = area.y;
        let mut take = |height: u16| {
            let pane = Rect { x: area.x, y, width: area.width, height };
            y += height;
            pane
        };
        let header = take(header_height);
        let roll = take(roll_height);
        let middle = take(left);
        let (status, hints) = (take(1), take(hints_height));
        let bank = Rect { width: bank_width, height: bank_height, ..middle };
        let side = Rect { x: area.x + bank_width, width: area.width - bank_width, ..middle };
        let detail_height = if wide { side.height.min(classes + 7) } else { 0 };
        let detail = Rect { height: detail_height, ..side };
        let log = if wide {
            Rect { y: side.y + detail_height, height: side.height - detail_height, ..side }
        } else {
            Rect { y: middle.y + bank_height, height: left - bank_height, ..middle }
        };
        Some(Self {
            header,
            roll,
            lane_height,
            label_width,
            cell,
            bank,
            slot: (slot_width, slot_height),
            bank_rows: bank_rows as u8,
            detail,
            log,
            status,
            hints,
        })
    }

    /// Columns of the roll right of the names.
    pub fn roll_width(&self) -> u16 {
        self.roll.width - self.label_width
    }

    /// The lines of a lane, from its name to the right edge; `None` where the roll is cut short above it.
    pub fn lane(&self, class: u8) -> Option<Rect> {
        // The kick lies at the bottom, as in a score.
        let from_top = u16::from(kit::CLASSES - 1 - class.min(kit::CLASSES - 1));
        let y = self.roll.y + 2 + from_top * self.lane_height;
        (y + self.lane_height <= self.roll.bottom()).then_some(Rect {
            y,
            height: self.lane_height,
            ..self.roll
        })
    }

    /// First row of the bank that is shown while `cursor` is selected.
    pub fn first_row(&self, cursor: SlotId) -> u8 {
        let hidden = ROWS - self.bank_rows;
        cursor.row().saturating_sub(self.bank_rows / 2).min(hidden)
    }

    /// Where a place is drawn; `None` while its row is scrolled away.
    pub fn place(&self, place: SlotId, cursor: SlotId) -> Option<Rect> {
        let row = place.row().checked_sub(self.first_row(cursor)).filter(|row| *row < self.bank_rows)?;
        let (width, height) = self.slot;
        Some(Rect {
            x: self.bank.x + 3 + u16::from(place.column()) * width,
            y: self.bank.y + 1 + u16::from(row) * height,
            width,
            height,
        })
    }

    /// What lies at a cell of the screen.
    pub fn target(&self, x: u16, y: u16, cursor: SlotId) -> Option<Target> {
        let at = ratatui::layout::Position { x, y };
        if self.header.contains(at) {
            return Some(Target::Header);
        }
        let lane = |class: &u8| self.lane(*class).is_some_and(|lane| lane.contains(at));
        if x < self.roll.x + self.label_width
            && let Some(class) = (0..kit::CLASSES).find(lane)
        {
            return Some(Target::Lane(class));
        }
        SlotId::all()
            .find(|place| self.place(*place, cursor).is_some_and(|area| area.contains(at)))
            .map(Target::Slot)
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, SMALLEST, Target};
    use crate::jam::SlotId;
    use ratatui::layout::Rect;

    #[test]
    fn every_size_from_the_smallest_up_fits_its_screen_and_shows_the_selected_slot() {
        for width in (SMALLEST.0..240).step_by(7) {
            for height in SMALLEST.1..80 {
                let area = Rect::new(0, 0, width, height);
                let layout = Layout::new(area).unwrap();
                for pane in [layout.header, layout.roll, layout.bank, layout.log, layout.status, layout.hints]
                {
                    assert_eq!(area.intersection(pane), pane, "{width}x{height}: {pane:?}");
                }
                for place in SlotId::all() {
                    let at = layout.place(place, place).unwrap();
                    assert_eq!(layout.bank.intersection(at), at, "{width}x{height} {place}");
                    assert_eq!(layout.target(at.x, at.y, place), Some(Target::Slot(place)));
                }
            }
        }
    }

    #[test]
    fn a_screen_that_is_too_small_has_no_layout() {
        assert!(Layout::new(Rect::new(0, 0, SMALLEST.0 - 1, 50)).is_none());
        assert!(Layout::new(Rect::new(0, 0, 200, SMALLEST.1 - 1)).is_none());
    }

    #[test]
    fn at_80x24_everything_is_there_at_once() {
        let layout = Layout::new(Rect::new(0, 0, 80, 24)).unwrap();
        assert_eq!(layout.bank_rows, 8);
        assert!((0..9).all(|class| layout.lane(class).is_some()));
        assert_eq!((layout.cell, layout.hints.height, layout.header.height), (2, 1, 2));
    }
}
