//! The sequencer: commands in, events with sample offsets out. Pure: it knows frames and beats, no clock.

use std::sync::Arc;

use super::agenda::Agenda;
use super::count_in::CountIn;
use super::metronome::Metronome;
use super::pulse::Pulse;
use super::swing::Swing;
use super::track::{Source, Track};
use super::{Clip, Event, Ledger, Message, Output, Snapshot, TRACKS, Timeline};

mod clocked;
mod counted;
mod filled;
mod launched;
mod moved;
mod obeyed;
mod rendered;
mod rest;
mod settled;
mod sounded;
mod timed;

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

    /// Nothing sounds, and no clip, fill or order waits for its beat: it stays so until a command comes.
    pub fn is_idle(&self) -> bool {
        let beat = self.beat();
        let waits = |track: &Track| {
            let state = track.state(beat);
            state.playing.is_some() || state.queued.is_some() || state.fill.is_some()
        };
        !self.tracks.iter().any(waits) && self.agenda.peek().is_none() && self.ledger.is_empty()
    }

    /// The transport runs.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// True where no note is held.
    pub fn is_quiet(&self) -> bool {
        self.ledger.is_empty()
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
}
