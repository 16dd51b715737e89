//! The rows of a list that are in view where it is longer than its place.

/// So many rows from `first` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first row in view.
    pub first: usize,
    shown: usize,
    count: usize,
}

impl Window {
    /// Of `count` rows those that fit into `room`, `chosen` among them.
    pub fn new(count: usize, chosen: usize, room: usize) -> Self {
        let shown = room.min(count);
        let first = (chosen + 1).saturating_sub(shown).min(count - shown);
        Self { first, shown, count }
    }

    /// The rows in view, each with its place from the top.
    pub fn rows(self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.shown).map(move |place| (place, self.first + place))
    }

    /// What stands before row `at`: that it is the chosen one, or that there are more beyond it.
    pub fn mark(self, at: usize, chosen: bool) -> &'static str {
        match at {
            _ if chosen => "\u{25b8}",
            _ if at == self.first && self.first > 0 => "\u{2191}",
            _ if at + 1 == self.first + self.shown && at + 1 < self.count => "\u{2193}",
            _ => " ",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn the_chosen_row_is_in_view_and_marks_tell_of_more() {
        assert_eq!(Window::new(3, 2, 9).rows().collect::<Vec<_>>(), [(0, 0), (1, 1), (2, 2)]);
        let marks = |chosen: usize| {
            let window = Window::new(8, chosen, 4);
            window.rows().map(|(_, at)| window.mark(at, at == chosen)).collect::<String>()
        };
        assert_eq!(
            [marks(0), marks(3), marks(5), marks(7)],
            ["\u{25b8}  \u{2193}", "   \u{25b8}", "\u{2191}  \u{25b8}", "\u{2191}  \u{25b8}"]
        );
        assert_eq!(Window::new(8, 5, 4).first, 2);
        assert_eq!(Window::new(8, 5, 0).rows().count(), 0);
    }
}
