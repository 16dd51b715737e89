//! One track: the clip that plays, what waits for its boundary, what is muted.

use std::sync::Arc;

use super::cursor::{Cursor, Due};
use super::{Clip, TrackState};

/// Boundaries fall on whole beats; this much rounding is forgiven in comparing a note's beat with one.
const SLACK: f64 = 1e-9;

/// A clip with its place in the loop.
#[derive(Debug)]
pub struct Voice {
    /// The caller's number for it.
    pub slot: u32,
    /// What plays.
    pub clip: Arc<Clip>,
    /// Number of the launch.
    pub launch: u32,
    /// The next note.
    pub cursor: Cursor,
    /// The clip's programs have been sent.
    pub announced: bool,
}

/// What waits for a boundary.
#[derive(Debug)]
pub enum Change {
    /// A clip takes over.
    Launch(Voice),
    /// The clip ends.
    Halt,
}

/// A change and the beat it happens at.
#[derive(Debug)]
pub struct Pending {
    /// What happens.
    pub change: Change,
    /// When it was asked for, to find the boundary anew after a locate.
    pub at: super::Quantise,
    /// The boundary.
    pub beat: f64,
}

/// Which of a track's two clips a note comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The clip that plays.
    Playing,
    /// The clip that waits; its early notes sound before its boundary.
    Waiting,
}

/// One track of the sequencer.
#[derive(Debug)]
pub struct Track {
    /// What plays.
    pub playing: Option<Voice>,
    /// What comes next.
    pub pending: Option<Pending>,
    /// No note sounds.
    pub muted: bool,
    /// No note of these keys sounds.
    pub muted_keys: u128,
    /// Linear loudness.
    pub gain: f32,
    /// Programs given to channels outside clips.
    pub programs: [Option<u8>; 16],
}

impl Default for Track {
    fn default() -> Self {
        Self { playing: None, pending: None, muted: false, muted_keys: 0, gain: 1.0, programs: [None; 16] }
    }
}

impl Track {
    /// The clip's next note from `source`.
    pub fn peek(&self, source: Source) -> Option<Due> {
        let voice = self.voice(source)?;
        voice.cursor.peek(&voice.clip)
    }

    /// The voice behind `source`.
    pub fn voice(&self, source: Source) -> Option<&Voice> {
        match source {
            Source::Playing => self.playing.as_ref(),
            Source::Waiting => match &self.pending {
                Some(Pending { change: Change::Launch(voice), .. }) => Some(voice),
                _ => None,
            },
        }
    }

    /// The voice behind `source`, to change.
    pub fn voice_mut(&mut self, source: Source) -> Option<&mut Voice> {
        match source {
            Source::Playing => self.playing.as_mut(),
            Source::Waiting => match &mut self.pending {
                Some(Pending { change: Change::Launch(voice), .. }) => Some(voice),
                _ => None,
            },
        }
    }

    /// True where a note from `source` written at `grid` is to be heard: not muted, and not of a bar that
    /// belongs to the next clip already.
    pub fn sounds(&self, source: Source, grid: f64, key: u8) -> bool {
        let ended = source == Source::Playing
            && self.pending.as_ref().is_some_and(|pending| grid >= pending.beat - SLACK);
        !self.muted && self.muted_keys >> key & 1 == 0 && !ended
    }

    /// Puts every cursor at the first note that is not `past`, about beat `near`; a waiting clip's no earlier than
    /// its boundary.
    pub fn seek(&mut self, near: f64, past: impl Fn(&Due) -> bool) {
        if let Some(voice) = &mut self.playing {
            voice.cursor = Cursor::after(&voice.clip, near, &past);
        }
        if let Some(Pending { change: Change::Launch(voice), beat, .. }) = &mut self.pending {
            voice.cursor = Cursor::seek(&voice.clip, *beat - SLACK);
            voice.cursor.skip(&voice.clip, &past);
        }
    }

    /// The track as shown to the player at transport position `beat`.
    pub fn state(&self, beat: f64) -> TrackState {
        let length = self.playing.as_ref().map_or(0.0, |voice| voice.clip.length());
        TrackState {
            playing: self.playing.as_ref().map(|voice| voice.slot),
            queued: self.voice(Source::Waiting).map(|voice| voice.slot),
            change_at: self.pending.as_ref().map(|pending| pending.beat),
            halting: matches!(&self.pending, Some(Pending { change: Change::Halt, .. })),
            muted: self.muted,
            muted_keys: self.muted_keys,
            gain: self.gain,
            position: if length > 0.0 { beat.rem_euclid(length) } else { 0.0 },
            length,
        }
    }
}
