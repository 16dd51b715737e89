//! The JSON file that latent points travel in.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::failure::usage;
use super::input::Source;
use super::words::counted;
use crate::model::Controls;

/// Latent points of one model.
#[derive(Debug, Serialize, Deserialize)]
pub struct Points {
    /// The model they belong to; empty where nobody said.
    #[serde(default)]
    pub model: String,
    /// Its configuration.
    #[serde(default)]
    pub config: String,
    /// The points.
    pub points: Vec<Point>,
}

/// One latent point.
#[derive(Debug, Serialize, Deserialize)]
pub struct Point {
    /// The pattern it was encoded from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Divergence of the posterior from the prior.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kl_bits: Option<f64>,
    /// The mean of the posterior.
    pub z: Vec<f32>,
    /// Standard deviations of the posterior.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigma: Option<Vec<f32>>,
    /// The chords or hits that it stands over, for models that are conditioned on them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controls: Option<Controls>,
}

/// Everything that may stand in such a file: what `encode` and `sample --json` write, one point alone, bare numbers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Shape {
    Points(Points),
    Patterns {
        #[serde(default)]
        model: String,
        patterns: Vec<Point>,
    },
    One {
        #[serde(default)]
        model: String,
        z: Vec<f32>,
    },
    Rows(Vec<Vec<f32>>),
    Row(Vec<f32>),
}

impl Points {
    /// Reads the points of a file; `-` is stdin.
    ///
    /// # Errors
    /// Names the file, the cause and the shape that is expected.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let mut bytes = Vec::new();
        let read = if path.as_os_str() == "-" {
            std::io::stdin().read_to_end(&mut bytes)
        } else {
            File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
        };
        read.with_context(|| format!("{name}: cannot be read. Check the path"))?;
        if bytes.starts_with(b"MThd") {
            let back = if path.as_os_str() == "-" {
                String::new()
            } else {
                format!(": `mvae-tui encode {name} --out z.json`")
            };
            bail!("{name}: a MIDI file, not a JSON of latent points. `encode` makes one of it{back}");
        }
        let text = String::from_utf8(bytes).map_err(|_| {
            anyhow::anyhow!("{name}: not a JSON of latent points but other bytes. Make one with `mvae-tui encode F.mid --out z.json`")
        })?;
        let points = Self::parse(&text).with_context(|| {
            format!("{name}: not a file of latent points. Make one with `mvae-tui encode F.mid`, or write {{\"z\": [...]}}")
        })?;
        if points.points.is_empty() {
            bail!("{name}: there is no point in it. Encode a file that holds a pattern");
        }
        Ok(points)
    }

    /// The points that are meant: all of them, or number `index` from 1; `file` stands in the message.
    ///
    /// # Errors
    /// Wrong usage: an index beyond them.
    pub fn chosen(mut self, index: Option<usize>, file: &Path) -> anyhow::Result<Vec<Point>> {
        let count = self.points.len();
        match index {
            None => Ok(self.points),
            Some(i) if i <= count => Ok(vec![self.points.swap_remove(i - 1)]),
            Some(i) => {
                let (file, held) = (file.display(), counted(count, "point"));
                let choice = if count == 1 { "leave --index out" } else { "take a smaller --index" };
                Err(usage(format!("{file}: there is no point {i}. It holds {held}: {choice}")))
            }
        }
    }

    /// Refuses points of another model than the one called `model`: the same numbers are other music in another latent
    /// space, which nobody would hear as a mistake.
    ///
    /// # Errors
    /// Wrong usage.
    pub fn belong_to(&self, model: &str, file: &Path) -> anyhow::Result<()> {
        if self.model.is_empty() || self.model == model {
            return Ok(());
        }
        let (file, made) = (file.display(), &self.model);
        Err(usage(format!(
            "{file}: its points belong to the model {made}, not to {model}. Leave --model out, or encode the music \
             with --model {model}"
        )))
    }

    /// The chords or hits that all of `points` stand over.
    ///
    /// # Errors
    /// Wrong usage: they differ.
    pub fn common_controls(points: &[Point], file: &Path) -> anyhow::Result<Option<Controls>> {
        let first = points.first().and_then(|p| p.controls.clone());
        if points.iter().any(|p| p.controls != first) {
            return Err(usage(format!(
                "{}: its points stand over different chords. Take one of them with --index, or all over one \
                 progression with --chords \"C Am F G\"",
                file.display()
            )));
        }
        Ok(first)
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        // First as plain JSON, so that a slip in it is told with its line; `untagged` would only say that nothing fits.
        let value: serde_json::Value = serde_json::from_str(text)?;
        let point = |z| Point { source: None, kl_bits: None, z, sigma: None, controls: None };
        let shape = serde_json::from_value(value)
            .context("its JSON holds no \"points\", \"patterns\" or \"z\" of numbers")?;
        Ok(match shape {
            Shape::Points(points) => points,
            Shape::Patterns { model, patterns } => Self { model, config: String::new(), points: patterns },
            Shape::One { model, z } => Self { model, config: String::new(), points: vec![point(z)] },
            Shape::Rows(rows) => Self {
                model: String::new(),
                config: String::new(),
                points: rows.into_iter().map(point).collect(),
            },
            Shape::Row(z) => Self { model: String::new(), config: String::new(), points: vec![point(z)] },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_points_is_read() {
        for text in [
            r#"{"model":"m","points":[{"z":[1,2]}]}"#,
            r#"{"model":"m","patterns":[{"z":[1,2],"notes":[]}]}"#,
            r#"{"z":[1,2]}"#,
            "[[1,2]]",
            "[1,2]",
        ] {
            assert_eq!(Points::parse(text).unwrap().points[0].z, [1.0, 2.0], "{text}");
        }
    }

    #[test]
    fn other_json_is_refused_with_a_reason() {
        for text in ["{}", r#"{"z":["a"]}"#, "[1,", "null"] {
            assert!(Points::parse(text).is_err(), "{text}");
        }
    }
}
