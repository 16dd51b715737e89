//! The sequencer: commands in, events with sample offsets out. Pure: it knows frames and beats, no clock.

use std::sync::Arc;

use super::agenda::Agenda;
use super::count_in::CountIn;
use super::cursor::{Cursor, Due};
use super::ledger::{End, Held};
use super::metronome::Metronome;
use super::pulse::Pulse;
use super::swing::Swing;
use super::sync::Sync;
use super::track::{Change, Pending, Source, Track, Voice};
use super::{
    Clip, Command, Event, FASTEST_BPM, HOUSE, Ledger, Message, Output, Quantise, SLOWEST_BPM, Snapshot,
    TRACKS, Timeline,
};

mod counted;
mod filled;
mod rest;
mod timed;

/// How long an auditioned note is held, seconds.
const AUDITION_SECONDS: f64 = 0.35;
/// How long a click is held, beats.
const CLICK_BEATS: f64 = 0.125;
/// The "launch" of notes that a player holds: no clip has it, so that none of theirs ends with a clip's.
const LIVE: u32 = u32::MAX;
/// Loudest gain taken, linear.
const LOUDEST: f32 = 4.0;

/// Takes the clips the sequencer is done with; freeing them is not its business.
pub trait Retire {
    /// Takes one clip.
    fn retire(&mut self, clip: Arc<Clip>);
}

impl Retire for Vec<Arc<Clip>> {
    fn retire(&mut self, clip: Arc<Clip>) {
        self.push(clip);
    }
}

/// What comes next in a block.
#[derive(Debug, Clone, Copy)]
enum Next {
    End(Held),
    Change(usize),
    Fill(usize),
    Order,
    Note(usize, Source),
    Click,
    Count,
    Tick,
}

/// Eight looping tracks, a metronome and auditioned notes on one timeline.
#[derive(Debug)]
pub struct Sequencer {
    timeline: Timeline,
    /// First frame of what is rendered next.
    frame: u64,
    /// First frame of the block that is being rendered, or comes next: offsets count from here.
    origin: u64,
    playing: bool,
    /// Where the transport stands while it does not run.
    parked: f64,
    /// The transport has been put where it is and has not run from there yet.
    fresh: bool,
    swing: Swing,
    tracks: [Track; TRACKS],
    metronome: Metronome,
    /// Clicks before the transport runs.
    count: Option<CountIn>,
    pulse: Pulse,
    ledger: Ledger,
    agenda: Agenda,
    launches: u32,
}

impl Sequencer {
    /// A halted sequencer at beat 0, 120 beats a minute; `rate` is frames a second.
    pub fn new(rate: f64) -> Self {
        Self {
            timeline: Timeline::new(rate, 120.0),
            frame: 0,
            origin: 0,
            playing: false,
            parked: 0.0,
            fresh: true,
            swing: Swing::STRAIGHT,
            tracks: Default::default(),
            metronome: Metronome::default(),
            count: None,
            pulse: Pulse::default(),
            ledger: Ledger::default(),
            agenda: Agenda::default(),
            launches: 0,
        }
    }

    /// The same music on a device of another rate: sounding notes end, the beat and all clips stay.
    pub fn set_rate(&mut self, rate: f64, out: &mut impl Output) {
        if rate == self.timeline.rate() || !(rate > 0.0 && rate.is_finite()) {
            return;
        }
        let beat = self.beat();
        // Of notes on the way, the old clock knows which have sounded.
        let past = self.playing.then(|| self.past());
        self.release(out, |_| true);
        self.timeline = Timeline::new(rate, self.timeline.bpm());
        self.place(beat);
        match past {
            Some(past) => self.seek(beat, past),
            None => {
                self.seek(beat, self.past());
                self.pulse.idle(self.timeline, beat);
            }
        }
        self.count_anew();
    }

    /// Tells an output that is new what it must know: gains at once, programs before the next notes.
    pub fn announce(&mut self, out: &mut impl Output) {
        for (index, track) in self.tracks.iter_mut().enumerate() {
            for source in Source::ALL {
                if let Some(voice) = track.voice_mut(source) {
                    voice.announced = false;
                }
            }
            let placed = track.pan.map(|(channel, pan)| Message::Pan { channel, pan });
            for message in [Some(Message::Gain(track.gain)), placed].into_iter().flatten() {
                out.event(Event { frame: self.frame, offset: 0, track: index as u8, message });
            }
        }
        self.announce_programs(out);
    }

    /// Ends every sounding note.
    pub fn finish(&mut self, out: &mut impl Output) {
        self.release(out, |_| true);
    }

    /// Frames a second.
    pub fn rate(&self) -> f64 {
        self.timeline.rate()
    }

    /// The map from frames to beats that holds while the transport runs.
    pub fn timeline(&self) -> Timeline {
        self.timeline
    }

    /// Beat (quarters) of the transport at the start of the next block.
    pub fn beat(&self) -> f64 {
        if self.playing { self.timeline.beat_at(self.frame as f64) } else { self.parked }
    }

    /// The transport runs.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// True where no note is held.
    pub fn is_quiet(&self) -> bool {
        self.ledger.is_empty()
    }

    /// Obeys `command` at the first frame of the next block.
    pub fn apply(&mut self, command: Command, out: &mut impl Output, done: &mut impl Retire) {
        match command {
            Command::Play => self.play(out),
            Command::CountIn(beats) => self.count_in(beats, out),
            Command::Stop => self.stop(out, done),
            Command::Tempo(bpm) if bpm.is_finite() => {
                let bpm = bpm.clamp(SLOWEST_BPM, FASTEST_BPM);
                self.timeline = self.timeline.with_tempo(self.frame, bpm);
                self.pulse.tempo(self.frame, bpm);
            }
            Command::Swing(share) => self.swing = Swing::new(share),
            Command::Launch { track, slot, clip, at } => self.launch(track, slot, clip, at, out, done),
            Command::Halt { track, at } => self.halt(track, at, out, done),
            Command::MuteTrack { track, on } => {
                let Some(state) = self.tracks.get_mut(usize::from(track)) else { return };
                state.muted = on;
                if on {
                    self.release(out, |held| held.track == track);
                }
            }
            Command::MuteKeys { track, keys } => {
                let Some(state) = self.tracks.get_mut(usize::from(track)) else { return };
                state.muted_keys = keys;
                self.release(out, |held| held.track == track && keys >> held.key & 1 == 1);
            }
            Command::Gain { track, gain } if gain.is_finite() => {
                let Some(state) = self.tracks.get_mut(usize::from(track)) else { return };
                state.gain = gain.clamp(0.0, LOUDEST);
                let message = Message::Gain(state.gain);
                self.emit(self.frame, track, message, out);
            }
            Command::Fill { track, clip, at } => self.fill(track, clip, at, out, done),
            Command::Pan { track, channel, pan } if pan.is_finite() => {
                let Some(state) = self.tracks.get_mut(usize::from(track)) else { return };
                let (channel, pan) = (channel.min(15), pan.clamp(-1.0, 1.0));
                state.pan = Some((channel, pan));
                self.emit(self.frame, track, Message::Pan { channel, pan }, out);
            }
            Command::Audition { channel, key, velocity } => self.audition(channel, key, velocity, out),
            Command::At { beat, track, what } => self.remember(beat, track, what),
            Command::Metronome(on) => self.metronome.on = on,
            Command::Clock(on) => self.clock(on, out),
            // The driver's business.
            Command::Feed(_) | Command::Follow(_) => {}
            Command::Locate(beat) if beat.is_finite() => {
                self.release(out, |held| held.track != HOUSE);
                self.agenda.clear();
                self.end_fills(out, done);
                self.fresh = true;
                if self.playing {
                    self.sync(Sync::Stop, out);
                }
                self.relocate(beat.max(0.0));
                if self.playing {
                    self.join(out);
                }
                self.count_anew();
            }
            Command::Panic => {
                self.release(out, |_| true);
                for track in 0..=HOUSE {
                    self.emit(self.frame, track, Message::Cut, out);
                }
            }
            // Not-a-number tempi, gains and places are no orders at all.
            Command::Tempo(_) | Command::Gain { .. } | Command::Pan { .. } | Command::Locate(_) => {}
        }
    }

    /// Renders the next `frames` frames: everything that falls into them goes to `out`, in order of time.
    pub fn render(&mut self, frames: usize, out: &mut impl Output, done: &mut impl Retire) {
        let end = self.frame + frames as u64;
        // The transport begins on its very frame, in the middle of a block as well.
        if let Some(begin) = self.counted().filter(|begin| *begin < end) {
            self.render_to(begin.max(self.frame), out, done);
            self.play(out);
        }
        self.render_to(end, out, done);
        self.origin = end;
    }

    /// Renders up to frame `end`.
    fn render_to(&mut self, end: u64, out: &mut impl Output, done: &mut impl Retire) {
        let mut reached = self.frame;
        while let Some((frame, next)) = self.next(end) {
            // What a tempo or swing change has put into the past happens at once.
            let frame = frame.max(reached);
            reached = frame;
            match next {
                Next::End(held) => {
                    self.ledger.take_first(|other| *other == held);
                    self.note_off(frame, held, out);
                }
                Next::Change(track) => self.change(frame, track, out, done),
                Next::Fill(track) => self.turn_fill(frame, track, out, done),
                Next::Order => self.obey(frame, out),
                Next::Note(track, source) => self.note(frame, track, source, out),
                Next::Click => self.click(frame, out),
                Next::Count => self.count(frame, out),
                Next::Tick => self.tick(frame, out),
            }
        }
        self.fresh &= !self.playing || end == self.frame;
        self.frame = end;
    }

    /// The engine as shown to the player's side; load, xruns and peaks are for the caller to fill in.
    pub fn snapshot(&self) -> Snapshot {
        let beat = self.beat();
        let mut tracks = Snapshot::default().tracks;
        for (shown, track) in tracks.iter_mut().zip(&self.tracks) {
            *shown = track.state(beat);
        }
        Snapshot {
            playing: self.playing,
            beat,
            bpm: self.timeline.bpm(),
            swing: self.swing.share(),
            metronome: self.metronome.on,
            counting: self.beats_to_go(),
            tracks,
            sounding: self.ledger.len() as u16,
            frames: self.frame,
            rate: self.timeline.rate() as u32,
            ..Snapshot::default()
        }
    }

    /// The earliest thing to happen before frame `end`; on the same frame ends come before changes, changes before
    /// orders, orders before notes.
    fn next(&self, end: u64) -> Option<(u64, Next)> {
        let mut best: Option<(u64, Next)> = None;
        let mut offer = |frame: u64, next: Next| {
            if frame < end && best.is_none_or(|(earliest, _)| frame < earliest) {
                best = Some((frame, next));
            }
        };
        let ends = self.ledger.next_end(|end| match end {
            End::Frame(frame) => Some(frame),
            End::Beat(beat) => self.playing.then(|| self.frame_of(beat)),
        });
        if let Some((frame, held)) = ends {
            offer(frame, Next::End(held));
        }
        if self.pulse.on {
            offer(self.pulse.frame(&self.timeline), Next::Tick);
        }
        if !self.playing {
            if let Some(count) = self.count.filter(|count| !count.is_over()) {
                offer(self.timeline.frame_of(count.peek().beat), Next::Count);
            }
            return best;
        }
        for (index, track) in self.tracks.iter().enumerate() {
            if let Some(pending) = &track.pending {
                offer(self.timeline.frame_of(pending.beat), Next::Change(index));
            }
            if let Some(fill) = &track.fill {
                let beat = if fill.begun { fill.to } else { fill.from };
                offer(self.timeline.frame_of(beat), Next::Fill(index));
            }
        }
        if let Some(order) = self.agenda.peek() {
            offer(self.timeline.frame_of(order.beat), Next::Order);
        }
        for (index, track) in self.tracks.iter().enumerate() {
            for source in Source::ALL {
                if let Some(due) = track.peek(source) {
                    offer(self.frame_of(due.sound), Next::Note(index, source));
                }
            }
        }
        offer(self.timeline.frame_of(self.metronome.peek().beat), Next::Click);
        best
    }

    /// The frame of a written beat, swing applied.
    fn frame_of(&self, beat: f64) -> u64 {
        self.timeline.frame_of(self.swing.bend(beat))
    }

    /// The beat half a frame back: everything later has not been rendered yet, everything earlier has.
    fn unplayed(&self) -> f64 {
        self.timeline.beat_at(self.frame as f64 - 0.5)
    }

    /// What tells a note that is over from one that is to be played from this frame on.
    ///
    /// By the frame it sounds at, so that a change on the way neither loses nor repeats a note. Where the
    /// transport has just been put down it is the written place that counts: what is played early in the first step
    /// belongs to it and sounds at once.
    fn past(&self) -> impl Fn(&Due) -> bool + use<> {
        let (timeline, swing, fresh, frame) = (self.timeline, self.swing, self.fresh, self.frame as f64);
        move |due| {
            let beat = if fresh { due.grid } else { due.sound };
            // Not as a whole number: moments before the first frame are past as well.
            timeline.moment_of(swing.bend(beat)).round() < frame
        }
    }

    fn play(&mut self, out: &mut impl Output) {
        self.count = None;
        if !self.playing {
            self.playing = true;
            self.relocate(self.parked);
            self.join(out);
        }
    }

    fn stop(&mut self, out: &mut impl Output, done: &mut impl Retire) {
        if self.playing {
            self.pulse.halt(self.timeline);
            self.sync(Sync::Stop, out);
        }
        self.parked = self.beat();
        self.playing = false;
        self.count = None;
        self.agenda.clear();
        self.release(out, |_| true);
        self.end_fills(out, done);
        for track in 0..TRACKS {
            self.change(self.frame, track, out, done);
        }
    }

    fn relocate(&mut self, beat: f64) {
        self.place(beat);
        self.seek(beat, self.past());
    }

    /// Puts the transport at `beat` from this frame on.
    fn place(&mut self, beat: f64) {
        self.parked = beat;
        self.timeline = self.timeline.located(self.frame, beat);
    }

    /// Puts every cursor at what is not `past`, at transport position `beat`.
    fn seek(&mut self, beat: f64, past: impl Fn(&Due) -> bool) {
        for track in &mut self.tracks {
            if let Some(pending) = &mut track.pending {
                pending.beat = pending.at.boundary(beat);
            }
            track.seek(beat, &past);
        }
        self.metronome.seek(self.unplayed());
    }

    fn launch(
        &mut self,
        track: u8,
        slot: u32,
        clip: Arc<Clip>,
        at: Quantise,
        out: &mut impl Output,
        done: &mut impl Retire,
    ) {
        if usize::from(track) >= TRACKS {
            done.retire(clip);
            return;
        }
        self.launches = self.launches.wrapping_add(1);
        let beat = at.boundary(self.beat());
        // A boundary is exact; "now" begins with what has not been rendered yet. A transport at rest seeks again
        // when it starts.
        let now = at == Quantise::Now || (matches!(at, Quantise::Tick(_)) && beat <= self.beat());
        let cursor = if now && self.playing {
            Cursor::after(&clip, beat, self.past())
        } else {
            Cursor::seek(&clip, beat - 1e-9)
        };
        let voice = Voice { slot, clip, launch: self.launches, cursor, announced: false };
        self.defer(usize::from(track), Pending { change: Change::Launch(voice), at, beat }, out, done);
    }

    fn halt(&mut self, track: u8, at: Quantise, out: &mut impl Output, done: &mut impl Retire) {
        if usize::from(track) < TRACKS {
            let beat = at.boundary(self.beat());
            self.defer(usize::from(track), Pending { change: Change::Halt, at, beat }, out, done);
        }
    }

    /// Puts a change in the place of the one that waits, and makes it at once where nothing is to be waited for.
    fn defer(&mut self, track: usize, pending: Pending, out: &mut impl Output, done: &mut impl Retire) {
        let at_once = pending.at == Quantise::Now || !self.playing;
        if let Some(Pending { change: Change::Launch(voice), .. }) =
            self.tracks[track].pending.replace(pending)
        {
            self.release(out, |held| usize::from(held.track) == track && held.launch == voice.launch);
            done.retire(voice.clip);
        }
        if at_once {
            self.change(self.frame, track, out, done);
        }
    }

    /// Makes the change that waits on `track`: the old clip's notes end, the new one takes over.
    fn change(&mut self, frame: u64, track: usize, out: &mut impl Output, done: &mut impl Retire) {
        let Some(pending) = self.tracks[track].pending.take() else { return };
        let next = match pending.change {
            Change::Launch(voice) => Some(voice),
            Change::Halt => None,
        };
        let keep = next.as_ref().map(|voice| voice.launch);
        while let Some(held) = self.ledger.take_first(|held| {
            usize::from(held.track) == track && Some(held.launch) != keep && held.launch != LIVE
        }) {
            self.note_off(frame, held, out);
        }
        if let Some(old) = std::mem::replace(&mut self.tracks[track].playing, next) {
            done.retire(old.clip);
        }
    }

    fn note(&mut self, frame: u64, track: usize, source: Source, out: &mut impl Output) {
        let state = &mut self.tracks[track];
        let Some(due) = state.peek(source) else { return };
        let sounds = state.sounds(source, &due);
        let Some(voice) = state.voice_mut(source) else { return };
        voice.cursor.advance(&voice.clip);
        let launch = voice.launch;
        if !sounds {
            return;
        }
        let programs = (!std::mem::replace(&mut voice.announced, true)).then(|| *voice.clip.programs());
        for (channel, program) in programs.iter().flatten().enumerate() {
            if let Some(program) = *program {
                let message = Message::Program { channel: channel as u8, program };
                self.emit(frame, track as u8, message, out);
            }
        }
        let note = due.note;
        let held = Held {
            track: track as u8,
            launch,
            channel: note.channel,
            key: note.key,
            end: End::Beat(due.sound + note.length),
        };
        self.note_on(frame, held, note.velocity, out);
    }

    fn click(&mut self, frame: u64, out: &mut impl Output) {
        let click = self.metronome.peek();
        self.metronome.advance();
        if self.metronome.on {
            let end = End::Beat(click.beat + CLICK_BEATS);
            let held = Held { track: HOUSE, launch: 0, channel: click.channel, key: click.key, end };
            self.note_on(frame, held, click.velocity, out);
        }
    }

    fn clock(&mut self, on: bool, out: &mut impl Output) {
        if on == self.pulse.on {
            return;
        }
        if self.playing && !on {
            self.sync(Sync::Stop, out);
        }
        self.pulse.on = on;
        if self.playing {
            self.join(out);
        } else {
            self.pulse.idle(self.timeline, self.unplayed());
        }
    }

    /// Followers join the transport where it stands.
    fn join(&mut self, out: &mut impl Output) {
        if let Some(position) = self.pulse.run(self.beat(), self.unplayed()) {
            self.sync(position, out);
        }
    }

    fn tick(&mut self, frame: u64, out: &mut impl Output) {
        if let Some(first) = self.pulse.advance() {
            self.emit(frame, HOUSE, Message::Sync(first), out);
        }
        self.emit(frame, HOUSE, Message::Sync(Sync::Tick), out);
    }

    /// Tells followers of the clock, where there is one.
    fn sync(&self, sync: Sync, out: &mut impl Output) {
        if self.pulse.on {
            self.emit(self.frame, HOUSE, Message::Sync(sync), out);
        }
    }

    /// A player's note on `track`, held until its end is told; velocity 0 is the end.
    pub fn live(&mut self, track: u8, channel: u8, key: u8, velocity: u8, out: &mut impl Output) {
        let (track, channel, key) = (track.min(HOUSE - 1), channel.min(15), key.min(127));
        if velocity == 0 {
            self.release(out, |held| {
                (held.track, held.launch, held.channel, held.key) == (track, LIVE, channel, key)
            });
        } else {
            let held = Held { track, launch: LIVE, channel, key, end: End::Frame(u64::MAX) };
            self.note_on(self.frame, held, velocity.min(127), out);
        }
    }

    fn audition(&mut self, channel: u8, key: u8, velocity: u8, out: &mut impl Output) {
        let (channel, key) = (channel.min(15), key.min(127));
        if velocity == 0 {
            self.release(out, |held| (held.track, held.channel, held.key) == (HOUSE, channel, key));
            return;
        }
        let end = End::Frame(self.frame + (AUDITION_SECONDS * self.timeline.rate()) as u64);
        let held = Held { track: HOUSE, launch: 0, channel, key, end };
        self.note_on(self.frame, held, velocity.min(127), out);
    }

    fn note_on(&mut self, frame: u64, held: Held, velocity: u8, out: &mut impl Output) {
        if let Some(ended) = self.ledger.hold(held) {
            self.note_off(frame, ended, out);
        }
        let message = Message::NoteOn { channel: held.channel, key: held.key, velocity };
        self.emit(frame, held.track, message, out);
    }

    fn note_off(&self, frame: u64, held: Held, out: &mut impl Output) {
        let message = Message::NoteOff { channel: held.channel, key: held.key };
        self.emit(frame, held.track, message, out);
    }

    /// Ends the held notes that `which` chooses, now.
    fn release(&mut self, out: &mut impl Output, which: impl Fn(&Held) -> bool) {
        while let Some(held) = self.ledger.take_first(&which) {
            self.note_off(self.frame, held, out);
        }
    }

    fn emit(&self, frame: u64, track: u8, message: Message, out: &mut impl Output) {
        out.event(Event { frame, offset: (frame - self.origin) as usize, track, message });
    }
}
