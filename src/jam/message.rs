//! What the status line says: what happened, and what to do next.

use std::collections::VecDeque;

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Said,
    /// Something worth celebrating arrived or started.
    Good,
    /// Nothing was done, and the message says what to do instead.
    Hint,
    /// Something failed; the music goes on.
    Error,
}

/// One line for the player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How it is meant.
    pub tone: Tone,
    /// The words, without a line break.
    pub text: String,
}

/// The last messages, oldest first, at most [`Log::KEPT`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    lines: VecDeque<Message>,
}

impl Log {
    /// How many messages are kept.
    pub const KEPT: usize = 200;

    /// Adds a message and forgets the oldest beyond [`Log::KEPT`]. Line breaks become spaces.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        let text: String = text.into();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.lines.len() >= Self::KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(Message { tone, text });
    }

    /// The newest message.
    pub fn last(&self) -> Option<&Message> {
        self.lines.back()
    }

    /// All kept messages, oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.lines.iter()
    }
}
