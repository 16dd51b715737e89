//! Which engine runs a model: asked for, or found out by trying both.

use super::{
    error::ModelError,
    find,
    vae::{MusicVae, PROCESSOR},
};
use serde::{Deserialize, Serialize};
use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicU8, Ordering},
    },
};

pub use super::adapter::Adapter;
#[cfg(feature = "gpu")]
pub use super::gpu::{Program, adapters, is_guarded};
#[cfg(not(feature = "gpu"))]
pub use without::{Program, adapters, is_guarded};

/// What shall run the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// A graphics card where a trial showed that it is right and faster, else the processor.
    Auto,
    /// The processor.
    #[default]
    Cpu,
    /// A graphics card, whatever it is.
    Gpu,
}

/// Models that stay on the card at once: a third sends the first away.
const MOST_ATTACHED: usize = 2;
/// Rows that a trial decodes.
const TRIAL_ROWS: u64 = 8;
/// How often it does.
const TRIAL_RUNS: usize = 3;
/// A card has to be this much faster to be worth its sessions.
const WORTH: f64 = 0.8;

static CHOICE: AtomicU8 = AtomicU8::new(0);
static KEPT: OnceLock<PathBuf> = OnceLock::new();

/// Sets what shall run the models of this process (the processor where nothing was set), and the file that keeps
/// this machine's trials.
pub fn choose(choice: Choice, kept: Option<PathBuf>) {
    let number = match choice {
        Choice::Cpu => 0,
        Choice::Auto => 1,
        Choice::Gpu => 2,
    };
    CHOICE.store(number, Ordering::Relaxed);
    if let Some(kept) = kept {
        // Set before: a process has one such file.
        let _ = KEPT.set(kept);
    }
}

/// The trials of this machine; nothing where they are kept nowhere.
pub fn kept() -> Option<Kept> {
    KEPT.get().map(|path| Kept(path.clone()))
}

/// What [`choose`] set.
pub fn choice() -> Choice {
    match CHOICE.load(Ordering::Relaxed) {
        1 => Choice::Auto,
        2 => Choice::Gpu,
        _ => Choice::Cpu,
    }
}

/// Both engines on the same points: do they agree, and which is faster?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The model's name.
    pub model: String,
    /// Adapter, interface and driver; a trial counts for these alone.
    pub adapter: String,
    /// Bytes of weights on the card.
    pub gpu_weights_bytes: usize,
    /// Time to make the sessions.
    pub sessions_ms: f64,
    /// Steps decoded at temperature 1 by both.
    pub steps: usize,
    /// Steps that the card drew otherwise: the two best were closer than rounding, or it is wrong.
    pub steps_differing: usize,
    /// Greatest difference of a posterior's numbers, relative to those above 1.
    pub posterior_difference: f64,
    /// Middle time of encoding and decoding the points on the processor.
    pub cpu_ms: f64,
    /// The same on the card.
    pub gpu_ms: f64,
    /// The card is taken by itself.
    pub taken: bool,
    /// Why, or why not.
    pub why: String,
}

/// Lets the card run `model`, found under `name`, from now on; at most two models stay there. Gives the engine's name.
///
/// # Errors
/// In words: no card, what it cannot do, or what broke.
pub fn attach(model: &Arc<MusicVae>, name: &str) -> Result<String, String> {
    static ATTACHED: Mutex<Vec<Weak<MusicVae>>> = Mutex::new(Vec::new());
    let (engine, name, _) = card(model, name)?;
    let mut attached = ATTACHED.lock().unwrap_or_else(PoisonError::into_inner);
    attached.retain(|other| other.upgrade().is_some_and(|other| !Arc::ptr_eq(&other, model)));
    while attached.len() >= MOST_ATTACHED {
        if let Some(first) = attached.remove(0).upgrade() {
            tracing::info!("{} leaves the graphics card to another model", first.settings().name);
            first.detach();
        }
    }
    attached.push(Arc::downgrade(model));
    model.attach(engine, &name);
    Ok(name)
}

/// An engine, its name, and the bytes of its weights.
type Card = (Arc<dyn super::engine::Engine>, String, usize);

#[cfg(feature = "gpu")]
fn card(model: &MusicVae, name: &str) -> Result<Card, String> {
    use super::gpu::{Gpu, Wonnx};
    let adapter = chosen()?;
    let (settings, weights) = find::open(name).map_err(|error| error.to_string())?;
    if settings != *model.settings() {
        return Err(format!("{name} was replaced by another model meanwhile"));
    }
    let gpu = Gpu::new(&settings, &weights, &Wonnx)?;
    let bytes = gpu.weights();
    tracing::info!("{name}: {:.1} MB of weights on {}", bytes as f64 / 1e6, adapter.name);
    Ok((Arc::new(gpu), format!("gpu ({})", adapter.name), bytes))
}

#[cfg(not(feature = "gpu"))]
fn card(_: &MusicVae, _: &str) -> Result<Card, String> {
    Err(without::WHY.to_owned())
}

/// The adapter that sessions are made on.
fn chosen() -> Result<Adapter, String> {
    let chosen = adapters()?.into_iter().find(|adapter| adapter.chosen);
    chosen.ok_or_else(|| "the driver chose a graphics card that it does not list".to_owned())
}

/// The graphs of the model called `name` as the card runs them.
///
/// # Errors
/// As [`find::open`]; [`ModelError::Request`]: what the card cannot do of it.
pub fn programs(name: &str) -> Result<Vec<Program>, ModelError> {
    let (settings, weights) = find::open(name)?;
    #[cfg(feature = "gpu")]
    let programs = super::gpu::programs(&settings, &weights);
    #[cfg(not(feature = "gpu"))]
    let programs: Result<Vec<Program>, String> = {
        drop(weights);
        Err(without::WHY.to_owned())
    };
    programs.map_err(|cause| ModelError::Request {
        model: settings.name.clone(),
        cause,
        remedy: "use `--onnx` for graphs of every model".to_owned(),
    })
}

/// Tries the model called `name` on both engines.
///
/// # Errors
/// In words, why there is no trial.
pub fn try_out(name: &str) -> Result<Trial, String> {
    trial(name, TRIAL_ROWS, TRIAL_RUNS)
}

/// As [`try_out`], with so many points, so often for the times.
pub(super) fn trial(name: &str, rows: u64, runs: usize) -> Result<Trial, String> {
    use super::{
        vae::{Decoding, Example},
        verify::silence,
    };
    let adapter = chosen()?;
    let model = Arc::new(find::load(name).map_err(|error| error.to_string())?);
    let controls = silence(&model);
    let z: Vec<Vec<f32>> =
        (0..rows).map(|r| crate::latent::noise::Noise::new(1, r).prior(model.z_size())).collect();
    let noise = (0..rows).map(|r| crate::latent::noise::Noise::new(2, r)).collect();
    let how = Decoding { controls: controls.clone(), ..Decoding::new(1.0, noise) };
    let run = || {
        let mut times = Vec::new();
        loop {
            let started = std::time::Instant::now();
            let patterns = model.decode(&z, &how).map_err(|error| error.to_string())?;
            let example = |tokens| Example { tokens, controls: controls.as_ref(), segments: None };
            let examples: Vec<Example<'_>> = patterns.iter().map(example).collect();
            let places = model.encode_examples(&examples).map_err(|error| error.to_string())?;
            times.push(started.elapsed().as_secs_f64() * 1e3);
            if times.len() >= runs {
                times.sort_by(f64::total_cmp);
                return Ok::<_, String>((patterns, places, times[times.len() / 2]));
            }
        }
    };
    let (wanted, places, cpu_ms) = run()?;
    let started = std::time::Instant::now();
    let (engine, engine_name, gpu_weights_bytes) = card(&model, name)?;
    let sessions_ms = started.elapsed().as_secs_f64() * 1e3;
    model.attach(engine, &engine_name);
    let (got, got_places, gpu_ms) = run()?;
    if let Some(fault) = model.engine_fault() {
        return Err(fault);
    }
    let differing: usize = got.iter().zip(&wanted).map(|(a, b)| a.differing(b)).sum();
    let steps = wanted.iter().map(crate::codec::Tokens::len).sum();
    // Posteriors of what each engine made: only those of equal patterns can be compared.
    let pairs = got.iter().zip(&wanted).zip(got_places.iter().zip(&places)).filter(|((a, b), _)| a == b);
    let numbers = pairs.flat_map(|(_, (a, b))| {
        a.mu.iter()
            .zip(&b.mu)
            .chain(a.sigma.iter().zip(&b.sigma))
            .map(|(a, b)| (a - b).abs() / b.abs().max(1.0))
    });
    let difference = f64::from(numbers.fold(0.0f32, f32::max));
    let mut trial = Trial {
        model: model.settings().name.clone(),
        adapter: adapter.key(),
        gpu_weights_bytes,
        sessions_ms,
        steps,
        steps_differing: differing,
        posterior_difference: difference,
        cpu_ms,
        gpu_ms,
        taken: false,
        why: String::new(),
    };
    trial.judge(&adapter);
    Ok(trial)
}

impl Trial {
    /// Says whether the card is taken by itself, and why.
    fn judge(&mut self, adapter: &Adapter) {
        let ratio = self.gpu_ms / self.cpu_ms;
        self.why = if 50 * self.steps_differing > self.steps || self.posterior_difference > 1e-3 {
            "it gives other results than the processor".to_owned()
        } else if let Some(why) = &adapter.why_not {
            why.clone()
        } else if ratio > WORTH {
            format!("the processor needs {:.1} ms, it {:.1} ms", self.cpu_ms, self.gpu_ms)
        } else {
            self.taken = true;
            format!("{:.1} times as fast as the processor, with the same results", 1.0 / ratio)
        };
    }
}

/// Trials of this machine, kept in a file: a list, the newest of a model and adapter replacing older ones.
pub struct Kept(pub PathBuf);

impl Kept {
    /// All trials; none where there is no file, or not a readable one: they are made again.
    pub fn all(&self) -> Vec<Trial> {
        let bytes = std::fs::read(&self.0).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// The trial of the model called `model` on `adapter`.
    pub fn find(&self, model: &str, adapter: &str) -> Option<Trial> {
        self.all().into_iter().find(|trial| trial.model == model && trial.adapter == adapter)
    }

    /// Keeps a trial.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(&self, trial: &Trial) -> std::io::Result<()> {
        let mut all = self.all();
        all.retain(|old| old.model != trial.model || old.adapter != trial.adapter);
        all.push(trial.clone());
        if let Some(folder) = self.0.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let beside = self.0.with_extension(format!("{}.part", std::process::id()));
        std::fs::write(&beside, serde_json::to_vec_pretty(&all)?)?;
        std::fs::rename(beside, &self.0)
    }
}

/// Puts `model`, found under `name`, on the engine that [`choice`] and the trials of this machine ask for. Without a
/// trial that took the card no driver is touched.
///
/// # Errors
/// A card was asked for and cannot be had, in words.
pub fn prepare(model: &Arc<MusicVae>, name: &str) -> Result<(), String> {
    match choice() {
        Choice::Cpu => Ok(()),
        Choice::Gpu => attach(model, name).map(|_| ()),
        Choice::Auto => {
            let own = &model.settings().name;
            let taken = |trial: &Trial| trial.taken && trial.model == *own;
            let Some(kept) = kept().filter(|kept| kept.all().iter().any(taken)) else { return Ok(()) };
            let on_this = |adapter: Adapter| kept.find(own, &adapter.key()).is_some_and(|trial| trial.taken);
            match chosen()
                .map(on_this)
                .and_then(|taken| if taken { attach(model, name).map(|_| ()) } else { Ok(()) })
            {
                Ok(()) => {}
                Err(why) => tracing::warn!("{name} stays on the processor: {why}"),
            }
            Ok(())
        }
    }
}

/// As [`prepare`], on a thread of its own, while the processor already answers. A trial that is missing is made first,
/// by this program in a process of its own: a driver that brings it down, or writes to the terminal, does no harm.
/// `tell` hears, on that thread, where the model runs when a card was asked for or taken; nothing else is news.
pub fn prepare_behind(
    model: &Arc<MusicVae>,
    name: &str,
    tell: impl FnOnce(Result<String, String>) + Send + 'static,
) {
    if choice() == Choice::Cpu {
        return;
    }
    let (model, name) = (model.clone(), name.to_owned());
    let work = move || {
        if choice() == Choice::Auto {
            let program = std::env::current_exe().and_then(|program| {
                let mut trial = Command::new(program);
                trial.args(["engines", "--behind", "--model", &name]);
                trial.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()
            });
            tracing::debug!("trial of {name}: {program:?}");
        }
        match prepare(&model, &name) {
            Ok(()) => {
                let engine = model.engine();
                tracing::info!("{name} runs on {engine}");
                if engine != PROCESSOR {
                    tell(Ok(format!("{name} runs on {engine}")));
                }
            }
            Err(why) => {
                tracing::warn!("{name} stays on the processor: {why}");
                tell(Err(format!(
                    "{name} stays on the processor: {why}. `mvae-tui engines` tells what there is"
                )));
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("gpu".to_owned()).spawn(work) {
        tracing::warn!("models stay on the processor: the system gives no thread ({error})");
    }
}

/// What there is in a build without the feature `gpu`.
#[cfg(not(feature = "gpu"))]
mod without {
    use super::Adapter;

    pub const WHY: &str = "this build has no GPU engine (feature `gpu`)";

    /// A graph; none is ever made.
    #[derive(Debug, Clone)]
    pub struct Program {
        /// Its name.
        pub name: String,
        /// The `.onnx` file.
        pub bytes: Vec<u8>,
    }

    /// Always an error.
    pub fn adapters() -> Result<Vec<Adapter>, String> {
        Err(WHY.to_owned())
    }

    /// Never: nothing here panics.
    pub fn is_guarded() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, Trial};

    fn trial(model: &str, adapter: &str, gpu_ms: f64) -> Trial {
        Trial {
            model: model.into(),
            adapter: adapter.into(),
            gpu_weights_bytes: 1,
            sessions_ms: 1.0,
            steps: 256,
            steps_differing: 0,
            posterior_difference: 1e-6,
            cpu_ms: 10.0,
            gpu_ms,
            taken: false,
            why: String::new(),
        }
    }

    #[test]
    fn the_newest_trial_of_a_model_and_adapter_is_kept_and_a_damaged_file_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/engines.json");
        let kept = Kept(path.clone());
        assert_eq!(kept.all(), []);
        for (model, adapter, ms) in [("a", "x", 1.0), ("b", "x", 2.0), ("a", "x", 3.0), ("a", "y", 4.0)] {
            kept.keep(&trial(model, adapter, ms)).unwrap();
        }
        assert_eq!(kept.all().len(), 3);
        assert_eq!(kept.find("a", "x").unwrap().gpu_ms, 3.0);
        assert_eq!(kept.find("a", "driver 2"), None);
        std::fs::write(&path, "{").unwrap();
        assert_eq!(kept.all(), []);
    }

    #[cfg(feature = "gpu")]
    #[test]
    fn a_card_is_taken_only_where_it_is_one_right_and_clearly_faster() {
        use super::Adapter;
        let card = |kind, why_not: Option<&str>| Adapter {
            name: "card".into(),
            kind,
            backend: "vulkan".into(),
            driver: "1".into(),
            chosen: true,
            why_not: why_not.map(str::to_owned),
        };
        let judged = |gpu_ms, adapter: &Adapter, wrong: usize| {
            let mut trial = Trial { steps_differing: wrong, ..trial("m", "x", gpu_ms) };
            trial.judge(adapter);
            (trial.taken, trial.why)
        };
        let real = card("discrete", None);
        assert!(judged(2.0, &real, 0).0 && judged(2.0, &real, 2).0);
        assert!(judged(2.0, &real, 20).1.contains("other results"));
        assert!(judged(9.0, &real, 0).1.contains("processor needs 10.0 ms"));
        let (taken, why) = judged(2.0, &card("software", Some("it is software")), 0);
        assert!(!taken && why.contains("software"), "{why}");
    }
}
