//! Sound: the output stream, SoundFont voices, the built-in SoundFont, offline rendering.

mod deadline;
mod session;
pub mod soundfont;

pub use session::{AudioOptions, Session, start};
