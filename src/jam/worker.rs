//! The inference thread: makes patterns while the music plays on.
//!
//! The newest request goes first, because it is what the player waits for; requests whose places are all filled
//! by a newer one are dropped unanswered. What is made ahead of a wish goes last, and is cut short where somebody
//! waits. A failure or a panic of the model is reported, and the thread goes on.

use std::any::Any;
use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use super::intent::Intent;
use super::progress::{self, Progress};
use super::request::{Job, Request};
use crate::latent::generate::Generated;

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stage {
    /// So much of its model is read from disk, 0 to 1.
    Loading(f64),
    /// So much of its patterns is made, 0 to 1.
    Making(f64),
}

/// What makes patterns: the models, or a double in tests.
pub trait Maker: Send {
    /// One pattern for each place of the request. `watch` is told how far it is; where it says false nobody wants the
    /// rest. The error says cause and remedy.
    fn make(
        &mut self,
        request: &Request,
        watch: &mut dyn FnMut(Stage) -> bool,
    ) -> Result<Vec<Generated>, String>;

    /// Called after a panic: forget whatever may be half done.
    fn recover(&mut self) {}
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Request>,
    /// The request in work.
    working: Option<Request>,
    /// The request in work was called off.
    cancelled: Option<u64>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

impl Shared {
    /// The queue holds plain data that no panic can leave half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A handle on the thread. Dropping it ends the thread after the request in work, without waiting for it.
pub struct Worker {
    shared: Arc<Shared>,
}

impl Worker {
    /// Starts the thread. `answer` is called on it with [`Intent::Generated`] or [`Intent::Failed`], once for
    /// each request that is not dropped.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn start(maker: impl Maker + 'static, answer: impl Fn(Intent) + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        let work = move || {
            crate::engine::give_way();
            serve(&theirs, maker, answer);
        };
        thread::Builder::new().name("inference".into()).spawn(work)?;
        Ok(Self { shared })
    }

    /// Queues a request; those it supersedes are dropped.
    pub fn submit(&self, request: Request) {
        let mut queue = self.shared.lock();
        queue.waiting.retain(|older| !older.is_superseded_by(&request));
        if queue.working.as_ref().is_some_and(|working| working.is_superseded_by(&request)) {
            queue.cancelled = queue.working.as_ref().map(|working| working.ticket);
        }
        queue.waiting.push(request);
        drop(queue);
        self.shared.wake.notify_one();
    }

    /// Drops a request; when it is in work already, its answer is dropped.
    pub fn cancel(&self, ticket: u64) {
        let mut queue = self.shared.lock();
        let before = queue.waiting.len();
        queue.waiting.retain(|request| request.ticket != ticket);
        let working = queue.working.as_ref().is_some_and(|working| working.ticket == ticket);
        if queue.waiting.len() == before && working {
            queue.cancelled = Some(ticket);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.wake.notify_one();
    }
}

/// The newest request; waits for one. `None` when the handle is gone.
fn next(shared: &Shared) -> Option<Request> {
    let mut queue = shared.lock();
    loop {
        if queue.closed {
            return None;
        }
        let wished = queue.waiting.iter().rposition(|request| !request.is_ahead());
        let at = wished.or(queue.waiting.len().checked_sub(1));
        if let Some(request) = at.map(|at| queue.waiting.remove(at)) {
            queue.working = Some(request.clone());
            return Some(request);
        }
        queue = shared.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

/// What decides how long a pattern takes: its model and its length, and whether it is heard rather than made.
fn kind(request: &Request) -> (String, u32, bool) {
    let of = |made: &Generated| (made.recipe.model.clone(), made.pattern.steps);
    let (model, steps) = match &request.job {
        Job::Sample { model, steps, .. } => (model.clone(), *steps),
        Job::Vary { of: made, .. }
        | Job::Encode { of: made }
        | Job::Slide { of: made, .. }
        | Job::Fill { of: made, .. } => of(made),
        Job::Palette { corners: [made, ..], .. } | Job::Interpolate { from: made, .. } => of(made),
    };
    (model, steps, matches!(request.job, Job::Encode { .. }))
}

fn serve(shared: &Shared, mut maker: impl Maker, answer: impl Fn(Intent)) {
    // Seconds that a pattern of a kind took last.
    let mut usual: HashMap<(String, u32, bool), f64> = HashMap::new();
    while let Some(request) = next(shared) {
        let ticket = request.ticket;
        let begun = Instant::now();
        let expected = usual.get(&kind(&request)).map(|each| each * request.slots.len() as f64);
        let ahead = request.is_ahead();
        let mut loaded = None;
        let mut watch = |stage| {
            if ahead {
                let queue = shared.lock();
                return queue.cancelled != Some(ticket) && queue.waiting.iter().all(Request::is_ahead);
            }
            let progress = match stage {
                Stage::Loading(share) => {
                    let left = progress::left(share, begun.elapsed().as_secs_f64());
                    // What comes after it is reckoned from its own beginning.
                    loaded = Some(Instant::now());
                    Progress { loading: true, share, left }
                }
                Stage::Making(share) => {
                    let begun = loaded.unwrap_or(begun);
                    let left = progress::left(share, begun.elapsed().as_secs_f64());
                    let left = left.or_else(|| expected.map(|all| all * (1.0 - share)));
                    Progress { loading: false, share, left }
                }
            };
            // What is done in a moment needs no word.
            if progress.loading || progress.left.is_some_and(|left| left > 0.5) {
                answer(Intent::Progress { ticket, progress });
            }
            shared.lock().cancelled != Some(ticket)
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| maker.make(&request, &mut watch)));
        if let (Ok(Ok(_)), n, false) = (&outcome, request.slots.len(), ahead) {
            let spent = loaded.unwrap_or(begun).elapsed().as_secs_f64();
            usual.insert(kind(&request), spent / n.max(1) as f64);
        }
        let news = match outcome {
            Ok(Ok(patterns)) if patterns.len() == request.slots.len() => {
                Intent::Generated { ticket, patterns }
            }
            Ok(Ok(patterns)) => {
                let why = format!("{} patterns came back for {} places", patterns.len(), request.slots.len());
                Intent::Failed { ticket, why }
            }
            Ok(Err(why)) => Intent::Failed { ticket, why },
            Err(payload) => {
                maker.recover();
                let why =
                    format!("the model broke off ({}); try again or take another model", reason(&*payload));
                Intent::Failed { ticket, why }
            }
        };
        if shared.lock().cancelled != Some(ticket) {
            answer(news);
        }
    }
}

/// The words of a panic, where it has some.
pub(crate) fn reason(payload: &(dyn Any + Send)) -> &str {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "no reason given",
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{at, beat};
    use super::super::{Intent, Job, Request};
    use super::{Maker, Stage, Worker};
    use crate::latent::generate::Generated;
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn request(ticket: u64, slot: &str) -> Request {
        let job = Job::Sample { model: "m".into(), seed: ticket, temperature: 1.0, steps: 32 };
        Request { ticket, job, slots: vec![at(slot)] }
    }

    /// Says when it begins and waits for leave to go on; seed 13 panics, 14 fails.
    struct Double {
        begun: Sender<u64>,
        leave: Receiver<()>,
    }

    impl Maker for Double {
        fn make(
            &mut self,
            request: &Request,
            watch: &mut dyn FnMut(Stage) -> bool,
        ) -> Result<Vec<Generated>, String> {
            let (Job::Sample { seed, .. } | Job::Fill { seed, .. }) = &request.job else {
                return Err("neither a sample nor a fill".into());
            };
            self.begun.send(*seed).unwrap();
            self.leave.recv_timeout(PATIENCE).unwrap();
            if !watch(Stage::Making(0.5)) {
                return Err("nobody wants it".into());
            }
            match *seed {
                13 => panic!("a dimension is missing"),
                14 => Err("no weights".into()),
                seed => Ok(request.slots.iter().map(|_| beat(seed)).collect()),
            }
        }
    }

    type Ends = (Worker, Receiver<u64>, Sender<()>, Receiver<Intent>);

    fn worker() -> Ends {
        let ((begun, begins), (leave, leaves), (answer, answers)) = (channel(), channel(), channel());
        let worker = Worker::start(Double { begun, leave: leaves }, move |news| {
            let _ = answer.send(news);
        });
        (worker.unwrap(), begins, leave, answers)
    }

    fn ticket(news: &Intent) -> u64 {
        match news {
            Intent::Generated { ticket, .. } | Intent::Failed { ticket, .. } => *ticket,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_newest_request_goes_first_and_superseded_ones_are_dropped() {
        let (worker, begins, leave, answers) = worker();
        worker.submit(request(1, "A1"));
        assert_eq!(begins.recv_timeout(PATIENCE), Ok(1));
        for (number, slot) in [(2, "A2"), (3, "A3"), (4, "A2")] {
            worker.submit(request(number, slot));
        }
        for _ in 0..3 {
            leave.send(()).unwrap();
        }
        let order: Vec<u64> = (0..3).map(|_| ticket(&answers.recv_timeout(PATIENCE).unwrap())).collect();
        assert_eq!(order, [1, 4, 3]);
    }

    /// A fill made ahead.
    fn ahead(ticket: u64) -> Request {
        let job = Job::Fill { of: Arc::new(beat(0)), seed: ticket };
        Request { ticket, job, slots: vec![at("A1")] }
    }

    #[test]
    fn what_is_made_ahead_goes_last_and_takes_no_place_from_anybody() {
        let (worker, begins, leave, answers) = worker();
        worker.submit(request(1, "A1"));
        assert_eq!(begins.recv_timeout(PATIENCE), Ok(1));
        for request in [ahead(2), request(3, "A2"), ahead(4), request(5, "B1")] {
            worker.submit(request);
        }
        for _ in 0..5 {
            leave.send(()).unwrap();
        }
        let order: Vec<u64> = (0..5).map(|_| ticket(&answers.recv_timeout(PATIENCE).unwrap())).collect();
        assert_eq!(order, [1, 5, 3, 4, 2]);
    }

    #[test]
    fn what_is_made_ahead_is_cut_short_where_somebody_waits() {
        let (worker, begins, leave, answers) = worker();
        worker.submit(ahead(1));
        assert_eq!(begins.recv_timeout(PATIENCE), Ok(1));
        worker.submit(ahead(2));
        worker.submit(request(3, "A1"));
        for _ in 0..3 {
            leave.send(()).unwrap();
        }
        assert!(matches!(answers.recv_timeout(PATIENCE), Ok(Intent::Failed { ticket: 1, .. })));
        assert!(matches!(answers.recv_timeout(PATIENCE), Ok(Intent::Generated { ticket: 3, .. })));
        assert!(matches!(answers.recv_timeout(PATIENCE), Ok(Intent::Generated { ticket: 2, .. })));
    }

    #[test]
    fn a_cancelled_request_is_not_answered_even_when_it_is_in_work() {
        let (worker, begins, leave, answers) = worker();
        worker.submit(request(1, "A1"));
        assert_eq!(begins.recv_timeout(PATIENCE), Ok(1));
        worker.submit(request(2, "A2"));
        worker.submit(request(3, "A3"));
        worker.cancel(2);
        worker.cancel(1);
        leave.send(()).unwrap();
        leave.send(()).unwrap();
        assert_eq!(ticket(&answers.recv_timeout(PATIENCE).unwrap()), 3);
    }

    #[test]
    fn a_panic_of_the_model_is_said_and_the_worker_goes_on() {
        let (worker, begins, leave, answers) = worker();
        for number in [13, 14, 15] {
            worker.submit(request(number, "A1"));
            assert_eq!(begins.recv_timeout(PATIENCE), Ok(number));
            leave.send(()).unwrap();
            let news = answers.recv_timeout(PATIENCE).unwrap();
            match (number, &news) {
                (13, Intent::Failed { why, .. }) => assert!(why.contains("a dimension is missing"), "{why}"),
                (14, Intent::Failed { why, .. }) => assert_eq!(why, "no weights"),
                (15, Intent::Generated { patterns, .. }) => assert_eq!(patterns.len(), 1),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn the_thread_ends_with_its_handle() {
        let (worker, _begins, _leave, answers) = worker();
        drop(worker);
        // The sender lives on the thread: when it is gone, so is the thread.
        assert!(answers.recv_timeout(PATIENCE).is_err());
    }
}
