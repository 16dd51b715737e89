//! Looking for a device on a thread beside the engine, which must not stand still meanwhile.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

use super::stream::{Answer, StreamError};

/// How often a missing device is looked for.
const RETRY: Duration = Duration::from_secs(2);

/// Tries to open a device: tells the answer, and stays as long as what it opened is to live.
pub type Opener = Arc<dyn Fn(&Sender<Answer>) + Send + Sync>;

/// The search: one attempt at a time, however long it takes, and the next a while after it has failed.
pub struct Search {
    opener: Opener,
    answer: Option<Receiver<Answer>>,
    next: Instant,
}

impl Search {
    /// A search that begins with the first [`Search::poll`].
    pub fn new(opener: Opener) -> Self {
        Self { opener, answer: None, next: Instant::now() }
    }

    /// The answer of an attempt, once it is there; begins the next attempt when it is time. Never waits.
    pub fn poll(&mut self) -> Option<Answer> {
        let Some(answer) = &self.answer else {
            return if Instant::now() < self.next { None } else { self.begin() };
        };
        let answer = match answer.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err(refused("the attempt to open it broke off")),
        };
        self.answer = None;
        self.next = Instant::now() + RETRY;
        Some(answer)
    }

    fn begin(&mut self) -> Option<Answer> {
        let (sender, receiver) = channel();
        let opener = Arc::clone(&self.opener);
        let thread = std::thread::Builder::new().name("audio-open".into()).spawn(move || opener(&sender));
        match thread {
            Ok(_) => {
                self.answer = Some(receiver);
                None
            }
            Err(error) => {
                self.next = Instant::now() + RETRY;
                Some(Err(refused(&format!("the system gives no thread to open it ({error})"))))
            }
        }
    }
}

fn refused(cause: &str) -> StreamError {
    StreamError::Refused { device: "the audio device".into(), cause: cause.into() }
}
