//! The inference thread: makes patterns while the music plays on.
//!
//! The newest request goes first, because it is what the player waits for; requests whose places are all filled
//! by a newer one are dropped unanswered. A failure or a panic of the model is reported, and the thread goes on.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::intent::Intent;
use super::request::Request;
use crate::latent::generate::Generated;

/// What makes patterns: the models, or a double in tests.
pub trait Maker: Send {
    /// One pattern for each place of the request. The error says cause and remedy.
    fn make(&mut self, request: &Request) -> Result<Vec<Generated>, String>;

    /// Called after a panic: forget whatever may be half done.
    fn recover(&mut self) {}
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Request>,
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
        thread::Builder::new().name("inference".into()).spawn(move || serve(&theirs, maker, answer))?;
        Ok(Self { shared })
    }

    /// Queues a request; those it supersedes are dropped.
    pub fn submit(&self, request: Request) {
        let mut queue = self.shared.lock();
        queue.waiting.retain(|older| !older.is_superseded_by(&request));
        queue.waiting.push(request);
        drop(queue);
        self.shared.wake.notify_one();
    }

    /// Drops a request; when it is in work already, its answer is dropped.
    pub fn cancel(&self, ticket: u64) {
        let mut queue = self.shared.lock();
        queue.waiting.retain(|request| request.ticket != ticket);
        queue.cancelled = Some(ticket);
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
        if let Some(request) = queue.waiting.pop() {
            return Some(request);
        }
        queue = shared.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

fn serve(shared: &Shared, mut maker: impl Maker, answer: impl Fn(Intent)) {
    while let Some(request) = next(shared) {
        let ticket = request.ticket;
        let outcome = catch_unwind(AssertUnwindSafe(|| maker.make(&request)));
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
