//! One track: the clip that plays, what waits for its boundary, what is muted.

use std::sync::Arc;

use super::cursor::{Cursor, Due};
use super::{Clip, TrackState, chance};

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

/// Which of a track's clips a note comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The clip that plays.
    Playing,
    /// The clip that waits; its early notes sound before its boundary.
    Waiting,
    /// A fill, over whichever plays.
    Fill,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Playing, Self::Waiting, Self::Fill];
}

/// A clip that plays over the track's own for a while.
#[derive(Debug)]
pub struct Fill {
    /// What plays.
    pub voice: Voice,
    /// First beat that is the fill's.
    pub from: f64,
    /// First beat that is not any more.
    pub to: f64,
    /// It has begun.
    pub begun: bool,
}

impl Fill {
    /// True where what is written at beat `grid` belongs to the fill.
    pub fn covers(&self, grid: f64) -> bool {
        (self.from - SLACK..self.to - SLACK).contains(&grid)
    }
}

/// One track of the sequencer.
#[derive(Debug)]
pub struct Track {
    /// What plays.
    pub playing: Option<Voice>,
    /// What comes next.
    pub pending: Option<Pending>,
    /// What plays over it for a while.
    pub fill: Option<Fill>,
    /// No note sounds.
    pub muted: bool,
    /// No note of these keys sounds.
    pub muted_keys: u128,
    /// Linear loudness.
    pub gain: f32,
    /// Channel and place between left (-1) and right (1), once it was given one.
    pub pan: Option<(u8, f32)>,
    /// Programs given to channels outside clips.
    pub programs: [Option<u8>; 16],
    /// Channels whose sustain pedal is down: bit = channel.
    pub pedals: u16,
}

impl Default for Track {
    fn default() -> Self {
        Self {
            playing: None,
            pending: None,
            fill: None,
            muted: false,
            muted_keys: 0,
            gain: 1.0,
            pan: None,
            programs: [None; 16],
            pedals: 0,
        }
    }
}

impl Track {
    /// The clip's next note from `source`.
    pub fn peek(&self, source: Source) -> Option<Due> {
        let voice = self.voice(source)?;
        let due = voice.cursor.peek(&voice.clip)?;
        // After its end a fill is not to be heard again.
        let over =
            source == Source::Fill && self.fill.as_ref().is_some_and(|fill| due.grid >= fill.to - SLACK);
        if over { None } else { Some(due) }
    }

    /// The voice behind `source`.
    pub fn voice(&self, source: Source) -> Option<&Voice> {
        match source {
            Source::Playing => self.playing.as_ref(),
            Source::Waiting => match &self.pending {
                Some(Pending { change: Change::Launch(voice), .. }) => Some(voice),
                _ => None,
            },
            Source::Fill => self.fill.as_ref().map(|fill| &fill.voice),
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
            Source::Fill => self.fill.as_mut().map(|fill| &mut fill.voice),
        }
    }

    /// True where a note from `source` written at `grid` is to be heard: not muted, and not of a bar that
    /// belongs to the next clip already, or to a fill, and not left out by chance.
    pub fn sounds(&self, source: Source, due: &Due) -> bool {
        let (grid, key) = (due.grid, due.note.key);
        let filled = source != Source::Fill && self.fill.as_ref().is_some_and(|fill| fill.covers(grid));
        let seed = self.voice(source).map_or(0, |voice| voice.clip.seed());
        let ended = source == Source::Playing
            && self.pending.as_ref().is_some_and(|pending| grid >= pending.beat - SLACK);
        !self.muted
            && self.muted_keys >> key & 1 == 0
            && !ended
            && !filled
            && chance::sounds(seed, grid, key, due.note.chance)
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
        if let Some(Fill { voice, from, .. }) = &mut self.fill {
            voice.cursor = Cursor::seek(&voice.clip, *from - SLACK);
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
            fill: self.fill.as_ref().map(|fill| (fill.from, fill.to)),
        }
    }
}
