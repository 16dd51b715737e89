//! What a panic may do while the screen is ours: nothing to the screen.

use std::panic::{self, PanicHookInfo};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

use super::run::Event;
use crate::audio;
use crate::jam::worker::reason;
use crate::jam::{Intent, Tone};
use crate::model::engines;

type Previous = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync + 'static>;

/// The hook while the jam runs. The UI thread's panic is kept for the last words; another thread's becomes a
/// message, and the music goes on.
pub struct Hook {
    previous: Option<Previous>,
    fault: Arc<Mutex<Option<String>>>,
}

impl Hook {
    /// Installs the hook; messages go to `events`. The thread that calls this is the UI thread.
    pub fn install(events: Sender<Event>) -> Self {
        let previous = panic::take_hook();
        let fault = Arc::new(Mutex::new(None));
        let (theirs, ui) = (fault.clone(), thread::current().id());
        panic::set_hook(Box::new(move |info| note(info, ui, &theirs, &events)));
        Self { previous: Some(previous), fault }
    }

    /// Takes the hook away; what the UI thread said when it broke, where it did.
    pub fn remove(mut self) -> Option<String> {
        self.restore();
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn restore(&mut self) {
        // A panicking thread may not touch the hook; the program is about to end then.
        if let Some(previous) = self.previous.take().filter(|_| !thread::panicking()) {
            panic::set_hook(previous);
        }
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.restore();
    }
}

fn note(info: &PanicHookInfo<'_>, ui: ThreadId, fault: &Mutex<Option<String>>, events: &Sender<Event>) {
    if audio::is_guarded() || engines::is_guarded() {
        // A damaged SoundFont or a graphics driver, caught on the spot; who caught it tells of it.
        return;
    }
    let place = info.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
    let words = format!("{}{place}", reason(info.payload()));
    let thread = thread::current();
    if thread.id() == ui {
        *fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
    } else if thread.name() != Some("inference") {
        // The inference thread reports its own.
        let who = thread.name().unwrap_or("a thread");
        let text = format!("{who} broke off: {words}. Save the set and start again");
        // Nobody listens any more when the jam is over.
        let _ = events.send(Event::News(Intent::Say(Tone::Error, text)));
    }
}
