//! The console: one line of code at a time, with those before it.

/// Lines remembered.
const KEPT: usize = 200;

/// A line being written, and those that were evaluated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Console {
    /// Keys are typed here.
    pub open: bool,
    letters: Vec<char>,
    at: usize,
    history: Vec<String>,
    /// How far back the line shown is, and what was being written before.
    back: Option<(usize, String)>,
}

impl Console {
    /// The line.
    pub fn line(&self) -> String {
        self.letters.iter().collect()
    }

    /// Letters before the cursor.
    pub fn cursor(&self) -> usize {
        self.at
    }

    /// Types a letter.
    pub fn put(&mut self, letter: char) {
        if !letter.is_control() {
            self.letters.insert(self.at, letter);
            self.at += 1;
        }
    }

    /// Takes away the letter before the cursor, or under it.
    pub fn erase(&mut self, under: bool) {
        let at = if under { Some(self.at) } else { self.at.checked_sub(1) };
        if let Some(at) = at.filter(|at| *at < self.letters.len()) {
            self.letters.remove(at);
            self.at = at;
        }
    }

    /// Moves the cursor by so many letters.
    pub fn go(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.letters.len());
    }

    /// Replaces the letters from `start` to the cursor.
    pub fn complete(&mut self, start: usize, with: &str) {
        let start = start.min(self.at);
        self.letters.splice(start..self.at, with.chars());
        self.at = start + with.chars().count();
    }

    fn show(&mut self, line: &str) {
        self.letters = line.chars().collect();
        self.at = self.letters.len();
    }

    /// The line before (or after) the one shown, among those evaluated.
    pub fn recall(&mut self, older: bool) {
        let (at, draft) = match self.back.take() {
            Some((at, draft)) => (at as isize + if older { 1 } else { -1 }, draft),
            None if older => (0, self.line()),
            None => return,
        };
        if at < 0 {
            self.show(&draft);
            return;
        }
        let at = (at as usize).min(self.history.len().saturating_sub(1));
        match self.history.iter().rev().nth(at).cloned() {
            Some(line) => {
                self.show(&line);
                self.back = Some((at, draft));
            }
            None => self.show(&draft),
        }
    }

    /// The line is done: it is remembered and given back, and the next one is empty.
    pub fn take(&mut self) -> Option<String> {
        let line = self.line();
        self.back = None;
        self.show("");
        if line.trim().is_empty() {
            return None;
        }
        self.history.retain(|other| *other != line);
        self.history.push(line.clone());
        if self.history.len() > KEPT {
            self.history.remove(0);
        }
        Some(line)
    }

    /// The lines evaluated, oldest first.
    pub fn history(&self) -> &[String] {
        &self.history
    }

    /// Remembers the lines of another evening.
    pub fn remember(&mut self, lines: impl Iterator<Item = String>) {
        self.history = lines.collect();
        let more = self.history.len().saturating_sub(KEPT);
        self.history.drain(..more);
    }
}

#[cfg(test)]
mod tests {
    use super::Console;

    fn typed(console: &mut Console, line: &str) {
        line.chars().for_each(|letter| console.put(letter));
    }

    #[test]
    fn lines_come_back_and_what_was_being_written_is_not_lost() {
        let mut console = Console::default();
        for line in ["tempo(90)", "mute(\"lead\")"] {
            typed(&mut console, line);
            assert_eq!(console.take().as_deref(), Some(line));
        }
        typed(&mut console, "sw");
        console.recall(true);
        console.recall(true);
        console.recall(true);
        assert_eq!(console.line(), "tempo(90)");
        console.recall(false);
        assert_eq!(console.line(), "mute(\"lead\")");
        console.recall(false);
        assert_eq!((console.line().as_str(), console.cursor()), ("sw", 2));
        assert_eq!(Console::default().take(), None);
    }

    #[test]
    fn a_line_is_edited_in_its_middle() {
        let mut console = Console::default();
        typed(&mut console, "tepo(9)");
        console.go(-5);
        console.put('m');
        console.go(4);
        console.put('0');
        console.go(-9);
        console.erase(false);
        console.erase(true);
        assert_eq!(console.line(), "empo(90)");
        console.go(4);
        console.complete(0, "tempo");
        assert_eq!((console.line().as_str(), console.cursor()), ("tempo(90)", 5));
    }
}
