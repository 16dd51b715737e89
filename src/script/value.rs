//! The values of the language: cheap to copy, never changed in place.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::{Outcome, fail};
use super::limits;
use crate::jam::kit;
use crate::latent::generate::Generated;
use crate::model::MusicVae;
use crate::music::pattern::{Part, Pattern, PatternNote, STEPS_PER_BAR, STEPS_PER_QUARTER};
use crate::music::score::Score;

/// Notes of all patterns that scripts hold.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// A model, ready to play.
#[derive(Clone)]
pub struct Model(pub Arc<MusicVae>);

impl Model {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.settings().name
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.0.settings();
        let (bars, size) = (settings.steps as u32 / STEPS_PER_BAR, settings.z_size);
        write!(f, "Model({}: {} patterns of {bars} bars, {size} dimensions)", settings.name, settings.kind)
    }
}

/// Notes that count towards [`limits::HELD`] as long as somebody holds them.
struct Kept {
    pattern: Pattern,
    made: Option<(Arc<Generated>, Model)>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        HELD.fetch_sub(self.pattern.notes.len(), Ordering::Relaxed);
    }
}

/// A pattern, and how a model made it where one did.
#[derive(Clone)]
pub struct Tune(Arc<Kept>);

impl Tune {
    /// A pattern written by hand or changed by it.
    ///
    /// # Errors
    /// More notes or steps than a script may have.
    pub fn new(pattern: Pattern) -> Outcome<Self> {
        Self::keep(pattern, None)
    }

    /// A pattern that `model` made.
    ///
    /// # Errors
    /// As [`Tune::new`].
    pub fn made(made: Generated, model: &Model) -> Outcome<Self> {
        Self::keep(made.pattern.clone(), Some((Arc::new(made), model.clone())))
    }

    fn keep(pattern: Pattern, made: Option<(Arc<Generated>, Model)>) -> Outcome<Self> {
        let (steps, notes) = (pattern.steps, pattern.notes.len());
        if steps == 0 || steps > limits::STEPS {
            let most = limits::STEPS;
            return fail(format!("a pattern of {steps} steps: it takes 1 to {most} steps (16 are a bar)"));
        }
        if notes > limits::NOTES {
            let most = limits::NOTES;
            return fail(format!("a pattern of {notes} notes: {most} are the most; make it shorter"));
        }
        let held = HELD.fetch_add(notes, Ordering::Relaxed) + notes;
        let kept = Self(Arc::new(Kept { pattern, made }));
        if held > limits::HELD {
            return fail("the patterns of this script hold too many notes; keep fewer of them at once");
        }
        Ok(kept)
    }

    /// The notes.
    pub fn pattern(&self) -> &Pattern {
        &self.0.pattern
    }

    /// How a model made it, where it is as the model made it.
    pub fn origin(&self) -> Option<(&Arc<Generated>, &Model)> {
        self.0.made.as_ref().map(|(made, model)| (made, model))
    }

    /// The pattern with every note changed; notes for which `change` gives nothing are left out.
    ///
    /// # Errors
    /// As [`Tune::new`].
    pub fn map(&self, change: impl Fn(&PatternNote) -> Option<PatternNote>) -> Outcome<Self> {
        let notes = self.pattern().notes.iter().filter_map(change).collect();
        Self::new(Pattern::new(self.pattern().steps, notes))
    }
}

impl fmt::Display for Tune {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = self.pattern();
        let (steps, notes) = (pattern.steps, pattern.notes.len());
        let count = |n: u32, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        let length = match (steps % STEPS_PER_BAR, steps % STEPS_PER_QUARTER) {
            (0, _) => count(steps / STEPS_PER_BAR, "bar"),
            (_, 0) => count(steps / STEPS_PER_QUARTER, "beat"),
            _ => count(steps, "step"),
        };
        let mut what: Vec<&str> = Vec::new();
        for note in &pattern.notes {
            let name = match note.part {
                Part::Lead => "lead",
                Part::Bass => "bass",
                Part::Drums => kit::class_of(note.pitch).and_then(kit::name).unwrap_or("drum"),
            };
            if !what.contains(&name) {
                what.push(name);
            }
        }
        write!(f, "Pattern({length}, {}", count(notes as u32, "note"))?;
        if !what.is_empty() {
            write!(f, ": {}", what.join(", "))?;
        }
        if let Some((made, _)) = self.origin() {
            write!(f, "; {}", made.recipe.describe())?;
        }
        f.write_str(")")
    }
}

/// A point of the latent space of a model.
#[derive(Clone)]
pub struct Point {
    /// The model it belongs to.
    pub model: Model,
    /// Its numbers.
    pub z: Arc<[f32]>,
}

impl Point {
    /// A point of `model`.
    ///
    /// # Errors
    /// Another number of dimensions than the model has, or a value that is no number.
    pub fn new(model: &Model, z: Vec<f32>) -> Outcome<Self> {
        let need = model.0.z_size();
        if z.len() != need {
            let (name, got) = (model.name(), z.len());
            return fail(format!(
                "a point of {got} numbers does not fit {name}, which has {need} dimensions"
            ));
        }
        if z.iter().any(|x| !x.is_finite()) {
            return fail(
                "a point holds a value that is no number (a division by zero?); nothing was changed",
            );
        }
        Ok(Self { model: model.clone(), z: z.into() })
    }

    /// Its distance from the middle of the space.
    pub fn norm(&self) -> f64 {
        self.z.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
    }

    /// Both points by the same model, or an error that says so.
    ///
    /// # Errors
    /// Points of two models.
    pub fn same_model(&self, other: &Self) -> Outcome<()> {
        if Arc::ptr_eq(&self.model.0, &other.model.0) || self.model.name() == other.model.name() {
            return Ok(());
        }
        let (a, b) = (self.model.name(), other.model.name());
        fail(format!("a point of {a} and one of {b} have nothing in common; encode both with one model"))
    }

    /// The point with each number changed.
    ///
    /// # Errors
    /// A value that is no number.
    pub fn map(&self, change: impl Fn(f64) -> f64) -> Outcome<Self> {
        Self::new(&self.model, self.z.iter().map(|x| change(f64::from(*x)) as f32).collect())
    }

    /// The point made of both, number by number.
    ///
    /// # Errors
    /// Points of two models; a value that is no number.
    pub fn zip(&self, other: &Self, change: impl Fn(f64, f64) -> f64) -> Outcome<Self> {
        self.same_model(other)?;
        let pairs = self.z.iter().zip(other.z.iter());
        Self::new(&self.model, pairs.map(|(a, b)| change(f64::from(*a), f64::from(*b)) as f32).collect())
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Point({} dimensions of {}, norm {:.2})", self.z.len(), self.model.name(), self.norm())
    }
}

/// A way through several points.
#[derive(Clone)]
pub struct Way {
    /// The points, all of one model, one at least.
    pub points: Arc<[Point]>,
    /// Beats that the whole way takes, and the beat it began at, where it is travelled in time.
    pub time: Option<(f64, f64)>,
}

impl Way {
    /// A way through `points`.
    ///
    /// # Errors
    /// No points; points of two models.
    pub fn new(points: Vec<Point>) -> Outcome<Self> {
        let Some(first) = points.first() else { return fail("a path needs one point at least") };
        for point in &points {
            first.same_model(point)?;
        }
        Ok(Self { points: points.into(), time: None })
    }

    /// The point at `share` of the way, 0 to 1.
    ///
    /// # Errors
    /// A share that is no number.
    pub fn at(&self, share: f64) -> Outcome<Point> {
        if !share.is_finite() {
            return fail("a place on a path goes from 0 (its begin) to 1 (its end)");
        }
        let z: Vec<Vec<f32>> = self.points.iter().map(|p| p.z.to_vec()).collect();
        let position = share.clamp(0.0, 1.0) * (z.len() - 1) as f64;
        Point::new(&self.points[0].model, crate::latent::path::at(&z, position))
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Path(through {} points of {}", self.points.len(), self.points[0].model.name())?;
        if let Some((length, _)) = self.time {
            write!(f, " in {length} beats")?;
        }
        f.write_str(")")
    }
}

/// More (or less) of an attribute, for whatever point it is added to.
#[derive(Debug, Clone, Copy)]
pub struct Push {
    /// Name of the attribute.
    pub name: &'static str,
    /// How many lengths of its vector.
    pub by: f64,
}

impl fmt::Display for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Push({} of {})", self.by, self.name)
    }
}

/// Four corners with everything between them.
#[derive(Clone)]
pub struct Palette(pub Arc<[Point; 4]>);

impl fmt::Display for Palette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Palette(four corners of {})", self.0[0].model.name())
    }
}

/// A MIDI file that was read.
#[derive(Clone)]
pub struct Midi {
    /// Its name as the script gave it.
    pub name: Arc<str>,
    /// What stands in it.
    pub score: Arc<Score>,
}

impl fmt::Display for Midi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Midi({}: {} notes, {:.1} s)", self.name, self.score.notes.len(), self.score.total_time)
    }
}
