//! Writing: type 1, 220 ticks a quarter, the same bytes for the same score.

use crate::music::score::{Key, Note, Score, Tempo, TimeSignature};
use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Timing, TrackEvent, TrackEventKind};
use std::collections::BTreeMap;

const DRUM_CHANNEL: u8 = 9;

/// Writes a score: one conductor track (tempos, metres, keys, markers), then one track for each instrument, each with its
/// name, program and End-of-Track. Drums go to channel 10, others to the next free channel, round and round.
///
/// Every track ends where the score does (`length`, `total_time` or its own last event, whichever is latest), so that
/// a loop keeps its length in a sequencer.
pub fn write(score: &Score) -> Vec<u8> {
    let ticks = Ticks::new(score);
    let end = ticks.at(score.total_time.max(score.length));
    let names: BTreeMap<u32, &str> = score.instrument_names.iter().map(|(i, n)| (*i, n.as_str())).collect();
    let latin: BTreeMap<u32, Vec<u8>> = names.iter().map(|(&i, n)| (i, latin1(n))).collect();

    let markers: Vec<(u64, Vec<u8>)> =
        score.markers.iter().map(|(time, text)| (ticks.at(*time), latin1(text))).collect();

    let mut first = conductor(score, &ticks);
    first.extend(markers.iter().map(|(at, text)| (*at, 2, TrackEventKind::Meta(MetaMessage::Marker(text)))));
    let mut tracks = vec![finish(first, end)];
    let mut channels = (0u8..16).filter(|&c| c != DRUM_CHANNEL).cycle();
    for (key, notes) in instruments(score) {
        let channel = if key.is_drum { DRUM_CHANNEL } else { channels.next().unwrap_or(0) };
        let mut events = Vec::new();
        if let Some(name) = latin.get(&key.instrument) {
            events.push((0, 0, TrackEventKind::Meta(MetaMessage::TrackName(name))));
        }
        let program = MidiMessage::ProgramChange { program: seven(key.program) };
        events.push((0, 1, midi(channel, program)));
        let same = |i: u32, p: u8, d: bool| i == key.instrument && p == key.program && d == key.is_drum;
        for c in score.control_changes.iter().filter(|c| same(c.instrument, c.program, c.is_drum)) {
            let (controller, value) = (seven(c.number), seven(c.value));
            events.push((ticks.at(c.time), 2, midi(channel, MidiMessage::Controller { controller, value })));
        }
        for b in score.pitch_bends.iter().filter(|b| same(b.instrument, b.program, b.is_drum)) {
            let bend = midly::PitchBend::from_int(b.bend);
            events.push((ticks.at(b.time), 2, midi(channel, MidiMessage::PitchBend { bend })));
        }
        for n in notes {
            let (key, vel) = (seven(n.pitch), seven(n.velocity.clamp(1, 127)));
            let on = ticks.at(n.start);
            // A note that would vanish between two ticks keeps one.
            let off = ticks.at(n.end).max(on + 1);
            events.push((on, 4, midi(channel, MidiMessage::NoteOn { key, vel })));
            events.push((off, 3, midi(channel, MidiMessage::NoteOff { key, vel: u7::from(0) })));
        }
        tracks.push(finish(events, end));
    }
    encode(&tracks)
}

/// An event with its tick and, at one tick, its rank: what sets up first, note-offs before note-ons.
type Timed<'a> = (u64, u8, TrackEventKind<'a>);

/// The low seven bits, all that a data byte can carry.
fn seven(value: u8) -> u7 {
    u7::from(value & 0x7F)
}

fn midi<'a>(channel: u8, message: MidiMessage) -> TrackEventKind<'a> {
    TrackEventKind::Midi { channel: u4::from(channel), message }
}

fn latin1(name: &str) -> Vec<u8> {
    name.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct InstrumentKey {
    instrument: u32,
    program: u8,
    is_drum: bool,
}

fn instruments(score: &Score) -> BTreeMap<InstrumentKey, Vec<&Note>> {
    let mut all: BTreeMap<InstrumentKey, Vec<&Note>> = BTreeMap::new();
    for n in &score.notes {
        let key = InstrumentKey { instrument: n.instrument, program: n.program, is_drum: n.is_drum };
        all.entry(key).or_default().push(n);
    }
    all
}

fn conductor<'a>(score: &Score, ticks: &Ticks) -> Vec<Timed<'a>> {
    let mut events = Vec::new();
    for stretch in &ticks.stretches {
        events.push((stretch.tick, 1, TrackEventKind::Meta(MetaMessage::Tempo(u24::from(stretch.micros)))));
    }
    let common = [TimeSignature::COMMON];
    let metres = if score.time_signatures.is_empty() { &common[..] } else { &score.time_signatures };
    for m in metres {
        let numerator = u8::try_from(m.numerator).unwrap_or(4);
        let power = m.denominator.max(1).ilog2() as u8;
        let meta = MetaMessage::TimeSignature(numerator, power, 24, 8);
        events.push((ticks.at(m.time), 0, TrackEventKind::Meta(meta)));
    }
    for k in &score.key_signatures {
        let meta = MetaMessage::KeySignature(sharps(k.key), k.key.minor);
        events.push((ticks.at(k.time), 0, TrackEventKind::Meta(meta)));
    }
    events
}

/// Sharps (flats below 0) of a key, -5..=6.
fn sharps(key: Key) -> i8 {
    let major = i32::from(key.tonic) + if key.minor { 3 } else { 0 };
    let fifths = (major * 7).rem_euclid(12);
    (if fifths > 6 { fifths - 12 } else { fifths }) as i8
}

fn finish<'a>(mut events: Vec<Timed<'a>>, end: u64) -> Vec<TrackEvent<'a>> {
    events.sort_by_key(|e| (e.0, e.1));
    let mut last = 0;
    let mut track = Vec::with_capacity(events.len() + 1);
    let delta = |from: u64, to: u64| u28::from(u32::try_from(to - from).unwrap_or(u32::MAX).min(0x0FFF_FFFF));
    for (tick, _, kind) in events {
        track.push(TrackEvent { delta: delta(last, tick), kind });
        last = tick;
    }
    let kind = TrackEventKind::Meta(MetaMessage::EndOfTrack);
    track.push(TrackEvent { delta: delta(last, end.max(last)), kind });
    track
}

fn encode(tracks: &[Vec<TrackEvent>]) -> Vec<u8> {
    let header = Header::new(Format::Parallel, Timing::Metrical(u15::from(Score::TICKS_PER_QUARTER)));
    let mut bytes = Vec::new();
    // Writing to memory fails only beyond 65,535 tracks or 4 GiB a track, which no score reaches.
    if midly::write(&header, tracks, &mut bytes).is_err() {
        tracing::error!("a score too large for a MIDI file was not written");
    }
    bytes
}

struct Stretch {
    time: f64,
    tick: u64,
    micros: u32,
}

/// Seconds to ticks through the score's tempos.
struct Ticks {
    stretches: Vec<Stretch>,
}

impl Ticks {
    fn new(score: &Score) -> Self {
        let mut ticks = Self { stretches: vec![Stretch { time: 0.0, tick: 0, micros: 500_000 }] };
        let mut tempos: Vec<Tempo> = score.tempos.iter().copied().filter(|t| t.qpm > 0.0).collect();
        tempos.sort_by(|a, b| a.time.total_cmp(&b.time));
        for t in tempos {
            let micros = (6e7 / t.qpm).round().clamp(1.0, 16_777_215.0) as u32;
            let tick = ticks.at(t.time);
            let stretch = Stretch { time: t.time.max(0.0), tick, micros };
            if tick == 0 {
                ticks.stretches.clear();
            }
            ticks.stretches.push(stretch);
        }
        ticks
    }

    /// The nearest tick; moments before the start become the start.
    fn at(&self, time: f64) -> u64 {
        let after = self.stretches.partition_point(|s| s.time <= time);
        let Some(s) = self.stretches.get(after.saturating_sub(1)) else { return 0 };
        let per_second = f64::from(Score::TICKS_PER_QUARTER) * 1e6 / f64::from(s.micros);
        s.tick + ((time - s.time).max(0.0) * per_second).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::pattern::{Part, Pattern, PatternNote};
    use crate::music::smf::parse;
    use midly::Smf;

    fn trio() -> Pattern {
        let note = |start, length, pitch, part| PatternNote {
            start,
            length,
            pitch,
            velocity: 90,
            part,
            offset: 0.0,
            chance: 100,
        };
        Pattern::new(
            32,
            vec![
                note(0, 4, 72, Part::Lead),
                note(4, 2, 72, Part::Lead),
                note(0, 8, 36, Part::Bass),
                note(2, 1, 42, Part::Drums),
            ],
        )
    }

    #[test]
    fn every_track_has_a_name_and_ends_with_the_pattern() {
        let bytes = write(&trio().to_score(100.0));
        let smf = Smf::parse(&bytes).unwrap();
        assert_eq!(
            (smf.header.format, smf.header.timing),
            (Format::Parallel, Timing::Metrical(u15::from(220)))
        );
        let names: Vec<&[u8]> = smf.tracks[1..]
            .iter()
            .map(|t| match t[0].kind {
                TrackEventKind::Meta(MetaMessage::TrackName(name)) => name,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(names, [&b"Lead"[..], b"Bass", b"Drums"]);
        for track in &smf.tracks {
            assert_eq!(track.last().unwrap().kind, TrackEventKind::Meta(MetaMessage::EndOfTrack));
            assert_eq!(track.iter().map(|e| e.delta.as_int()).sum::<u32>(), 8 * 220);
        }
    }

    #[test]
    fn markers_stand_in_the_first_track_at_their_time() {
        let mut score = trio().to_score(120.0);
        score.markers = vec![(0.0, "A1 kubo".to_owned()), (2.0, "B1".to_owned())];
        let bytes = write(&score);
        let smf = Smf::parse(&bytes).unwrap();
        let mut tick = 0;
        let mut found = Vec::new();
        for event in &smf.tracks[0] {
            tick += event.delta.as_int();
            if let TrackEventKind::Meta(MetaMessage::Marker(text)) = event.kind {
                found.push((tick, text));
            }
        }
        assert_eq!(found, [(0, &b"A1 kubo"[..]), (4 * 220, b"B1")]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut score = trio().to_score(100.0);
        score
            .key_signatures
            .push(crate::music::score::KeySignature { time: 0.0, key: Key { tonic: 9, minor: true } });
        let back = parse(&write(&score), "own").unwrap();
        assert_eq!(back.notes.len(), score.notes.len());
        for (a, b) in back.notes.iter().zip(&score.notes) {
            assert!((a.start - b.start).abs() < 1e-6 && (a.end - b.end).abs() < 1e-6);
            assert_eq!(
                (a.pitch, a.velocity, a.program, a.is_drum),
                (b.pitch, b.velocity, b.program, b.is_drum)
            );
        }
        assert_eq!(back.key_signatures, score.key_signatures);
        assert_eq!(back.time_signatures, score.time_signatures);
        assert!((back.tempos[0].qpm - 100.0).abs() < 1e-6 && (back.length - score.length).abs() < 1e-6);
    }

    #[test]
    fn a_tempo_change_keeps_every_note_in_its_place() {
        let mut score = trio().to_score(120.0);
        score.tempos.push(Tempo { time: 0.25, qpm: 77.0 });
        let back = parse(&write(&score), "own").unwrap();
        assert!(back.notes.iter().zip(&score.notes).all(|(a, b)| (a.start - b.start).abs() < 2e-3));
    }

    #[test]
    fn keys_are_written_with_the_fewest_accidentals() {
        let key = |tonic, minor| sharps(Key { tonic, minor });
        assert_eq!(
            [key(0, false), key(7, false), key(5, false), key(9, true), key(1, false)],
            [0, 1, -1, 0, -5]
        );
    }
}
