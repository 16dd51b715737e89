//! Who runs when: tasks sleep until a beat, and one at a time is woken, the earliest first, by name where beats agree.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long tasks may take while others wait for them.
#[derive(Debug, Clone, Copy)]
pub enum Patience {
    /// As long as they want.
    Endless,
    /// Each so long; then it is left to itself, and the others go on.
    Each(Duration),
    /// All of them up to this moment.
    Until(Instant),
}

/// Beats closer than this are one.
const SLACK: f64 = 1e-9;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Run {
    Asleep(f64),
    Awake(f64),
}

#[derive(Debug)]
struct Task {
    name: String,
    generation: u64,
    run: Run,
    /// From this beat on somebody else plays.
    until: f64,
    /// Something came for it while it did not sleep.
    poked: Option<f64>,
    stop: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Inner {
    tasks: BTreeMap<u64, Task>,
    next: u64,
}

/// The tasks of all scripts.
#[derive(Debug, Default)]
pub struct Conductor {
    inner: Mutex<Inner>,
    changed: Condvar,
}

impl Conductor {
    /// Plain data: no panic can leave it half changed.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new task that sleeps until `beat`: its number, and the flag that tells it to end.
    pub fn add(&self, name: &str, generation: u64, beat: f64) -> (u64, Arc<AtomicBool>) {
        let mut inner = self.lock();
        inner.next += 1;
        let (id, stop) = (inner.next, Arc::new(AtomicBool::new(false)));
        let task = Task {
            name: name.to_owned(),
            generation,
            run: Run::Asleep(beat),
            until: f64::INFINITY,
            poked: None,
            stop: stop.clone(),
        };
        inner.tasks.insert(id, task);
        (id, stop)
    }

    /// Number of tasks.
    pub fn len(&self) -> usize {
        self.lock().tasks.len()
    }

    /// Names of the tasks, in order.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.lock().tasks.values().map(|task| task.name.clone()).collect();
        names.sort();
        names
    }

    /// Puts the calling task to sleep until it is woken for `beat`. Gives the beat it is woken for (another one where
    /// the transport was moved), or `None` when it is to end.
    pub fn sleep(&self, id: u64, beat: f64) -> Option<f64> {
        let mut inner = self.lock();
        let task = inner.tasks.get_mut(&id)?;
        if task.until.is_finite() && beat >= task.until - SLACK {
            task.stop.store(true, Ordering::Relaxed);
        }
        if task.stop.load(Ordering::Relaxed) {
            return None;
        }
        let poked = if beat == f64::INFINITY { task.poked.take() } else { None };
        task.run = Run::Asleep(poked.unwrap_or(beat));
        self.changed.notify_all();
        self.woken(inner, id)
    }

    /// Waits until the task, which sleeps already, is woken for the first time.
    pub fn first(&self, id: u64) -> Option<f64> {
        let inner = self.lock();
        self.woken(inner, id)
    }

    fn woken(&self, mut inner: MutexGuard<'_, Inner>, id: u64) -> Option<f64> {
        loop {
            let task = inner.tasks.get(&id)?;
            if task.stop.load(Ordering::Relaxed) {
                return None;
            }
            if let Run::Awake(beat) = task.run {
                return Some(beat);
            }
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Forgets a task that has ended.
    pub fn end(&self, id: u64) {
        self.lock().tasks.remove(&id);
        self.changed.notify_all();
    }

    /// Lets all tasks play up to `beat`, this one included, and waits for them as long as there is patience.
    pub fn advance(&self, beat: f64, patience: Patience) {
        let mut inner = self.lock();
        loop {
            if matches!(patience, Patience::Until(end) if Instant::now() >= end) {
                return;
            }
            let due = inner.tasks.iter().filter_map(|(id, task)| match task.run {
                Run::Asleep(at) if at <= beat + SLACK => Some((at, &task.name, *id)),
                _ => None,
            });
            let first = due.min_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)).then(a.2.cmp(&b.2)));
            let Some((at, _, id)) = first else { return };
            if let Some(task) = inner.tasks.get_mut(&id) {
                task.run = Run::Awake(at);
            }
            self.changed.notify_all();
            inner = self.until_asleep(inner, id, patience);
        }
    }

    fn until_asleep<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner>,
        id: u64,
        patience: Patience,
    ) -> MutexGuard<'a, Inner> {
        let end = match patience {
            Patience::Endless => None,
            Patience::Each(patience) => Some(Instant::now() + patience),
            Patience::Until(end) => Some(end),
        };
        while matches!(inner.tasks.get(&id), Some(Task { run: Run::Awake(_), .. })) {
            inner = match end.map(|end| end.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return inner,
                Some(left) => {
                    self.changed.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner),
            };
        }
        inner
    }

    /// From `beat` on the tasks that `which` chooses (by number, name and generation) are no more. Those that sleep
    /// beyond it end at once.
    pub fn retire(&self, beat: f64, which: impl Fn(u64, &str, u64) -> bool) {
        let mut inner = self.lock();
        for (id, task) in &mut inner.tasks {
            if which(*id, &task.name, task.generation) {
                task.until = task.until.min(beat);
                if matches!(task.run, Run::Asleep(at) if at >= task.until - SLACK) {
                    task.stop.store(true, Ordering::Relaxed);
                }
            }
        }
        self.changed.notify_all();
    }

    /// The transport has been moved: every sleeping task wakes so many beats later (or earlier).
    pub fn shift(&self, beats: f64) {
        let mut inner = self.lock();
        for task in inner.tasks.values_mut() {
            if let Run::Asleep(at) = &mut task.run {
                *at += beats;
            }
            task.until += beats;
        }
    }

    /// The earliest beat for which a task sleeps.
    pub fn earliest(&self) -> Option<f64> {
        let inner = self.lock();
        let beats = inner.tasks.values().filter_map(|task| match task.run {
            // Who listens sleeps for ever.
            Run::Asleep(at) => Some(at).filter(|at| at.is_finite()),
            Run::Awake(_) => None,
        });
        beats.min_by(f64::total_cmp)
    }

    /// Wakes a task that sleeps without an end at `beat`.
    pub fn wake(&self, id: u64, beat: f64) {
        if let Some(task) = self.lock().tasks.get_mut(&id) {
            match task.run {
                Run::Asleep(f64::INFINITY) => task.run = Run::Asleep(beat),
                // It is busy, or has not come to its first sleep: the next one is a short one.
                _ => task.poked = Some(beat),
            }
        }
    }

    /// Ends all tasks.
    pub fn stop(&self) {
        for task in self.lock().tasks.values() {
            task.stop.store(true, Ordering::Relaxed);
        }
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::{Conductor, Patience};
    use std::sync::{Arc, Mutex};
    use std::thread;

    /// Tasks that note their name and beat, `times` times, every `step` beats.
    fn play(conductor: &Arc<Conductor>, log: &Arc<Mutex<Vec<String>>>, name: &'static str, step: f64) {
        let (id, _) = conductor.add(name, 1, 0.0);
        let (conductor, log) = (conductor.clone(), log.clone());
        thread::spawn(move || {
            let mut at = conductor.first(id);
            while let Some(beat) = at {
                log.lock().unwrap().push(format!("{name}{beat}"));
                at = conductor.sleep(id, beat + step);
            }
            conductor.end(id);
        });
    }

    #[test]
    fn tasks_run_by_beat_and_then_by_name_whatever_the_threads_do() {
        for _ in 0..20 {
            let (conductor, log) = (Arc::new(Conductor::default()), Arc::default());
            play(&conductor, &log, "b", 1.0);
            play(&conductor, &log, "a", 0.5);
            conductor.advance(1.0, Patience::Endless);
            assert_eq!(*log.lock().unwrap(), ["a0", "b0", "a0.5", "a1", "b1"]);
            conductor.stop();
        }
    }

    #[test]
    fn a_retired_task_plays_up_to_its_end_and_no_further() {
        let (conductor, log) = (Arc::new(Conductor::default()), Arc::default());
        play(&conductor, &log, "a", 1.0);
        conductor.advance(1.0, Patience::Endless);
        conductor.retire(3.0, |_, name, generation| (name, generation) == ("a", 1));
        conductor.advance(9.0, Patience::Endless);
        assert_eq!(*log.lock().unwrap(), ["a0", "a1", "a2"]);
        while conductor.len() > 0 {
            thread::yield_now();
        }
    }

    #[test]
    fn who_listens_sleeps_until_woken_and_misses_nothing_while_busy() {
        let conductor = Arc::new(Conductor::default());
        let (id, _) = conductor.add("ear", 1, 0.0);
        conductor.wake(id, 2.0);
        let (of_thread, log) = (conductor.clone(), Arc::new(Mutex::new(Vec::new())));
        let noted = log.clone();
        let thread = thread::spawn(move || {
            while let Some(beat) = of_thread.sleep(id, f64::INFINITY) {
                noted.lock().unwrap().push(beat);
                if beat == 2.0 {
                    // Woken while awake.
                    of_thread.wake(id, 3.0);
                }
            }
            of_thread.end(id);
        });
        while log.lock().unwrap().len() < 2 {
            conductor.advance(4.0, Patience::Endless);
        }
        assert_eq!((log.lock().unwrap().clone(), conductor.earliest()), (vec![2.0, 3.0], None));
        conductor.stop();
        thread.join().unwrap();
    }

    #[test]
    fn a_moved_transport_takes_its_tasks_along() {
        let (conductor, log) = (Arc::new(Conductor::default()), Arc::default());
        play(&conductor, &log, "a", 4.0);
        conductor.advance(8.0, Patience::Endless);
        assert_eq!(conductor.earliest(), Some(12.0));
        conductor.shift(-12.0);
        conductor.advance(0.0, Patience::Endless);
        assert_eq!(*log.lock().unwrap(), ["a0", "a4", "a8", "a0"]);
        conductor.stop();
    }
}
