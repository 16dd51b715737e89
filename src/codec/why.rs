//! Why a score gives no example, in a musician's words.

use super::Converter;
use crate::music::score::Score;

/// The reason; call it only where nothing was found.
pub(super) fn nothing(converter: &Converter, score: &Score) -> String {
    let _ = converter;
    if score.notes.is_empty() {
        return "there is not one note in it".into();
    }
    "nothing here fits this model".into()
}
