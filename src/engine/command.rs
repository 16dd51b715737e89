//! What the player's side asks of the engine.

use std::sync::Arc;

use super::{Clip, Order, Setting};

/// When a launch or a halt takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Quantise {
    /// At once, in phase with the transport.
    Now,
    /// At the next quarter note.
    Beat,
    /// At the next 4/4 bar.
    #[default]
    Bar,
    /// At the next pair of bars.
    TwoBars,
    /// At a place of the transport, counted in [`Quantise::TICKS`] a beat; at once where it is past.
    Tick(u64),
}

impl Quantise {
    /// Ticks a beat (quarter) of [`Quantise::Tick`].
    pub const TICKS: f64 = 960.0;

    /// The place nearest to `beat`.
    pub fn at(beat: f64) -> Self {
        Self::Tick((beat * Self::TICKS).round() as u64)
    }

    /// Beats (quarters) between two boundaries; 0 for at once and for a single place.
    pub fn beats(self) -> f64 {
        match self {
            Self::Now | Self::Tick(_) => 0.0,
            Self::Beat => 1.0,
            Self::Bar => 4.0,
            Self::TwoBars => 8.0,
        }
    }

    /// The first boundary not before `beat`.
    ///
    /// A beat that misses a boundary by less than a hundred-thousandth counts as on it, so that what arrives
    /// in the very block of the boundary is not put off by a bar through rounding.
    pub fn boundary(self, beat: f64) -> f64 {
        match (self, self.beats()) {
            (Self::Tick(tick), _) => (tick as f64 / Self::TICKS).max(beat),
            (_, 0.0) => beat,
            (_, grid) => ((beat - 1e-5) / grid).ceil() * grid,
        }
    }
}

/// One order to the engine; takes effect at the start of the next block, in the order sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Runs the transport from where it stands.
    Play,
    /// Clicks so many quarter notes, then runs the transport from where it stands: on its very frame. Nothing where it
    /// runs already; [`Command::Stop`] calls it off.
    CountIn(u8),
    /// Halts the transport where it stands and ends every sounding note.
    Stop,
    /// Quarter notes a minute, held to [`super::SLOWEST_BPM`]..=[`super::FASTEST_BPM`]; the beat does not jump.
    Tempo(f64),
    /// Where the off-beat 16th falls in its 8th: 0.5 straight to 0.75.
    Swing(f32),
    /// Puts a clip on a track, in phase with the transport; at once where the transport stands still.
    Launch {
        /// Track, 0..8.
        track: u8,
        /// A number of the caller's choice, shown again in [`super::TrackState`].
        slot: u32,
        /// What to play.
        clip: Arc<Clip>,
        /// When the clip takes over.
        at: Quantise,
    },
    /// Takes the clip off a track.
    Halt {
        /// Track, 0..8.
        track: u8,
        /// When it ends.
        at: Quantise,
    },
    /// Plays a clip over a track's own from a boundary to the end of its bar, while that goes on unheard. Where a fill has
    /// begun already it lasts a bar longer instead. Nothing where the transport stands; a stop or a locate ends it.
    Fill {
        /// Track, 0..8.
        track: u8,
        /// What to play; it loops in phase with the transport.
        clip: Arc<Clip>,
        /// When it begins.
        at: Quantise,
    },
    /// Silences a track without stopping its clip.
    MuteTrack {
        /// Track, 0..8.
        track: u8,
        /// True silences.
        on: bool,
    },
    /// Silences single keys of a track.
    MuteKeys {
        /// Track, 0..8.
        track: u8,
        /// Bit `k` set: MIDI key `k` is silent. Replaces the keys muted before.
        keys: u128,
    },
    /// Loudness of a track: 1 as recorded, 0 silent, at most 4.
    Gain {
        /// Track, 0..8.
        track: u8,
        /// Linear factor.
        gain: f32,
    },
    /// Where a track stands: -1 left, 0 in the middle, 1 right.
    Pan {
        /// Track, 0..8.
        track: u8,
        /// MIDI channel of the track, for outputs that are told by a controller.
        channel: u8,
        /// The place.
        pan: f32,
    },
    /// Sets a channel of a track at once: for notes that no clip brings.
    Set {
        /// Track, 0..8.
        track: u8,
        /// How.
        setting: Setting,
    },
    /// Sounds one note at once, beside all tracks and even where the transport stands still.
    Audition {
        /// MIDI channel, 9 for drums.
        channel: u8,
        /// MIDI key.
        key: u8,
        /// MIDI velocity; 0 ends the note.
        velocity: u8,
    },
    /// A player's note on a track, at once, held until its end is told; no mute of the track touches it.
    Live {
        /// Track, 0..8.
        track: u8,
        /// MIDI channel, 9 for drums.
        channel: u8,
        /// MIDI key.
        key: u8,
        /// MIDI velocity; 0 ends the note.
        velocity: u8,
    },
    /// Does something to a track when the running transport comes to `beat`; at once where that is past. Forgotten when
    /// the transport stops or is moved.
    At {
        /// Beat (quarters from the start).
        beat: f64,
        /// Track, 0..8.
        track: u8,
        /// What happens.
        what: Order,
    },
    /// Clicks on every quarter note.
    Metronome(bool),
    /// Gives a clock: ticks, start, stop, continue and song position among the events.
    Clock(bool),
    /// Sends every event to the other end of the wire ([`super::Wire`]) as well.
    Feed(bool),
    /// Follows the source of time outside ([`super::SyncSource`]), or leads itself.
    Follow(bool),
    /// Moves the transport to a beat (quarters from the start).
    Locate(f64),
    /// Ends every sounding note at once, tails included; the transport goes on.
    Panic,
}

#[cfg(test)]
mod tests {
    use super::Quantise;

    #[test]
    fn a_boundary_is_the_next_one_and_the_present_one_counts() {
        assert_eq!(Quantise::Bar.boundary(0.0), 0.0);
        assert_eq!(Quantise::Bar.boundary(0.1), 4.0);
        assert_eq!(Quantise::Bar.boundary(4.000_000_1), 4.0);
        assert_eq!(Quantise::TwoBars.boundary(4.0), 8.0);
        assert_eq!(Quantise::Now.boundary(1.3), 1.3);
        assert_eq!(Quantise::Beat.boundary(1.3), 2.0);
        assert_eq!((Quantise::at(5.25).boundary(1.3), Quantise::at(1.0).boundary(1.3)), (5.25, 1.3));
    }
}
