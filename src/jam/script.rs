//! What a player asks of scripts, and what scripts tell of themselves.

use std::fmt;
use std::path::PathBuf;

/// What a line of the console is called.
pub const CONSOLE: &str = "console";

/// Something to be done with scripts. The jam hands it on: a script plays by sending intents of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptOrder {
    /// Evaluate a text: it takes over at the next bar.
    Evaluate {
        /// What it is called in messages.
        name: String,
        /// The folder it may read and write in; none: no files.
        folder: Option<PathBuf>,
        /// The text. Lines before a part are left empty, so that places in it are those of the whole.
        text: String,
        /// A line or a block, which joins what plays instead of replacing it.
        part: bool,
    },
    /// Read a script, play it, and follow what other editors make of it; the answer is [`ScriptNews::Opened`].
    Open {
        /// The file.
        path: PathBuf,
        /// It plays at once.
        play: bool,
    },
    /// Write a script and let it take over.
    Save {
        /// The file.
        path: PathBuf,
        /// What it is to hold.
        text: String,
    },
    /// A key that a script listens to was pressed.
    Key(String),
    /// End all scripts; what they have launched plays on.
    Stop,
}

/// What has become of scripts.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptNews {
    /// A file was read for the player.
    Opened {
        /// The file.
        path: PathBuf,
        /// What it holds.
        text: String,
    },
    /// Another program has saved the file that is followed; what it holds now takes over at the next bar.
    Changed {
        /// The file.
        path: PathBuf,
        /// What it holds.
        text: String,
    },
    /// The file was written.
    Saved {
        /// The file.
        path: PathBuf,
        /// What it holds.
        text: String,
    },
    /// A text has taken over.
    Took {
        /// As in [`ScriptOrder::Evaluate`].
        name: String,
        /// First and last line of it, from 1, where it is not the whole.
        lines: Option<(usize, usize)>,
    },
    /// Something is wrong with a script; what played before plays on.
    Failed(Fault),
    /// The keys that scripts listen to from now on.
    Listens(Vec<String>),
    /// What the tracks are called that scripts play on, the first one first.
    Tracks(Vec<String>),
}

/// A value of an OSC message.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// A whole number.
    Int(i32),
    /// A number.
    Float(f32),
    /// Words.
    Text(String),
}

/// What is wrong with a script, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Name of the script.
    pub source: String,
    /// Line, counted from 1, where one is known.
    pub line: Option<usize>,
    /// Column, counted from 1, where one is known.
    pub column: Option<usize>,
    /// Place, cause, remedy and what goes on, in words.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
