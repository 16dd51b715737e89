//! The events of one track with their absolute ticks: `midly` decodes, this guards.
//!
//! `midly` ends a track silently at the first event it cannot read and shortens an event that runs past the end.
//! The reference refuses such a file, so each event is looked at before it is handed over. Three of the reference's
//! habits are kept because notes move without them: a meta event leaves running status alone, a track is read to
//! the end of its chunk (End-of-Track or not), and the delta time of a meta event of unknown type is dropped.

use midly::{EventIter, MetaMessage, TrackEventKind};

/// Longest message in bytes, as in the reference.
const LONGEST: usize = 1_000_000;

/// Why an event cannot be read, and where (offset in the track).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bad {
    pub what: &'static str,
    pub at: usize,
}

/// Iterator over (tick, event) of a track's bytes. After an error it ends.
pub(super) struct Events<'a> {
    track: &'a [u8],
    at: usize,
    tick: u64,
    running: Option<u8>,
}

impl<'a> Events<'a> {
    pub fn new(track: &'a [u8]) -> Self {
        Self { track, at: 0, tick: 0, running: None }
    }

    fn step(&mut self) -> Result<Option<(u64, TrackEventKind<'a>)>, Bad> {
        loop {
            let rest = self.track.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(None);
            }
            let at = self.at;
            let bad = |what| Bad { what, at };
            let (delta, used) = variable_int(rest).ok_or(bad("an unreadable time"))?;
            let first = *rest.get(used).ok_or(bad("a time without an event"))?;
            let (status, data) = match first {
                0x80.. => (first, used + 1),
                _ => (self.running.ok_or(bad("a data byte where an event should start"))?, used),
            };
            if status != 0xFF {
                self.running = Some(status);
            }
            if let Some(length) = common_length(status).map_err(bad)? {
                // System common and real-time messages have no place in a file, yet the reference skips them.
                let data = rest.get(data..data + length).ok_or(bad("an event that is cut short"))?;
                if data.iter().any(|&b| b > 0x7F) || (first < 0x80 && length == 0) {
                    return Err(bad("a data byte where none should be"));
                }
                self.tick += u64::from(delta);
                self.at += used + usize::from(first >= 0x80) + length;
                continue;
            }
            match status {
                0xF0 | 0xF7 if first < 0x80 => return Err(bad("a data byte where an event should start")),
                0xF0 | 0xF7 => check_exclusive(rest.get(data..).unwrap_or_default()).map_err(bad)?,
                0xFF => check_meta_body(rest.get(data..).unwrap_or_default()).map_err(bad)?,
                _ => {}
            }
            let mut events = EventIter::new(rest);
            *events.running_status_mut() = self.running;
            let event = match events.next() {
                Some(Ok(event)) => event.kind,
                _ => return Err(bad("an event that is cut short or has a data byte above 127")),
            };
            self.at = self.track.len() - events.unread().len();
            let known = match &event {
                TrackEventKind::Meta(meta) => check_meta(meta).map_err(bad)?,
                _ => true,
            };
            if known {
                self.tick += u64::from(delta);
                return Ok(Some((self.tick, event)));
            }
        }
    }
}

impl<'a> Iterator for Events<'a> {
    type Item = Result<(u64, TrackEventKind<'a>), Bad>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step().transpose();
        if matches!(step, Some(Err(_))) {
            self.at = self.track.len();
        }
        step
    }
}

/// A number of seven bits a byte, at most four bytes, and the bytes it took.
fn variable_int(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut value = 0;
    for (i, &byte) in bytes.iter().take(4).enumerate() {
        value = value << 7 | u32::from(byte & 0x7F);
        if byte < 0x80 {
            return Some((value, i + 1));
        }
    }
    None
}

/// Data bytes of a system common or real-time message; nothing for every other status.
fn common_length(status: u8) -> Result<Option<usize>, &'static str> {
    match status {
        0xF1 | 0xF3 => Ok(Some(1)),
        0xF2 => Ok(Some(2)),
        0xF6 | 0xF8 | 0xFA..=0xFC | 0xFE => Ok(Some(0)),
        0xF4 | 0xF5 | 0xF9 | 0xFD => Err("an undefined status byte"),
        _ => Ok(None),
    }
}

/// The data of a message that starts with its length; all of it must be there.
fn message_data(body: &[u8]) -> Result<&[u8], &'static str> {
    let (length, used) = variable_int(body).ok_or("a message of unreadable length")?;
    let length = length as usize;
    if length > LONGEST {
        return Err("a message of more than 1,000,000 bytes");
    }
    body.get(used..used + length).ok_or("a message that is cut short")
}

/// Between its brackets a system exclusive message has seven bits a byte.
fn check_exclusive(body: &[u8]) -> Result<(), &'static str> {
    let data = message_data(body)?;
    let data = data.strip_prefix(&[0xF0]).unwrap_or(data);
    let data = data.strip_suffix(&[0xF7]).unwrap_or(data);
    if data.iter().any(|&b| b > 0x7F) {
        return Err("a system exclusive message with a data byte above 127");
    }
    Ok(())
}

/// A meta event must be there in full; a key is major (0) or minor (1), which `midly` does not tell from other values.
fn check_meta_body(body: &[u8]) -> Result<(), &'static str> {
    let (&kind, body) = body.split_first().ok_or("a meta event that is cut short")?;
    let data = message_data(body)?;
    if kind == 0x59 && data.get(1).is_some_and(|&mode| mode > 1) {
        return Err("an impossible key signature");
    }
    Ok(())
}

/// True for a meta event of a type the reference knows; an error where such a one is malformed.
fn check_meta(meta: &MetaMessage) -> Result<bool, &'static str> {
    match meta {
        MetaMessage::KeySignature(sharps, _) if !(-7..=7).contains(sharps) => {
            Err("an impossible key signature")
        }
        MetaMessage::ProgramName(_) => Ok(false),
        // Too short for what it should hold: midly calls it unknown.
        MetaMessage::Unknown(0x20 | 0x51 | 0x54 | 0x58 | 0x59, _) => Err("a meta event that is too short"),
        MetaMessage::Unknown(0x21, _) => Ok(true),
        MetaMessage::Unknown(..) => Ok(false),
        _ => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::Events;

    fn ticks(track: &[u8]) -> Result<Vec<u64>, &'static str> {
        Events::new(track).map(|e| e.map(|(t, _)| t).map_err(|b| b.what)).collect()
    }

    #[test]
    fn a_meta_event_leaves_running_status_alone() {
        let track = [0, 0x90, 60, 1, 5, 0xFF, 0x01, 1, b'x', 5, 60, 0];
        assert_eq!(ticks(&track).unwrap(), [0, 5, 10]);
    }

    #[test]
    fn the_delta_of_an_unknown_meta_event_is_dropped_as_in_the_reference() {
        let track = [0, 0x90, 60, 1, 5, 0xFF, 0x60, 0, 5, 60, 0];
        assert_eq!(ticks(&track).unwrap(), [0, 5]);
    }

    #[test]
    fn events_after_end_of_track_are_read() {
        let track = [0, 0xFF, 0x2F, 0, 3, 0x90, 60, 1];
        assert_eq!(ticks(&track).unwrap(), [0, 3]);
    }

    #[test]
    fn whatever_is_cut_short_is_an_error() {
        for track in [
            &[0x80][..],
            &[0],
            &[0, 60],
            &[0, 0x90, 60],
            &[0, 0xFF, 0x01, 5, b'x'],
            &[0, 0xF0, 3, 1],
            &[0, 0xFF],
            &[0, 0xFF, 0x51, 1, 1],
            &[0x80, 0x80, 0x80, 0x80, 0, 0x90, 60, 1],
        ] {
            assert!(ticks(track).is_err(), "{track:?}");
        }
    }
}
