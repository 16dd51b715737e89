//! What a run is told; the options of `mvae-tui train`.

use std::path::PathBuf;

use super::error::TrainError;
use crate::model::catalogue::{Config, Kind, Schedule};

/// Options of a training run. What is not given is taken from the configuration (spec section 1).
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Configuration to train, by its published name
    #[arg(long)]
    pub config: String,
    /// MIDI files, folders, .tar.gz archives; may be given several times
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present = "data_roland")]
    pub data: Vec<PathBuf>,
    /// The same, recorded on Roland's electronic kits (the Groove MIDI Dataset): their own drum keys
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub data_roland: Vec<PathBuf>,
    /// Model file to write; the checkpoint lies beside it as .ckpt
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Go on from the checkpoint beside --out
    #[arg(long)]
    pub resume: bool,
    /// Begin anew where a model or a checkpoint of that name stands, and replace it
    #[arg(long, conflicts_with = "resume")]
    pub force: bool,
    /// Start from the weights of this model file instead of random ones
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub from: Option<String>,
    /// Stop after this many examples, repeats counted
    #[arg(long, default_value_t = 2_000_000, value_name = "N")]
    pub examples: u64,
    /// Examples of one update
    #[arg(long, default_value_t = 64)]
    pub batch: usize,
    /// Parts of a batch that run at once; the result depends on it, not on the number of processors
    #[arg(long, default_value_t = 2)]
    pub threads: usize,
    /// Seed of initial weights, order, variations and noise
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Weight of the KL term
    #[arg(long)]
    pub beta: Option<f64>,
    /// Growth of that weight: (1 - RATE^update) * beta
    #[arg(long, value_name = "RATE")]
    pub beta_rate: Option<f64>,
    /// KL bits an example may have for nothing
    #[arg(long, value_name = "BITS")]
    pub free_bits: Option<f64>,
    /// Scheduled sampling: a probability, or the k of 1 - k / (k + exp(update / k)) from 2 up [default: the
    /// configuration's]
    #[arg(long, value_name = "RATE")]
    pub sampling: Option<f64>,
    /// Share of the steps at which the decoder is not told in training what came before, so that it listens to z
    #[arg(long, default_value_t = 0.0, value_name = "SHARE")]
    pub word_dropout: f64,
    /// Dropout of a groove model: share of the inputs of its LSTM cells kept in training [default: the
    /// configuration's]
    #[arg(long, value_name = "SHARE")]
    pub keep: Option<f64>,
    /// Learning rate at the first update of the run; where --resume goes on, the decay since then is in it
    #[arg(long, default_value_t = 1e-3)]
    pub learning_rate: f64,
    /// Its factor an update, towards 1e-5
    #[arg(long, default_value_t = 0.9999)]
    pub decay: f64,
    /// Share of the examples of nine drums that are varied (recombined, rotated, thinned) [default: 0.65]
    #[arg(long, value_name = "SHARE")]
    pub augment: Option<f64>,
    /// Most semitones a melody, or a trio's lead and bass, are transposed either way [default: the configuration's]
    #[arg(long, value_name = "SEMITONES")]
    pub transpose: Option<u8>,
    /// Memory of the running mean of the weights, which is what the model file holds
    #[arg(long, default_value_t = 0.999, value_name = "FACTOR")]
    pub average: f64,
    /// Share of files kept out of training, chosen by the hash of their names
    #[arg(long, default_value_t = 0.08, value_name = "SHARE")]
    pub held_out: f64,
    /// Minutes between checkpoints, each with a look at held-out examples
    #[arg(long, default_value_t = 5.0, value_name = "MINUTES")]
    pub checkpoint: f64,
    /// Units of each encoder layer a direction, such as 512 or 256,256
    #[arg(long, value_delimiter = ',', value_name = "UNITS")]
    pub encoder: Vec<usize>,
    /// Units of each decoder layer
    #[arg(long, value_delimiter = ',', value_name = "UNITS")]
    pub decoder: Vec<usize>,
    /// Bars of a pattern, 1 to 64, if not the configuration's. A model may learn short ones first and go on
    /// with longer ones by --from: the weights have the same shapes
    #[arg(long, value_name = "BARS")]
    pub bars: Option<u32>,
    /// Latent dimensions
    #[arg(long, value_name = "DIMENSIONS")]
    pub z: Option<usize>,
    /// Name of the model, kept in its file [default: the file's name]
    #[arg(long)]
    pub name: Option<String>,
    /// A source to record in the file: NAME|LICENCE|ATTRIBUTION; may be given several times
    #[arg(long, value_name = "SOURCE")]
    pub credit: Vec<String>,
}

/// The objective after the configuration's values are filled in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// Weight of the KL term when fully grown.
    pub beta: f64,
    /// Growth of that weight.
    pub beta_rate: f64,
    /// KL that costs nothing, in nats.
    pub free_nats: f64,
    /// Share of a cell's inputs that is kept.
    pub keep: f64,
    /// Scheduled sampling.
    pub schedule: Schedule,
    /// Share of the examples that are varied; 0 where the kind has no variations.
    pub augment: f64,
    /// Most semitones a melody or a trio is transposed.
    pub transpose: u8,
}

impl Goal {
    /// How often the decoder is fed its own output where held-out examples are looked at: always under a schedule that
    /// grows towards it, as the reference evaluates (spec section 7), else as often as in training.
    pub fn own_when_measured(&self) -> f64 {
        match self.schedule {
            Schedule::Constant(p) => p,
            Schedule::InverseSigmoid(_) => 1.0,
        }
    }
}

/// Only patterns of nine drums have variations besides their transposition.
fn varies(config: &Config) -> bool {
    config.kind == Kind::Drums
}

/// Share of drum examples that are varied where nothing else is said.
const AUGMENT: f64 = 0.65;

impl Options {
    /// The objective: what was given, else the configuration's.
    pub fn goal(&self, config: &Config) -> Goal {
        let schedule = self.sampling.map_or(config.schedule, |rate| match rate {
            k if k >= 2.0 => Schedule::InverseSigmoid(k),
            p => Schedule::Constant(p),
        });
        Goal {
            beta: self.beta.unwrap_or(config.max_beta),
            beta_rate: self.beta_rate.unwrap_or(config.beta_rate),
            free_nats: self.free_bits.unwrap_or(config.free_bits) * std::f64::consts::LN_2,
            keep: self.keep.unwrap_or(config.dropout_keep),
            schedule,
            augment: if varies(config) { self.augment.unwrap_or(AUGMENT) } else { 0.0 },
            transpose: self.transpose.unwrap_or(config.transpose),
        }
    }

    /// Refuses what does nothing for the examples of `config`.
    ///
    /// # Errors
    /// [`TrainError::Option`] naming the option.
    pub fn check_for(&self, config: &Config) -> Result<(), TrainError> {
        let none = |option, cause: &str| Err(TrainError::Option { option, cause: cause.to_owned() });
        if self.augment.is_some_and(|share| share > 0.0) && !varies(config) {
            return none("--augment", "only patterns of nine drums are varied. Leave it out");
        }
        let moves = matches!(config.kind, Kind::Melody | Kind::Trio);
        if self.transpose.is_some_and(|most| most > 0) && !moves {
            return none("--transpose", "only melodies and trios are transposed. Leave it out");
        }
        Ok(())
    }

    /// Ranges that the command line cannot express.
    ///
    /// # Errors
    /// [`TrainError::Option`] naming the option and its range.
    pub fn check(&self) -> Result<(), TrainError> {
        let ranged = [
            ("--augment", self.augment.unwrap_or(AUGMENT), 0.0, 1.0),
            ("--held-out", self.held_out, 0.001, 0.9),
            ("--average", self.average, 0.0, 0.999_999),
            ("--decay", self.decay, 0.5, 1.0),
            ("--learning-rate", self.learning_rate, 1e-7, 1.0),
            ("--beta", self.beta.unwrap_or(0.0), 0.0, 1000.0),
            ("--beta-rate", self.beta_rate.unwrap_or(0.0), 0.0, 1.0),
            ("--free-bits", self.free_bits.unwrap_or(0.0), 0.0, 1e6),
            ("--keep", self.keep.unwrap_or(1.0), 0.05, 1.0),
            ("--word-dropout", self.word_dropout, 0.0, 1.0),
            ("--sampling", self.sampling.unwrap_or(0.0), 0.0, 1e9),
            ("--checkpoint", self.checkpoint, 0.01, 1e6),
            ("--threads", self.threads as f64, 1.0, 256.0),
            ("--bars", f64::from(self.bars.unwrap_or(1)), 1.0, 64.0),
            ("--batch", self.batch as f64, self.threads as f64, 65_536.0),
        ];
        if let Some(rate) = self.sampling.filter(|rate| *rate > 1.0 && *rate < 2.0) {
            let cause =
                format!("{rate} is neither a probability nor a k from 2 up. Give 0 to 1, or 2 or more");
            return Err(TrainError::Option { option: "--sampling", cause });
        }
        for (option, value, low, high) in ranged {
            if !(low..=high).contains(&value) {
                let cause = format!("{value} is outside {low} to {high}. Give a value in that range");
                return Err(TrainError::Option { option, cause });
            }
        }
        Ok(())
    }
}
