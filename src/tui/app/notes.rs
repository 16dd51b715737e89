//! Notes under the keys: the editor of the selected pattern, and MIDI keys that write into it.

use std::sync::Arc;

use super::App;
use crate::engine::Clip;
use crate::jam::learn::Knob;
use crate::jam::{Effect, Intent, Slot, Tone};
use crate::music::pattern::Part;
use crate::tui::editor::{Edit, Editor};

impl App {
    /// Begins to edit the selected pattern, or ends it.
    pub(in crate::tui) fn toggle_editor(&mut self) -> Vec<Effect> {
        if self.editor.take().is_some() {
            return self
                .intent(Intent::Say(Tone::Said, "Done. {undo} takes changes back one by one".to_owned()));
        }
        let place = self.jam.cursor;
        if self.jam.is_pending(place) && self.jam.selected().is_none() {
            let text = format!("{place} is still being made: again in a moment");
            return self.intent(Intent::Say(Tone::Hint, text));
        }
        // On an empty place one begins from nothing.
        let mut effects = self.intent(Intent::Blank(Some(place)));
        let Some(slot) = self.jam.selected() else { return effects };
        self.editor = Some(Editor::new(place, slot));
        let text =
            format!("Editing {place}: {{note}} writes a note, {{edit}} is done, {{help}} shows all keys");
        effects.extend(self.intent(Intent::Say(Tone::Said, text)));
        effects
    }

    /// The pattern that is edited; editing ends where it is gone or another one was selected.
    pub(in crate::tui) fn edited(&mut self) -> Option<Arc<Slot>> {
        let place = self.editor.as_ref()?.place;
        let slot = self.jam.edit.bank.get(place).cloned().filter(|_| place == self.jam.cursor);
        if slot.is_none() {
            self.editor = None;
        }
        slot
    }

    pub(in crate::tui) fn edit(&mut self, edit: Edit) -> Vec<Effect> {
        let Some(slot) = self.edited() else { return Vec::new() };
        let intent = self.editor.as_mut().and_then(|editor| editor.act(edit, &slot));
        intent.map_or_else(Vec::new, |intent| self.intent(intent))
    }

    /// News from outside. A MIDI key that was learned for nothing writes a note while notes are entered.
    pub fn news(&mut self, intent: Intent) -> Vec<Effect> {
        let enters = self.editor.as_ref().is_some_and(|editor| editor.entry)
            && !self.cramped
            && self.jam.recording.is_none()
            && self.jam.learning.is_none();
        let learned = |struck: u8| {
            let knobs = self.jam.learned.learned.iter().map(|learned| learned.knob);
            knobs.into_iter().any(|knob| matches!(knob, Knob::Key { key, .. } if key == struck))
        };
        if let Intent::Key { key, velocity: velocity @ 1.., .. } = intent
            && enters
            && !learned(key)
            && let Some(slot) = self.edited()
        {
            // Written so that it is heard where it was played.
            let track = self.jam.track();
            let key = Clip::moved(Part::Lead, key, track.octave - track.octaves(&slot, Part::Lead));
            let written = self.editor.as_mut().and_then(|editor| editor.struck(key, velocity, &slot));
            return written.map_or_else(Vec::new, |intent| self.intent(intent));
        }
        self.intent(intent)
    }
}
