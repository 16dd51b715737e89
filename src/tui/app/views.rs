//! What commands change on the screen alone.

use super::{App, Follow};
use crate::jam::wiring::Wiring;
use crate::jam::{Effect, Intent, Tone};
use crate::tui::arrangement::Pane;
use crate::tui::command::View;
use crate::tui::picker::List;

/// Asks for the command to be learned.
const TEACH: &str = "Press the key of a command, or find it in the list ({commands}): a pad will do it";

impl App {
    pub(in crate::tui) fn view(&mut self, view: View) -> Vec<Effect> {
        match view {
            View::Help => self.help = if self.help.is_some() { None } else { Some(0) },
            View::Close => {
                // One step a key: first what lies on top, then what waits.
                if !self.keymap.forget() && self.help.take().is_none() {
                    match self.editor.as_mut() {
                        Some(editor) if editor.entry => editor.entry = false,
                        Some(editor) if editor.anchor.is_some() => editor.anchor = None,
                        Some(_) => return self.toggle_editor(),
                        None => return self.intent(Intent::Dismiss),
                    }
                }
            }
            View::Welcome => self.welcome = true,
            View::Follow => {
                self.follow = match self.follow {
                    Follow::Scroll => Follow::Page,
                    Follow::Page => Follow::Scroll,
                };
            }
            View::Redraw => self.redraw = true,
            View::Learn => {
                self.teaching = !self.teaching;
                let text = if self.teaching { TEACH } else { "Learns nothing" };
                return self.intent(Intent::Say(Tone::Said, text.to_owned()));
            }
            View::Code => self.toggle_code(),
            View::Console => self.code.console.open = !self.code.console.open,
            View::List(list) => {
                self.open_list(list);
                if list == List::Ports {
                    return self.intent(Intent::Wire(Wiring::Look));
                }
            }
            View::Ask(text) => {
                self.open_list(List::Commands);
                if let Some(list) = self.picker.as_mut() {
                    text.chars().for_each(|letter| list.put(letter));
                }
            }
            View::Piano => return self.toggle_piano(),
            View::Edit => return self.toggle_editor(),
            View::Side(pane) => self.panes.toggle_side(pane),
            View::Zoom(pane) => self.panes.toggle_zoom(pane),
            View::ZoomSide => self.panes.toggle_zoom(match self.panes.side {
                Pane::Detail => Pane::Bank,
                other => other,
            }),
            View::WithoutBank => self.panes.without_bank = !self.panes.without_bank,
            View::Swap => self.panes.swapped = !self.panes.swapped,
            View::AllTracks => self.panes.all_tracks = !self.panes.all_tracks,
            View::Steer(right, down) if self.panes.shows(Pane::Sliders) => {
                return self.intent(match down {
                    0 => Intent::NudgeSlider(0.1 * f32::from(right)),
                    down => Intent::ChooseSlider(down),
                });
            }
            View::Steer(right, down) => {
                let (x, y) = (0.05 * f64::from(right), 0.05 * f64::from(down));
                return self.intent(Intent::PaletteMove { x, y });
            }
            View::Shift(0) => (self.shift, self.lift, self.stretch) = (0, 0, 0),
            View::Shift(beats) => self.shift = (self.shift + i32::from(beats)).clamp(-4096, 4096),
            View::Lift(keys) => self.lift = (self.lift + i16::from(keys)).clamp(-127, 127),
            View::Stretch(columns) => {
                self.stretch = (self.stretch + i16::from(columns)).clamp(-11, 11);
            }
        }
        Vec::new()
    }
}
