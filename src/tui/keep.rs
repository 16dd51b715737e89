//! The set at the end of a jam: kept whatever the way out, so that `q` loses nothing.

use std::path::Path;

use crate::jam::{State, save};

/// Name of the file in the state folder.
pub const LAST: &str = "last-set.mid";
/// Name of the one before it.
pub const BEFORE: &str = "set-before-last.mid";

/// Writes the set of `jam` into `folder`, as MIDI. Gives back the line that says where it is, or why it is nowhere;
/// `None` where the bank holds nothing.
pub fn keep(folder: Option<&Path>, jam: &State) -> Option<String> {
    let set = jam.set();
    if set.slots.is_empty() {
        return None;
    }
    let Some(folder) = folder else {
        return Some(
            "Your set is not kept: there is no home folder. Set XDG_STATE_HOME to a folder".to_owned(),
        );
    };
    let path = folder.join(LAST);
    Some(match save::keep(&path, &folder.join(BEFORE), &set) {
        Ok(()) => format!("Your set is kept in {}", path.display()),
        Err(error) => {
            tracing::warn!("the set is not kept: {error}");
            format!("Your set is not kept: {error}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{LAST, keep};
    use crate::jam::fixtures::{begun, fresh};
    use crate::music::smf;

    #[test]
    fn a_set_is_kept_and_the_line_says_where() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state/mvae-tui");
        let line = keep(Some(&state), &begun()).unwrap();
        assert_eq!(line, format!("Your set is kept in {}", state.join(LAST).display()));
        assert!(smf::read(&state.join(LAST)).unwrap().notes.len() > 20);
    }

    #[test]
    fn an_empty_bank_is_not_worth_a_word_and_a_failure_is() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(keep(Some(folder.path()), &fresh()), None);
        let file = folder.path().join("file");
        std::fs::write(&file, b"no folder").unwrap();
        assert!(keep(Some(&file), &begun()).unwrap().contains("XDG_STATE_HOME"));
        assert!(keep(None, &begun()).unwrap().contains("XDG_STATE_HOME"));
    }
}
