//! Arguments that several verbs share, and what values they take.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;

use super::failure::usage;
use super::output;
use super::words::counted;
use crate::latent::generate::Sampling;
use crate::model::engines::Choice;

/// Taken by every verb.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Write one JSON document on stdout instead of text
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
    /// Say nothing that is not an error
    #[arg(short, long, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// Log what happens on stderr (-vv for more); the jam logs to a file
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,
    /// What runs the models: `auto` takes a graphics card where a trial showed it to be faster (see `engines`)
    #[arg(long, global = true, value_enum, default_value_t = Engine::Auto, value_name = "ENGINE", help_heading = "Models")]
    pub engine: Engine,
}

/// Values of `--engine`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// The card where it is known to be faster, else the processor
    Auto,
    /// The processor
    Cpu,
    /// A graphics card, whatever it is
    Gpu,
}

impl From<Engine> for Choice {
    fn from(engine: Engine) -> Self {
        match engine {
            Engine::Auto => Self::Auto,
            Engine::Cpu => Self::Cpu,
            Engine::Gpu => Self::Gpu,
        }
    }
}

/// How patterns are drawn.
#[derive(Debug, Clone, Args)]
pub struct Drawing {
    /// 0 takes the likeliest notes, 1 draws as trained, above is wilder [default: 0.9 to sample, else 0]
    #[arg(long, value_name = "T", value_parser = temperature, allow_negative_numbers = true)]
    pub temperature: Option<f32>,
    /// The same seed gives the same music [default: from the clock to sample, else 0]
    #[arg(long, value_name = "S", value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Length of a pattern in 16th steps, a multiple of the model's [default: the model's]
    #[arg(long, value_name = "STEPS", value_parser = length, allow_negative_numbers = true)]
    pub length: Option<usize>,
}

impl Drawing {
    /// The settings of `n` draws with defaults where nothing was said.
    pub fn sampling(&self, n: usize, temperature: f32, seed: u64) -> Sampling {
        Sampling {
            n,
            temperature: self.temperature.unwrap_or(temperature),
            seed: self.seed.unwrap_or(seed),
            steps: self.length.unwrap_or(0),
            controls: None,
        }
    }
}

/// Where patterns go.
#[derive(Debug, Clone, Args)]
pub struct Keeping {
    /// A folder for one MIDI file a pattern, or a .mid file for all of them in a row
    #[arg(long, value_name = "DIR|FILE.mid")]
    pub out: Option<PathBuf>,
    /// Also draw them into one picture (.svg or .png)
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Tempo of the MIDI files in quarters a minute
    #[arg(long, value_name = "BPM", default_value_t = 120.0, value_parser = bpm, allow_negative_numbers = true)]
    pub bpm: f64,
    /// Replace files that hold something else
    #[arg(long)]
    pub force: bool,
}

impl Keeping {
    /// The folder that `--out` names, where it names one.
    pub fn folder(&self) -> Option<&Path> {
        self.out.as_deref().filter(|out| !output::is_midi(out))
    }
}

/// A softmax temperature.
pub fn temperature(text: &str) -> Result<f32, String> {
    let value: f32 = text.parse().map_err(|_| "not a number; 0.5 to 1.2 is usual".to_owned())?;
    if value.is_finite() && (0.0..=100.0).contains(&value) {
        Ok(value)
    } else {
        Err("it takes a number from 0 (the likeliest notes) to 100; 0.5 to 1.2 is usual".to_owned())
    }
}

/// What all draws follow from.
pub fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("it takes a whole number from 0 to {}", u64::MAX))
}

/// A number of patterns.
pub fn patterns(text: &str) -> Result<usize, String> {
    whole(text, 1, 10_000, "patterns")
}

/// A number of points of an interpolation, both ends included.
pub fn points(text: &str) -> Result<usize, String> {
    whole(text, 2, 1_000, "points, both ends included")
}

/// A 1-based number in a list.
pub fn index(text: &str) -> Result<usize, String> {
    whole(text, 1, 1_000_000, "as `extract` counts them")
}

fn length(text: &str) -> Result<usize, String> {
    whole(text, 1, 4096, "16th steps, a multiple of the model's own length")
}

/// How many at most of something that there are many of.
pub fn count(text: &str) -> Result<usize, String> {
    whole(text, 1, 100_000_000, "how many at most")
}

/// Frames of sound a second.
pub fn rate(text: &str) -> Result<u32, String> {
    whole(text, 16_000, 192_000, "frames a second; 44100 and 48000 are usual")
}

/// A number of bars, or of one bar, from 1.
pub fn bars(text: &str) -> Result<u32, String> {
    whole(text, 1, 100_000, "bars")
}

/// Panels of a picture beside each other.
pub fn columns(text: &str) -> Result<u32, String> {
    whole(text, 1, 64, "panels beside each other")
}

/// A part of a whole.
pub fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "not a number; 0.08 is usual".to_owned())?;
    if value > 0.0 && value <= 1.0 {
        Ok(value)
    } else {
        Err("it takes a share above 0, at most 1".to_owned())
    }
}

/// A tempo in quarters a minute.
pub fn bpm(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "not a number; 120 is usual".to_owned())?;
    // Below 4 a quarter does not fit the three bytes that a MIDI file has for it.
    if (4.0..=1000.0).contains(&value) {
        Ok(value)
    } else {
        Err("it takes 4 to 1000 quarters a minute".to_owned())
    }
}

fn whole<N: FromStr + PartialOrd + Display>(text: &str, least: N, most: N, what: &str) -> Result<N, String> {
    let range = || format!("it takes a whole number from {least} to {most}: {what}");
    let value: N = text.parse().map_err(|_| range())?;
    if (&least..=&most).contains(&&value) { Ok(value) } else { Err(range()) }
}

/// One place in a list for each of several files, as `--index` gives them: none, or one a file. A single file with
/// several places stands for itself as often.
///
/// # Errors
/// Wrong usage: another number of places than of files.
pub fn places(files: &[PathBuf], indices: &[usize]) -> anyhow::Result<Vec<(PathBuf, Option<usize>)>> {
    if indices.is_empty() {
        return Ok(files.iter().map(|f| (f.clone(), None)).collect());
    }
    if let ([only], true) = (files, indices.len() > 1) {
        return Ok(indices.iter().map(|&i| (only.clone(), Some(i))).collect());
    }
    if files.len() != indices.len() {
        let (files, times) = (counted(files.len(), "file"), counted(indices.len(), "time"));
        return Err(usage(format!(
            "--index was given {times} for {files}. Give it once for each file, in the order of the files"
        )));
    }
    Ok(files.iter().cloned().zip(indices.iter().map(|&i| Some(i))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_make_no_sense_are_refused_with_their_range() {
        for text in ["NaN", "inf", "-0.1", "-1", "101", "warm", ""] {
            assert!(temperature(text).is_err(), "{text}");
        }
        assert_eq!((temperature("0"), temperature("1.5")), (Ok(0.0), Ok(1.5)));
        for text in ["0", "-3", "2.5", "10001", "x"] {
            assert!(patterns(text).unwrap_err().contains("1 to 10000"), "{text}");
        }
        assert!(points("1").is_err() && points("2").is_ok());
        assert!(seed("abc").unwrap_err().contains("whole number from 0") && seed("7") == Ok(7));
        assert!(rate("100").unwrap_err().contains("16000 to 192000") && bars("0").is_err());
        assert!(bpm("0").is_err() && bpm("NaN").is_err() && bpm("174").is_ok());
    }

    #[test]
    fn places_go_to_files_in_order_and_one_file_may_have_several() {
        let files = [PathBuf::from("a"), PathBuf::from("b")];
        assert_eq!(places(&files, &[3, 1]).unwrap()[1], (PathBuf::from("b"), Some(1)));
        assert!(places(&files, &[3]).is_err());
        assert_eq!(places(&files[..1], &[1, 4]).unwrap().len(), 2);
        assert_eq!(places(&files, &[]).unwrap()[0].1, None);
    }
}
