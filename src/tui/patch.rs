//! The pointer in the pane of MIDI: a click switches, the wheel turns.

use ratatui::crossterm::event::{MouseButton, MouseEventKind};

use super::app::App;
use super::view::Target;
use super::view::guests::midi::{Dial, Wire};
use crate::jam::gear::{Change, general_midi};
use crate::jam::wiring::Wiring;
use crate::jam::{Effect, Intent};

impl App {
    /// A click, or the wheel by so many notches, on `target`; nothing where that is no part of the pane.
    pub(super) fn patch(&mut self, kind: MouseEventKind, wheel: i16, target: Target) -> Vec<Effect> {
        let clicked = matches!(kind, MouseEventKind::Down(MouseButton::Left));
        let changes: Vec<Intent> = match target {
            Target::Wire(at, what) => {
                let wiring = match what {
                    Wire::Name if clicked => None,
                    Wire::Sends(sent) if clicked => Some(Wiring::Toggle(sent)),
                    Wire::Offset if clicked => Some(Wiring::Offset(0.0)),
                    Wire::Offset if wheel != 0 => Some(Wiring::NudgeOffset(f64::from(wheel))),
                    _ => return Vec::new(),
                };
                [Some(Wiring::Choose(at)), wiring].into_iter().flatten().map(Intent::Wire).collect()
            }
            Target::Input(at) if clicked => {
                let wish = self.rig.as_ref().and_then(|rig| rig.inputs.get(at)).map(|port| port.wish.clone());
                wish.map(|wish| Intent::Wire(Wiring::Leader(wish))).into_iter().collect()
            }
            Target::Gear(track, dial) => {
                let change = match (dial, clicked, wheel) {
                    (Dial::Channel, true, _) => Change::Channel(0),
                    (Dial::Channel, _, by @ (1 | -1)) => Change::NudgeChannel(by as i8),
                    (Dial::Bank, true, _) => Change::Bank(None),
                    (Dial::Bank, _, by @ (1 | -1)) => Change::NudgeBank(by),
                    (Dial::Program, true, _) => Change::Program(0),
                    (Dial::Program, _, by @ (1 | -1)) => Change::NudgeProgram(by as i8),
                    (Dial::Kit, true, _) => Change::NextKit(1),
                    (Dial::Kit, _, by @ (1 | -1)) => Change::NextKit(by as i8),
                    (Dial::Key(class), clicked, by) if clicked || by != 0 => {
                        let keys = self.jam.edit.tracks.get(track).and_then(|track| track.gear.keys);
                        let own = general_midi();
                        let place = usize::from(class);
                        let now = keys.unwrap_or(own)[place];
                        let key =
                            if clicked { own[place] } else { now.saturating_add_signed(by as i8).min(127) };
                        Change::Key { class, key }
                    }
                    _ => return Vec::new(),
                };
                vec![Intent::Gear { track: Some(track), change }]
            }
            _ => return Vec::new(),
        };
        changes.into_iter().flat_map(|change| self.intent(change)).collect()
    }
}
