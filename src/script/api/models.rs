//! Models: patterns out of the prior, points out of patterns.

use rhai::Map;
use rhai::plugin::*;

use super::super::context::here;
use super::super::error::{OrFail, Outcome, fail};
use super::super::limits;
use super::super::value::{Model, Point, Tune};
use super::number::{number, only, option};
use crate::latent::generate::{self, Sampling};
use crate::music::pattern::Part;

/// Models: patterns out of the prior, points out of patterns.
#[export_module]
pub mod functions {
    use rhai::{Array, Dynamic, INT, Map};

    use super::super::number::number;
    use super::{DRUMS, MELODIES, SAMPLER, decoded, draws, home};
    use crate::latent::generate::{self, Sampling};
    use crate::latent::recipe::{Purpose, noise};
    use crate::model as models_at_hand;
    use crate::music::pattern::Pattern;
    use crate::script::context::here;
    use crate::script::error::{OrFail, Outcome, fail};
    use crate::script::limits;
    use crate::script::value::{Midi, Model, Point, Tune};

    /// The model of that name: `model("drums_2bar_oh_lokl")`; `models()` lists those at hand.
    #[rhai_fn(return_raw)]
    pub fn model(name: &str) -> Outcome<Model> {
        here()?.stage.model(name)
    }

    /// Names of the models at hand.
    pub fn models() -> Array {
        models_at_hand::list().into_iter().map(|listed| listed.name.into()).collect()
    }

    /// True where a model of that name is at hand: scripts that can do with or without it ask first.
    pub fn has_model(name: &str) -> bool {
        models_at_hand::list().iter().any(|listed| listed.name == name && listed.settings.is_ok())
    }

    /// The model's name.
    #[rhai_fn(get = "name", pure)]
    pub fn name(model: &mut Model) -> String {
        model.name().to_owned()
    }

    /// What the model makes: `drum`, `melody`, `trio`, ...
    #[rhai_fn(get = "kind", pure)]
    pub fn kind(model: &mut Model) -> String {
        model.0.settings().kind.to_string()
    }

    /// Length of the model's patterns in steps.
    #[rhai_fn(get = "steps", pure)]
    pub fn steps(model: &mut Model) -> INT {
        model.0.settings().steps as INT
    }

    /// The model in a line.
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn model_to_string(model: &mut Model) -> String {
        model.to_string()
    }

    /// A pattern out of the prior, at temperature 0.9.
    #[rhai_fn(return_raw, pure)]
    pub fn sample(model: &mut Model) -> Outcome<Tune> {
        let drawn = draws(model, &Map::new())?;
        drawn.into_iter().next().map_or_else(|| fail("the model made nothing"), Ok)
    }

    /// A pattern out of the prior: `#{temperature: 0.8, seed: 7, length: 64}` (length in steps). With `n`, an array of
    /// so many.
    #[rhai_fn(return_raw, name = "sample", pure)]
    pub fn sample_with(model: &mut Model, options: Map) -> Outcome<Dynamic> {
        let many = options.contains_key("n");
        let mut drawn = draws(model, &options)?.into_iter();
        if many {
            return Ok(drawn.map(Dynamic::from).collect::<Array>().into());
        }
        drawn.next().map_or_else(|| fail("the model made nothing"), |tune| Ok(Dynamic::from(tune)))
    }

    /// A point of the prior.
    #[rhai_fn(return_raw, name = "prior", pure)]
    pub fn prior(model: &mut Model) -> Outcome<Point> {
        let seed = here()?.draw() >> 16;
        prior_of(model, seed as INT)
    }

    /// The point of the prior that belongs to a seed: the one that `sample(#{seed: s})` decodes.
    #[rhai_fn(return_raw, name = "prior", pure)]
    pub fn prior_of(model: &mut Model, seed: INT) -> Outcome<Point> {
        let z = noise(seed as u64, 0, Purpose::Prior).prior(model.0.z_size());
        Point::new(model, z)
    }

    /// Where a pattern lies in the model's space: the mean of its posterior. A pattern that is shorter than the model's
    /// and goes into it without a rest is repeated.
    #[rhai_fn(return_raw, pure)]
    pub fn encode(model: &mut Model, pattern: Tune) -> Outcome<Point> {
        let converter = generate::converter(&model.0).or_fail()?;
        let (own, steps) = (converter.steps() as u32, pattern.pattern().steps);
        let fits = steps <= own && own.is_multiple_of(steps);
        let tokens = if fits {
            let filled = vec![pattern.pattern().clone(); (own / steps) as usize];
            converter.tokens(&Pattern::concatenate(&filled)).or_fail()?
        } else {
            let name = model.name();
            return fail(format!(
                "a pattern of {steps} steps does not fit {name}, which takes {own}; cut it"
            ));
        };
        let z = generate::means(&model.0, &[tokens]).or_fail()?.concat();
        Point::new(model, z)
    }

    /// The same by the model that made the pattern, or else by the drum or melody model of the program.
    #[rhai_fn(return_raw, name = "encode", pure)]
    pub fn encode_at_home(pattern: &mut Tune) -> Outcome<Point> {
        encode(&mut home(pattern)?, pattern.clone())
    }

    /// The same of the drum model that the jam samples from: `prior(7)`.
    #[rhai_fn(return_raw, name = "prior")]
    pub fn prior_of_drums(seed: INT) -> Outcome<Point> {
        prior_of(&mut here()?.stage.model(SAMPLER)?, seed)
    }

    /// The likeliest pattern at a point.
    #[rhai_fn(return_raw, name = "decode", pure)]
    pub fn decode(point: &mut Point) -> Outcome<Tune> {
        decoded(point, 0.0, 0)
    }

    /// A pattern at a point, drawn at a temperature: 0 takes the likeliest notes, 1 draws as trained.
    #[rhai_fn(return_raw, name = "decode", pure)]
    pub fn decode_at(point: &mut Point, temperature: Dynamic) -> Outcome<Tune> {
        let temperature = number(&temperature, "a temperature")?;
        decoded(point, temperature, here()?.draw() >> 16)
    }

    /// The point a pattern was decoded from.
    #[rhai_fn(return_raw, get = "point", pure)]
    pub fn point(pattern: &mut Tune) -> Outcome<Point> {
        match pattern.origin() {
            Some((made, model)) => Point::new(model, made.z.clone()),
            None => {
                fail("this pattern was changed by hand and has no point; model.encode(pattern) finds one")
            }
        }
    }

    /// A variation of a pattern that a model made: 0 stays, 1 is all new.
    #[rhai_fn(return_raw, pure)]
    pub fn vary(pattern: &mut Tune, amount: Dynamic) -> Outcome<Tune> {
        let amount = number(&amount, "an amount")? as f32;
        let Some((made, model)) = pattern.origin() else {
            return fail("this pattern was changed by hand; vary model.encode(pattern).decode() instead");
        };
        let how = Sampling {
            n: 1,
            temperature: made.recipe.temperature.max(0.0),
            seed: here()?.draw() >> 16,
            steps: made.recipe.steps as usize,
            ..Sampling::default()
        };
        let varied = generate::vary(&model.0, &made.z, amount, &how).or_fail()?;
        varied
            .into_iter()
            .next()
            .map_or_else(|| fail("the model made nothing"), |made| Tune::made(made, model))
    }

    /// Every pattern of a MIDI file that the model can take; an empty file of that kind is an error that says why.
    #[rhai_fn(return_raw, pure)]
    pub fn extract(model: &mut Model, file: Midi) -> Outcome<Array> {
        let converter = generate::converter(&model.0).or_fail()?;
        let found = converter.find(&file.score);
        if found.examples.is_empty() {
            let why = found.why_nothing.unwrap_or_else(|| "nothing in it fits the model".to_owned());
            return fail(format!("{}: {why}", file.name));
        }
        let first = found.examples.into_iter().take(limits::PATTERNS);
        first.map(|example| Ok(Dynamic::from(Tune::new(converter.pattern(&example.tokens))?))).collect()
    }

    /// Every beat and then every tune of a MIDI file that the drum and melody models of the program can take.
    #[rhai_fn(return_raw, name = "extract", pure)]
    pub fn extract_all(file: &mut Midi) -> Outcome<Array> {
        let stage = &here()?.stage;
        match (
            extract(&mut stage.model(DRUMS)?, file.clone()),
            extract(&mut stage.model(MELODIES)?, file.clone()),
        ) {
            (Ok(mut beats), Ok(tunes)) => {
                beats.extend(tunes);
                Ok(beats)
            }
            (Ok(found), Err(_)) | (Err(_), Ok(found)) => Ok(found),
            (Err(why), Err(_)) => Err(why),
        }
    }
}

/// The model that beats are sampled from.
const SAMPLER: &str = "drums_2bar_oh_lokl";
/// The models that find points for what was written by hand.
const DRUMS: &str = "drums_2bar_oh_hikl";
const MELODIES: &str = "mel_2bar";

/// The model that made a pattern, or else the one of its kind.
///
/// # Errors
/// There is no such model at hand.
pub fn home(pattern: &Tune) -> Outcome<Model> {
    if let Some((_, model)) = pattern.origin() {
        return Ok(model.clone());
    }
    let drums = pattern.pattern().notes.iter().any(|note| note.part == Part::Drums);
    here()?.stage.model(if drums { DRUMS } else { MELODIES })
}

/// Draws from the prior as the options say.
fn draws(model: &Model, options: &Map) -> Outcome<Vec<Tune>> {
    only(options, &["n", "temperature", "seed", "length"])?;
    let seed = match options.get("seed") {
        Some(seed) => number(seed, "seed")? as u64,
        None => here()?.draw() >> 16,
    };
    let n = option(options, "n", 1.0)?;
    if !(1.0..=limits::PATTERNS as f64).contains(&n) {
        return fail(format!("n is {n}: one call makes 1 to {} patterns", limits::PATTERNS));
    }
    let how = Sampling {
        n: n as usize,
        temperature: option(options, "temperature", 0.9)? as f32,
        seed,
        steps: option(options, "length", 0.0)?.max(0.0) as usize,
        ..Sampling::default()
    };
    let made = generate::sample(&model.0, &how).or_fail()?;
    made.into_iter().map(|made| Tune::made(made, model)).collect()
}

/// The pattern at a point.
fn decoded(point: &Point, temperature: f64, seed: u64) -> Outcome<Tune> {
    let how = Sampling { n: 1, temperature: temperature as f32, seed, ..Sampling::default() };
    let made = generate::decode(&point.model.0, &[point.z.to_vec()], &how).or_fail()?;
    made.into_iter()
        .next()
        .map_or_else(|| fail("the model made nothing"), |made| Tune::made(made, &point.model))
}

/// The likeliest pattern at a point.
pub fn likeliest(point: &Point) -> Outcome<Tune> {
    decoded(point, 0.0, 0)
}
