//! What is heard of the sound: it plays, it does not, or something in it broke.

/// News of the sound, each with one line for the person who plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundNews {
    /// A device takes the sound: its name, rate and buffer.
    Plays(String),
    /// Nobody hears it: why, and what to do. The engine runs on unless the line says otherwise.
    Silent(String),
    /// Part of it has stopped, the rest plays on: what, and what to do.
    Broken(String),
}

impl SoundNews {
    /// The line for the person who plays.
    pub fn line(&self) -> &str {
        match self {
            Self::Plays(line) | Self::Silent(line) | Self::Broken(line) => line,
        }
    }
}
