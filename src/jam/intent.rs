//! Everything that can be asked of the jam: keys, mouse, scripts and controllers all speak this one enum.

use std::path::PathBuf;
use std::sync::Arc;

use super::gear;
use super::learn::{Knob, Target};
use super::message::Tone;
use super::progress::Progress;
use super::save::Saved;
use super::scene::Line;
use super::script::{Argument, ScriptNews, ScriptOrder};
use super::session::Session;
use super::slot::{Slot, SlotId};
use super::track::Output;
use super::wiring::Wiring;
use crate::engine::Command;
use crate::latent::attributes::Attribute;
use crate::latent::generate::Generated;
use crate::music::pattern::Pattern;

/// A wish of the player, or news from the machinery. [`super::update`] answers each with effects.
///
/// Where a place is an `Option`, `None` is the selected one. Values outside their range are brought into it.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Make a first beat, play it as soon as it is there, and fill the row behind it.
    Begin,
    /// Play when stopped, stop when playing.
    TogglePlay,
    /// Start from the top; launches the selected pattern where nothing was launched before.
    Play,
    /// Stop, and go back to the top.
    Stop,
    /// Set the tempo, in quarters a minute.
    Tempo(f64),
    /// Change the tempo by so many quarters a minute.
    NudgeTempo(f64),
    /// A tap in time, at this many seconds of any steady clock: the second and later taps set the tempo.
    Tap {
        /// Seconds of the clock.
        at: f64,
    },
    /// Set the swing: where in its pair of 16ths the second one stands, 0.5 (straight) to 0.75.
    Swing(f32),
    /// Change the swing by so much.
    NudgeSwing(f32),
    /// Metronome on or off.
    ToggleMetronome,
    /// The next launch boundary of the row now, beat, bar, 2 bars.
    NextQuantise,
    /// Count so many bars in before the music starts, 0 to 2.
    CountIn(u8),
    /// The next count-in of the row none, 1 bar, 2 bars.
    NextCountIn,
    /// Play a row or a column of the bank at once, each pattern on a track of its own; what else plays falls silent.
    Scene(Line),
    /// Silence everything that sounds, now.
    Panic,

    /// Move the selection, around the edges.
    Move {
        /// Rows down.
        rows: i8,
        /// Columns to the right.
        columns: i8,
    },
    /// Select a place.
    Select(SlotId),
    /// Play a pattern from the next boundary on.
    Launch(Option<SlotId>),
    /// Empty a place.
    Clear(Option<SlotId>),
    /// Remember the pattern of a place.
    Copy(Option<SlotId>),
    /// Put the remembered pattern into a place.
    Paste(Option<SlotId>),

    /// A new pattern from the prior into a place; where none is named and the selected one holds a pattern of another
    /// kind, into the next empty one.
    Sample(Option<SlotId>),
    /// New patterns into all empty places of the row of a place; into all of them when none is empty, or into an empty
    /// row where that one holds patterns of another kind.
    SampleRow(Option<SlotId>),
    /// A variation of a pattern in its own place.
    Vary(Option<SlotId>),
    /// A variation of a pattern in the next empty place; the selection goes there.
    VaryAside(Option<SlotId>),
    /// The first time: mark an end. The second time: fill the way between the ends with what lies between them.
    Interpolate(Option<SlotId>),
    /// Forget the mark, or whatever else waits for a second key.
    Dismiss,
    /// Set the sampling temperature.
    Temperature(f32),
    /// Change the sampling temperature by so much.
    NudgeTemperature(f32),
    /// The next model that suits the selected track makes what is made from now on.
    NextModel,

    /// Select a track, 0 is the first.
    SelectTrack(usize),
    /// Select the track so many further on, around the ends.
    NextTrack(i8),
    /// Take the pattern off a track at the next boundary.
    Halt(Option<usize>),
    /// Mute or unmute a track.
    ToggleTrack(Option<usize>),
    /// Play only this track, or all again when it was alone.
    SoloTrack(Option<usize>),
    /// Set the level of a track, in decibels.
    Level {
        /// The track.
        track: Option<usize>,
        /// Decibels, [`super::limits::LEVEL`].
        db: f32,
    },
    /// Change the level of a track by so many decibels.
    NudgeLevel {
        /// The track.
        track: Option<usize>,
        /// Decibels.
        by: f32,
    },
    /// Put a track between left (-1) and right (1).
    Pan {
        /// The track.
        track: Option<usize>,
        /// The place.
        pan: f32,
    },
    /// Move a track's place by so much to the right.
    NudgePan {
        /// The track.
        track: Option<usize>,
        /// To the right.
        by: f32,
    },
    /// Set the length of a track's loops in steps; 0 is each pattern's own.
    Steps {
        /// The track.
        track: Option<usize>,
        /// Steps.
        steps: u32,
    },
    /// Make a track's loops longer by so many steps.
    NudgeSteps {
        /// The track.
        track: Option<usize>,
        /// Steps.
        by: i32,
    },
    /// Choose where a track is heard.
    Output {
        /// The track.
        track: Option<usize>,
        /// Where.
        output: Output,
    },
    /// The next of everywhere, the built-in sounds, and each MIDI output.
    NextOutput(Option<usize>),
    /// Change how a track is played on gear outside: channel, bank, program, kit.
    Gear {
        /// The track.
        track: Option<usize>,
        /// What.
        change: gear::Change,
    },
    /// Print a track to the loop that it plays and keep it so, or thaw it.
    Freeze(Option<usize>),
    /// A fill on a track for the next bar, made of what plays there.
    Fill(Option<usize>),
    /// A fill on every track that plays.
    FillAll,
    /// Play a row from a place on, point after point; without a place: from the selected one, or end the chain.
    Chain(Option<SlotId>),
    /// Play each point of a chain so many times, [`super::limits::ROUNDS`].
    ChainRounds(u8),
    /// So many times more.
    NudgeChainRounds(i8),
    /// A chain begins anew at its end, or not.
    ChainAround,
    /// Set the General MIDI program of the selected track, 0..=127.
    Program(u8),
    /// Go so many programs on, around the ends.
    NudgeProgram(i8),
    /// Move the selected track by so many octaves.
    NudgeOctave(i8),
    /// Melodies on a track in the register of a bass, or as they are made.
    Register(Option<usize>),
    /// Another track for drums, notes or bass; it is selected.
    AddTrack(crate::music::pattern::Part),
    /// Take the selected track away.
    RemoveTrack,

    /// Put a pattern into a corner of the palette: 0 left above, 1 right above, 2 left below, 3 right below.
    PaletteCorner {
        /// The corner.
        corner: u8,
        /// The pattern's place.
        place: Option<SlotId>,
    },
    /// Take the corners of the palette from the bank, the selected pattern first.
    PaletteFill,
    /// Put the palette's dot somewhere; the music follows.
    PaletteTo {
        /// 0 left to 1 right.
        x: f64,
        /// 0 top to 1 bottom.
        y: f64,
    },
    /// Move the palette's dot by so much.
    PaletteMove {
        /// To the right.
        x: f64,
        /// Downwards.
        y: f64,
    },
    /// Move the pattern to where so many vectors of an attribute are added to it, [`super::limits::SLIDER`].
    Slide {
        /// The attribute.
        attribute: Attribute,
        /// How many of its vectors.
        to: f32,
    },
    /// Move the chosen slider by so much.
    NudgeSlider(f32),
    /// Choose the slider so many further down, around the ends.
    ChooseSlider(i8),
    /// The chosen slider back into the middle.
    SliderHome,
    /// All sliders back into the middle.
    SlidersHome,
    /// As [`Intent::Learn`]: the chosen slider.
    LearnSlider,
    /// Put notes written by hand in place of those of a pattern.
    Write {
        /// Where the pattern stands.
        place: SlotId,
        /// The notes.
        pattern: Pattern,
        /// What undo calls it.
        label: String,
        /// Changes of one kind in a row are one step of undo.
        nudge: bool,
    },

    /// Mute or unmute a drum class, 0 (kick) to 8 (ride).
    ToggleClass(u8),
    /// Play only this drum class, or all again when it was alone.
    SoloClass(u8),
    /// Unmute all drum classes.
    UnmuteAll,

    /// Record what is played on MIDI keys into the selected place, or be done with it.
    Record,
    /// Recorded notes keep the timing they are played with, or stand on the grid.
    RecordFree,
    /// A MIDI key went down or up on the selected track; it has been heard already.
    Key {
        /// Where the song was heard then, beats (quarters); `None` while it stands still or is counted in.
        beat: Option<f64>,
        /// MIDI key, before the track's octaves.
        key: u8,
        /// 1..=127; 0 where it went up.
        velocity: u8,
    },
    /// A note of the computer's keyboard: heard on the selected track, and else as [`Intent::Key`].
    Strike {
        /// Where the song was heard then, beats (quarters); `None` while it stands still or is counted in.
        beat: Option<f64>,
        /// MIDI key, before the track's octaves.
        key: u8,
        /// 1..=127; 0 where it ends.
        velocity: u8,
    },
    /// While recording: the song has come to this beat (quarters).
    RecordUntil(f64),

    /// Take back the last change.
    Undo,
    /// Do again what was taken back.
    Redo,
    /// Write the bank as a MIDI file.
    Save,
    /// Render the bank as a WAV file.
    Render,
    /// Write the whole jam as a session.
    SaveSession,
    /// Write the whole jam as a session of this name, `.toml` where it has no ending; never over another one.
    SaveSessionAs(String),
    /// A pattern without notes into an empty place, to write notes into.
    Blank(Option<SlotId>),
    /// Open a session; the answer is [`Intent::Opened`].
    Open(PathBuf),
    /// End what takes its time: the rendering, or else what is being made.
    CallOff,
    /// Leave.
    Quit,
    /// Leave where it is the second time within a moment: elsewhere the key copies, and the music is not to end by habit.
    Interrupt {
        /// Seconds of a steady clock.
        at: f64,
    },

    /// From a script: let the transport run, whatever plays.
    Run,
    /// From a script: an order for the engine, with its beat.
    Perform(Command),
    /// From a script: a launch or a fill for the engine, and what there is to see of it.
    Plays {
        /// The launch, or the fill.
        command: Command,
        /// The pattern, as it stands in phase with the transport.
        slot: Arc<Slot>,
        /// The part that is shown.
        part: crate::music::pattern::Part,
    },
    /// From a script: a track is frozen to what plays on it, or thawed; nothing where it is so already.
    Hold {
        /// The track.
        track: usize,
        /// Frozen.
        on: bool,
    },
    /// From a script: a pattern for a place of the bank.
    Put {
        /// The place.
        place: SlotId,
        /// The pattern.
        slot: Arc<Slot>,
    },

    /// Something to be done with scripts.
    Script(ScriptOrder),
    /// From a script: an OSC message to whoever listens outside.
    Tell {
        /// Its address.
        address: String,
        /// Its values.
        arguments: Vec<Argument>,
    },
    /// News: what has become of scripts.
    ScriptSays(ScriptNews),

    /// News: a request is done; one pattern for each place it asked for, in that order.
    Generated {
        /// The number of the request.
        ticket: u64,
        /// The patterns.
        patterns: Vec<Generated>,
    },
    /// News: a request failed.
    Failed {
        /// The number of the request.
        ticket: u64,
        /// The cause and the remedy.
        why: String,
    },
    /// News: this launch (see [`super::Effect::Launch`]) sounds now on a track.
    Heard {
        /// The track.
        track: usize,
        /// The launch; `None` when nothing plays there any more.
        launch: Option<u32>,
    },
    /// News: the transport has come to this quarter.
    Beat(u32),
    /// News: the names of the MIDI outputs there are.
    Ports(Vec<String>),
    /// News: the kits there are, besides General MIDI's.
    Kits(Vec<gear::Kit>),
    /// News: the bank was written, or why not.
    Saved(Result<Saved, String>),
    /// News: the session was written, or why not.
    SessionSaved(Result<PathBuf, String>),
    /// News: the bank was rendered, or why not.
    Rendered {
        /// The number of the rendering.
        ticket: u64,
        /// The file, or the cause and the remedy.
        outcome: Result<PathBuf, String>,
    },
    /// News: how far a request or a rendering is.
    Progress {
        /// Its number.
        ticket: u64,
        /// How far it is.
        progress: Progress,
    },
    /// News: a session was read. It takes the jam's place.
    Opened {
        /// Its file, where saving goes to; `None` for one without a file of its own.
        path: Option<PathBuf>,
        /// What it holds.
        session: Box<Session>,
        /// What the player should know of the file.
        told: Vec<String>,
        /// Names of models that cannot be read, each with why.
        lost: Vec<(String, String)>,
    },
    /// The next knob or pad that moves will do this; the same wish again forgets all that do.
    Learn(Target),
    /// As [`Intent::Learn`]: the launch of the selected place.
    LearnLaunch,
    /// As [`Intent::Learn`]: the mute of the selected track.
    LearnMute,
    /// As [`Intent::Learn`]: the level of the selected track.
    LearnLevel,
    /// Change what MIDI outputs are sent, and when; open and close ports.
    Wire(Wiring),
    /// A knob of a controller moved, or a pad was struck.
    Knob {
        /// Which.
        knob: Knob,
        /// 0..=127; a pad that is let go says nothing.
        value: u8,
    },
    /// A controller chose a program, 0..=127: the place of that number, in reading order, is launched.
    ProgramChange(u8),
    /// Follow the clock outside, or lead again.
    FollowClock,
    /// News: the clock outside has started or stopped the transport.
    Transported(bool),
    /// News for the player, from outside the jam.
    Say(Tone, String),
}
