//! A score as events for the rack: instruments to channels, seconds to frames.

use crate::engine::{Event, HOUSE, Message};
use crate::music::score::Score;

/// Channels of one strip that take pitched instruments: all but the drum channel.
const PITCHED: u32 = 15;
const DRUM_CHANNEL: u8 = 9;

/// The events of `score` at `rate` frames a second, in order of time; at one frame programs and controllers come
/// first, then note-offs, then note-ons. `offset` is left 0.
///
/// Every instrument has a channel to itself as long as there are any (nine strips of 15).
pub fn events(score: &Score, rate: u32) -> Vec<Event> {
    let frame = |seconds: f64| (seconds.max(0.0) * f64::from(rate)).round() as u64;
    let place = |instrument: u32, drums: bool| {
        let strips = u32::from(HOUSE) + 1;
        if drums {
            return ((instrument % strips) as u8, DRUM_CHANNEL);
        }
        let channel = (instrument % PITCHED) as u8;
        ((instrument / PITCHED % strips) as u8, channel + u8::from(channel >= DRUM_CHANNEL))
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
            put(0, 0, track, Message::Program { channel, program: note.program });
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
            let message = Message::Control { channel, number: change.number, value: change.value };
            put(frame(change.time), 1, track, message);
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
}
