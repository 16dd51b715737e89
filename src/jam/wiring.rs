//! What is asked of the MIDI outputs while the music plays. Which ports there are the jam does not know: the chosen output
//! is the business of whoever carries it out.

/// What an output may be sent, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Notes, programs, controllers.
    Notes,
    /// Clock ticks.
    Clock,
    /// Start, stop, continue.
    Transport,
    /// Song positions.
    Position,
}

/// A change of the wiring.
#[derive(Debug, Clone, PartialEq)]
pub enum Wiring {
    /// Send this to the chosen output, or no longer.
    Toggle(Sent),
    /// The chosen output sounds so much later (above 0) or earlier than our own sound, milliseconds.
    Offset(f64),
    /// The same by so much more.
    NudgeOffset(f64),
    /// Choose an output, 0 is the first.
    Choose(usize),
    /// Choose the next output.
    Next,
    /// Send to the port of this name, too; the same again: no longer.
    Output(String),
    /// Hear the port of this name, too; the same again: no longer.
    Input(String),
    /// Follow the clock of the input of this name.
    Leader(String),
    /// Open or close the port that is wished for by exactly this name.
    Port {
        /// The name.
        name: String,
        /// We write to it, or listen to it.
        output: bool,
        /// Open it.
        on: bool,
    },
    /// Look which ports the machine has; whoever carries it out shows them.
    Look,
}
