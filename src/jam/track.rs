//! Tracks: what plays a part of a pattern, and which model makes patterns for it.

use std::sync::Arc;

use super::gear::Gear;
use super::slot::Slot;
use crate::codec::Tokens;
use crate::engine::TRACKS;
use crate::model::Kind;
use crate::music::pattern::Part;

/// Most tracks that play at once.
pub const MOST: usize = TRACKS;

/// Where a track is heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Output {
    /// By the built-in sounds, and on every MIDI output there is.
    #[default]
    Everywhere,
    /// By the built-in sounds only.
    BuiltIn,
    /// On the MIDI output of this name only.
    Port(String),
}

impl Output {
    /// A word for it, as in session files: `all`, `built-in`, or the name of the port.
    pub fn word(&self) -> &str {
        match self {
            Self::Everywhere => "all",
            Self::BuiltIn => "built-in",
            Self::Port(name) => name,
        }
    }

    /// What [`Output::word`] writes.
    pub fn parse(word: &str) -> Self {
        match word {
            "all" | "" => Self::Everywhere,
            "built-in" => Self::BuiltIn,
            name => Self::Port(name.to_owned()),
        }
    }
}

/// A loop that a track was printed to.
#[derive(Debug, Clone, PartialEq)]
pub struct Frozen {
    /// Where its pattern stood.
    pub place: super::slot::SlotId,
    /// Which notes of it play.
    pub part: Part,
    /// What was heard: chance drawn, length cut.
    pub slot: Arc<Slot>,
}

/// One track of the jam. Undo covers all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// A short name, such as `drums`.
    pub name: String,
    /// What it plays: drums, or notes in the lead's or the bass's range.
    pub part: Part,
    /// Name of the model that makes patterns while this track is selected.
    pub model: String,
    /// General MIDI program of its notes, 0..=127; drums have none.
    pub program: u8,
    /// Octaves its notes are moved by, -4..=4; drums never move.
    pub octave: i8,
    /// Melodies are brought down into the register of a bass, each by octaves of its own ([`super::register`]); the
    /// bass of a trio lies there already. So it is on a track for bass from the beginning.
    pub bass_register: bool,
    /// Level in decibels, [`super::limits::LEVEL`].
    pub level: f32,
    /// Place between left (-1) and right (1).
    pub pan: f32,
    /// Length of its loops in steps, [`super::limits::LOOP`]; `None` is each pattern's own.
    pub steps: Option<u32>,
    /// Where it is heard.
    pub output: Output,
    /// How it is played on gear outside.
    pub gear: Gear,
    /// What it was printed to: it plays that and nothing else until it is thawed.
    pub frozen: Option<Arc<Frozen>>,
    /// The track is silenced.
    pub muted: bool,
    /// Only tracks that are alone sound, once there is one.
    pub solo: bool,
}

impl Track {
    /// A track that plays `part` with patterns of `model`.
    pub fn new(name: impl Into<String>, part: Part, model: impl Into<String>) -> Self {
        let program = match part {
            Part::Lead => 80,
            Part::Bass => 33,
            Part::Drums => 0,
        };
        let (name, model) = (name.into(), model.into());
        Self {
            name,
            part,
            model,
            program,
            octave: 0,
            bass_register: part == Part::Bass,
            level: 0.0,
            pan: 0.0,
            steps: None,
            output: Output::Everywhere,
            gear: Gear::default(),
            frozen: None,
            muted: false,
            solo: false,
        }
    }

    /// True where a pattern's `part` may play here: any notes on any track of notes, drums on drums only.
    pub fn takes(&self, part: Part) -> bool {
        (self.part == Part::Drums) == (part == Part::Drums)
    }

    /// Octaves by which `part` of `slot` is moved here.
    pub fn octaves(&self, slot: &Slot, part: Part) -> i8 {
        let down = if self.bass_register && part == Part::Lead { slot.low } else { 0 };
        self.octave.saturating_add(down)
    }

    /// Linear loudness of the built-in sounds, 0 at the bottom of the fader and where the track is heard elsewhere only.
    pub fn gain(&self) -> f32 {
        if matches!(self.output, Output::Port(_)) {
            return 0.0;
        }
        if self.level <= *super::limits::LEVEL.start() { 0.0 } else { 10f32.powf(self.level / 20.0) }
    }
}

/// How one part of a pattern sounds: what the engine is told with a launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice {
    /// Index of the track.
    pub track: u8,
    /// Which notes of the pattern.
    pub part: Part,
    /// MIDI channel, 0..=15; 9 for drums.
    pub channel: u8,
    /// General MIDI program, 0..=127.
    pub program: u8,
    /// Octaves the notes are moved by.
    pub octave: i8,
    /// Steps of the loop; 0 is the pattern's own length.
    pub steps: u32,
}

impl Voice {
    /// Steps of the loop that `slot` makes of this voice, at least 1.
    pub fn length(&self, slot: &Slot) -> u32 {
        if self.steps > 0 { self.steps } else { slot.pattern().steps.max(1) }
    }
}

/// The MIDI channel of track `index`: drums share General MIDI's, the others have one each in their order.
pub fn channel(tracks: &[Track], index: usize) -> u8 {
    if tracks.get(index).is_some_and(|track| track.part == Part::Drums) {
        return crate::engine::DRUM_CHANNEL;
    }
    tracks.iter().take(index).filter(|track| track.part != Part::Drums).count() as u8
}

/// The parts that a pattern of these tokens consists of, whether notes stand in them or not.
pub fn parts(tokens: &Tokens) -> &'static [Part] {
    match tokens {
        Tokens::Melody(_) => &[Part::Lead],
        Tokens::Drums(_) | Tokens::FullDrums(_) | Tokens::Groove(_) => &[Part::Drums],
        Tokens::Trio { .. } => &[Part::Lead, Part::Bass, Part::Drums],
    }
}

/// Where a pattern plays: each part on the selected track where that takes it, otherwise on the first track made for
/// it. A part that no track is made for is left out.
pub fn route(tracks: &[Track], selected: usize, slot: &Arc<Slot>) -> Vec<Voice> {
    let parts = parts(&slot.made.tokens);
    let mut voices: Vec<Voice> = Vec::with_capacity(parts.len());
    for &part in parts {
        // A lone melody plays on any track of notes; in a trio each part keeps to its own kind.
        let fits = |track: &Track| if parts.len() == 1 { track.takes(part) } else { track.part == part };
        let index = Some(selected)
            .filter(|at| tracks.get(*at).is_some_and(fits))
            .or_else(|| tracks.iter().position(|track| track.part == part))
            .or_else(|| tracks.iter().position(fits));
        voices.extend(index.and_then(|at| voice(tracks, at, slot, part)));
    }
    voices
}

/// `part` of `slot` on track `index`; `None` where there is no such track.
pub fn voice(tracks: &[Track], index: usize, slot: &Slot, part: Part) -> Option<Voice> {
    let track = tracks.get(index)?;
    Some(Voice {
        track: index as u8,
        part,
        channel: channel(tracks, index),
        program: track.program,
        octave: track.octaves(slot, part),
        steps: track.steps.unwrap_or(0),
    })
}

/// The voices of those tracks that are not frozen.
pub fn thawed(tracks: &[Track], voices: Vec<Voice>) -> Vec<Voice> {
    let free =
        |voice: &Voice| tracks.get(usize::from(voice.track)).is_none_or(|track| track.frozen.is_none());
    voices.into_iter().filter(free).collect()
}

/// The frozen tracks (bit = track).
pub fn frozen(tracks: &[Track]) -> u8 {
    tracks.iter().enumerate().fold(0, |mask, (at, track)| mask | u8::from(track.frozen.is_some()) << at)
}

/// A model at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// What it makes.
    pub kind: Kind,
    /// Length of its patterns in steps.
    pub steps: u32,
}

impl Known {
    /// A model of two-bar drum patterns.
    pub fn drums(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Kind::Drums, steps: super::limits::STEPS }
    }

    /// True where its patterns, or a part of them, play on a track for `part`.
    pub fn suits(&self, part: Part) -> bool {
        match self.kind {
            Kind::Melody => part != Part::Drums,
            Kind::Drums | Kind::FullDrums | Kind::Groove => part == Part::Drums,
            Kind::Trio => true,
            Kind::Performance => false,
        }
    }

    /// What one of its patterns is called.
    pub fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Melody | Kind::Performance => "melody",
            Kind::Trio => "trio",
            Kind::Drums | Kind::FullDrums | Kind::Groove => "beat",
        }
    }
}

/// What patterns of these tokens are called, one and many.
pub fn nouns(tokens: &Tokens) -> (&'static str, &'static str) {
    match tokens {
        Tokens::Melody(_) => ("melody", "melodies"),
        Tokens::Trio { .. } => ("trio", "trios"),
        Tokens::Drums(_) | Tokens::FullDrums(_) | Tokens::Groove(_) => ("beat", "beats"),
    }
}

/// The plural of a word of [`Known::noun`].
pub fn plural(noun: &str) -> String {
    noun.strip_suffix('y').map_or_else(|| format!("{noun}s"), |stem| format!("{stem}ies"))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{beat, melody, trio};
    use super::super::slot::Slot;
    use super::{Track, channel, plural, route};
    use crate::music::pattern::Part;
    use std::sync::Arc;

    fn tracks() -> Vec<Track> {
        [("drums", Part::Drums), ("lead", Part::Lead), ("bass", Part::Bass), ("pad", Part::Lead)]
            .map(|(name, part)| Track::new(name, part, "m"))
            .to_vec()
    }

    #[test]
    fn every_part_goes_to_a_track_that_takes_it() {
        let tracks = tracks();
        let to = |selected, made| -> Vec<u8> {
            let slot = Arc::new(Slot::new("x", made));
            route(&tracks, selected, &slot).iter().map(|voice| voice.track).collect()
        };
        assert_eq!(to(0, beat(0)), [0]);
        assert_eq!(to(1, beat(0)), [0], "a beat does not play on the lead");
        assert_eq!(to(0, melody(0)), [1]);
        assert_eq!(to(2, melody(0)), [2], "the selected track takes any melody");
        assert_eq!(to(0, trio(0)), [1, 2, 0]);
        assert_eq!(to(3, trio(0)), [3, 2, 0]);
    }

    #[test]
    fn each_track_of_notes_has_a_channel_of_its_own_and_drums_have_the_tenth() {
        let tracks = tracks();
        let channels: Vec<u8> = (0..4).map(|at| channel(&tracks, at)).collect();
        assert_eq!(channels, [9, 0, 1, 2]);
        assert_eq!((plural("melody"), plural("beat")), ("melodies".into(), "beats".into()));
    }

    #[test]
    fn the_bottom_of_the_fader_is_silence() {
        let mut track = Track::new("x", Part::Lead, "m");
        assert_eq!(track.gain(), 1.0);
        track.level = *super::super::limits::LEVEL.start();
        assert_eq!(track.gain(), 0.0);
    }
}
