//! What the verbs that make patterns share: the model, the chords, how patterns are drawn and where they go.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::arguments::{Drawing, Keeping, index, places};
use super::failure::usage;
use super::input::{self, Found};
use crate::codec::chords;
use crate::latent::generate::{self, Sampling};
use crate::model::{Controls, MusicVae};

/// Arguments of every verb that makes patterns.
#[derive(Debug, Clone, Args)]
pub struct Making {
    /// Model, by name or path [default: drums_2bar_oh_lokl to sample, else drums_2bar_oh_hikl]
    #[arg(long, value_name = "M")]
    pub model: Option<String>,
    /// Chords, evenly over the pattern, for a model that plays over them: "C Am F G" [default: the file's own]
    #[arg(long, value_name = "CHORDS")]
    pub chords: Option<String>,
    /// A beat whose hits are played, for a model that plays given hits [default: those of the pattern itself]
    #[arg(long, value_name = "FILE.mid", conflicts_with = "chords")]
    pub hits: Option<PathBuf>,
    #[command(flatten)]
    pub drawing: Drawing,
    #[command(flatten)]
    pub keeping: Keeping,
}

impl Making {
    /// The model that is named, else `otherwise`.
    ///
    /// # Errors
    /// The model room's.
    pub fn open(&self, otherwise: &str) -> anyhow::Result<Arc<MusicVae>> {
        input::model(self.model.as_deref(), otherwise)
    }

    /// How `n` patterns of `model` are drawn, with defaults where nothing was said.
    ///
    /// # Errors
    /// Wrong usage: a length that the model cannot make, chords that are none or that it does not take.
    pub fn sampling(
        &self,
        model: &MusicVae,
        n: usize,
        temperature: f32,
        seed: u64,
    ) -> anyhow::Result<Sampling> {
        let how = self.drawing.sampling(n, temperature, seed);
        let steps = generate::checked_steps(model, how.steps)?;
        let controls = match (&self.chords, &self.hits) {
            (Some(text), _) => Some(progression(text, steps)?),
            (None, Some(file)) => Some(hits(file, model)?),
            (None, None) => None,
        };
        Ok(Sampling { controls, ..how })
    }
}

/// The chords of `text`, evenly over `steps` steps.
///
/// # Errors
/// Wrong usage: no chords, a word that is none, more of them than steps.
pub fn progression(text: &str, steps: usize) -> anyhow::Result<Controls> {
    let symbols = text.split([' ', ',', '|', '\t', '\n']).filter(|s| !s.is_empty());
    let mut classes = Vec::new();
    for symbol in symbols {
        classes.push(chords::parse(symbol).ok_or_else(|| {
            usage(format!(
                "\"{symbol}\" is no chord. Write chords as C, Am, F#, Bbmaj7, Bdim, Caug, N.C., with blanks between"
            ))
        })?);
    }
    if classes.is_empty() || classes.len() > steps {
        let found = classes.len();
        return Err(usage(format!("--chords takes 1 to {steps} chords for {steps} steps, not {found}")));
    }
    Ok(Controls::Chords(chords::spread(&classes, steps)))
}

/// The hits of the first beat in `file`.
///
/// # Errors
/// Wrong usage: a model that takes no hits; a file without drums.
fn hits(file: &Path, model: &MusicVae) -> anyhow::Result<Controls> {
    let found = input::patterns(file, &input::Reader::of(model)?)?;
    let first = found.first().and_then(|first| generate::controls_of(model, first.into()));
    first.ok_or_else(|| {
        let name = &model.settings().name;
        usage(format!("{name} plays hits of its own. Leave --hits out, or take a model of groovae_2bar_hits_control_tfds"))
    })
}

/// Several patterns that are given as files.
#[derive(Debug, Clone, Args)]
pub struct Given {
    /// MIDI files, in order
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Which pattern of each file, as `extract` counts them: once for each file, in order
    #[arg(long, value_name = "I", value_parser = index)]
    pub index: Vec<usize>,
}

impl Given {
    /// The patterns, two at least, as `model` takes them; `verb` stands in the message.
    ///
    /// # Errors
    /// Wrong usage: only one; a file that holds none or several where no index says which.
    pub fn read(&self, model: &MusicVae, verb: &str) -> anyhow::Result<Vec<Found>> {
        let places = places(&self.files, &self.index)?;
        if places.len() < 2 {
            return Err(usage(format!(
                "{verb} needs two patterns. Name two files, or one file and --index twice"
            )));
        }
        input::each(&places, &input::Reader::of(model)?)
    }

    /// What the patterns are called.
    pub fn names(&self, found: &[Found]) -> Vec<String> {
        found.iter().map(|f| f.label(self.index.is_empty())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_spread_over_the_steps_and_slips_are_named() {
        let Controls::Chords(steps) = progression("C | Am, F G", 32).unwrap() else { unreachable!() };
        assert_eq!((steps.len(), steps[7], steps[8], steps[31]), (32, 1, 22, 8));
        assert!(progression("C H", 32).unwrap_err().to_string().contains("\"H\" is no chord"));
        assert!(progression(" ", 32).is_err() && progression("C C C", 2).is_err());
    }
}
