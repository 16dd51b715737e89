//! What the engine shows of itself: the latest state, copied to the player's side every block.

use super::TRACKS;
use super::sync::Lock;

/// One track as the engine plays it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackState {
    /// Slot of the clip that plays.
    pub playing: Option<u32>,
    /// Slot of the clip that waits for its boundary.
    pub queued: Option<u32>,
    /// Beat (quarters) at which the queued clip or the halt takes effect.
    pub change_at: Option<f64>,
    /// True where the clip ends at `change_at` and nothing follows.
    pub halting: bool,
    /// The track is muted.
    pub muted: bool,
    /// Bit `k`: MIDI key `k` is muted.
    pub muted_keys: u128,
    /// Linear loudness.
    pub gain: f32,
    /// Beat within the loop, 0..`length`.
    pub position: f64,
    /// Length of the loop in beats; 0 where nothing plays.
    pub length: f64,
    /// First beat of a fill, and the first after it.
    pub fill: Option<(f64, f64)>,
}

impl Default for TrackState {
    fn default() -> Self {
        Self {
            playing: None,
            queued: None,
            change_at: None,
            halting: false,
            muted: false,
            muted_keys: 0,
            gain: 1.0,
            position: 0.0,
            length: 0.0,
            fill: None,
        }
    }
}

/// Who leads the time, as shown to the player.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SyncState {
    /// How well the source is known; [`Lock::Internal`] where the engine leads itself.
    pub lock: Lock,
    /// The source's tempo for people, quarters a minute; 0 where unknown.
    pub bpm: f64,
    /// Standard deviation of its ticks, microseconds.
    pub jitter_us: f32,
}

/// The engine at the end of its latest block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snapshot {
    /// The transport runs.
    pub playing: bool,
    /// Beat (quarters) of the transport.
    pub beat: f64,
    /// Quarter notes a minute.
    pub bpm: f64,
    /// Where the off-beat 16th falls in its 8th, 0.5 straight.
    pub swing: f32,
    /// The metronome clicks.
    pub metronome: bool,
    /// Quarter notes left of a count-in, the one that sounds included; the transport does not run yet.
    pub counting: Option<u8>,
    /// The tracks.
    pub tracks: [TrackState; TRACKS],
    /// Notes that sound now (held, not counting tails).
    pub sounding: u16,
    /// Frames rendered since the engine started.
    pub frames: u64,
    /// Frames a second.
    pub rate: u32,
    /// Share of the time of a block that rendering it took, smoothed; 1 is the limit.
    pub load: f32,
    /// Blocks that came too late, since the start.
    pub xruns: u32,
    /// Host time (nanoseconds) at which `beat` is heard; 0 where nobody has said.
    pub host: u64,
    /// Who leads the time.
    pub sync: SyncState,
    /// Loudest sample of left and right lately, falling slowly; 1 is full scale.
    pub peak: [f32; 2],
}

impl Snapshot {
    /// The beat (quarters) that is heard at host time `at` (nanoseconds), a little before or after this block's end.
    pub fn beat_at(&self, at: u64) -> f64 {
        if !self.playing || self.host == 0 {
            return self.beat;
        }
        let away = at as i64 - self.host as i64;
        self.beat + away as f64 * 1e-9 * self.bpm / 60.0
    }
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            playing: false,
            beat: 0.0,
            bpm: 120.0,
            swing: 0.5,
            metronome: false,
            counting: None,
            tracks: [TrackState::default(); TRACKS],
            sounding: 0,
            frames: 0,
            rate: 48_000,
            load: 0.0,
            xruns: 0,
            host: 0,
            sync: SyncState::default(),
            peak: [0.0; 2],
        }
    }
}
