//! What verbs read: models by name, MIDI files, the patterns in them.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{anyhow, bail};
use serde::{Deserialize, Serialize};

use crate::codec::chords::NO_CHORD;
use crate::codec::{Converter, Tokens};
use crate::latent::generate::{self, Conditioned, GenerateError};
use crate::model::engines;
use crate::model::{self, Controls, MusicVae};
use crate::music::pattern::Pattern;
use crate::music::score::Score;
use crate::music::smf;

/// The model that draws from the prior where none is named: its KL is low, so that the prior is where the music is.
pub const SAMPLER: &str = "drums_2bar_oh_lokl";
/// The model for given patterns where none is named: its KL is high, so that they come back as they were.
pub const RECONSTRUCTOR: &str = "drums_2bar_oh_hikl";

/// How many patterns of a file an error lists.
const LISTED: usize = 24;

/// A pattern found in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The file.
    pub file: PathBuf,
    /// Its place among the patterns of the file, from 1.
    pub index: usize,
    /// The bar where it first stands, from 1.
    pub bar: u32,
    /// What the model reads.
    pub tokens: Tokens,
    /// The chords it stands over, for a model that is conditioned on them.
    pub controls: Option<Controls>,
    /// What people hear.
    pub pattern: Pattern,
}

impl<'a> From<&'a Found> for model::Example<'a> {
    fn from(found: &'a Found) -> Self {
        Self { tokens: &found.tokens, controls: found.controls.as_ref(), segments: None }
    }
}

/// How patterns are read out of files.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// Which notes are taken, and how many bars.
    pub converter: Converter,
    /// True where each pattern comes with the chords that the file's notes imply.
    pub chords: bool,
}

impl Reader {
    /// As `model` takes them.
    ///
    /// # Errors
    /// A model without a converter.
    pub fn of(model: &MusicVae) -> Result<Self, GenerateError> {
        let chords = generate::conditioned(model) == Conditioned::Chords;
        Ok(Self { converter: generate::converter(model)?, chords })
    }
}

impl From<Converter> for Reader {
    fn from(converter: Converter) -> Self {
        Self { converter, chords: false }
    }
}

/// Where a pattern came from, for JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Source {
    /// The file.
    pub file: String,
    /// Its place among the patterns of the file, from 1.
    pub index: usize,
    /// The bar where it first stands, from 1.
    pub bar: u32,
}

impl Found {
    /// For JSON.
    pub fn source(&self) -> Source {
        Source { file: self.file.display().to_string(), index: self.index, bar: self.bar }
    }

    /// `song` where the file holds one pattern, else `song #3`.
    pub fn label(&self, alone: bool) -> String {
        let stem = stem(&self.file);
        if alone { stem } else { format!("{stem} #{}", self.index) }
    }
}

/// A model by name or path, `otherwise` where none was named.
///
/// # Errors
/// The model room's.
pub fn model(name: Option<&str>, otherwise: &str) -> anyhow::Result<Arc<MusicVae>> {
    let name = name.unwrap_or(otherwise);
    let started = std::time::Instant::now();
    let model = model::find(name)?;
    let remedy = "Leave --engine out, or see `mvae-tui engines`";
    engines::prepare(&model, name)
        .map_err(|why| anyhow!("{name} cannot run on a graphics card: {why}. {remedy}"))?;
    tracing::info!(
        model = name,
        engine = model.engine(),
        ms = started.elapsed().as_millis() as u64,
        "loaded"
    );
    Ok(model)
}

/// A MIDI file.
///
/// # Errors
/// The music room's.
pub fn score(path: &Path) -> anyhow::Result<Score> {
    Ok(smf::read(path)?)
}

/// Every pattern of a file that the converter takes, each once; there is at least one.
///
/// # Errors
/// An unreadable file; one that yields nothing, with the reason.
pub fn patterns(path: &Path, reader: &Reader) -> anyhow::Result<Vec<Found>> {
    let converter = &reader.converter;
    let score = score(path)?;
    if reader.chords {
        let found = with_chords(path, converter, &score);
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let extraction = converter.find(&score);
    if extraction.examples.is_empty() {
        let why = extraction.why_nothing.unwrap_or_else(|| "nothing in it fits this model".to_owned());
        bail!("{}: {why}", path.display());
    }
    let found = extraction.examples.into_iter().zip(1..).map(|(example, index)| Found {
        file: path.to_owned(),
        index,
        bar: example.bar,
        pattern: converter.pattern(&example.tokens),
        // Nothing in the file implies a chord: then the melody stands over none.
        controls: reader.chords.then(|| Controls::Chords(vec![NO_CHORD; example.tokens.len()])),
        tokens: example.tokens,
    });
    Ok(found.collect())
}

/// Melodies with the chords that the notes of the file imply, each pair once.
fn with_chords(path: &Path, converter: &Converter, score: &Score) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for chorded in converter.extract_with_chords(score) {
        let (tokens, controls) = (chorded.example.tokens, Some(Controls::Chords(chorded.chords)));
        if found.iter().all(|f| f.tokens != tokens || f.controls != controls) {
            let (index, pattern) = (found.len() + 1, converter.pattern(&tokens));
            found.push(Found {
                file: path.to_owned(),
                index,
                bar: chorded.example.bar,
                tokens,
                controls,
                pattern,
            });
        }
    }
    found
}

/// The one pattern that is meant: number `index`, or the only one there is.
///
/// # Errors
/// Several where no index says which (they are listed), or an index beyond them.
pub fn one(path: &Path, index: Option<usize>, reader: &Reader) -> anyhow::Result<Found> {
    let mut all = patterns(path, reader)?;
    let place = match index {
        Some(i) if i <= all.len() => i - 1,
        Some(i) => bail!("{}: there is no pattern {i}. {}", path.display(), listed(&all, path)),
        None if all.len() == 1 => 0,
        None => bail!(
            "{}: {} different patterns of {} bars stand in it and one is needed. Pick one with --index. {}",
            path.display(),
            all.len(),
            reader.converter.steps() / 16,
            listed(&all, path)
        ),
    };
    Ok(all.swap_remove(place))
}

/// `These are there:` and a line for each with its index and bar, and how to see all.
fn listed(all: &[Found], path: &Path) -> String {
    let mut text = String::from("These are there:");
    for found in all.iter().take(LISTED) {
        let _ = write!(text, "\n  --index {:<3} bar {}", found.index, found.bar);
    }
    if all.len() > LISTED {
        let (more, path) = (all.len() - LISTED, path.display());
        let _ = write!(
            text,
            "\n  ... and {more} more: `mvae-tui extract {path}` with the same --model shows all"
        );
    }
    text
}

/// One pattern of each of several files.
///
/// # Errors
/// As [`one`]; with several files the error says how to name an index for each.
pub fn each(places: &[(PathBuf, Option<usize>)], reader: &Reader) -> anyhow::Result<Vec<Found>> {
    let mut all = Vec::with_capacity(places.len());
    for (path, index) in places {
        all.push(one(path, *index, reader).map_err(|e| {
            if places.len() > 1 && index.is_none() {
                e.context("give --index once for each file, in their order")
            } else {
                e
            }
        })?);
    }
    Ok(all)
}

/// The file's name without folder and ending.
pub fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| path.display().to_string(), |s| s.to_string_lossy().into_owned())
}
