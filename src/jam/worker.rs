//! The inference thread: makes patterns while the music plays on.
//!
//! The newest request goes first, because it is what the player waits for; requests whose places are all filled
//! by a newer one are dropped unanswered. What is made ahead of a wish goes last, and is cut short where somebody
//! waits. A failure or a panic of the model is reported, and the thread goes on.
//!
//! ```text
//! submit -> waiting -> made, answered
//!              ^   \-> its model is not here -> parked, while a thread of its own reads the model
//!              \-------------------------------/
//! ```
//! A large model takes seconds to read: those who ask others meanwhile do not wait for it.

use std::any::Any;
use std::collections::{HashMap, HashSet};
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

/// Reads a model, on whatever thread; the watch is told the share that is read, and stops it where it says false.
pub type Reading = Box<dyn FnOnce(&mut dyn FnMut(f64) -> bool) + Send>;

/// What makes patterns: the models, or a double in tests.
pub trait Maker: Send {
    /// True where the model of `request` must be read before it is made.
    fn lacks(&self, _request: &Request) -> bool {
        false
    }

    /// What reads the model `name`. Where it cannot, [`Maker::make`] says why.
    fn reading(&self, _name: &str) -> Reading {
        Box::new(|_| ())
    }

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
    /// Those whose models are being read.
    parked: Vec<Request>,
    /// Names of the models that are being read.
    reading: HashSet<String>,
    /// Tickets of those who were parked: they are made next, whatever came of the reading.
    parked_once: HashSet<u64>,
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
    pub fn start(
        maker: impl Maker + 'static,
        answer: impl Fn(Intent) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        let work = move || {
            crate::engine::give_way();
            serve(&theirs, maker, &Arc::new(answer));
        };
        thread::Builder::new().name("inference".into()).spawn(work)?;
        Ok(Self { shared })
    }

    /// Queues a request; those it supersedes are dropped.
    pub fn submit(&self, request: Request) {
        let mut queue = self.shared.lock();
        queue.waiting.retain(|older| !older.is_superseded_by(&request));
        queue.parked.retain(|older| !older.is_superseded_by(&request));
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
        queue.parked.retain(|request| request.ticket != ticket);
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

/// The newest request, and whether it was parked before; waits for one. `None` when the handle is gone.
fn next(shared: &Shared) -> Option<(Request, bool)> {
    let mut queue = shared.lock();
    loop {
        if queue.closed {
            return None;
        }
        let wished = queue.waiting.iter().rposition(|request| !request.is_ahead());
        let at = wished.or(queue.waiting.len().checked_sub(1));
        if let Some(request) = at.map(|at| queue.waiting.remove(at)) {
            queue.working = Some(request.clone());
            let parked = queue.parked_once.remove(&request.ticket);
            return Some((request, parked));
        }
        queue = shared.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

/// What decides how long a pattern takes: its model and its length, and whether it is heard rather than made.
fn kind(request: &Request) -> (String, u32, bool) {
    let steps = match &request.job {
        Job::Sample { steps, .. } => *steps,
        Job::Vary { of: made, .. }
        | Job::Encode { of: made }
        | Job::Slide { of: made, .. }
        | Job::Fill { of: made, .. }
        | Job::Palette { corners: [made, ..], .. }
        | Job::Interpolate { from: made, .. } => made.pattern.steps,
    };
    (request.model().to_owned(), steps, matches!(request.job, Job::Encode { .. }))
}

/// Sets `request` aside until its model is read, by a thread of its own where none reads it yet.
fn park<A: Fn(Intent) + Send + Sync + 'static>(
    shared: &Arc<Shared>,
    request: Request,
    maker: &impl Maker,
    answer: &Arc<A>,
) {
    let name = request.model().to_owned();
    let mut queue = shared.lock();
    queue.working = None;
    if queue.cancelled == Some(request.ticket) {
        return;
    }
    queue.parked.push(request);
    if !queue.reading.insert(name.clone()) {
        return;
    }
    drop(queue);
    let (reading, theirs, answer, of) = (maker.reading(&name), shared.clone(), answer.clone(), name.clone());
    let work = move || {
        crate::engine::give_way();
        let (begun, mut called_off) = (Instant::now(), false);
        let mut watch = |share| {
            let queue = theirs.lock();
            let wants = |request: &&Request| request.model() == of;
            // Who asks again and is not parked yet wants it as much.
            let mut all = queue.parked.iter().chain(&queue.waiting).chain(&queue.working);
            let wanted = !queue.closed && all.any(|request| wants(&request));
            // What is made ahead is awaited by nobody.
            let waits = queue.parked.iter().filter(wants).filter(|request| !request.is_ahead());
            let told = waits.map(|request| request.ticket).max();
            drop(queue);
            if let Some(ticket) = told {
                let left = progress::left(share, begun.elapsed().as_secs_f64());
                answer(Intent::Progress { ticket, progress: Progress { loading: true, share, left } });
            }
            called_off |= !wanted;
            wanted
        };
        // Where it breaks off, whoever is parked for it has it read again in front of him and learns why.
        let _ = catch_unwind(AssertUnwindSafe(|| reading(&mut watch)));
        unpark(&theirs, &of, called_off);
    };
    if thread::Builder::new().name("reading".into()).spawn(work).is_err() {
        // Without a thread it is read where it is needed.
        unpark(shared, &name, false);
    }
}

/// Those who waited for the model `name` go on, in their order. Who came when its reading was `called_off` already has
/// it read anew.
fn unpark(shared: &Shared, name: &str, called_off: bool) {
    let mut queue = shared.lock();
    queue.reading.remove(name);
    let (ready, rest): (Vec<Request>, _) =
        std::mem::take(&mut queue.parked).into_iter().partition(|request| request.model() == name);
    queue.parked = rest;
    if !called_off {
        queue.parked_once.extend(ready.iter().map(|request| request.ticket));
    }
    queue.waiting.extend(ready);
    queue.waiting.sort_by_key(|request| request.ticket);
    drop(queue);
    shared.wake.notify_one();
}

fn serve<A: Fn(Intent) + Send + Sync + 'static>(
    shared: &Arc<Shared>,
    mut maker: impl Maker,
    answer: &Arc<A>,
) {
    // Seconds that a pattern of a kind took last.
    let mut usual: HashMap<(String, u32, bool), f64> = HashMap::new();
    while let Some((request, parked)) = next(shared) {
        if !parked && maker.lacks(&request) {
            park(shared, request, &maker, answer);
            continue;
        }
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
    use super::{Maker, Reading, Stage, Worker};
    use crate::latent::generate::Generated;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::sync::{Arc, Mutex};
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

    /// A model "big" that is read as long as `hold` says so; the others are at hand. Readings of "bad" break off.
    struct Reader {
        here: Arc<Mutex<bool>>,
        hold: Arc<Mutex<Receiver<()>>>,
        stopped: Sender<()>,
    }

    impl Maker for Reader {
        fn lacks(&self, request: &Request) -> bool {
            request.model() == "bad" || request.model() == "big" && !*self.here.lock().unwrap()
        }

        fn reading(&self, name: &str) -> Reading {
            let (here, hold, stopped) = (self.here.clone(), self.hold.clone(), self.stopped.clone());
            let bad = name == "bad";
            Box::new(move |watch| {
                assert!(!bad, "no such weights");
                while hold.lock().unwrap().recv_timeout(Duration::from_millis(2)).is_err() {
                    if !watch(0.5) {
                        stopped.send(()).unwrap();
                        return;
                    }
                }
                *here.lock().unwrap() = true;
            })
        }

        fn make(
            &mut self,
            request: &Request,
            _: &mut dyn FnMut(Stage) -> bool,
        ) -> Result<Vec<Generated>, String> {
            if self.lacks(request) { Err("no such model".into()) } else { Ok(vec![beat(request.ticket)]) }
        }
    }

    fn of_model(ticket: u64, model: &str, slot: &str) -> Request {
        let job = Job::Sample { model: model.into(), seed: ticket, temperature: 1.0, steps: 32 };
        Request { ticket, job, slots: vec![at(slot)] }
    }

    #[test]
    fn nobody_waits_while_the_model_of_another_is_read_and_nobody_wanting_it_ends_the_reading() {
        let ((go, hold), (stopped, stops), (answer, answers)) = (channel(), channel(), channel());
        let reader = Reader { here: Arc::default(), hold: Arc::new(Mutex::new(hold)), stopped };
        let worker = Worker::start(reader, move |news| {
            let _ = answer.send(news);
        });
        let worker = worker.unwrap();
        let mut told = Vec::new();
        let made = |told: &mut Vec<u64>| loop {
            match answers.recv_timeout(PATIENCE).unwrap() {
                Intent::Progress { ticket, progress } => {
                    assert!(progress.loading && [1, 3, 4].contains(&ticket));
                    told.push(ticket);
                }
                news => return ticket(&news),
            }
        };
        worker.submit(of_model(1, "big", "A1"));
        let news = answers.recv_timeout(PATIENCE).unwrap();
        assert!(matches!(news, Intent::Progress { ticket: 1, .. }), "it is being read: {news:?}");
        worker.submit(of_model(2, "small", "A2"));
        assert_eq!(made(&mut told), 2, "the small one does not wait for the big one");
        worker.cancel(1);
        stops.recv_timeout(PATIENCE).unwrap();
        worker.submit(of_model(3, "big", "A1"));
        worker.submit(of_model(4, "big", "A3"));
        worker.submit(of_model(5, "bad", "A4"));
        assert_eq!(made(&mut told), 5, "a reading that breaks off is told, and once");
        go.send(()).unwrap();
        let mut both = [made(&mut told), made(&mut told)];
        both.sort_unstable();
        assert_eq!(both, [3, 4]);
        assert!(told.iter().all(|ticket| [1, 3, 4].contains(ticket)));
    }

    #[test]
    fn the_thread_ends_with_its_handle() {
        let (worker, _begins, _leave, answers) = worker();
        drop(worker);
        // The sender lives on the thread: when it is gone, so is the thread.
        assert!(answers.recv_timeout(PATIENCE).is_err());
    }
}
