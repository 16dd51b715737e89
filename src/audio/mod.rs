//! Sound: the output stream, SoundFont voices, the built-in SoundFont, offline rendering.

mod deadline;
mod font;
mod guard;
mod limiter;
mod machine;
mod quiet;
mod riff;
mod schedule;
mod session;
pub mod soundfont;
mod stream;
mod synth;
pub mod wav;

pub use font::{Font, FontError, system_fonts};
pub use guard::is_guarded;
pub use session::{AudioOptions, Session, start};
pub use synth::{BLOCK, Rack};
