//! A clip: a pattern made ready to be looped by the sequencer.

use crate::music::pattern::{ALWAYS, Part, Pattern, STEPS_PER_QUARTER};

/// Channel on which a pattern's lead plays.
pub const LEAD_CHANNEL: u8 = 0;
/// Channel on which a pattern's bass plays.
pub const BASS_CHANNEL: u8 = 1;
/// General MIDI's drum channel (written as 10, counted from 0 here).
pub const DRUM_CHANNEL: u8 = 9;
/// General MIDI program of the bass (finger bass, counted from 0).
const BASS_PROGRAM: u8 = 33;

/// One note of a clip, in beats (quarters) from the start of the loop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClipNote {
    /// When it sounds, micro-timing included: 0 to the clip's length.
    pub sound: f64,
    /// Where it is written, 0 to the clip's length, both included: an early note of the first step sounds at
    /// the end of the loop before, and is written at the length.
    pub grid: f64,
    /// How long it sounds, above 0.
    pub length: f64,
    /// MIDI channel, 0..=15.
    pub channel: u8,
    /// MIDI key, 0..=127.
    pub key: u8,
    /// MIDI velocity, 1..=127.
    pub velocity: u8,
    /// Percent of the rounds in which it sounds, 0..=100.
    pub chance: u8,
}

/// An immutable loop; shared with the engine as an `Arc`, and given back by it to be freed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clip {
    length: f64,
    notes: Box<[ClipNote]>,
    programs: [Option<u8>; 16],
    seed: u64,
}

impl Clip {
    /// The loop of `pattern`: drums on channel 9, lead on 0 (program 0), bass on 1 (program 33).
    pub fn from_pattern(pattern: &Pattern) -> Self {
        let beats = |steps: f64| steps / f64::from(STEPS_PER_QUARTER);
        let mut programs = [None; 16];
        let mut notes = Vec::with_capacity(pattern.notes.len());
        for note in &pattern.notes {
            let (channel, program) = match note.part {
                Part::Lead => (LEAD_CHANNEL, 0),
                Part::Bass => (BASS_CHANNEL, BASS_PROGRAM),
                Part::Drums => (DRUM_CHANNEL, 0),
            };
            programs[usize::from(channel)] = Some(program);
            let offset = if note.offset.is_finite() { note.offset.clamp(-0.5, 0.5) } else { 0.0 };
            notes.push(ClipNote {
                sound: beats(f64::from(note.start) + f64::from(offset)),
                grid: beats(f64::from(note.start)),
                length: beats(f64::from(note.length.max(1))),
                channel,
                key: note.pitch,
                velocity: note.velocity,
                chance: note.chance,
            });
        }
        Self::new(beats(f64::from(pattern.steps)), notes, programs)
    }

    /// The loop of one part of `pattern`, on a channel and with a program of the caller's choice, its keys moved by
    /// `octave` octaves (drums stay); keys that leave MIDI's range are folded back by octaves.
    pub fn from_part(pattern: &Pattern, part: Part, channel: u8, program: u8, octave: i8) -> Self {
        let beats = |steps: f64| steps / f64::from(STEPS_PER_QUARTER);
        let notes = pattern.notes.iter().filter(|note| note.part == part).map(|note| {
            let offset = if note.offset.is_finite() { note.offset.clamp(-0.5, 0.5) } else { 0.0 };
            ClipNote {
                sound: beats(f64::from(note.start) + f64::from(offset)),
                grid: beats(f64::from(note.start)),
                length: beats(f64::from(note.length.max(1))),
                channel,
                key: Self::moved(part, note.pitch, octave),
                velocity: note.velocity,
                chance: note.chance,
            }
        });
        let mut programs = [None; 16];
        programs[usize::from(channel.min(15))] = Some(program);
        Self::new(beats(f64::from(pattern.steps)), notes.collect(), programs)
    }

    /// The key that `key` of `part` is played on where notes are moved by `octave` octaves: folded back at the ends of the
    /// keyboard, and for drums itself.
    pub fn moved(part: Part, key: u8, octave: i8) -> u8 {
        let octave = if part == Part::Drums { 0 } else { octave };
        let mut key = i16::from(key) + 12 * i16::from(octave);
        while key < 0 {
            key += 12;
        }
        while key > 127 {
            key -= 12;
        }
        key as u8
    }

    /// A loop of `length` beats. `programs` holds the General MIDI program a channel plays with, where it matters.
    ///
    /// Notes written outside the loop are left out; keys, velocities and channels are held to MIDI's ranges.
    pub fn new(length: f64, notes: Vec<ClipNote>, programs: [Option<u8>; 16]) -> Self {
        if !(length > 0.0 && length.is_finite()) {
            return Self { programs, ..Self::default() };
        }
        let mut kept: Vec<ClipNote> = notes
            .into_iter()
            .filter(|n| n.sound.is_finite() && n.grid >= 0.0 && n.grid < length)
            .map(|n| {
                // One loop earlier for what sounds before the loop begins.
                let wrap = if n.sound < 0.0 { length } else { 0.0 };
                ClipNote {
                    sound: (n.sound + wrap).clamp(0.0, length),
                    grid: n.grid + wrap,
                    length: if n.length > 0.0 { n.length.min(length) } else { 1e-3 },
                    channel: n.channel.min(15),
                    key: n.key.min(127),
                    velocity: n.velocity.clamp(1, 127),
                    chance: n.chance.min(ALWAYS),
                }
            })
            .collect();
        kept.sort_by(|a, b| {
            a.sound.total_cmp(&b.sound).then(a.channel.cmp(&b.channel)).then(a.key.cmp(&b.key))
        });
        Self { length, notes: kept.into_boxed_slice(), programs, seed: 0 }
    }

    /// The same loop with `seed` for the notes that do not sound in every round.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Seed of the notes that do not sound in every round.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Length of the loop in beats (quarters); 0 for a clip that never sounds.
    pub fn length(&self) -> f64 {
        self.length
    }

    /// The notes, in the order they sound.
    pub fn notes(&self) -> &[ClipNote] {
        &self.notes
    }

    /// Program of each channel, where the clip has notes on it.
    pub fn programs(&self) -> &[Option<u8>; 16] {
        &self.programs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::pattern::PatternNote;

    fn kick(start: u32, offset: f32) -> PatternNote {
        PatternNote { start, length: 1, pitch: 36, velocity: 80, part: Part::Drums, offset, chance: 100 }
    }

    #[test]
    fn an_early_first_note_sounds_at_the_end_of_the_loop_before() {
        let clip = Clip::from_pattern(&Pattern::new(32, vec![kick(0, -0.4), kick(31, 0.5)]));
        let (first, second) = (clip.notes()[0], clip.notes()[1]);
        assert!((first.sound - 31.5 / 4.0).abs() < 1e-6 && first.grid == 31.0 / 4.0);
        assert!((second.sound - 31.6 / 4.0).abs() < 1e-6 && second.grid == 8.0);
    }

    #[test]
    fn parts_take_their_channels_and_programs() {
        let note = |part, pitch| PatternNote { part, pitch, ..kick(0, 0.0) };
        let clip = Clip::from_pattern(&Pattern::new(
            16,
            vec![note(Part::Lead, 60), note(Part::Bass, 40), note(Part::Drums, 36)],
        ));
        let channels: Vec<u8> = clip.notes().iter().map(|n| n.channel).collect();
        assert_eq!(channels, [0, 1, 9]);
        assert_eq!(clip.programs()[1], Some(33));
    }

    #[test]
    fn a_part_alone_goes_where_it_is_sent() {
        let note = |part, pitch| PatternNote { part, pitch, ..kick(0, 0.0) };
        let pattern = Pattern::new(
            16,
            vec![note(Part::Lead, 60), note(Part::Lead, 120), note(Part::Bass, 40), note(Part::Drums, 36)],
        );
        let clip = Clip::from_part(&pattern, Part::Lead, 3, 81, 1);
        let heard: Vec<(u8, u8)> = clip.notes().iter().map(|n| (n.channel, n.key)).collect();
        assert_eq!(heard, [(3, 72), (3, 120)], "an octave up, folded back at the end of the keyboard");
        assert_eq!(clip.programs()[3], Some(81));
        assert_eq!(Clip::from_part(&pattern, Part::Drums, 9, 0, 2).notes()[0].key, 36);
    }

    #[test]
    fn a_pattern_without_steps_makes_a_clip_that_never_sounds() {
        let clip = Clip::from_pattern(&Pattern::new(0, vec![kick(0, 0.0)]));
        assert!(clip.notes().is_empty() && clip.length() == 0.0);
    }
}
