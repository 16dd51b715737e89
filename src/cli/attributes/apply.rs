//! `attributes apply`: a pattern with more or less of something.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::attribute;
use crate::cli::arguments::index;
use crate::cli::console::Console;
use crate::cli::failure::usage;
use crate::cli::input::{self, Reader};
use crate::cli::making::Making;
use crate::cli::output::{self, Made};
use crate::cli::points::Points;
use crate::latent::attributes::{Attribute, Attributes};
use crate::latent::generate;
use crate::latent::recipe::Origin;
use crate::model::Controls;

/// Arguments of `attributes apply`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mvae-tui attributes apply beat.mid --attribute density --by 1 --out denser.mid
  mvae-tui attributes apply beat.mid --attribute syncopation --by 1 --attribute density --by -0.5 --out d
  mvae-tui attributes apply song.mid --index 3 --attribute open_hat_share --by 2
  mvae-tui attributes apply --z z.json --attribute kick_density --by -1 --out d
  mvae-tui attributes apply tune.mid --model mel_2bar --attribute note_density --by 1 --out d

The mean of the pattern's posterior, moved by that many vectors, and decoded. What each vector does to all the
others stands in `mvae-tui attributes list --model M`.")]
#[command(group(ArgGroup::new("what").args(["file", "z"]).required(true)))]
pub struct Arguments {
    /// A MIDI file
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// A file of latent points, as `encode` and `sample --json` write; - is stdin
    #[arg(long, value_name = "Z.json")]
    z: Option<PathBuf>,
    /// Which pattern of the file, or which point, from 1
    #[arg(long, value_name = "I", value_parser = index)]
    index: Option<usize>,
    /// An attribute of `attributes list`; several times for several
    #[arg(long, value_name = "NAME", required = true, value_parser = attribute)]
    attribute: Vec<Attribute>,
    /// How many of its vectors, once for each --attribute, in order; below 0 takes away [default: 1]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    by: Vec<f32>,
    #[command(flatten)]
    making: Making,
}

/// Points to move, and the chords they stand over.
struct Start {
    z: Vec<Vec<f32>>,
    controls: Option<Controls>,
    name: String,
    sources: Vec<input::Source>,
}

/// Runs `attributes apply`.
pub fn run(arguments: &Arguments, console: &Console) -> anyhow::Result<()> {
    let by = amounts(arguments)?;
    let making = &arguments.making;
    let points = arguments.z.as_deref().map(Points::read).transpose()?;
    let named = points.as_ref().map(|p| p.model.as_str()).filter(|m| !m.is_empty());
    let named = named.unwrap_or(input::RECONSTRUCTOR).to_owned();
    let model = making.open(&named)?;
    let vectors = Attributes::beside(making.model.as_deref().unwrap_or(&named), model.settings())?;
    let mut how = making.sampling(&model, 1, 0.0, 0)?;
    let start = match (points, &arguments.file) {
        (Some(points), _) => from_points(points, arguments, &model.settings().name)?,
        (None, Some(file)) => {
            let found = input::one(file, arguments.index, &Reader::of(&model)?)?;
            Start {
                z: generate::means(&model, std::slice::from_ref(&found))?,
                name: found.label(arguments.index.is_none()),
                sources: vec![found.source()],
                controls: generate::controls_of(&model, (&found).into()),
            }
        }
        (None, None) => return Err(usage("name a MIDI file, or points with --z")),
    };
    how.controls = how.controls.or(start.controls);
    let origin = Origin::Attributes { by: by.iter().map(|(a, x)| (a.name().to_owned(), *x)).collect() };
    let moved = start.z.iter().map(|z| Ok((vectors.apply(z, &by)?, origin.clone())));
    let moved = moved.collect::<anyhow::Result<Vec<_>>>()?;
    let before = generate::at(&model, start.z.iter().map(|z| (z.clone(), Origin::Decode)).collect(), &how)?;
    let patterns = generate::at(&model, moved, &how)?;

    let change = |attribute: Attribute, i: usize| -> Option<String> {
        let (was, is) = (attribute.measure(&before[i].pattern)?, attribute.measure(&patterns[i].pattern)?);
        Some(format!("{attribute} {was:.3} \u{2192} {is:.3}"))
    };
    let labels = (0..patterns.len())
        .map(|i| by.iter().filter_map(|(a, _)| change(*a, i)).collect::<Vec<_>>().join(", "))
        .collect();
    let words: Vec<String> = by.iter().map(|(a, x)| format!("{a} {x:+}")).collect();
    let made = Made {
        model: &model,
        patterns,
        labels,
        stem: format!("{}-moved", start.name.replace(" #", "-")),
        title: format!("{}, {}", start.name, words.join(", ")),
        sources: start.sources,
    };
    output::finish(&made, &making.keeping, console)
}

fn amounts(arguments: &Arguments) -> anyhow::Result<Vec<(Attribute, f32)>> {
    let (names, by) = (&arguments.attribute, &arguments.by);
    if by.is_empty() {
        return Ok(names.iter().map(|&a| (a, 1.0)).collect());
    }
    if by.len() != names.len() {
        return Err(usage(format!(
            "--by was given {} times for {} attributes. Give it once for each --attribute, in their order",
            by.len(),
            names.len()
        )));
    }
    match by.iter().find(|x| !x.is_finite()) {
        Some(x) => Err(usage(format!("--by {x} is no amount; 0.5 to 2 is usual, below 0 takes away"))),
        None => Ok(names.iter().copied().zip(by.iter().copied()).collect()),
    }
}

fn from_points(points: Points, arguments: &Arguments, model: &str) -> anyhow::Result<Start> {
    let file = arguments.z.as_deref().unwrap_or_else(|| std::path::Path::new("-"));
    points.belong_to(model, file)?;
    let chosen = points.chosen(arguments.index, file)?;
    let controls = Points::common_controls(&chosen, file)?;
    let name = if file.as_os_str() == "-" { "point".to_owned() } else { input::stem(file) };
    Ok(Start { z: chosen.into_iter().map(|p| p.z).collect(), controls, name, sources: Vec::new() })
}
