//! What a model is, stored as JSON in the header of its weights file.

use super::{
    catalogue::{Config, Kind},
    error::ModelError,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the settings' layout that this program writes and the newest it reads.
pub const FORMAT: u32 = 1;

/// Configuration, layer sizes as actually used, and how the weights came to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Version of this layout.
    pub format: u32,
    /// The model's own name: `drums_2bar_oh_lokl`.
    pub name: String,
    /// The published configuration it follows: `cat-drums_2bar_small`.
    pub config: String,
    /// What it makes.
    pub kind: Kind,
    /// Steps of one pattern.
    pub steps: usize,
    /// Latent dimensions.
    pub z_size: usize,
    /// Units of each encoder layer, per direction.
    pub encoder: Vec<usize>,
    /// Segment lengths of a hierarchical encoder from the notes up; empty: a flat one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encoder_levels: Vec<usize>,
    /// Units of each decoder (and conductor) layer.
    pub decoder: Vec<usize>,
    /// Segment counts of a hierarchical decoder from z down, the last one a segment's steps; empty: a flat one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decoder_levels: Vec<usize>,
    /// Conductors are fed what their segments ended on (no published model is).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub autoregressive: bool,
    /// Hidden units of a NADE head, 0 for others.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub nade_hidden: usize,
    /// How the weights were trained or where they come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<Training>,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// The record of a training run, or of an import.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Training {
    /// What the examples were taken from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Source>,
    /// Where imported weights came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported_from: Option<String>,
    /// Optimiser steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// Examples seen, repeats counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examples: Option<u64>,
    /// Wall time in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// The command that trains it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Measured on files kept out of training: `teacher_forced_accuracy`, `free_running_accuracy`, `kl_bits`, ...
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub held_out: BTreeMap<String, f64>,
    /// The objective: `beta`, `free_bits`, `learning_rate`, `batch`, ...
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub objective: BTreeMap<String, f64>,
}

/// One source of training data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its licence, as an SPDX expression where there is one.
    pub licence: String,
    /// Whom to credit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub attribution: String,
}

impl std::str::FromStr for Source {
    type Err = std::convert::Infallible;

    /// `NAME|LICENCE|ATTRIBUTION`; what is left out is empty.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut fields = text.splitn(3, '|').map(|field| field.trim().to_owned());
        let mut field = || fields.next().unwrap_or_default();
        Ok(Self { name: field(), licence: field(), attribution: field() })
    }
}

impl Settings {
    /// Settings of a model called `name` with the published sizes of `config`; change the sizes as needed.
    pub fn new(name: &str, config: &Config) -> Self {
        Self {
            format: FORMAT,
            name: name.to_owned(),
            config: config.name.to_owned(),
            kind: config.kind,
            steps: config.steps,
            z_size: config.z_size,
            encoder: config.encoder.to_vec(),
            encoder_levels: config.encoder_levels.to_vec(),
            decoder: config.decoder.to_vec(),
            decoder_levels: config.decoder_levels.to_vec(),
            autoregressive: false,
            nade_hidden: config.nade_hidden,
            training: None,
        }
    }

    /// The catalogue's row this model follows.
    pub fn catalogue(&self) -> Result<&'static Config, ModelError> {
        Config::find(&self.config)
    }

    /// Reads the JSON of a header and refuses what this program cannot run, `file` named.
    pub fn from_json(json: &str, file: &str) -> Result<Self, ModelError> {
        let fault = |cause: String, remedy: &str| ModelError::Format {
            name: file.to_owned(),
            cause,
            remedy: remedy.to_owned(),
        };
        let again = "make it again with `mvae-tui train` or `mvae-tui models import`";
        let settings: Self = serde_json::from_str(json)
            .map_err(|e| fault(format!("its settings do not parse ({e})"), again))?;
        if settings.format > FORMAT {
            let cause = format!("its format {} is newer than {FORMAT}", settings.format);
            return Err(fault(cause, "use a newer mvae-tui"));
        }
        settings.check().map_err(|cause| fault(cause, again))?;
        Ok(settings)
    }

    /// Sizes that no network can have, said in words.
    pub fn check(&self) -> Result<(), String> {
        let config = self.catalogue().map_err(|e| e.to_string())?;
        let sizes = self.encoder.iter().chain(&self.decoder).chain([&self.z_size, &self.steps]);
        if self.encoder.is_empty()
            || self.decoder.is_empty()
            || sizes.clone().any(|n| *n == 0 || *n > 1 << 16)
        {
            return Err("a layer size is zero or beyond 65536".to_owned());
        }
        if self.kind != config.kind {
            return Err(format!("it says {} but {} is {}", self.kind, config.name, config.kind));
        }
        for (what, mine, published) in [
            ("encoder", &self.encoder_levels, config.encoder_levels),
            ("decoder", &self.decoder_levels, config.decoder_levels),
        ] {
            if mine.is_empty() != published.is_empty() || mine.len() == 1 {
                return Err(format!("the {what} levels {mine:?} are not of the kind {} has", config.name));
            }
            let product = mine.iter().try_fold(1usize, |a, b| a.checked_mul(*b));
            if !mine.is_empty() && product != Some(self.steps) {
                return Err(format!("the {what} levels {mine:?} do not multiply to {} steps", self.steps));
            }
        }
        if (config.nade_hidden > 0) != (self.nade_hidden > 0) {
            return Err(format!("nade_hidden is {} for {}", self.nade_hidden, config.name));
        }
        if self.autoregressive && (self.decoder_levels.is_empty() || config.parts.len() > 1) {
            return Err("only a hierarchical decoder with one core can be autoregressive".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{FORMAT, Settings};
    use crate::model::catalogue::CATALOGUE;

    #[test]
    fn settings_of_every_published_configuration_survive_json() {
        for config in CATALOGUE {
            let settings = Settings::new("x", config);
            let json = serde_json::to_string(&settings).unwrap();
            assert_eq!(Settings::from_json(&json, "x").unwrap(), settings);
        }
    }

    #[test]
    fn a_newer_format_and_impossible_sizes_are_refused_with_the_cause() {
        let good = Settings::new("x", &CATALOGUE[8]);
        let refused = |change: fn(&mut Settings)| {
            let mut settings = good.clone();
            change(&mut settings);
            Settings::from_json(&serde_json::to_string(&settings).unwrap(), "f.safetensors")
                .unwrap_err()
                .to_string()
        };
        assert!(refused(|s| s.format = FORMAT + 1).contains("newer mvae-tui"));
        assert!(refused(|s| s.steps = 100).contains("do not multiply to 100"));
        assert!(refused(|s| s.decoder_levels.clear()).contains("levels"));
        assert!(refused(|s| s.z_size = 0).contains("layer size"));
        assert!(refused(|s| s.config = "cat".into()).contains("near ones"));
    }
}
