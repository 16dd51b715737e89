//! What can be wrong with a MIDI file.

use thiserror::Error;

/// Why a MIDI file could not be read. Every message names the file, the cause and what to do.
#[derive(Debug, Error)]
pub enum MidiError {
    /// The file system refused.
    #[error("{name}: cannot read the file ({source}); check the path and its permissions")]
    Open {
        /// The file.
        name: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Above [`super::MAX_BYTES`].
    #[error("{name}: {size} bytes are too many for a MIDI file (the limit is 64 MiB); is it one?")]
    TooLarge {
        /// The file.
        name: String,
        /// Its size.
        size: u64,
    },
    /// It does not start as a MIDI file does.
    #[error(
        "{name}: not a Standard MIDI File (it starts with {start}); export it as .mid from your sequencer"
    )]
    NotMidi {
        /// The file.
        name: String,
        /// The first bytes, shown.
        start: String,
    },
    /// Time is counted in SMPTE frames.
    #[error(
        "{name}: its time is counted in SMPTE frames, so it has no beats; export it again with ticks per quarter note (PPQ)"
    )]
    Smpte {
        /// The file.
        name: String,
    },
    /// Zero ticks a quarter.
    #[error("{name}: its header says 0 ticks per quarter note; export it again")]
    NoDivision {
        /// The file.
        name: String,
    },
    /// No track at all.
    #[error("{name}: it holds no tracks; export it again")]
    NoTracks {
        /// The file.
        name: String,
    },
    /// The file ends early, or a chunk is none.
    #[error("{name}: {what} at byte {at}; the file is damaged, fetch or export it again")]
    Chunk {
        /// The file.
        name: String,
        /// What is wrong.
        what: String,
        /// Offset in the file.
        at: usize,
    },
    /// An event cannot be read.
    #[error("{name}: track {track}: {what} at byte {at}; the file is damaged, fetch or export it again")]
    Event {
        /// The file.
        name: String,
        /// Track, counted from 1.
        track: usize,
        /// What is wrong.
        what: &'static str,
        /// Offset in the file.
        at: usize,
    },
    /// Longer than the reference reads.
    #[error("{name}: its last event stands at tick {tick}, more than 10,000,000; the file is damaged")]
    TooLong {
        /// The file.
        name: String,
        /// The last tick.
        tick: u64,
    },
}
