//! From tracks of events to instruments with notes (spec section 9).

use super::MidiError;
use super::chunks::{self, TrackBytes};
use super::events::Events;
use super::tempo_map::TempoMap;
use crate::music::score::{ControlChange, Key, KeySignature, Note, PitchBend, Score, TimeSignature};
use midly::{MetaMessage, MidiMessage, TrackEventKind};
use std::collections::HashMap;

/// The last tick that the reference reads.
const LAST_TICK: u64 = 10_000_000 - 1;
/// MIDI channel 10, counted from 0.
const DRUM_CHANNEL: u8 = 9;

type Event<'a> = (u64, TrackEventKind<'a>);

/// Reads a file from its bytes.
pub(super) fn score(bytes: &[u8], name: &str) -> Result<Score, MidiError> {
    let (header, chunks) = chunks::read(bytes, name)?;
    let mut tracks = Vec::with_capacity(chunks.len());
    for (number, chunk) in chunks.iter().enumerate() {
        tracks.push(events(chunk, number + 1, name)?);
    }
    let last = tracks.iter().filter_map(|t| t.iter().map(|e| e.0).max()).max().unwrap_or(0);
    if last > LAST_TICK {
        return Err(MidiError::TooLong { name: name.to_owned(), tick: last });
    }

    let mut score = Score { ticks_per_quarter: header.ticks_per_quarter, ..Score::default() };
    let mut map = TempoMap::new(header.ticks_per_quarter);
    // The first track alone conducts, whatever the type of the file.
    if let (Some(first), Some(chunk)) = (tracks.first(), chunks.first()) {
        let bad = |what| MidiError::Event { name: name.to_owned(), track: 1, what, at: chunk.at };
        for (tick, event) in first {
            if let TrackEventKind::Meta(MetaMessage::Tempo(micros)) = event {
                if micros.as_int() == 0 {
                    return Err(bad("a tempo of 0 microseconds a quarter"));
                }
                map.set(*tick, micros.as_int());
            }
        }
        for (tick, event) in first {
            if let TrackEventKind::Meta(meta) = event {
                conduct(&mut score, meta, map.seconds(*tick)).map_err(bad)?;
            }
        }
    }
    score.tempos = map.tempos();
    score.length = map.seconds(last);

    let mut instruments = Instruments::default();
    for (number, track) in tracks.iter().enumerate() {
        instruments.read(number, track, &map);
    }
    instruments.pour_into(&mut score);
    Ok(score)
}

fn events<'a>(chunk: &TrackBytes<'a>, track: usize, name: &str) -> Result<Vec<Event<'a>>, MidiError> {
    let mut events = Vec::with_capacity(chunk.bytes.len() / 3);
    for event in Events::new(chunk.bytes) {
        events.push(event.map_err(|bad| MidiError::Event {
            name: name.to_owned(),
            track,
            what: bad.what,
            at: chunk.at + bad.at,
        })?);
    }
    Ok(events)
}

/// A metre or a key of the first track.
fn conduct(score: &mut Score, meta: &MetaMessage, time: f64) -> Result<(), &'static str> {
    match *meta {
        MetaMessage::TimeSignature(numerator, power, _, _) => {
            if numerator == 0 || power > 30 {
                return Err("an impossible time signature");
            }
            let (numerator, denominator) = (u32::from(numerator), 1 << power);
            score.time_signatures.push(TimeSignature { time, numerator, denominator });
        }
        MetaMessage::KeySignature(sharps, minor) => {
            // Each sharp is a fifth up; a minor key stands three semitones below its major.
            let tonic = (i32::from(sharps) * 7 + if minor { 9 } else { 0 }).rem_euclid(12) as u8;
            score.key_signatures.push(KeySignature { time, key: Key { tonic, minor } });
        }
        _ => {}
    }
    Ok(())
}

/// Controllers and bends of one channel of one track. The reference lets instruments share such a list, see
/// [`Instruments::sink`].
#[derive(Default)]
struct Moves {
    controls: Vec<(f64, u8, u8)>,
    bends: Vec<(f64, i16)>,
}

/// One (program, channel, track) that sounds.
struct Instrument {
    program: u8,
    is_drum: bool,
    name: String,
    /// (velocity, pitch, start, end)
    notes: Vec<(u8, u8, f64, f64)>,
    moves: usize,
}

#[derive(Default)]
struct Instruments {
    /// In order of their first completed note.
    list: Vec<Instrument>,
    by_key: HashMap<(u8, u8, usize), usize>,
    /// Moves that came before any note of their channel in their track.
    early: HashMap<(u8, usize), usize>,
    moves: Vec<Moves>,
}

impl Instruments {
    fn read(&mut self, track: usize, events: &[Event], map: &TempoMap) {
        let mut name = String::new();
        let mut programs = [0u8; 16];
        let mut open: HashMap<(u8, u8), Vec<(u64, u8)>> = HashMap::new();
        for (tick, event) in events {
            let (channel, message) = match event {
                TrackEventKind::Meta(MetaMessage::TrackName(bytes)) => {
                    name = bytes.iter().map(|&b| char::from(b)).collect();
                    continue;
                }
                TrackEventKind::Midi { channel, message } => (channel.as_int(), *message),
                _ => continue,
            };
            let program = &mut programs[usize::from(channel)];
            match message {
                MidiMessage::ProgramChange { program: new } => *program = new.as_int(),
                MidiMessage::NoteOn { key, vel } if vel.as_int() > 0 => {
                    open.entry((channel, key.as_int())).or_default().push((*tick, vel.as_int()));
                }
                MidiMessage::NoteOff { key, .. } | MidiMessage::NoteOn { key, .. } => {
                    let at = (channel, key.as_int());
                    let Some(sounding) = open.remove(&at) else { continue };
                    let (keep, close): (Vec<_>, Vec<_>) = sounding.into_iter().partition(|on| on.0 == *tick);
                    if close.is_empty() {
                        // Only notes of this very tick: the reference forgets them.
                        continue;
                    }
                    let index = self.sounding(*program, channel, track, &name);
                    let end = map.seconds(*tick);
                    let notes = close.iter().map(|on| (on.1, key.as_int(), map.seconds(on.0), end));
                    self.list[index].notes.extend(notes);
                    if !keep.is_empty() {
                        open.insert(at, keep);
                    }
                }
                MidiMessage::Controller { controller, value } => {
                    let sink = self.sink(*program, channel, track);
                    let control = (map.seconds(*tick), controller.as_int(), value.as_int());
                    self.moves[sink].controls.push(control);
                }
                MidiMessage::PitchBend { bend } => {
                    let sink = self.sink(*program, channel, track);
                    self.moves[sink].bends.push((map.seconds(*tick), bend.as_int()));
                }
                _ => {}
            }
        }
    }

    /// The instrument of a completed note; a new one takes over the early moves of its channel and track.
    fn sounding(&mut self, program: u8, channel: u8, track: usize, name: &str) -> usize {
        if let Some(&index) = self.by_key.get(&(program, channel, track)) {
            return index;
        }
        let moves = match self.early.get(&(channel, track)) {
            Some(&moves) => moves,
            None => self.new_moves(),
        };
        let index = self.list.len();
        let is_drum = channel == DRUM_CHANNEL;
        self.list.push(Instrument { program, is_drum, name: name.to_owned(), notes: Vec::new(), moves });
        self.by_key.insert((program, channel, track), index);
        index
    }

    /// Where a move goes: to its instrument if that sounded already, else to the early moves of channel and track,
    /// which several instruments may share (as in the reference).
    fn sink(&mut self, program: u8, channel: u8, track: usize) -> usize {
        if let Some(&index) = self.by_key.get(&(program, channel, track)) {
            return self.list[index].moves;
        }
        if let Some(&moves) = self.early.get(&(channel, track)) {
            return moves;
        }
        let moves = self.new_moves();
        self.early.insert((channel, track), moves);
        moves
    }

    fn new_moves(&mut self) -> usize {
        self.moves.push(Moves::default());
        self.moves.len() - 1
    }

    fn pour_into(self, score: &mut Score) {
        for (number, i) in (0u32..).zip(&self.list) {
            if !i.name.is_empty() {
                score.instrument_names.push((number, i.name.clone()));
            }
            let (instrument, program, is_drum) = (number, i.program, i.is_drum);
            for &(velocity, pitch, start, end) in &i.notes {
                score.total_time = score.total_time.max(end);
                score.notes.push(Note { pitch, velocity, start, end, instrument, program, is_drum });
            }
            let Some(moves) = self.moves.get(i.moves) else { continue };
            score.control_changes.extend(moves.controls.iter().map(|&(time, number, value)| ControlChange {
                time,
                number,
                value,
                instrument,
                program,
                is_drum,
            }));
            score.pitch_bends.extend(moves.bends.iter().map(|&(time, bend)| PitchBend {
                time,
                bend,
                instrument,
                program,
                is_drum,
            }));
        }
    }
}
