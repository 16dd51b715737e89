//! A score: notes in seconds with the tempo and metre they stand in, as a Standard MIDI File gives them.

/// One note.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Note {
    /// MIDI key, 0..=127.
    pub pitch: u8,
    /// MIDI velocity, 1..=127.
    pub velocity: u8,
    /// Start in seconds.
    pub start: f64,
    /// End in seconds.
    pub end: f64,
    /// Number of the instrument: one for every (program, channel, track) of a file that sounds (spec section 9).
    pub instrument: u32,
    /// General MIDI program, 0..=127.
    pub program: u8,
    /// True on MIDI channel 10, where `pitch` names a drum.
    pub is_drum: bool,
}

/// A tempo from a moment on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tempo {
    /// Seconds.
    pub time: f64,
    /// Quarter notes a minute. Comes from ticks, so 99.99999999 occurs where 100 was meant.
    pub qpm: f64,
}

/// A metre from a moment on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeSignature {
    /// Seconds.
    pub time: f64,
    /// Beats in a bar, at least 1.
    pub numerator: u32,
    /// Which note is one beat: a power of two.
    pub denominator: u32,
}

impl TimeSignature {
    /// The metre where a file names none.
    pub const COMMON: Self = Self { time: 0.0, numerator: 4, denominator: 4 };

    /// True where both are the same metre, whenever they start.
    pub fn same_metre(&self, other: &Self) -> bool {
        self.numerator == other.numerator && self.denominator == other.denominator
    }

    /// Quarter notes in a bar.
    pub fn quarters_per_bar(&self) -> f64 {
        4.0 / f64::from(self.denominator) * f64::from(self.numerator)
    }
}

/// A key from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub struct Key {
    /// Pitch class of the tonic, 0 = C .. 11 = B.
    pub tonic: u8,
    /// True in minor.
    pub minor: bool,
}

/// A key signature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeySignature {
    /// Seconds.
    pub time: f64,
    /// The key.
    pub key: Key,
}

/// A controller movement (a sustain pedal is number 64; nothing here ever applies it: spec section 9).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ControlChange {
    /// Seconds.
    pub time: f64,
    /// Controller number, 0..=127.
    pub number: u8,
    /// Value, 0..=127.
    pub value: u8,
    /// As [`Note::instrument`].
    pub instrument: u32,
    /// As [`Note::program`].
    pub program: u8,
    /// As [`Note::is_drum`].
    pub is_drum: bool,
}

/// A movement of the pitch wheel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PitchBend {
    /// Seconds.
    pub time: f64,
    /// -8192..=8191, 0 in the middle.
    pub bend: i16,
    /// As [`Note::instrument`].
    pub instrument: u32,
    /// As [`Note::program`].
    pub program: u8,
    /// As [`Note::is_drum`].
    pub is_drum: bool,
}

/// Everything of a piece that this program uses.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Score {
    /// Ticks a quarter note in the file it came from (or goes to).
    pub ticks_per_quarter: u16,
    /// End of the last note in seconds; a pattern's own end where the score was made from one.
    pub total_time: f64,
    /// Where its last track ends, seconds: a file that loops says here how long it is. 0 where nobody said.
    pub length: f64,
    /// The notes: instrument by instrument in the order of their note-offs, as read.
    pub notes: Vec<Note>,
    /// Tempos in order of time; a score that was read has one at 0.
    pub tempos: Vec<Tempo>,
    /// Metres in order of time; none means 4/4.
    pub time_signatures: Vec<TimeSignature>,
    /// Keys in order of time.
    pub key_signatures: Vec<KeySignature>,
    /// (seconds, text) of places with a name, in order of time. Written as markers, not read.
    pub markers: Vec<(f64, String)>,
    /// (instrument number, name) of those that have a name.
    pub instrument_names: Vec<(u32, String)>,
    /// Controller movements, instrument by instrument.
    pub control_changes: Vec<ControlChange>,
    /// Pitch wheel movements, instrument by instrument.
    pub pitch_bends: Vec<PitchBend>,
}

impl Score {
    /// Ticks a quarter in what this program writes (as the reference writes; spec section 11).
    pub const TICKS_PER_QUARTER: u16 = 220;
}
