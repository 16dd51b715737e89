//! The two ends of the engine: [`Player`] for the player's side, [`Driver`] for the real-time side.

use std::collections::VecDeque;
use std::sync::Arc;

use rtrb::{Consumer, Producer, RingBuffer};

use super::sequencer::Retire;
use super::{Clip, Command, Event, Message, Output, Sequencer, Snapshot, TRACKS, Timeline};

/// Commands under way at once; more wait on the player's side.
const COMMANDS: usize = 256;
/// Clips the engine can give back before the player's side has looked: all it holds (one playing and one
/// waiting a track) and all that can be under way.
const RETIRED: usize = COMMANDS + 2 * TRACKS + 1;
/// Played notes kept for the player's side; when nobody looks, newer ones are left out.
const PLAYED: usize = 1024;

/// A note that has sounded, for meters and lights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlayedNote {
    /// Track, 0..8, or [`super::HOUSE`].
    pub track: u8,
    /// MIDI channel.
    pub channel: u8,
    /// MIDI key.
    pub key: u8,
    /// MIDI velocity.
    pub velocity: u8,
    /// Frame it began at, since the engine's start.
    pub frame: u64,
    /// Beat (quarters) it began at.
    pub beat: f64,
}

/// The engine as the player's side holds it: sends commands, reads what happens. Never waits.
#[derive(Debug)]
pub struct Player {
    commands: Producer<Command>,
    waiting: VecDeque<Command>,
    snapshot: triple_buffer::Output<Snapshot>,
    played: Consumer<PlayedNote>,
    retired: Consumer<Arc<Clip>>,
}

/// The engine as the real-time side holds it.
#[derive(Debug)]
pub struct Driver {
    sequencer: Sequencer,
    commands: Consumer<Command>,
    snapshot: triple_buffer::Input<Snapshot>,
    played: Producer<PlayedNote>,
    retired: Return,
}

/// Makes a halted engine that runs at `rate` frames a second, and its two ends.
pub fn channel(rate: f64) -> (Player, Driver) {
    let (commands, commands_end) = RingBuffer::new(COMMANDS);
    let (played, played_end) = RingBuffer::new(PLAYED);
    let (retired, retired_end) = RingBuffer::new(RETIRED);
    let sequencer = Sequencer::new(rate);
    let (snapshot, snapshot_end) = triple_buffer::triple_buffer(&sequencer.snapshot());
    let player = Player {
        commands,
        waiting: VecDeque::new(),
        snapshot: snapshot_end,
        played: played_end,
        retired: retired_end,
    };
    let driver = Driver { sequencer, commands: commands_end, snapshot, played, retired: Return(retired) };
    (player, driver)
}

impl Player {
    /// Sends a command; it takes effect at the start of the engine's next block. None is ever lost: where the
    /// ring is full (nobody plays just now), it waits here and goes with the next call.
    pub fn send(&mut self, command: Command) {
        self.waiting.push_back(command);
        self.tend();
    }

    /// The engine at the end of its latest block.
    pub fn snapshot(&mut self) -> Snapshot {
        self.tend();
        *self.snapshot.read()
    }

    /// Appends the notes that have sounded since the last call.
    pub fn played(&mut self, notes: &mut Vec<PlayedNote>) {
        self.tend();
        while let Ok(note) = self.played.pop() {
            notes.push(note);
        }
    }

    /// Frees what came back and sends what waits. The first before the second: that is what keeps room for
    /// every clip in the ring it comes back through.
    fn tend(&mut self) {
        while self.retired.pop().is_ok() {}
        while let Some(command) = self.waiting.pop_front() {
            if let Err(rtrb::PushError::Full(command)) = self.commands.push(command) {
                self.waiting.push_front(command);
                break;
            }
        }
    }
}

impl Driver {
    /// Obeys the commands that have come, renders the next `frames` frames into `out` and shows the result.
    ///
    /// `finish` fills in what only the caller knows (load, xruns, peaks). Allocates nothing and never waits.
    pub fn process(&mut self, frames: usize, out: &mut impl Output, finish: impl FnOnce(&mut Snapshot)) {
        let mut tap = Tap { out, played: &mut self.played, timeline: self.sequencer.timeline() };
        while let Ok(command) = self.commands.pop() {
            self.sequencer.apply(command, &mut tap, &mut self.retired);
            tap.timeline = self.sequencer.timeline();
        }
        self.sequencer.render(frames, &mut tap, &mut self.retired);
        let mut snapshot = self.sequencer.snapshot();
        finish(&mut snapshot);
        self.snapshot.write(snapshot);
    }

    /// Ends every sounding note and goes on at another rate, for another device.
    pub fn set_rate(&mut self, rate: f64, out: &mut impl Output) {
        self.sequencer.set_rate(rate, out);
    }

    /// Tells an output that is new what it must know: gains at once, programs before the next notes.
    pub fn announce(&mut self, out: &mut impl Output) {
        self.sequencer.announce(out);
    }

    /// Ends every sounding note; the last thing before the end.
    pub fn finish(&mut self, out: &mut impl Output) {
        self.sequencer.finish(out);
    }

    /// Frames a second.
    pub fn rate(&self) -> f64 {
        self.sequencer.rate()
    }

    /// The player's side has gone: nobody will send a command again.
    pub fn is_abandoned(&self) -> bool {
        self.commands.is_abandoned()
    }
}

/// The way back of clips the engine is done with.
#[derive(Debug)]
struct Return(Producer<Arc<Clip>>);

impl Retire for Return {
    fn retire(&mut self, clip: Arc<Clip>) {
        if let Err(rtrb::PushError::Full(clip)) = self.0.push(clip) {
            // The ring holds all there can be; should that ever be wrong, a leak is better than a free here.
            std::mem::forget(clip);
        }
    }
}

/// Passes events on and notes what sounds.
struct Tap<'a, O> {
    out: &'a mut O,
    played: &'a mut Producer<PlayedNote>,
    timeline: Timeline,
}

impl<O: Output> Output for Tap<'_, O> {
    fn event(&mut self, event: Event) {
        if let Message::NoteOn { channel, key, velocity } = event.message {
            let beat = self.timeline.beat_at(event.frame as f64);
            let note = PlayedNote { track: event.track, channel, key, velocity, frame: event.frame, beat };
            // A full ring means that nobody looks; the sound matters more than its light.
            let _ = self.played.push(note);
        }
        self.out.event(event);
    }
}
