//! The outer form of a MIDI file: one header, then as many track chunks as it promises.
//!
//! `midly` takes what it finds; the reference refuses a chunk that is cut short or is no track, and so does this.

use super::MidiError;

/// Header of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Ticks a quarter note, above 0.
    pub ticks_per_quarter: u16,
    /// Number of tracks that follow.
    pub tracks: u16,
}

/// A track's bytes and where they stand in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrackBytes<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

/// The header and the tracks of a file. Types 0, 1 and 2 are treated alike, as the reference does.
pub(super) fn read<'a>(bytes: &'a [u8], name: &str) -> Result<(Header, Vec<TrackBytes<'a>>), MidiError> {
    let mut at = 0;
    if !bytes.starts_with(b"MThd") {
        let start = bytes[..bytes.len().min(4)].escape_ascii().to_string();
        return Err(MidiError::NotMidi { name: name.to_owned(), start: format!("\"{start}\"") });
    }
    let (_, head) = chunk(bytes, &mut at, name)?;
    let header = header(head.bytes, name)?;
    let mut tracks = Vec::with_capacity(usize::from(header.tracks).min(256));
    for _ in 0..header.tracks {
        let start = at;
        let (id, track) = chunk(bytes, &mut at, name)?;
        if &id != b"MTrk" {
            let what = format!("\"{}\" where a track should start", id.escape_ascii());
            return Err(MidiError::Chunk { name: name.to_owned(), what, at: start });
        }
        tracks.push(track);
    }
    Ok((header, tracks))
}

fn header(bytes: &[u8], name: &str) -> Result<Header, MidiError> {
    let short =
        || MidiError::Chunk { name: name.to_owned(), what: "a header that is too short".into(), at: 8 };
    let word = |i: usize| Some(u16::from_be_bytes([*bytes.get(i)?, *bytes.get(i + 1)?]));
    let tracks = word(2).ok_or_else(short)?;
    let division = word(4).ok_or_else(short)?;
    if division & 0x8000 != 0 {
        return Err(MidiError::Smpte { name: name.to_owned() });
    }
    if division == 0 {
        return Err(MidiError::NoDivision { name: name.to_owned() });
    }
    if tracks == 0 {
        return Err(MidiError::NoTracks { name: name.to_owned() });
    }
    Ok(Header { ticks_per_quarter: division, tracks })
}

/// The chunk at `at`, its four letters and content; `at` moves behind it.
fn chunk<'a>(bytes: &'a [u8], at: &mut usize, name: &str) -> Result<([u8; 4], TrackBytes<'a>), MidiError> {
    let damaged = |what: String| MidiError::Chunk { name: name.to_owned(), what, at: *at };
    let rest = bytes.get(*at..).unwrap_or_default();
    let Some((&[a, b, c, d, l0, l1, l2, l3], content)) = rest.split_first_chunk::<8>() else {
        return Err(damaged("the file ends where a track should start".into()));
    };
    let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
    let Some(content) = content.get(..length) else {
        return Err(damaged(format!("a chunk of {length} bytes of which {} are there", content.len())));
    };
    let start = *at + 8;
    *at = start + length;
    Ok(([a, b, c, d], TrackBytes { bytes: content, at: start }))
}
