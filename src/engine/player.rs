//! The two ends of the engine: [`Player`] for the player's side, [`Driver`] for the real-time side.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::Thread;

use rtrb::{Consumer, Producer, RingBuffer};

use super::chase::{Chase, Step};
use super::event::Silence;
use super::sequencer::Retire;
use super::wire::{Inbound, Line, Timed, Wire, wire};
use super::{
    Clip, Command, Event, Follower, Message, Output, Sequencer, Snapshot, SyncSource, SyncState, TRACKS,
    Timeline, host,
};

/// Commands under way at once; more wait on the player's side.
const COMMANDS: usize = 256;
/// Clips the engine can give back before the player's side has looked: all it holds (one playing, one waiting and one
/// fill a track) and all that can be under way.
const RETIRED: usize = COMMANDS + 3 * TRACKS + 1;
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
    wire: Option<Wire>,
    /// Sleeps while the engine rests.
    sleeper: Option<Thread>,
}

/// The engine as the real-time side holds it.
#[derive(Debug)]
pub struct Driver {
    sequencer: Sequencer,
    commands: Consumer<Command>,
    snapshot: triple_buffer::Input<Snapshot>,
    played: Producer<PlayedNote>,
    retired: Return,
    line: Line,
    /// Events go out on the line.
    feeding: bool,
    source: Box<dyn SyncSource>,
    chase: Option<Chase>,
    /// Host times (nanoseconds) of now and of when the next block is heard.
    moment: Option<(u64, u64)>,
    /// How much later than its block everything is heard, nanoseconds.
    lead: u64,
    /// Everything was silenced since somebody asked.
    cut: bool,
}

/// Makes a halted engine that runs at `rate` frames a second, and its two ends. It can follow a MIDI clock.
pub fn channel(rate: f64) -> (Player, Driver) {
    channel_with(rate, Box::new(Follower::new()))
}

/// As [`channel`], with another source of time to follow.
pub fn channel_with(rate: f64, source: Box<dyn SyncSource>) -> (Player, Driver) {
    let (commands, commands_end) = RingBuffer::new(COMMANDS);
    let (played, played_end) = RingBuffer::new(PLAYED);
    let (retired, retired_end) = RingBuffer::new(RETIRED);
    let (wire_end, line) = wire();
    let sequencer = Sequencer::new(rate);
    let (snapshot, snapshot_end) = triple_buffer::triple_buffer(&sequencer.snapshot());
    let player = Player {
        commands,
        waiting: VecDeque::new(),
        snapshot: snapshot_end,
        played: played_end,
        retired: retired_end,
        wire: Some(wire_end),
        sleeper: None,
    };
    let driver = Driver {
        sequencer,
        commands: commands_end,
        snapshot,
        played,
        retired: Return(retired),
        line,
        feeding: false,
        source,
        chase: None,
        moment: None,
        lead: 0,
        cut: false,
    };
    (player, driver)
}

impl Player {
    /// Sends a command; it takes effect at the start of the engine's next block. None is ever lost: where the
    /// ring is full (nobody plays just now), it waits here and goes with the next call.
    pub fn send(&mut self, command: Command) {
        self.waiting.push_back(command);
        self.tend();
    }

    /// As [`Player::send`], all of them before the same block where there is room for all: what is launched together
    /// cannot be parted by a boundary that falls in between.
    pub fn send_all(&mut self, commands: Vec<Command>) {
        self.waiting.extend(commands);
        self.tend();
    }

    /// The engine at the end of its latest block.
    pub fn snapshot(&mut self) -> Snapshot {
        self.tend();
        *self.snapshot.read()
    }

    /// From now on every order wakes `thread`, which may sleep while the engine rests ([`Driver::is_resting`]).
    pub fn wakes(&mut self, thread: Thread) {
        self.sleeper = Some(thread);
    }

    /// The outside end of the engine's line to MIDI: for one taker.
    pub fn take_wire(&mut self) -> Option<Wire> {
        self.wire.take()
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
        let ready = self.waiting.len().min(self.commands.slots());
        if let Ok(chunk) = self.commands.write_chunk_uninit(ready) {
            chunk.fill_from_iter(self.waiting.drain(..ready));
        }
        if let Some(thread) = self.sleeper.as_ref().filter(|_| ready > 0) {
            thread.unpark();
        }
    }
}

impl Driver {
    /// Obeys the commands that have come, renders the next `frames` frames into `out` and shows the result.
    ///
    /// `finish` fills in what only the caller knows (load, xruns, peaks). Allocates nothing and never waits.
    pub fn process(&mut self, frames: usize, out: &mut impl Output, finish: impl FnOnce(&mut Snapshot)) {
        let heard = self.moment.map_or(0, |(_, heard)| heard);
        let mut tap = Tap {
            out,
            played: &mut self.played,
            timeline: self.sequencer.timeline(),
            feed: &mut self.line.feed,
            feeding: self.feeding,
            heard,
            nanos: 1e9 / self.sequencer.rate(),
        };
        while let Ok(command) = self.commands.pop() {
            match command {
                Command::Feed(on) => (self.feeding, tap.feeding) = (on, on),
                Command::Panic => {
                    self.cut = true;
                    self.sequencer.apply(Command::Panic, &mut tap, &mut self.retired);
                }
                Command::Follow(on) if on != self.chase.is_some() => {
                    self.chase = on.then(Chase::default);
                    self.source.reset();
                }
                command => self.sequencer.apply(command, &mut tap, &mut self.retired),
            }
        }
        while let Ok(inbound) = self.line.inlet.pop() {
            match inbound {
                Inbound::Sync { at, sync } => self.source.hear(at, sync),
                Inbound::Lead(lead) => self.lead = lead,
                Inbound::Note { track, channel, key, velocity } => {
                    // The MIDI thread has sent it on already.
                    tap.feeding = false;
                    self.sequencer.live(track, channel, key, velocity, &mut tap);
                    tap.feeding = self.feeding;
                }
            }
        }
        if let Some((now, heard)) = self.moment {
            self.line.given.note(now, heard, (frames as f64 * 1e9 / self.sequencer.rate()) as u64);
        }
        if let (Some(chase), Some((now, heard))) = (&mut self.chase, self.moment) {
            self.source.observe(now);
            if let Some(target) = self.source.target(heard + self.lead) {
                let (playing, beat) = (self.sequencer.is_playing(), self.sequencer.beat());
                let orders = match chase.step(playing, beat, &target) {
                    Step::Stay => [None, None, None],
                    Step::Stop => [Some(Command::Stop), None, None],
                    Step::Tempo(bpm) => [Some(Command::Tempo(bpm)), None, None],
                    Step::Locate(beat, bpm) => [Some(Command::Tempo(bpm)), Some(Command::Locate(beat)), None],
                    Step::Play(beat, bpm) => {
                        [Some(Command::Tempo(bpm)), Some(Command::Locate(beat)), Some(Command::Play)]
                    }
                };
                for order in orders.into_iter().flatten() {
                    self.sequencer.apply(order, &mut tap, &mut self.retired);
                }
            }
        }
        tap.timeline = self.sequencer.timeline();
        self.sequencer.render(frames, &mut tap, &mut self.retired);
        let mut snapshot = self.sequencer.snapshot();
        if let Some((_, heard)) = self.moment {
            snapshot.host = heard + self.lead + (frames as f64 * 1e9 / self.sequencer.rate()) as u64;
        }
        if self.chase.is_some() {
            let (lock, bpm) = (self.source.lock(), self.source.shown_bpm());
            snapshot.sync = SyncState { lock, bpm, jitter_us: self.source.jitter_us() };
        }
        finish(&mut snapshot);
        self.snapshot.write(snapshot);
        self.moment = None;
    }

    /// True where nothing will happen until an order comes: the blocks until then may be made late and at once, by
    /// [`Driver::rest`].
    pub fn is_resting(&self) -> bool {
        self.commands.is_empty()
            && self.line.inlet.is_empty()
            && self.chase.is_none()
            && self.sequencer.is_resting()
    }

    /// Makes the blocks of so many frames that were slept through while the engine rested: nothing is in them, and
    /// orders that have come since wait for the next block.
    pub fn rest(&mut self, frames: usize) {
        self.sequencer.render(frames, &mut Silence, &mut self.retired);
    }

    /// Tells when the next block is made (`now`) and when its first frame is heard, host nanoseconds. Blocks without
    /// it have no place in host time: nothing goes out on the wire at its time, and nothing is followed.
    pub fn set_moment(&mut self, now: u64, heard: u64) {
        self.moment = Some((now, heard));
    }

    /// How much later than its block everything is heard, nanoseconds: whoever makes sound of it holds it back as long.
    pub fn lead(&self) -> u64 {
        self.lead
    }

    /// True where everything was silenced since this was asked last.
    pub fn take_cut(&mut self) -> bool {
        std::mem::take(&mut self.cut)
    }

    /// Ends every sounding note, outside as well, and goes on at another rate, for another device.
    pub fn set_rate(&mut self, rate: f64, out: &mut impl Output) {
        if self.feeding && rate != self.sequencer.rate() {
            // What the sequencer ends now falls between two blocks: it has no place in time to go out at.
            for track in 0..TRACKS as u8 {
                let _ = self.line.feed.push(Timed { at: host::now(), track, message: Message::Cut });
            }
        }
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
    feed: &'a mut Producer<Timed>,
    feeding: bool,
    /// Host time of the block's first frame, nanoseconds.
    heard: u64,
    /// Nanoseconds a frame.
    nanos: f64,
}

impl<O: Output> Output for Tap<'_, O> {
    fn event(&mut self, event: Event) {
        if let Message::NoteOn { channel, key, velocity } = event.message {
            let beat = self.timeline.beat_at(event.frame as f64);
            let note = PlayedNote { track: event.track, channel, key, velocity, frame: event.frame, beat };
            // A full ring means that nobody looks; the sound matters more than its light.
            let _ = self.played.push(note);
        }
        if self.feeding {
            let at = self.heard + (event.offset as f64 * self.nanos) as u64;
            // Full only where the other end has died: then nobody is left to hear it.
            let _ = self.feed.push(Timed { at, track: event.track, message: event.message });
        }
        self.out.event(event);
    }
}
