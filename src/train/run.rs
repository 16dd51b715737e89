//! A training run from its options to a model file.
//!
//! ```text
//! data -> examples -> [ batch -> update ] -> checkpoint, held-out loss -> model file (best so far) -> report
//! ```

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use super::assemble::{Assembly, Order, Targets, plain};
use super::checkpoint::{self, Counters};
use super::data::{self, Examples, Sources};
use super::decoder::Feeding;
use super::error::TrainError;
use super::network::{Objective, Sums};
use super::options::{Goal, Options};
use super::schedule;
use super::start;
use super::update::Updater;
use crate::codec::{Converter, Tokens};
use crate::latent::noise::Noise;
use crate::model::catalogue::{Config, Head, Schedule};
use crate::model::{Evaluation, Example, MusicVae, Settings, Source, Training, weights};
use crate::music::pattern::STEPS_PER_BAR;

/// Floor of the learning rate (spec section 1).
const LOWEST_RATE: f64 = 1e-5;
/// Held-out examples looked at on every checkpoint; the final report takes all.
const LOOK: usize = 1024;
/// Keys of the noise that a run draws outside of [`Assembly`].
const OWN_OUTPUT: u64 = 5 << 40;
const HELD_OUT: u64 = 6 << 40;
const HELD_OUT_OUTPUT: u64 = 9 << 40;

/// Means over a number of examples.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Means {
    /// Cross entropy of an example in nats.
    pub cross_entropy: f64,
    /// KL of an example in bits.
    pub kl_bits: f64,
    /// Share of steps whose likeliest output is the target.
    pub accuracy: f64,
    /// Cross entropy plus the weighted KL cost.
    pub loss: f64,
}

impl Means {
    fn of(sums: &Sums, beta: f64) -> Self {
        let n = (sums.examples as f64).max(1.0);
        Self {
            cross_entropy: sums.cross_entropy / n,
            kl_bits: sums.kl / n / std::f64::consts::LN_2,
            accuracy: sums.right as f64 / (sums.steps as f64).max(1.0),
            loss: (sums.cross_entropy + beta * sums.kl_cost) / n,
        }
    }
}

/// What a run tells while it goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The data is read.
    Data {
        /// Files read.
        files: usize,
        /// Files of which nothing came.
        empty_files: usize,
        /// Examples to train on.
        train: usize,
        /// Examples held out.
        held_out: usize,
        /// Examples of the files kept out that stand in training files note for note.
        known: usize,
        /// Those are counted as held out all the same, for there are no others.
        all_known: bool,
        /// Trainable values.
        weights: usize,
    },
    /// Something about the options that the figures hang on.
    Remark(String),
    /// Some updates were made.
    Progress {
        /// Updates so far.
        updates: u64,
        /// Examples so far.
        examples: u64,
        /// Where the run ends.
        end: u64,
        /// Examples a second, lately.
        speed: f64,
        /// Learning rate of the last update.
        rate: f64,
        /// Over the last updates, as trained (varied, with scheduled sampling).
        means: Means,
    },
    /// A checkpoint was written.
    Checkpoint {
        /// Examples so far.
        examples: u64,
        /// On held-out examples with the mean weights, fed as [`Goal::own_when_measured`] says.
        held_out: Means,
        /// The model file was written: the best so far.
        best: bool,
    },
    /// The run was asked to stop: its checkpoint is written, the model is measured yet.
    Stopping {
        /// Examples so far.
        examples: u64,
    },
    /// The run is over; the model file holds the best weights.
    Done {
        /// On all held-out examples, each z drawn from its posterior.
        evaluation: Evaluation,
        /// Teacher-forced accuracy with each z at its posterior's mean.
        at_mean: f64,
        /// Counters at the end.
        counters: Counters,
    },
}

struct Run<'a> {
    options: &'a Options,
    goal: Goal,
    targets: Targets,
    settings: Settings,
    examples: Examples,
    updater: Updater,
    average: Vec<Vec<f32>>,
    counters: Counters,
    /// What is to be told before the first update.
    remarks: Vec<String>,
    /// Options by which the model file that is there is judged otherwise than it was: it is kept.
    other: Option<Vec<&'static str>>,
}

/// Trains until the examples are used up or `stop` is set; then writes a checkpoint and the report.
///
/// # Errors
/// See [`TrainError`]; a run that stops with an error leaves the last checkpoint and the last model file as they are.
pub fn run(
    options: &Options,
    command: &str,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(&Event),
) -> Result<Settings, TrainError> {
    let mut run = Run::prepare(options, command)?;
    tell(&Event::Data {
        files: run.examples.files,
        empty_files: run.examples.empty_files,
        train: run.examples.train.len(),
        held_out: run.examples.held_out.len(),
        known: run.examples.known,
        all_known: run.examples.all_known(),
        weights: run.updater.parameters.count(),
    });
    for remark in std::mem::take(&mut run.remarks) {
        tell(&Event::Remark(remark));
    }
    run.learn(stop, tell)?;
    run.report(tell)
}

impl<'a> Run<'a> {
    fn prepare(options: &'a Options, command: &str) -> Result<Self, TrainError> {
        options.check()?;
        start::check_out(options)?;
        let config = Config::find(&options.config)?;
        let unsupported = || TrainError::Unsupported { config: config.name.to_owned() };
        let known = matches!(
            config.head,
            Head::Categorical | Head::MultiOut | Head::Split | Head::Nade | Head::Groove
        );
        // Its inputs lose notes at random in training, which is not built.
        let loses_notes = config.name.ends_with("note_dropout");
        if !known || loses_notes || config.control_depth > 0 || config.decoder_levels.len() > 2 {
            return Err(unsupported());
        }
        options.check_for(config)?;
        let goal = options.goal(config);
        let grooves = config.head == Head::Groove;
        if grooves && goal.schedule != Schedule::Constant(0.0) {
            return Err(TrainError::Option {
                option: "--sampling",
                cause: "groove models are trained with teacher forcing alone. Give 0".to_owned(),
            });
        }
        if grooves && options.word_dropout > 0.0 {
            return Err(TrainError::Option {
                option: "--word-dropout",
                cause: "a groove model's inputs are thinned by --keep. Leave it out".to_owned(),
            });
        }
        if !grooves && goal.keep < 1.0 {
            return Err(TrainError::Option {
                option: "--keep",
                cause: "only groove models are trained with dropout. Leave it out".to_owned(),
            });
        }
        let of_config = Converter::for_config(config.name).ok_or_else(unsupported)?;
        let converter = options.bars.map_or(of_config, |bars| of_config.with_bars(bars));
        let sources = Sources { plain: options.data.clone(), roland: options.data_roland.clone() };
        let examples = data::prepare(&sources, &converter, options.held_out)?;
        let settings = settings(options, config, &start::history(options, command));
        let mut updater = Updater::new(&settings, config, options.seed, options.threads);
        let mut counters = Counters::default();
        let objective = (goal.beta, goal.free_nats);
        let (mut remarks, mut other) = (Vec::new(), None);
        let mut average: Vec<Vec<f32>> = updater.parameters.list.iter().map(|p| p.value.clone()).collect();
        if options.resume {
            let path = checkpoint::path_for(&options.out);
            (average, counters) = checkpoint::read(&path, &mut updater.parameters)?;
            let (resumed, apart) = start::resumed(counters, options, &goal, examples.held_out.len())?;
            counters = resumed;
            updater.updates = counters.updates;
            other = (!apart.is_empty() && options.out.exists()).then_some(apart);
        } else if let Some(from) = &options.from {
            counters.before = start::take_weights(from, &mut updater)?;
            average = updater.parameters.list.iter().map(|p| p.value.clone()).collect();
            remarks.extend(start::leak(options).map(|share| {
                format!(
                    "{from} was trained with --held-out {share}: some of the files kept out now were learned from, \
                     if they are the same files. Give {share} or less for figures that can be trusted"
                )
            }));
        }
        counters.objective = Some(objective);
        counters.held_out = Some((options.held_out, examples.held_out.len()));
        counters.own = goal.own_when_measured();
        updater.refresh();
        let targets = Targets::of(config);
        Ok(Self { options, goal, targets, settings, examples, updater, average, counters, remarks, other })
    }

    fn objective(&self, own: f64, examples: usize) -> Objective {
        Objective {
            beta: schedule::beta(self.counters.updates, self.goal.beta_rate, self.goal.beta),
            free_nats: self.goal.free_nats,
            examples,
            feeding: Feeding {
                own,
                noise: Noise::new(self.options.seed, OWN_OUTPUT),
                keep: self.goal.keep as f32,
                hidden: self.options.word_dropout,
                seed: self.options.seed,
            },
        }
    }

    fn learn(&mut self, stop: &AtomicBool, tell: &mut dyn FnMut(&Event)) -> Result<(), TrainError> {
        let options = self.options;
        let assembly = Assembly {
            seed: options.seed,
            augment: self.goal.augment,
            transpose: self.goal.transpose,
            z: self.settings.z_size,
            targets: self.targets,
        };
        let mut order = Order::new(options.seed, self.examples.train.len());
        let (before, start, first_update) = (self.counters.seconds, Instant::now(), self.counters.updates);
        let (mut last_checkpoint, mut last_word) = (Instant::now(), Instant::now());
        let (mut sums, mut spoken) = (Sums::default(), self.counters.examples);
        while self.counters.examples < options.examples && !stop.load(Ordering::Relaxed) {
            let share = |i: usize| options.batch * i / options.threads;
            let first = self.counters.examples;
            let batches: Vec<_> = (0..options.threads)
                .map(|i| {
                    let (from, to) = (share(i), share(i + 1));
                    assembly.batch(&self.examples.train, &mut order, first + from as u64, to - from)
                })
                .collect();
            let own = schedule::sampling(self.goal.schedule, self.counters.updates);
            let objective = self.objective(own, options.batch);
            let rate = schedule::learning_rate(
                self.counters.updates,
                options.learning_rate,
                LOWEST_RATE,
                options.decay,
            );
            let (now, norm) = self.updater.update(&batches, &objective, rate);
            if !now.cross_entropy.is_finite() || !norm.is_finite() {
                return Err(TrainError::Diverged { update: self.counters.updates });
            }
            sums += now;
            self.counters.updates += 1;
            self.counters.examples += options.batch as u64;
            self.counters.seconds = before + start.elapsed().as_secs_f64();
            self.follow_average();
            if last_word.elapsed().as_secs_f64() > 2.0 {
                tell(&Event::Progress {
                    updates: self.counters.updates,
                    examples: self.counters.examples,
                    end: options.examples,
                    speed: (self.counters.examples - spoken) as f64 / last_word.elapsed().as_secs_f64(),
                    rate,
                    means: Means::of(&sums, objective.beta),
                });
                (sums, spoken, last_word) = (Sums::default(), self.counters.examples, Instant::now());
            }
            if last_checkpoint.elapsed().as_secs_f64() > options.checkpoint * 60.0 {
                self.checkpoint(tell)?;
                last_checkpoint = Instant::now();
            }
        }
        if stop.load(Ordering::Relaxed) {
            // First what would be lost; the look at held-out examples takes a while.
            self.write_checkpoint()?;
            tell(&Event::Stopping { examples: self.counters.examples });
        }
        // Without an update there is nothing that could be better than the file that is there.
        if self.counters.updates > first_update || !self.options.out.exists() {
            self.checkpoint(tell)?;
        }
        Ok(())
    }

    /// The running mean follows the weights, faster while there are few updates.
    fn follow_average(&mut self) {
        let updates = self.counters.updates as f64;
        let keep = self.options.average.min((1.0 + updates) / (10.0 + updates)) as f32;
        self.average.par_iter_mut().zip(&self.updater.parameters.list).for_each(|(average, p)| {
            for (a, &x) in average.iter_mut().zip(&p.value) {
                *a = x + keep * (*a - x);
            }
        });
    }

    fn checkpoint(&mut self, tell: &mut dyn FnMut(&Event)) -> Result<(), TrainError> {
        let step = (self.examples.held_out.len() / LOOK).max(1);
        let held_out = self.measure(step, false, self.goal.own_when_measured());
        let best = self.counters.best.is_none_or(|best| held_out.loss < best);
        if best {
            self.counters.best = Some(held_out.loss);
            self.record(&[("kl_bits", held_out.kl_bits)]);
            if self.goal.own_when_measured() == 0.0 {
                self.record(&[("teacher_forced_accuracy", held_out.accuracy)]);
            }
            if let Some(other) = self.other.take() {
                let kept = start::keep(&self.options.out)?;
                tell(&Event::Remark(format!(
                    "{} of this run {} not what the model file was chosen by: that one is kept as {}",
                    other.join(", "),
                    if other.len() == 1 { "is" } else { "are" },
                    kept.display()
                )));
            }
            self.write_model()?;
        }
        self.write_checkpoint()?;
        tell(&Event::Checkpoint { examples: self.counters.examples, held_out, best });
        Ok(())
    }

    fn write_checkpoint(&self) -> Result<(), TrainError> {
        let path = checkpoint::path_for(&self.options.out);
        checkpoint::write(&path, &self.updater.parameters, &self.average, &self.counters)
    }

    /// Every `step`-th held-out example with the mean weights, the decoder fed its own output with the probability
    /// `own`. Each z is drawn from its posterior, as the reference evaluates, by the same noise every time; or is its
    /// mean.
    fn measure(&mut self, step: usize, at_mean: bool, own: f64) -> Means {
        let noise = Noise::new(self.options.seed, HELD_OUT);
        let z = self.settings.z_size;
        self.swap_average();
        let examples: Vec<&Tokens> = self.examples.held_out.iter().step_by(step).collect();
        let mut sums = Sums::default();
        let mut done = 0;
        for group in examples.chunks(self.options.batch) {
            let rows = group.len().div_ceil(self.options.threads);
            let mut batches: Vec<_> = group.chunks(rows).map(|rows| plain(rows, self.targets)).collect();
            for batch in &mut batches {
                batch.first_row = done as u64;
                if !at_mean {
                    batch.eps = (done * z..(done + batch.rows) * z).map(|i| noise.normal(i as u64)).collect();
                }
                done += batch.rows;
            }
            let feeding =
                Feeding { own, noise: Noise::new(self.options.seed, HELD_OUT_OUTPUT), ..Feeding::truth() };
            let objective = Objective { feeding, ..self.objective(0.0, group.len()) };
            sums += self.updater.evaluate(&batches, &objective);
        }
        self.swap_average();
        Means::of(&sums, self.goal.beta)
    }

    fn swap_average(&mut self) {
        for (average, p) in self.average.iter_mut().zip(&mut self.updater.parameters.list) {
            std::mem::swap(average, &mut p.value);
        }
        self.updater.refresh();
    }

    fn record(&mut self, held_out: &[(&str, f64)]) {
        let training = self.settings.training.get_or_insert_default();
        let (updates, examples, seconds) = self.counters.before;
        training.steps = Some(updates + self.counters.updates);
        training.examples = Some(examples + self.counters.examples);
        training.seconds = Some((seconds + self.counters.seconds).round());
        training.held_out.extend(held_out.iter().map(|(name, x)| ((*name).to_owned(), *x)));
    }

    fn write_model(&self) -> Result<(), TrainError> {
        let tensors: Vec<weights::Tensor> = (self.updater.parameters.list.iter().zip(&self.average))
            .map(|(p, average)| (p.name.clone(), p.shape.clone(), average.clone()))
            .collect();
        Ok(weights::write(&self.options.out, &self.settings, &tensors, weights::Precision::F16)?)
    }

    /// Measures the best weights, which are those of the model file, on all held-out examples.
    fn report(mut self, tell: &mut dyn FnMut(&Event)) -> Result<Settings, TrainError> {
        let (best, file) = weights::read(&self.options.out)?;
        for (average, p) in self.average.iter_mut().zip(&self.updater.parameters.list) {
            if let Some((_, values)) = file.get(&p.name) {
                average.copy_from_slice(values);
            }
        }
        self.settings = best;
        let at_mean = self.measure(1, true, 0.0).accuracy;
        let model = MusicVae::new(self.settings.clone(), &file)?;
        let examples: Vec<Example> = self.examples.held_out.iter().map(Example::from).collect();
        let evaluation = model.evaluate(&examples, self.options.seed, |_| {})?;
        let parts = ["lead_accuracy", "bass_accuracy", "drums_accuracy"];
        let mut held_out: Vec<(&str, f64)> =
            parts.into_iter().zip(evaluation.parts.iter().copied()).collect();
        let unheard = self.examples.with_unheard_drums();
        if !unheard.is_empty() {
            let examples: Vec<Example> = unheard.into_iter().map(Example::from).collect();
            let parts = model.forced_parts(&examples, self.options.seed)?;
            let drums = parts.last().copied().unwrap_or_default();
            held_out.extend([
                ("unheard_drums_accuracy", drums),
                ("unheard_drums_examples", examples.len() as f64),
            ]);
        }
        held_out.extend([
            ("commonest_accuracy", evaluation.commonest_accuracy),
            ("teacher_forced_accuracy", evaluation.teacher_forced_accuracy),
            ("teacher_forced_accuracy_at_mean", at_mean),
            ("free_running_accuracy", evaluation.free_running_accuracy),
            ("argmax_accuracy", evaluation.argmax_accuracy),
            ("kl_bits", evaluation.kl_bits),
            ("examples", evaluation.examples as f64),
        ]);
        let training = self.settings.training.get_or_insert_default();
        training.held_out.extend(held_out.iter().map(|(name, x)| ((*name).to_owned(), *x)));
        self.write_model()?;
        tell(&Event::Done { evaluation, at_mean, counters: self.counters });
        Ok(self.settings)
    }
}

fn settings(options: &Options, config: &Config, command: &str) -> Settings {
    let stem = options.out.file_stem().and_then(|s| s.to_str()).unwrap_or("model").to_owned();
    let mut settings = Settings::new(&options.name.clone().unwrap_or(stem), config);
    if !options.encoder.is_empty() {
        settings.encoder = options.encoder.clone();
    }
    if !options.decoder.is_empty() {
        settings.decoder = options.decoder.clone();
    }
    settings.z_size = options.z.unwrap_or(settings.z_size);
    if let Some(bars) = options.bars {
        settings.steps = (bars * STEPS_PER_BAR) as usize;
        // The lowest level is a bar, on either side.
        let bar = STEPS_PER_BAR as usize;
        if !settings.encoder_levels.is_empty() {
            settings.encoder_levels = vec![bar, bars as usize];
        }
        if !settings.decoder_levels.is_empty() {
            settings.decoder_levels = vec![bars as usize, bar];
        }
    }
    let goal = options.goal(config);
    let mut data = start::sources(options);
    for credit in &options.credit {
        let Ok(source) = credit.parse::<Source>();
        data.retain(|other| other.name != source.name);
        data.push(source);
    }
    let objective = [
        ("beta", goal.beta),
        ("free_bits", goal.free_nats / std::f64::consts::LN_2),
        ("learning_rate", options.learning_rate),
        ("batch", options.batch as f64),
        ("augment", goal.augment),
        ("transpose", f64::from(goal.transpose)),
        ("sampling", goal.own_when_measured()),
        ("word_dropout", options.word_dropout),
        ("held_out_share", options.held_out),
    ];
    settings.training = Some(Training {
        data,
        command: Some(command.to_owned()),
        objective: objective.into_iter().map(|(name, x)| (name.to_owned(), x)).collect(),
        ..Training::default()
    });
    settings
}
