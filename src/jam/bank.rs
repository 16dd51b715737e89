//! The bank: 8 by 8 places, each empty or holding a slot.

use std::sync::Arc;

use super::slot::{ROWS, Slot, SlotId};

/// 64 places. Cloning copies pointers only: undo keeps whole banks.
#[derive(Debug, Clone, PartialEq)]
pub struct Bank {
    places: Vec<Option<Arc<Slot>>>,
}

impl Default for Bank {
    fn default() -> Self {
        Self { places: vec![None; SlotId::all().count()] }
    }
}

impl Bank {
    /// What stands at `id`.
    pub fn get(&self, id: SlotId) -> Option<&Arc<Slot>> {
        self.places.get(id.index()).and_then(Option::as_ref)
    }

    /// Puts `slot` at `id` (or empties the place) and gives back what stood there.
    pub fn put(&mut self, id: SlotId, slot: Option<Arc<Slot>>) -> Option<Arc<Slot>> {
        self.places.get_mut(id.index()).and_then(|place| std::mem::replace(place, slot))
    }

    /// The filled places in reading order.
    pub fn filled(&self) -> impl Iterator<Item = (SlotId, &Arc<Slot>)> {
        SlotId::all().filter_map(|id| self.get(id).map(|slot| (id, slot)))
    }

    /// Number of filled places.
    pub fn len(&self) -> usize {
        self.filled().count()
    }

    /// True when nothing stands anywhere.
    pub fn is_empty(&self) -> bool {
        self.filled().next().is_none()
    }

    /// The first row at or below `from` (around the edge) in which `free` holds for every place.
    pub fn row_where(&self, from: u8, free: impl Fn(SlotId) -> bool) -> Option<u8> {
        (0..ROWS).map(|step| (from + step) % ROWS).find(|&row| SlotId::of_row(row).all(&free))
    }
}
