//! Where patterns live: the names of the 64 places and what stands in one.

use std::fmt;
use std::sync::Arc;

use super::register;
use crate::latent::generate::Generated;
use crate::latent::recipe::Recipe;
use crate::music::pattern::Pattern;

/// Rows of the bank, A to H.
pub const ROWS: u8 = 8;
/// Places in a row, 1 to 8.
pub const COLUMNS: u8 = 8;

/// One place of the bank, written like a chess square: `A1` is the first place of the first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId {
    row: u8,
    column: u8,
}

impl SlotId {
    /// The first place, `A1`.
    pub const FIRST: Self = Self { row: 0, column: 0 };

    /// The place in `row` and `column`, both counted from 0; `None` outside the bank.
    pub fn new(row: u8, column: u8) -> Option<Self> {
        (row < ROWS && column < COLUMNS).then_some(Self { row, column })
    }

    /// The place a name such as `B3` or `b3` means.
    pub fn parse(name: &str) -> Option<Self> {
        let mut letters = name.chars();
        let (row, column) = (letters.next()?, letters.next()?);
        if letters.next().is_some() || !row.is_ascii_alphabetic() {
            return None;
        }
        let row = row.to_ascii_uppercase() as u8 - b'A';
        Self::new(row, u8::try_from(column.to_digit(10)?).ok()?.checked_sub(1)?)
    }

    /// Row, 0 to 7.
    pub fn row(self) -> u8 {
        self.row
    }

    /// Column, 0 to 7.
    pub fn column(self) -> u8 {
        self.column
    }

    /// Place in reading order, 0 to 63.
    pub fn index(self) -> usize {
        usize::from(self.row) * usize::from(COLUMNS) + usize::from(self.column)
    }

    /// The neighbour `rows` down and `columns` to the right, around the edges of the bank.
    pub fn moved(self, rows: i8, columns: i8) -> Self {
        let wrap =
            |at: u8, by: i8, size: u8| (i16::from(at) + i16::from(by)).rem_euclid(i16::from(size)) as u8;
        Self { row: wrap(self.row, rows, ROWS), column: wrap(self.column, columns, COLUMNS) }
    }

    /// All 64 places in reading order.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| Self { row, column }))
    }

    /// The places of one row from left to right.
    pub fn of_row(row: u8) -> impl DoubleEndedIterator<Item = Self> {
        (0..COLUMNS).filter_map(move |column| Self::new(row, column))
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(b'A' + self.row), self.column + 1)
    }
}

/// What stands in a place: a pattern and how it came to be. Shared, never changed in place.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// A short name for people, such as `sample 17`.
    pub name: String,
    /// The pattern with its point in the latent space, its tokens and its recipe.
    pub made: Arc<Generated>,
    /// Octaves (0, or below it) by which its melody lies in the register of a bass, see [`super::register`]. Known from
    /// when it was made: notes changed by hand do not move the others.
    pub low: i8,
}

impl Slot {
    /// A slot for freshly made music.
    pub fn new(name: impl Into<String>, made: Generated) -> Self {
        let low = register::octaves(&made.pattern);
        Self { name: name.into(), made: Arc::new(made), low }
    }

    /// The notes.
    pub fn pattern(&self) -> &Pattern {
        &self.made.pattern
    }

    /// Seed of its notes that do not sound in every round ([`crate::engine::chance`]): that of its recipe, so that a
    /// set played again is the same.
    pub fn luck(&self) -> u64 {
        self.recipe().seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(u64::from(self.recipe().index))
    }

    /// How the pattern came to be.
    pub fn recipe(&self) -> &Recipe {
        &self.made.recipe
    }
}

#[cfg(test)]
mod tests {
    use super::{ROWS, SlotId};

    #[test]
    fn names_are_read_back_as_written() {
        for id in SlotId::all() {
            assert_eq!(SlotId::parse(&id.to_string()), Some(id));
        }
        for wrong in ["", "A", "A0", "A9", "I1", "A11", "11", "é1", "[1"] {
            assert_eq!(SlotId::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn moving_goes_around_the_edges() {
        assert_eq!(SlotId::FIRST.moved(-1, -1).to_string(), "H8");
        assert_eq!(SlotId::FIRST.moved(ROWS as i8, 3).to_string(), "A4");
    }

    #[test]
    fn reading_order_counts_every_place_once() {
        let indices: Vec<usize> = SlotId::all().map(SlotId::index).collect();
        assert_eq!(indices, (0..64).collect::<Vec<_>>());
    }
}
