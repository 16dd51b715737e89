//! The mouse: what a click, a drag and the wheel mean where they happen.

use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::app::App;
use super::code::commands::CodeEdit;
use super::command::{Action, Moment, View};
use super::editor::Edit;
use super::picker::List;
use super::view::{self, Target, overlay, picker};
use crate::jam::gear::Change;
use crate::jam::scene::Line;
use crate::jam::{Effect, Intent, ScriptOrder, SlotId, track};

/// Longest pause between the clicks of a double click, in seconds.
const DOUBLE_CLICK: f64 = 0.4;

impl App {
    /// The mouse did something on a screen of `area`.
    pub fn mouse(&mut self, event: MouseEvent, area: Rect, moment: &Moment) -> Vec<Effect> {
        let wheel = match event.kind {
            MouseEventKind::ScrollUp => 1,
            MouseEventKind::ScrollDown => -1,
            _ => 0,
        };
        if self.welcome {
            self.welcome = !matches!(event.kind, MouseEventKind::Down(_));
            return Vec::new();
        }
        if wheel != 0 || matches!(event.kind, MouseEventKind::Down(_)) {
            self.seen = self.jam.log.total();
        }
        let pressed = matches!(event.kind, MouseEventKind::Down(_));
        if self.picker.is_some() {
            return self.point_at_list(event, wheel, area, moment);
        }
        if let Some(scroll) = self.help {
            match wheel {
                0 if pressed => {
                    self.help = None;
                    let command = overlay::help_at(self, area, scroll, event.column, event.row);
                    return command.map_or_else(Vec::new, |index| self.do_command(index, moment));
                }
                0 => {}
                up => self.help = Some(scroll.saturating_add_signed(-2 * up).min(self.help_reach.end)),
            }
            return Vec::new();
        }
        if pressed && self.keymap.waiting().is_some() {
            let name = overlay::way_at(self, area, event.column, event.row);
            self.keymap.forget();
            return name.map_or_else(Vec::new, |name| self.do_named(&name, moment));
        }
        let target = view::target(self, area, event.column, event.row);
        match (event.kind, target) {
            (MouseEventKind::Down(MouseButton::Left), other)
                if self.code.focused && !matches!(other, Some(Target::Text { .. })) =>
            {
                // Whoever points elsewhere writes no more; the same click again does what it does there.
                self.code.focused = false;
                self.mouse(event, area, moment)
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Slot(place))) => {
                let last = self.click.replace((place, moment.seconds));
                let mut effects = self.intent(Intent::Select(place));
                if last.is_some_and(|(before, at)| before == place && moment.seconds - at <= DOUBLE_CLICK) {
                    self.click = None;
                    effects.extend(self.intent(Intent::Launch(Some(place))));
                }
                effects
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Text { line, column })) => {
                self.code.focused = true;
                self.code.area.cancel_selection();
                self.code.go_to(line, column);
                let last = self.text_click.replace((line, moment.seconds));
                let double =
                    |(before, at): (usize, f64)| before == line && moment.seconds - at <= DOUBLE_CLICK;
                if last.is_some_and(double) {
                    self.text_click = None;
                    return self.act(Action::Code(CodeEdit::Block));
                }
                Vec::new()
            }
            (MouseEventKind::Down(MouseButton::Right), Some(Target::Text { line, column })) => {
                if self.code.area.selection_range().is_none() {
                    self.code.go_to(line, column);
                }
                self.act(Action::Code(CodeEdit::Line))
            }
            (MouseEventKind::Down(button), Some(Target::Script)) => match button {
                MouseButton::Left => self.act(Action::Code(CodeEdit::File)),
                MouseButton::Right => self.act(Action::View(View::List(List::Scripts))),
                MouseButton::Middle => self.intent(Intent::Script(ScriptOrder::Stop)),
            },
            (MouseEventKind::Drag(MouseButton::Left), Some(Target::Text { line, column })) => {
                if !self.code.area.is_selecting() {
                    self.code.area.start_selection();
                }
                self.code.go_to(line, column);
                Vec::new()
            }
            (_, Some(Target::Text { .. })) if wheel != 0 => {
                let height = view::guests::code::room(self, area).map_or(1, |room| room.height);
                self.code.scroll(-3 * isize::from(wheel), height);
                Vec::new()
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Lane(class))) => {
                self.intent(Intent::ToggleClass(class))
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Cell { part, step, key })) => {
                self.press_note(part, step, key)
            }
            (MouseEventKind::Drag(MouseButton::Left), Some(Target::Cell { part, step, key })) => {
                self.drag_note(part, step, key)
            }
            (MouseEventKind::Up(MouseButton::Left), _) => self.release_note(),
            (
                MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left),
                Some(Target::Dot { x, y }),
            ) => self.intent(Intent::PaletteTo { x: f64::from(x) / 1000.0, y: f64::from(y) / 1000.0 }),
            (
                MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left),
                Some(Target::Slider { attribute, at: Some(at) }),
            ) => self.intent(Intent::Slide { attribute, to: f32::from(at) / 100.0 }),
            (MouseEventKind::Down(MouseButton::Right), Some(Target::Slider { attribute, .. })) => {
                self.intent(Intent::Slide { attribute, to: 0.0 })
            }
            (_, Some(Target::Slider { attribute, .. })) if wheel != 0 => {
                let at = self.jam.board().and_then(|board| board.at(attribute)).unwrap_or(0.0);
                self.intent(Intent::Slide { attribute, to: at + 0.1 * f32::from(wheel) })
            }
            (_, Some(Target::Cell { part, step, key })) if wheel != 0 => {
                if let Some(editor) = self.editor.as_mut() {
                    (editor.part, editor.step, editor.key) = (part, step, key);
                }
                self.edit(Edit::Louder(if wheel > 0 { 8 } else { -8 }))
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Track(track)))
                if track == self.jam.track =>
            {
                self.open_list(List::Track);
                Vec::new()
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Track(track))) => {
                self.intent(Intent::SelectTrack(track))
            }
            (MouseEventKind::Down(MouseButton::Right), Some(Target::Track(track)))
            | (MouseEventKind::Down(MouseButton::Left), Some(Target::Mute(track))) => {
                self.intent(Intent::ToggleTrack(Some(track)))
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Solo(track))) => {
                self.intent(Intent::SoloTrack(Some(track)))
            }
            (_, Some(Target::Fader(track) | Target::Track(track))) if wheel != 0 => {
                self.intent(Intent::NudgeLevel { track: Some(track), by: f32::from(wheel) })
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Play)) => self.intent(Intent::TogglePlay),
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Record)) => self.intent(Intent::Record),
            (MouseEventKind::Down(MouseButton::Right), Some(Target::Record)) => {
                self.intent(Intent::RecordFree)
            }
            (MouseEventKind::Down(MouseButton::Middle), Some(Target::Slot(place))) => {
                let mut effects = self.intent(Intent::Select(place));
                effects.extend(self.intent(Intent::Record));
                effects
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::CountIn))
            | (MouseEventKind::Down(MouseButton::Right), Some(Target::Play)) => {
                self.intent(Intent::NextCountIn)
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Quantise)) => {
                self.intent(Intent::NextQuantise)
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Scene(line))) => {
                self.intent(Intent::Scene(line))
            }
            (MouseEventKind::Down(MouseButton::Right), Some(Target::Scene(Line::Row(Some(row))))) => {
                let first = SlotId::of_row(row).find(|place| self.jam.edit.bank.get(*place).is_some());
                self.intent(Intent::Chain(first.or(SlotId::new(row, 0))))
            }
            (MouseEventKind::Down(MouseButton::Right), Some(Target::Slot(place))) => {
                let on = (0..track::MOST)
                    .find(|at| self.jam.sounding_on(*at).is_some_and(|launch| launch.place == place));
                let Some(track) = on else {
                    let effects = self.intent(Intent::Select(place));
                    self.open_list(List::Here);
                    return effects;
                };
                self.intent(Intent::Fill(Some(track)))
            }
            (MouseEventKind::Down(_), Some(Target::Hint(name))) => self.do_named(name, moment),
            (MouseEventKind::Down(_), Some(Target::Menu)) => {
                self.open_list(List::Commands);
                Vec::new()
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Point(place))) => {
                self.intent(Intent::Chain(Some(place)))
            }
            (MouseEventKind::Down(MouseButton::Right), Some(Target::Point(_))) => self
                .intent(if self.jam.chain.is_running() { Intent::Chain(None) } else { Intent::ChainAround }),
            (_, Some(Target::ChainRounds | Target::Point(_))) if wheel != 0 => {
                self.intent(Intent::NudgeChainRounds(wheel as i8))
            }
            (MouseEventKind::Down(_), Some(Target::ChainRounds)) => self.intent(Intent::ChainAround),
            (MouseEventKind::Down(_), Some(Target::Pan(track))) => {
                self.intent(Intent::Pan { track: Some(track), pan: 0.0 })
            }
            (_, Some(Target::Pan(track))) if wheel != 0 => {
                self.intent(Intent::NudgePan { track: Some(track), by: 0.1 * f32::from(wheel) })
            }
            (MouseEventKind::Down(_), Some(Target::Loop(track))) => {
                self.intent(Intent::Steps { track: Some(track), steps: 0 })
            }
            (_, Some(Target::Loop(track))) if wheel != 0 => {
                self.intent(Intent::NudgeSteps { track: Some(track), by: i32::from(wheel) })
            }
            (MouseEventKind::Down(_), Some(Target::Freeze(track))) => {
                self.intent(Intent::Freeze(Some(track)))
            }
            (MouseEventKind::Down(_), Some(Target::Output(track))) => {
                self.intent(Intent::NextOutput(Some(track)))
            }
            (_, Some(Target::Output(track))) if wheel != 0 => {
                self.intent(Intent::Gear { track: Some(track), change: Change::NudgeChannel(wheel as i8) })
            }
            (MouseEventKind::Down(MouseButton::Right), Some(Target::Cell { part, step, key })) => {
                if let Some(editor) = self.editor.as_mut() {
                    (editor.part, editor.step, editor.key) = (part, step, key);
                }
                self.edit(Edit::Likelier(0))
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Tempo)) => {
                self.intent(Intent::Tap { at: moment.seconds })
            }
            (MouseEventKind::Down(MouseButton::Right), Some(Target::Tempo)) => {
                self.intent(Intent::ToggleMetronome)
            }
            (_, Some(Target::Tempo)) if wheel != 0 => self.intent(Intent::NudgeTempo(f64::from(wheel))),
            (_, Some(Target::Temperature)) if wheel != 0 => {
                self.intent(Intent::NudgeTemperature(0.05 * f32::from(wheel)))
            }
            (_, Some(Target::Swing)) if wheel != 0 => {
                self.intent(Intent::NudgeSwing(0.02 * f32::from(wheel)))
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Letter(letter))) => {
                self.press_letter(letter, false, moment)
            }
            (MouseEventKind::Down(MouseButton::Left), Some(Target::Letters)) => self.toggle_piano(),
            (_, Some(Target::Letter(_) | Target::Letters)) if wheel != 0 => self.lift_octave(wheel as i8),
            (MouseEventKind::Down(MouseButton::Middle), Some(Target::Track(track))) => {
                let mut effects = self.intent(Intent::SelectTrack(track));
                if self.piano.is_none() {
                    effects.extend(self.toggle_piano());
                }
                effects
            }
            (kind, Some(target)) => self.patch(kind, wheel, target),
            _ => Vec::new(),
        }
    }

    /// The mouse while a list is open: a line is taken by a click, a click beside the list closes it.
    fn point_at_list(&mut self, event: MouseEvent, wheel: i16, area: Rect, moment: &Moment) -> Vec<Effect> {
        let Some(list) = &mut self.picker else { return Vec::new() };
        let pressed = matches!(event.kind, MouseEventKind::Down(_));
        let left = event.kind == MouseEventKind::Down(MouseButton::Left);
        match (wheel, picker::line_at(list, area, event.column, event.row)) {
            (0, Some(Some(line))) if left => {
                list.choose(line);
                self.preview();
                return self.leave_list(true, moment);
            }
            (0, None) if pressed => return self.leave_list(false, moment),
            (0, _) if pressed && !left => return self.leave_list(false, moment),
            (0, _) => {}
            (up, _) => list.go(-isize::from(up)),
        }
        self.preview();
        Vec::new()
    }

    /// Does the command of this name.
    fn do_named(&mut self, name: &str, moment: &Moment) -> Vec<Effect> {
        let at = self.keymap.commands().iter().position(|command| command.name == name);
        at.map_or_else(Vec::new, |index| self.do_command(index, moment))
    }
}
