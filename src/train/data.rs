//! Examples for training and for validation, cut from MIDI files in parallel and split by file.

use std::collections::HashSet;
use std::path::PathBuf;

use rayon::prelude::*;

use super::error::TrainError;
use super::source::{self, MidiFile};
use crate::codec::{Converter, DrumMap, Tokens};
use crate::model::Controls;

/// What the examples are taken from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sources {
    /// Files, folders, archives.
    pub plain: Vec<PathBuf>,
    /// The same, recorded with Roland's drum keys (spec section 14).
    pub roland: Vec<PathBuf>,
}

/// Unique examples, split by file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Examples {
    /// To train on.
    pub train: Vec<Tokens>,
    /// Of the files kept out of training, and in no other; where there is nothing of that kind, all of those files.
    pub held_out: Vec<Tokens>,
    /// Patterns of the files kept out that stand in the others note for note.
    pub known: usize,
    /// Files read.
    pub files: usize,
    /// Files of which nothing came.
    pub empty_files: usize,
}

impl Examples {
    /// Nothing in the files kept out is new to a model: what it is measured on, it was trained on.
    pub fn all_known(&self) -> bool {
        self.held_out.len() == self.known && self.held_out.first().is_some_and(|t| self.train.contains(t))
    }

    /// Held-out trios whose drums stand in no example to train on: the same drums may play under many a song. Empty
    /// for other patterns.
    pub fn with_unheard_drums(&self) -> Vec<&Tokens> {
        let drums = |tokens: &'_ Tokens| match tokens {
            Tokens::Trio { drums, .. } => Some(drums.clone()),
            _ => None,
        };
        let heard: HashSet<Vec<u16>> = self.train.iter().filter_map(drums).collect();
        self.held_out.iter().filter(|t| drums(t).is_some_and(|d| !heard.contains(&d))).collect()
    }
}

/// Cuts and de-duplicates the examples of all sources. A file goes to the held-out side where the hash of its name
/// falls below `held_out` (0..1); a piece of one name stays on one side whatever archive it is in.
///
/// # Errors
/// [`TrainError::Read`], [`TrainError::NoMidi`]; [`TrainError::TooFew`] where either side is empty that should not be.
pub fn prepare(sources: &Sources, converter: &Converter, held_out: f64) -> Result<Examples, TrainError> {
    let mut files = Vec::new();
    for (paths, converter) in
        [(&sources.plain, *converter), (&sources.roland, converter.with_drum_map(DrumMap::Roland))]
    {
        for path in paths {
            files.extend(source::read(path)?.into_iter().map(|file| (file, converter)));
        }
    }
    let found: Vec<(bool, Result<Vec<Tokens>, String>)> = files
        .par_iter()
        .map(|(file, converter)| (is_held_out(file.own_name(), held_out), examples(file, converter)))
        .collect();
    let mut examples = Examples { files: files.len(), ..Examples::default() };
    let (mut seen_train, mut seen_held_out) = (HashSet::new(), HashSet::new());
    let mut reasons: Vec<String> = Vec::new();
    for (held_out, tokens) in found {
        let (list, seen) = match held_out {
            true => (&mut examples.held_out, &mut seen_held_out),
            false => (&mut examples.train, &mut seen_train),
        };
        let before = list.len();
        match tokens {
            Ok(tokens) => list.extend(tokens.into_iter().filter(|t| seen.insert(key(t)))),
            Err(reason) => reasons.push(reason),
        }
        examples.empty_files += usize::from(list.len() == before);
    }
    let is_known = |t: &Tokens| seen_train.contains(&key(t));
    examples.known = examples.held_out.iter().filter(|t| is_known(t)).count();
    if examples.known < examples.held_out.len() {
        examples.held_out.retain(|t| !is_known(t));
    }
    if examples.train.is_empty() && held_out < 1.0 || examples.held_out.is_empty() && held_out > 0.0 {
        let split = format!(
            "None of their names fell into the share of {held_out} that is kept out to measure with. Give more files, \
             or a larger --held-out such as 0.3"
        );
        let given = reasons.into_iter().next().unwrap_or_else(|| "Give more files".to_owned());
        let why = if examples.train.is_empty() || held_out >= 1.0 { given } else { split };
        let (train, held_out) = (examples.train.len(), examples.held_out.len());
        return Err(TrainError::TooFew { files: examples.files, train, held_out, why });
    }
    Ok(examples)
}

/// Unique examples with what a model is conditioned on beside them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConditionedExamples {
    /// Tokens and their chords, for models that take them.
    pub examples: Vec<(Tokens, Option<Controls>)>,
    /// Files read.
    pub files: usize,
    /// Files of which nothing came.
    pub empty_files: usize,
}

/// The examples of the files that `held_out` picks (1: all), with the chords that the notes imply where `chords` asks for them.
///
/// # Errors
/// As [`prepare`].
pub fn conditioned(
    sources: &Sources,
    converter: &Converter,
    chords: bool,
    held_out: f64,
) -> Result<ConditionedExamples, TrainError> {
    if !chords {
        let found = prepare(sources, converter, held_out)?;
        let examples = found.held_out.into_iter().map(|tokens| (tokens, None)).collect();
        return Ok(ConditionedExamples { examples, files: found.files, empty_files: found.empty_files });
    }
    let mut files = Vec::new();
    for path in sources.plain.iter().chain(&sources.roland) {
        files.extend(source::read(path)?);
    }
    files.retain(|file| is_held_out(file.own_name(), held_out));
    let found: Vec<Vec<_>> = files
        .par_iter()
        .map(|file| {
            let score = crate::music::smf::parse(&file.bytes, &file.name);
            let all = score.map(|score| converter.extract_with_chords(&score)).unwrap_or_default();
            all.into_iter().filter(|chorded| is_music(&chorded.example.tokens)).collect()
        })
        .collect();
    let mut seen = HashSet::new();
    let mut all = ConditionedExamples { files: files.len(), ..ConditionedExamples::default() };
    all.empty_files = found.iter().filter(|of_file| of_file.is_empty()).count();
    for chorded in found.into_iter().flatten() {
        let mut pair = key(&chorded.example.tokens);
        pair.extend(&chorded.chords);
        if seen.insert(pair) {
            all.examples.push((chorded.example.tokens, Some(Controls::Chords(chorded.chords))));
        }
    }
    if all.examples.is_empty() {
        let why = "No melody in them stands over chords that their notes imply. Give more files".to_owned();
        return Err(TrainError::TooFew { files: all.files, train: 0, held_out: 0, why });
    }
    Ok(all)
}

/// FNV-1a over the file's own name.
fn is_held_out(name: &str, share: f64) -> bool {
    let hash = name
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01B3));
    // The low bits of FNV are its weak ones; one more multiplication spreads them.
    let spread = (hash ^ (hash >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((spread >> 11) as f64 / (1u64 << 53) as f64) < share
}

fn examples(file: &MidiFile, converter: &Converter) -> Result<Vec<Tokens>, String> {
    let score = crate::music::smf::parse(&file.bytes, &file.name).map_err(|e| e.to_string())?;
    let extraction = converter.extract(&score);
    if let Some(why) = extraction.why_nothing {
        return Err(format!("{}: {why}", file.name));
    }
    Ok(extraction.examples.into_iter().map(|e| e.tokens).filter(is_music).collect())
}

/// Enough happens in it to be worth learning: near-empty windows would teach silence.
fn is_music(tokens: &Tokens) -> bool {
    let melody = |events: &[u8], notes: usize| {
        let onsets: Vec<u8> = events.iter().copied().filter(|&e| e >= 2).collect();
        onsets.len() >= notes && onsets.iter().any(|e| *e != onsets[0])
    };
    let per_bar = |tokens: &Tokens, two_bars: usize, sixteen: usize| match tokens.len() {
        0..=64 => two_bars,
        _ => sixteen,
    };
    match tokens {
        Tokens::Melody(events) => melody(events, per_bar(tokens, 3, 24)),
        Tokens::Drums(masks) => masks.iter().filter(|&&m| m != 0).count() >= 2,
        Tokens::FullDrums(masks) => masks.iter().filter(|&&m| m != 0).count() >= 2,
        Tokens::Trio { lead, bass, .. } => {
            let onsets = bass.iter().filter(|&&e| e >= 2).count();
            melody(lead, per_bar(tokens, 3, 24)) && onsets >= per_bar(tokens, 2, 12)
        }
        Tokens::Groove(steps) => steps.iter().filter(|s| s[..9].iter().any(|&hit| hit > 0.5)).count() >= 2,
    }
}

/// Bytes that are equal exactly where the tokens are.
fn key(tokens: &Tokens) -> Vec<u8> {
    match tokens {
        Tokens::Melody(events) => events.clone(),
        Tokens::Drums(masks) => masks.iter().flat_map(|m| m.to_le_bytes()).collect(),
        Tokens::FullDrums(masks) => masks.iter().flat_map(|m| m.to_le_bytes()).collect(),
        Tokens::Trio { lead, bass, drums } => {
            let drums = drums.iter().flat_map(|m| m.to_le_bytes());
            lead.iter().chain(bass).copied().chain(drums).collect()
        }
        Tokens::Groove(steps) => steps.iter().flatten().flat_map(|x| x.to_le_bytes()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_music;
    use crate::codec::Tokens;

    #[test]
    fn a_short_trio_needs_fewer_notes_than_a_long_one() {
        let trio = |bars: usize| {
            let lead = (0..16 * bars).map(|t| if t % 8 == 0 { 40 + (t / 8 % 2) as u8 } else { 0 }).collect();
            let bass = (0..16 * bars).map(|t| if t % 16 == 0 { 20 } else { 0 }).collect();
            Tokens::Trio { lead, bass, drums: vec![1; 16 * bars] }
        };
        assert!(is_music(&trio(2)) && is_music(&trio(16)));
        let Tokens::Trio { lead, drums, .. } = trio(16) else { unreachable!() };
        assert!(!is_music(&Tokens::Trio {
            lead,
            bass: vec![20; 4].into_iter().chain(vec![0; 252]).collect(),
            drums
        }));
    }
}
