//! Standard MIDI Files: reading exactly as the reference reads (spec section 9), writing the same bytes every time.
//!
//! ```text
//! bytes -> chunks (strict) -> track events (guarded midly) -> tick times -> instruments -> Score
//! ```

mod chunks;
mod error;
mod events;
mod read;
mod tempo_map;
mod write;

pub use error::MidiError;
pub use write::write;

use super::score::Score;
use std::path::Path;

/// Largest file that is read: 64 MiB. The largest published piece of any MIDI collection is far below.
pub const MAX_BYTES: u64 = 64 << 20;

/// Reads a MIDI file.
///
/// # Errors
/// [`MidiError`]: the file cannot be opened, is too large, or is no readable Standard MIDI File.
pub fn read(path: &Path) -> Result<Score, MidiError> {
    let name = path.display().to_string();
    let open = |source| MidiError::Open { name: name.clone(), source };
    let size = std::fs::metadata(path).map_err(open)?.len();
    if size > MAX_BYTES {
        return Err(MidiError::TooLarge { name, size });
    }
    let bytes = std::fs::read(path).map_err(open)?;
    parse(&bytes, &name)
}

/// Reads a MIDI file from memory; `name` is what the errors call it.
///
/// # Errors
/// [`MidiError`]: the bytes are no readable Standard MIDI File.
pub fn parse(bytes: &[u8], name: &str) -> Result<Score, MidiError> {
    read::score(bytes, name)
}
