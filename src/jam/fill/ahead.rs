//! What is decoded before anybody wishes for a fill, so that one is there at the very next bar.

use std::sync::Arc;

use crate::jam::slot::Slot;
use crate::jam::track::MOST;
use crate::latent::generate::Generated;

/// The fills of a jam.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fills {
    /// The bar that the latest fill of each track is.
    pub shown: [Option<Arc<Slot>>; MOST],
    /// One for each pattern that sounds and whose model makes its fills.
    pub ahead: Vec<Ahead>,
    /// Fills ordered of a model or made by rule: each one is another.
    pub count: u64,
}

/// The next fill of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Ahead {
    /// Number of the request.
    pub ticket: u64,
    /// The pattern.
    pub of: Arc<Generated>,
    /// What there is of it.
    pub decoded: Decoded,
    /// Tracks on which it is wished for already (bit = track).
    pub wished: u8,
}

/// How far the decoding is.
#[derive(Debug, Clone, PartialEq)]
pub enum Decoded {
    /// It is ordered.
    Ordered,
    /// The pattern, moved.
    There(Arc<Generated>),
    /// The model cannot do it: the rule makes this pattern's fills.
    Failed,
}

impl Fills {
    /// The next fill of the pattern `of`.
    pub fn next(&self, of: &Arc<Generated>) -> Option<&Ahead> {
        self.ahead.iter().find(|ahead| Arc::ptr_eq(&ahead.of, of))
    }

    /// As [`Fills::next`], to change.
    pub fn next_mut(&mut self, of: &Arc<Generated>) -> Option<&mut Ahead> {
        self.ahead.iter_mut().find(|ahead| Arc::ptr_eq(&ahead.of, of))
    }
}
