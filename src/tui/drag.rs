//! Notes under the mouse: a click writes one or takes it away, a drag makes it longer or moves it.

use super::app::App;
use super::editor::Edit;
use crate::jam::{Effect, kit, notes};
use crate::music::pattern::Part;

/// A note that the mouse holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drag {
    /// It was written by this very click: dragging makes it longer. One that was there before is moved.
    fresh: bool,
    /// It has been moved: letting go does not take it away.
    moved: bool,
    step: u32,
    key: u8,
}

impl App {
    /// The button goes down on a step and key of the edited pattern.
    pub(super) fn press_note(&mut self, part: Part, step: u32, key: u8) -> Vec<Effect> {
        let Some(slot) = self.edited() else { return Vec::new() };
        let pattern = slot.pattern();
        if step >= pattern.steps {
            return Vec::new();
        }
        let there = notes::at(pattern, part, step, key).map(|note| note.start);
        let Some(editor) = self.editor.as_mut() else { return Vec::new() };
        (editor.part, editor.step, editor.key) = (part, there.unwrap_or(step), key);
        self.drag = Some(Drag { fresh: there.is_none(), moved: false, step, key });
        // What is there may be meant to move: it goes when the button comes up.
        if there.is_some() { Vec::new() } else { self.edit(Edit::Toggle) }
    }

    /// The mouse moves to another step and key while the button is down.
    pub(super) fn drag_note(&mut self, part: Part, step: u32, key: u8) -> Vec<Effect> {
        let Some(mut drag) = self.drag.filter(|drag| (drag.step, drag.key) != (step, key)) else {
            return Vec::new();
        };
        let steps = i64::from(step) - i64::from(drag.step);
        let steps = steps.clamp(-64, 64) as i8;
        if drag.fresh {
            drag.step = step;
            self.drag = Some(drag);
            return if steps == 0 || part == Part::Drums {
                Vec::new()
            } else {
                self.edit(Edit::Resize(steps))
            };
        }
        let keys = match part {
            Part::Drums => {
                let class = |key: u8| kit::class_of(key).map_or(0, |class| class as i8);
                class(key) - class(drag.key)
            }
            _ => (i16::from(key) - i16::from(drag.key)).clamp(-127, 127) as i8,
        };
        let effects = self.edit(Edit::Shift(steps, keys));
        if !effects.is_empty() {
            (drag.step, drag.key, drag.moved) = (step, key, true);
            self.drag = Some(drag);
        }
        effects
    }

    /// The button comes up: a note that was there before, and was not moved, is taken away.
    pub(super) fn release_note(&mut self) -> Vec<Effect> {
        match self.drag.take() {
            Some(drag) if !drag.fresh && !drag.moved => self.edit(Edit::Toggle),
            _ => Vec::new(),
        }
    }
}
