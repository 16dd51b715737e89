//! Attribute sliders: how far a pattern is moved along each attribute vector of the model that made it.
//!
//! Where the sliders stand is part of the pattern's recipe, so undo, sessions and copies carry it along. What lies
//! beside it here is the point they were all in the middle of, and where they are wanted while the model decodes.

use std::sync::Arc;

use super::slot::{Slot, SlotId};
use super::state::State;
use crate::latent::attributes::{Attribute, Table};
use crate::latent::recipe::Origin;

/// The sliders of a jam.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sliders {
    /// What is known of the vectors of each model that has some.
    pub tables: Vec<Arc<Table>>,
    /// The slider that keys move, counted from 0.
    pub chosen: usize,
    /// The pattern that was moved last.
    pub(super) moved: Option<Moved>,
}

/// A pattern on its way along the vectors.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moved {
    /// Where it stands.
    pub place: SlotId,
    /// What it was with all sliders in the middle, or where its recipe says that they stood.
    pub from: Arc<Slot>,
    /// Where the sliders are wanted.
    pub by: Vec<(Attribute, f32)>,
}

/// The sliders as they are shown: those of one pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// Where the pattern stands.
    pub place: SlotId,
    /// The pattern.
    pub slot: Arc<Slot>,
    /// What the sliders move away from.
    pub from: Arc<Slot>,
    /// Each attribute of the model and how many of its vectors are added, [`super::limits::SLIDER`].
    pub by: Vec<(Attribute, f32)>,
    /// What the vectors do.
    pub table: Arc<Table>,
    /// The music is not there yet.
    pub making: bool,
}

impl Board {
    /// Where the slider of `attribute` stands; `None` where there is none.
    pub fn at(&self, attribute: Attribute) -> Option<f32> {
        self.by.iter().find(|(other, _)| *other == attribute).map(|(_, by)| *by)
    }
}

/// Where the sliders of a pattern stand, by its recipe. Attributes of other programs' making are left out.
pub fn stand(slot: &Slot) -> Vec<(Attribute, f32)> {
    match &slot.recipe().origin {
        Origin::Attributes { by } => {
            by.iter().filter_map(|(name, by)| Some((Attribute::find(name).ok()?, *by))).collect()
        }
        _ => Vec::new(),
    }
}

impl State {
    /// The place whose pattern the sliders move: the selected one, or what sounds where that is empty.
    pub fn slider_place(&self) -> Option<SlotId> {
        let stands = |place: &SlotId| self.edit.bank.get(*place).is_some();
        Some(self.cursor).filter(stands).or_else(|| self.sounding().map(|launch| launch.place).filter(stands))
    }

    /// The sliders of the pattern they move; `None` where there is none, or where its model has no vectors.
    pub fn board(&self) -> Option<Board> {
        let place = self.slider_place()?;
        let slot = self.edit.bank.get(place)?.clone();
        let table = self.sliders.tables.iter().find(|table| table.model == slot.recipe().model)?.clone();
        let moved = self.sliders.moved.as_ref().filter(|moved| moved.place == place && moved.made(&slot));
        let making = self.is_pending(place);
        let at = match moved {
            Some(moved) if making => moved.by.clone(),
            _ => stand(&slot),
        };
        let of = |attribute| at.iter().find(|(other, _)| *other == attribute).map_or(0.0, |(_, by)| *by);
        let by = table.vectors.iter().map(|v| (v.attribute, of(v.attribute))).collect();
        let from = moved.map_or_else(|| slot.clone(), |moved| moved.from.clone());
        Some(Board { place, slot, from, by, table, making })
    }
}

impl Moved {
    /// True where `slot` is what was moved, before or after.
    fn made(&self, slot: &Arc<Slot>) -> bool {
        let (a, b) = (self.from.recipe(), slot.recipe());
        let same = (&a.model, a.seed, a.index, a.steps) == (&b.model, b.seed, b.index, b.steps);
        // A copy of the pattern that a hand has written on since is a start of its own.
        slot.made == self.from.made || same && !stand(slot).is_empty()
    }
}
