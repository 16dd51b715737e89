//! What clocks tell each other, and what a source of time must know to lead the engine.

/// Clock ticks in a quarter note, as MIDI has them.
pub const TICKS: i64 = 24;
/// Clock ticks in a 16th note, the unit of song positions.
pub const TICKS_A_SIXTEENTH: i64 = 6;
/// Song positions MIDI can say: 14 bits of 16th notes, 1024 bars of 4/4.
pub const POSITIONS: i64 = 1 << 14;

/// One message between clocks (MIDI system real time, and the song position).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// A 24th of a quarter note has passed.
    Tick,
    /// The next tick is the first of the song.
    Start,
    /// The next tick is that of the song position.
    Continue,
    /// The transport halts.
    Stop,
    /// Where the song stands, 16ths from its start, 0..16384.
    Position(u16),
}

/// How well a source of time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lock {
    /// The engine leads itself.
    #[default]
    Internal,
    /// Nothing has been heard of the source yet.
    Waiting,
    /// Ticks come, and are too few for their tempo to be known.
    Locking,
    /// In step.
    Locked,
    /// Ticks have ceased: going on at the last tempo.
    Lost,
}

/// Where the music of a source stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The source's transport runs.
    pub playing: bool,
    /// Its beat (quarters); before `entry` where it has not begun yet.
    pub beat: f64,
    /// Quarter notes a minute.
    pub bpm: f64,
    /// Number of the run: a new one for every start, continue, stop and locate.
    pub run: u32,
    /// The beat this run has begun at.
    pub entry: f64,
}

/// Something that leads the engine: an external MIDI clock, a network session.
///
/// Asked on the real-time thread once a block: implementations allocate nothing and never wait.
pub trait SyncSource: std::fmt::Debug + Send {
    /// Takes what was heard of it, with the host time of its arrival in nanoseconds.
    fn hear(&mut self, at: u64, sync: Sync);
    /// Forgets everything heard.
    fn reset(&mut self);
    /// Notes that it is `now` (host nanoseconds), so that silence is noticed.
    fn observe(&mut self, now: u64);
    /// Where it stands at host time `at`, which may lie a little ahead; `None` until its tempo is known.
    fn target(&self, at: u64) -> Option<Target>;
    /// How well it is known.
    fn lock(&self) -> Lock;
    /// Tempo for people, quarters a minute: steadier than what is played. 0 where unknown.
    fn shown_bpm(&self) -> f64;
    /// Standard deviation of its ticks about their tempo, microseconds.
    fn jitter_us(&self) -> f32;
}
