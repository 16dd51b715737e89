//! Where things stand on a screen of some size. Drawing and mouse both ask here.

use ratatui::layout::Rect;

use super::guests::midi::{Dial, Wire};
use crate::jam::scene::Line;
use crate::jam::slot::{COLUMNS, ROWS};
use crate::jam::{SlotId, kit};
use crate::tui::app::App;
use crate::tui::arrangement::{Arrangement, Pane};

/// Smallest screen the jam is played on, in columns and lines.
pub const SMALLEST: (u16, u16) = (60, 16);

/// Most lines of a lane.
const LANE: u16 = 6;
/// Lines that a pane in the bank's place has at least.
const WORK: u16 = 8;

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
    /// A pane that the player asked for, where there is one, and its place.
    pub guest: Option<(Pane, Rect)>,
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
    /// A track, in the header or the mixer.
    Track(usize),
    /// The mute of a track.
    Mute(usize),
    /// The solo of a track.
    Solo(usize),
    /// The fader of a track.
    Fader(usize),
    /// A point of the palette, in thousandths from the left and from the top.
    Dot {
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
    },
    /// A slider, and where on it in hundredths of its vector; `None` beside it.
    Slider {
        /// What it moves.
        attribute: crate::latent::attributes::Attribute,
        /// -200 to 200.
        at: Option<i16>,
    },
    /// A letter of the script: line and column from 0.
    Text {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// The title of the script pane.
    Script,
    /// A step and key of the roll while notes are edited.
    Cell {
        /// The part.
        part: crate::music::pattern::Part,
        /// Step of the pattern.
        step: u32,
        /// MIDI key.
        key: u8,
    },
    /// The header, where no part of it is meant in particular.
    Header,
    /// The transport's badge.
    Play,
    /// The tempo.
    Tempo,
    /// Where launches take effect.
    Quantise,
    /// Bars counted in.
    CountIn,
    /// The recording under way.
    Record,
    /// A point of the chain.
    Point(SlotId),
    /// How often each point of the chain plays.
    ChainRounds,
    /// A key hint: the name of its command.
    Hint(&'static str),
    /// Everything that can be done.
    Menu,
    /// Where a track stands between left and right.
    Pan(usize),
    /// The length of a track's loops.
    Loop(usize),
    /// Whether a track is frozen.
    Freeze(usize),
    /// Where a track is heard.
    Output(usize),
    /// A letter that plays a note.
    Letter(char),
    /// How letters play.
    Letters,
    /// A MIDI output, and what of it.
    Wire(usize, Wire),
    /// A MIDI input.
    Input(usize),
    /// A track on gear outside, and what of it.
    Gear(usize, Dial),
    /// A row or column of the bank, at its letter or number.
    Scene(Line),
    /// The temperature.
    Temperature,
    /// The swing.
    Swing,
}

impl Layout {
    /// The layout of `app` on `area`; `None` where it is smaller than [`SMALLEST`].
    pub fn of(app: &App, area: Rect) -> Option<Self> {
        let mut layout = Self::arranged(area, &app.panes, super::roll::bands::wish(app))?;
        if app.stretch != 0 {
            layout.cell = layout.cell.saturating_add_signed(app.stretch).clamp(1, 12);
        }
        Some(layout)
    }

    /// The layout of a beat for `area`; `None` where it is smaller than [`SMALLEST`].
    pub fn new(area: Rect) -> Option<Self> {
        Self::arranged(area, &Arrangement::default(), u16::from(kit::CLASSES))
    }

    /// The layout for a choice of panes and so many lines of the roll as it would like.
    fn arranged(area: Rect, panes: &Arrangement, wish: u16) -> Option<Self> {
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            return None;
        }
        let classes = u16::from(kit::CLASSES);
        let (wide, tall) = (area.width >= 110, area.height >= 54);
        let header_height = if area.height < 20 { 1 } else { 2 };
        let hints_height = u16::from(area.height >= 18);
        // What the roll leaves is the bank's; a short screen shows some of its rows.
        let left = area.height - header_height - hints_height - 1;
        let lane_height = match panes.zoom {
            // A kit that has the screen to itself fills it.
            Some(Pane::Roll) if wish <= classes => (left.saturating_sub(2) / classes).clamp(1, LANE),
            _ if tall => 2,
            _ => 1,
        };
        let mixing = panes.side != Pane::Detail;
        let roll_height = match panes.zoom {
            Some(Pane::Roll) => left,
            Some(_) => 0,
            None if panes.without_bank && !wide && panes.side == Pane::Detail => left,
            // A pane in the bank's place has room to work in: the kit is folded into four lanes for it.
            None if mixing && !wide && left < 2 + classes + WORK => left.saturating_sub(WORK).max(6),
            // Two lines to a lane where only drums are shown; else each line is a key.
            None if wish <= classes => (2 + classes * lane_height).min(left.saturating_sub(3)),
            None => (2 + wish).min(left.saturating_sub(5)).max((2 + classes).min(left.saturating_sub(3))),
        };
        let left = left - roll_height;
        let slot_height = (left.saturating_sub(1) / u16::from(ROWS)).clamp(1, 4);
        let bank_rows = (left.saturating_sub(1) / slot_height).min(u16::from(ROWS));
        let bank_height = if left == 0 { 0 } else { 1 + bank_rows * slot_height };

        // Code has long lines.
        let writing = panes.side == Pane::Code && area.width < 170;
        let bankless = panes.without_bank || panes.zoom.is_some() || mixing && !wide || writing;
        let detail_width = match wide {
            true if bankless => area.width,
            true if panes.side == Pane::Code => 100,
            true => 43 + (area.width - 110) / 9,
            false => 0,
        };
        let bank_width = area.width - detail_width;
        let slot_width = (bank_width.saturating_sub(3) / u16::from(COLUMNS)).clamp(4, 18);

        let label_width = if area.width < 78 { 6 } else { 14 };
        let cell = ((area.width - label_width) / 32).clamp(1, 6);

        let mut y = area.y;
        let mut take = |height: u16| {
            let pane = Rect { x: area.x, y, width: area.width, height };
            y += height;
            pane
        };
        let header = take(header_height);
        let (roll, middle) = if panes.swapped {
            let middle = take(left);
            (take(roll_height), middle)
        } else {
            (take(roll_height), take(left))
        };
        let (status, hints) = (take(1), take(hints_height));
        let none = Rect { height: 0, ..middle };
        let bank = match bankless {
            true => none,
            false => Rect { width: bank_width, height: bank_height, ..middle },
        };
        let side = Rect { x: area.x + bank_width, width: area.width - bank_width, ..middle };
        let guest = match panes.zoom {
            Some(pane) if pane != Pane::Roll => Some((pane, middle)),
            Some(_) => None,
            None if mixing => Some((panes.side, if wide { side } else { middle })),
            None => None,
        };
        let own = guest.is_none() && panes.zoom.is_none();
        let detail_height = if wide && own { side.height.min(classes + 7) } else { 0 };
        let detail = Rect { height: detail_height, ..side };
        let log = match (own, wide) {
            (false, _) => none,
            (true, true) => Rect { y: side.y + detail_height, height: side.height - detail_height, ..side },
            (true, false) if bankless => none,
            (true, false) => Rect { y: middle.y + bank_height, height: left - bank_height, ..middle },
        };
        // A zoomed bank is a bank like any other, with all the room there is.
        let (bank, bank_width, guest) = match guest {
            Some((Pane::Bank, area)) => (Rect { height: bank_height, ..area }, area.width, None),
            other => (bank, bank_width, other),
        };
        let slot_width = match bank.height {
            0 => slot_width,
            _ => (bank_width.saturating_sub(3) / u16::from(COLUMNS)).clamp(4, 18),
        };
        let bank_rows = if bank.height == 0 { 0 } else { bank_rows };
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
            guest,
            status,
            hints,
        })
    }

    /// Columns of the roll right of the names.
    pub fn roll_width(&self) -> u16 {
        self.roll.width - self.label_width
    }

    /// The lines of a lane where the roll shows drums alone, from its name to the right edge; `None` where the roll is
    /// cut short above it.
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
        if let Some(line) = self.line(at, cursor) {
            return Some(Target::Scene(line));
        }
        SlotId::all()
            .find(|place| self.place(*place, cursor).is_some_and(|area| area.contains(at)))
            .map(Target::Slot)
    }

    /// The row or column whose letter or number stands at `at`.
    fn line(&self, at: ratatui::layout::Position, cursor: SlotId) -> Option<Line> {
        if !self.bank.contains(at) {
            return None;
        }
        let (x, y) = (at.x - self.bank.x, at.y - self.bank.y);
        match (x.checked_sub(3), y.checked_sub(1)) {
            (Some(x), None) => {
                u8::try_from(x / self.slot.0).ok().filter(|c| *c < COLUMNS).map(|c| Line::Column(Some(c)))
            }
            (None, Some(y)) => {
                let row = u8::try_from(y / self.slot.1).ok().filter(|row| *row < self.bank_rows)?;
                Some(Line::Row(Some(self.first_row(cursor) + row)))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, SMALLEST, Target};
    use crate::jam::{SlotId, kit};
    use crate::tui::arrangement::{Arrangement, Pane};
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
    fn a_pane_in_the_banks_place_has_lines_to_work_in_and_a_zoomed_kit_fills_the_screen() {
        let classes = u16::from(kit::CLASSES);
        for (size, roll) in [((60, 16), 6), ((80, 24), 11)] {
            let panes = Arrangement { side: Pane::Code, ..Arrangement::default() };
            let layout = Layout::arranged(Rect::new(0, 0, size.0, size.1), &panes, classes).unwrap();
            let (_, room) = layout.guest.unwrap();
            assert!(room.height >= 8 && layout.roll.height == roll, "{size:?}: {layout:?}");
        }
        for (size, lines) in [((80, 24), 2), ((120, 40), 3), ((200, 60), 6)] {
            let panes = Arrangement { zoom: Some(Pane::Roll), ..Arrangement::default() };
            let layout = Layout::arranged(Rect::new(0, 0, size.0, size.1), &panes, classes).unwrap();
            assert_eq!(layout.lane_height, lines, "{size:?}");
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
