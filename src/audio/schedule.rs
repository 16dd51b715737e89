//! A score as events for the rack: instruments to channels, seconds to frames.

use crate::engine::{Event, HOUSE, Message, Setting};
use crate::music::score::Score;

/// Channels of one strip that take pitched instruments: all but the drum channel.
const PITCHED: u32 = 15;
const DRUM_CHANNEL: u8 = 9;

/// The events of `score` at `rate` frames a second, in order of time; at one frame programs and controllers come
/// first, then note-offs, then note-ons. `offset` is left 0.
///
/// Every instrument has a strip to itself, and with it all its voices, as long as there are any (nine), and a channel to
/// itself as long as there are any of those (15 a strip).
pub fn events(score: &Score, rate: u32) -> Vec<Event> {
    let frame = |seconds: f64| (seconds.max(0.0) * f64::from(rate)).round() as u64;
    let place = |instrument: u32, drums: bool| {
        let strips = u32::from(HOUSE) + 1;
        if drums {
            return ((instrument % strips) as u8, DRUM_CHANNEL);
        }
        let channel = (instrument / strips % PITCHED) as u8;
        ((instrument % strips) as u8, channel + u8::from(channel >= DRUM_CHANNEL))
    };
    let mut events: Vec<(u64, u8, Event)> = Vec::with_capacity(score.notes.len() * 2);
    let mut put = |frame: u64, rank: u8, track: u8, message: Message| {
        events.push((frame, rank, Event { frame, offset: 0, track, message }));
    };
    let mut announced: Vec<(u8, u8)> = Vec::new();
    for note in &score.notes {
        let (track, channel) = place(note.instrument, note.is_drum);
        if !announced.contains(&(track, channel)) {
            announced.push((track, channel));
            put(0, 0, track, Message::Set(Setting::Program { channel, program: note.program }));
        }
        let (start, end) = (frame(note.start), frame(note.end));
        let (key, velocity) = (note.pitch, note.velocity);
        put(start, 3, track, Message::NoteOn { channel, key, velocity });
        put(end.max(start + 1), 2, track, Message::NoteOff { channel, key });
    }
    for change in &score.control_changes {
        // Bank selects and the modes 120..=127 belong to the device the file was made for.
        if matches!(change.number, 1 | 7 | 10 | 11 | 64) {
            let (track, channel) = place(change.instrument, change.is_drum);
            let setting = Setting::Control { channel, number: change.number, value: change.value };
            put(frame(change.time), 1, track, Message::Set(setting));
        }
    }
    for bend in &score.pitch_bends {
        let (track, channel) = place(bend.instrument, bend.is_drum);
        put(frame(bend.time), 1, track, Message::Bend { channel, bend: bend.bend });
    }
    // A stable sort keeps the score's order within a rank.
    events.sort_by_key(|(frame, rank, _)| (*frame, *rank));
    events.into_iter().map(|(_, _, event)| event).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{BLOCK, Font, Rack};
    use crate::engine::Output;
    use crate::music::score::Note;

    fn note(instrument: u32, start: f64, end: f64, is_drum: bool) -> Note {
        Note { pitch: 60, velocity: 90, start, end, instrument, program: 5, is_drum }
    }

    #[test]
    fn a_repeated_note_is_let_go_before_it_is_struck_again() {
        let notes = vec![note(0, 0.0, 0.5, false), note(0, 0.5, 1.0, false)];
        let events = events(&Score { notes, ..Score::default() }, 48_000);
        let at: Vec<Message> = events.iter().filter(|e| e.frame == 24_000).map(|e| e.message).collect();
        assert!(matches!(at[..], [Message::NoteOff { .. }, Message::NoteOn { .. }]), "{at:?}");
    }

    #[test]
    fn no_pitched_instrument_lands_on_the_drum_channel_and_none_share_one() {
        let notes = (0..60).map(|i| note(i, 0.0, 1.0, false)).collect();
        let events = events(&Score { notes, ..Score::default() }, 48_000);
        let mut places: Vec<(u8, u8)> = events
            .iter()
            .filter_map(|e| match e.message {
                Message::NoteOn { channel, .. } => Some((e.track, channel)),
                _ => None,
            })
            .collect();
        assert!(places.iter().all(|(_, channel)| *channel != 9 && *channel < 16));
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), 60);
    }
    /// The first half second of `score` as a file would have it.
    fn sound(font: &Font, score: &Score) -> Vec<[f32; 2]> {
        let mut rack = Rack::offline(font, 48_000).expect("starts");
        let events = events(score, 48_000);
        let (mut next, mut sound) = (0, Vec::new());
        while sound.len() < 24_000 {
            let from = sound.len() as u64;
            while let Some(event) = events.get(next).filter(|event| event.frame < from + BLOCK as u64) {
                rack.event(Event { offset: (event.frame - from) as usize, ..*event });
                next += 1;
            }
            sound.extend(rack.render(BLOCK));
        }
        sound
    }

    #[test]
    fn many_instruments_together_sound_as_each_does_alone() {
        let font = Font::built_in().expect("loads");
        // An organ's six notes on each of twelve: 72 that are held at once.
        let part = |instrument: u32| {
            let notes = (0..6).map(|i| Note {
                pitch: (36 + 7 * i + instrument) as u8,
                velocity: 14,
                program: 16,
                ..note(instrument, 0.0, 2.0, false)
            });
            notes.collect::<Vec<Note>>()
        };
        let all = Score { notes: (0..12).flat_map(part).collect(), ..Score::default() };
        let together = sound(&font, &all);
        let mut apart = vec![[0.0_f32; 2]; together.len()];
        for instrument in 0..12 {
            let alone = sound(&font, &Score { notes: part(instrument), ..Score::default() });
            apart.iter_mut().zip(alone).for_each(|(sum, one)| {
                sum[0] += one[0];
                sum[1] += one[1];
            });
        }
        let loudest = together.iter().flatten().fold(0.0_f32, |m, v| m.max(v.abs()));
        assert!(loudest > 0.05 && loudest < 0.9, "the limiter has nothing to do: {loudest}");
        let away = together.iter().flatten().zip(apart.iter().flatten()).map(|(a, b)| (a - b).abs());
        let worst = away.fold(0.0_f32, f32::max);
        assert!(worst < 1e-3, "a voice was taken from somebody: {worst}");
    }
}
