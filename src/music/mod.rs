//! Notes, scores, Standard MIDI Files, the 16th grid, pictures of scores.
//!
//! ```text
//! .mid -> smf -> Score (seconds) -> split -> quantize -> codec
//!                                      Pattern (steps) <- codec;  Pattern -> smf / plot / engine
//! ```

mod arrange;
pub mod bars;
pub mod gm;
pub mod pattern;
pub mod plot;
pub mod quantize;
pub mod score;
pub mod smf;
pub mod split;
