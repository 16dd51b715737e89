//! Everything about notes and tokens against the reference: `tests/golden/converters` always, and every file of the
//! full set in `MVAE_GOLDEN_DIR` or `../shared/golden` where there is one.

#![allow(clippy::unwrap_used, clippy::panic)]

mod back;
mod chords;
mod drums;
mod encode;
mod groove;
mod melody;
mod notes;
mod set;
mod trio;
