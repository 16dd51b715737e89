//! The attributes that vectors are computed for, by name.

use serde::{Deserialize, Serialize};

use super::{AttributeError, drums, melody};
use crate::model::{Kind, near};
use crate::music::pattern::Pattern;

/// A measurable property of a pattern. Melodic ones are those of the MusicVAE paper (its appendix on attributes) and
/// are measured on the lead; those of drums are made in their image and measured on the drums. A trio has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// Share of notes on the white keys, 0..=1.
    CDiatonic,
    /// Note onsets a 16th step, 0..=1.
    NoteDensity,
    /// Mean distance between consecutive notes in semitones.
    AverageInterval,
    /// Share of onsets on an off-beat 16th with no onset on the 16th before, 0..=1.
    #[serde(rename = "syncopation_16th")]
    Syncopation16th,
    /// Share of onsets on an off-beat 8th with no onset on the 16th or the 8th before, 0..=1.
    #[serde(rename = "syncopation_8th")]
    Syncopation8th,
    /// Hits a 16th step, 0..=9.
    Density,
    /// Share of the hits of kick, snare and toms off the beat with nothing of the same drum before, 0..=1.
    Syncopation,
    /// Kicks a 16th step, 0..=1.
    KickDensity,
    /// Snares a 16th step, 0..=1.
    SnareDensity,
    /// Open and closed hi-hats a 16th step, 0..=2.
    HatDensity,
    /// Share of the hi-hats that is open, 0..=1.
    OpenHatShare,
    /// Mean velocity of the hits, 0..=1; grooves only.
    Loudness,
    /// Mean distance of the hits from the grid in 16th steps, 0..=0.5; grooves only.
    Looseness,
}

use Attribute as A;

/// All attributes there are: those of melodies, of drums, of grooves alone. The kinds of pattern take runs of it.
const ALL: &[A] = &[
    A::CDiatonic,
    A::NoteDensity,
    A::AverageInterval,
    A::Syncopation16th,
    A::Syncopation8th,
    A::Density,
    A::Syncopation,
    A::KickDensity,
    A::SnareDensity,
    A::HatDensity,
    A::OpenHatShare,
    A::Loudness,
    A::Looseness,
];
/// Where in [`ALL`] the attributes of drums begin.
const DRUMS: usize = 5;
/// Where in [`ALL`] those begin that need velocities and offsets.
const GROOVE: usize = 11;

impl Attribute {
    /// The attributes of a kind of pattern, in the order of their table.
    pub fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Melody => &ALL[..DRUMS],
            Kind::Drums | Kind::FullDrums => &ALL[DRUMS..GROOVE],
            Kind::Trio => &ALL[..GROOVE],
            Kind::Groove => &ALL[DRUMS..],
            Kind::Performance => &[],
        }
    }

    /// Its name in files and on the command line: `note_density`.
    pub fn name(self) -> &'static str {
        match self {
            A::CDiatonic => "c_diatonic",
            A::NoteDensity => "note_density",
            A::AverageInterval => "average_interval",
            A::Syncopation16th => "syncopation_16th",
            A::Syncopation8th => "syncopation_8th",
            A::Density => "density",
            A::Syncopation => "syncopation",
            A::KickDensity => "kick_density",
            A::SnareDensity => "snare_density",
            A::HatDensity => "hat_density",
            A::OpenHatShare => "open_hat_share",
            A::Loudness => "loudness",
            A::Looseness => "looseness",
        }
    }

    /// What it measures and in which unit, in a line.
    pub fn about(self) -> &'static str {
        match self {
            A::CDiatonic => "share of notes on the white keys",
            A::NoteDensity => "notes a 16th step",
            A::AverageInterval => "semitones between consecutive notes",
            A::Syncopation16th => "share of notes on an off-beat 16th, none on the 16th before",
            A::Syncopation8th => "share of notes on an off-beat 8th, none on the 16th or 8th before",
            A::Density => "hits a 16th step",
            A::Syncopation => "share of kicks, snares and toms off the beat, none of the same before",
            A::KickDensity => "kicks a 16th step",
            A::SnareDensity => "snares a 16th step",
            A::HatDensity => "hi-hats a 16th step",
            A::OpenHatShare => "share of hi-hats that is open",
            A::Loudness => "mean velocity of the hits, 0 to 1",
            A::Looseness => "mean distance of the hits from the grid in 16th steps",
        }
    }

    /// The attribute called `name`; case, blanks and hyphens do not matter.
    ///
    /// # Errors
    /// [`AttributeError::Unknown`] with the near names.
    pub fn find(name: &str) -> Result<Self, AttributeError> {
        let plain = name.trim().to_lowercase().replace([' ', '-'], "_");
        ALL.iter().copied().find(|a| a.name() == plain).ok_or_else(|| AttributeError::Unknown {
            name: name.to_owned(),
            near: near(&plain, ALL.iter().map(|a| a.name())),
        })
    }

    /// How much of it a pattern has; nothing where there is nothing to measure it on: no notes, no hi-hats, one note
    /// where an interval needs two.
    pub fn measure(self, pattern: &Pattern) -> Option<f64> {
        match self {
            A::CDiatonic => melody::c_diatonic(pattern),
            A::NoteDensity => melody::density(pattern),
            A::AverageInterval => melody::average_interval(pattern),
            A::Syncopation16th => melody::syncopation(pattern, 1),
            A::Syncopation8th => melody::syncopation(pattern, 2),
            A::Density => drums::density(pattern, &drums::ALL),
            A::Syncopation => drums::syncopation(pattern),
            A::KickDensity => drums::density(pattern, &[drums::KICK]),
            A::SnareDensity => drums::density(pattern, &[drums::SNARE]),
            A::HatDensity => drums::density(pattern, &[drums::CLOSED_HAT, drums::OPEN_HAT]),
            A::OpenHatShare => drums::open_hat_share(pattern),
            A::Loudness => drums::loudness(pattern),
            A::Looseness => drums::looseness(pattern),
        }
    }
}

impl std::fmt::Display for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Attribute};
    use crate::model::Kind;

    #[test]
    fn a_trio_has_what_its_melody_and_its_drums_have_and_a_groove_two_more() {
        let [melody, drums, trio, groove] =
            [Kind::Melody, Kind::Drums, Kind::Trio, Kind::Groove].map(Attribute::of);
        assert_eq!(melody.first(), Some(&Attribute::CDiatonic));
        assert_eq!(drums.first(), Some(&Attribute::Density));
        assert_eq!(trio, [melody, drums].concat());
        assert_eq!(groove, [drums, &[Attribute::Loudness, Attribute::Looseness]].concat());
    }

    #[test]
    fn every_attribute_is_found_by_its_name_which_is_also_its_json() {
        for &a in ALL {
            assert_eq!(Attribute::find(a.name()).unwrap(), a);
            assert_eq!(serde_json::to_string(&a).unwrap(), format!("\"{}\"", a.name()));
        }
        assert_eq!(Attribute::find("Note-Density").unwrap(), Attribute::NoteDensity);
    }

    #[test]
    fn a_mistyped_name_is_answered_with_the_near_ones() {
        let message = Attribute::find("kick").unwrap_err().to_string();
        assert!(message.contains("kick_density"), "{message}");
    }
}
