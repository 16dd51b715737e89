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
    /// How often it was said in a row, at least 1.
    pub times: u32,
}

impl Message {
    /// The file that it is about, without the place in it; other first words say nothing of what a message is about.
    fn file(&self) -> Option<&str> {
        self.text.split([' ', ':']).next().filter(|word| word.contains('.'))
    }
}

/// The last messages, oldest first, at most [`Log::KEPT`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    lines: VecDeque<Message>,
    /// Messages ever added, those said again not counted.
    total: u64,
}

impl Log {
    /// Messages after which an error gives way to the newest.
    const STANDS: usize = 4;

    /// How many messages are kept.
    pub const KEPT: usize = 200;

    /// Adds a message and forgets the oldest beyond [`Log::KEPT`]. Line breaks become spaces. What is said again is
    /// counted: a held key must not push out everything that was said before.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        let text: String = text.into();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(last) = self.lines.back_mut().filter(|last| last.tone == tone && last.text == text) {
            last.times = last.times.saturating_add(1);
            return;
        }
        if self.lines.len() >= Self::KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(Message { tone, text, times: 1 });
        self.total += 1;
    }

    /// Number of messages ever added, those said again not counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The messages added since [`Log::total`] was `total`, oldest first.
    pub fn since(&self, total: u64) -> impl Iterator<Item = &Message> {
        let new = usize::try_from(self.total.saturating_sub(total)).unwrap_or(usize::MAX);
        self.lines.iter().skip(self.lines.len().saturating_sub(new))
    }

    /// The newest message.
    pub fn last(&self) -> Option<&Message> {
        self.lines.back()
    }

    /// The message to show to one who has seen all up to [`Log::total`] `seen`: the newest, but what went wrong since
    /// then stands, whatever good news arrives meanwhile; until there is much of it, or there is good news of the same file.
    pub fn standing(&self, seen: u64) -> Option<&Message> {
        let unread: Vec<&Message> = self.since(seen).collect();
        let stands = |at: &usize| {
            let later = &unread[at + 1..];
            later.len() < Self::STANDS
                && !later.iter().any(|later| {
                    later.tone == Tone::Good && later.file().is_some() && later.file() == unread[*at].file()
                })
        };
        let error = (0..unread.len()).rev().find(|at| unread[*at].tone == Tone::Error);
        error.filter(stands).map(|at| unread[at]).or_else(|| self.last())
    }

    /// All kept messages, oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.lines.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::{Log, Tone};

    #[test]
    fn what_is_said_again_is_counted_and_what_is_new_can_be_told() {
        let mut log = Log::default();
        log.say(Tone::Said, "one");
        let before = log.total();
        for _ in 0..100 {
            log.say(Tone::Hint, "as far as it\ngoes");
        }
        log.say(Tone::Error, "as far as it goes");
        let new: Vec<_> = log.since(before).map(|message| (message.tone, message.times)).collect();
        assert_eq!(new, [(Tone::Hint, 100), (Tone::Error, 1)]);
        assert_eq!(log.since(log.total()).count(), 0);
        log.say(Tone::Good, "an answer arrives");
        assert_eq!(log.standing(before).unwrap().text, "as far as it goes");
        assert_eq!(log.standing(log.total()), log.last());
        log.say(Tone::Error, "a.rhai:3:1: wrong");
        log.say(Tone::Good, "b.rhai plays");
        assert_eq!(log.standing(before).unwrap().text, "a.rhai:3:1: wrong");
        log.say(Tone::Good, "a.rhai plays");
        assert_eq!(log.standing(before), log.last(), "it is mended");
        log.say(Tone::Error, "The device is gone");
        log.say(Tone::Good, "The chain is at its end");
        assert_eq!(log.standing(before).unwrap().text, "The device is gone");
        log.say(Tone::Error, "Scene 9 is empty");
        for heard in ["one", "two", "three"] {
            log.say(Tone::Said, heard);
            assert_eq!(log.standing(before).unwrap().text, "Scene 9 is empty");
        }
        log.say(Tone::Said, "four");
        assert_eq!(log.standing(before), log.last());
        for which in 0..2 * Log::KEPT {
            log.say(Tone::Said, which.to_string());
        }
        assert_eq!((log.lines().count(), log.since(0).count()), (Log::KEPT, Log::KEPT));
    }
}
