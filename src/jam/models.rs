//! The maker behind the worker: models by name, kept once loaded.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::fill::tries;
use super::message::Tone;
use super::request::{Job, Request};
use super::worker::{Maker, Reading, Stage};
use crate::latent::attributes::{Attribute, Attributes};
use crate::latent::generate::{self, GenerateError, Generated, Sampling};
use crate::latent::palette::Palette;
use crate::latent::recipe::{Origin, Recipe};
use crate::model::{self, MusicVae, engines};

/// Hears what the player should know of the engines.
type Tell = Arc<dyn Fn(Tone, String) + Send + Sync>;

/// Models loaded so far.
#[derive(Default)]
pub struct Models {
    loaded: HashMap<String, Arc<MusicVae>>,
    /// Given by [`Models::keep`]: these cannot be found again by the names their patterns remember.
    kept: HashMap<String, Arc<MusicVae>>,
    /// Where news of the engines goes; nowhere in pictures.
    tell: Option<Tell>,
    /// Models whose broken engine was told of.
    broken: HashSet<String>,
    /// What those were found under, by the names their patterns remember.
    given: HashMap<String, String>,
    vectors: HashMap<String, Arc<Attributes>>,
    arrived: Arrived,
}

/// What was read beside the worker and not yet taken in, by the names it was asked for.
type Arrived = Arc<Mutex<HashMap<String, Result<Arc<MusicVae>, String>>>>;

impl Models {
    /// No models yet; each is loaded when it is first needed.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on `tell` hears which model runs on a graphics card, which cannot, and which card broke; on any thread.
    pub fn telling(mut self, tell: impl Fn(Tone, String) + Send + Sync + 'static) -> Self {
        self.tell = Some(Arc::new(tell));
        self
    }

    /// Puts a model on the engine that was asked for, behind the processor's back.
    fn prepare(&self, name: &str, model: &Arc<MusicVae>) {
        let tell = self.tell.clone();
        engines::prepare_behind(model, name, move |news| {
            let Some(tell) = tell else { return };
            match news {
                Ok(text) => tell(Tone::Said, text),
                Err(text) => tell(Tone::Error, text),
            }
        });
    }

    /// Says once for each model that its engine broke, and that nothing was lost.
    fn tell_faults(&mut self) {
        let Some(tell) = &self.tell else { return };
        for model in self.kept.values().chain(self.loaded.values()) {
            if let Some(fault) = model.engine_fault()
                && self.broken.insert(model.settings().name.clone())
            {
                tell(
                    Tone::Error,
                    format!("{fault}. The processor goes on; start again to try the card anew"),
                );
            }
        }
    }

    /// Keeps a model that was found under `name`; gives back the name that its patterns remember it by.
    pub fn keep(&mut self, name: &str, model: Arc<MusicVae>) -> String {
        let own = model.settings().name.clone();
        self.prepare(name, &model);
        self.given.insert(own.clone(), name.to_owned());
        self.kept.insert(name.to_owned(), model.clone());
        self.kept.insert(own.clone(), model);
        own
    }

    /// Remembers that the model called `own` inside is found under `name`: it is read when it is first needed, and
    /// whoever waits for it is told how far that is.
    pub fn promise(&mut self, name: &str, own: &str) {
        self.given.insert(own.to_owned(), name.to_owned());
    }

    /// Where the model that patterns remember as `name` is found.
    fn place(&self, name: &str) -> String {
        self.given.get(name).map_or(name, String::as_str).to_owned()
    }

    fn model(&mut self, name: &str, watch: &mut dyn FnMut(Stage) -> bool) -> Result<Arc<MusicVae>, String> {
        if let Some(model) = self.kept.get(name).or_else(|| self.loaded.get(name)) {
            return Ok(model.clone());
        }
        let place = self.place(name);
        // The fault of a file stays for all who waited for it, until it is read again.
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        let model = match arrived {
            Some(read) => read?,
            None => read(&place, &mut |share| watch(Stage::Loading(share)))?,
        };
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        // Its patterns remember it by the name it has inside, whatever its file is called.
        let own = model.settings().name.clone();
        match self.kept.get(&own).or_else(|| self.loaded.get(&own)) {
            // The same file under two names, or a copy of it.
            Some(other) if other.settings() == model.settings() => {
                let other = other.clone();
                self.loaded.insert(name.to_owned(), other.clone());
                Ok(other)
            }
            Some(_) => Err(format!(
                "{name} calls itself {own}, and so does another model of this jam: patterns could not tell them apart. Start again with `--model {name}`"
            )),
            None => {
                self.prepare(&place, &model);
                self.loaded.insert(own, model.clone());
                self.loaded.insert(name.to_owned(), model.clone());
                Ok(model)
            }
        }
    }

    /// The attribute vectors of `model`, which patterns remember as `name`.
    fn vectors(&mut self, name: &str, model: &MusicVae) -> Result<Arc<Attributes>, String> {
        if let Some(vectors) = self.vectors.get(name) {
            return Ok(vectors.clone());
        }
        let vectors =
            Attributes::beside(&self.place(name), model.settings()).map_err(|error| error.to_string())?;
        let vectors = Arc::new(vectors);
        self.vectors.insert(name.to_owned(), vectors.clone());
        Ok(vectors)
    }
}

/// Reads the model at `place`; `watch` is told of each of a hundred steps, which are as many as anybody sees.
fn read(place: &str, watch: &mut dyn FnMut(f64) -> bool) -> Result<Arc<MusicVae>, String> {
    watch(0.0);
    let mut told = 0;
    let found = model::find_watched(place, &mut |share| {
        let step = (share * 100.0) as u32;
        std::mem::replace(&mut told, step) == step || watch(share)
    });
    found.map_err(|error| error.to_string())
}

impl Maker for Models {
    fn lacks(&self, request: &Request) -> bool {
        let name = request.model();
        let arrived = || {
            let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
            arrived.get(name).is_some_and(Result::is_ok)
        };
        !self.kept.contains_key(name) && !self.loaded.contains_key(name) && !arrived()
    }

    fn reading(&self, name: &str) -> Reading {
        let (name, place, arrived) = (name.to_owned(), self.place(name), self.arrived.clone());
        Box::new(move |watch| {
            let mut wanted = true;
            let model = read(&place, &mut |share| {
                wanted = wanted && watch(share);
                wanted
            });
            // That it was called off is no fault of the file.
            if wanted || model.is_ok() {
                arrived.lock().unwrap_or_else(PoisonError::into_inner).insert(name, model);
            }
        })
    }

    fn make(
        &mut self,
        request: &Request,
        watch: &mut dyn FnMut(Stage) -> bool,
    ) -> Result<Vec<Generated>, String> {
        let n = request.slots.len();
        let sampling = |temperature, seed, steps: u32| Sampling {
            n,
            temperature,
            seed,
            steps: steps as usize,
            controls: None,
        };
        let made = match &request.job {
            Job::Sample { model, seed, temperature, steps } => {
                let model = self.model(model, watch)?;
                let how = sampling(*temperature, *seed, *steps);
                in_parts(n, watch, |part| generate::draw(&model, &how, part))
            }
            Job::Vary { of, amount, seed, temperature } => {
                let model = self.model(&of.recipe.model, watch)?;
                generate::vary(&model, &of.z, *amount, &sampling(*temperature, *seed, of.pattern.steps))
            }
            Job::Palette { corners, x, y, temperature } => {
                let [first, ..] = corners;
                let model = self.model(&first.recipe.model, watch)?;
                let z = Palette::new(corners.each_ref().map(|corner| corner.z.clone())).at(*x, *y);
                let how = sampling(*temperature, first.recipe.seed, first.pattern.steps);
                generate::decode(&model, &[z], &how).map(|mut made| {
                    made.iter_mut().for_each(|one| one.recipe.origin = Origin::Palette { x: *x, y: *y });
                    made
                })
            }
            Job::Slide { of, by } => {
                let model = self.model(&of.recipe.model, watch)?;
                let vectors = self.vectors(&of.recipe.model, &model)?;
                let made = slid(&model, &vectors, of, by);
                self.tell_faults();
                return made.map(|made| vec![made]);
            }
            Job::Fill { of, seed } => {
                let model = self.model(&of.recipe.model, watch)?;
                let vectors = self.vectors(&of.recipe.model, &model)?;
                let mut goes_on = |share| watch(Stage::Making(share));
                let made = tries::best(&model, &vectors, of, *seed, &mut goes_on);
                self.tell_faults();
                return made.map(|made| vec![made]);
            }
            Job::Encode { of } => {
                let model = self.model(&of.recipe.model, watch)?;
                encoded(&model, of).map(|made| vec![made])
            }
            Job::Interpolate { from, to, model, seed, temperature } => {
                let one = from.recipe.model == to.recipe.model;
                let model = self.model(if one { &from.recipe.model } else { model }, watch)?;
                let how = sampling(*temperature, *seed, from.pattern.steps);
                between(&model, one, from, to, &how, watch)
            }
        };
        self.tell_faults();
        made.map_err(|error| error.to_string())
    }

    fn recover(&mut self) {
        // What was kept is immutable, and may be found nowhere else.
        self.loaded.clear();
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// `of` with `by` vectors added where its recipe says that others were: its draws stay, so that what differs is z alone.
fn slid(
    model: &MusicVae,
    vectors: &Attributes,
    of: &Generated,
    by: &[(Attribute, f32)],
) -> Result<Generated, String> {
    let before = match &of.recipe.origin {
        Origin::Attributes { by } => by.as_slice(),
        _ => &[],
    };
    let was = |a: Attribute| before.iter().find(|(name, _)| name == a.name()).map_or(0.0, |(_, by)| *by);
    let change: Vec<(Attribute, f32)> = by.iter().map(|(a, by)| (*a, by - was(*a))).collect();
    if change.iter().all(|(_, by)| *by == 0.0) {
        return Ok(of.clone());
    }
    let z = vectors.apply(&of.z, &change).map_err(|error| error.to_string())?;
    let by: Vec<(String, f32)> =
        by.iter().filter(|(_, by)| *by != 0.0).map(|(a, by)| (a.name().to_owned(), *by)).collect();
    let origin = if by.is_empty() { Origin::Decode } else { Origin::Attributes { by } };
    let recipe = Recipe { origin, ..of.recipe.clone() };
    let made = generate::again(model, &z, &recipe).map_err(|error| error.to_string())?;
    made.ok_or_else(|| format!("{} made nothing of its point", recipe.model))
}

/// `of` with the tokens and the point that `model` finds for its notes.
fn encoded(model: &MusicVae, of: &Generated) -> Result<Generated, GenerateError> {
    let tokens = generate::converter(model)?.tokens(&of.pattern)?;
    let z = generate::means(model, std::slice::from_ref(&tokens))?.pop().unwrap_or_default();
    let recipe = Recipe { origin: Origin::Reconstruct, ..of.recipe.clone() };
    Ok(Generated { pattern: of.pattern.clone(), tokens, z, recipe })
}

/// `how.n` points between two patterns, the ends left out. Points of one model's space are taken as they are;
/// otherwise both patterns are heard anew by `model`.
fn between(
    model: &MusicVae,
    one_space: bool,
    from: &Generated,
    to: &Generated,
    how: &Sampling,
    watch: &mut dyn FnMut(Stage) -> bool,
) -> Result<Vec<Generated>, GenerateError> {
    let ends = if one_space {
        vec![from.z.clone(), to.z.clone()]
    } else {
        generate::means(model, &[from.tokens.clone(), to.tokens.clone()])?
    };
    let way = generate::way(&ends, how.n + 2)?;
    in_parts(how.n, watch, |part| {
        let part = part.start as usize + 1..part.end as usize + 1;
        generate::at(model, way.get(part).unwrap_or_default().to_vec(), how)
    })
}

/// Patterns decoded together: enough to share the weights' way through memory, few enough to tell how far it is and
/// to stop in between.
const PART: u32 = 4;

/// Makes `n` patterns part by part, and stops where nobody wants the rest.
fn in_parts(
    n: usize,
    watch: &mut dyn FnMut(Stage) -> bool,
    mut make: impl FnMut(Range<u32>) -> Result<Vec<Generated>, GenerateError>,
) -> Result<Vec<Generated>, GenerateError> {
    let (n, mut made) = (n as u32, Vec::with_capacity(n));
    while (made.len() as u32) < n {
        let from = made.len() as u32;
        if !watch(Stage::Making(f64::from(from) / f64::from(n))) {
            break;
        }
        made.extend(make(from..n.min(from + PART))?);
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::Models;
    use crate::jam::fixtures::at;
    use crate::jam::message::Tone;
    use crate::jam::request::{Job, Request};
    use crate::jam::worker::{Maker, Stage};
    use crate::model::{self, Lost};
    use std::sync::{Arc, Mutex};

    #[test]
    fn a_promised_model_is_read_from_its_own_place_when_it_is_first_needed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.safetensors");
        let own = "drums_2bar_oh_lokl";
        let (settings, weights) = model::open(own).unwrap();
        let tensors = weights.into_tensors();
        model::weights::write(&path, &settings, &tensors, model::weights::Precision::F32).unwrap();
        let mut models = Models::new();
        models.promise(&path.to_string_lossy(), own);
        let job = Job::Sample { model: own.to_owned(), seed: 3, temperature: 1.0, steps: 32 };
        let request = Request { ticket: 1, job, slots: vec![at("A1")] };
        let mut shares = Vec::new();
        let made = models.make(&request, &mut |stage| {
            if let Stage::Loading(share) = stage {
                shares.push(share);
            }
            true
        });
        assert_eq!(made.unwrap().len(), 1);
        assert!(shares.len() > 2 && shares.is_sorted(), "a file is read, and that is told: {shares:?}");
    }

    #[test]
    fn a_card_that_is_lost_is_told_of_once_and_the_same_patterns_come_from_the_processor() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let theirs = told.clone();
        let mut models = Models::new().telling(move |tone, text| theirs.lock().unwrap().push((tone, text)));
        let name = "drums_2bar_oh_hikl";
        let card = model::find(name).unwrap();
        card.attach(Arc::new(Lost), "gpu (double)");
        let name = models.keep(name, card);
        let job = Job::Sample { model: name.clone(), seed: 3, temperature: 1.0, steps: 32 };
        let request = Request { ticket: 1, job, slots: vec![at("A1"), at("A2")] };
        let made = models.make(&request, &mut |_| true).unwrap();
        let mut on_processor = Models::new();
        on_processor.keep(&name, model::find(&name).unwrap());
        assert_eq!(made, on_processor.make(&request, &mut |_| true).unwrap());
        models.make(&request, &mut |_| true).unwrap();
        let told = told.lock().unwrap();
        let [(Tone::Error, text)] = &told[..] else { panic!("{told:?}") };
        assert!(
            text.contains("gpu (double): the device is lost") && text.contains("processor goes on"),
            "{text}"
        );
    }
}
