//! What can go wrong around a training run.

use std::path::PathBuf;

/// Errors name the file, the cause and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A file could not be read.
    #[error("{}: cannot be read: {source}. Check the path and its rights", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A model or a checkpoint that a new run would replace.
    #[error(
        "{}: is there already. Give --resume to go on with it, --force to begin anew and replace it, or another --out",
        path.display()
    )]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("{}: cannot be written: {source}. Check the folder, its rights and the free space", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder or archive without MIDI files.
    #[error("{}: holds no MIDI file. Give .mid files, folders or .tar.gz archives of them", path.display())]
    NoMidi {
        /// Which.
        path: PathBuf,
    },
    /// No example, or none on one side of the split.
    #[error("{files} {} gave {train} examples to train on and {held_out} held out. {why}", if *files == 1 { "file" } else { "files" })]
    TooFew {
        /// Files read.
        files: usize,
        /// Examples to train on.
        train: usize,
        /// Examples held out.
        held_out: usize,
        /// A reason, and what to do.
        why: String,
    },
    /// A configuration the trainer has no network for.
    #[error(
        "{config}: training it is not built; all but the chord, hits-control, note-dropout and multiperf configurations train"
    )]
    Unsupported {
        /// The configuration.
        config: String,
    },
    /// An option out of range.
    #[error("{option}: {cause}")]
    Option {
        /// Which.
        option: &'static str,
        /// Why, and the range.
        cause: String,
    },
    /// A checkpoint that does not fit.
    #[error("{}: {cause}. Remove it to start afresh, or train with the options it was made with", path.display())]
    Checkpoint {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// The loss is not a number any more.
    #[error(
        "the loss is not a number at update {update}. Train with a smaller --learning-rate; where a checkpoint was \
         written, --resume goes on from it"
    )]
    Diverged {
        /// When.
        update: u64,
    },
    /// The model room's.
    #[error(transparent)]
    Model(#[from] crate::model::ModelError),
}
