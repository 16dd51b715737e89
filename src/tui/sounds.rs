//! What the selected track sounds like, told to the engine before anything plays there: keys are heard with it, too.

use crate::engine::{Command, Player, Setting};
use crate::jam::State;
use crate::jam::track::{MOST, channel};
use crate::music::pattern::Part;

/// Channel and program of each track as they were told.
#[derive(Debug, Default)]
pub struct Sounds([Option<(u8, u8)>; MOST]);

impl Sounds {
    /// Tells what is new of the selected track. The kit of a track of drums is left as it is.
    pub fn tell(&mut self, jam: &State, player: &mut Player) {
        let track = jam.track();
        let Some(told) = self.0.get_mut(jam.track).filter(|_| track.part != Part::Drums) else { return };
        let sound = (channel(&jam.edit.tracks, jam.track), track.program);
        if told.replace(sound) != Some(sound) {
            let (channel, program) = sound;
            let setting = Setting::Program { channel, program };
            player.send(Command::Set { track: jam.track as u8, setting });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sounds;
    use crate::engine::{Event, Message, Setting, channel};
    use crate::jam::fixtures::with_all_kinds;
    use crate::jam::{Intent, update};

    #[test]
    fn a_track_that_is_selected_and_a_sound_that_is_chosen_are_heard_at_the_next_key() {
        let (mut player, mut driver) = channel(48_000.0);
        let (mut sounds, mut jam) = (Sounds::default(), with_all_kinds());
        let mut tell = |jam: &crate::jam::State| {
            let mut out: Vec<Event> = Vec::new();
            sounds.tell(jam, &mut player);
            driver.process(128, &mut out, |_| {});
            let program = |event: Event| match event.message {
                Message::Set(Setting::Program { channel, program }) => Some((event.track, channel, program)),
                _ => None,
            };
            out.into_iter().filter_map(program).collect::<Vec<_>>()
        };
        assert_eq!(tell(&jam), [], "the drum kit stays");
        update(&mut jam, Intent::SelectTrack(2));
        let bass = jam.track().program;
        assert_eq!(tell(&jam), [(2, 1, bass)]);
        assert_eq!(tell(&jam), [], "once");
        update(&mut jam, Intent::Program(38));
        assert_eq!(tell(&jam), [(2, 1, 38)]);
        update(&mut jam, Intent::SelectTrack(1));
        assert_eq!(tell(&jam).len(), 1);
        update(&mut jam, Intent::SelectTrack(2));
        assert_eq!(tell(&jam), [], "it is what it was");
    }
}
