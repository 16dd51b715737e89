//! How far long work is, and what is left of it.

/// What is known of work under way.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Progress {
    /// Its model is being read from disk.
    pub loading: bool,
    /// 0 to 1.
    pub share: f64,
    /// Seconds that are left, by what was done so far or what the like of it took before.
    pub left: Option<f64>,
}

/// Seconds that are left where `share` (0 to 1) of the work took `spent` seconds.
pub fn left(share: f64, spent: f64) -> Option<f64> {
    (share > 0.02 && spent > 0.2).then(|| (spent / share - spent).max(0.0))
}

impl Progress {
    /// In few words: `43%, 4 s left`; empty where nothing is known that is worth a word.
    pub fn words(&self) -> String {
        let left = self.left.filter(|left| *left >= 0.5).map(|left| match left {
            left if left < 90.0 => format!("{left:.0} s left"),
            left => format!("{:.0} min left", left / 60.0),
        });
        let share = (self.share >= 0.01).then(|| format!("{:.0}%", self.share * 100.0));
        let known = [share, left].into_iter().flatten().collect::<Vec<_>>().join(", ");
        match (self.loading, known.is_empty()) {
            (true, true) => "loading the model".to_owned(),
            (true, false) => format!("loading the model: {known}"),
            (false, _) => known,
        }
    }

    /// True where it goes on for so long that the key to call it off is worth a word.
    pub fn is_long(&self) -> bool {
        self.loading || self.left.is_some_and(|left| left >= 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Progress, left};

    #[test]
    fn what_is_left_goes_by_what_was_done() {
        assert_eq!(left(0.25, 2.0), Some(6.0));
        assert_eq!(left(0.0, 2.0), None);
        assert_eq!(left(0.5, 0.01), None, "a moment says nothing");
        let progress = Progress { share: 0.25, left: Some(6.0), loading: false };
        assert_eq!((progress.words().as_str(), progress.is_long()), ("25%, 6 s left", true));
        assert_eq!(Progress { left: Some(600.0), ..progress }.words(), "25%, 10 min left");
        assert_eq!(Progress::default().words(), "");
        let loading = Progress { loading: true, ..Progress::default() };
        assert_eq!(loading.words(), "loading the model");
        let loading = Progress { share: 0.4, left: Some(3.0), ..loading };
        assert_eq!((loading.words().as_str(), loading.is_long()), ("loading the model: 40%, 3 s left", true));
    }
}
