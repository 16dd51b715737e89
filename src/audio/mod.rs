//! Sound: the output stream, SoundFont voices, the built-in SoundFont, offline rendering.

mod deadline;
mod delay;
mod font;
mod guard;
mod hardware;
mod limiter;
mod machine;
mod news;
mod place;
mod quiet;
mod riff;
mod schedule;
mod search;
mod session;
#[cfg(test)]
mod session_tests;
pub mod soundfont;
mod stream;
mod synth;
mod watcher;
pub mod wav;

pub use font::{Font, FontError, system_fonts};
pub use guard::is_guarded;
pub use news::SoundNews;
pub use quiet::hush_alsa;
pub use session::{AudioOptions, Session, start};
pub use stream::{Around, Device, StreamError, devices};
pub use synth::{BLOCK, Rack};
