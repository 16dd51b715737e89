//! The bank as one piece of music: pattern after pattern, a part for each track of the jam.

use std::sync::Arc;

use super::slot::{Slot, SlotId};
use super::state::State;
use super::track::{self, Track, Voice};
use crate::engine::{Clip, Swing, chance};
use crate::music::pattern::{Part, STEPS_PER_QUARTER};
use crate::music::score::{ControlChange, Note, Score, Tempo, TimeSignature};

/// Volume (controller 7) as General MIDI begins: a fader at 0 dB.
const VOLUME: f32 = 100.0;

/// What is written: the filled places with all that makes them sound as they do in the jam.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// Tempo, quarters a minute.
    pub bpm: f64,
    /// Swing, 0.5 (straight) to 0.75.
    pub swing: f32,
    /// The tracks of the jam: each becomes a track of the file, with its name and sound.
    pub tracks: Vec<Track>,
    /// The patterns in their order, each with the tracks that its parts play on.
    pub slots: Vec<(SlotId, Arc<Slot>, Vec<Voice>)>,
}

impl State {
    /// The set as it would be written now. A pattern plays where it was launched last; one that never was, on the tracks
    /// of the model that made it.
    pub fn set(&self) -> Set {
        let tracks = &self.edit.tracks;
        let voices = |place: SlotId, slot: &Arc<Slot>| -> Vec<Voice> {
            let parts = track::parts(&slot.made.tokens);
            let launched = self.launches.iter().rev().find(|launch| launch.place == place);
            let launched = launched.filter(|launch| track::parts(&launch.slot.made.tokens) == parts);
            if let Some(launch) = launched {
                let now = |v: &Voice| track::voice(tracks, usize::from(v.track), slot, v.part);
                return launch.voices.iter().filter_map(now).collect();
            }
            let own = tracks.iter().position(|track| {
                track.model == slot.recipe().model && parts.first().is_some_and(|part| track.takes(*part))
            });
            track::route(tracks, own.unwrap_or(0), slot)
        };
        let filled = self.edit.bank.filled();
        let slots = filled.map(|(place, slot)| (place, slot.clone(), voices(place, slot))).collect();
        Set { bpm: self.edit.bpm, swing: self.edit.swing, tracks: tracks.clone(), slots }
    }
}

impl Set {
    /// The set as a score: an instrument for each track that plays something. Mutes are of the moment and stay out;
    /// levels other than 0 dB are controller 7, places other than the middle controller 10.
    pub fn score(&self) -> Score {
        let step = 60.0 / self.bpm / f64::from(STEPS_PER_QUARTER);
        let swing = Swing::new(self.swing);
        let time = |steps: f64| {
            swing.bend(steps / f64::from(STEPS_PER_QUARTER)) * step * f64::from(STEPS_PER_QUARTER)
        };
        let steps: u32 = self.slots.iter().map(|(_, slot, _)| slot.pattern().steps).sum();
        let length = f64::from(steps) * step;
        let mut score = Score {
            ticks_per_quarter: Score::TICKS_PER_QUARTER,
            total_time: length,
            length,
            tempos: vec![Tempo { time: 0.0, qpm: self.bpm }],
            time_signatures: vec![TimeSignature::COMMON],
            ..Score::default()
        };
        let mut from = 0;
        for (place, slot, _) in &self.slots {
            score.markers.push((f64::from(from) * step, format!("{place} {}", slot.name)));
            from += slot.pattern().steps;
        }
        for (instrument, program, part, name) in self.instruments() {
            let before = score.notes.len();
            let mut from = 0;
            for (_, slot, voices) in &self.slots {
                let (first, steps) = (from, f64::from(from));
                from += slot.pattern().steps;
                // Chance is drawn as it falls where the pattern lies in the file: the same file for the same set.
                let octave = voices.iter().find(|voice| u32::from(voice.track) == instrument);
                let octave = octave.map_or(0, |voice| voice.octave);
                let beat = |step: u32| f64::from(first + step) / f64::from(STEPS_PER_QUARTER);
                for note in slot.pattern().notes.iter().filter(|note| plays(voices, instrument, note.part)) {
                    if !chance::sounds(slot.luck(), beat(note.start), note.pitch, note.chance) {
                        continue;
                    }
                    let start = (steps + f64::from(note.start) + f64::from(note.offset)).max(0.0);
                    let end = start + f64::from(note.length.max(1));
                    let pitch = match part {
                        Part::Drums => note.pitch,
                        _ => Clip::moved(note.part, note.pitch, octave),
                    };
                    score.notes.push(Note {
                        pitch,
                        velocity: note.velocity,
                        start: time(start),
                        end: time(end),
                        instrument,
                        program,
                        is_drum: part == Part::Drums,
                    });
                }
            }
            if score.notes.len() > before {
                score.instrument_names.push((instrument, name));
                score.control_changes.extend(self.settings(instrument, program, part));
            }
        }
        score
    }

    /// The tracks of the jam, and behind them one for each part that no track plays, so that no note is lost.
    fn instruments(&self) -> Vec<(u32, u8, Part, String)> {
        let track = |(at, track): (usize, &Track)| (at as u32, track.program, track.part, track.name.clone());
        let tracks = self.tracks.iter().enumerate().map(track);
        let spare = [Part::Lead, Part::Bass, Part::Drums].into_iter().map(|part| {
            let name = match part {
                Part::Lead => "lead",
                Part::Bass => "bass",
                Part::Drums => "drums",
            };
            let like = Track::new(name, part, "");
            (spare(part), like.program, part, format!("{name} (no track)"))
        });
        tracks.chain(spare).collect()
    }

    /// Level and place of a track, where they are not as General MIDI begins.
    fn settings(&self, instrument: u32, program: u8, part: Part) -> Vec<ControlChange> {
        let Some(track) = self.tracks.get(instrument as usize) else { return Vec::new() };
        let is_drum = part == Part::Drums;
        let change = |number, value: f32| {
            let value = value.round().clamp(0.0, 127.0) as u8;
            ControlChange { time: 0.0, number, value, instrument, program, is_drum }
        };
        let amplitude = 10f32.powf(track.level / 20.0);
        let level = (track.level != 0.0).then(|| change(7, VOLUME * amplitude.sqrt()));
        let pan = (track.pan != 0.0).then(|| change(10, 64.0 + 63.5 * track.pan));
        level.into_iter().chain(pan).collect()
    }
}

/// The instrument of a part that no track plays.
fn spare(part: Part) -> u32 {
    track::MOST as u32
        + match part {
            Part::Lead => 0,
            Part::Bass => 1,
            Part::Drums => 2,
        }
}

/// True where `instrument` plays the notes of `part` of a pattern on these tracks.
fn plays(voices: &[Voice], instrument: u32, part: Part) -> bool {
    let voice = voices.iter().find(|voice| voice.part == part);
    voice.map_or_else(|| spare(part), |voice| u32::from(voice.track)) == instrument
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at, beat, melody, trio, with_all_kinds};
    use super::super::{Intent, Slot, State, update};
    use super::{Set, spare};
    use crate::audio::wav;
    use crate::music::pattern::Part;
    use crate::music::smf;
    use std::sync::Arc;

    /// A beat in A1, a melody in B1 and B2, a trio in C1; B2 was launched on the bass.
    fn jam() -> State {
        let mut jam = with_all_kinds();
        let made = [("A1", beat(0)), ("B1", melody(0)), ("B2", melody(1)), ("C1", trio(0))];
        for (place, made) in made {
            jam.edit.bank.put(at(place), Some(Arc::new(Slot::new(place, made))));
        }
        update(&mut jam, Intent::SelectTrack(2));
        update(&mut jam, Intent::Launch(Some(at("B2"))));
        jam
    }

    #[test]
    fn every_track_of_the_jam_is_a_track_of_the_file_with_its_name_and_sound() {
        let mut jam = jam();
        jam.edit.tracks[1].program = 11;
        jam.edit.tracks[2].octave = -1;
        jam.edit.tracks[2].level = -6.0;
        let set = jam.set();
        let score = smf::parse(&smf::write(&set.score()), "set").unwrap();
        let names: Vec<&str> = score.instrument_names.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["drums", "lead", "bass"]);
        let of = |name: &str| {
            let (number, _) = *score.instrument_names.iter().find(|(_, other)| other == name).unwrap();
            score.notes.iter().filter(|note| note.instrument == number).collect::<Vec<_>>()
        };
        let (lead, bass) = (of("lead"), of("bass"));
        assert!(of("drums").iter().all(|note| note.is_drum));
        assert!(lead.iter().all(|note| note.program == 11 && !note.is_drum));
        // B1 and the trio's lead; B2 and the trio's bass: the melody two octaves down in the bass's register,
        // and both an octave lower, as the track wishes it.
        assert_eq!((lead.len(), bass.len()), (16, 12));
        assert_eq!(
            bass.iter().map(|note| note.pitch).max(),
            melody(1).pattern.notes.iter().map(|n| n.pitch - 36).max()
        );
        let volume: Vec<u8> =
            score.control_changes.iter().filter(|c| c.number == 7).map(|c| c.value).collect();
        assert_eq!(volume, [71], "half as loud in amplitude, once");
    }

    /// Energy of the left and of the right channel of the set as a WAV file.
    fn sides(jam: &State) -> [f64; 2] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("set.wav");
        wav::render(&jam.set().score(), None, &out).unwrap();
        let mut sides = [0.0; 2];
        for (at, sample) in hound::WavReader::open(&out).unwrap().into_samples::<i16>().enumerate() {
            let value = f64::from(sample.unwrap()) / 32768.0;
            sides[at % 2] += value * value;
        }
        sides
    }

    #[test]
    fn what_stands_at_a_side_in_the_mixer_stands_there_in_the_wav_file() {
        let mut jam = with_all_kinds();
        jam.edit.bank.put(at("A1"), Some(Arc::new(Slot::new("A1", beat(0)))));
        let [left, right] = sides(&jam);
        assert!(left > 0.0 && (0.5..2.0).contains(&(left / right)), "{left} {right}");
        let all = left + right;
        for pan in [-1.0, 1.0] {
            jam.edit.tracks[0].pan = pan;
            let [left, right] = sides(&jam);
            let (near, far) = if pan < 0.0 { (left, right) } else { (right, left) };
            assert!(far < 1e-3 * near, "{pan}: {left} {right}");
            assert!((0.5..1.5).contains(&(near / all)), "nothing is lost: {near} of {all}");
        }
    }

    #[test]
    fn a_part_that_no_track_plays_is_written_all_the_same() {
        let mut jam = jam();
        jam.edit.tracks.truncate(1);
        let set: Set = jam.set();
        let score = set.score();
        let wanted: usize = set.slots.iter().map(|(_, slot, _)| slot.pattern().notes.len()).sum();
        assert_eq!(score.notes.len(), wanted);
        assert!(score.notes.iter().any(|note| note.instrument == spare(Part::Lead)));
    }
}
