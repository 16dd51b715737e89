//! A jam without a screen: what scripts ask of it becomes orders for an engine.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::runtime::Runtime;
use super::stage::Settings;
use crate::engine::{Command, Snapshot, TRACKS};
use crate::jam::{Argument, Intent, ScriptNews, State, Tone, Track, orders, update};

/// What a script is said to begin with, until it chooses models itself.
const MODEL: &str = "drums_2bar_oh_lokl";

/// `text` without the sentences that name keys: there are none here.
fn without_keys(text: &str) -> String {
    text.split(". ").filter(|sentence| !sentence.contains('{')).collect::<Vec<_>>().join(". ")
}

/// Scripts, the state of a jam, and what is under way between them.
pub struct Headless {
    /// The scripts.
    pub runtime: Runtime,
    /// OSC messages of scripts that nobody has sent yet.
    pub told: Vec<(String, Vec<Argument>)>,
    state: State,
    /// Launches that sound on the tracks, as last seen.
    heard: [Option<u32>; TRACKS],
    inbox: Arc<Mutex<VecDeque<Intent>>>,
}

impl Headless {
    /// An empty jam.
    pub fn new(settings: Settings) -> Self {
        let inbox: Arc<Mutex<VecDeque<Intent>>> = Arc::default();
        let sink = inbox.clone();
        let push = move |intent| sink.lock().unwrap_or_else(PoisonError::into_inner).push_back(intent);
        let state = State::new(MODEL, settings.seed);
        let heard = [None; TRACKS];
        Self { runtime: Runtime::new(settings, push), told: Vec::new(), state, heard, inbox }
    }

    /// The MIDI outputs that were asked for: tracks can be sent to them by name.
    pub fn know_ports(&mut self, names: Vec<String>) {
        update(&mut self.state, Intent::Ports(names));
    }

    /// The tracks as scripts have set them.
    pub fn tracks(&self) -> &[Track] {
        &self.state.edit.tracks
    }

    /// The engine is here now: what the jam does by the beat, it does.
    pub fn observe(&mut self, now: &Snapshot, mut order: impl FnMut(Command)) {
        let mut effects = Vec::new();
        for (track, state) in now.tracks.iter().enumerate() {
            if std::mem::replace(&mut self.heard[track], state.playing) != state.playing {
                effects.extend(update(&mut self.state, Intent::Heard { track, launch: state.playing }));
            }
        }
        let quarter = now.beat.max(0.0) as u32;
        if quarter != self.state.beat {
            effects.extend(update(&mut self.state, Intent::Beat(quarter)));
        }
        effects.into_iter().flat_map(orders).for_each(&mut order);
    }

    /// Does what scripts have asked for since the last time: `order` is told what the engine is to do, `say` what the
    /// player is to read. False once a script has stopped the music.
    pub fn carry_out(&mut self, mut order: impl FnMut(Command), mut say: impl FnMut(Tone, &str)) -> bool {
        loop {
            let next = self.inbox.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            match next {
                None => return true,
                Some(Intent::Stop) => return false,
                Some(Intent::Say(tone, text)) => say(tone, &text),
                Some(Intent::Tell { address, arguments }) => self.told.push((address, arguments)),
                Some(Intent::ScriptSays(news)) => {
                    if let ScriptNews::Failed(fault) = &news {
                        say(Tone::Error, &fault.text);
                    }
                    update(&mut self.state, Intent::ScriptSays(news));
                }
                Some(intent) => {
                    let before = self.state.log.total();
                    let effects = update(&mut self.state, intent);
                    effects.into_iter().flat_map(orders).for_each(&mut order);
                    let failed = self.state.log.since(before).filter(|message| message.tone == Tone::Hint);
                    failed.for_each(|message| say(Tone::Hint, &without_keys(&message.text)));
                }
            }
        }
    }
}
